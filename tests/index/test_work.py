"""A build tells how far it is: never back, never done before it is, and through every phase."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from itertools import count, pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.model import Report
from corpus.reading import Progress as ReadingProgress
from index import assembly, generations
from index.builder import build_index
from index.codec import merge
from index.codec.tasks import Portion, Task, in_threads
from index.generations import build_lock, current_generation
from index.progress import NAMES, ProgressBar, format_progress
from index.snapshot import open_snapshot
from index.update import update_index
from index.work import COSTS, READING, Phase, Progress, Work

MakeReport = Callable[..., Report]
LIMIT = 4_000
"""Characters of a segment here."""
GAP = 0.1
"""No two calls lie further apart in share."""


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is small here comes in as many parts as what is large elsewhere."""
    monkeypatch.setattr(assembly, "BATCH_CHARACTERS", 200)
    monkeypatch.setattr(merge, "RANGE", 500)


def some_reports(make_report: MakeReport, first: int, number: int) -> list[Report]:
    """Of about 200 characters each."""
    return [
        make_report([f"第{n}号，法治政府建设和行政执法监督。" * 10], report_id=f"r{n}")
        for n in range(first, first + number)
    ]


def update(
    index_dir: Path, reports: Sequence[Report], remove: frozenset[str] = frozenset()
) -> list[Progress]:
    """What one update tells."""
    seen: list[Progress] = []
    work = Work(seen.append, processes=1)
    with build_lock(index_dir):
        work.plan(len(reports), sum(len(report.text) for report in reports))
        update_index(index_dir, reports, remove, segment_limit=LIMIT, processes=1, work=work)
    assert all(progress.share < 1 for progress in seen)
    work.finish()
    check(seen)
    return seen


def check(seen: Sequence[Progress]) -> None:
    """Shares rise and end at 1, once."""
    assert all(0 <= a.share <= b.share for a, b in pairwise(seen))
    assert [progress.share == 1 for progress in seen] == [False] * (len(seen) - 1) + [True]
    assert seen[-1].phase == "done"


def gaps(seen: Sequence[Progress]) -> list[float]:
    return [b.share - a.share for a, b in pairwise(seen)]


def phases(seen: Sequence[Progress]) -> list[Phase]:
    """In the order in which they came first."""
    return list(dict.fromkeys(progress.phase for progress in seen))


def test_every_phase_of_a_large_build(tmp_path: Path, make_report: MakeReport) -> None:
    seen = update(tmp_path, some_reports(make_report, 0, 110))
    assert phases(seen) == ["cut", "write", "merge", "serve", "done"]
    assert seen[0].share < GAP
    assert max(gaps(seen)) < GAP
    # merging was foreseen: its share was kept for it
    merging = [progress.share for progress in seen if progress.phase == "merge"]
    assert merging[-1] - merging[0] > 0.05
    assert len(merging) > 10
    assert len(open_snapshot(tmp_path).segments) < 4


def test_one_segment_tells_while_it_is_written(tmp_path: Path, make_report: MakeReport) -> None:
    seen = update(tmp_path, some_reports(make_report, 0, 15))
    assert phases(seen) == ["cut", "write", "serve", "done"]
    assert max(gaps(seen)) < GAP
    writing = [progress.share for progress in seen if progress.phase == "write"]
    assert writing[-1] - writing[0] > 0.3


def test_a_small_change_that_brings_on_a_large_merge(
    tmp_path: Path, make_report: MakeReport
) -> None:
    for part in range(3):
        update(tmp_path, some_reports(make_report, 20 * part, 18))
    seen = update(tmp_path, some_reports(make_report, 90, 18))
    assert "merge" in phases(seen)
    assert len(open_snapshot(tmp_path).segments) == 1
    gone = frozenset(f"r{n}" for n in range(30))
    seen = update(tmp_path, some_reports(make_report, 200, 1), gone)
    merging = [progress.share for progress in seen if progress.phase == "merge"]
    assert merging[-1] - merging[0] > 0.5
    # nothing but removals
    assert phases(update(tmp_path, [], frozenset({"r200"})))[-1] == "done"


def test_what_another_segmenter_cut_counts(
    tmp_path: Path, make_report: MakeReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    update(tmp_path, some_reports(make_report, 0, 30))
    before = open_snapshot(tmp_path)

    class Other:
        name = "another"

    monkeypatch.setattr("index.update.open_segmenter", Other)
    seen = update(tmp_path, some_reports(make_report, 30, 1), frozenset({"r3"}))
    assert before.segmenter != "another"
    assert max(gaps(seen)) < GAP
    assert max(progress.done for progress in seen) == 30


def test_not_done_before_it_is_served(
    tmp_path: Path, make_report: MakeReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    for report in some_reports(make_report, 0, 12):
        text = f"{report.title}\n{report.text}"
        (folder / f"{report.id}.txt").write_text(text, "utf-8")
    index_dir = tmp_path / "index"
    seen: list[Progress] = []
    generations_seen: list[str] = []

    def tell(progress: Progress) -> None:
        seen.append(progress)
        if progress.share == 1:
            generations_seen.append(current_generation(index_dir))

    serve = generations._serve

    def told_before(index_dir: Path, generation: str) -> None:
        assert seen[-1].phase == "serve"
        serve(index_dir, generation)

    monkeypatch.setattr(generations, "_serve", told_before)
    built = build_index([folder], index_dir, keep_all=True, processes=1, progress=tell)
    check(seen)
    assert generations_seen == [built.generation]
    assert phases(seen)[:3] == ["read", "resolve", "cut"]
    files = max(progress.done for progress in seen if progress.phase == "read")
    reports = max(progress.done for progress in seen if progress.phase == "cut")
    assert (files, reports) == (12, built.held)
    seen.clear()
    build_index([folder], index_dir, keep_all=True, processes=1, progress=tell)
    check(seen)
    assert phases(seen) == ["resolve", "done"]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("plan"), st.integers(0, 1000)),
        st.tuples(st.sampled_from(list(COSTS)), st.integers(0, 1000)),
        st.tuples(st.sampled_from([f"expect {phase}" for phase in COSTS]), st.integers(0, 1000)),
    )
)


