"""Files read in as many processes as there are cores, each file bounded in time.

A file that hangs or kills its reader is a ``Problem``; the rest goes on.  What is to be read is
``corpus.catalog``'s to say, what the reports mean to each other ``corpus.collection``'s.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final

from corpus import gazetteer
from corpus.errors import ReadError, system_reason
from corpus.labelling import label_report
from corpus.model import Report, Source
from corpus.readers import check_size, read_bytes
from corpus.readers.archive import iter_members

TIME_LIMIT_S: Final = 60.0
"""Seconds for one file, or one member of a zip."""
MOST_TROUBLES: Final = 20
"""Members of one zip that may hang or crash before the rest of it is given up."""


@dataclass(frozen=True, slots=True)
class Task:
    """One file to read."""

    path: str
    """Absolute POSIX path."""
    shown: str
    """As sources and problems show it: the folder's name and the path below it."""
    overrides: Mapping[str, Mapping[str, str]]
    """Rows of metadata.csv for the file and, for a zip, its members; by path."""
    first: int = 0
    """Members of a zip that were dealt with before."""
    troubles: int = 0
    """Of those, the ones that hung or crashed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a file, or of one member of a zip."""

    container: str
    """Absolute path of the file that was read."""
    path: str
    """The same; a member of a zip is ``archive.zip!name``."""
    shown: str
    report: Report | None
    error: ReadError | None
    sha256: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far reading has come."""

    done: int
    total: int
    elapsed_s: float

    @property
    def rate(self) -> float:
        """Files a second."""
        return self.done / self.elapsed_s if self.elapsed_s > 0 else 0.0

    @property
    def left_s(self) -> float:
        """Seconds that are left at this rate."""
        return (self.total - self.done) / self.rate if self.rate > 0 else 0.0


@dataclass(frozen=True, slots=True)
class _Begun:
    """A member of a zip about to be read."""

    path: str
    shown: str
    number: int


def _steps(task: Task) -> Iterator[Outcome | _Begun]:
    """The outcomes of one file: one, or one a member for a zip, each of these announced.  Raises
    nothing."""
    path = Path(task.path)
    number = task.first
    try:
        if not task.path.lower().endswith(".zip"):
            check_size(path.stat().st_size)  # before it fills the memory
            yield _read(path.read_bytes(), task, task.path, task.shown)
            return
        for number, (name, member) in enumerate(iter_members(path, task.first), task.first + 1):
            inside, shown = f"{task.path}!{name}", f"{task.shown}!{name}"
            yield _Begun(inside, shown, number)
            if isinstance(member, ReadError):
                yield Outcome(task.path, inside, shown, None, member)
            else:
                yield _read(member, task, inside, shown)
        if not number:
            raise ReadError("empty", "压缩包里没有可读取的文件", "请检查压缩包。")
    except ReadError as error:
        yield Outcome(task.path, task.path, task.shown, None, error)
    except OSError as error:
        reason = f"文件无法打开（{system_reason(error)}）"
        failed = ReadError("unreadable", reason, "请检查文件权限。")
        yield Outcome(task.path, task.path, task.shown, None, failed)


def _read(data: bytes, task: Task, path: str, shown: str) -> Outcome:
    overrides = task.overrides.get(path, {})
    digest = hashlib.sha256(data).hexdigest()
    try:
        clean = read_bytes(data, path)
        source = Source(shown, digest, len(data), overrides.get("url") or clean.page_url)
        report = label_report(
            clean, file_name=path.rsplit("/", 1)[-1], sources=(source,), overrides=overrides
        )
    except ReadError as error:
        return Outcome(task.path, path, shown, None, error, digest, len(data))
    except Exception as error:  # one file's fault must not stop twenty thousand others
        broken = ReadError(
            "internal",
            f"处理时出错（{type(error).__name__}：{error}）"[:200],
            "请把文件报告给维护者。",
        )
        return Outcome(task.path, path, shown, None, broken, digest, len(data))
    return Outcome(task.path, path, shown, report, None, digest, len(data))


def _work(pipe: Connection, inherited: Sequence[Connection]) -> None:
    """A worker's life: a task in, its outcomes out, until the other end is closed.

    ``inherited`` are the parent's ends that the fork copied: while a sibling holds one open, a
    worker whose parent was killed would wait for ever.
    """
    for end in inherited:
        end.close()
    with contextlib.suppress(EOFError, KeyboardInterrupt, OSError):
        while (task := pipe.recv()) is not None:
            for step in _steps(task):
                pipe.send(step)
            pipe.send(None)


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    task: Task | None = None
    begun: _Begun | None = None
    """The member of a zip that is being read."""
    since: float = 0.0

    def give(self, task: Task | None) -> None:
        self.task, self.begun, self.since = task, None, time.monotonic()
        if task is not None:
            self.pipe.send(task)


def read_files(
    tasks: Sequence[Task],
    *,
    processes: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    time_limit_s: float = TIME_LIMIT_S,
) -> Iterator[Outcome]:
    """Outcomes as they come, in no fixed order; every task has at least one."""
    count = min(processes or len(os.sched_getaffinity(0)), max(1, len(tasks)))
    gazetteer.candidates("")  # loaded once, before the workers are forked
    begun = time.monotonic()
    waiting = iter(tasks)
    workers: list[_Worker] = []
    done = 0
    try:
        for _ in range(count):
            worker = _start(workers)
            workers.append(worker)
            worker.give(next(waiting, None))
        while busy := [worker for worker in workers if worker.task is not None]:
            ready = wait([worker.pipe for worker in busy], timeout=0.5)
            for at, worker in enumerate(workers):
                task = worker.task
                if task is None:
                    continue
                rest = None
                if worker.pipe in ready:
                    try:
                        step = worker.pipe.recv()
                    except (EOFError, OSError):
                        yield _lost(worker, "crashed", "读取时程序意外终止")
                        rest = _rest(worker)
                        worker = workers[at] = _replace(worker, workers)
                    else:
                        worker.since = time.monotonic()
                        if isinstance(step, _Begun):
                            worker.begun = step
                        elif step is not None:
                            yield step
                        if step is not None:
                            continue
                elif time.monotonic() - worker.since > time_limit_s:
                    yield _lost(worker, "timeout", f"读取超过 {time_limit_s:.0f} 秒")
                    rest = _rest(worker)
                    worker = workers[at] = _replace(worker, workers)
                else:
                    continue
                if rest is not None and rest.troubles > MOST_TROUBLES:
                    yield _failed(
                        rest, rest.path, rest.shown, "crashed", "读取时多次意外终止，其余未读"
                    )
                    rest = None
                if rest is None:
                    done += 1
                    if progress is not None:
                        progress(Progress(done, len(tasks), time.monotonic() - begun))
                worker.give(rest or next(waiting, None))
    finally:
        for worker in workers:
            _stop(worker)


def _start(siblings: Sequence[_Worker]) -> _Worker:
    context: Any = get_context("fork" if os.name == "posix" else "spawn")
    ours, theirs = context.Pipe()
    inherited = [] if os.name != "posix" else [ours, *(one.pipe for one in siblings)]
    process = context.Process(target=_work, args=(theirs, inherited), daemon=True)
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _replace(worker: _Worker, workers: Sequence[_Worker]) -> _Worker:
    _stop(worker)
    return _start([one for one in workers if one is not worker])


def _stop(worker: _Worker) -> None:
    worker.pipe.close()
    if worker.process.is_alive():
        worker.process.kill()
    worker.process.join()


def _rest(worker: _Worker) -> Task | None:
    """What is left of a zip whose member hung or crashed; None of any other file."""
    if worker.task is None or worker.begun is None:
        return None
    return replace(worker.task, first=worker.begun.number, troubles=worker.task.troubles + 1)


def _lost(worker: _Worker, code: str, reason: str) -> Outcome:
    assert worker.task is not None
    lost = worker.begun or worker.task
    return _failed(worker.task, lost.path, lost.shown, code, reason)


def _failed(task: Task, path: str, shown: str, code: str, reason: str) -> Outcome:
    error = ReadError(code, reason, "请检查文件是否正常，或另存为 .txt 后重试。")
    return Outcome(task.path, path, shown, None, error)
