"""同句, 同段 and NEAR: places that stand together, by arithmetic on positions.

A place of one side counts when some place of the other is in the same sentence (paragraph), or
within the distance in the same passage, without overlapping it.  All in one segment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.types import Borders, Segment
from search.query import Together
from search.whoosh_engine.columns import Bools

Uint32s = NDArray[np.uint32]
NOTHING: Uint32s = np.zeros(0, np.uint32)


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Places in one segment's body: ``(n,)`` starts and ends, ascending, each place once."""

    starts: Uint32s
    ends: Uint32s

    def __len__(self) -> int:
        return len(self.starts)

    def chosen(self, which: Bools) -> Places:
        """Some of them."""
        return Places(self.starts[which], self.ends[which])


def union(parts: Sequence[Places]) -> Places:
    """Places of all parts, in order, each once."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return Places(NOTHING, NOTHING)
    if len(parts) == 1:
        return parts[0]
    keys = np.concatenate([part.starts for part in parts]).astype(np.uint64)
    keys <<= np.uint64(32)
    keys |= np.concatenate([part.ends for part in parts])
    # sorted runs, which a stable sort merges
    keys.sort(kind="stable")
    keys = keys[np.append(True, keys[1:] != keys[:-1])]
    return Places((keys >> np.uint64(32)).astype(np.uint32), keys.astype(np.uint32))


def together(
    segment: Segment, left: Places, right: Places, how: Together, distance: int
) -> tuple[Bools, Bools]:
    """Which places of each side stand with one of the other."""
    if not len(left) or not len(right):
        return np.zeros(len(left), np.bool_), np.zeros(len(right), np.bool_)
    if how == "near":
        docs_at = segment.space("body").docs_at
        left_docs, right_docs = docs_at(left.starts), docs_at(right.starts)
        return (
            _near(left, left_docs, right, right_docs, distance),
            _near(right, right_docs, left, left_docs, distance),
        )
    borders = segment.sentence_borders if how == "sentence" else segment.paragraph_borders
    left_units, left_whole = _units(borders, left)
    right_units, right_whole = _units(borders, right)
    return (
        left_whole & _beside(left, left_units, right, right_units, right_whole),
        right_whole & _beside(right, right_units, left, left_units, left_whole),
    )


def _units(borders: Borders, places: Places) -> tuple[Uint32s, Bools]:
    """The unit each place begins in, and whether it ends there too."""
    own = borders.at(places.starts)
    return own, places.ends <= borders.ends(own)


def _beside(
    mine: Places, own: Uint32s, others: Places, theirs: Uint32s, their_whole: Bools
) -> Bools:
    """Places of mine with a whole one of others in the same unit that does not overlap it."""
    if not their_whole.all():
        others, theirs = others.chosen(their_whole), theirs[their_whole]
    if not len(theirs):
        return np.zeros(len(mine), np.bool_)
    firsts = np.flatnonzero(np.append(True, theirs[1:] != theirs[:-1]))
    units = theirs[firsts]
    earliest_end = np.minimum.reduceat(others.ends, firsts)
    latest_start = others.starts[np.append(firsts[1:], len(theirs)) - 1]
    at = units.searchsorted(own)
    np.minimum(at, len(units) - 1, out=at)
    apart: Bools = earliest_end.take(at) <= mine.starts
    apart |= latest_start.take(at) >= mine.ends
    apart &= units.take(at) == own
    return apart


def _near(mine: Places, own: Uint32s, others: Places, theirs: Uint32s, distance: int) -> Bools:
    """Places of mine with one of others in the same passage, at most ``distance`` characters
    before or after."""
    starts, ends = mine.starts.astype(np.int64), mine.ends.astype(np.int64)
    # sorting by ends moves places within their passage only, so ``theirs`` stays in order
    before_ends = np.sort(others.ends).astype(np.int64)
    at = before_ends.searchsorted(starts, side="right") - 1
    before = (at >= 0) & (theirs[at] == own) & (starts - before_ends[at] <= distance)
    at = others.starts.searchsorted(mine.ends)
    after = at < len(others)
    np.minimum(at, len(others) - 1, out=at)
    found: Bools = before | (
        after & (theirs[at] == own) & (others.starts[at].astype(np.int64) - ends <= distance)
    )
    return found
