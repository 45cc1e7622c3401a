"""Histories of updates: what is served is what was last said, and dying leaves it so."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.folding import fold
from corpus.model import Report
from index import assembly, snapshot
from index.codec import writer
from index.errors import DamagedIndex, IndexLocked, NoIndex, SegmentFull, WrongVersion
from index.generations import build_lock, current_generation
from index.manifest import Manifest, forget_verified
from index.snapshot import IndexSnapshot, open_snapshot
from index.update import update_index

MakeReport = Callable[..., Report]
TEXT = st.text(st.sampled_from("法治政府建设人民首违不罚。，\n“” a1"), min_size=1, max_size=30)
STEP = st.dictionaries(
    st.sampled_from([f"r{i}" for i in range(8)]),
    st.one_of(st.none(), st.lists(TEXT, min_size=1, max_size=3)),
    max_size=5,
)


def held(snapshot: IndexSnapshot) -> dict[str, Report]:
    """Every report that is served."""
    found = {}
    for segment in snapshot.segments:
        for number in np.flatnonzero(segment.live_reports()).tolist():
            assert segment.report_id(number) not in found
            found[segment.report_id(number)] = segment.report(number)
    return found


def occurrences(snapshot: IndexSnapshot, phrase: str) -> dict[str, int]:
    """By report, from the index."""
    found: dict[str, int] = {}
    for segment in snapshot.segments:
        body = segment.space("body")
        for doc in body.docs_at(body.phrase(phrase)).tolist():
            if doc not in segment.deleted:
                own = segment.report_id(int(segment.report_of[doc]))
                found[own] = found.get(own, 0) + 1
    return found


def plain_occurrences(reports: dict[str, Report], phrase: str) -> dict[str, int]:
    """By report, from the texts."""
    found = {}
    for own, report in reports.items():
        texts = [fold(report.text[p.start : p.end]) for p in report.passages]
        count = sum(text.startswith(phrase, i) for text in texts for i in range(len(text)))
        if count:
            found[own] = count
    return found


@given(st.lists(STEP, min_size=1, max_size=5), st.integers(1, 200))
@settings(max_examples=25, deadline=None)
def test_any_history(
    tmp_path_factory: pytest.TempPathFactory,
    make_report: MakeReport,
    history: list[dict[str, list[str] | None]],
    limit: int,
) -> None:
    index_dir = tmp_path_factory.mktemp("index")
    expected: dict[str, Report] = {}
    ever: set[str] = set()
    for step in history:
        new = {
            own: make_report(texts, report_id=own)
            for own, texts in step.items()
            if texts is not None
        }
        remove = {own for own in step if own in expected}
        with build_lock(index_dir):
            update_index(index_dir, new.values(), remove, segment_limit=limit, processes=1)
        for own in remove:
            del expected[own]
        expected |= new
        ever |= set(new)
        snapshot = open_snapshot(index_dir)
        assert held(snapshot) == expected
        for phrase in ("法", "法治", "人民政府", "不罚", "。", "a1"):
            assert occurrences(snapshot, phrase) == plain_occurrences(expected, phrase)
        for own in [f"r{i}" for i in range(8)]:
            fate = snapshot.resolve(own).fate
            assert fate == ("current" if own in expected else "gone" if own in ever else "unknown")
        words = dict(snapshot.iter_words())
        assert list(words) == sorted(words)


@pytest.fixture
def small_index(tmp_path: Path, make_report: MakeReport) -> Path:
    index_dir = tmp_path / "index"
    with build_lock(index_dir):
        update_index(
            index_dir,
            [
                make_report([f"第{i}份报告推进法治政府建设。" * 5], report_id=f"r{i}")
                for i in range(9)
            ],
            processes=1,
        )
    return index_dir


def test_links_follow_a_corrected_label(small_index: Path, make_report: MakeReport) -> None:
    with build_lock(small_index):
        update_index(
            small_index,
            [make_report(["改了名字"], report_id="new")],
            {"r3", "r4"},
            moved={"r3": "new"},
            processes=1,
        )
    snapshot = open_snapshot(small_index)
    assert snapshot.resolve("r3").to == "new"
    assert snapshot.resolve("r4").fate == "gone"
    with build_lock(small_index):
        update_index(
            small_index, [make_report(["又来"], report_id="newer")], {"new"}, moved={"new": "newer"}
        )
    assert open_snapshot(small_index).resolve("r3").to == "newer"
    assert snapshot.resolve("r3").to == "new"


def test_the_ledger_outlives_the_index(small_index: Path, make_report: MakeReport) -> None:
    (small_index / "current").unlink()
    with pytest.raises(NoIndex, match="index build"):
        open_snapshot(small_index)
    with build_lock(small_index):
        update_index(small_index, [make_report(["重来"], report_id="r1")])
    snapshot = open_snapshot(small_index)
    assert snapshot.resolve("r1").fate == "current"
    assert snapshot.resolve("r2").fate == "gone"


def test_lines_of_a_build_that_was_never_served_do_not_count(
    small_index: Path, make_report: MakeReport
) -> None:
    with (small_index / "ledger.jsonl").open("a") as file:
        file.write('["gone","r1"]\n["issued","never"]\n["iss')
    snapshot = open_snapshot(small_index)
    assert snapshot.resolve("r1").fate == "current"
    assert snapshot.resolve("never").fate == "unknown"
    with build_lock(small_index):
        update_index(small_index, [make_report(["新"], report_id="x")])
    assert open_snapshot(small_index).resolve("never").fate == "unknown"
    assert open_snapshot(small_index).resolve("x").fate == "current"


def test_two_builders_do_not_meet(small_index: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from index.generations import build_lock\n"
        "with build_lock(Path(sys.argv[1])): pass"
    )
    with build_lock(small_index):
        run = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code, str(small_index)],
            capture_output=True,
            text=True,
            check=False,
        )
    assert "IndexLocked" in run.stderr
    with (
        build_lock(small_index),
        pytest.raises(IndexLocked, match="另一个"),
        build_lock(small_index),
    ):
        pass


def test_every_flipped_bit_is_seen(small_index: Path) -> None:
    rng = random.Random(1)
    folder = (small_index / "current").resolve()
    paths = [*folder.iterdir(), small_index / "ledger.jsonl"]
    for path in paths:
        raw = path.read_bytes()
        for _ in range(12):
            place = rng.randrange(len(raw))
            spoilt = bytearray(raw)
            spoilt[place] ^= 1 << rng.randrange(8)
            path.write_bytes(bytes(spoilt))
            forget_verified()
            with pytest.raises((DamagedIndex, WrongVersion)):
                open_snapshot(small_index)
        path.write_bytes(raw)
        path.rename(path.with_suffix(".away"))
        with pytest.raises(DamagedIndex):
            open_snapshot(small_index)
        path.with_suffix(".away").rename(path)
    open_snapshot(small_index)


def test_a_full_segment_is_refused_and_leaves_the_index(
    small_index: Path, make_report: MakeReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = current_generation(small_index)
    monkeypatch.setattr(writer, "CHARACTER_LIMIT", 100)
    with pytest.raises(SegmentFull), build_lock(small_index):
        update_index(small_index, [make_report(["长" * 200])])
    assert current_generation(small_index) == before
    assert not list((small_index / "generations").glob(".*"))


def test_writer_and_merge_keep_below_a_lowered_limit(
    tmp_path: Path, make_report: MakeReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No segment ever has as many characters as it may not hold, in any of its spaces."""
    limit = 4_000
    monkeypatch.setattr(writer, "CHARACTER_LIMIT", limit)
    monkeypatch.setattr(assembly, "BATCH_CHARACTERS", 300)
    rng = random.Random(6)
    index_dir = tmp_path / "index"
    merged = 0
    expected = 0
    for turn in range(14):
        reports = [
            make_report(
                [f"推进法治政府建设{i}。" * rng.randint(1, 9) for i in range(rng.randint(1, 4))],
                report_id=f"t{turn}.{i}",
            )
            for i in range(rng.randint(1, 12))
        ]
        before = set() if not turn else {s.name for s in open_snapshot(index_dir).segments}
        with build_lock(index_dir):
            update_index(index_dir, reports, segment_limit=1_500, processes=1)
        expected += len(reports)
        segments = open_snapshot(index_dir).segments
        merged += len(before - {segment.name for segment in segments}) > 1
        for segment in segments:
            for space in ("body", "title", "heading"):
                assert segment.space(space).char_count < limit  # type: ignore[arg-type]
        assert sum(segment.report_count for segment in segments) == expected
    assert merged
    assert len(segments) > 3


