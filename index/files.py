"""The files behind the generation now served: for those who keep the collection."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.listing import ListedFile, list_files
from index.builder import CATALOG
from index.errors import DamagedIndex
from index.generations import current_generation, generation_folder


@dataclass(frozen=True, slots=True)
class CollectedFiles:
    """What a generation was built from."""

    generation: str
    folders: Sequence[str]
    """Folders (or files) given to builds that something is held of, in order of name."""
    keep_all: bool
    """Whether files that are no annual reports are held: built with ``--all``."""
    files: Sequence[ListedFile]


def collected_files(index_dir: Path) -> CollectedFiles:
    """The files, folders and options of the generation now served.  Raises NoIndex,
    DamagedIndex and ``corpus.errors.OldCatalog``."""
    generation = current_generation(index_dir)
    catalog = generation_folder(index_dir, generation) / CATALOG
    try:
        files = list_files(catalog)
    except sqlite3.DatabaseError as problem:
        raise DamagedIndex(catalog, str(problem)) from None
    return CollectedFiles(
        generation,
        sorted({one.root for one in files}),
        any(one.outcome == "not_a_report" and one.report is not None for one in files),
        files,
    )


def format_files(collected: CollectedFiles) -> str:
    """A line a file: what it is held as, year, agency, and its path."""
    lines = []
    for one in collected.files:
        labels = f"{one.year or '未识别'}\t{one.agency or '未识别'}"
        held = one.report or f"未收录（{one.reason}）"
        lines.append(f"{held}\t{labels if one.report else '—'}\t{one.path}")
    return "\n".join(lines)
