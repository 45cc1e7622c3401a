"""What was stored at each folded position: the little that folding forgets.

A position *owns* the stored characters from its own on, up to that of the next position of its
passage: first the character that was folded, then its *tail*, the dropped ones after it
(quotation marks, 、, blanks).  What stands before a passage's first position is the passage's
*head*; of a passage that folds to nothing it is all.  Three lists say what is not as usual:

- ``own``: positions whose character is neither the folded one nor, for ``USUAL``, its full-width
  form; the empty string at a closing ``\\n`` that no stored line break stands for;
- ``tails``: positions with a tail;
- ``heads``: passages with a head.

Folded text and lists give the stored text back.  The usual characters are the same in every
segment, so segments are joined by joining their lists.  Whether a text stands as typed is
``typed``'s affair.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.folding import fold_with_offsets
from index.codec import numbers
from index.codec.container import Sections, compact
from index.codec.grams import code_points
from index.codec.moves import Move, chosen
from index.codec.tasks import Tick, ignore

Uint32s = NDArray[np.uint32]
Uint64s = NDArray[np.uint64]
Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]

USUAL: Final = {",": "，", ";": "；", ":": "：", "!": "！", "?": "？", "(": "（", ")": "）"}
"""What stands in a Chinese text for these folded characters (GB/T 15834: full-width).  Of 20
million characters of laws 822,000 are such, and 28,000 are listed in ``own`` with this table."""
CHUNK: Final = 1 << 18
"""Stored characters that are listed at a time: more would leave the processor's cache."""
NAMES: Final = ("own", "tails", "heads")
_CODE_BITS: Final = 21
"""A code point plus one, so that three fill a key (Unicode ends at U+10FFFF)."""
_IN_KEY: Final = 3
_NOWHERE: Final = np.zeros(0, np.uint32)
_LONG: Final = 1 << 63
"""Set in a key that is the number of a longer string."""


@dataclass(frozen=True, eq=False)
class Listed:
    """Strings, each with the places where it is."""

    strings: Sequence[str]
    """Ascending by code point, distinct."""
    lists: Sequence[NDArray[np.unsignedinteger[Any]]]
    """The places of each, not none, as steps (``numbers.encode_one``)."""

    def __contains__(self, string: str) -> bool:
        row = bisect_left(self.strings, string)
        return row < len(self.strings) and self.strings[row] == string

    def of(self, string: str) -> Uint32s:
        """``(n,)`` ascending: the places of one string."""
        if string not in self:
            return _NOWHERE
        return numbers.decode(self.lists[bisect_left(self.strings, string)])

    def where(self, chosen: Callable[[str], bool]) -> list[Uint32s]:
        """The places of each of some strings, ``(n,)`` ascending."""
        return [
            numbers.decode(own)
            for string, own in zip(self.strings, self.lists, strict=True)
            if chosen(string)
        ]

    def all(self) -> tuple[Uint32s, Int64s]:
        """``(n,)`` places, a string after another, and the index of each one's string."""
        found = [numbers.decode(own) for own in self.lists]
        rows = np.repeat(np.arange(len(found)), [len(own) for own in found])
        return np.concatenate([_NOWHERE, *found]), rows


class Originals(NamedTuple):
    """The three lists of a segment."""

    own: Listed
    tails: Listed
    heads: Listed


def list_originals(texts: Sequence[bytes], tick: Tick = ignore) -> Originals:
    """The lists of passages, each UTF-8, from the first on."""
    keys = _Keys()
    found: dict[str, tuple[list[Int64s], list[Uint64s]]] = {name: ([], []) for name in NAMES}
    position = passage = 0
    for chunk in _chunks(texts):
        own = _list_chunk(chunk, keys)
        for name, base in (("own", position), ("tails", position), ("heads", passage)):
            places, kinds = own.lists[name]
            found[name][0].append(places + base)
            found[name][1].append(kinds)
        position += own.positions
        passage += len(chunk)
        tick(len(chunk) / len(texts))
    return Originals(*(keys.listed(*found[name]) for name in NAMES))


