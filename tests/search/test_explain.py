"""What an empty answer says of its query: found while trying the engine on real reports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.builder import build_index
from search import open_engine
from search.engine import Engine
from search.filter_text import parse_filters
from search.request import Field, SearchRequest


@pytest.fixture(scope="module")
def engine(project_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    index_dir: Path = tmp_path_factory.mktemp("explain") / "index"
    build_index([project_dir / "corpus" / "samples"], index_dir)
    engine = open_engine(index_dir)
    yield engine
    engine.close()


@pytest.mark.parametrize(
    ("typed", "clauses"),
    [
        ('"首违不罚" NEAR/1 "三项制度"', ['"首违不罚"', '"三项制度"']),
        ('"甲" 同句 "首违不罚" 同句 "三项制度"', ['"甲"', '"首违不罚"', '"三项制度"']),
        (
            '"无此" "首违不罚" 同句 "粮食"',
            ['"无此"', '"首违不罚" 同句 "粮食"', '"首违不罚"', '"粮食"'],
        ),
        ('"复议行政"', ["复议行政", '相近:"复议行政"']),
        ('="首违 不罚"', ['"首违 不罚"']),
        ("无此词语", []),
        ("首违不*", ['"首违不"']),
    ],
)
def test_each_part_that_could_be_dropped_is_counted(
    engine: Engine, typed: str, clauses: list[str]
) -> None:
    assert engine.search(SearchRequest(typed)).total.passages == 0
    found = engine.explain(SearchRequest(typed))
    assert [one.asked.query for one in found if one.field is None] == clauses
    for one in found:
        assert one.total == engine.search(one.asked).total


FILTERED = SearchRequest(
    '"首违不罚" "无此"',
    parse_filters({"year": ["2021"], "agency": ["岚溪市生态环境局"]}),
    scope="report",
    within='"执法"',
)


def test_each_count_is_that_of_the_question_it_names(engine: Engine) -> None:
    """Also the last, the most alike, which was counted with the filters and linked without."""
    found = engine.explain(FILTERED)
    assert [one.label for one in found] == [
        "含短语“首违不罚”", "含短语“无此”", "不限机关", "不限年度", "不在结果中再搜",
        "不加任何筛选",
        "其中任一词语，最相近的在前",
    ]  # fmt: skip
    for one in found:
        assert one.total == engine.search(one.asked).total
    assert found[-1].asked.filters == FILTERED.filters
    assert found[-2].asked == SearchRequest(FILTERED.query, scope="report")


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("agency", "石埠镇", "没有收录机关为“石埠镇”的报告；相近的有：澜州市临湖区石埠镇人"),
        ("region", "臨湖區", "没有收录地区为“臨湖區”的报告；相近的有：澜州市/临湖区、"),
        ("year", "1990", "没有收录年度为“1990”的报告。"),
        ("kind", "-航天", "没有收录类别为“航天”的报告。"),
    ],
)  # fmt: skip
def test_a_filter_that_no_report_meets_is_told(
    engine: Engine, field: Field, value: str, said: str
) -> None:
    (notice,) = engine.search(SearchRequest("", parse_filters({field: [value]}))).notices
    assert notice.code == "not_held"
    assert notice.message.startswith(said)


def test_what_is_held_is_no_remark(engine: Engine) -> None:
    filters = parse_filters(
        {
            "agency": ["岚溪市教育局", "-未识别"],
            "year": ["2021", "未识别", "-1990..1995"],
            "section": ["plans"],
        }
    )
    assert engine.search(SearchRequest("", filters)).notices == ()


def test_punctuation_alone_is_like_nothing(engine: Engine) -> None:
    assert engine.explain(SearchRequest("！！！")) == ()
