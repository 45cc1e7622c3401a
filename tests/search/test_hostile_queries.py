"""Whatever is typed gets an answer; the full run is ``benchmarks/hostile_queries.py``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.hostile_queries import SHAPES, ask, hostile_queries
from index.generations import build_lock
from index.update import update_index
from search import open_engine
from search.engine import Engine
from search.request import SearchRequest
from tests.reports import build_report


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    index_dir: Path = tmp_path_factory.mktemp("hostile") / "index"
    text = "推进法治政府建设。行政执法三项制度全面落实？a级企业2021年首违不罚。"
    report = build_report([text], title="法治报告", year=2021)
    with build_lock(index_dir):
        update_index(index_dir, [report], processes=1)
    opened = open_engine(index_dir)
    yield opened
    opened.close()


def test_no_query_raises(engine: Engine) -> None:
    raised = [(ask(engine, text)[1], text) for text in hostile_queries(1500, seed=3)]
    assert [pair for pair in raised if pair[0]] == []


@pytest.mark.parametrize("typed", ["\ud800", '"落实\udfff"', "落\ud842\udfb7*", '="落实\ud800"'])
def test_what_is_no_character_is_not_found(engine: Engine, typed: str) -> None:
    assert engine.search(SearchRequest('"落实?"')).total.passages == 1
    page = engine.search(SearchRequest(typed))
    assert (page.total.passages, page.notices) == (0, ())


def test_known_bombs_are_answered_by_every_view(engine: Engine) -> None:
    for text in SHAPES:
        request = SearchRequest(text)
        total = engine.search(request).total
        assert engine.trend([text])[0].total == total
        assert engine.concordance(request).total == total
        assert engine.matrix(request).total == total
        assert engine.spread(request).total == total
        engine.explain(request)
        engine.did_you_mean(request)
        engine.suggest(text)
        engine.marks("r1", text)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("(" * 1500, "too_long"),
        ("(" * 100 + "法", "too_deep"),
        ("法 " * 200, "too_many_clauses"),
        ("法 同句 " * 20 + "治", "too_many_clauses"),
        ('"。', "not_understood"),
        ("“”", "folds_to_nothing"),
        ("法 OR", "not_understood"),
        ("章节:无此章节", "not_understood"),
        ("年份:去年", "not_understood"),
    ],
)
def test_what_was_not_understood_is_told_with_its_place(
    engine: Engine, typed: str, code: str
) -> None:
    notices = engine.search(SearchRequest(typed)).notices
    own = [notice for notice in notices if notice.code == code]
    assert own, notices
    for notice in own:
        assert notice.span is not None
        assert 0 <= notice.span[0] <= notice.span[1] <= len(typed)
