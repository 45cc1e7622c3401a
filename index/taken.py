"""When each report was taken into the index, as a build carries it on.

The time belongs to a text under its labels, wherever its files lie and whatever its id becomes:
whoever reads a feed is shown what is new to read, not what moved.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Set
from functools import cached_property
from typing import TypeAlias

import numpy as np

from corpus.model import Report
from index.snapshot import IndexSnapshot

TakenAt: TypeAlias = Callable[[Report], int]
"""Unix seconds at which a report was first taken in."""


class TakenBefore:
    """``TakenAt`` for a build: the time a report has in the index before it, where that holds the
    same text under the same labels; else the build's own time, ``now``.

    ``replaced`` are the ids whose reports go or come anew.  What was removed by an earlier build
    is not remembered: brought back, it is taken anew.
    """

    def __init__(self, before: IndexSnapshot | None, replaced: Set[str], now: int) -> None:
        self._before = before
        self._replaced = replaced
        self._now = now

    def __call__(self, report: Report) -> int:
        if self._before is None:
            return self._now
        kept = None if report.id in self._replaced else self._before.find_report(report.id)
        if kept is not None:
            segment, number = kept
            return int(segment.taken[number])
        return self._times.get(_print(report), self._now) if self._times else self._now

    @cached_property
    def _times(self) -> dict[bytes, int]:
        """By the print of each report replaced, when it was taken; made when first asked for."""
        found: dict[bytes, int] = {}
        for segment in () if self._before is None else self._before.segments:
            for number in np.flatnonzero(segment.live_reports()).tolist():
                if segment.report_id(number) in self._replaced:
                    own = _print(segment.report(number))
                    taken = int(segment.taken[number])
                    found[own] = min(taken, found.get(own, taken))
        return found


def _print(report: Report) -> bytes:
    """A hash of the text and its labels; not of where they were read, nor how the text was cut."""
    labels = (
        *(report.series, report.title, report.agency, report.aliases, report.kind, report.region),
        *(report.year, report.published, report.document_number),
    )
    digest = hashlib.sha256(repr(labels).encode("utf-8", "surrogatepass"))
    digest.update(report.text.encode("utf-8", "surrogatepass"))
    return digest.digest()
