"""Completions by real frequency, corrections by ear and by eye, what explains an empty answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.model import Report
from index.generations import build_lock
from index.update import update_index
from search import open_engine
from search.engine import Engine
from search.filter_text import parse_filters
from search.request import SearchRequest
from tests.reports import build_report

TEXTS = {
    "甲县司法局": ["行政执法全面规范。", "首违不罚清单。行政执法。", "臺灣同胞，行政複議。"],
    "乙县司法局": ["行政复议工作。首违不罚。", "人民政府与行政执法。", "银行贷款重复申请。"],
    "丙市公安局": ["人民政府。行政机关。", "银行，重复。行政执法。"],
}


def make_report(agency: str, year: int, texts: list[str]) -> Report:
    return build_report(
        texts,
        id=f"{agency}{year}",
        agency=agency,
        kind="司法",
        region=("江南省",),
        year=year,
        categories=("achievements", "plans"),
    )


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Two years of each agency; a third of one that is removed again."""
    index_dir: Path = tmp_path_factory.mktemp("suggest") / "index"
    reports = [make_report(a, year, texts) for a, texts in TEXTS.items() for year in (2020, 2021)]
    gone = make_report("甲县司法局", 2019, ["行政执法。"] * 3)
    with build_lock(index_dir):
        update_index(index_dir, [*reports, gone], processes=1)
        update_index(index_dir, [], {gone.id}, processes=1)
    opened = open_engine(index_dir)
    yield opened
    opened.close()


# ---------------------------------------------------------------- completions


@pytest.mark.parametrize("typed", ["行", "行政", "人", "首", "银", "重", "司法", "人民政", "首违"])
def test_a_completion_finds_as_many_passages_as_it_says(engine: Engine, typed: str) -> None:
    found = engine.suggest(typed)
    assert found
    for one in found:
        if one.kind == "agency":
            asked = SearchRequest("", parse_filters({"agency": [one.text]}))
            assert engine.search(asked).total.reports == one.count
        else:
            assert engine.search(SearchRequest(f'"{one.text}"')).total.passages >= one.count
    counts = [one.count for one in found if one.kind != "agency"]
    assert counts == sorted(counts, reverse=True)


def test_what_is_deleted_counts_no_more(engine: Engine) -> None:
    counts = {one.text: one.count for one in engine.suggest("行")}
    assert counts["行政"] == 14
    assert engine.search(SearchRequest("行政")).total.passages == 14


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("首违", "首违不罚"),  # a set phrase of the genre
        ("首違", "首违不罚"),  # traditional input
        ("清单 首违", "首违不罚"),  # the last run
        ('"首违', "首违不罚"),  # within quotation marks
        ("(清单 OR 首违", "首违不罚"),
        ("-首违", "-首违不罚"),  # the sign stays before it
        ("标题：首违", "标题：首违不罚"),
        ("机关:司法", "机关:甲县司法局"),
        ("甲县", "甲县司法局"),
    ],
)
def test_the_last_run_is_completed_with_what_stands_before_it(
    engine: Engine, typed: str, offered: str
) -> None:
    assert offered in [one.text for one in engine.suggest(typed)]


def test_after_a_field_of_agencies_only_agencies_come(engine: Engine) -> None:
    assert {one.kind for one in engine.suggest("机关:司法")} == {"agency"}
    assert engine.suggest("机关:首违") == ()


@pytest.mark.parametrize("typed", ["", " ", "，", '"', "清单 ", "没有这样的词"])
def test_nothing_to_complete(engine: Engine, typed: str) -> None:
    assert engine.suggest(typed) == ()


def test_a_set_phrase_is_offered_as_it_is_written(tmp_path: Path) -> None:
    index_dir = tmp_path / "index"
    report = make_report("甲县司法局", 2020, ["“双随机一公开”。"])
    with build_lock(index_dir):
        update_index(index_dir, [report], processes=1)
    opened = open_engine(index_dir)
    assert [one.text for one in opened.suggest("双随")] == ["双随机、一公开"]
    assert opened.did_you_mean(SearchRequest("双随机一工开")) == ("双随机、一公开",)
    opened.close()


