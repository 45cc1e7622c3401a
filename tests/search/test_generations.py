"""Answers across generations, past the first 10,000 hits, and down the long tail of a facet."""

from __future__ import annotations

import gc
import re
import threading
import tracemalloc
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.model import Report
from index.generations import build_lock
from index.update import update_index
from search import CursorExpired, open_engine
from search.engine import Engine
from search.export import ExportHead, export
from search.request import MAX_OFFSET, FieldFilter, SearchRequest
from search.whoosh_engine import engine as engine_module
from tests.reports import build_report

BUILDS = 6
THREADS = 8
AGENCIES = 400
PASSAGES = 30
"""12,000 passages in all."""


def generation_of(number: int) -> list[Report]:
    """The collection as of a build: one report more, and every text another."""
    return [
        build_report(
            [f"普法第{number}版。普法。"] * (number + 1),
            id=f"r{i}",
            agency=f"第{i}局",
            year=2019 + i % 3,
        )
        for i in range(number + 2)
    ]


def write(index_dir: Path, number: int) -> str:
    with build_lock(index_dir):
        reports = generation_of(number)
        update_index(index_dir, reports, {report.id for report in reports}, processes=1)
    return (index_dir / "current").resolve().name


# ---------------------------------------------------------------- generations


def numbers_of(number: int) -> tuple[int, int, int]:
    reports = number + 2
    return reports, reports * (number + 1), reports * (number + 1) * 2


def test_each_answer_is_of_one_generation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "CHECK_EVERY_S", 0.0)
    built = {write(tmp_path, 0): 0}
    engine = open_engine(tmp_path)
    seen: set[int] = set()
    wrong: list[str] = []
    done = threading.Event()

    def check(what: str, total: object, number: int) -> None:
        found = (total.reports, total.passages, total.occurrences)  # type: ignore[attr-defined]
        if found != numbers_of(number):
            wrong.append(f"{what} of {number}: {found}")

    def version(text: str) -> int:
        found = re.search(r"第(\d+)版", text)
        assert found
        return int(found[1])

    def ask() -> None:
        request = SearchRequest('"普法"', size=100)
        while not done.is_set():
            page = engine.search(request)
            number = version(page.hits[0].snippets[0].text)
            seen.add(number)
            check("list", page.total, number)
            if {version(hit.snippets[0].text) for hit in page.hits} != {number}:
                wrong.append("snippets of two generations")
            if sum(v.count for v in page.facets["agency"].values) != number + 2:
                wrong.append("facets of another generation")
            stream = engine.stream(request)
            hits = list(stream.hits)
            check("stream", stream.total, version(hits[0].snippets[0].text))
            if len(hits) != stream.total.passages:
                wrong.append("a stream cut short")
            trend = engine.trend(['"普法"', '"版"'])
            if trend[0].total.reports != trend[1].total.reports:
                wrong.append("two lines of a trend from two generations")
            explained = engine.explain(
                SearchRequest('"普法" "版"', {"year": FieldFilter(("2019",))})
            )
            if len({one.total.reports for one in explained[:2]}) != 1:
                wrong.append("clauses counted in two generations")
            engine.suggest("普")
            spread = engine.spread(request)
            check("spread", spread.total, spread.total_agencies - 2)

    def guarded() -> None:
        try:
            ask()
        except Exception as error:
            wrong.append(repr(error))

    threads = [threading.Thread(target=guarded) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    try:
        for number in range(1, BUILDS):
            built[write(tmp_path, number)] = number
            while built[engine.generation()] != number:
                done.wait(0.01)
    finally:
        done.set()
        for thread in threads:
            thread.join()
        engine.close()
    assert wrong == []
    assert len(seen) > 1


def test_a_stream_goes_on_in_the_generation_it_began_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "CHECK_EVERY_S", 0.0)
    write(tmp_path, 2)
    engine = open_engine(tmp_path)
    stream = engine.stream(SearchRequest('"普法"'))
    begun = next(stream.hits)
    for number in (3, 4, 5):  # the generation's own folder is gone by then
        write(tmp_path, number)
    assert engine.search(SearchRequest('"普法"')).total.reports == numbers_of(5)[0]
    hits = [begun, *stream.hits]
    assert len(hits) == stream.total.passages == numbers_of(2)[1]
    assert all("第2版" in hit.snippets[0].text for hit in hits)


def test_a_cursor_of_another_generation_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "CHECK_EVERY_S", 0.0)
    write(tmp_path, 3)
    engine = open_engine(tmp_path)
    request = SearchRequest('"普法"', size=2)
    cursor = engine.search(request).next_cursor
    assert engine.search(request.with_(cursor=cursor)).hits
    write(tmp_path, 4)
    with pytest.raises(CursorExpired, match="索引已更新") as expired:
        engine.search(request.with_(cursor=cursor))
    assert not expired.value.malformed
    ends = ("", ".", ".-1", ". 1", ".1.", ".１", ".1\n", "." + "9" * 5_000)
    mended = [engine.generation() + end for end in ends]
    for nonsense in ("x", "é", ".1", "W10", "W1tb" * 10_000, *mended):
        with pytest.raises(CursorExpired, match="不是检索结果给出的") as refused:
            engine.search(request.with_(cursor=nonsense))
        assert refused.value.malformed


# ---------------------------------------------------------------- many hits, many values


