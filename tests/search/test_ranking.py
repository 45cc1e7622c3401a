"""The order by relevance, where DESIGN §6 promises one."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.model import Report
from index.generations import build_lock
from index.update import update_index
from search import open_engine
from search.request import SearchRequest
from tests.reports import build_report


def make_report(name: str, text: str) -> Report:
    return build_report([text], id=name, title="年报", agency=name)


def test_a_passage_that_holds_the_run_comes_before_all_that_hold_its_words(tmp_path: Path) -> None:
    """Seen with 经济发展 and 农业生产 on the work reports: a long passage that holds it once came
    after one that repeats its words."""
    long = "各项任务全面完成，取得明显成效。" * 58
    reports = [
        make_report("together", long + "推动经济发展。"),
        make_report("apart", "发展经济，经济要发展。发展是经济的发展，经济好，发展就好。" * 4),
        *(make_report(f"other{i}", "经济。发展。" + "法律服务。" * i) for i in range(20)),
    ]
    with build_lock(tmp_path):
        update_index(tmp_path, reports, processes=1)
    engine = open_engine(tmp_path)
    hits = engine.search(SearchRequest("经济发展")).hits
    engine.close()
    assert hits[0].report_id == "together"


@pytest.mark.parametrize(
    "typed", ["法治政府建设情况", '"法治政府"', "法治 OR 政府", "相近:法治政府建设"]
)
def test_nothing_held_has_no_order(tmp_path: Path, typed: str) -> None:
    with build_lock(tmp_path):
        update_index(tmp_path, [make_report("gone", "法治政府建设情况。")], processes=1)
        update_index(tmp_path, [], {"gone"}, processes=1)
    engine = open_engine(tmp_path)
    page = engine.search(SearchRequest(typed))
    engine.close()
    assert (page.hits, page.total.passages) == ((), 0)
