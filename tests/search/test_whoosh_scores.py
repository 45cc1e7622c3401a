"""Without the contiguity boost the engine's scores are ordinary Whoosh's, hit by hit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import whoosh.index
from hypothesis import given
from hypothesis import strategies as st
from whoosh import query

from corpus.model import CATEGORIES, Report
from index.analysis import cut_query
from index.generations import build_lock
from index.update import update_index
from search import open_engine
from search.engine import Engine
from search.request import SearchRequest
from tests.reports import build_report

TEXTS = [
    "法治政府建设，法治政府示范。\n行政执法监督。\n",
    "行政执法与执法监督，监督执法。\n",
    "建设法治政府。\n政府建设。\n",
    "政府法治，法治法治政府。\n",
    "营商环境持续优化，行政执法规范。\n监督有力。\n",
    "执法公示，执法记录。\n",
]


def make_report(number: int) -> Report:
    """Some of the texts, in an order of its own."""
    texts = [TEXTS[(number + step) % len(TEXTS)] * (1 + step % 2) for step in range(2 + number % 3)]
    return build_report(
        texts,
        id=f"r{number}",
        title=f"法治政府建设报告{number}",
        agency=f"第{number}县",
        kind="人民政府",
        year=2019 + number % 4,
        categories=CATEGORIES,
    )


@pytest.fixture(scope="module")
def index_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three segments, and a report deleted from the first."""
    folder: Path = tmp_path_factory.mktemp("scores") / "index"
    reports = [make_report(number) for number in range(12)]
    with build_lock(folder):
        for part in range(3):
            update_index(folder, reports[part::3], processes=1)
        update_index(folder, [], {"r3"}, processes=1)
    return folder


@pytest.fixture(scope="module")
def engine(index_dir: Path) -> Iterator[Engine]:
    engine = open_engine(index_dir)
    yield engine
    engine.close()


def pairs(phrase: str) -> list[str]:
    return [phrase[i : i + 2] for i in range(len(phrase) - 1)]


def word(text: str) -> query.Query:
    return query.Term("words", text)


def title(run: str) -> list[query.Query]:
    return [query.Term("title", own) for own in cut_query(run)]


def prefix(field: str, text: str) -> query.Query:
    return query.Prefix(field, text, constantscore=False)


def phrase_or_words(run: str) -> query.Query:
    """A run without the boost is its words."""
    return query.And([word(own) for own in cut_query(run)])


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("法治", word("法治")),
        ("执法 监督", query.And([word("执法"), word("监督")])),
        ("执法 OR 营商", query.Or([word("执法"), word("营商")])),
        ("法治 -监督", query.And([word("法治"), query.Not(word("监督"))])),
        ("-监督", query.Not(word("监督"))),
        ("", query.Every()),
        ('"法治政府"', query.Phrase("grams", pairs("法治政府"))),
        ('"执法监督"', query.Phrase("grams", pairs("执法监督"))),
        ('"法治"', query.Term("grams", "法治")),
        ('"行政执法" 监督', query.And([query.Phrase("grams", pairs("行政执法")), word("监督")])),
        ("相近:监督了法治", query.Or([word("监督"), word("法治"), word("了")])),
        ("执*", query.Prefix("words", "执", constantscore=False)),
        (
            "(执* 法治) OR 政*",
            query.Or(
                [
                    query.And([query.Prefix("words", "执", constantscore=False), word("法治")]),
                    query.Prefix("words", "政", constantscore=False),
                ]
            ),
        ),
        (
            "(法治 监督) OR 执法",
            query.Or([query.And([word("法治"), word("监督")]), word("执法")]),
        ),
        ('"政府法治" OR 执法', query.Or([query.Phrase("grams", pairs("政府法治")), word("执法")])),
        (
            "法治政府 OR 监督执法 OR 优化",
            query.Or([phrase_or_words("法治政府"), phrase_or_words("监督执法"), word("优化")]),
        ),
        (
            "(法治 -监督) OR 执法",
            query.Or([query.And([word("法治"), query.Not(word("监督"))]), word("执法")]),
        ),
        (
            "((法治 OR 优化) 监督) OR 执法",
            query.Or(
                [
                    query.And([query.Or([word("法治"), word("优化")]), word("监督")]),
                    word("执法"),
                ]
            ),
        ),
        (
            "法治 年份:2019..2020",
            query.And([word("法治"), query.NumericRange("year", 2019, 2020)]),
        ),
        ("标题:法治", query.Term("title", "法治")),
        (
            "(监督 标题:法治政府) OR 标题:报告3",
            query.Or(
                [
                    query.And([word("监督"), *title("法治政府")]),
                    query.And([*title("报告3")]),
                ]
            ),
        ),
        ("法治 标题:建*", query.And([word("法治"), prefix("title", "建")])),
        (
            "法治 OR 年份:2021",
            query.Or([word("法治"), query.NumericRange("year", 2021, 2021)]),
        ),
    ],
)
def test_scores_are_ordinary_whooshs(
    engine: Engine, index_dir: Path, typed: str, asked: query.Query
) -> None:
    assert same_scores(engine, index_dir, typed, asked)


