"""Charts as files: ``/figures/<what>.svg`` under the question and filters of a page.

``what`` is a field (its counts as bars), ``trend``, ``matrix`` or ``spread``; the parameters are
those of the page that shows the chart, and so are the figures.  PNG is made of the SVG in the
browser (``chart.js``): the server draws once.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, abort, make_response, request

from search.labels import FIELD_LABELS
from search.request import FIELDS, Field, SearchRequest
from search.results import Total
from web import charts, facets, plots, urls
from web.figure import Plot, svg
from web.i18n import translate
from web.site import site, value_label
from web.urls import Address
from web.views import sides
from web.views.trend import measure_asked, parse_trend, trend_answer, trend_pairs

blueprint = Blueprint("figures", __name__)

SHOWN = 30
"""Values of a field that are drawn; the rest is counted beneath."""


@blueprint.get("/figures/<what>.svg")
def figure(what: str) -> Response:
    """The chart, or 404 for one that is not drawn."""
    if what == "trend":
        return _trend()
    address = urls.parse_address(request.args, size=site().settings.page_size)
    for field in FIELDS:
        if what == field:
            return _facet(address, field)
    drawn = _SIDES.get(what)
    if drawn is None:
        abort(404)
    asked = address.request.with_(size=sides.ROWS)
    plot, unit, total = drawn(asked)
    return _answer(plot, unit, address.on(what), total)  # type: ignore[arg-type]


def _facet(address: Address, field: Field) -> Response:
    """One field's counts: years as columns, other fields as rows."""
    asked = address.request
    size = site().settings.page_size
    answer = site().engine.search(asked.with_(facet_size=100, facet_fields=(field,)))
    found = answer.facets.get(field)
    chosen = asked.filters.get(field, urls.EMPTY)
    unit = translate("各{what}的报告数（份）", what=translate(FIELD_LABELS[field]))
    if field == "year":
        plot = plots.columns(facets.year_bars(address, found, size, least=1), chosen=bool(chosen))
    else:
        values = found.values if found else ()
        named = [(value_label(field, one.value), one.count) for one in values]
        more = (found.total_values if found else 0) - min(len(named), SHOWN)
        plot = plots.rows(named[:SHOWN], max(0, more))
    return _answer(plot, unit, address, answer.total)


def _matrix(asked: SearchRequest) -> tuple[Plot, str, Total]:
    found = site().engine.matrix(asked)
    unit = translate("各机关各年度的出现处数（处）")
    if found.total_rows > len(found.rows):
        first = sides.ROWS * (asked.page - 1)
        unit += translate(
            "，第 {first:,}—{last:,} 个机关，共 {n:,} 个",
            first=first + 1,
            last=first + len(found.rows),
            n=found.total_rows,
        )
    return plots.grid(sides.trimmed(found)), unit, found.total


def _spread(asked: SearchRequest) -> tuple[Plot, str, Total]:
    found = site().engine.spread(asked)
    unit = translate("各年度采用的机关数（个）")
    return plots.adoption(sides.since_first_use(found)), unit, found.total


_SIDES: dict[str, Callable[[SearchRequest], tuple[Plot, str, Total]]] = {
    "matrix": _matrix,
    "spread": _spread,
}


def _trend() -> Response:
    queries, address = parse_trend(site().settings.trend_phrases)
    measure = measure_asked()
    trends = trend_answer(queries, address) if queries else ()
    plot = plots.lines(trends, measure) if trends else plots.empty()
    named = trend_pairs(queries, address)
    if measure != "share":
        named.append(("measure", measure))
    return _send(
        plot,
        title="、".join(queries) or translate("历年对比"),
        unit=translate(charts.UNITS[measure]),
        conditions=_conditions(address),
        counted="",
        path=urls.join("/trend", named),
    )


def _answer(plot: Plot, unit: str, address: Address, total: Total) -> Response:
    asked = address.request
    counted = translate(
        "共 {reports:,} 份报告、{passages:,} 个段落、{n:,} 处；",
        reports=total.reports,
        passages=total.passages,
        n=total.occurrences,
    )
    if not asked.query:  # then nothing occurs, and nothing is missing
        counted = ""
    return _send(
        plot,
        title=asked.query or translate("全部报告"),
        unit=unit,
        conditions=_conditions(address),
        counted=counted,
        path=urls.write(address, size=site().settings.page_size),
    )


def _conditions(address: Address) -> list[str]:
    """The filters in force, on one line; nothing when there are none."""
    named = [
        (f"{translate('不含')} " if chip.excluded else "") + chip.label
        for chip in urls.chips(address, value_label, site().settings.page_size)
    ]
    if address.request.scope == "report":
        named.append(translate("各词同在一份报告即可"))
    return [translate("；").join(named)] if named else []


def _send(
    plot: Plot, *, title: str, unit: str, conditions: list[str], counted: str, path: str
) -> Response:
    here = site()
    held = here.overview()
    source = translate(
        "来源：{site}，收录 {held:,} 份报告，索引更新于 {day}。",
        site=translate(here.settings.site_name),
        held=held.total.reports,
        day=held.built[:10],
    )
    address = here.root() + path
    sources = [counted + source, address, here.notice()]
    text = svg(
        plot,
        title=title,
        unit=unit,
        conditions=conditions,
        sources=[one for one in sources if one],
    )
    response = make_response(text)
    response.headers["Content-Type"] = "image/svg+xml; charset=utf-8"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
