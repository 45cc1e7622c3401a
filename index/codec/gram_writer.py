"""Grams → sections, a part of the characters at a time (``grams`` reads them).

A build gives them all at once, from one sort of a text; a merge gives ranges of first characters,
so that it holds the positions of one range only beside their encoding.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from index.codec import numbers
from index.codec.container import compact
from index.codec.roaring import bitmap
from index.codec.tasks import Tick, ignore
from index.errors import SegmentFull

Uint32s = NDArray[np.uint32]
Int64s = NDArray[np.int64]

DENSE: Final = 4096
"""A gram that stands at least every so many characters is kept as a roaring bitmap: then a
container of 65,536 holds sixteen positions or more, and its head costs little."""
MOST_RARE: Final = 255
"""Positions of a rare gram, at most: their count is a byte."""
TABLE_ROW: Final = 12
"""Bytes that a near or wide gram takes in its tables."""
_NEWLINE: Final = 0x0A


class GramWriter:
    """Takes grams in the order of their two characters and gives their sections (without the
    space's name)."""

    def __init__(self, char_count: int) -> None:
        self._char_count = char_count
        self._firsts: list[Uint32s] = []
        self._seconds: list[Uint32s] = []
        self._small: list[NDArray[np.uint8]] = []
        self._rare: list[Uint32s] = []
        self._listed: dict[str, list[tuple[Int64s, Int64s, Int64s, NDArray[Any]]]] = {
            "near": [],
            "wide": [],
        }
        self._dense: list[tuple[Int64s, Int64s, list[bytes]]] = []
        self._count = 0

    def add(self, firsts: Uint32s, seconds: Uint32s, counts: Int64s, positions: Uint32s) -> None:
        """The next ``k`` grams: code points ``(k,)`` of their characters, how many positions each
        has, at least 1, and those, ascending, side by side."""
        begins = np.cumsum(counts) - counts
        steps = numbers.differences(positions, begins)
        near_cost = TABLE_ROW + 2 * numbers.element_counts(steps, begins, 2)
        dense = counts * DENSE >= max(self._char_count, DENSE * 64)
        rare = ~dense & (counts <= MOST_RARE) & (3 * counts <= near_cost)
        near = ~dense & ~rare & (near_cost <= TABLE_ROW + 4 * counts)
        self._firsts.append(firsts)
        self._seconds.append(seconds)
        self._small.append(np.where(rare, counts, 0).astype(np.uint8))
        self._rare.append(positions[np.repeat(rare, counts)])
        for name, chosen, width in (("near", near, 2), ("wide", ~dense & ~rare & ~near, 4)):
            own = np.repeat(chosen, counts)
            own_counts = counts[chosen]
            own_steps = steps[own]
            sizes = numbers.element_counts(own_steps, np.cumsum(own_counts) - own_counts, width)
            encoded = numbers.encode(positions[own], own_steps, width)
            self._listed[name].append(
                (np.flatnonzero(chosen) + self._count, own_counts, sizes, encoded)
            )
        rows = np.flatnonzero(dense)
        blobs = [
            bitmap(positions[begins[row] : begins[row] + counts[row]]).serialize()
            for row in rows.tolist()
        ]
        self._dense.append((rows + self._count, counts[rows], blobs))
        self._count += len(counts)

    def sections(self) -> Mapping[str, NDArray[Any] | bytes]:
        """Everything that was added."""
        firsts, seconds = _joined(self._firsts), _joined(self._seconds)
        alphabet = np.unique(np.concatenate([firsts, seconds]))
        first = firsts.searchsorted(np.append(alphabet, 2**32 - 1)).astype(np.uint32)
        small = _joined(self._small, np.uint8)
        before = np.zeros(self._count + 1, np.int64)
        np.cumsum(small, out=before[1:])
        sections: dict[str, NDArray[Any] | bytes] = {
            "alphabet": alphabet,
            "grams.first": first,
            "grams.second": compact(alphabet.searchsorted(seconds)),
            "grams.small": small,
        }
        for plane, values in numbers.split_planes(_joined(self._rare), self._char_count).items():
            sections[f"rare.{plane}"] = values
        sections["rare.first"] = before[first].astype(np.uint32)
        for (name, parts), width in zip(self._listed.items(), ("<u2", "<u4"), strict=True):
            bounds = np.cumsum(_joined([part[2] for part in parts], np.int64), dtype=np.int64)
            sections[f"{name}.grams"] = _joined([part[0] for part in parts])
            sections[f"{name}.counts"] = _joined([part[1] for part in parts])
            sections[f"{name}.bounds"] = np.append(0, bounds).astype(np.uint32)
            sections[f"{name}.positions"] = _joined([part[3] for part in parts], width)
        blobs = [blob for _, _, own in self._dense for blob in own]
        bounds = np.zeros(len(blobs) + 1, np.int64)
        np.cumsum([len(blob) for blob in blobs], out=bounds[1:])
        sections["dense.grams"] = _joined([grams for grams, _, _ in self._dense])
        sections["dense.counts"] = _joined([counts for _, counts, _ in self._dense])
        sections["dense.bounds"] = bounds.astype(np.uint64)
        sections["dense.positions"] = b"".join(blobs)
        return sections


def _joined(parts: list[NDArray[Any]], dtype: Any = np.uint32) -> NDArray[Any]:
    """All parts, which are forgotten."""
    found = np.concatenate(parts).astype(dtype, copy=False) if parts else np.zeros(0, dtype)
    parts.clear()
    return found


def encode_grams(codes: Uint32s, tick: Tick = ignore) -> Mapping[str, NDArray[Any] | bytes]:
    """Sections (without the space's name) for a text of closed paragraphs.  Raises SegmentFull
    where there are so many different characters that positions do not fit beside them."""
    writer = GramWriter(len(codes))
    if not len(codes):
        return writer.sections()
    alphabet = np.flatnonzero(np.bincount(codes)).astype(np.uint32)
    ranks = np.zeros(int(alphabet[-1]) + 1, np.uint32)
    ranks[alphabet] = np.arange(len(alphabet), dtype=np.uint32)
    ids = ranks[codes]
    starts = np.flatnonzero(codes[:-1] != _NEWLINE)
    tick(0.1)
    # one number a gram: first character, second character, position, and one sort of them
    wide = max(1, int(len(alphabet) - 1).bit_length())
    keys = ids[starts].astype(np.uint64)
    keys <<= np.uint64(wide)
    keys |= ids[starts + 1]
    # 2 x 16 bits of character and 32 of position; a larger alphabet leaves fewer for positions
    shift = np.uint64(64 - 2 * wide if wide > 16 else 32)
    if len(codes) >> int(shift):
        raise SegmentFull(len(codes), 1 << int(shift))
    keys <<= shift
    keys |= starts.astype(np.uint64)
    del ids, starts
    tick(0.1)
    keys.sort()
    tick(0.3)
    positions = (keys & ((np.uint64(1) << shift) - np.uint64(1))).astype(np.uint32)
    keys >>= shift
    firsts = np.flatnonzero(np.diff(keys, prepend=keys[:1] + np.uint64(1)) != 0)
    grams = keys[firsts]
    del keys
    counts = np.diff(firsts, append=len(positions)).astype(np.int64)
    first_ids = (grams >> np.uint64(wide)).astype(np.int64)
    second_ids = (grams & np.uint64((1 << wide) - 1)).astype(np.int64)
    tick(0.2)
    writer.add(alphabet[first_ids], alphabet[second_ids], counts, positions)
    return writer.sections()
