"""Builds that are killed, run out of room, or lose a worker: what was served still is.

A build runs in a fork of the test and is killed, by an audit hook, at each step it takes in the
index's folder, one step after another, and at random moments.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import random
import resource
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
from whoosh import query
from whoosh.index import open_dir

from corpus.model import Report
from index import assembly, generations, update
from index.__main__ import main
from index.analysis import open_segmenter
from index.builder import build_index
from index.errors import DiskFull, NoIndex, WorkerLost
from index.generations import build_lock, current_generation
from index.manifest import forget_verified
from index.snapshot import open_snapshot
from index.update import update_index
from search import SearchRequest, open_engine
from search.results import Total
from search.whoosh_engine import engine as search

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.fixture(autouse=True)
def unflushed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill loses nothing that was written: waiting for the disk would only take time."""
    monkeypatch.setattr(os, "fsync", lambda number: None)


STEPS = (
    *("os.rename", "os.link", "os.symlink", "os.remove", "os.rmdir", "os.mkdir"),
    *("os.truncate", "shutil.rmtree", "sqlite3.connect"),
)
SMALL = 1_400
"""Characters of a segment: of about four reports, small with three."""


def put(folder: Path, agency: str, year: int, more: str = "") -> Path:
    own = "".join(f"{agency}第{i}项举措惠及{i * year % 97}个单位。" for i in range(8))
    path = folder / f"{agency}{year}.txt"
    path.write_text(
        f"{agency}{year}年法治政府建设情况报告\n\n一、主要举措和成效\n{own}{more}\n"
        f"二、存在的不足和原因\n力量仍然不足。\n\n{agency}\n{year + 1}年1月15日\n",
        encoding="utf-8",
    )
    return path


def build(folder: Path, index_dir: Path) -> str:
    return build_index([folder], index_dir, prune=True, processes=1, segment_limit=SMALL).generation


Served = dict[str, str]
"""Text by id: all that is held."""


def served(index_dir: Path) -> Served:
    """What is held, every byte read anew."""
    forget_verified()
    snapshot = open_snapshot(index_dir)
    found = {}
    for segment in snapshot.segments:
        for number in np.flatnonzero(segment.live_reports()).tolist():
            report = segment.report(number)
            assert report.id not in found
            found[report.id] = f"{report.agency}|{report.year}|{report.text}"
            for text in (report.title, "不足"):
                assert text in report.text
            docs = np.arange(*segment.first_passage[number : number + 2])
            body = segment.body
            assert np.isin(docs, body.docs_at(body.phrase("仍然不足"))).any()
    for own in found:
        assert snapshot.resolve(own).fate == "current"
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four generations of an index, and on the disk what the eighth is to hold: a report more,
    a changed one, a relabelled one, one less.  It will link a segment and merge others."""
    made = tmp_path / "reports"
    made.mkdir()
    for year in range(2000, 2021):
        put(made, "青山市司法局", year)
        if year >= 2017:
            build(made, tmp_path / "index")
    put(made, "青山市教育局", 2021)
    put(made, "青山市司法局", 2014, "首违不罚清单公布。")
    (made / "青山市司法局2015.txt").unlink()
    (made / "metadata.csv").write_text(
        "file,agency\n青山市司法局2016.txt,绿水市司法局\n", encoding="utf-8"
    )
    return made


@pytest.fixture
def index_dir(folder: Path, tmp_path: Path) -> Path:
    return tmp_path / "index"


def forked(work: Callable[[], object]) -> int:
    """The process number of a child that does the work and ends with status 0."""
    open_segmenter()
    child = os.fork()
    if child:
        return child
    status = 1
    with contextlib.suppress(BaseException):
        work()
        status = 0
    os._exit(status)


def ended(child: int) -> int:
    """How a child ended: its status, or less than 0 for the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def call_at_steps(index_dir: Path, act: Callable[[int, str], None]) -> None:
    """Call ``act`` with the number and name of every step this process takes in the folder."""
    inside = os.fsencode(index_dir)
    count = 0

    def step(name: str) -> None:
        nonlocal count
        count += 1
        act(count, name)

    def hook(event: str, given: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = given
            named = [path] if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) else []
        else:
            named = [one for one in given if isinstance(one, str | bytes)]
        if event in (*STEPS, "open") and any(
            isinstance(one, str | bytes | os.PathLike) and os.fsencode(one).startswith(inside)
            for one in named
        ):
            step(event)

    os.fsync = lambda number: step("fsync")
    sys.addaudithook(hook)


