"""Bitmaps in the roaring format, read where they lie without being built.

The format is RoaringBitmap's own (https://github.com/RoaringBitmap/RoaringFormatSpec): heads of
all containers, each of 65,536 numbers, then where each begins, then the containers.  Every
bitmap is read; those without runs, of which only containers that are arrays are touched, fast.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from index.codec import numbers

Uint32s = NDArray[np.uint32]
Bools = NDArray[np.bool_]

_NOTHING: Final = np.zeros(0, np.uint32)
_NO_RUNS: Final = 12346
"""How a bitmap without runs begins."""
_MOST_IN_ARRAY: Final = 4096
"""Members of a container kept as an array, at most."""


def bitmap(positions: Uint32s) -> BitMap:
    """A bitmap of ascending positions."""
    # from an array.array pyroaring takes them at once, from anything else one by one
    values = array("I")
    values.frombytes(positions.tobytes())
    return BitMap(values)


def members(found: BitMap) -> Uint32s:
    """``(n,)`` uint32, ascending."""
    return np.frombuffer(found.to_array(), np.uint32) if found else _NOTHING


def serialized_members(raw: NDArray[np.uint8]) -> Uint32s:
    """``(n,)`` uint32, ascending: members of a serialized bitmap."""
    cookie, count = np.frombuffer(raw, np.uint32, 2).tolist()
    if cookie == _NO_RUNS:
        head = np.frombuffer(raw, np.uint16, 2 * count, 8).astype(np.uint32)
        keys, sizes = head[::2], head[1::2] + np.uint32(1)
        if int(sizes.max(initial=0)) <= _MOST_IN_ARRAY:
            # arrays alone, which lie side by side
            found = np.repeat(keys << np.uint32(16), sizes)
            found |= np.frombuffer(raw, np.uint16, offset=8 + 8 * count)
            return found
    return members(BitMap.deserialize(raw.tobytes()))


def serialized_have(
    raw: NDArray[np.uint8], bounds: Sequence[tuple[int, int]], values: Uint32s
) -> Bools:
    """``(k, n)`` which of ``(k, n)`` values, in any order, are members: row by row, of the bitmap
    that lies between two bounds, in bytes.

    All are looked up at once, each in its container, by halving; of the bitmaps only their heads
    are read whole.
    """
    low = values.astype(np.uint16)
    high = (values >> np.uint32(16)).astype(np.uint16)
    at = np.empty(values.shape, np.int64)
    end = np.empty(values.shape, np.int64)
    there = np.empty(values.shape, np.bool_)
    for row, (begin, _) in enumerate(bounds):
        cookie, count = np.frombuffer(raw, np.uint32, 2, begin).tolist()
        if cookie != _NO_RUNS or begin & 1:
            return _have_one_by_one(raw, bounds, values)
        head = np.frombuffer(raw, np.uint16, 2 * count, begin + 8)
        which = high[row]
        if head.item(-2) == count - 1:  # no container is missing, so keys are their numbers
            np.less(which, count, out=there[row])
        else:
            keys = head[::2].copy()
            which = keys.searchsorted(which)
            np.equal(keys.take(which, mode="clip"), high[row], out=there[row])
        # of a bitmap without runs the containers' places follow the heads, in bytes
        places = np.frombuffer(raw, np.uint32, count, begin + 8 + 4 * count)
        at[row] = places.take(which, mode="clip")
        at[row] += begin
        end[row] = head[1::2].take(which, mode="clip")
    end += 1
    most = int(end.max(initial=0))
    if most > _MOST_IN_ARRAY:
        return _have_one_by_one(raw, bounds, values)
    halves = raw[: len(raw) & -2].view(np.uint16)
    at >>= 1
    end += at
    # the last place of each container below which all is less than the value
    at -= 1
    for bit in reversed(range(most.bit_length())):
        further = at + (1 << bit)
        less = halves.take(further, mode="clip") < low
        less &= further < end
        at += less * (1 << bit)
    at += 1
    there &= at < end
    there &= halves.take(at, mode="clip") == low
    return there


def _have_one_by_one(
    raw: NDArray[np.uint8], bounds: Sequence[tuple[int, int]], values: Uint32s
) -> Bools:
    found = np.empty(values.shape, np.bool_)
    for row, (begin, end) in enumerate(bounds):
        found[row] = numbers.are_among(values[row], serialized_members(raw[begin:end]))
    return found
