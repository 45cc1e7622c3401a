"""One change of the index: reports out, reports in, small segments merged, a new generation.

Which reports those are is ``builder``'s to find out.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import Final

import numpy as np
from pyroaring import BitMap

from corpus.model import Report
from index import generations
from index.analysis import open_segmenter
from index.assembly import SEGMENT_CHARACTERS, write_segments
from index.codec import writer
from index.codec.merge import merge_segments
from index.codec.numbers import lengths
from index.codec.reader import SegmentReader
from index.codec.tasks import Portion
from index.errors import NoIndex
from index.ledger import Entry, Ledger, whole_lines
from index.manifest import SegmentEntry
from index.snapshot import IndexSnapshot, open_snapshot
from index.taken import TakenBefore
from index.work import Work

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
    work: Work | None = None,
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
    folder = generations.begin(index_dir)
    try:
        return _update(
            index_dir,
            folder,
            before,
            add,
            remove,
            moved or {},
            before_commit or (lambda folder: None),
            segment_limit,
            processes,
            work or Work(),
            int(time.time()) if now is None else now,
        )
    except BaseException:
        generations.abandon(index_dir)
        raise


def _update(
    index_dir: Path,
    folder: Path,
    before: IndexSnapshot | None,
    add: Iterable[Report],
    remove: Set[str],
    moved: Mapping[str, str],
    before_commit: Callable[[Path], None],
    segment_limit: int,
    processes: int | None,
    work: Work,
    now: int,
) -> Updated:
    segmenter = open_segmenter().name
    generation = generations.next_generation(index_dir)
    numbers = count(1)

    def next_path() -> Path:
        return folder / f"{generation}_{next(numbers)}.fz"

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
        for segment in old:
            work.plan(int(segment.live_reports().sum()), _live_characters(segment))
        old = ()
    segments = [_without(segment, remove) for segment in old]
    segments = [segment for segment in segments if len(segment.deleted) < segment.passage_count]
    sizes = {segment.name: _live_characters(segment) for segment in segments}
    _expect(segments, sizes, work, segment_limit)
    written = write_segments(
        incoming,
        next_path,
        taken=TakenBefore(before, remove, now),
        limit=segment_limit,
        processes=processes,
        work=work,
    )
    for segment in segments:
        _link(segment.container.path, folder / f"{segment.name}.fz")
    fresh = [SegmentReader(path) for path in written]
    sizes |= {segment.name: _live_characters(segment) for segment in fresh}
    segments = _merge([*segments, *fresh], sizes, folder, next_path, segment_limit, work)
    entries = []
    for segment in segments:
        if segment.deleted:
            (folder / f"{segment.name}.del").write_bytes(segment.deleted.serialize())
        entries.append(SegmentEntry(segment.name, segment.passage_count, len(segment.deleted)))

    path = generations.ledger_path(index_dir)
    size = whole_lines(path) if before is None else before.manifest.ledger_size
    events = _events(Ledger(path, size), issued, remove, moved)
    before_commit(folder)
    last = Portion(partial(work.advance, "serve"), work.expected("serve"))
    served = generations.commit(index_dir, entries, segmenter, events, size, last)
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


def _expect(
    segments: Sequence[SegmentReader], sizes: Mapping[str, int], work: Work, limit: int
) -> None:
    """Foretell what will be merged beside ``segments`` when what is planned is written."""
    left = round(work.expected("write"))
    foreseen = {**sizes, **{f"+{at}": min(limit, left - at) for at in range(0, left, limit)}}
    groups = _groups(segments, foreseen, limit)
    merged = sum(foreseen[name] for group in groups for name in group)
    work.expect("merge", merged)
    work.expect("serve", left + merged)


def _groups(
    segments: Sequence[SegmentReader], sizes: Mapping[str, int], limit: int
) -> list[list[str]]:
    """What is to be merged, by name: those of about the same size together, worn ones anew."""
    groups = _alike(sizes, limit)
    chosen = {name for group in groups for name in group}
    worn = (s.name for s in segments if len(s.deleted) > REWRITE_AT * s.passage_count)
    return groups + [[name] for name in worn if name not in chosen]


def _merge(
    segments: list[SegmentReader],
    sizes: Mapping[str, int],
    folder: Path,
    next_path: Callable[[], Path],
    limit: int,
    work: Work,
) -> list[SegmentReader]:
    """Fewer segments."""
    groups = _groups(segments, sizes, limit)
    characters = [sum(sizes[name] for name in group) for group in groups]
    work.expect("merge", sum(characters))
    by_name = {segment.name: segment for segment in segments}
    for group, own in zip(groups, characters, strict=True):
        path = next_path()
        portion = Portion(partial(work.advance, "merge"), own)
        merge_segments(path, [s for s in segments if s.name in group], portion)
        portion.finish()
        for name in group:
            (folder / f"{name}.fz").unlink()
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