def after_a_death(index_dir: Path, folder: Path, before: Served, after: Served) -> None:
    """Something whole is served, the next build comes through, and nothing is left over."""
    was = current_generation(index_dir)
    assert served(index_dir) in (before, after)
    assert main(["check", "--index-dir", str(index_dir)]) == 0
    put(folder, "青山市公安局", 2021)
    now = build(folder, index_dir)
    assert len(served(index_dir)) == len(after) + 1
    assert after.items() <= served(index_dir).items()
    left = {path.name for path in (index_dir / "generations").iterdir()}
    assert left == {was, now}
    assert {path.name for path in index_dir.iterdir()} == {
        *("current", "generations", "ledger.jsonl", "lock", "problems.csv"),
        *(f"_MAIN_{int(number)}.toc" for number in (was, now)),
    }


def copy_index(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True)


def outcomes(folder: Path, index_dir: Path, tmp_path: Path) -> tuple[Served, Served]:
    """What is served before the build, and after."""
    before = served(index_dir)
    copy_index(index_dir, tmp_path / "done")
    build(folder, tmp_path / "done")
    after = served(tmp_path / "done")
    assert before != after
    names = [len(open_snapshot(own).segments) for own in (index_dir, tmp_path / "done")]
    assert names == [4, 2]
    return before, after


def test_killed_at_every_step(folder: Path, index_dir: Path, tmp_path: Path) -> None:
    before, after = outcomes(folder, index_dir, tmp_path)
    own = tmp_path / "own"
    number, status = 0, -signal.SIGKILL
    seen: set[str] = set()
    while status == -signal.SIGKILL:
        number += 1
        copy_index(index_dir, own)

        def dying(at: int = number) -> None:
            def die(step: int, name: str) -> None:
                if step == at:
                    (tmp_path / "died").write_text(name, encoding="ascii")
                    os.kill(os.getpid(), signal.SIGKILL)

            call_at_steps(own, die)
            build(folder, own)

        status = ended(forked(dying))
        seen.add((tmp_path / "died").read_text(encoding="ascii"))
        after_a_death(own, folder, before, after)
        (folder / "青山市公安局2021.txt").unlink()
    assert status == 0
    assert seen >= {"open", "fsync", "os.link", "os.mkdir", "os.remove", "os.rename", "os.symlink"}


def test_killed_at_random_moments(folder: Path, index_dir: Path, tmp_path: Path) -> None:
    before, after = outcomes(folder, index_dir, tmp_path)
    own = tmp_path / "own"
    rng = random.Random(5)
    copy_index(index_dir, own)
    begun = time.monotonic()
    assert ended(forked(lambda: build(folder, own))) == 0
    whole = time.monotonic() - begun
    deaths = 0
    for _ in range(12):
        copy_index(index_dir, own)
        child = forked(lambda: build(folder, own))
        time.sleep(rng.random() * whole)
        os.kill(child, signal.SIGKILL)
        deaths += ended(child) < 0
        after_a_death(own, folder, before, after)
        (folder / "青山市公安局2021.txt").unlink()
    assert deaths


def test_a_generation_never_served_goes_and_the_one_before_stays(
    folder: Path, index_dir: Path
) -> None:
    was = current_generation(index_dir)

    def dying() -> None:
        generations._serve = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
        build(folder, index_dir)

    assert ended(forked(dying)) == -signal.SIGKILL
    assert current_generation(index_dir) == was
    assert (index_dir / "generations" / f"{int(was) + 1:06}").is_dir()
    now = build(folder, index_dir)
    assert {path.name for path in (index_dir / "generations").iterdir()} == {was, now}


def test_numbers_are_not_given_twice(folder: Path, index_dir: Path) -> None:
    was = current_generation(index_dir)
    (index_dir / "current").unlink()
    shutil.rmtree(index_dir / "generations")
    with pytest.raises(NoIndex):
        open_snapshot(index_dir)
    assert build(folder, index_dir) == f"{int(was) + 1:06}"
    (index_dir / "lock").write_bytes(b"\xff no number")
    put(folder, "青山市公安局", 2021)
    assert build(folder, index_dir) == f"{int(was) + 2:06}"


def test_all_is_on_disk_before_it_is_served(folder: Path, index_dir: Path, tmp_path: Path) -> None:
    """What would be lost with the power: every file of the generation, its folders and the
    ledger are flushed after they were last written to, and before the link is replaced."""
    told = tmp_path / "told"

    def watched() -> None:
        flushed: dict[int, int] = {}

        def sync(number: int) -> None:
            status = os.fstat(number)
            flushed[status.st_ino] = max(status.st_mtime_ns, status.st_ctime_ns)

        replace = Path.replace

        def replacing(path: Path, target: Path) -> Path:
            if target.name == "current":
                final = path.resolve()
                paths = [*final.iterdir(), index_dir / "ledger.jsonl"]
                late = [p.name for p in paths if flushed.get(p.stat().st_ino, 0) == 0]
                late += [p.name for p in paths if flushed[p.stat().st_ino] < p.stat().st_mtime_ns]
                late += [p.name for p in (final, final.parent) if p.stat().st_ino not in flushed]
                told.write_text(f"{len(paths)} {late}", encoding="utf-8")
            return replace(path, target)

        os.fsync = sync
        Path.replace = replacing  # type: ignore[method-assign, assignment]
        build(folder, index_dir)

    assert ended(forked(watched)) == 0
    count, late = told.read_text(encoding="utf-8").split(" ", 1)
    assert int(count) >= 6
    assert late == "[]"


