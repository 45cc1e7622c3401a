"""Several phrases by year, under the filters of search: chart, table, CSV."""

from __future__ import annotations

import datetime
from dataclasses import replace

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as WerkzeugResponse

from search.export_trend import export_trend
from search.request import UNLABELLED, FieldFilter, SearchRequest
from search.results import Trend, TrendRow
from web import charts, urls
from web.i18n import translate
from web.site import site, value_label
from web.urls import Address, BadParameter

blueprint = Blueprint("trend", __name__)


def parse_trend(most: int) -> tuple[list[str], Address]:
    """The phrases (``q``, repeated) and the filters.  Raises ``BadParameter``."""
    queries = [text for value in request.args.getlist("q") if (text := value.strip())]
    queries = list(dict.fromkeys(queries))
    if len(queries) > most:
        raise BadParameter("q", queries[most], f"一次最多比较 {most} 个说法。")
    named = request.args.copy()
    named.poplist("q")
    return queries, urls.parse_address(named)


def trend_pairs(queries: list[str], address: Address) -> list[tuple[str, str]]:
    """The page's parameters in canonical order."""
    return [("q", query) for query in queries] + urls.pairs(Address(_conditions(address)))


def _conditions(address: Address) -> SearchRequest:
    """What the page asks for besides the phrases."""
    asked = address.request
    return SearchRequest(filters=asked.filters, scope=asked.scope, within=asked.within)


@blueprint.get("/trend")
def trend() -> str | WerkzeugResponse:
    """The page across years."""
    here = site()
    queries, address = parse_trend(here.settings.trend_phrases)
    measure = measure_asked()
    loose = urls.with_loose_years(request.args, address)
    kept = [("measure", measure)] if measure != "share" else []
    if loose:
        return redirect(urls.join("/trend", [*trend_pairs(queries, loose), *kept]), 303)
    asked = _conditions(address)
    trends = trend_answer(queries, address) if queries else ()

    def year_url(query: str, year: int | None) -> str:
        value = UNLABELLED if year is None else str(year)
        kept = {**asked.filters, "year": FieldFilter(include=(value,))}
        return urls.write(Address(asked.with_(query=query, filters=kept)))

    named = trend_pairs(queries, address)
    years = asked.filters.get("year", urls.EMPTY)
    return render_template(
        "trend.html",
        queries=queries,
        trends=trends,
        chart=charts.line_chart(trends, measure, year_url) if trends else None,
        measure=measure,
        measures=[
            (name, translate(label), urls.join("/trend", [*named, ("measure", name)]))
            for name, label in charts.MEASURES.items()
        ],
        rows=_table(trends),
        shown=charts.shown,
        year_url=year_url,
        all_url=lambda query: urls.write(Address(asked.with_(query=query))),
        drop_url=lambda query: urls.join(
            "/trend", trend_pairs([q for q in queries if q != query], address)
        ),
        chips=_chips(queries, address),
        hidden=[pair for pair in urls.pairs(Address(asked)) if pair[0] != "year"] + kept,
        excluded=[("year", f"-{one}") for one in years.exclude],
        ends=("", "") if len(years.ranges) != 1 else years.ranges[0],
        room=here.settings.trend_phrases - len(queries),
        figure_url=urls.join("/figures/trend.svg", [*named, *kept]),
        csv_url=urls.join("/trend.csv", named),
        json_url=urls.join("/api/v1/trend", named),
    )


def measure_asked() -> charts.Measure:
    """What the lines are to show.  Raises ``BadParameter``."""
    text = request.args.get("measure", "share")
    for measure in charts.MEASURES:
        if measure == text:
            return measure
    raise BadParameter("measure", text, f"参数 measure 只能是：{'、'.join(charts.MEASURES)}。")


def trend_answer(queries: list[str], address: Address) -> tuple[Trend, ...]:
    """The phrases by year, under the conditions of the address."""
    asked = _conditions(address)
    return site().engine.trend(queries, asked.filters, scope=asked.scope, within=asked.within)


@blueprint.get("/trend.csv")
def table() -> Response:
    """The same figures as CSV, for spreadsheets (UTF-8 with a byte order mark)."""
    queries, address = parse_trend(site().settings.trend_phrases)
    today = datetime.date.today()
    response = make_response(export_trend(site().engine, queries, _conditions(address), today))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="fazhi-trend.csv"'
    return response


def _table(trends: tuple[Trend, ...]) -> list[tuple[int | None, list[TrendRow | None]]]:
    """Rows by year, newest first, the unknown year last; a cell for each query."""
    years = {row.year for one in trends for row in one.rows}
    order = sorted((y for y in years if y is not None), reverse=True)
    by_year = [{row.year: row for row in one.rows} for one in trends]
    wanted: list[int | None] = [*order, None] if None in years else [*order]
    return [(year, [rows.get(year) for rows in by_year]) for year in wanted]


def _chips(queries: list[str], address: Address) -> list[urls.Chip]:
    """Filters in force, each with the page without it."""
    found = []
    for chip in urls.chips(address, value_label, site().settings.page_size):
        rest = chip.url.partition("?")[2]
        asked = urls.join("/trend", [("q", query) for query in queries])
        joint = ("&" if queries else "?") + rest if rest else ""
        found.append(replace(chip, url=asked + joint))
    return found