def test_an_old_generation_goes_at_once_with_its_last_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its files are unlinked, but take their room on the disk while they are mapped: no cycle of
    objects may keep them until the collector comes."""
    monkeypatch.setattr(engine_module, "CHECK_EVERY_S", 0.0)
    write(tmp_path, 0)
    engine = engine_module.WhooshEngine(tmp_path)
    for typed in ("普法", '="第0版。"', "普法 同句 第0版", "相近:普法第0版", "普*", ""):
        assert engine.search(SearchRequest(typed)).hits
    engine.trend(["普法"])
    engine.matrix(SearchRequest("普法"))
    engine.spread(SearchRequest("普法"))
    engine.concordance(SearchRequest("普法"), order="left")
    engine.overview()
    engine.suggest("普")
    engine.did_you_mean(SearchRequest("普发"))
    assert engine.report("r0") is not None
    before = [weakref.ref(segment.space("body")) for segment in engine._columns.segments]
    gc.collect()
    gc.disable()
    try:
        write(tmp_path, 1)
        assert engine.search(SearchRequest("普法")).total.reports == 3
        assert [own() for own in before] == [None] * len(before)
    finally:
        gc.enable()
        engine.close()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """400 agencies of 30 passages; every third report says 普法 twice in a passage."""
    index_dir: Path = tmp_path_factory.mktemp("large") / "index"
    reports = [
        build_report(
            ["普法。普法。" if i % 3 == 0 else "普法。"] * PASSAGES,
            id=f"r{i:03d}",
            agency=f"第{i:03d}{'司法局' if i % 4 == 0 else '局'}",
            year=2015 + i % 7,
        )
        for i in range(AGENCIES)
    ]
    with build_lock(index_dir):
        for part in range(3):
            update_index(index_dir, reports[part::3], processes=1)
    engine = open_engine(index_dir)
    yield engine
    engine.close()


@pytest.mark.parametrize("page", [121, 10**6, 10**30])
def test_a_page_past_the_last_is_empty(large: Engine, page: int) -> None:
    for sort in ("relevance", "year"):
        found = large.search(SearchRequest('"普法"', size=100, page=page, sort=sort))  # type: ignore[arg-type]
        assert found.hits == ()
        assert found.next_cursor is None
        assert found.total.passages == AGENCIES * PASSAGES
    request = SearchRequest('"普法"', page=page, size=100)
    assert large.matrix(request).rows == ()
    assert large.spread(request).adoptions == ()
    assert large.concordance(request.with_(page=page * 2)).lines == ()


@pytest.mark.parametrize("sort", ["relevance", "year", "agency"])
@pytest.mark.parametrize("view", ["passages", "reports"])
def test_the_cursor_reaches_every_hit_once_and_in_order(
    large: Engine, sort: str, view: str
) -> None:
    request = SearchRequest('"普法"', sort=sort, view=view, size=100, facet_size=0, snippets=False)  # type: ignore[arg-type]
    page = large.search(request)
    found = []
    while True:
        found += [(hit.report_id, hit.passage) for hit in page.hits]
        if page.next_cursor is None:
            break
        page = large.search(request.with_(cursor=page.next_cursor))
    assert len(found) == AGENCIES * PASSAGES > MAX_OFFSET
    assert len(set(found)) == len(found)

    def expected_key(place: tuple[str, str]) -> tuple[int, ...]:
        number, passage = int(place[0][1:]), int(place[1][1:])
        by = {"relevance": number % 3 != 0, "year": 2015 + number % 7, "agency": 0}[sort]
        return int(by), number, passage

    assert found == sorted(found, key=expected_key)
    assert found == [(h.report_id, h.passage) for h in large.stream(request).hits]


def test_an_export_of_every_hit_does_not_stand_in_memory(large: Engine) -> None:
    request = SearchRequest('"普法"', sort="agency")
    stream = large.stream(request)
    head = ExportHead(request, stream.total, stream.generation, stream.built)
    pieces = export(head, stream.hits, "csv")
    for _ in range(1_000):  # what is read once stays: dictionaries, columns
        next(pieces)
    tracemalloc.start()
    try:
        rows = sum(1 for _ in pieces)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert rows > AGENCIES * PASSAGES - 1_000
    assert peak < 3_000_000


def test_the_tail_of_a_facet_is_reached_by_pages_and_by_a_part_of_the_name(large: Engine) -> None:
    request = SearchRequest('"普法"', facet_size=10)
    first = large.search(request).facets["agency"]
    assert len(first.values) == 10
    assert first.total_values == AGENCIES
    for by in ("count", "name"):
        pages = [
            large.facet(request, "agency", page=page, size=90, by=by)  # type: ignore[arg-type]
            for page in range(1, 7)
        ]
        names = [value.value for page in pages for value in page.values]
        assert len(names) == len(set(names)) == AGENCIES
        assert names == sorted(names)  # every agency has one report
        assert pages[-1].values == ()
        assert {page.total_values for page in pages} == {AGENCIES}
    found = large.facet(request.with_(facet_prefix={"agency": "司法"}), "agency", size=30)
    assert found.total_values == AGENCIES // 4
    assert all("司法局" in value.value for value in found.values)
    rest = large.facet(request.with_(facet_prefix={"agency": "司法"}), "agency", page=4, size=30)
    assert len(rest.values) == AGENCIES // 4 - 90


def test_a_selected_value_of_the_tail_is_shown_on_the_first_page(large: Engine) -> None:
    request = SearchRequest('"普法"', {"agency": FieldFilter(("第399局",))}, facet_size=5)
    values = large.search(request).facets["agency"].values
    assert [value.value for value in values if value.selected] == ["第399局"]
    assert values[-1].count == 1
    assert len(values) == 6
