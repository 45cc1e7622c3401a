"""What an empty answer says of its query: found while trying the engine on real reports."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.builder import build_index
from search import open_engine
from search.engine import Engine
from search.request import SearchRequest


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
    ],
)
def test_each_part_that_could_be_dropped_is_counted(
    engine: Engine, typed: str, clauses: list[str]
) -> None:
    assert engine.search(SearchRequest(typed)).total.passages == 0
    found = engine.explain(SearchRequest(typed))
    assert [one.query for one in found if one.field is None] == clauses
    for one in found:
        assert one.total == engine.search(SearchRequest(one.query)).total


def test_punctuation_alone_is_like_nothing(engine: Engine) -> None:
    assert engine.explain(SearchRequest("！！！")) == ()
