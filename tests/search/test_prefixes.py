"""A prefix stands for all its words, however many: Whoosh's own ``Prefix``, hit by hit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import whoosh.index
from whoosh import query

from corpus.model import Report
from index.analysis import tokenize
from index.generations import build_lock
from index.update import update_index
from search import open_engine
from search.engine import Engine
from search.request import SearchRequest
from tests.reports import build_report

REPORTS = 60
EACH = 50
"""Numbers of a report, each a word that stands in few others."""


def make_report(number: int) -> Report:
    own = [10_000 + number * EACH + step for step in range(EACH)]
    texts = [
        f"执法{','.join(map(str, own[: EACH // 2]))}。监督{own[-1]}。\n",
        f"监督{','.join(map(str, own[EACH // 2 :] + own[-3:]))},10001。\n",
        "监督执法。\n",
    ]
    return build_report(
        texts,
        id=f"r{number}",
        title=f"第{own[0]}号报告" if number % 2 else "报告",
        headings=[(f"{own[0]}号",), (f"{own[1]}号",), ()],
    )


HELD = [make_report(number) for number in range(REPORTS) if number != 7]
PASSAGES = {
    (report.id, passage.id): report.text[passage.start : passage.end]
    for report in HELD
    for passage in report.passages
}


@pytest.fixture(scope="module", params=[1, 3], ids=["one segment", "three"])
def index_dir(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    folder: Path = tmp_path_factory.mktemp("prefixes") / "index"
    reports = [make_report(number) for number in range(REPORTS)]
    with build_lock(folder):
        for part in range(request.param):
            update_index(folder, reports[part :: request.param], processes=1)
        update_index(folder, [], {"r7"}, processes=1)
    return folder


@pytest.fixture
def engine(index_dir: Path) -> Iterator[Engine]:
    engine = open_engine(index_dir)
    yield engine
    engine.close()


def found(engine: Engine, typed: str) -> dict[tuple[str, str], int]:
    """Occurrences by hit, of which nothing is to be said."""
    asked = SearchRequest(typed)
    page = engine.search(asked)
    assert page.notices == ()
    hits = {(hit.report_id, hit.passage): hit.occurrences for hit in engine.stream(asked).hits}
    assert page.total.passages == len(hits)
    assert page.total.occurrences == sum(hits.values())
    return hits


def tokens(text: str, prefix: str) -> list[tuple[int, int]]:
    """The texts fold to themselves."""
    return [(at, at + len(word)) for word, at in tokenize(text) if word.startswith(prefix)]


@pytest.mark.parametrize("prefix", ["1", "10", "监", "执", "1000", "12999", "3"])
def test_hits_and_counts_are_those_of_all_words(engine: Engine, prefix: str) -> None:
    counts = {key: len(tokens(text, prefix)) for key, text in PASSAGES.items()}
    assert found(engine, f"{prefix}*") == {key: count for key, count in counts.items() if count}
    assert found(engine, f"-{prefix}*") == {key: 0 for key, count in counts.items() if not count}


@pytest.mark.parametrize(("field", "typed"), [("title", "标题"), ("heading", "小标题")])
@pytest.mark.parametrize("prefix", ["1", "11", "报", "号", "3"])
def test_hits_in_a_field_are_ordinary_whooshs(
    engine: Engine, index_dir: Path, field: str, typed: str, prefix: str
) -> None:
    with whoosh.index.open_dir(str(index_dir / "current")).searcher() as searcher:
        hits = searcher.search(query.Prefix(field, prefix), limit=None)
        expected = {(hit["report"], hit["passage"]) for hit in hits}
    assert found(engine, f"{typed}:{prefix}*").keys() == expected
    assert found(engine, f"-{typed}:{prefix}*").keys() == PASSAGES.keys() - expected


@pytest.mark.parametrize("prefix", ["1", "监", "10", "3"])
def test_hits_and_scores_are_ordinary_whooshs(engine: Engine, index_dir: Path, prefix: str) -> None:
    asked = query.Prefix("words", prefix, constantscore=False)
    with whoosh.index.open_dir(str(index_dir / "current")).searcher() as searcher:
        hits = searcher.search(asked, limit=None)
        expected = {(hit["report"], hit["passage"]): hit.score for hit in hits}
    stream = engine.stream(SearchRequest(f"{prefix}*", contiguity=False))
    scores = {(hit.report_id, hit.passage): hit.score for hit in stream.hits}
    assert scores == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("typed", ["1*", "1* 同句 执法", "1* OR 10*", "监督 NEAR/3 1*"])
def test_places_are_those_of_all_words(engine: Engine, typed: str) -> None:
    marked = engine.marks("r9", typed)
    text = make_report(9).text
    numbers = [text[start:end] for start, end in marked if text[start] == "1"]
    if "NEAR" in typed:
        steps = (EACH // 2 - 1, EACH - 1, EACH // 2)
        assert numbers == [str(10_000 + 9 * EACH + step) for step in steps]
    else:
        wanted = [text[s:e] for s, e in tokens(text, "1")]
        sentence = "执法" in typed
        assert Counter(numbers) == Counter(wanted[: EACH // 2] if sentence else wanted)
    assert engine.search(SearchRequest(typed)).total == engine.trend([typed])[0].total


def test_a_snippet_marks_whole_words(engine: Engine) -> None:
    page = engine.search(SearchRequest("1* 执法", size=3))
    for hit in page.hits:
        for snippet in hit.snippets:
            assert snippet.spans
            for start, end in snippet.spans:
                piece = snippet.text[start:end]
                assert piece == "执法" or (piece.isdigit() and len(piece) == 5)