def same_scores(engine: Engine, index_dir: Path, typed: str, asked: query.Query) -> int:
    """Compares; how many hits there are."""
    with whoosh.index.open_dir(str(index_dir / "current")).searcher() as searcher:
        expected = {
            (hit["report"], hit["passage"]): hit.score for hit in searcher.search(asked, limit=None)
        }
    page = engine.search(SearchRequest(typed, size=100, contiguity=False))
    found = {(hit.report_id, hit.passage): hit.score for hit in page.hits}
    assert found.keys() == expected.keys()
    assert found == pytest.approx(expected, rel=1e-5)
    return len(found)


WORDS = st.sampled_from(["法治", "监督", "执法", "优化", "行政", "政府"])
PHRASES = st.sampled_from(["法治政府", "政府法治", "行政执法监督", "执法监督", "监督执"])
LEAVES = st.one_of(
    WORDS.map(lambda own: (own, word(own))),
    PHRASES.map(lambda own: (f'"{own}"', query.Phrase("grams", pairs(own)))),
    st.sampled_from(["执", "法", "监督"]).map(lambda own: (f"{own}*", prefix("words", own))),
    st.sampled_from(["法治", "政府", "建设"]).map(
        lambda own: (f"标题:{own}", query.Term("title", own))
    ),
    st.sampled_from(["法", "建"]).map(lambda own: (f"标题:{own}*", prefix("title", own))),
    st.integers(2019, 2022).map(lambda y: (f"年份:{y}", query.NumericRange("year", y, y))),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(
            lambda own: (f"({' '.join(t for t, _ in own)})", query.And([q for _, q in own]))
        ),
        st.lists(inner, min_size=2, max_size=3).map(
            lambda own: (f"({' OR '.join(t for t, _ in own)})", query.Or([q for _, q in own]))
        ),
        st.tuples(inner, inner).map(
            lambda own: (
                f"({own[0][0]} -{own[1][0]})",
                # not AndNot, of which Whoosh lets the first passage pass unchecked
                query.And([own[0][1], query.Not(own[1][1])]),
            )
        ),
    ),
    max_leaves=6,
)


@given(TREES)
def test_scores_of_any_tree_are_ordinary_whooshs(
    engine: Engine, index_dir: Path, tree: tuple[str, query.Query]
) -> None:
    same_scores(engine, index_dir, *tree)


@pytest.mark.parametrize("contiguity", [True, False])
def test_a_branch_that_fails_in_a_report_scores_nothing_there(
    engine: Engine, contiguity: bool
) -> None:
    def scores(typed: str) -> dict[tuple[str, str], float]:
        asked = SearchRequest(typed, size=100, scope="report", contiguity=contiguity)
        return {(h.report_id, h.passage): h.score for h in engine.search(asked).hits}

    alone = scores("执法")
    either, inside = scores("(法治 优化) OR 执法"), {r for r, _ in scores("法治 优化")}
    outside = {place: score for place, score in either.items() if place[0] not in inside}
    assert outside
    assert inside
    assert {place for place, score in outside.items() if score} == {
        place for place in alone if place[0] not in inside
    }
    assert all(outside[place] == alone[place] for place in outside.keys() & alone.keys())
    assert any(either[place] > alone[place] for place in alone if place[0] in inside)


def test_a_run_that_stands_together_scores_higher_with_the_boost(engine: Engine) -> None:
    asked = SearchRequest("法治政府", size=100)
    with_boost = {(h.report_id, h.passage): h.score for h in engine.search(asked).hits}
    without = engine.search(asked.with_(contiguity=False)).hits
    assert all(with_boost[h.report_id, h.passage] > h.score for h in without)


def test_what_is_most_like_a_sentence_comes_first(engine: Engine) -> None:
    page = engine.search(SearchRequest("相近:监督法治政府示范"))
    either = engine.search(SearchRequest("监督 OR 法治 OR 政府 OR 示范"))
    assert page.total == either.total
    assert "法治政府示范" in page.hits[0].snippets[0].text
    marked = {s.text[a:b] for s in page.hits[0].snippets for a, b in s.spans}
    assert marked == {"监督", "法治", "政府", "示范"}


def test_a_question_that_finds_nothing_leads_to_what_is_like_it(engine: Engine) -> None:
    asked = SearchRequest("谁来监督法治政府建设")
    assert not engine.search(asked).total.passages
    way_out = engine.explain(asked)[-1]
    assert way_out.asked.query == '相近:"谁来监督法治政府建设"'
    assert way_out.total == engine.search(asked.with_(query=way_out.asked.query)).total
    assert way_out.total.passages
