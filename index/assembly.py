"""Reports → segments: folding and cutting in parallel, a file whenever enough has come.

Which reports there are to index, and how a segment becomes part of a generation, belongs to
``builder``.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Final

from corpus.model import Report
from index.analysis import open_segmenter
from index.analysis.batch import TextBatch, analyse
from index.codec.tasks import Portion
from index.codec.writer import SegmentCollector, heading_units, passage_texts, write_segment
from index.taken import TakenAt
from index.work import Work

BATCH_CHARACTERS: Final = 400_000
"""Stored characters a worker takes at a time."""
SEGMENT_CHARACTERS: Final = 24_000_000
"""Folded body characters after which a segment is written: bounds the memory that this takes to
about 2.2 GiB, and keeps 50,000 passages in one segment.  Merging takes up to about 4 GiB
(``docs/decisions/generations.md``)."""
PARALLEL_FROM: Final = 1_000_000
"""Fewer characters than this are cut in the builder's own process: starting others takes
longer."""


def space_texts(reports: Sequence[Report]) -> dict[str, list[str]]:
    """The texts of each space's units, in order."""
    return {
        "body": [text for report in reports for text in passage_texts(report)],
        "title": [report.title for report in reports],
        "heading": ["\n".join(path) for report in reports for path, _ in heading_units(report)],
    }


def analyse_spaces(texts: dict[str, list[str]]) -> dict[str, TextBatch]:
    """Each space's texts folded and cut."""
    return {name: analyse(own) for name, own in texts.items()}


def iter_batches(reports: Iterable[Report]) -> Iterator[list[Report]]:
    """Lists of about ``BATCH_CHARACTERS``; none empty."""
    batch: list[Report] = []
    size = 0
    for report in reports:
        batch.append(report)
        size += len(report.text)
        if size >= BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


Analysed = tuple[list[Report], dict[str, TextBatch]]


def _follow_the_builder() -> None:
    """Ctrl-C reaches every process of the terminal; one of them answering is enough.  And a
    worker whose builder was killed would wait for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_builder, daemon=True).start()


def _end_with_the_builder() -> None:
    if builder := parent_process():
        builder.join()
        os._exit(1)


def _analyse_parallel(batches: Iterator[list[Report]], processes: int) -> Iterator[Analysed]:
    """Batches in order, analysed by other processes, a few ahead of the reader."""
    context = get_context("fork" if os.name == "posix" else "spawn")
    waiting: list[tuple[list[Report], Future[dict[str, TextBatch]]]] = []
    with ProcessPoolExecutor(processes, context, _follow_the_builder) as pool:
        for batch in batches:
            waiting.append((batch, pool.submit(analyse_spaces, space_texts(batch))))
            if len(waiting) > 2 * processes:
                own, future = waiting.pop(0)
                yield own, future.result()
        for own, future in waiting:
            yield own, future.result()


def _analyse(reports: Iterable[Report], processes: int) -> Iterator[Analysed]:
    """In this process while there is little, then in others."""
    batches = iter_batches(reports)
    size = 0
    for batch in batches:
        yield batch, analyse_spaces(space_texts(batch))
        size += sum(len(report.text) for report in batch)
        if processes > 1 and size >= PARALLEL_FROM:
            break
    else:
        return
    yield from _analyse_parallel(batches, processes)


def write_segments(
    reports: Iterable[Report],
    next_path: Callable[[], Path],
    *,
    taken: TakenAt,
    limit: int = SEGMENT_CHARACTERS,
    processes: int | None = None,
    work: Work | None = None,
) -> list[Path]:
    """Write the reports, in order, as segment files at the paths asked of ``next_path``.

    A segment is closed when it holds ``limit`` folded characters or more; the last may hold
    fewer.  Nothing is written for no reports.  Reports without a passage are left out.
    """
    processes = processes or len(os.sched_getaffinity(0))
    work = work or Work()
    segmenter = open_segmenter().name
    collector = SegmentCollector(segmenter)
    written: list[Path] = []
    waiting = 0

    def flush() -> None:
        nonlocal collector, waiting
        path = next_path()
        full, collector = collector, SegmentCollector(segmenter)
        portion = Portion(partial(work.advance, "write"), waiting)
        write_segment(path, full.columns(), portion)
        portion.finish()
        written.append(path)
        waiting = 0

    for batch, spaces in _analyse((r for r in reports if r.passages), processes):
        collector.add(batch, [taken(report) for report in batch], spaces)
        size = sum(len(report.text) for report in batch)
        waiting += size
        work.cut(len(batch), size)
        if collector.char_count >= limit:
            flush()
    if len(collector):
        flush()
    work.settle("cut", "write")
    return written
