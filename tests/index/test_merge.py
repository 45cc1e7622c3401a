"""A merge gives what would have been written of the same reports at once, section by section."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable, Sequence
from itertools import compress
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from corpus.model import Report
from index.assembly import write_segments
from index.codec import blocks, gram_writer, merge, word_writer
from index.codec.blocks import BlockReader, BlockWriter, merge_blocks
from index.codec.container import Container, write_container
from index.codec.merge import merge_segments
from index.codec.reader import SegmentReader

MakeReport = Callable[..., Report]
TEXTS = st.lists(
    st.sampled_from(
        ["法治", "政府", "行政", "执法监督", "a1", "𠀀", "\ud800", "。", "，", "\n", "“"]
    ),
    max_size=12,
).map("".join)
LABELS = st.tuples(
    st.sampled_from([None, "甲县司法局", "乙县公安局"]), st.sampled_from([None, 2020])
)
REPORTS = st.lists(st.tuples(LABELS, st.lists(TEXTS, min_size=1, max_size=4)), max_size=5)


def write_one(path: Path, reports: Sequence[Report]) -> SegmentReader:
    """One segment of all the reports, each taken in at a time of its own."""
    written = write_segments(
        reports,
        lambda: path,
        taken=lambda report: zlib.crc32(report.id.encode()),
        limit=2**31,
        processes=1,
    )
    assert written == [path]
    return SegmentReader(path)


def without(segment: SegmentReader, gone: Sequence[bool]) -> SegmentReader:
    """The segment with some reports deleted."""
    first = segment.first_passage.tolist()
    deleted = BitMap()
    for number, own in enumerate(gone):
        if own:
            deleted.add_range(first[number], first[number + 1])
    return SegmentReader(segment.container.path, deleted)


def check_merge(folder: Path, parts: Sequence[tuple[list[Report], list[bool]]]) -> None:
    segments, kept = [], []
    for number, (reports, gone) in enumerate(parts):
        segments.append(without(write_one(folder / f"{number}.fz", reports), gone))
        kept += [report for report, own in zip(reports, gone, strict=True) if not own]
    merge_segments(folder / "merged.fz", segments)
    merged, whole = SegmentReader(folder / "merged.fz"), write_one(folder / "whole.fz", kept)
    merged.container.verify()
    names = [name for name, _ in whole.container.sizes()]
    assert [name for name, _ in merged.container.sizes()] == names
    for name in names:
        if name.split(".")[0] in ("texts", "meta", "headings"):
            continue  # blocks lie otherwise; what is in them is compared below
        assert merged.container.entries[name].dtype == whole.container.entries[name].dtype, name
        assert merged.container.raw(name) == whole.container.raw(name), name
    for name in ("texts", "meta", "headings"):
        assert [*merged.blocks(name).items()] == [*whole.blocks(name).items()]
    for number in range(whole.report_count):
        assert merged.report(number) == whole.report(number)
        assert merged.taken[number] == zlib.crc32(whole.report_id(number).encode())


@pytest.fixture
def small_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if these were very large segments: every kind of list, many ranges, old dictionaries."""
    monkeypatch.setattr(merge, "RANGE", 7)
    monkeypatch.setattr(word_writer, "TABLE_UNITS", 2)
    monkeypatch.setattr(gram_writer, "MOST_RARE", 2)
    monkeypatch.setattr(blocks, "LEARNT", 0)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(REPORTS, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_a_merge_is_what_would_be_written(
    tmp_path_factory: pytest.TempPathFactory,
    make_report: MakeReport,
    small_ranges: None,
    given_parts: list[list[tuple[tuple[str | None, int | None], list[str]]]],
    rng: random.Random,
) -> None:
    parts = [
        [
            make_report(texts, report_id=f"r{i}.{j}", agency=agency, year=year)
            for j, ((agency, year), texts) in enumerate(own)
        ]
        for i, own in enumerate(given_parts)
    ]
    parts = [own for own in parts if own]
    gone = [[rng.random() < 0.3 for _ in own] for own in parts]
    if all(all(own) for own in gone):
        return
    check_merge(tmp_path_factory.mktemp("merge"), [*zip(parts, gone, strict=True)])


def test_a_merge_of_thousands_of_passages(tmp_path: Path, make_report: MakeReport) -> None:
    """Dense grams, tables, near lists, and deletions in the middle of blocks."""
    rng = random.Random(5)
    characters = [chr(0x4E00 + int(rng.paretovariate(0.7))) for _ in range(400)]
    characters = [c for c in characters if c < "\u9fa0"] + ["法", "治", "政", "府"] * 20

    def report(number: int) -> Report:
        texts = [
            "".join(rng.choice(characters) for _ in range(60)) + "。法治政府\n" for _ in range(8)
        ]
        return make_report(texts, report_id=f"m{number}", agency=f"第{number % 90}局")

    parts = []
    for part in range(3):
        reports = [report(part * 1000 + number) for number in range(250)]
        parts.append((reports, [part != 1 and rng.random() < 0.2 for _ in reports]))
    check_merge(tmp_path, parts)
    sizes = dict(SegmentReader(tmp_path / "merged.fz").container.sizes())
    assert all(sizes[f"body.{name}"] for name in ("dense.positions", "near.positions", "tables"))


def test_blocks_keep_their_dictionaries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_hand: ModuleType
) -> None:
    """Whole blocks are taken over byte by byte; what is left of others is compressed with the
    dictionary it had; of readers that learnt little everything is compressed anew."""
    rng = random.Random(8)
    syllables = ["".join(rng.choices("abcdefgh", k=6)) for _ in range(300)]

    def items(count: int, lead: str) -> list[bytes]:
        return [(lead + " ".join(rng.choices(syllables, k=80))).encode() for _ in range(count)]

    made = [items(3_000, "x"), items(3_000, "y"), items(50, "z")]
    readers = []
    for number, own in enumerate(made):
        path = tmp_path / f"{number}.fz"
        values = blocks.encode_blocks(own)
        write_container(path, {f"t.{name}": value for name, value in values.items()})
        readers.append(BlockReader(Container(path), "t"))
    monkeypatch.setattr(blocks, "LEARNT", 100_000)
    kept = [
        np.array([rng.random() < share for _ in own])
        for own, share in zip(made, (1, 0.99, 1), strict=True)
    ]
    merged = merge_blocks([*zip(readers, kept, strict=True)])
    path = tmp_path / "merged.fz"
    write_container(path, {f"t.{name}": value for name, value in merged.items()})
    reader = BlockReader(Container(path), "t")
    expected = [item for own, mask in zip(made, kept, strict=True) for item in compress(own, mask)]
    assert [*reader.items()] == expected
    assert [reader.item(i) for i in range(0, len(expected), 97)] == expected[::97]
    assert len(merged["dictionary.bounds"]) == 4  # two learnt, one empty
    assert bytes(merged["blocks"]).startswith(readers[0].block(0)[0] + readers[0].block(1)[0])
    assert by_hand.SegmentFile(path).blocks("t") == expected


def test_no_items() -> None:
    assert len(BlockWriter(1).sections()["lengths"]) == 0


def test_blocks_of_merged_heading_paths_are_as_small_as_written_ones(
    tmp_path: Path, make_report: MakeReport
) -> None:
    segments = []
    for number in range(2):
        headings = [[f"第{number}篇", f"第{i}条法治政府建设"] for i in range(150)]
        report = make_report(["法治。"] * 150, headings=headings, report_id=f"r{number}")
        segments.append(write_one(tmp_path / f"{number}.fz", [report]))
    merge_segments(tmp_path / "merged.fz", segments)
    for segment in (*segments, SegmentReader(tmp_path / "merged.fz")):
        own = segment.blocks("headings")
        assert own.size > 2 * blocks.LIMITS["headings"]
        for block in range(len(own.first_items) - 1):
            *items, _ = own.items_of(block)
            assert sum(map(len, items)) < blocks.LIMITS["headings"]
