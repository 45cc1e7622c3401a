"""Reports → an index.  What is in the folders is ``corpus.catalog``'s to say."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from corpus.model import Report
from index.assembly import write_segments
from index.codec.reader import SegmentReader


def build_segment(reports: Iterable[Report]) -> SegmentReader:
    """One segment of the reports, in a temporary file that is already unlinked: for tests and
    experiments.  Raises ValueError when there is nothing to index."""
    with tempfile.TemporaryDirectory(prefix="fazhi-segment-") as folder:
        path = Path(folder) / "memory.fz"
        if not write_segments(reports, lambda: path, limit=2**31, processes=1):
            raise ValueError("no report has a passage")
        return SegmentReader(path)