# ---------------------------------------------------------------- no room


def failing_build(folder: Path, index_dir: Path, spoil: Callable[[], None]) -> tuple[int, str]:
    """Status and errors of ``index build`` in a child that spoils its own disk first."""
    ours, theirs = os.pipe()

    def work() -> None:
        # a pipe, which no limit of the disk concerns
        with open(theirs, "w", encoding="utf-8") as file, contextlib.redirect_stderr(file):
            spoil()
            status = main(["build", str(folder), "--prune", "--index-dir", str(index_dir)])
        os._exit(status)

    child = forked(work)
    os.close(theirs)
    with open(ours, encoding="utf-8") as file:
        told = file.read()
    return ended(child), told


def test_a_disk_that_fills_up_at_any_step(folder: Path, index_dir: Path, tmp_path: Path) -> None:
    before = served(index_dir)
    own = tmp_path / "own"
    number, status = 0, 1
    while status:
        number += 1
        copy_index(index_dir, own)

        def spoil(at: int = number) -> None:
            def full(step: int, name: str) -> None:
                if step >= at and name not in ("os.remove", "os.rmdir", "shutil.rmtree"):
                    raise OSError(errno.ENOSPC, "No space left on device")

            call_at_steps(own, full)

        status, told = failing_build(folder, own, spoil)
        forget_verified()
        if status:
            assert status == 1, told
            assert "磁盘空间不足" in told
            assert "没有改动" in told
            assert "Traceback" not in told
            assert served(own) == before
            assert len(list((own / "generations").iterdir())) == 2
            assert main(["check", "--index-dir", str(own)]) == 0
            if number % 5 == 0:
                build(folder, own)
    assert number > 20
    assert served(own) != before


