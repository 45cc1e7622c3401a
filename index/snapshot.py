"""One generation, opened and verified: ``index.types.Snapshot``."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from pyroaring import BitMap

from index.analysis import open_segmenter
from index.codec.reader import SegmentReader
from index.errors import DamagedIndex, WrongSegmenter
from index.generations import current_generation, generation_folder, ledger_path
from index.ledger import Ledger, Resolution
from index.manifest import Manifest, verify_files, verify_ledger

_ATTEMPTS = 5
"""Openings of a generation that two newer builds may each time have removed meanwhile."""


class IndexSnapshot:
    """Segments of one generation, and what became of every id.  Safe to share between
    threads; what it has opened stays readable when the files are removed."""

    def __init__(self, folder: Path, manifest: Manifest, ledger: Path) -> None:
        self.folder = folder
        self.manifest = manifest
        self.generation = manifest.generation
        self.built = manifest.built
        self.segmenter = manifest.segmenter
        self._ledger_path = ledger
        segments = []
        for entry in manifest.segments:
            deleted = BitMap()
            if entry.deleted:
                deleted = BitMap.deserialize((folder / f"{entry.name}.del").read_bytes())
            segments.append(SegmentReader(folder / f"{entry.name}.fz", deleted))
        self.segments: tuple[SegmentReader, ...] = tuple(segments)

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger as far as it belongs to this generation."""
        return Ledger(self._ledger_path, self.manifest.ledger_size)

    @cached_property
    def _places(self) -> dict[str, tuple[SegmentReader, int]]:
        found = {}
        for segment in self.segments:
            live = segment.live_reports()
            for number, report_id in enumerate(segment.report_ids):
                if live[number]:
                    found[report_id] = (segment, number)
        return found

    def find_report(self, report_id: str) -> tuple[SegmentReader, int] | None:
        """The segment that holds the report, and its number there."""
        return self._places.get(report_id)

    def report_ids(self) -> Iterator[str]:
        """Ids of all reports held, in the order of the segments."""
        return iter(self._places)

    def resolve(self, report_id: str) -> Resolution:
        """What became of an id; ``current`` exactly when the report is held."""
        if report_id in self._places:
            return Resolution("current")
        found = self.ledger.resolve(report_id)
        if found.fate == "current" or (found.fate == "moved" and found.to not in self._places):
            return Resolution("gone")
        return found

    def iter_words(self) -> Iterator[tuple[str, int]]:
        """Body words in code point order, with the passages that hold them, deleted ones
        included."""
        lists = []
        for segment in self.segments:
            words = segment.body.words
            lists.append(zip(words.terms(), words.counts().tolist(), strict=True))
        last, total = "", 0
        for word, count in heapq.merge(*lists):
            if word != last:
                if total:
                    yield last, total
                last, total = word, 0
            total += count
        if total:
            yield last, total

    def close(self) -> None:
        """Nothing is held but mappings, which go when the last reader of them does."""


def open_snapshot(index_dir: Path | str, *, for_queries: bool = True) -> IndexSnapshot:
    """The generation now served, every byte verified against its manifest.

    A file this process has verified before, the same by inode, size and time, is not read
    again.  Raises NoIndex, DamagedIndex, WrongVersion; and, unless ``for_queries`` is false,
    WrongSegmenter when queries here would be cut otherwise than the index was.
    """
    index_dir = Path(index_dir)
    for attempt in range(_ATTEMPTS):
        folder = generation_folder(index_dir, current_generation(index_dir))
        try:
            manifest = verify_files(folder)
            verify_ledger(ledger_path(index_dir), manifest)
            snapshot = IndexSnapshot(folder, manifest, ledger_path(index_dir))
            break
        except (OSError, DamagedIndex) as problem:
            if folder.name != current_generation(index_dir) and attempt < _ATTEMPTS - 1:
                continue
            if isinstance(problem, DamagedIndex):
                raise
            if isinstance(problem, FileNotFoundError):
                raise DamagedIndex(folder, "文件缺失") from None
            # a disk that cannot be read any more, or a folder in a file's place
            raise DamagedIndex(folder, f"无法读取：{problem}") from None
    if for_queries and open_segmenter().name != snapshot.segmenter:
        raise WrongSegmenter(index_dir, snapshot.segmenter, open_segmenter().name)
    return snapshot
