"""The start page: one box, and the collection at a glance; every figure is a link."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template

from search.labels import SECTION_LABELS
from search.request import NO_FILTERS, UNLABELLED, FieldFilter, SearchRequest
from search.results import ValueCount
from web import charts, urls
from web.site import site, value_label

blueprint = Blueprint("start", __name__)

SLOGANS = (
    "首违不罚",
    "双随机、一公开",
    "放管服",
    "行政执法三项制度",
    "习近平法治思想",
    "八五普法",
    "大综合一体化",
    "最多跑一次",
    "营商环境",
    "民法典",
)
"""National phrases worth trying; only those the collection holds are shown."""


@blueprint.get("/")
def start() -> str:
    """The start page."""
    here = site()
    overview = here.overview()
    years = [
        (int(one.value), one.reports)
        for one in overview.facets.get("year", ())
        if one.value != UNLABELLED
    ]
    return render_template(
        "start.html",
        overview=overview,
        bars=charts.bars(years, lambda year: filter_url("year", str(year)), lambda year: False),
        unknown_year=sum(
            one.reports for one in overview.facets.get("year", ()) if one.value == UNLABELLED
        ),
        regions=_top_regions(overview.facets.get("region", ())),
        sections=_in_order(overview.facets.get("section", ())),
        slogans=slogans(),
        filter_url=filter_url,
        value_label=value_label,
        facet_page=lambda field: f"/search/facet/{field}",
    )


def filter_url(field: str, value: str) -> str:
    """A search for everything with this value of the field."""
    chosen = FieldFilter(include=(value,))
    return urls.write(urls.Address(SearchRequest(filters={field: chosen})))  # type: ignore[dict-item]


def slogans() -> list[tuple[str, int]]:
    """Slogans the collection holds and their reports, in the order of the list."""
    engine = site().engine

    def count() -> list[tuple[str, int]]:
        trends = engine.trend([f'"{slogan}"' for slogan in SLOGANS], NO_FILTERS)
        totals = [one.total.reports for one in trends]
        return [(text, n) for text, n in zip(SLOGANS, totals, strict=True) if n]

    return site().once("slogans", count)


def _top_regions(values: Sequence[ValueCount]) -> list[ValueCount]:
    """Provinces, by falling reports, then those without a region."""
    return [one for one in values if "/" not in one.value]


def _in_order(values: Sequence[ValueCount]) -> list[ValueCount]:
    """Sections as the regulation orders them."""
    order = list(SECTION_LABELS)
    return sorted(values, key=lambda one: order.index(one.value) if one.value in order else 99)
