"""Ascending numbers in few bytes that NumPy decodes whole.

A list is kept as differences in one or two bytes.  A difference too wide for its element is
preceded by as many elements of the greatest value as it takes, each of which adds that value
and yields nothing: so a list is decoded by one cumulative sum and one comparison, and many
lists that lie side by side are decoded together.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Uint32s = NDArray[np.uint32]
Int64s = NDArray[np.int64]

TYPES: Final[dict[int, type[np.unsignedinteger[Any]]]] = {
    1: np.uint8,
    2: np.uint16,
    4: np.uint32,
}
"""By the bytes of an element; 4 holds the numbers themselves, not differences."""
WIDTHS: Final = tuple(TYPES)
_MOST: Final = {width: int(np.iinfo(dtype).max) for width, dtype in TYPES.items()}
"""The greatest value of an element, by its bytes."""
_MANY: Final = 16
"""Numbers are looked up in so many times their number rather than merged with them."""


def differences(values: Uint32s, firsts: Int64s) -> Uint32s:
    """Each value less the one before it in its list; the first of each list as it is.
    ``firsts`` are the indices at which non-empty lists begin, ascending."""
    steps = np.empty(len(values), np.uint32)
    if len(values):
        # from one list to the next it wraps around, and is put right
        np.subtract(values[1:], values[:-1], out=steps[1:])
        steps[firsts] = values[firsts]
    return steps


def element_counts(steps: Uint32s, firsts: Int64s, width: int) -> Int64s:
    """How many elements of ``width`` bytes each list takes."""
    if width == 4:
        return np.diff(firsts, append=len(steps)).astype(np.int64)
    most = _MOST[width]
    elements = steps // np.uint32(most) + np.uint32(1)
    return np.add.reduceat(elements, firsts, dtype=np.int64) if len(firsts) else firsts


def lengths(bounds: NDArray[Any]) -> Int64s:
    """``(n,)`` how long each of some stretches is, by the ``(n + 1,)`` places that bound them."""
    found: Int64s = np.diff(bounds.astype(np.int64)).astype(np.int64)
    return found


def are_among(values: Uint32s, others: Uint32s) -> NDArray[np.bool_]:
    """``(n,)`` which of some values, in any order, are among others, ascending and not none."""
    there: NDArray[np.bool_] = others.take(others.searchsorted(values), mode="clip") == values
    return there


def shared(values: Uint32s, others: Uint32s) -> Uint32s:
    """``(n,)`` ascending: what is among both; each is unique, and ascending but for where it may
    wrap around once."""
    if len(others) > _MANY * len(values):
        return values[are_among(values, others)] if len(others) else others
    # two ascending runs are merged, several times faster than one is looked up in the other
    both = np.concatenate([values, others])
    both.sort(kind="stable")
    found: Uint32s = both[1:].compress(both[1:] == both[:-1])
    return found


def ranges(begins: Int64s, counts: Int64s) -> Int64s:
    """The numbers ``[begin, begin + count)`` of each pair, one after another."""
    total = int(counts.sum())
    shifts = np.repeat(begins - (np.cumsum(counts) - counts), counts)
    shifts += np.arange(total)
    return shifts


def batches(counts: Int64s, limit: int) -> Iterator[tuple[int, int]]:
    """Ranges ``[first, last)`` that cover the items, each with a count of about ``limit`` in all,
    or of one item."""
    ends = np.cumsum(counts)
    first = 0
    while first < len(counts):
        reached = int(ends[first - 1]) if first else 0
        last = max(first + 1, int(ends.searchsorted(reached + limit, side="right")))
        yield first, last
        first = last


def encode(values: Uint32s, steps: Uint32s, width: int) -> NDArray[Any]:
    """The elements of lists that lie side by side."""
    if width == 4:
        return values.astype(np.uint32)
    most = _MOST[width]
    skips = steps // np.uint32(most)
    ends = np.cumsum(skips + np.uint32(1), dtype=np.int64)
    out = np.full(int(ends[-1]) if len(ends) else 0, most, TYPES[width])
    out[ends - 1] = steps - skips * np.uint32(most)
    return out


def decode(elements: NDArray[Any]) -> Uint32s:
    """One list, ``(n,)`` uint32 ascending."""
    if elements.itemsize == 4:
        return elements
    sums = elements.astype(np.uint32)
    sums.cumsum(out=sums)
    kept = elements != _MOST[elements.itemsize]
    return sums if kept.all() else sums.compress(kept)


def decode_many(elements: NDArray[Any], bounds: NDArray[Any]) -> tuple[Uint32s, Int64s]:
    """Lists that lie side by side, ``bounds`` ``(k + 1,)`` their elements' places relative to
    ``elements``: all numbers in order, and how many each list has."""
    bounds = bounds.astype(np.int64)
    if elements.itemsize == 4:
        return elements, np.diff(bounds)
    sums = np.zeros(len(elements) + 1, np.uint64)
    np.cumsum(elements, dtype=np.uint64, out=sums[1:])
    kept = elements != _MOST[elements.itemsize]
    bases = np.repeat(sums[bounds[:-1]], np.diff(bounds))
    kept_before = np.zeros(len(elements) + 1, np.int64)
    np.cumsum(kept, out=kept_before[1:])
    numbers = (sums[1:] - bases)[kept].astype(np.uint32)
    return numbers, np.diff(kept_before[bounds])


def split_planes(values: Uint32s, most: int) -> dict[str, NDArray[Any]]:
    """Numbers below ``most`` in planes: the low 16 bits, 8 more, then, where ``most`` needs
    them, 2 more (four a byte, low bits first), or 8 more."""
    planes: dict[str, NDArray[Any]] = {
        "low": values.astype(np.uint16),
        "high": (values >> np.uint32(16)).astype(np.uint8),
        "top": np.zeros(0, np.uint8),
    }
    top = (values >> np.uint32(24)).astype(np.uint8)
    if most > 1 << 26:
        planes["top"] = top
    elif most > 1 << 24:
        flat = np.zeros(-(-len(top) // 4) * 4, np.uint8)
        flat[: len(top)] = top
        parts = flat.reshape(-1, 4) << np.array([0, 2, 4, 6], np.uint8)
        planes["top"] = np.bitwise_or.reduce(parts, axis=1).astype(np.uint8)
    return planes


class Planes:
    """Reads what ``split_planes`` made."""

    def __init__(
        self, low: NDArray[np.uint16], high: NDArray[np.uint8], top: NDArray[np.uint8], most: int
    ) -> None:
        self._low, self._high, self._top = low, high, top
        self._most = most

    def __getitem__(self, part: slice) -> Uint32s:
        """The numbers of ``[start, stop)``."""
        found = self._high[part].astype(np.uint32)
        found <<= np.uint32(16)
        found |= self._low[part]
        if self._most > 1 << 26:
            found |= self._top[part].astype(np.uint32) << np.uint32(24)
        elif self._most > 1 << 24:
            places = np.arange(part.start, part.stop)
            shifts = ((places & 3) << 1).astype(np.uint8)
            own = self._top[places >> 2] >> shifts & np.uint8(3)
            found |= own.astype(np.uint32) << np.uint32(24)
        return found


def encode_one(values: Uint32s) -> NDArray[Any]:
    """A single ascending list, as elements of one, two or four bytes, whichever are least."""
    firsts = np.zeros(min(1, len(values)), np.int64)
    steps = differences(values, firsts)
    sizes = {w: int(element_counts(steps, firsts, w).sum()) * w for w in WIDTHS}
    return encode(values, steps, min(WIDTHS, key=lambda w: sizes[w]))