def test_files_of_limited_size(folder: Path, index_dir: Path, tmp_path: Path) -> None:
    """The system itself refuses to write, in the midst of a file, SQLite's included."""
    before = served(index_dir)
    own = tmp_path / "own"
    largest = max(p.stat().st_size for p in (index_dir / "current").resolve().iterdir())
    for size in (0, 1, 300, 1_000, 4_096, 10_000, largest // 2, largest - 1):
        copy_index(index_dir, own)

        def spoil(limit: int = size) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        status, told = failing_build(folder, own, spoil)
        assert status == 1, (size, told)
        assert "Traceback" not in told
        if size >= 1_000:
            assert "磁盘空间不足" in told
        assert served(own) == before


def test_a_full_disk_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tmp_path / "reports"
    made.mkdir()
    put(made, "青山市司法局", 2020)
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL

    def refuse(*_: object, **__: object) -> NoReturn:
        raise full

    monkeypatch.setattr(update, "write_segments", refuse)
    with pytest.raises(DiskFull, match="腾出空间"):
        build(made, tmp_path / "index")
    other = sqlite3.OperationalError("no such table")
    other.sqlite_errorcode = sqlite3.SQLITE_ERROR
    full = other
    with pytest.raises(sqlite3.OperationalError):
        build(made, tmp_path / "index")


# ---------------------------------------------------------------- processes that help


@pytest.fixture
def many_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every batch but the first goes to another process."""
    monkeypatch.setattr(assembly, "PARALLEL_FROM", 1)
    monkeypatch.setattr(assembly, "BATCH_CHARACTERS", 1)


def build_parallel(folder: Path, index_dir: Path) -> None:
    build_index([folder], index_dir, prune=True, processes=2)


def test_a_killed_builder_takes_its_workers_along_and_leaves_the_lock(
    folder: Path, index_dir: Path, many_workers: None
) -> None:
    before = served(index_dir)
    own, theirs = os.pipe()
    cut = assembly.analyse

    def slow(texts: Any) -> Any:
        if assembly.parent_process() is not None:
            os.write(theirs, b"w")
            time.sleep(600)
        return cut(texts)

    def work() -> None:
        os.close(own)
        assembly.analyse = slow  # type: ignore[attr-defined]
        build_parallel(folder, index_dir)

    child = forked(work)
    os.close(theirs)
    assert os.read(own, 1) == b"w"
    os.kill(child, signal.SIGKILL)
    ended(child)
    with build_lock(index_dir):  # at once, although workers may still be there
        pass
    while os.read(own, 1):
        pass  # ends when the last of them has gone
    os.close(own)
    assert served(index_dir) == before


def test_a_lost_worker_is_told(
    folder: Path, index_dir: Path, many_workers: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = served(index_dir)
    cut = assembly.analyse

    def lost(texts: Any) -> Any:
        if assembly.parent_process() is not None:
            os.kill(os.getpid(), signal.SIGKILL)
        return cut(texts)

    with monkeypatch.context() as patch:
        patch.setattr(assembly, "analyse", lost)
        with pytest.raises(WorkerLost, match="内存不足"):
            build_parallel(folder, index_dir)
    assert served(index_dir) == before
    build_parallel(folder, index_dir)


# ---------------------------------------------------------------- readers in other processes


def turn(make_report: Callable[..., Report], number: int) -> list[Report]:
    """What generation ``number`` is to hold: as many reports, each saying so."""
    return [make_report([f"第{number:06}版，法治。"] * 2, report_id=f"t{i}") for i in range(number)]


def read_along(index_dir: Path, told: int) -> None:
    """Ask until generation 12 is served; every answer must be whole.  Writes what was seen."""
    search.CHECK_EVERY_S = 0.0  # type: ignore[misc]
    engine = open_engine(index_dir)
    seen: dict[str, None] = {}
    while "000012" not in seen:
        page = engine.search(SearchRequest('"法治"', size=100))
        own = int(page.generation)
        assert page.total == Total(own, 2 * own, 2 * own), page.total
        assert sum(value.count for value in page.facets["agency"].values) == own
        assert {hit.snippets[0].text for hit in page.hits} == {f"第{own:06}版，法治。"}
        seen[page.generation] = None
    assert list(seen) == sorted(seen)
    os.write(told, f"{len(seen)}\n".encode("ascii"))


def test_readers_in_other_processes_pick_up_whole_generations(
    tmp_path: Path, make_report: Callable[..., Report]
) -> None:
    index_dir = tmp_path / "index"
    with build_lock(index_dir):
        update_index(index_dir, turn(make_report, 1), processes=1)
    ours, theirs = os.pipe()
    readers = [forked(lambda: read_along(index_dir, theirs)) for _ in range(3)]
    os.close(theirs)
    for number in range(2, 13):
        with build_lock(index_dir):
            held = {f"t{i}" for i in range(number - 1)}
            update_index(
                index_dir, turn(make_report, number), held, processes=1, segment_limit=number * 9
            )
    assert [ended(reader) for reader in readers] == [0, 0, 0]
    with open(ours, encoding="ascii") as file:
        counts = [int(line) for line in file]
    assert len(counts) == 3
    assert max(counts) > 1


# ---------------------------------------------------------------- what is opened is let go


def opened(index_dir: Path) -> tuple[int, int]:
    """File descriptors of this process, and its mappings of the index's files."""
    gc.collect()
    maps = Path("/proc/self/maps").read_text("utf-8", "replace").count(str(index_dir))
    return len(os.listdir("/proc/self/fd")), maps


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs /proc")
def test_reopening_does_not_add_up(tmp_path: Path, make_report: Callable[..., Report]) -> None:
    index_dir = tmp_path / "index"
    with build_lock(index_dir):
        update_index(index_dir, turn(make_report, 3), processes=1)

    def use() -> None:
        engine = open_engine(index_dir)
        page = engine.search(SearchRequest("法治 版*"))
        assert page.total.reports == 3
        assert engine.report("t1") is not None
        assert engine.suggest("法")
        engine.close()
        with open_dir(str(index_dir / "current")).searcher() as searcher:
            assert len(searcher.search(query.Phrase("grams", ["法治"]), limit=None)) == 6

    use()
    before = opened(index_dir)
    for _ in range(200):
        use()
    assert opened(index_dir) == before


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs /proc")
def test_picking_up_generations_does_not_add_up(
    tmp_path: Path, make_report: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "CHECK_EVERY_S", 0.0)
    index_dir = tmp_path / "index"
    with build_lock(index_dir):
        update_index(index_dir, turn(make_report, 1), processes=1)
    engine = open_engine(index_dir)
    most = []
    for number in range(2, 32):
        with build_lock(index_dir):
            update_index(index_dir, turn(make_report, 1), {"t0"}, processes=1)
        assert engine.search(SearchRequest("法治")).generation == f"{number:06}"
        most.append(opened(index_dir))
    engine.close()
    assert max(most[10:]) <= max(most[:10])