def _chunks(texts: Sequence[bytes]) -> Iterator[list[str]]:
    chunk: list[str] = []
    size = 0
    for text in texts:
        chunk.append(text.decode("utf-8", "surrogatepass"))
        size += len(chunk[-1])
        if size >= CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


class _Chunk(NamedTuple):
    positions: int
    """Folded characters."""
    lists: dict[str, tuple[Int64s, Uint64s]]
    """By name, places and the keys of their strings."""


def _list_chunk(texts: list[str], keys: _Keys) -> _Chunk:
    # a line break between texts keeps them apart, as where they are analysed
    joined = "\n".join(texts)
    folded, offsets = fold_with_offsets(joined)
    codes, places = code_points(folded), offsets[:-1]
    stored = np.append(code_points(joined), np.zeros(_IN_KEY, np.uint32))
    ends = np.cumsum([len(text) + 1 for text in texts]) - 1
    begins = np.append(np.int64(0), ends[:-1] + 1)

    put_between = np.zeros(len(joined) + 1, np.bool_)
    put_between[ends] = True
    nothing = put_between[places]
    at = np.flatnonzero(_unlike(codes, stored[places]) | nothing)
    own = np.where(nothing[at], np.uint64(0), stored[places[at]] + np.uint64(1))

    dropped = ~put_between
    dropped[places] = False
    edges = np.flatnonzero(np.diff(dropped, prepend=False))  # ends in False, the last of ends
    first, last = edges[::2], edges[1::2]
    kinds = keys.of(joined, stored, first, last)
    owner = places.searchsorted(first.astype(places.dtype)).astype(np.int64) - 1
    passage = begins.searchsorted(first, side="right") - 1
    is_head = owner < places.searchsorted(begins.astype(places.dtype))[passage]
    return _Chunk(
        len(codes),
        {
            "own": (at, own),
            "tails": (owner[~is_head], kinds[~is_head]),
            "heads": (passage[is_head], kinds[is_head]),
        },
    )


def _usual_of_ascii() -> Uint32s:
    table = np.arange(128, dtype=np.uint32)
    for folded, stored in USUAL.items():
        table[ord(folded)] = ord(stored)
    return table


_ASCII: Final = _usual_of_ascii()


def _unlike(codes: Uint32s, stored: Uint32s) -> Bools:
    """``(n,)`` where the stored character is not the folded one's usual one."""
    unlike: Bools = codes != stored
    few = np.flatnonzero(codes < len(_ASCII))
    unlike[few] = _ASCII[codes[few]] != stored[few]
    return unlike


class _Keys:
    """Strings as numbers that NumPy sorts: short ones are their own code points."""

    def __init__(self) -> None:
        self._long: dict[str, int] = {}

    def of(self, text: str, stored: Uint32s, first: Int64s, last: Int64s) -> Uint64s:
        """``(n,)`` the keys of ``[first, last)`` of the text, none of which is empty."""
        sizes = last - first
        keys = stored[first] + np.uint64(1)
        for more in range(1, _IN_KEY):
            code = np.where(sizes > more, stored[first + more] + np.uint64(1), np.uint64(0))
            keys |= code << np.uint64(more * _CODE_BITS)
        for row in np.flatnonzero(sizes > _IN_KEY).tolist():
            string = text[int(first[row]) : int(last[row])]
            keys[row] = _LONG | self._long.setdefault(string, len(self._long))
        return keys

    def listed(self, places: Sequence[Int64s], keys: Sequence[Uint64s]) -> Listed:
        """Places with the keys of their strings, in parts that follow one another."""
        nothing = np.zeros(0, np.uint64)
        distinct, of = np.unique(np.concatenate([nothing, *keys]), return_inverse=True)
        long = list(self._long)
        strings = [
            long[key ^ _LONG] if key & _LONG else _from_key(key) for key in distinct.tolist()
        ]
        return _listed(np.concatenate([nothing, *places]), of, strings)


