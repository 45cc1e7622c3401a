"""同句, 同段 and NEAR: places that stand together, by arithmetic on positions.

A place of one side counts when some place of the other is in the same sentence (paragraph), or
within the distance in the same passage, without overlapping it.  All in one segment.
"""

from __future__ import annotations

import numpy as np

from index.types import Segment
from search.query import Together
from search.whoosh_engine.columns import Bools, Int64s
from search.whoosh_engine.leaves import Places


def together(
    segment: Segment, left: Places, right: Places, how: Together, distance: int
) -> tuple[Bools, Bools]:
    """Which places of each side stand with one of the other."""
    if not left.count or not right.count:
        return np.zeros(left.count, np.bool_), np.zeros(right.count, np.bool_)
    if how == "near":
        starts = segment.space("body").starts
        return (
            _near(starts, left, right, distance),
            _near(starts, right, left, distance),
        )
    borders = segment.sentences if how == "sentence" else segment.paragraphs
    return _within(borders, left, right), _within(borders, right, left)


def _units(borders: Int64s, places: Places) -> tuple[Int64s, Bools]:
    """The unit each place begins in, and whether it ends there too."""
    # searched as what the borders are: another type would copy all of them each time
    starts, lasts = places.starts.astype(np.uint32), (places.ends - 1).astype(np.uint32)
    own = np.searchsorted(borders, starts, side="right")
    return own, np.searchsorted(borders, lasts, side="right") == own


def _within(borders: object, mine: Places, others: Places) -> Bools:
    """Places of mine with one of others in the same unit that does not overlap it."""
    own, whole = _units(borders, mine)  # type: ignore[arg-type]
    theirs, their_whole = _units(borders, others)  # type: ignore[arg-type]
    theirs, starts, ends = (
        theirs[their_whole],
        others.starts[their_whole],
        others.ends[their_whole],
    )
    if not len(theirs):
        return np.zeros(mine.count, np.bool_)
    firsts = np.flatnonzero(np.append(True, theirs[1:] != theirs[:-1]))
    units = theirs[firsts]
    earliest_end = np.minimum.reduceat(ends, firsts)
    latest_start = np.maximum.reduceat(starts, firsts)
    at = np.minimum(np.searchsorted(units, own), len(units) - 1)
    there = units[at] == own
    found: Bools = (
        whole & there & ((earliest_end[at] <= mine.starts) | (latest_start[at] >= mine.ends))
    )
    return found


def _near(starts: object, mine: Places, others: Places, distance: int) -> Bools:
    passage = np.searchsorted(starts, mine.starts, side="right")  # type: ignore[call-overload]
    before_ends = np.sort(others.ends)
    at = np.searchsorted(before_ends, mine.starts, side="right") - 1
    end = before_ends[np.maximum(at, 0)]
    # a place's last character tells its passage; its end may be the next one's beginning
    same = np.searchsorted(starts, end - 1, side="right") == passage  # type: ignore[call-overload]
    before = (at >= 0) & same & (mine.starts - end <= distance)
    at = np.searchsorted(others.starts, mine.ends)
    start = others.starts[np.minimum(at, others.count - 1)]
    same = np.searchsorted(starts, start, side="right") == passage  # type: ignore[call-overload]
    after = (at < others.count) & same & (start - mine.ends <= distance)
    found: Bools = before | after
    return found
