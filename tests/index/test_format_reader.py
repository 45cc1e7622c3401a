"""What the program writes, read by hand from ``docs/format.md`` (``format_reader.py``), and what
the program itself reads: the same, and the same as the sources."""

from __future__ import annotations

import ast
import random
import shutil
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from pyroaring import BitMap

from corpus.folding import fold
from corpus.model import CATEGORIES, Report
from index.analysis import tokenize
from index.builder import build_index
from index.codec import numbers
from index.codec.reader import SegmentReader
from index.codec.space import OwnSpace
from index.generations import build_lock
from index.snapshot import open_snapshot
from index.update import update_index

HERE = Path(__file__).parent
FIRST, SECOND = 1_767_225_600, 2**32 - 2
"""When the two halves of ``varied`` are taken in; the second is past what an int32 holds."""


def test_the_reader_uses_nothing_of_the_program() -> None:
    tree = ast.parse((HERE / "format_reader.py").read_text("utf-8"))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert imported <= {
        *("__future__", "base64", "collections", "hashlib", "json", "pathlib", "struct", "typing"),
        *("numpy", "zlib", "zstandard"),
    }


@pytest.fixture(scope="module")
def varied(make_report: Callable[..., Report], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Texts of every kind of list: common and rare grams, long gaps, words a hundred times in a
    passage, long words, characters beyond the plane, halves of surrogates, deletions."""
    rng = random.Random(4)
    common = ["推进法治政府建设", "落实行政执法三项制度", "首违不罚", "全国人民代表大会常务委员会"]
    rare = [chr(0x4E00 + i) for i in range(0, 12_000, 7)]

    def text(size: int) -> str:
        parts = [
            rng.choice(common) if rng.random() < 0.7 else rng.choice(rare) for _ in range(size)
        ]
        return "，".join(parts) + rng.choice(["。", "！\n", "；", "\n\n"])

    reports = [
        make_report(
            [text(rng.randint(1, 12)) for _ in range(rng.randint(1, 6))],
            report_id=f"v{i}",
            agency=rng.choice([None, "甲县司法局", "乙县教育局"]),
            year=rng.choice([None, 2019, 2021]),
        )
        for i in range(400)
    ]
    reports += [
        make_report(
            ["法治" * 40, "人" * 300 + "。", "😀法𠀀治\ud800。", "", "\n"], report_id="odd"
        ),
        make_report(["a1 b2，Ｃ３。“《条例》”、政府\n" * 30], report_id="latin"),
        make_report(
            [f"法{blank}治" for blank in (*filter(str.isspace, map(chr, range(0x3001))), "\u200b")],
            report_id="blanks",
        ),
        make_report(["的" * 20_000 + "法治政府"], report_id="long"),
    ]
    reports += [make_report([f"第{i}号，法治。" for i in range(1_500)], report_id="many")]
    index_dir = tmp_path_factory.mktemp("varied") / "index"
    with build_lock(index_dir):
        update_index(index_dir, reports[:200], processes=1, segment_limit=6_000, now=FIRST)
        update_index(index_dir, reports[200:], {"v7", "v8", "v150"}, processes=1, now=SECOND)
        update_index(index_dir, [], {"v201", "odd"}, processes=1, now=SECOND + 1)
    return index_dir


@pytest.fixture(scope="module")
def samples(project_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample reports, built as anybody builds them."""
    place = tmp_path_factory.mktemp("samples")
    shutil.copytree(project_dir / "corpus" / "samples", place / "reports")
    build_index([place / "reports"], place / "index", processes=1)
    return place / "index"


@pytest.fixture(params=["varied", "samples"])
def index_dir(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


ReadOnce = Callable[[Path], list[tuple[Any, list[int]]]]


@pytest.fixture(scope="module")
def read_once(by_hand: ModuleType) -> ReadOnce:
    """Read by hand, which takes its time."""
    read: ReadOnce = lru_cache(by_hand.read_generation)
    return read


def test_every_byte_is_told(read_once: ReadOnce, index_dir: Path) -> None:
    """All sections are read, and those that the program wrote are all there are."""
    snapshot = open_snapshot(index_dir)
    read = read_once(index_dir)
    assert len(read) == len(snapshot.segments)
    for (segment, gone), own in zip(read, snapshot.segments, strict=True):
        assert segment.file.unread == set()
        assert list(segment.file.sections) == [name for name, _ in own.container.sizes()]
        assert gone == list(own.deleted)


def compare_labels(segment: Any, own: SegmentReader) -> None:
    assert segment.labels["segmenter"] == own.segmenter
    assert segment.first_passage == own.first_passage.tolist()
    for number, kept in enumerate(segment.reports):
        report = own.report(number)
        assert kept["id"] == report.id == own.report_id(number)
        assert (kept["agency"], kept["year"], kept["kind"]) == (
            *(report.agency, report.year, report.kind),
        )
        assert tuple(kept["region"]) == report.region
        assert [tuple(passage) for passage in kept["passages"]] == [
            (p.id, p.start, p.end, p.category) for p in report.passages
        ]
        assert [(s[0], s[1], s[4], s[5]) for s in kept["outline"]] == [
            (s.number, s.heading, s.start, s.end) for s in report.outline
        ]
        assert [s[:2] for s in kept["sources"]] == [[s.path, s.sha256] for s in report.sources]
        assert segment.characters[number] == len(report.text)
        assert segment.taken[number] == int(own.taken[number])
        first, last = segment.first_passage[number : number + 2]
        assert "".join(segment.texts[first:last]) == report.text
        for doc, passage in zip(range(first, last), report.passages, strict=True):
            assert segment.texts[doc] == own.passage_text(doc)
            assert segment.hashes[doc] == own.passage_hashes(np.array([doc]))[0]
            assert tuple(segment.headings[doc]) == passage.headings
            assert segment.passage_ids[doc] == passage.id
            assert CATEGORIES[segment.categories[doc]] == passage.category
    assert segment.sentences == own.sentences.tolist()
    assert segment.paragraphs == own.paragraphs.tolist()


def compare_space(space: Any, own: OwnSpace, texts: list[str], rng: random.Random) -> None:
    folded = [fold(text) for text in texts]
    assert space.text == "".join(folded)
    assert space.starts == own.starts.tolist() == np.cumsum([0, *map(len, folded)]).tolist()
    assert sorted(space.grams) == list(own.grams.bigrams())
    for gram, positions in space.grams.items():
        assert positions == own.gram(gram).to_array().tolist()
    assert list(space.words) == own.words.terms()
    for word, (units, often, positions) in space.words.items():
        found = own.word(word)
        assert found is not None
        assert (units, often) == (found.docs.tolist(), found.freqs.tolist())
        assert positions == own.word_positions(word).tolist()
    expected: dict[str, list[int]] = {}
    for start, text in zip(space.starts, folded, strict=False):
        for word, position in tokenize(text):
            expected.setdefault(word, []).append(start + position)
    assert {word: own[2] for word, own in space.words.items()} == {
        word: sorted(positions) for word, positions in expected.items()
    }
    lines = [line for line in space.text.split("\n") if line]
    for line in rng.sample(lines, min(len(lines), 40)):
        at = rng.randrange(len(line))
        phrase = line[at : at + rng.randint(1, 12)]
        assert space.stands(phrase) == own.phrase(phrase).tolist()


def test_what_is_read_is_what_the_program_reads(read_once: ReadOnce, index_dir: Path) -> None:
    rng = random.Random(9)
    snapshot = open_snapshot(index_dir)
    kinds = set()
    for (segment, _), own in zip(read_once(index_dir), snapshot.segments, strict=True):
        compare_labels(segment, own)
        titles = [report["title"] for report in segment.reports]
        paths = own.container.array("heading.first").tolist()[:-1]
        headings = ["\n".join(segment.headings[first]) for first in paths]
        compare_space(segment.body, own.body, segment.texts, rng)
        compare_space(segment.title, own.title.units, titles, rng)
        compare_space(segment.heading, own.heading.units, headings, rng)
        kinds |= {name for name, size in own.container.sizes() if size}
    if index_dir.parent.name.startswith("varied"):
        # nothing that small files can hold was left out
        assert kinds >= {
            *("body.rare.low", "body.near.positions", "body.dense.positions"),
            *("body.docs1", "body.docs2", "body.freqs2", "body.freqs4", "body.freqs8"),
            *("body.freqs32", "body.tokens1.bits", "body.tokens3.list", "body.tokens5.list"),
            "body.tables",
            *("originals.places1", "originals.places2"),
        }


def test_when_reports_were_taken_in(read_once: ReadOnce, varied: Path) -> None:
    """Each half at the time of its build, through merges and deletions."""
    told = {
        report["id"]: when
        for segment, _ in read_once(varied)
        for report, when in zip(segment.reports, segment.taken, strict=True)
    }
    first = {f"v{number}" for number in range(200)}
    assert {own: when == FIRST for own, when in told.items()} == {own: own in first for own in told}
    assert set(told.values()) == {FIRST, SECOND}


def test_the_ledger(by_hand: ModuleType, varied: Path) -> None:
    snapshot = open_snapshot(varied)
    folder = (varied / "current").resolve()
    events = by_hand.read_ledger(varied, by_hand.read_manifest(folder))
    assert len(events) == 405
    for own, event in events.items():
        assert snapshot.resolve(own).fate == {"issued": "current"}.get(event[0], event[0])
    assert {own for own, event in events.items() if event == ["gone"]} == {
        *("v7", "v8", "v150", "v201", "odd"),
    }


@pytest.mark.parametrize("most", [1 << 20, (1 << 24) + 1, (1 << 26) + 1])
def test_planes_of_larger_segments(by_hand: ModuleType, most: int) -> None:
    values = np.array(random.Random(1).sample(range(most), 999), np.uint32)
    planes = numbers.split_planes(values, most)
    read = by_hand.from_planes(*(planes[p].tolist() for p in ("low", "high", "top")), most)
    assert read == values.tolist()


@pytest.mark.parametrize("width", [1, 2, 4])
def test_steps_with_long_gaps(by_hand: ModuleType, width: int) -> None:
    values = np.array(sorted(random.Random(2).sample(range(10**6), 50)), np.uint32)
    values = np.concatenate([values, np.array([255 * 9_000, 65_535 * 60], np.uint32)])
    steps = numbers.differences(values, np.zeros(1, np.int64))
    elements = numbers.encode(values, steps, width)
    assert by_hand.from_steps(elements.tolist(), width) == values.tolist()


def test_bitmaps_of_every_kind(by_hand: ModuleType) -> None:
    rng = random.Random(3)
    for made in (
        BitMap([1, 5, 70_000]),
        BitMap(range(100_000)),
        BitMap(rng.sample(range(65_536), 9_000)),
        BitMap([*range(0, 400_000, 3)]),
    ):
        for own in (made, BitMap(made)):
            own.run_optimize()
            assert by_hand.read_bitmap(own.serialize()) == list(own)
        assert by_hand.read_bitmap(made.serialize()) == list(made)
