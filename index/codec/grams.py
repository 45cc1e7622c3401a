"""Every position of every pair of characters: exact phrases (DESIGN §4).

A gram is two neighbouring characters of a space's folded text; it stands at the position of
the first.  None begins with ``\\n``, so every other character begins exactly one gram, and
the text itself can be had back from the grams (``restore``).

Positions are kept in whichever of four ways is least for the gram: ``rare`` as they are, one
after another; ``near`` as differences of two bytes; ``wide`` as they are, for common grams of
a very large segment; ``dense`` as a roaring bitmap, which intersects fastest.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from index.codec import numbers
from index.codec.container import Sections, compact

Uint32s = NDArray[np.uint32]

DENSE: Final = 4096
"""A gram that stands at least every so many characters is kept as a roaring bitmap: then a
container of 65,536 holds sixteen positions or more, and its head costs little."""
MOST_RARE: Final = 255
"""Positions of a rare gram, at most: their count is a byte."""
TABLE_ROW: Final = 12
"""Bytes that a near or wide gram takes in its tables."""
_NEWLINE: Final = 0x0A
_NOTHING: Final = np.zeros(0, np.uint32)
_NO_RUNS: Final = 12346
_MOST_IN_ARRAY: Final = 4096
"""Of the roaring format: how a bitmap without runs begins, and how many members a container kept
as an array has at most (https://github.com/RoaringBitmap/RoaringFormatSpec)."""


def code_points(text: str) -> Uint32s:
    """``(len(text),)`` uint32."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def bitmap(positions: Uint32s) -> BitMap:
    """A bitmap of ascending positions."""
    # from an array.array pyroaring takes them at once, from anything else one by one
    values = array("I")
    values.frombytes(positions.tobytes())
    return BitMap(values)


def _sorted(positions: Uint32s) -> Uint32s:
    """Ascending.  Twice by half the bits, which NumPy sorts by counting: half the time."""
    halves = positions.astype(np.uint16)
    positions = positions[np.argsort(halves, kind="stable")]
    halves = (positions >> np.uint32(16)).astype(np.uint16)
    return positions[np.argsort(halves, kind="stable")]


def members(found: BitMap) -> Uint32s:
    """``(n,)`` uint32, ascending."""
    return np.frombuffer(found.to_array(), np.uint32) if found else _NOTHING


def serialized_members(raw: bytes) -> Uint32s:
    """``(n,)`` uint32, ascending: members of a bitmap in the roaring format."""
    cookie, containers = np.frombuffer(raw, np.uint32, 2).tolist()
    if cookie == _NO_RUNS:
        head = np.frombuffer(raw, np.uint16, 2 * containers, 8).astype(np.uint32)
        keys, sizes = head[::2], head[1::2] + np.uint32(1)
        if int(sizes.max()) <= _MOST_IN_ARRAY:
            # arrays alone, which lie side by side: no need to build the bitmap
            found = np.repeat(keys << np.uint32(16), sizes)
            found |= np.frombuffer(raw, np.uint16, offset=8 + 8 * containers)
            return found
    return members(BitMap.deserialize(raw))


def encode_grams(codes: Uint32s) -> Mapping[str, NDArray[Any] | bytes]:
    """Sections (without the space's name) for a text of closed paragraphs."""
    count = len(codes)
    alphabet = np.flatnonzero(np.bincount(codes)).astype(np.uint32)
    ranks = np.zeros(int(alphabet[-1]) + 1 if count else 1, np.uint32)
    ranks[alphabet] = np.arange(len(alphabet), dtype=np.uint32)
    ids = ranks[codes]
    starts = np.flatnonzero(codes[:-1] != _NEWLINE) if count else np.zeros(0, np.int64)
    # one number a gram: first character, second character, position, and one sort of them
    wide = max(1, int(len(alphabet) - 1).bit_length())
    keys = ids[starts].astype(np.uint64)
    keys <<= np.uint64(wide)
    keys |= ids[starts + 1]
    # 2 x 16 bits of character and 32 of position; an alphabet beyond 65,536 has fewer positions
    keys <<= np.uint64(64 - 2 * wide if wide > 16 else 32)
    keys |= starts.astype(np.uint64)
    del ids, starts
    keys.sort()
    shift = np.uint64(64 - 2 * wide if wide > 16 else 32)
    positions = (keys & ((np.uint64(1) << shift) - np.uint64(1))).astype(np.uint32)
    keys >>= shift
    firsts = np.flatnonzero(np.diff(keys, prepend=keys[:1] + np.uint64(1)) != 0)
    grams = keys[firsts]
    del keys
    counts = np.diff(firsts, append=len(positions)).astype(np.int64)
    return _encode_lists(alphabet, grams, wide, positions, firsts, counts, count)


def _encode_lists(
    alphabet: Uint32s,
    grams: NDArray[np.uint64],
    wide: int,
    positions: Uint32s,
    firsts: NDArray[np.int64],
    counts: NDArray[np.int64],
    char_count: int,
) -> Mapping[str, NDArray[Any] | bytes]:
    """The sections, from every gram's positions side by side."""
    first_ids = (grams >> np.uint64(wide)).astype(np.int64)
    second_ids = grams & np.uint64((1 << wide) - 1)
    steps = numbers.differences(positions, firsts)
    near_cost = TABLE_ROW + 2 * numbers.element_counts(steps, firsts, 2)
    flat_cost = 3 * counts
    dense = counts * DENSE >= max(char_count, DENSE * 64)
    rare = ~dense & (counts <= MOST_RARE) & (flat_cost <= near_cost)
    near = ~dense & ~rare & (near_cost <= TABLE_ROW + 4 * counts)
    wide_kind = ~dense & ~rare & ~near

    first = np.searchsorted(first_ids, np.arange(len(alphabet) + 1)).astype(np.uint32)
    sections: dict[str, NDArray[Any] | bytes] = {
        "alphabet": alphabet,
        "grams.first": first,
        "grams.second": compact(second_ids),
        "grams.small": np.where(rare, counts, 0).astype(np.uint8),
    }
    per_position = np.repeat(rare, counts)
    for plane, values in numbers.split_planes(positions[per_position], char_count).items():
        sections[f"rare.{plane}"] = values
    totals = np.zeros(len(grams) + 1, np.int64)
    np.cumsum(np.where(rare, counts, 0), out=totals[1:])
    sections["rare.first"] = totals[first].astype(np.uint32)

    for name, chosen, width in (("near", near, 2), ("wide", wide_kind, 4)):
        own = np.repeat(chosen, counts)
        own_counts = counts[chosen]
        own_firsts = np.cumsum(own_counts) - own_counts
        own_steps = steps[own]
        bounds = np.zeros(len(own_counts) + 1, np.int64)
        np.cumsum(numbers.element_counts(own_steps, own_firsts, width), out=bounds[1:])
        sections[f"{name}.grams"] = np.flatnonzero(chosen).astype(np.uint32)
        sections[f"{name}.counts"] = own_counts.astype(np.uint32)
        sections[f"{name}.bounds"] = bounds.astype(np.uint32)
        sections[f"{name}.positions"] = numbers.encode(positions[own], own_steps, width)
    del steps, per_position

    numbers_dense = np.flatnonzero(dense)
    blobs = []
    for gram in numbers_dense.tolist():
        found = BitMap(positions[firsts[gram] : firsts[gram] + counts[gram]])
        blobs.append(found.serialize())
    bounds = np.zeros(len(blobs) + 1, np.int64)
    np.cumsum([len(blob) for blob in blobs], out=bounds[1:])
    sections["dense.grams"] = numbers_dense.astype(np.uint32)
    sections["dense.counts"] = counts[dense].astype(np.uint32)
    sections["dense.bounds"] = bounds.astype(np.uint64)
    sections["dense.positions"] = b"".join(blobs)
    return sections


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one gram's positions lie."""

    kind: str
    row: int
    """Row of the kind's tables; for ``rare`` the first of its positions."""
    count: int


_NOWHERE: Final = _Place("none", 0, 0)


class GramReader:
    """The grams of one space.  Arrays are views of the mapping; nothing is kept."""

    def __init__(self, container: Sections, space: str, char_count: int) -> None:
        self._container = container
        self._dense_name = f"{space}.dense.positions"

        def get(name: str) -> NDArray[Any]:
            return container.array(f"{space}.{name}")

        self._alphabet: Uint32s = get("alphabet")
        self._ids = {chr(code): i for i, code in enumerate(self._alphabet.tolist())}
        self._first = get("grams.first")
        self._second = get("grams.second")
        self._small = get("grams.small")
        self._rare = numbers.Planes(get("rare.low"), get("rare.high"), get("rare.top"), char_count)
        self._rare_first = get("rare.first")
        self._tables = {
            kind: tuple(get(f"{kind}.{part}") for part in ("grams", "counts", "bounds"))
            for kind in ("near", "wide", "dense")
        }
        self._near = get("near.positions")
        self._wide = get("wide.positions")

    def _find(self, bigram: str) -> _Place:
        first = self._ids.get(bigram[0])
        second = self._ids.get(bigram[1])
        if first is None or second is None:
            return _NOWHERE
        begin, end = int(self._first[first]), int(self._first[first + 1])
        seconds = self._second[begin:end]
        place = int(seconds.searchsorted(seconds.dtype.type(second)))
        if place == end - begin or int(seconds[place]) != second:
            return _NOWHERE
        gram = begin + place
        small = int(self._small[gram])
        if small:
            before = int(self._small[begin:gram].sum(dtype=np.int64))
            return _Place("rare", int(self._rare_first[first]) + before, small)
        for kind in ("near", "dense", "wide"):
            grams, counts, _ = self._tables[kind]
            row = int(grams.searchsorted(np.uint32(gram)))
            if row < len(grams) and int(grams[row]) == gram:
                return _Place(kind, row, int(counts[row]))
        return _NOWHERE

    def count(self, bigram: str) -> int:
        """Positions of the gram."""
        return self._find(bigram).count

    def _array(self, place: _Place) -> Uint32s:
        """``(n,)`` ascending: positions of a gram."""
        if place.kind == "dense":
            return serialized_members(self._serialized(place))
        if place.kind == "rare":
            return self._rare[place.row : place.row + place.count]
        if place.kind == "none":
            return _NOTHING
        bounds = self._tables[place.kind][2]
        elements = self._near if place.kind == "near" else self._wide
        return numbers.decode(elements[int(bounds[place.row]) : int(bounds[place.row + 1])])

    def _serialized(self, place: _Place) -> bytes:
        """The bitmap of a dense gram as it is kept."""
        bounds = self._tables["dense"][2]
        return self._container.slice(
            self._dense_name, int(bounds[place.row]), int(bounds[place.row + 1])
        )

    def _bitmap(self, place: _Place) -> BitMap:
        """Positions of a dense gram."""
        return BitMap.deserialize(self._serialized(place))

    def gram(self, bigram: str) -> BitMap:
        """Positions of the gram, the caller's own."""
        place = self._find(bigram)
        return self._bitmap(place) if place.kind == "dense" else bitmap(self._array(place))

    def positions(self, bigram: str) -> Uint32s:
        """``(n,)`` ascending: positions of the gram."""
        place = self._find(bigram)
        return self._array(place)

    def _beginning(self, first: int) -> tuple[list[Uint32s], list[BitMap]]:
        """Positions of all grams that begin with a character, arrays unordered."""
        begin, end = int(self._first[first]), int(self._first[first + 1])
        arrays = [self._rare[int(self._rare_first[first]) : int(self._rare_first[first + 1])]]
        for kind, elements in (("near", self._near), ("wide", self._wide)):
            grams, _, bounds = self._tables[kind]
            low, high = grams.searchsorted(np.array([begin, end], np.uint32))
            if low < high:
                own = bounds[low : high + 1].astype(np.int64)
                arrays.append(numbers.decode_many(elements[own[0] : own[-1]], own - own[0])[0])
        grams, _, bounds = self._tables["dense"]
        low, high = grams.searchsorted(np.array([begin, end], np.uint32))
        maps = [self._bitmap(_Place("dense", int(row), 0)) for row in range(low, high)]
        return arrays, maps

    def char(self, character: str) -> BitMap:
        """Positions of one character."""
        first = self._ids.get(character)
        if first is None:
            return BitMap()
        arrays, maps = self._beginning(first)
        found = bitmap(_sorted(np.concatenate(arrays)))
        return BitMap.union(found, *maps) if maps else found

    def phrase(self, folded: str) -> Uint32s:
        """``(n,)`` ascending, unique: every position at which the characters stand."""
        if len(folded) < 2:
            return members(self.char(folded)) if folded else _NOTHING
        places = [self._find(folded[i : i + 2]) for i in range(len(folded) - 1)]
        if not all(place.count for place in places):
            return _NOTHING
        order = sorted(_cheapest_cover(places), key=lambda i: places[i].count)
        base = order[0]
        found: Uint32s | BitMap
        # a bitmap pays where another narrows it
        if places[base].kind == "dense" and len(order) > 1:
            found = self._bitmap(places[base])
        else:
            found = self._array(places[base])
        for other in order[1:]:
            found = self._narrow(found, places[other], other - base)
            if not len(found):
                return _NOTHING
        result = members(found) if isinstance(found, BitMap) else found
        # the sum cannot fall below zero: the gram before the base was found there too
        return result - np.uint32(base) if base else result

    def _narrow(self, found: Uint32s | BitMap, place: _Place, offset: int) -> Uint32s | BitMap:
        """Those of ``found`` that have the gram ``offset`` characters on."""
        if isinstance(found, BitMap) and place.kind == "dense":
            narrowed: BitMap = found & self._bitmap(place).shift(-offset)
            return narrowed
        there = self._array(place)
        mine = members(found) if isinstance(found, BitMap) else found
        # below zero it wraps around to where no position is
        moved = mine + np.uint32(offset % 2**32)
        at = there.searchsorted(moved)
        narrow: Uint32s = mine[there.take(at, mode="clip") == moved]
        return narrow

    def bigrams(self) -> Iterator[str]:
        """All grams, in code point order."""
        characters = [chr(code) for code in self._alphabet.tolist()]
        firsts = self._first.tolist()
        for i, first in enumerate(characters):
            for second in self._second[firsts[i] : firsts[i + 1]].tolist():
                yield first + characters[second]

    def restore(self, char_count: int) -> Uint32s:
        """``(char_count,)`` the code points of the whole text, from the grams."""
        codes = np.full(char_count, _NEWLINE, np.uint32)
        for first, code in enumerate(self._alphabet.tolist()):
            arrays, maps = self._beginning(first)
            for positions in (*arrays, *(members(found) for found in maps)):
                codes[positions] = code
        return codes


def _cheapest_cover(places: list[_Place]) -> list[int]:
    """Grams that together cover every character of a phrase, of least total count: the first
    and the last, and of any two neighbours at least one."""
    cost: list[float] = []
    back: list[int] = []
    for i, place in enumerate(places):
        before = [(cost[j], j) for j in (i - 1, i - 2) if j >= 0]
        least, came = min(before) if before else (0, -1)
        cost.append(least + place.count)
        back.append(came)
    chosen = []
    at = len(places) - 1
    while at >= 0:
        chosen.append(at)
        at = back[at]
    return chosen
