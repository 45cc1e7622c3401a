"""Phrases by year as CSV, for spreadsheets: the figures, then what was asked of which index.

All hits of a search are ``search.export``'s.
"""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Sequence

from search.engine import Engine
from search.export import describe_filters, harmless
from search.request import UNLABELLED, SearchRequest
from search.results import Total, Trend

COLUMNS = ("说法", "年度", "报告数", "收录报告", "占比", "出现处数", "每万字处数")


def export_trend(
    engine: Engine, queries: Sequence[str], asked: SearchRequest, exported: datetime.date
) -> str:
    """The whole file (UTF-8 with a byte order mark): a line a query and year.  Of ``asked`` the
    conditions count, not its query.  A year without reports has no share and no rate."""
    while True:
        held = engine.overview()
        trends = engine.trend(queries, asked.filters, scope=asked.scope, within=asked.within)
        if engine.generation() == held.generation:
            break
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for one in trends:
        writer.writerows([harmless(cell) for cell in row] for row in _rows(one))
    writer.writerow(())
    for name, value in (
        ("筛选", describe_filters(asked) or "无"),
        *((f"结果：{one.query}", _found(one.total)) for one in trends),
        ("索引", f"{held.generation}（{held.built}）"),
        ("导出日期", exported.isoformat()),
    ):
        writer.writerow((harmless(name), harmless(value)))
    return "\ufeff" + buffer.getvalue()


def _rows(trend: Trend) -> list[tuple[object, ...]]:
    return [
        (
            trend.query,
            UNLABELLED if row.year is None else row.year,
            row.reports,
            row.held,
            f"{row.share:.4f}" if row.held else "",
            row.occurrences,
            f"{row.per_10k:.4f}" if row.held else "",
        )
        for row in trend.rows
    ]


def _found(total: Total) -> str:
    return f"{total.reports} 份报告，{total.passages} 个段落，{total.occurrences} 处"
