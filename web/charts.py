"""Numbers of an answer → coordinates of a chart; templates draw them as SVG.

Every chart stands beside the same figures as text, and each mark links to the search behind it.
No markup here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from search.results import Trend, TrendRow

Measure: TypeAlias = Literal["share", "per_10k", "reports", "occurrences"]
MEASURES: dict[Measure, str] = {
    "share": "报告占比",
    "per_10k": "每万字处数",
    "reports": "报告数",
    "occurrences": "出现处数",
}
UNITS: dict[Measure, str] = {
    "share": "各年度提到它的报告占同年收录报告的比例",
    "per_10k": "各年度每万字出现的处数",
    "reports": "各年度提到它的报告数（份）",
    "occurrences": "各年度出现的处数（处）",
}
"""What the measures count, for a chart that stands alone."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One year of the histogram.  ``height`` is in hundredths of the tallest."""

    label: str
    count: int
    height: float
    url: str
    selected: bool
    tick: bool
    """Whether the axis names it."""


def bars(
    counts: Sequence[tuple[int, int]], url: Callable[[int], str], chosen: Callable[[int], bool]
) -> list[Bar]:
    """Bars of (year, reports), ascending, with years that lie between and have none."""
    if not counts:
        return []
    known = dict(counts)
    years = range(min(known), max(known) + 1)
    tallest = max(known.values()) or 1
    step = 1 if len(years) <= 16 else 5 if len(years) <= 60 else 10
    return [
        Bar(
            label=str(year),
            count=known.get(year, 0),
            # A count of one stays visible beside a count of thousands.
            height=max(2.0, round(100 * known[year] / tallest, 1)) if known.get(year) else 0.0,
            url=url(year),
            selected=chosen(year),
            tick=year % step == 0,
        )
        for year in years
    ]


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float
    year: int
    value: str
    url: str
    row: TrendRow


@dataclass(frozen=True, slots=True)
class Line:
    query: str
    paths: tuple[str, ...]
    """One for each run of years that are held: nothing is drawn across a gap."""
    points: tuple[Point, ...]
    number: int
    """From 1: its colour and its dash."""


@dataclass(frozen=True, slots=True)
class LineChart:
    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    lines: tuple[Line, ...]
    ticks: tuple[tuple[float, str], ...]
    """Height and label of each horizontal line."""
    years: tuple[tuple[float, str], ...]


def line_chart(
    trends: Sequence[Trend],
    measure: Measure,
    url: Callable[[str, int], str],
    *,
    width: int = 860,
    height: int = 352,
    top: int = 40,
) -> LineChart | None:
    """Queries as lines over the years; None when no year is known.  ``top`` is what stays free
    above the lines."""
    years = sorted({row.year for trend in trends for row in trend.rows if row.year is not None})
    if not years:
        return None
    left, right, bottom = 52, 24, 40
    first, last = years[0], years[-1]
    across = width - left - right
    down = height - top - bottom
    values = [amount(row, measure) for trend in trends for row in trend.rows if row.year]
    step, highest = scale(max(values, default=0.0))

    def x(year: int) -> float:
        if first == last:
            return left + across / 2
        return round(left + across * (year - first) / (last - first), 1)

    def y(value: float) -> float:
        return round(top + down * (1 - value / highest), 1)

    lines = []
    for place, trend in enumerate(trends, 1):
        points = tuple(
            Point(
                x(row.year),
                y(amount(row, measure)),
                row.year,
                shown(row, measure),
                url(trend.query, row.year),
                row,
            )
            for row in trend.rows
            if row.year is not None and row.held
        )
        lines.append(Line(trend.query, _paths(points), points, place))
    count = round(highest / step)
    ticks = tuple((y(step * i), _tick(step * i, measure)) for i in range(count + 1))
    span = last - first
    gap = next((gap for gap in (1, 2, 5) if span <= 12 * gap), 10)
    named = tuple((x(year), str(year)) for year in range(first, last + 1) if year % gap == 0)
    return LineChart(width, height, left, right, top, bottom, tuple(lines), ticks, named)


def _paths(points: Sequence[Point]) -> tuple[str, ...]:
    """The points joined where their years follow one another."""
    runs: list[list[str]] = []
    before = None
    for p in points:
        if before is None or p.year != before + 1:
            runs.append([])
        runs[-1].append(f"{'L' if runs[-1] else 'M'}{p.x} {p.y}")
        before = p.year
    return tuple(" ".join(run) for run in runs if len(run) > 1)


def amount(row: TrendRow, measure: Measure) -> float:
    """The row's value for the measure."""
    return float(getattr(row, measure))


def shown(row: TrendRow, measure: Measure) -> str:
    """The row's value for people."""
    if measure == "share":
        return f"{100 * row.share:.1f}%"
    if measure == "per_10k":
        return f"{row.per_10k:.2f}"
    return f"{getattr(row, measure):,}"


def scale(highest: float) -> tuple[float, float]:
    """A round step and a round top: 3 to 6 lines."""
    if highest <= 0:
        return 1.0, 1.0
    power = 1.0
    while highest / power > 10:
        power *= 10
    while highest / power < 1:
        power /= 10
    for factor in (0.2, 0.5, 1, 2, 5):
        step = factor * power
        lines = -(-highest // step)
        if lines <= 6:
            return step, step * max(lines, 1)
    return 2 * power, 10 * power


def _tick(value: float, measure: Measure) -> str:
    if measure == "share":
        return f"{100 * value:.10g}%"
    return f"{value:,.10g}"


BANDS = ("0", "1", "2", "3–4", "5–9", "10+")
"""What the shades of the matrix mean: occurrences a report, rounded down, at least 1 where there
are any.  Fixed, so that two matrices can be compared."""


def shade(occurrences: int, held: int) -> int:
    """The place in ``BANDS`` of what a report of that agency and year has on average."""
    if not occurrences:
        return 0
    each = occurrences / max(held, 1)
    return sum(each >= least for least in (0, 2, 3, 5, 10))
