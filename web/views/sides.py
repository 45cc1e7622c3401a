"""The same question from other sides: concordance, matrix, spread.

Each counts the same matches as the list, says the same three numbers above, and every cell links
to the search behind it.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate, dropwhile

from flask import render_template

from search.request import UNLABELLED, FieldFilter, SearchRequest
from search.results import Total
from search.views import ConcordanceSort, Matrix, Spread, YearSpread
from web import charts, urls
from web.i18n import translate
from web.site import site, value_label
from web.urls import Address

ORDER_LABELS: dict[ConcordanceSort, str] = {
    "text": "按报告",
    "left": "按左邻字",
    "right": "按右邻字",
    "-year": "年度由近到远",
    "year": "年度由远到近",
    "agency": "按机关",
}

ROWS = 50
"""Lines of a concordance, or agencies, on a page."""


def render(address: Address, tabs: list[tuple[str, str, bool]]) -> str:
    """The page of the tab the address names."""
    asked = address.request.with_(size=ROWS)
    if address.tab == "concordance":
        return _concordance(address, asked, tabs)
    if address.tab == "matrix":
        return _matrix(address, asked, tabs)
    return _spread(address, asked, tabs)


def _common(
    address: Address, tabs: list[tuple[str, str, bool]], total: Total, rows: int
) -> dict[str, object]:
    size = site().settings.page_size
    page = address.request.page
    last = max(1, -(-rows // ROWS))
    return {
        "address": address,
        "query": address.request.query,
        "total": total,
        "tabs": tabs,
        "chips": urls.chips(address, value_label, size),
        "hidden": urls.pairs(address.with_(query="", within=""), size=size),
        "page": page,
        "last": last,
        "previous": urls.write(address.with_(page=page - 1), size=size) if page > 1 else "",
        "next": urls.write(address.with_(page=page + 1), size=size) if page < last else "",
        "figure_url": _beside(address, f"/figures/{address.tab}.svg"),
        "json_url": _beside(address, f"/api/v1/{address.tab}"),
    }


def _beside(address: Address, path: str) -> str:
    """The same question at an address that answers no other tab."""
    return urls.write(address, path, tab=address.tab, size=site().settings.page_size)


def _concordance(address: Address, asked: SearchRequest, tabs: list[tuple[str, str, bool]]) -> str:
    found = site().engine.concordance(asked, order=address.order)
    size = site().settings.page_size
    orders = [
        (
            translate(label),
            urls.write(Address(address.with_().request, "concordance", order), size=size),
        )
        for order, label in ORDER_LABELS.items()
    ]
    named = [("q", asked.query)] if asked.query else []
    return render_template(
        "concordance.html",
        **_common(address, tabs, found.total, found.sorted_occurrences),
        found=found,
        orders=orders,
        order=translate(ORDER_LABELS[address.order]),
        hit_url=lambda hit: hit.url + "&" + urls.join("", named)[1:] + f"#{hit.passage}",
    )


def _matrix(address: Address, asked: SearchRequest, tabs: list[tuple[str, str, bool]]) -> str:
    found = trimmed(site().engine.matrix(asked))
    rows: dict[str | None, urls.FacetLinks] = {}

    def cell_url(agency: str | None, year: int | None) -> str:
        if agency not in rows:  # a row's cells differ in the year alone
            kept = _of_agency(asked, agency)
            bare = {name: own for name, own in kept.filters.items() if name != "year"}
            rows[agency] = urls.FacetLinks(Address(kept.with_(filters=bare)), "year", kept.size)
        return rows[agency].toggle(UNLABELLED if year is None else str(year))

    return render_template(
        "matrix.html",
        **_common(address, tabs, found.total, found.total_rows),
        found=found,
        cell_url=cell_url,
        all_url=lambda agency: _search(asked, agency),
        level=lambda cell: charts.shade(cell.occurrences, cell.held),
        bands=charts.BANDS,
    )


def trimmed(found: Matrix) -> Matrix:
    """The matrix without years, at either end, in which none of its agencies is held and nobody
    used it: half of a wide table would be blank."""
    years = [
        place
        for place, year in enumerate(found.years)
        if year is not None
        and (found.columns[place].reports or any(row.cells[place].held for row in found.rows))
    ]
    if not years:
        return found
    kept = [
        place
        for place, year in enumerate(found.years)
        if year is None or years[0] <= place <= years[-1]
    ]
    return replace(
        found,
        years=tuple(found.years[place] for place in kept),
        columns=tuple(found.columns[place] for place in kept),
        rows=tuple(
            replace(row, cells=tuple(row.cells[place] for place in kept)) for row in found.rows
        ),
    )


def since_first_use(found: Spread) -> tuple[YearSpread, ...]:
    """The years of a spread from the first in which anybody used it."""
    return tuple(dropwhile(lambda one: not one.agencies, found.by_year))


def _spread(address: Address, asked: SearchRequest, tabs: list[tuple[str, str, bool]]) -> str:
    found = site().engine.spread(asked)
    used = since_first_use(found)
    top = max((one.agencies for one in used), default=0) or 1
    return render_template(
        "spread.html",
        **_common(address, tabs, found.total, found.total_agencies),
        found=replace(found, by_year=used),
        sums=list(accumulate(one.new_agencies for one in used)),
        top=top,
        all_url=lambda agency: _search(asked, agency),
        year_url=lambda agency, year: _search(asked, agency, year),
    )


def _search(asked: SearchRequest, agency: str | None, *year: int | None) -> str:
    """The list of the question for one agency, and one year when given."""
    kept = _of_agency(asked, agency)
    if year:
        value = UNLABELLED if year[0] is None else str(year[0])
        kept = kept.with_(filters={**kept.filters, "year": FieldFilter(include=(value,))})
    return urls.write(Address(kept))


def _of_agency(asked: SearchRequest, agency: str | None) -> SearchRequest:
    """The question for one agency, with nothing of where it was asked from."""
    chosen = FieldFilter(include=(agency or UNLABELLED,))
    filters = {**asked.filters, "agency": chosen}
    return SearchRequest(asked.query, filters, scope=asked.scope, within=asked.within)