@given(st.integers(0, 9), STEPS)
def test_whatever_was_foreseen(files: int, steps: list[tuple[str, int]]) -> None:
    clock = count()
    seen: list[Progress] = []
    work = Work(seen.append, processes=1, clock=lambda: float(next(clock)))
    for done in range(1, files + 1):
        work.read(ReadingProgress(done, files, float(next(clock))))
    work.resolve()
    assert seen[-1].share == (READING if files else 0)
    for step, characters in steps:
        if step == "plan":
            work.plan(1, characters)
        elif step.startswith("expect "):
            work.expect(step.removeprefix("expect "), characters)  # type: ignore[arg-type]
        else:
            work.advance(step, characters)  # type: ignore[arg-type]
    work.finish()
    check(seen)
    assert all(progress.left_s is None or progress.left_s >= 0 for progress in seen)


def test_time_to_go_counts_what_is_still_to_come() -> None:
    seen: list[Progress] = []
    now = [0.0]
    work = Work(seen.append, processes=1, clock=lambda: now[0])
    now[0] = 10.0
    work.read(ReadingProgress(5, 10, 10.0))
    assert seen[-1].left_s == pytest.approx(10 / (READING / 2) - 10)
    work.plan(1, 1000)
    now[0] = 18.0
    work.cut(1, 1000)
    rate = 8.0 / COSTS["cut"]  # of a thousand characters
    assert seen[-1].left_s == pytest.approx(rate * COSTS["write"])
    assert (seen[-1].done, seen[-1].total, seen[-1].rate) == (1, 1, 125)


def test_a_portion_is_never_more_than_it_is() -> None:
    told: list[float] = []
    portion = Portion(told.append, 10.0)
    for share in (0.5, 0.25, 0.75, 0.5):
        portion(share)
    portion.finish()
    assert told == [5.0, 2.5, 2.5, 0.0, 0.0]


def test_tasks_tell_what_they_cost() -> None:
    told: list[float] = []
    tasks = {
        "a.x": Task(lambda tick: tick(0.5) or {"one": b"1"}, 3.0),  # type: ignore[func-returns-value]
        "a.y": Task(lambda tick: {"two": b"2"}, 1.0),
    }
    assert in_threads(tasks, told.append) == {"a.one": b"1", "a.two": b"2"}
    assert sorted(told) == [0.25, 0.375, 0.375]
    assert in_threads({"b": Task(lambda tick: {}, 0.0)}) == {}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def state(
    phase: Phase, share: float, done: int = 0, total: int = 0, left_s: float | None = 62.0
) -> Progress:
    return Progress(phase, share, done, total, 5.0 if total else 0.0, left_s, 75.4)


def test_lines() -> None:
    assert format_progress(state("read", 0.19, 3, 8)) == (
        "19% 读取文件 3/8，5 份/秒，剩余约 1 分 2 秒"
    )
    assert format_progress(state("cut", 0.5, 1200, 4545)) == (
        "50% 切分词语 1,200/4,545，5 字/秒，剩余约 1 分 2 秒"
    )
    # never rounded up, neither to all nor to no time at all
    assert format_progress(state("serve", 0.9999, left_s=0.01)) == "99% 校验启用，剩余约 1 秒"
    assert format_progress(state("resolve", 0.0, left_s=None)) == "0% 归并报告，剩余时间待估"
    assert format_progress(state("done", 1.0)) == "100% 完成，用时 1 分 15 秒"
    assert NAMES.keys() == {"read", "resolve", *COSTS, "done"}


def test_a_log_has_a_line_now_and_then_and_the_last() -> None:
    now = [0.0]
    out = io.StringIO()
    bar = ProgressBar(out, clock=lambda: now[0])
    for second in range(12):
        now[0] = float(second)
        bar.show(state("cut" if second % 2 else "write", second / 20))
    bar.show(state("done", 1.0))
    shares = [line.split("%")[0] for line in out.getvalue().splitlines()]
    assert shares == ["0", "25", "50", "100"]


def test_a_terminal_shows_each_phase_at_once() -> None:
    out = Terminal()
    bar = ProgressBar(out, clock=lambda: 0.0)
    for share, phase in enumerate(("cut", "cut", "write", "done")):
        bar.show(state(phase, share / 3))  # type: ignore[arg-type]
    drawn = out.getvalue().split("\r\033[K")
    assert [line.count("█") for line in drawn] == [0, 0, 18, 28]
    assert [line.endswith("\n") for line in drawn] == [False, False, False, True]


def test_a_watcher_that_fails_is_told_no_more_and_the_build_goes_on(
    tmp_path: Path, make_report: MakeReport
) -> None:
    told: list[Progress] = []

    def tell(progress: Progress) -> None:
        told.append(progress)
        if len(told) == 3:
            raise BrokenPipeError

    index_dir = tmp_path / "index"
    work = Work(tell, processes=1)
    with build_lock(index_dir):
        update_index(index_dir, some_reports(make_report, 0, 6), processes=1, work=work)
    work.finish()
    assert len(told) == 3
    assert len(list(open_snapshot(index_dir).report_ids())) == 6
