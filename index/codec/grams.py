"""Every position of every pair of characters: exact phrases (DESIGN §4).

A gram is two neighbouring characters of a space's folded text; it stands at the position of
the first.  None begins with ``\\n``, so every other character begins exactly one gram, and
the text itself can be had back from the grams.

Positions are kept in whichever of four ways is least for the gram: ``rare`` as they are, one
after another; ``near`` as differences of two bytes; ``wide`` as they are, for common grams of
a very large segment; ``dense`` as a roaring bitmap, which intersects fastest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from index.codec import numbers
from index.codec.container import Sections
from index.codec.roaring import bitmap, members, serialized_have, serialized_members

Uint32s = NDArray[np.uint32]
Int64s = NDArray[np.int64]

LISTED: Final = ("near", "dense", "wide")
"""Kinds of grams that have tables of their own."""

FEW: Final = 4
"""Of a dense gram with at least so many times the places sought, not all are read; …"""
LOOKUP: Final = 8_192
"""…so many added, which looking up any costs."""
MERGED: Final = 16_384
"""So many places of a dense gram, or fewer, are narrowed by merging rather than as a bitmap."""
TOGETHER: Final = 1_024
"""So few places are looked up in all further dense grams at once."""
RESTORED: Final = 1 << 24
"""Characters that are put back at a time."""
_NEWLINE: Final = 0x0A
_NOTHING: Final = np.zeros(0, np.uint32)


def code_points(text: str) -> Uint32s:
    """``(len(text),)`` uint32."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def _sorted(positions: Uint32s) -> Uint32s:
    """Ascending.  Twice by half the bits, which NumPy sorts by counting: half the time."""
    halves = positions.astype(np.uint16)
    positions = positions[np.argsort(halves, kind="stable")]
    halves = (positions >> np.uint32(16)).astype(np.uint16)
    return positions[np.argsort(halves, kind="stable")]


class _Place(NamedTuple):
    """Where one gram's positions lie."""

    kind: str
    row: int
    """Row of the kind's tables; for ``rare`` the first of its positions."""
    size: int
    """Positions."""