def _from_key(key: int) -> str:
    found = ""
    while key:
        found += chr((key & (1 << _CODE_BITS) - 1) - 1)
        key >>= _CODE_BITS
    return found


def _listed(places: NDArray[Any], rows: NDArray[Any], strings: Sequence[str]) -> Listed:
    """From places and the index of each one's string; strings are in any order, some perhaps
    twice or unused; the places of each string ascend."""
    kept = sorted({strings[row] for row in np.flatnonzero(np.bincount(rows)).tolist()})
    ranks = {string: rank for rank, string in enumerate(kept)}
    rank_of = np.fromiter((ranks.get(own, 0) for own in strings), np.int64, len(strings))
    rank = compact(rank_of[rows])
    places = places[np.argsort(rank, kind="stable")].astype(np.uint32)
    ends = np.cumsum(np.bincount(rank, minlength=len(kept)))
    parts = np.split(places, ends[:-1]) if kept else []
    return Listed(kept, [numbers.encode_one(own) for own in parts])


def encode_originals(originals: Originals) -> dict[str, NDArray[Any] | bytes]:
    """Sections (without a name in front)."""
    raw = [string.encode("utf-8", "surrogatepass") for own in originals for string in own.strings]
    lists = [elements for own in originals for elements in own.lists]
    family = np.repeat(np.arange(len(originals)), [len(own.strings) for own in originals])
    widths = np.array([elements.itemsize for elements in lists], np.int64)
    bounds = np.zeros(len(raw) + 1, np.int64)
    np.cumsum([len(string) for string in raw], out=bounds[1:])
    sections: dict[str, NDArray[Any] | bytes] = {
        "text": b"".join(raw),
        "bounds": bounds.astype(np.uint32),
        "kind": (family << 4 | widths).astype(np.uint8),
        "elements": compact(np.array([len(elements) for elements in lists], np.int64)),
    }
    for width, kind in numbers.TYPES.items():
        own = [elements for elements in lists if elements.itemsize == width]
        sections[f"places{width}"] = np.concatenate([np.zeros(0, kind), *own])
    return sections


def read_originals(sections: Sections, prefix: str = "originals") -> Originals:
    """The lists again, over the sections' own bytes."""

    def get(name: str) -> NDArray[Any]:
        return sections.array(f"{prefix}.{name}")

    raw, bounds = sections.raw(f"{prefix}.text"), get("bounds").tolist()
    strings = [raw[at:end].decode("utf-8", "surrogatepass") for at, end in pairwise(bounds)]
    places = {width: get(f"places{width}") for width in numbers.WIDTHS}
    at = dict.fromkeys(numbers.WIDTHS, 0)
    found: list[tuple[list[str], list[NDArray[Any]]]] = [([], []), ([], []), ([], [])]
    for string, kind, count in zip(
        strings, get("kind").tolist(), get("elements").tolist(), strict=True
    ):
        width = kind & 15
        own = found[kind >> 4]
        own[0].append(string)
        own[1].append(places[width][at[width] : at[width] + count])
        at[width] += count
    return Originals(*(Listed(*own) for own in found))


def merge_originals(
    parts: Sequence[tuple[Originals, Move]], tick: Tick = ignore
) -> dict[str, NDArray[Any] | bytes]:
    """The sections of the kept passages of all parts, in order: those that
    ``encode_originals(list_originals(texts))`` gives for their texts, which are not needed."""
    merged = []
    for name in NAMES:
        strings: list[str] = []
        places, rows = [_NOWHERE], [np.zeros(0, np.int64)]
        for originals, move in parts:
            listed: Listed = getattr(originals, name)
            old, own = listed.all()
            # what stands before a passage is listed by passage, all else by position
            new, kept = move.units(old) if name == "heads" else move.positions(old)
            places.append(new)
            rows.append(chosen(own, kept) + len(strings))
            strings += listed.strings
        merged.append(_listed(np.concatenate(places), np.concatenate(rows), strings))
        tick(1 / len(NAMES))
    return encode_originals(Originals(*merged))
