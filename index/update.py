"""One change of the index: reports out, reports in, small segments merged, a new generation.

Which reports those are is ``builder``'s to find out.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Final

import numpy as np
from pyroaring import BitMap

from corpus.model import Report
from index import generations
from index.analysis import open_segmenter
from index.assembly import SEGMENT_CHARACTERS, Progress, write_segments
from index.codec import writer
from index.codec.merge import merge_segments
from index.codec.numbers import lengths
from index.codec.reader import SegmentReader
from index.errors import NoIndex
from index.ledger import Entry, Ledger, whole_lines
from index.manifest import SegmentEntry
from index.snapshot import IndexSnapshot, open_snapshot
from index.taken import TakenBefore

MERGE_AT: Final = 4
"""So many segments of about the same size are merged into one."""
MERGED: Final = 10
"""A merged segment holds at most so many times the characters after which one is written: a rare
phrase costs about as much in a large segment as in a small one."""
ALIKE: Final = 2
"""A segment joins smaller ones when it is at most so many times as large as they are together."""
REWRITE_AT: Final = 0.3
"""A segment is rewritten when this share of its passages is deleted."""


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update did."""

    generation: str
    added: int
    """Reports written."""
    removed: int
    """Reports no longer held under their id."""
    characters: int
    """Stored characters written."""


def update_index(
    index_dir: Path,
    add: Iterable[Report],
    remove: Set[str] = frozenset(),
    *,
    moved: Mapping[str, str] | None = None,
    before_commit: Callable[[Path], None] | None = None,
    segment_limit: int = SEGMENT_CHARACTERS,
    processes: int | None = None,
    progress: Progress | None = None,
    now: int | None = None,
) -> Updated:
    """Serve a generation without the reports ``remove`` and with those of ``add``.

    ``remove`` names also the ids that ``add`` brings anew; ``moved`` says which id a removed
    report now has.  ``before_commit`` may put more files into the new generation's folder.
    ``now``, in Unix seconds, is when its reports count as taken in (None: this moment), but for
    those whose text and labels the index holds already, which keep their time.  The
    caller holds ``generations.build_lock``.  Whatever is raised, what was
    served before still is.  Raises DamagedIndex and WrongVersion for an index that cannot be
    read, which is never written over.
    """
    try:
        before: IndexSnapshot | None = open_snapshot(index_dir, for_queries=False)
    except NoIndex:
        before = None
    work = generations.begin(index_dir)
    try:
        return _update(
            index_dir,
            work,
            before,
            add,
            remove,
            moved or {},
            before_commit or (lambda work: None),
            segment_limit,
            processes,
            progress,
            int(time.time()) if now is None else now,
        )
    except BaseException:
        generations.abandon(index_dir)
        raise


def _update(
    index_dir: Path,
    work: Path,
    before: IndexSnapshot | None,
    add: Iterable[Report],
    remove: Set[str],
    moved: Mapping[str, str],
    before_commit: Callable[[Path], None],
    segment_limit: int,
    processes: int | None,
    progress: Progress | None,
    now: int,
) -> Updated:
    segmenter = open_segmenter().name
    generation = generations.next_generation(index_dir)
    numbers = count(1)

    def next_path() -> Path:
        return work / f"{generation}_{next(numbers)}.fz"

    issued: list[str] = []
    characters = 0

    def seen(reports: Iterable[Report]) -> Iterator[Report]:
        nonlocal characters
        for report in reports:
            issued.append(report.id)
            characters += len(report.text)
            yield report

    old = () if before is None else before.segments
    incoming: Iterable[Report] = seen(add)
    if before is not None and before.segmenter != segmenter:
        # words cut otherwise must not stand beside these: cut the stored texts again
        incoming = chain(_stored_reports(before, remove), incoming)
        old = ()
    kept = [_without(segment, remove) for segment in old]
    written = write_segments(
        incoming,
        next_path,
        taken=TakenBefore(before, remove, now),
        limit=segment_limit,
        processes=processes,
        progress=progress,
    )
    segments = [segment for segment in kept if len(segment.deleted) < segment.passage_count]
    for segment in segments:
        _link(segment.container.path, work / f"{segment.name}.fz")
    segments += [SegmentReader(path) for path in written]
    segments = _merge(segments, work, next_path, segment_limit)
    entries = []
    for segment in segments:
        if segment.deleted:
            (work / f"{segment.name}.del").write_bytes(segment.deleted.serialize())
        entries.append(SegmentEntry(segment.name, segment.passage_count, len(segment.deleted)))

    path = generations.ledger_path(index_dir)
    size = whole_lines(path) if before is None else before.manifest.ledger_size
    events = _events(Ledger(path, size), issued, remove, moved)
    before_commit(work)
    served = generations.commit(index_dir, entries, segmenter, events, size)
    return Updated(served, len(issued), len(remove - set(issued)), characters)


