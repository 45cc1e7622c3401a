"""Facets beyond what tables of cases can say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from index.generations import build_lock
from index.update import update_index
from search import open_engine
from search.filter_text import parse_filters
from search.request import SearchRequest
from tests.reports import build_report

REPORT = build_report(
    ["执法。"],
    id="a",
    title="年报",
    agency="甲市城市管理局",
    aliases=("甲市综合行政执法局",),
    kind="城市管理",
    region=("甲市",),
)


def test_an_agency_chosen_by_its_second_name_has_the_count_of_its_reports(tmp_path: Path) -> None:
    """The list has the report; the chosen value beside it must not say 0."""
    other = replace(REPORT, id="b", agency="乙市公安局", aliases=())
    with build_lock(tmp_path):
        update_index(tmp_path, [REPORT, other], processes=1)
    engine = open_engine(tmp_path)
    page = engine.search(SearchRequest("", parse_filters({"agency": ["甲市综合行政执法局"]})))
    engine.close()
    assert page.total.reports == 1
    chosen = {value.value: value.count for value in page.facets["agency"].values if value.selected}
    assert chosen == {"甲市综合行政执法局": 1}