BUILD = """
import sys
import threading
from pathlib import Path
from index.generations import build_lock
from index.update import update_index
from tests.reports import build_report
def report(i):
    return build_report([f"第{i}份报告推进法治政府建设。" * 40], id=f"k{i}", agency="局")
index_dir = Path(sys.argv[1])
print("ready", flush=True)
for turn in range(1000):
    with build_lock(index_dir):
        update_index(index_dir, [report(i) for i in range(30)], {f"k{i}" for i in range(30)},
            processes=1)
"""


@pytest.mark.slow
def test_killed_at_any_moment_something_whole_is_served(small_index: Path) -> None:
    rng = random.Random(2)
    for _ in range(6):
        build = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", BUILD, str(small_index)],
            stdout=subprocess.PIPE,
        )
        assert build.stdout is not None
        build.stdout.readline()
        time.sleep(1.0 + rng.random() / 2)
        os.kill(build.pid, signal.SIGKILL)
        build.wait()
        build.stdout.close()
        forget_verified()
        snapshot = open_snapshot(small_index)
        reports = held(snapshot)
        assert {f"r{i}" for i in range(9)} <= set(reports)
        assert len(reports) in (9, 39)
        assert all(snapshot.resolve(own).fate == "current" for own in reports)


def test_readers_never_see_half_of_a_generation(small_index: Path, make_report: MakeReport) -> None:
    stop = threading.Event()
    seen: set[str] = set()
    problems: list[Exception] = []

    def read() -> None:
        while not stop.is_set():
            try:
                snapshot = open_snapshot(small_index)
                own = {r.text for r in held(snapshot).values() if r.id == "turn"}
                # the text says which generation it was written for
                assert own in (set(), {f"第{snapshot.generation}版"})
                seen.add(snapshot.generation)
            except Exception as problem:
                problems.append(problem)
                return

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for number in range(2, 20):
        with build_lock(small_index):
            report = make_report([f"第{number:06}版"], report_id="turn")
            update_index(small_index, [report], {"turn"}, processes=1)
    stop.set()
    for reader in readers:
        reader.join()
    assert problems == []
    assert len(seen) > 1


def test_a_generation_removed_while_it_is_opened(
    small_index: Path, make_report: MakeReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = snapshot.verify_files
    pending = [2]

    def late(folder: Path) -> Manifest:
        builds, pending[0] = pending[0], 0
        for _ in range(builds):
            with build_lock(small_index):
                update_index(small_index, [make_report(["新"])], processes=1)
        return verify(folder)

    monkeypatch.setattr(snapshot, "verify_files", late)
    assert open_snapshot(small_index).generation == "000003"
