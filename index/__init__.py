"""Reports → a store that answers by position; see ``index.types`` for what it can be asked.

The door for readers.  Building is ``index.builder``, cutting words ``index.analysis``.
"""

from index.errors import (
    DamagedIndex,
    DiskFull,
    IndexLocked,
    IndexProblem,
    NoIndex,
    SegmentFull,
    WorkerLost,
    WrongSegmenter,
    WrongVersion,
)
from index.generations import current_generation
from index.ledger import Resolution
from index.snapshot import IndexSnapshot, open_snapshot

__all__ = [
    "DamagedIndex",
    "DiskFull",
    "IndexLocked",
    "IndexProblem",
    "IndexSnapshot",
    "NoIndex",
    "Resolution",
    "SegmentFull",
    "WorkerLost",
    "WrongSegmenter",
    "WrongVersion",
    "current_generation",
    "open_snapshot",
]
