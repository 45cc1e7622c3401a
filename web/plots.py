"""Answers of the engine → plots of ``web.figure``: what each kind of chart looks like on paper.

The pages draw the same numbers with links, in their own templates; ``web.charts`` works out for
both what can be worked out once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

from search.request import UNLABELLED
from search.results import Trend
from search.views import Matrix, YearSpread
from web import charts
from web.figure import (
    BAR,
    DASHES,
    INK,
    KEYS,
    LINE,
    PAPER,
    SEAL,
    SOFT,
    Box,
    Dot,
    Mark,
    Plot,
    Stroke,
    Text,
    measure,
    wrapped,
)
from web.i18n import translate

WIDTH = 860
HEIGHT = 260
SHADES = ("#ffffff", "#f0e2df", "#e1c5c1", "#d0a39d", "#bf8178", "#ae5c52")
"""Of the matrix, by ``charts.shade``: the seal colour on white, in even steps."""


def empty() -> Plot:
    """What stands where there is nothing to draw."""
    text = translate("没有可以画的数据。")
    return Plot(WIDTH, 60, (Text(0, 36, text, 14, colour=SOFT),), text)


def columns(bars: Sequence[charts.Bar], *, chosen: bool = False) -> Plot:
    """One bar a year; with ``chosen``, only those in force are dark."""
    if not bars:
        return empty()
    left, slot = 44.0, _slot(len(bars))
    width = left + slot * len(bars)
    marks = _axis(max(one.count for one in bars), left, width)
    top = charts.scale(max(one.count for one in bars))[1]
    for place, one in enumerate(bars):
        x = left + place * slot
        high = HEIGHT * one.count / top
        dark = SEAL if one.selected or not chosen else BAR
        marks.append(Box(x + slot * 0.12, HEIGHT - high, slot * 0.76, high, dark))
        middle = x + slot / 2
        if slot >= 24 and one.count:
            marks.append(Text(middle, HEIGHT - high - 5, f"{one.count:,}", 12, "middle"))
        if slot >= 34 or one.tick:
            marks.append(Text(middle, HEIGHT + 18, one.label, 12, "middle", SOFT))
    told = _joined(f"{one.label}: {one.count:,}" for one in bars)
    return Plot(width, HEIGHT + 26, tuple(marks), told)


def rows(values: Sequence[tuple[str, int]], more: int) -> Plot:
    """One bar a value, the largest first as given; ``more`` values are not drawn."""
    if not values:
        return empty()
    names = [(wrapped(name, 13, 280, 1) or ["—"])[0] for name, _ in values]
    left = max(measure(name, 13) for name in names) + 12
    top = max(count for _, count in values) or 1
    marks: list[Mark] = []
    for place, (name, (_, count)) in enumerate(zip(names, values, strict=True)):
        y, long = place * 26.0, (WIDTH - left - 70) * count / top
        marks += [
            Text(left - 10, y + 17, name, 13, "end"),
            Box(left, y + 4, long, 18, SEAL),
            Text(left + long + 8, y + 17, f"{count:,}", 12, colour=SOFT),
        ]
    high = len(values) * 26.0
    if more:
        text = translate("另有 {n:,} 个没有画出。", n=more)
        marks.append(Text(left, high + 20, text, 12, colour=SOFT))
    told = _joined(f"{name}: {count:,}" for name, count in values)
    return Plot(WIDTH, high + (28 if more else 4), tuple(marks), told)


def lines(trends: Sequence[Trend], measured: charts.Measure) -> Plot:
    """Phrases over the years, and beneath each named year how many reports are held."""
    legend, above = _legend([one.query for one in trends])
    high = 360 + above
    chart = charts.line_chart(
        trends, measured, lambda query, year: "", width=WIDTH, height=high, top=above + 12
    )
    if chart is None:
        return empty()
    marks = [*legend]
    for y, label in chart.ticks:
        marks += [
            Stroke(f"M{chart.left} {y:g}H{chart.width - chart.right}"),
            Text(chart.left - 8, y + 4, label, 12, "end", SOFT),
        ]
    held = {row.year: row.held for row in trends[0].rows}
    for x, label in chart.years:
        marks += [
            Text(x, high - 10, label, 12, "middle", SOFT),
            Text(x, high + 8, f"{held.get(int(label), 0):,}", 11, "middle", SOFT),
        ]
    marks.append(Text(chart.left - 16, high + 8, translate("收录"), 11, "end", SOFT))
    for line in chart.lines:
        colour, dash = KEYS[line.number - 1], DASHES[line.number - 1]
        marks += [Stroke(path, colour, 2, dash) for path in line.paths]
        marks += [Dot(p.x, p.y, colour) for p in line.points]
    told = "\n".join(
        f"{line.query} — "
        + _joined(f"{p.year}: {p.value} ({p.row.reports} / {p.row.held})" for p in line.points)
        for line in chart.lines
    )
    return Plot(WIDTH, high + 16, tuple(marks), told)


def grid(found: Matrix) -> Plot:
    """Agency × year: occurrences, shaded by how many a report of that agency and year has."""
    if not found.rows:
        return empty()
    names = [(wrapped(row.agency or translate(UNLABELLED), 13, 260, 1))[0] for row in found.rows]
    left = max(measure(name, 13) for name in (*names, translate("全部机关，报告"))) + 14
    cell, high = 44.0, 26.0
    right = left + cell * len(found.years) + 8
    marks: list[Mark] = []
    for place, year in enumerate(found.years):
        label = str(year) if year else translate(UNLABELLED)
        marks.append(Text(left + cell * (place + 0.5), 16, label, 12, "middle", SOFT))
    marks.append(Text(right, 16, translate("合计"), 12, colour=SOFT))
    for number, (name, row) in enumerate(zip(names, found.rows, strict=True)):
        y = 24 + high * number
        marks.append(Text(left - 12, y + 17, name, 13, "end"))
        for place, one in enumerate(row.cells):
            if not one.held:
                continue
            shade = SHADES[charts.shade(one.occurrences, one.held)]
            marks += [
                Box(left + cell * place, y, cell, high, shade, PAPER),
                Text(
                    left + cell * (place + 0.5),
                    y + 17,
                    f"{one.occurrences:,}",
                    12,
                    "middle",
                    INK if one.occurrences else SOFT,
                ),
            ]
        marks.append(Text(right, y + 17, _total(row.total.reports, row.total.occurrences), 12))
    y = 24 + high * len(names)
    marks.append(Stroke(f"M0 {y + 3:g}H{right + 110:g}"))
    marks.append(Text(left - 12, y + 22, translate("全部机关，报告"), 13, "end", bold=True))
    for place, one in enumerate(found.columns):
        text = f"{one.reports:,}/{one.held:,}"
        marks.append(Text(left + cell * (place + 0.5), y + 22, text, 11, "middle"))
    marks.append(Text(right, y + 22, _total(found.total.reports, found.total.occurrences), 12))
    marks += _bands(left, y + 44)
    told = "\n".join(
        f"{row.agency or translate(UNLABELLED)} — "
        + _joined(
            f"{year or translate(UNLABELLED)}: {one.occurrences} ({one.reports} / {one.held})"
            for year, one in zip(found.years, row.cells, strict=True)
            if one.held
        )
        for row in found.rows
    )
    return Plot(max(right + 110, left + 560), y + 76, tuple(marks), told)


def adoption(years: Sequence[YearSpread]) -> Plot:
    """Agencies by year: those that took it up, those that used it again, all that are held."""
    known = [one for one in years if one.year is not None]
    if not known:
        return empty()
    left, slot = 44.0, _slot(len(known))
    width = left + slot * len(known)
    legend, above = _keys((("新采用", SEAL, ""), ("继续使用", BAR, ""), ("当年收录", PAPER, SOFT)))
    most = max(max(one.held, one.agencies) for one in known)
    top = charts.scale(most)[1]
    marks: list[Mark] = [*legend]
    marks += _axis(most, left, width, above)
    floor = above + HEIGHT
    sums = list(accumulate(one.new_agencies for one in known))
    step = 1 if slot >= 34 else 5
    for place, (one, added) in enumerate(zip(known, sums, strict=True)):
        x, broad = left + place * slot + slot * 0.12, slot * 0.76
        held, used, new = (HEIGHT * n / top for n in (one.held, one.agencies, one.new_agencies))
        marks.append(Box(x, floor - held, broad, held, PAPER, SOFT))
        marks.append(Box(x, floor - used, broad, used, BAR))
        marks.append(Box(x, floor - new, broad, new, SEAL))
        middle = x + broad / 2
        if (one.year or 0) % step == 0:
            marks.append(Text(middle, floor + 18, str(one.year), 12, "middle", SOFT))
            marks.append(Text(middle, floor + 36, f"{added:,}", 12, "middle"))
    marks.append(Text(left - 10, floor + 36, translate("累计"), 12, "end", SOFT))
    told = _joined(
        f"{one.year}: +{one.new_agencies}, {one.agencies} / {one.held}, {translate('累计')} {added}"
        for one, added in zip(known, sums, strict=True)
    )
    return Plot(width, floor + 44, tuple(marks), told)


def _slot(count: int) -> float:
    """Width of one year."""
    return min(84.0, max(13.0, (WIDTH - 44) / count))


def _axis(highest: float, left: float, right: float, above: float = 0) -> list[Mark]:
    """Horizontal lines at round counts."""
    step, top = charts.scale(highest)
    marks: list[Mark] = []
    for number in range(round(top / step) + 1):
        if (value := step * number) % 1:  # half a report is none
            continue
        y = above + HEIGHT * (1 - value / top)
        marks += [
            Stroke(f"M{left:g} {y:g}H{right:g}"),
            Text(left - 8, y + 4, f"{value:,.0f}", 12, "end", SOFT),
        ]
    return marks


def _legend(names: Sequence[str]) -> tuple[list[Mark], int]:
    """The phrases with their lines, and the height they take."""
    marks: list[Mark] = []
    x, y = 0.0, 12
    for number, name in enumerate(names):
        text = (wrapped(name, 13, 400, 1) or ["—"])[0]
        wide = 36 + measure(text, 13) + 24
        if x and x + wide > WIDTH:
            x, y = 0.0, y + 24
        marks += [
            Stroke(f"M{x:g} {y:g}h28", KEYS[number], 2, DASHES[number]),
            Text(x + 36, y + 5, text, 13),
        ]
        x += wide
    return marks, y + 12


def _keys(names: Sequence[tuple[str, str, str]]) -> tuple[list[Mark], int]:
    marks: list[Mark] = []
    x = 0.0
    for name, colour, edge in names:
        text = translate(name)
        marks += [Box(x, 4, 12, 12, colour, edge), Text(x + 18, 15, text, 13)]
        x += 18 + measure(text, 13) + 24
    return marks, 34


def _bands(left: float, y: float) -> list[Mark]:
    """What the shades of the matrix mean."""
    marks: list[Mark] = [
        Text(left - 12, y + 14, translate("每份报告处数"), 12, "end", SOFT),
    ]
    for place, label in enumerate(charts.BANDS):
        x = left + 62 * place
        marks += [
            Box(x, y, 20, 20, SHADES[place], LINE),
            Text(x + 26, y + 14, label, 12, colour=SOFT),
        ]
    note = translate("空白：该年没有收录")
    marks.append(Text(left + 62 * len(charts.BANDS), y + 14, note, 12, colour=SOFT))
    return marks


def _total(reports: int, occurrences: int) -> str:
    return translate("{reports:,} 份 {n:,} 处", reports=reports, n=occurrences)


def _joined(parts: Iterable[str]) -> str:
    return "; ".join(parts)
