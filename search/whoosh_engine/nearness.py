"""同句, 同段 and NEAR: places that stand together, by arithmetic on positions.

A place of one side counts when some place of the other is in the same sentence (paragraph), or
within the distance in the same passage, without overlapping it.  All in one segment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from index.types import Borders, Segment
from search.query import Together
from search.whoosh_engine.columns import Bools
from search.whoosh_engine.runs import are_fresh, run_starts

Uint32s = NDArray[np.uint32]
NOTHING: Final[Uint32s] = np.zeros(0, np.uint32)
TABLE: Final = 64
"""Places of more than one in so many units are looked up in a table of all units."""
STRETCH: Final = 1 << 18
"""Units of one table, which stays in the processor's cache."""
_NEVER: Final = np.uint32(2**32 - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Places in one segment's body, ascending, each once."""

    starts: Uint32s
    """``(n,)``"""
    ends: Uint32s
    """``(n,)``"""
    docs: Uint32s
    """``(n,)`` the document each lies in."""
    units: dict[Together, tuple[Uint32s, Bools]] = field(default_factory=dict)
    """The sentence or paragraph that each begins in, and whether it ends there too, once asked
    for: A 同句 B 同句 C asks more than once."""

    def __len__(self) -> int:
        return len(self.starts)

    def equals(self, other: Places) -> bool:
        """Whether they are the same places."""
        return np.array_equal(self.starts, other.starts) and np.array_equal(self.ends, other.ends)

    def chosen(self, which: Bools) -> Places:
        """Some of them."""
        if which.all():
            return self
        return Places(self.starts[which], self.ends[which], self.docs[which])


NOWHERE: Final = Places(NOTHING, NOTHING, NOTHING)


def union(parts: Sequence[Places]) -> Places:
    """Places of all parts, in order, each once."""
    apart: list[Places] = []
    for part in parts:
        if len(part) and not any(part.equals(other) for other in apart):
            apart.append(part)
    parts = apart
    if len(parts) < 2:
        return parts[0] if parts else NOWHERE
    keys = np.concatenate([part.starts for part in parts]).astype(np.uint64)
    keys <<= np.uint64(32)
    keys |= np.concatenate([part.ends for part in parts])
    docs = np.concatenate([part.docs for part in parts])
    # sorted runs, which a stable sort merges; documents ascend as starts do
    keys.sort(kind="stable")
    docs.sort(kind="stable")
    fresh = are_fresh(keys)
    if not fresh.all():
        keys, docs = keys[fresh], docs[fresh]
    return Places((keys >> np.uint64(32)).astype(np.uint32), keys.astype(np.uint32), docs)


def together(
    segment: Segment, left: Places, right: Places, how: Together, distance: int
) -> tuple[Bools, Bools]:
    """Which places of each side stand with one of the other."""
    if not len(left) or not len(right):
        return np.zeros(len(left), np.bool_), np.zeros(len(right), np.bool_)
    if how == "near":
        return _near(left, right, distance), _near(right, left, distance)
    borders = segment.sentence_borders if how == "sentence" else segment.paragraph_borders
    left_units, left_whole = _units(borders, left, how)
    right_units, right_whole = _units(borders, right, how)
    count = borders.count
    return (
        left_whole & _beside(left, left_units, right, right_units, right_whole, count),
        right_whole & _beside(right, right_units, left, left_units, left_whole, count),
    )


def _units(borders: Borders, places: Places, how: Together) -> tuple[Uint32s, Bools]:
    """The unit each place begins in, and whether it ends there too."""
    if how not in places.units:
        own = borders.at(places.starts)
        places.units[how] = own, places.ends <= borders.ends(own)
    return places.units[how]


def _beside(
    mine: Places, own: Uint32s, others: Places, theirs: Uint32s, their_whole: Bools, count: int
) -> Bools:
    """Places of mine with a whole one of others in the same of ``count`` units that does not
    overlap it."""
    starts, ends = others.starts, others.ends
    if not their_whole.all():
        starts, ends, theirs = starts[their_whole], ends[their_whole], theirs[their_whole]
    if not len(theirs):
        return np.zeros(len(mine), np.bool_)
    firsts = run_starts(theirs)
    units = theirs.take(firsts)
    earliest_end = np.minimum.reduceat(ends, firsts)
    latest_start = starts.take(np.append(firsts[1:], len(theirs)) - 1)
    if len(mine) * TABLE > count:
        return _beside_by_table(mine, own, units, earliest_end, latest_start, count)
    at = units.searchsorted(own)
    np.minimum(at, len(units) - 1, out=at)
    apart: Bools = earliest_end.take(at) <= mine.starts
    apart |= latest_start.take(at) >= mine.ends
    apart &= units.take(at) == own
    return apart


def _beside_by_table(
    mine: Places,
    own: Uint32s,
    units: Uint32s,
    earliest_end: Uint32s,
    latest_start: Uint32s,
    count: int,
) -> Bools:
    """The same, from the ``units`` that others are in and their outermost: looked up in tables of
    all units, a stretch at a time."""
    apart = np.empty(len(mine), np.bool_)
    table = np.empty(min(STRETCH, count), np.uint32)
    edges = np.arange(0, count + STRETCH, STRETCH, dtype=np.uint32)
    mine_at, others_at = own.searchsorted(edges).tolist(), units.searchsorted(edges).tolist()
    for edge, here, there in zip(edges, pairwise(mine_at), pairwise(others_at), strict=False):
        mine_here, others_here = slice(*here), slice(*there)
        asked, held = own[mine_here] - edge, units[others_here] - edge
        # a unit without others has values that nothing is beside
        table.fill(_NEVER)
        table[held] = earliest_end[others_here]
        found = table.take(asked) <= mine.starts[mine_here]
        table.fill(0)
        table[held] = latest_start[others_here]
        found |= table.take(asked) >= mine.ends[mine_here]
        apart[mine_here] = found
    return apart


def _near(mine: Places, others: Places, distance: int) -> Bools:
    """Places of mine with one of others in the same passage, at most ``distance`` characters
    before or after."""
    starts, ends = mine.starts.astype(np.int64), mine.ends.astype(np.int64)
    # sorting by ends moves places within their passage only, so their documents stay in order
    before_ends = np.sort(others.ends).astype(np.int64)
    at = before_ends.searchsorted(starts, side="right") - 1
    before = (at >= 0) & (others.docs[at] == mine.docs) & (starts - before_ends[at] <= distance)
    at = others.starts.searchsorted(mine.ends)
    after = at < len(others)
    np.minimum(at, len(others) - 1, out=at)
    after &= others.docs[at] == mine.docs
    found: Bools = before | (after & (others.starts[at].astype(np.int64) - ends <= distance))
    return found