class GramReader:
    """The grams of one space.  Arrays are views of the mapping; nothing is kept but where each
    gram is to be found."""

    def __init__(self, container: Sections, space: str, char_count: int) -> None:
        def get(name: str) -> NDArray[Any]:
            return container.array(f"{space}.{name}")

        self.alphabet: Uint32s = get("alphabet")
        self._ids = {chr(code): i for i, code in enumerate(self.alphabet.tolist())}
        self._first = get("grams.first")
        self._second = get("grams.second")
        self._small = get("grams.small")
        self._rare = numbers.Planes(get("rare.low"), get("rare.high"), get("rare.top"), char_count)
        self._rare_first = get("rare.first")
        self._tables = {
            kind: tuple(get(f"{kind}.{part}") for part in ("grams", "counts", "bounds"))
            for kind in LISTED
        }
        self._dense = get("dense.positions")
        self._near = get("near.positions")
        self._wide = get("wide.positions")

    @cached_property
    def _keys(self) -> NDArray[Any]:
        """``(grams,)`` ascending: the number of the first character times the alphabet's size,
        and the second's."""
        size = len(self.alphabet)
        keys = np.repeat(np.arange(size, dtype=np.uint64), numbers.lengths(self._first))
        keys *= np.uint64(size)
        keys += self._second
        return keys.astype(np.uint32) if size <= 1 << 16 else keys

    @cached_property
    def _listed(self) -> tuple[NDArray[Any], ...]:
        """The grams that have a row in a table, ascending; of each its table's number in
        ``LISTED``, its row, and how many positions it has.  Last comes one that is no gram."""
        tables = [self._tables[kind] for kind in LISTED]
        grams = np.concatenate([own for own, _, _ in tables])
        order = np.argsort(grams, kind="stable")
        sizes = [len(own) for own, _, _ in tables]
        kinds = np.repeat(np.arange(len(LISTED), dtype=np.uint8), sizes)
        rows = np.concatenate([np.arange(size, dtype=np.uint32) for size in sizes])
        counts = np.concatenate([own for _, own, _ in tables])
        return (
            np.append(grams[order], len(self._second)).astype(np.uint32),
            np.append(kinds[order], np.uint8(0)),
            np.append(rows[order], np.uint32(0)),
            np.append(counts[order], 0).astype(np.uint32),
        )

    def _find_all(self, bigrams: Sequence[str]) -> list[_Place] | None:
        """Where some grams lie; None when one of them is nowhere."""
        ids = self._ids
        size = len(self.alphabet)
        keys = self._keys
        try:
            # numbers of the keys' own type, or all keys would be converted
            wanted = np.array([ids[own[0]] * size + ids[own[1]] for own in bigrams], keys.dtype)
        except KeyError:
            return None
        grams = keys.searchsorted(wanted)
        if (keys.take(grams, mode="clip") != wanted).any():
            return None
        listed, *columns = self._listed
        at = listed.searchsorted(grams.astype(np.uint32))
        kinds, rows, counts = [own.take(at).tolist() for own in columns]
        smalls = self._small.take(grams).tolist()
        found: list[_Place] = []
        for i, small in enumerate(smalls):
            if small:  # it is rare and has no row
                first = ids[bigrams[i][0]]
                begin, end = self._first.item(first), grams.item(i)
                before = int(self._small[begin:end].sum(dtype=np.int64))
                found.append(_Place("rare", self._rare_first.item(first) + before, small))
            else:
                found.append(_Place(LISTED[kinds[i]], rows[i], counts[i]))
        return found

    def _find(self, bigram: str) -> _Place | None:
        found = self._find_all([bigram])
        return found[0] if found else None

    def count(self, bigram: str) -> int:
        """Positions of the gram."""
        place = self._find(bigram)
        return place.size if place else 0

    def _array(self, place: _Place) -> Uint32s:
        """``(n,)`` ascending: positions of a gram."""
        if place.kind == "dense":
            return serialized_members(self._serialized(place))
        if place.kind == "rare":
            return self._rare[place.row : place.row + place.size]
        bounds = self._tables[place.kind][2]
        elements = self._near if place.kind == "near" else self._wide
        return numbers.decode(elements[int(bounds[place.row]) : int(bounds[place.row + 1])])

    def _bounds(self, place: _Place) -> tuple[int, int]:
        """Between which of all dense grams' bytes the bitmap of one lies."""
        bounds = self._tables["dense"][2]
        return bounds.item(place.row), bounds.item(place.row + 1)

    def _serialized(self, place: _Place) -> NDArray[np.uint8]:
        """The bitmap of a dense gram as it is kept."""
        begin, end = self._bounds(place)
        return self._dense[begin:end]

    def _bitmap(self, place: _Place) -> BitMap:
        """Positions of a dense gram."""
        return BitMap.deserialize(self._serialized(place).tobytes())

    def gram(self, bigram: str) -> BitMap:
        """Positions of the gram, the caller's own."""
        place = self._find(bigram)
        if place and place.kind == "dense":
            return self._bitmap(place)
        return bitmap(self._array(place)) if place else BitMap()

    def positions(self, bigram: str) -> Uint32s:
        """``(n,)`` ascending: positions of the gram."""
        place = self._find(bigram)
        return self._array(place) if place else _NOTHING

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
        places = self._find_all([folded[i : i + 2] for i in range(len(folded) - 1)])
        if places is None:
            return _NOTHING
        order = sorted(_cheapest_cover(places), key=lambda i: places[i].size)
        base = order[0]
        found: Uint32s | BitMap
        # a bitmap pays where another narrows it, and both are large
        if places[base].kind == "dense" and len(order) > 1 and places[base].size > MERGED:
            found = self._bitmap(places[base])
        else:
            found = self._array(places[base])
        rest = order[1:]
        while rest and len(found):
            # the least are not dense; of those that are, a few places are looked up in all at once
            dense = places[rest[0]].kind == "dense"
            few = dense and not isinstance(found, BitMap) and len(found) <= TOGETHER
            count = len(rest) if few else 1
            narrower, rest = rest[:count], rest[count:]
            offsets = [other - base for other in narrower]
            found = self._narrow(found, [places[other] for other in narrower], offsets)
        result = members(found) if isinstance(found, BitMap) else found
        # the sum cannot fall below zero: the gram before the base was found there too
        return result - np.uint32(base) if base else result

    def _narrow(
        self, found: Uint32s | BitMap, grams: Sequence[_Place], offsets: Sequence[int]
    ) -> Uint32s | BitMap:
        """Those of ``found`` that have each gram so many characters on; several grams are dense."""
        place, offset = grams[0], offsets[0]
        if isinstance(found, BitMap) and place.kind == "dense":
            narrowed: BitMap = found & self._bitmap(place).shift(-offset)
            return narrowed
        mine = members(found) if isinstance(found, BitMap) else found
        # below zero they wrap around to where no position is
        steps = np.array([offset % 2**32 for offset in offsets], np.uint32)
        if place.kind == "dense" and (len(mine) + LOOKUP) * FEW <= place.size:
            bounds = [self._bounds(own) for own in grams]
            there = serialized_have(self._dense, bounds, mine + steps[:, np.newaxis])
            return mine[there.all(axis=0)]
        for own, step in zip(grams, steps, strict=True):
            mine = numbers.shared(mine + step, self._array(own)) - step
        return mine

    def bigrams(self) -> Iterator[str]:
        """All grams, in code point order."""
        characters = [chr(code) for code in self.alphabet.tolist()]
        firsts = self._first.tolist()
        for i, first in enumerate(characters):
            for second in self._second[firsts[i] : firsts[i + 1]].tolist():
                yield first + characters[second]

    def counts(self) -> Int64s:
        """``(grams,)`` positions of each gram."""
        found = self._small.astype(np.int64)
        for listed, counts, _ in self._tables.values():
            found[listed] = counts
        return found

    def counts_by_first(self) -> Int64s:
        """``(alphabet,)`` positions of all grams that begin with each character."""
        before = np.append(0, np.cumsum(self.counts()))
        found: Int64s = np.diff(before[self._first])
        return found

    def lists_between(self, first: int, last: int) -> tuple[Uint32s, Uint32s, Int64s, Uint32s]:
        """The grams that begin with the characters numbered ``[first, last)``: code points of
        their two characters, how many positions each has, and those side by side."""
        begin, end = int(self._first[first]), int(self._first[last])
        per_first = numbers.lengths(self._first[first : last + 1])
        firsts = np.repeat(self.alphabet[first:last], per_first)
        seconds = self.alphabet[self._second[begin:end]]
        counts = self._small[begin:end].astype(np.int64)
        rows: dict[str, tuple[Int64s, int, int]] = {}
        for kind, (listed, own_counts, _) in self._tables.items():
            low, high = listed.searchsorted(np.array([begin, end], np.uint32)).tolist()
            own = listed[low:high].astype(np.int64) - begin
            counts[own] = own_counts[low:high]
            rows[kind] = own, low, high
        places = np.cumsum(counts) - counts
        positions = np.empty(int(counts.sum()), np.uint32)
        rare = np.flatnonzero(self._small[begin:end])
        positions[numbers.ranges(places[rare], counts[rare])] = self._rare[
            int(self._rare_first[first]) : int(self._rare_first[last])
        ]
        for kind, elements in (("near", self._near), ("wide", self._wide)):
            own, low, high = rows[kind]
            if low < high:
                bounds = self._tables[kind][2][low : high + 1].astype(np.int64)
                own_elements = elements[bounds[0] : bounds[-1]]
                values, _ = numbers.decode_many(own_elements, bounds - bounds[0])
                positions[numbers.ranges(places[own], counts[own])] = values
        own, low, high = rows["dense"]
        for at, row in zip(places[own].tolist(), range(low, high), strict=True):
            found = serialized_members(self._serialized(_Place("dense", row, 0)))
            positions[at : at + len(found)] = found
        return firsts, seconds, counts, positions

    def restore(self, char_count: int) -> Uint32s:
        """``(char_count,)`` the code points of the whole text, from the grams."""
        codes = np.full(char_count, _NEWLINE, np.uint32)
        for first, last in numbers.batches(self.counts_by_first(), RESTORED):
            firsts, _, counts, positions = self.lists_between(first, last)
            codes[positions] = np.repeat(firsts, counts)
        return codes


def _cheapest_cover(places: list[_Place]) -> list[int]:
    """Grams that together cover every character of a phrase, of least total count: the first
    and the last, and of any two neighbours at least one."""
    # the least cost of a cover that ends with each gram, and with the one before it
    cost, cost_before = 0, 0
    skips = []
    for i, place in enumerate(places):
        skips.append(i > 1 and cost_before < cost)
        cost, cost_before = (cost_before if skips[-1] else cost) + place.size, cost
    chosen = []
    at = len(places) - 1
    while at >= 0:
        chosen.append(at)
        at -= 2 if skips[at] else 1
    return chosen
