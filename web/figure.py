"""A chart that stands alone → SVG: question, filters, unit, plot, source and date in one drawing.

Made for a paper: always light, on white, wide enough to print.  Colours are those of the light
site (a test holds the two together) and stand in attributes, because the policy of the site lets
no style run inside a document.  What is drawn comes from ``web.plots``; nothing is counted here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias
from xml.etree.ElementTree import Element, SubElement, tostring

from search.visible import visible

PAPER, INK, SOFT, LINE, BAR, SEAL = (
    "#ffffff",
    "#1d1b18",
    "#5d574f",
    "#e4dfd6",
    "#c9b9a6",
    "#9c2f24",
)
KEYS = ("#9c2f24", "#23466b", "#3d6b2f", "#7a4a9c", "#a06a00", "#1f7a78")
DASHES = ("", "7 3", "2 3", "10 3 2 3", "4 4", "12 4")
"""Of the phrases on one chart, by number: also without colour they are told apart."""

FONTS = (
    "'Source Han Sans SC', 'Noto Sans CJK SC', 'Noto Sans SC', 'PingFang SC', "
    "'Microsoft YaHei', SimHei, sans-serif"
)
MARGIN = 32
LEAST = 720
"""Narrowest plot, so that a title has room above two bars."""

Anchor: TypeAlias = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Text:
    x: float
    y: float
    """Of the baseline."""
    text: str
    size: float = 12
    anchor: Anchor = "start"
    colour: str = INK
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float
    colour: str = BAR
    edge: str = ""
    """Colour of the outline; empty for none."""


@dataclass(frozen=True, slots=True)
class Stroke:
    path: str
    colour: str = LINE
    width: float = 1
    dash: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    x: float
    y: float
    colour: str


Mark: TypeAlias = Text | Box | Stroke | Dot


@dataclass(frozen=True, slots=True)
class Plot:
    width: float
    height: float
    marks: tuple[Mark, ...]
    """Painted in this order."""
    told: str
    """The same figures in words, for those who do not see them."""


def measure(text: str, size: float) -> float:
    """About how wide the text is: a Han character is as wide as it is high, a letter half of it."""
    wide = sum(unicodedata.east_asian_width(one) in "WFA" for one in text)
    return size * (wide + 0.58 * (len(text) - wide))


def wrapped(text: str, size: float, width: float, most: int) -> list[str]:
    """The text in at most ``most`` lines; what does not fit ends in an ellipsis."""
    lines = [""]
    for one in " ".join(visible(text).split()):
        if measure(lines[-1] + one, size) > width:
            if len(lines) == most:
                lines[-1] = lines[-1][:-1] + "…"
                break
            lines.append("")
        lines[-1] += one
    return [line for line in lines if line]


def svg(
    plot: Plot, *, title: str, unit: str, conditions: Sequence[str], sources: Sequence[str]
) -> str:
    """The document: ``title`` and ``unit`` above, then ``conditions``, the plot, ``sources``."""
    inner = max(plot.width, LEAST)
    marks: list[Mark] = []
    y = MARGIN - 6.0

    def write(text: str, size: float, *, colour: str = INK, bold: bool = False, most: int) -> None:
        nonlocal y
        for line in wrapped(text, size, inner, most):
            y += round(size * 1.45)
            marks.append(Text(MARGIN, y, line, size, "start", colour, bold))

    write(title, 20, bold=True, most=3)
    write(unit, 14, most=2)
    for one in conditions:
        write(one, 12, colour=SOFT, most=4)
    y += 20
    top = y
    y += plot.height + 16
    marks.append(Stroke(f"M{MARGIN} {y:g}H{MARGIN + inner:g}"))
    y += 4
    for one in sources:
        write(one, 12, colour=SOFT, most=6)
    width, height = inner + 2 * MARGIN, y + MARGIN - 12
    root = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "width": f"{width:g}",
            "height": f"{height:g}",
            "viewBox": f"0 0 {width:g} {height:g}",
            "role": "img",
            "aria-labelledby": "title told",
            "font-family": FONTS,
        },
    )
    SubElement(root, "title", {"id": "title"}).text = visible(f"{title} · {unit}")
    SubElement(root, "desc", {"id": "told"}).text = visible(plot.told)
    SubElement(root, "rect", {"width": f"{width:g}", "height": f"{height:g}", "fill": PAPER})
    root.extend(map(_element, marks))
    group = SubElement(root, "g", {"transform": f"translate({MARGIN} {top:g})"})
    group.extend(map(_element, plot.marks))
    return tostring(root, encoding="unicode")


def _element(mark: Mark) -> Element:
    """The mark as SVG has it."""
    return Element(*_written(mark)) if not isinstance(mark, Text) else _text(mark)


def _text(mark: Text) -> Element:
    named = dict(_numbers(x=mark.x, y=mark.y, font_size=mark.size)) | {"fill": mark.colour}
    if mark.anchor != "start":
        named["text-anchor"] = mark.anchor
    if mark.bold:
        named["font-weight"] = "600"
    element = Element("text", named)
    element.text = visible(mark.text)
    return element


def _written(mark: Box | Stroke | Dot) -> tuple[str, dict[str, str]]:
    if isinstance(mark, Box):
        named = dict(_numbers(x=mark.x, y=mark.y, width=mark.width, height=mark.height))
        edge = {"stroke": mark.edge} if mark.edge else {}
        return "rect", named | {"fill": mark.colour} | edge
    if isinstance(mark, Dot):
        named = dict(_numbers(cx=mark.x, cy=mark.y, r=4))
        return "circle", named | {"fill": mark.colour, "stroke": PAPER, "stroke-width": "1.5"}
    named = {"d": mark.path, "fill": "none", "stroke": mark.colour}
    if mark.dash:
        named["stroke-dasharray"] = mark.dash
    return "path", named | dict(_numbers(stroke_width=mark.width))


def _numbers(**values: float) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        yield name.replace("_", "-"), f"{round(value, 1):g}"