# ---------------------------------------------------------------- corrections


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("首危不罚", "首违不罚"),  # by ear
        ("形政执法", "行政执法"),
        ("行政负议", "行政复议"),
        ("银航", "银行"),  # a character of several readings, by those beside it
        ("虫复", "重复"),
        ("人明政府", "人民政府"),  # en and eng, in and ing are mixed up
        ("shouweibufa", "首违不罚"),  # spelt
        ("xingzhengzhifa", "行政执法"),
        ("首达不罚", "首违不罚"),  # by eye
        ("首罚不违", "首违不罚"),  # two characters in each other's place
        ("首违罚", "首违不罚"),  # one left out
        ("首违不不罚", "首违不罚"),  # one too many
        ('"首危不罚"', '"首违不罚"'),
        ("形政执法 首危不罚", "行政执法 首违不罚"),  # two slips at once
        ("清单 首危不罚", "清单 首违不罚"),
        ("首危不罚 -年报", "首违不罚 -年报"),
    ],
)
def test_did_you_mean(engine: Engine, typed: str, meant: str) -> None:
    assert engine.search(SearchRequest(typed)).total.passages == 0
    found = engine.did_you_mean(SearchRequest(typed))
    assert meant in found
    for text in found:
        assert engine.search(SearchRequest(text)).total.passages


def test_corrections_find_something_under_the_filters(engine: Engine) -> None:
    asked = SearchRequest("首危不罚", parse_filters({"agency": ["丙市公安局"]}))
    assert engine.did_you_mean(asked) == ()


@pytest.mark.parametrize(
    "typed", ["", "。", "𠀀𠀁𠀂", "q" * 900, "甲" * 900, "\ud800", "首危不罚 " * 80]
)
def test_hopeless_queries_have_few_corrections(engine: Engine, typed: str) -> None:
    assert len(engine.did_you_mean(SearchRequest(typed))) <= 3


# ---------------------------------------------------------------- explaining


def explained(engine: Engine, request: SearchRequest) -> dict[str, tuple[str, int, int]]:
    return {
        one.label: (one.asked.query, one.total.passages, one.total.occurrences)
        for one in engine.explain(request)
    }


def test_each_clause_alone_and_each_filter_lifted(engine: Engine) -> None:
    asked = SearchRequest(
        '"首违不罚" "银行" -"清单" ("重复" OR "贷款")',
        parse_filters({"year": ["2020"], "agency": ["甲县司法局"]}),
        within='"机关"',
    )
    assert engine.search(asked).total.passages == 0
    found = explained(engine, asked)
    alone = {query: counts for query, *counts in found.values()}
    assert alone['"首违不罚"'] == [4, 4]
    assert alone['"银行"'] == [4, 4]
    assert alone['-"清单"'] == [14, 0]
    assert alone['"重复" OR "贷款"'] == [4, 6]
    assert found["不限机关"][1:] == (0, 0)
    assert found["不限年度"][1:] == (0, 0)
    assert found["不在结果中再搜"][1:] == (0, 0)
    for query, passages, occurrences in list(found.values())[:4]:
        total = engine.search(SearchRequest(query)).total
        assert (total.passages, total.occurrences) == (passages, occurrences)


@pytest.mark.parametrize(
    ("query", "written", "passages"),
    [
        ('("首违不罚" OR "银行") 同句 "无此" "行政"', '("首违不罚" OR "银行") 同句 "无此"', 0),
        ('"无此" ("行政" OR -"年报")', '"行政" OR -"年报"', 16),
        ('"无此" (("行政" "执法") OR "银行")', '"行政" "执法" OR "银行"', 10),
        ('年份:2020 "无此"', "年份:2020", 8),
        ('"无此" 标题:甲县', "标题:甲县", 6),
    ],
)
def test_a_clause_is_counted_as_it_was_read(
    engine: Engine, query: str, written: str, passages: int
) -> None:
    found = {q: n for q, n, _ in explained(engine, SearchRequest(query)).values()}
    assert found[written] == passages


def test_a_filter_lifted_counts_what_the_query_would_find(engine: Engine) -> None:
    asked = SearchRequest('"清单"', parse_filters({"agency": ["丙市公安局"], "year": ["2020"]}))
    found = explained(engine, asked)
    assert found["不限机关"] == ('"清单"', 1, 1)
    assert found["不限年度"] == ('"清单"', 0, 0)


# ---------------------------------------------------------------- traditional input


@pytest.mark.parametrize(
    ("typed", "passages"),
    [
        ("臺灣", 2),
        ("台湾", 2),
        ("行政執法", 8),
        ("行政複議", 4),
        ("行政复议", 4),
        ('="行政複議"', 2),
    ],
)
def test_traditional_and_simplified_find_each_other(
    engine: Engine, typed: str, passages: int
) -> None:
    assert engine.search(SearchRequest(typed)).total.passages == passages