def _stored_reports(before: IndexSnapshot, remove: Set[str]) -> Iterator[Report]:
    for segment in before.segments:
        for number in np.flatnonzero(segment.live_reports()).tolist():
            if segment.report_id(number) not in remove:
                yield segment.report(number)


def _without(segment: SegmentReader, remove: Set[str]) -> SegmentReader:
    """The segment with the reports deleted."""
    gone = BitMap(segment.deleted)
    for number, report_id in enumerate(segment.report_ids):
        if report_id in remove:
            gone.add_range(
                int(segment.first_passage[number]), int(segment.first_passage[number + 1])
            )
    return SegmentReader(segment.container.path, gone)


def _link(source: Path, target: Path) -> None:
    """The same file under another name; a copy where the file system has no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _live_characters(segment: SegmentReader) -> int:
    """Folded characters of what is not deleted, in the space that has most."""
    live = np.ones(segment.passage_count, np.bool_)
    live[np.frombuffer(segment.deleted.to_array(), np.uint32)] = False
    spaces = (segment.body, segment.title, segment.heading)
    return max(int(lengths(space.starts)[live].sum()) for space in spaces)


def _merge(
    segments: list[SegmentReader], work: Path, next_path: Callable[[], Path], limit: int
) -> list[SegmentReader]:
    """Fewer segments: those of about the same size together, worn ones anew."""
    groups = _alike({s.name: _live_characters(s) for s in segments}, limit)
    chosen = {name for group in groups for name in group}
    groups += [
        [s.name]
        for s in segments
        if s.name not in chosen and len(s.deleted) > REWRITE_AT * s.passage_count
    ]
    by_name = {segment.name: segment for segment in segments}
    for group in groups:
        path = next_path()
        merge_segments(path, [segment for segment in segments if segment.name in group])
        for name in group:
            (work / f"{name}.fz").unlink()
            segments.remove(by_name[name])
        segments.append(SegmentReader(path))
    return segments


def _alike(sizes: Mapping[str, int], limit: int) -> list[list[str]]:
    """Groups of segments to be merged, by name.  ``limit`` characters are a written segment's."""
    groups: list[list[str]] = []
    group: list[str] = []
    total = 0
    for name in sorted(sizes, key=sizes.__getitem__):
        # what is written goes past the limit by a part of a batch
        fits = total + sizes[name] < min(MERGED * limit * 21 // 20, writer.CHARACTER_LIMIT)
        if group and not (fits and sizes[name] <= max(ALIKE * total, limit // MERGED)):
            groups.append(group)
            group, total = [], 0
        group.append(name)
        total += sizes[name]
    return [own for own in (*groups, group) if len(own) >= MERGE_AT]


def _events(
    ledger: Ledger, issued: Iterable[str], remove: Set[str], moved: Mapping[str, str]
) -> list[Entry]:
    """What the ledger has to learn."""
    now = list(dict.fromkeys(issued))
    known = ledger.events()
    found = [
        Entry("issued", own) for own in now if own not in known or known[own].event != "issued"
    ]
    for own in sorted(remove - set(now)):
        to = moved.get(own)
        found.append(Entry("moved", own, to) if to else Entry("gone", own))
    return found
