"""jieba's words of one space: documents and frequencies per word, and where tokens begin.

A word's positions need no list of their own.  Where the word's characters stand is known from
the grams; a token of it begins at those of them at which *some* token of its length begins.
So per token length one set of positions is kept: of the lengths 1 to 4 as a bitmap or as
differences, whichever is less, and of all longer tokens together as a list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.codec import numbers
from index.codec.container import Sections, compact
from index.types import Postings

Uint32s = NDArray[np.uint32]
SHORT: Final = (1, 2, 3, 4)
"""Token lengths with a set of their own."""
_FREQ_BITS: Final = (2, 4, 8, 32)
"""Bits a frequency takes, by the greatest of its word; none where all are 1."""
_NOTHING: Final = np.zeros(0, np.uint32)


class WordColumns(NamedTuple):
    """The words of a space before encoding."""

    terms: list[str]
    """Ascending in code points, unique."""
    term_of: NDArray[np.uint32]
    """``(n,)`` of each posting, non-decreasing."""
    docs: NDArray[np.uint32]
    """``(n,)`` ascending within a term."""
    freqs: NDArray[np.uint32]
    """``(n,)``"""
    tokens: Mapping[int, Uint32s]
    """By length, ascending: positions at which a token begins."""


def encode_words(columns: WordColumns, units: int, char_count: int) -> dict[str, Any]:
    """Sections (without the space's name)."""
    terms, term_of, docs, freqs, tokens = columns
    raw = [term.encode("utf-8", "surrogatepass") for term in terms]
    bounds = np.zeros(len(raw) + 1, np.uint32)
    np.cumsum(np.fromiter(map(len, raw), np.int64, len(raw)), out=bounds[1:])
    firsts = np.searchsorted(term_of, np.arange(len(terms), dtype=np.uint32)).astype(np.int64)
    counts = np.diff(firsts, append=len(docs)).astype(np.int64)
    steps = numbers.differences(docs, firsts)
    costs = np.stack([w * numbers.element_counts(steps, firsts, w) for w in numbers.WIDTHS])
    widths = np.array(numbers.WIDTHS)[costs.argmin(axis=0)] if len(terms) else counts
    sections: dict[str, Any] = {
        "words.text": b"".join(raw),
        "words.bounds": bounds,
        "words.counts": compact(counts),
    }
    kind = np.zeros(len(terms), np.uint8)
    place = np.zeros(len(terms), np.int64)
    for width in numbers.WIDTHS:
        chosen = widths == width
        own = np.repeat(chosen, counts)
        own_counts = counts[chosen]
        own_firsts = np.cumsum(own_counts) - own_counts
        sizes = numbers.element_counts(steps[own], own_firsts, width)
        kind[chosen] = width
        place[chosen] = np.cumsum(sizes) - sizes
        sections[f"docs{width}"] = numbers.encode(docs[own], steps[own], width)
    tops = np.maximum.reduceat(freqs, firsts) if len(terms) else counts
    freq_place = np.zeros(len(terms), np.int64)
    low = 2
    for code, bits in enumerate(_FREQ_BITS, 1):
        chosen = (tops >= low) & (tops < 2**bits)
        low = 2**bits
        kind[chosen] |= code << 4
        own_counts = counts[chosen]
        sizes = -(-own_counts * bits // 8)
        freq_place[chosen] = np.cumsum(sizes) - sizes
        own = freqs[np.repeat(chosen, counts)]
        sections[f"freqs{bits}"] = _pack(own, own_counts, sizes, bits)
    sections["words.kind"] = kind
    sections["words.docs"] = place.astype(np.uint32)
    sections["words.freqs"] = freq_place.astype(np.uint32)
    sections["words.lengths"] = compact(np.bincount(docs, freqs, units).astype(np.uint32))
    for length in SHORT:
        positions = tokens.get(length, _NOTHING)
        listed = numbers.encode_one(positions)
        if listed.nbytes <= char_count // 8:
            sections[f"tokens{length}.list"] = listed
        else:
            flags = np.zeros(char_count, np.bool_)
            flags[positions] = True
            sections[f"tokens{length}.bits"] = np.packbits(flags, bitorder="little")
    longer = [positions for length, positions in tokens.items() if length not in SHORT]
    lengths = [np.full(len(p), n, np.uint32) for n, p in tokens.items() if n not in SHORT]
    at = np.concatenate([_NOTHING, *longer])
    order = np.argsort(at, kind="stable")
    sections["tokens5.list"] = at[order]
    sections["tokens5.lengths"] = compact(np.concatenate([_NOTHING, *lengths])[order])
    return sections


def _pack(
    values: Uint32s, counts: NDArray[np.int64], sizes: NDArray[np.int64], bits: int
) -> NDArray[np.uint8]:
    """Lists side by side, ``bits`` a value, low bits first; each begins a byte."""
    if bits >= 8:
        return values.astype(f"<u{bits // 8}").view(np.uint8)
    a_byte = 8 // bits
    begins = (np.cumsum(sizes) - sizes) * a_byte - (np.cumsum(counts) - counts)
    flat = np.zeros(int(sizes.sum()) * a_byte, np.uint8)
    flat[np.arange(len(values)) + np.repeat(begins, counts)] = values
    packed = flat[0::a_byte].copy()
    for part in range(1, a_byte):
        packed |= flat[part::a_byte] << np.uint8(part * bits)
    return packed


def _unpack(raw: NDArray[np.uint8], count: int, bits: int) -> NDArray[np.uint32]:
    """One list of ``_pack``."""
    if bits >= 8:
        return raw.view(f"<u{bits // 8}").astype(np.uint32)
    a_byte = 8 // bits
    flat = np.empty(len(raw) * a_byte, np.uint32)
    for part in range(a_byte):
        flat[part::a_byte] = raw >> np.uint8(part * bits) & np.uint8(2**bits - 1)
    return flat[:count]


class WordReader:
    """The words of one space; ``phrase`` is the same space's grams'."""

    def __init__(
        self, container: Sections, space: str, phrase: Callable[[str], Uint32s], char_count: int
    ) -> None:
        self._container = container
        self._space = space
        self._phrase = phrase
        self._char_count = char_count

        def get(name: str) -> NDArray[Any]:
            return container.array(f"{space}.{name}")

        self._text_name = f"{space}.words.text"
        self._bounds = get("words.bounds")
        self._counts = get("words.counts")
        self._kind = get("words.kind")
        self._docs_place = get("words.docs")
        self._freqs_place = get("words.freqs")
        self._docs = {width: get(f"docs{width}") for width in numbers.WIDTHS}
        self._freqs = [get(f"freqs{bits}") for bits in _FREQ_BITS]
        self.lengths: Uint32s = get("words.lengths").astype(np.uint32)

    def __len__(self) -> int:
        return len(self._counts)

    def term(self, number: int) -> str:
        """The term with that number, in code point order."""
        return self._raw(number).decode("utf-8", "surrogatepass")

    def _raw(self, number: int) -> bytes:
        begin, end = int(self._bounds[number]), int(self._bounds[number + 1])
        return self._container.slice(self._text_name, begin, end)

    def lower_bound(self, raw: bytes) -> int:
        """Number of the first term not below ``raw``."""
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._raw(middle) < raw:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, term: str) -> int:
        """The term's number, or -1."""
        raw = term.encode("utf-8", "surrogatepass")
        number = self.lower_bound(raw)
        return number if number < len(self) and self._raw(number) == raw else -1

    def count(self, number: int) -> int:
        """Units with the term."""
        return int(self._counts[number])

    def counts(self) -> NDArray[Any]:
        """``(terms,)`` units with each term."""
        return self._counts

    def postings(self, number: int) -> Postings:
        """Units and frequencies of a term."""
        count, kind = int(self._counts[number]), int(self._kind[number])
        elements = self._docs[kind & 7]
        begin = int(self._docs_place[number])
        if kind & 7 == 4:
            docs = elements[begin : begin + count]
        else:
            docs = self._decode(elements, number, begin)
        return Postings(docs, self._frequencies(number))

    def _frequencies(self, number: int) -> Uint32s:
        """Of each unit of a term, in order."""
        count, code = int(self._counts[number]), int(self._kind[number]) >> 4
        if not code:
            return np.ones(count, np.uint32)
        bits = _FREQ_BITS[code - 1]
        place = int(self._freqs_place[number])
        raw = self._freqs[code - 1][place : place - (-count * bits // 8)]
        return _unpack(raw, count, bits)

    def _decode(self, elements: NDArray[Any], number: int, begin: int) -> Uint32s:
        """A list whose end is not kept: it ends with its last number."""
        count = int(self._counts[number])
        most = np.iinfo(elements.dtype).max
        end = begin + count
        while True:
            part = elements[begin:end]
            kept = part != most
            short = count - int(np.count_nonzero(kept))
            if not short:
                break
            end += short
        sums = np.cumsum(part, dtype=np.uint32)
        return sums if len(sums) == count else sums[kept]

    def prefixed(self, prefix: str, limit: int) -> list[int]:
        """Numbers of at most ``limit`` terms that begin with it, in order."""
        raw = prefix.encode("utf-8", "surrogatepass")
        low = self.lower_bound(raw)
        found = []
        for number in range(low, min(len(self), low + limit)):
            if not self._raw(number).startswith(raw):
                break
            found.append(number)
        return found

    def terms(self) -> list[str]:
        """All terms in code point order."""
        text = self._container.raw(self._text_name)
        bounds = self._bounds.tolist()
        return [text[begin:end].decode("utf-8", "surrogatepass") for begin, end in pairwise(bounds)]

    @cached_property
    def _bits(self) -> dict[int, NDArray[np.uint8]]:
        """By short length: a bit a position, least significant first."""
        found = {}
        for length in SHORT:
            name = f"{self._space}.tokens{length}.bits"
            if name in self._container:
                found[length] = self._container.array(name)
            else:
                flags = np.zeros(self._char_count, np.bool_)
                flags[self.token_positions(length)] = True
                found[length] = np.packbits(flags, bitorder="little")
        return found

    def token_positions(self, length: int) -> Uint32s:
        """``(n,)`` ascending: where tokens of a short length begin."""
        name = f"{self._space}.tokens{length}"
        if f"{name}.list" in self._container:
            return numbers.decode(self._container.array(f"{name}.list"))
        bits = np.unpackbits(
            self._container.array(f"{name}.bits"), count=self._char_count, bitorder="little"
        )
        return np.flatnonzero(bits).astype(np.uint32)

    def long_tokens(self) -> tuple[Uint32s, NDArray[Any]]:
        """Where longer tokens begin, ascending, and how long each is."""
        get = self._container.array
        return get(f"{self._space}.tokens5.list"), get(f"{self._space}.tokens5.lengths")

    def positions(self, term: str) -> Uint32s:
        """``(n,)`` ascending: where tokens of the term begin."""
        if self.find(term) < 0:
            return _NOTHING
        stands = self._phrase(term)
        return stands[self.are_tokens(term, stands)]

    def are_tokens(self, term: str, stands: Uint32s) -> NDArray[np.bool_]:
        """``(n,)`` at which of the places where a term's characters stand a token of it begins."""
        if len(term) in SHORT:
            bits = self._bits[len(term)]
            here: NDArray[np.bool_] = (bits[stands >> 3] >> (stands & 7).astype(np.uint8) & 1) != 0
            return here
        at, lengths = self.long_tokens()
        if not len(at):
            return np.zeros(len(stands), np.bool_)
        place = at.searchsorted(stands)
        place[place == len(at)] = 0
        found: NDArray[np.bool_] = (at[place] == stands) & (lengths[place] == len(term))
        return found
