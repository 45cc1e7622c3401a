"""Ordinary Whoosh on the same folder: its own queries, scores, sorting, stored fields."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from whoosh import query, scoring
from whoosh.index import open_dir
from whoosh.searching import Searcher

from corpus.folding import fold
from corpus.model import Report
from index import generations
from index.analysis import tokenize
from index.codec import word_writer
from index.generations import build_lock
from index.update import update_index

TEXTS = [
    ["推进法治政府建设，落实行政执法三项制度。", "双随机一公开监管全覆盖。法治政府示范创建。"],
    ["首违不罚清单公布，法治宣传进社区。", "存在执法力量不足的问题。", "明年继续推进法治建设。"],
    ["人人人讲法治，政府带头守法。"],
    ["营商环境持续优化，政府服务提质。"],
]


@pytest.fixture(scope="module")
def reports(make_report: Callable[..., Report]) -> list[Report]:
    return [
        make_report(
            texts,
            report_id=f"r{i}",
            agency=None if i == 3 else f"{'甲乙丙'[i]}县司法局",
            year=None if i == 2 else 2019 + i,
            title=f"第{i}号法治政府建设报告",
        )
        for i, texts in enumerate(TEXTS)
    ]


@pytest.fixture(scope="module", params=["lists", "tables"])
def searcher(
    request: pytest.FixtureRequest,
    reports: list[Report],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[], Searcher]:
    """Two segments, and a report deleted in the first; frequent words as in small segments, or as
    in large ones."""
    index_dir: Path = tmp_path_factory.mktemp("whoosh") / "index"
    with build_lock(index_dir), pytest.MonkeyPatch.context() as patch:
        if request.param == "tables":
            patch.setattr(word_writer, "TABLE_UNITS", 1)
            patch.setattr(word_writer, "TABLE_WORTH", 1_000)
        update_index(index_dir, [*reports[:2], reports[3]], processes=1)
        update_index(index_dir, reports[2:], {"r3"}, processes=1)
    # either folder will do
    folder = index_dir / "current" if request.param == "tables" else index_dir
    return lambda: open_dir(str(folder)).searcher()


def passages(reports: list[Report]) -> dict[tuple[str, str], str]:
    return {(r.id, p.id): fold(r.text[p.start : p.end]) for r in reports for p in r.passages}


def found(searcher: Callable[[], Searcher], asked: query.Query) -> set[tuple[str, str]]:
    with searcher() as own:
        return {(hit["report"], hit["passage"]) for hit in own.search(asked, limit=None)}


def holding(reports: list[Report], test: Callable[[str], bool]) -> set[tuple[str, str]]:
    return {key for key, text in passages(reports).items() if test(text)}


def words(text: str) -> list[str]:
    return [token.word for token in tokenize(text)]


@pytest.mark.parametrize("phrase", ["法治政府", "政府建设", "人人", "三项制度", "公开监管", "违不"])
def test_phrases(searcher: Callable[[], Searcher], reports: list[Report], phrase: str) -> None:
    grams = [phrase[i : i + 2] for i in range(len(phrase) - 1)]
    expected = holding(reports, lambda text: phrase in text)
    assert found(searcher, query.Phrase("grams", grams)) == expected
    assert expected


def test_words_and_booleans(searcher: Callable[[], Searcher], reports: list[Report]) -> None:
    law, government = query.Term("words", "法治"), query.Term("words", "政府")
    has = lambda word: lambda text: word in words(text)  # noqa: E731
    assert found(searcher, law) == holding(reports, has("法治"))
    assert found(searcher, query.And([law, government])) == holding(reports, has("法治")) & holding(
        reports, has("政府")
    )
    assert found(searcher, query.Or([law, government])) == holding(reports, has("法治")) | holding(
        reports, has("政府")
    )
    assert found(searcher, query.And([law, query.Not(government)])) == holding(
        reports, has("法治")
    ) - holding(reports, has("政府"))
    assert found(searcher, query.Prefix("words", "政")) == holding(
        reports, lambda text: any(word.startswith("政") for word in words(text))
    )
    assert found(searcher, query.Term("title", "法治")) == set(passages(reports))
    assert found(searcher, query.Every()) == set(passages(reports))


def test_labels(searcher: Callable[[], Searcher], reports: list[Report]) -> None:
    assert {r for r, _ in found(searcher, query.NumericRange("year", 2019, 2020))} == {"r0", "r1"}
    assert {r for r, _ in found(searcher, query.NumericRange("year", 2021, None))} == {"r3"}
    assert {r for r, _ in found(searcher, query.Term("agency", "甲县司法局"))} == {"r0"}
    assert {r for r, _ in found(searcher, query.Term("report", "r2"))} == {"r2"}
    assert found(searcher, query.Term("section", "shortcomings")) == {
        (r.id, p.id) for r in reports for p in r.passages if p.category == "shortcomings"
    }


def test_scores_are_bm25f_over_exact_lengths(
    searcher: Callable[[], Searcher], reports: list[Report]
) -> None:
    with searcher() as own:
        hits = own.search(query.Term("words", "法治"), limit=None)
        scores = {(hit["report"], hit["passage"]): hit.score for hit in hits}
        # whoosh counts deleted passages in lengths and idf too
        reader = own.reader()
        assert reader.doc_count_all() == len(passages(reports)) + 1
        total = sum(len(words(text)) for text in passages(reports).values())
        total += len(words(fold(TEXTS[3][0])))
        average = total / reader.doc_count_all()
        idf = math.log(reader.doc_count_all() / (len(scores) + 1)) + 1
    for key, score in scores.items():
        tokens = words(passages(reports)[key])
        freq, length = tokens.count("法治"), len(tokens)
        expected = scoring.bm25(idf, freq, length, average, 0.75, 1.2)
        assert score == pytest.approx(expected)


def test_sorting_and_stored_fields(searcher: Callable[[], Searcher], reports: list[Report]) -> None:
    with searcher() as own:
        hits = own.search(query.Term("words", "法治"), limit=None, sortedby="year")
        years = [hit.fields().get("year") for hit in hits]
        assert years == [2019, 2019, 2020, 2020, None]
        hits = own.search(query.Term("report", "r1"), limit=None, groupedby="section")
        assert {name: len(docs) for name, docs in hits.groups("section").items()} == {
            "achievements": 1,
            "shortcomings": 1,
            "leadership": 1,
        }
        first = own.search(query.Phrase("grams", ["双随"]), limit=1)[0].fields()
    assert first == {
        "report": "r0",
        "passage": "s1",
        "section": "shortcomings",
        "agency": "甲县司法局",
        "kind": "司法",
        "region": "江南省/兰山市",
        "year": 2019,
        "title": "第0号法治政府建设报告",
        "heading": "一、主要举措",
        "text": TEXTS[0][1],
    }


def test_whoosh_cannot_write(searcher: Callable[[], Searcher]) -> None:
    with searcher() as own:
        codec = own.reader().leaf_readers()[0][0].codec()
        with pytest.raises(NotImplementedError, match="index build"):
            codec.per_document_writer(None, None)


def test_what_whoosh_opened_stays_and_what_it_opens_is_new(
    tmp_path: Path, reports: list[Report]
) -> None:
    index_dir = tmp_path / "index"
    everything = query.Every()
    with build_lock(index_dir):
        update_index(index_dir, reports[:1], processes=1)
        opened = open_dir(str(index_dir)).searcher()
        update_index(index_dir, reports[1:], processes=1)
    with opened as old, open_dir(str(index_dir)).searcher() as new:
        assert {hit["report"] for hit in old.search(everything, limit=None)} == {reports[0].id}
        held = {hit["report"] for hit in new.search(everything, limit=None)}
        assert not old.up_to_date()
    assert held == {report.id for report in reports}
    assert {path.name for path in index_dir.glob("*.toc")} == {"_MAIN_1.toc", "_MAIN_2.toc"}
    with build_lock(index_dir):
        update_index(index_dir, [], {reports[0].id}, processes=1)
    assert {path.name for path in index_dir.glob("*.toc")} == {"_MAIN_2.toc", "_MAIN_3.toc"}


def test_a_build_that_dies_before_it_tells_whoosh_leaves_it_the_one_before(
    tmp_path: Path, reports: list[Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    index_dir = tmp_path / "index"
    with build_lock(index_dir):
        update_index(index_dir, reports[:1], processes=1)
        with monkeypatch.context() as patch:
            patch.setattr(generations, "_serve_to_whoosh", lambda *_: None)
            update_index(index_dir, reports[1:2], processes=1)
        with open_dir(str(index_dir)).searcher() as searcher:
            assert searcher.doc_count() == len(reports[0].passages)
    held = sum(len(report.passages) for report in reports[:2])
    with build_lock(index_dir), open_dir(str(index_dir)).searcher() as searcher:
        assert searcher.doc_count() == held  # whoever takes the lock makes it good
        update_index(index_dir, reports[2:], processes=1)
    with open_dir(str(index_dir)).searcher() as searcher:
        assert searcher.doc_count() == sum(len(report.passages) for report in reports)
