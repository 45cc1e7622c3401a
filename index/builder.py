"""Folders of files → the next generation of an index.

What is in the folders, and which reports that makes, is ``corpus.catalog``'s to say; how they
are written is ``update``'s.  This module brings the two together.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from corpus.catalog import Catalog
from corpus.model import Problem, Report
from corpus.problems import write_problems
from index.analysis import open_segmenter
from index.assembly import SEGMENT_CHARACTERS, write_segments
from index.codec.reader import SegmentReader
from index.errors import NoIndex, storage_problems
from index.generations import build_lock, scratch_folder
from index.snapshot import open_snapshot
from index.update import update_index
from index.work import Progress, Work

CATALOG: Final = "catalog.sqlite"
"""The collection's state, a file of every generation."""
PROBLEMS: Final = "problems.csv"


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did."""

    generation: str
    changed: bool
    """Whether a new generation was made."""
    added: int
    """Reports new or written anew."""
    removed: int
    """Reports no longer held."""
    held: int
    """Reports held now."""
    files: int
    """Files known now."""
    unchanged: int
    """Files that were not read again."""
    merged: int
    """Files whose text another holds too."""
    versions: int
    problems: Sequence[Problem]
    problems_path: Path


def build_index(
    folders: Sequence[Path],
    index_dir: Path,
    *,
    keep_all: bool = False,
    prune: bool = False,
    processes: int | None = None,
    segment_limit: int = SEGMENT_CHARACTERS,
    progress: Callable[[Progress], None] | None = None,
    now: int | None = None,
) -> Built:
    """Bring the index up to date with the folders.

    ``now`` is the build's time for ``update_index``.
    Raises ``corpus.errors.TooManyGone``, IndexLocked, DamagedIndex, WrongVersion, DiskFull,
    WorkerLost, and OSError for a folder that cannot be listed.  Whatever is raised, also
    KeyboardInterrupt, the index answers as before.
    """
    work = Work(progress, processes=processes)
    path = index_dir / PROBLEMS
    for folder in folders:
        folder.stat()
    with (
        storage_problems(index_dir),
        build_lock(index_dir),
        scratch_folder(index_dir) as scratch,
    ):
        state = scratch / CATALOG
        same_words = True
        try:
            before = open_snapshot(index_dir, for_queries=False)
            shutil.copyfile(before.folder / CATALOG, state)
            same_words = before.segmenter == open_segmenter().name
            served = before.generation
        except NoIndex:
            served = ""
        with Catalog(state) as catalog:
            plan = catalog.plan(folders, prune=prune)
            catalog.read(plan, processes=processes, progress=work.read)
            work.resolve()
            changes = catalog.resolve(keep_all=keep_all)
            problems = [*plan.problems, *changes.problems]
            write_problems(scratch / PROBLEMS, problems)

            def keep_state(work: Path) -> None:
                # before the generation is served, and refused with it
                catalog.save()
                shutil.copyfile(state, work / CATALOG)
                (scratch / PROBLEMS).replace(path)

            nothing = not (plan.changed or plan.gone or changes.add or changes.remove)
            changed = not (served and nothing and same_words)
            if changed:
                work.plan(len(changes.add), sum(g.primary.length for g in changes.add))
                served = update_index(
                    index_dir,
                    catalog.reports(changes),
                    changes.remove | {group.id for group in changes.add},
                    moved=changes.moved,
                    before_commit=keep_state,
                    segment_limit=segment_limit,
                    processes=processes,
                    work=work,
                    now=now,
                ).generation
            else:
                (scratch / PROBLEMS).replace(path)
            work.finish()
    return Built(
        generation=served,
        changed=changed,
        added=len(changes.add),
        removed=len(changes.remove),
        held=changes.held,
        files=changes.files,
        unchanged=plan.unchanged,
        merged=changes.merged,
        versions=changes.versions,
        problems=problems,
        problems_path=path,
    )


def build_segment(reports: Iterable[Report]) -> SegmentReader:
    """One segment of the reports, in a temporary file that is already unlinked: for tests and
    experiments.  They were never taken into an index: their time is 0.  Raises ValueError when
    there is nothing to index."""
    with tempfile.TemporaryDirectory(prefix="fazhi-segment-") as folder:
        path = Path(folder) / "memory.fz"
        if not write_segments(
            reports, lambda: path, taken=lambda report: 0, limit=2**31, processes=1
        ):
            raise ValueError("no report has a passage")
        return SegmentReader(path)
