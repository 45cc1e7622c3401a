"""jieba's words of one space: documents and frequencies per word, and where tokens begin.

The postings of a word are a list of documents with their frequencies; of a very frequent word a
*table* instead, its frequency in every document: less to read, and nothing to decode.

A word's positions need no list of their own.  Where the word's characters stand is known from
the grams; a token of it begins at those of them at which *some* token of its length begins.
So per token length one set of positions is kept: of the lengths 1 to 4 as a bitmap or as
differences, whichever is less, and of all longer tokens together as a list.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable
from functools import cached_property
from itertools import pairwise
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from index.codec import numbers
from index.codec.container import Sections
from index.types import Postings

Uint32s = NDArray[np.uint32]
Int64s = NDArray[np.int64]
SHORT: Final = (1, 2, 3, 4)
"""Token lengths with a set of their own."""
FREQ_BITS: Final = (2, 4, 8, 32)
"""Bits a frequency takes, by the greatest of its word; none where all are 1."""
TABLE_BITS: Final = (2, 4, 8)
"""Bits of an entry of a table."""
MARK: Final = 32
"""One term in so many is kept at hand."""
_AFTER: Final = b"\xff"
"""What no character begins with in UTF-8: after some characters, beyond all that follows them."""
_NOTHING: Final = np.zeros(0, np.uint32)


LongTokens: TypeAlias = tuple[Uint32s, NDArray[Any]]
"""Where tokens longer than ``SHORT`` begin, ascending, and the length of each."""


def _unpacking(bits: int) -> NDArray[Any]:
    """``(256,)`` the values of a byte of ``bits`` each, low bits first, as one number of as many
    bytes: looking bytes up is the fastest way to unpack them."""
    a_byte = 8 // bits
    byte = np.arange(256, dtype=np.uint8)
    parts = [byte >> np.uint8(part * bits) & np.uint8(2**bits - 1) for part in range(a_byte)]
    return np.stack(parts, axis=1).view(f"<u{a_byte}").ravel()


_UNPACKING: Final = {bits: _unpacking(bits) for bits in FREQ_BITS if bits < 8}


def _unpack(raw: NDArray[np.uint8], bits: int) -> NDArray[Any]:
    """All values of some bytes, in the narrowest type."""
    if bits < 8:
        return _UNPACKING[bits].take(raw).view(np.uint8)
    return raw.view(f"<u{bits // 8}")


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
        self._freqs = [get(f"freqs{bits}") for bits in FREQ_BITS]
        self._tables = get("tables")
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
        place = bisect.bisect_right(self._marks, raw)
        low, high = max(0, place - 1) * MARK, min(len(self), place * MARK)
        while low < high:
            middle = (low + high) // 2
            if self._raw(middle) < raw:
                low = middle + 1
            else:
                high = middle
        return low

    @cached_property
    def _marks(self) -> list[bytes]:
        """Every ``MARK``-th term, so that a search for one reads few of the others."""
        return [self._raw(number) for number in range(0, len(self), MARK)]

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
        whole = self.table(number)
        if whole is not None:
            present = np.flatnonzero(whole)
            return Postings(present.astype(np.uint32), whole.take(present))
        count, kind = int(self._counts[number]), int(self._kind[number])
        elements = self._docs[kind & 15]
        begin = int(self._docs_place[number])
        if kind & 15 == 4:
            docs = elements[begin : begin + count]
        else:
            docs = self._decode(elements, number, begin)
        return Postings(docs, self._frequencies(number))

    def table(self, number: int) -> NDArray[np.uint8] | None:
        """``(units,)`` the term's frequency in each; None where its postings are a list."""
        kind = int(self._kind[number])
        if kind & 15:
            return None
        bits = TABLE_BITS[(kind >> 4) - 1]
        begin, units = int(self._docs_place[number]), len(self.lengths)
        return _unpack(self._tables[begin : begin - (-units * bits // 8)], bits)[:units]

    def _frequencies(self, number: int) -> NDArray[Any]:
        """Of each unit of a term, in order."""
        count, code = int(self._counts[number]), int(self._kind[number]) >> 4
        if not code:
            return np.ones(count, np.uint8)
        bits = FREQ_BITS[code - 1]
        place = int(self._freqs_place[number])
        return _unpack(self._freqs[code - 1][place : place - (-count * bits // 8)], bits)[:count]

    def postings_between(self, first: int, last: int) -> tuple[Int64s, Uint32s, Uint32s]:
        """Of the terms ``[first, last)``: units of each, those units, and the frequencies, side
        by side."""
        counts = self._counts[first:last].astype(np.int64)
        begins = np.cumsum(counts) - counts
        total = int(counts.sum())
        docs, freqs = np.empty(total, np.uint32), np.ones(total, np.uint32)
        kinds = self._kind[first:last]
        for width, elements in self._docs.items():
            rows = np.flatnonzero(kinds & 15 == width)
            if not len(rows):
                continue
            places = self._docs_place[first + rows].astype(np.int64)
            after = np.flatnonzero(self._kind[last:] & 15 == width)[:1] + last
            end = int(self._docs_place[after[0]]) if len(after) else len(elements)
            bounds = np.append(places, end)
            values, _ = numbers.decode_many(elements[bounds[0] : end], bounds - bounds[0])
            docs[numbers.ranges(begins[rows], counts[rows])] = values
        for code, bits in enumerate(FREQ_BITS, 1):
            rows = np.flatnonzero((kinds >> 4 == code) & (kinds & 15 > 0))
            if not len(rows):
                continue
            places = self._freqs_place[first + rows].astype(np.int64)
            end = int(places[-1]) - (-int(counts[rows[-1]]) * bits // 8)
            values = _unpack(self._freqs[code - 1][places[0] : end], bits)
            own = numbers.ranges((places - places[0]) * 8 // bits, counts[rows])
            freqs[numbers.ranges(begins[rows], counts[rows])] = values[own]
        for row in np.flatnonzero(kinds & 15 == 0).tolist():
            found = self.postings(first + row)
            part = slice(begins[row], begins[row] + counts[row])
            docs[part], freqs[part] = found.docs, found.freqs
        return counts, docs, freqs

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

    def prefixed(self, prefix: str) -> tuple[int, int]:
        """``[first, last)``: the numbers of the terms that begin with it."""
        raw = prefix.encode("utf-8", "surrogatepass")
        return self.lower_bound(raw), self.lower_bound(raw + _AFTER)

    def terms(self) -> list[str]:
        """All terms in code point order."""
        return self.terms_between(0, len(self))

    def terms_between(self, first: int, last: int) -> list[str]:
        """The terms ``[first, last)``."""
        bounds = self._bounds[first : last + 1].tolist()
        text = self._container.slice(self._text_name, bounds[0], bounds[-1])
        low = bounds[0]
        return [
            text[begin - low : end - low].decode("utf-8", "surrogatepass")
            for begin, end in pairwise(bounds)
        ]

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

    def long_tokens(self) -> LongTokens:
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
            return self._begin_at(stands, len(term))
        at, lengths = self.long_tokens()
        if not len(at):
            return np.zeros(len(stands), np.bool_)
        place = at.searchsorted(stands)
        place[place == len(at)] = 0
        found: NDArray[np.bool_] = (at[place] == stands) & (lengths[place] == len(term))
        return found

    def _begin_at(self, stands: Uint32s, length: int) -> NDArray[np.bool_]:
        """``(n,)`` at which of some positions a token of a short length begins."""
        bits = self._bits[length]
        here: NDArray[np.bool_] = (bits[stands >> 3] >> (stands & 7).astype(np.uint8) & 1) != 0
        return here

    def tokens_at(self, stands: Uint32s, shortest: int) -> tuple[Uint32s, Uint32s]:
        """``(n,)`` and ``(n,)``: where the tokens of ``shortest`` characters or more begin and end
        that begin at some positions, ascending and unique; ascending, each once."""
        keys = [_NOTHING.astype(np.uint64)]
        for length in SHORT:
            if length >= shortest:
                starts = stands[self._begin_at(stands, length)]
                keys.append(_spans(starts, starts + np.uint32(length)))
        at, lengths = self.long_tokens()
        fewer, more = (at, stands) if len(at) < len(stands) else (stands, at)
        own = at.searchsorted(numbers.shared(fewer, more))
        own = own[lengths[own] >= shortest]
        keys.append(_spans(at[own], at[own] + lengths[own]))
        joined = np.concatenate(keys)
        joined.sort(kind="stable")
        return (joined >> np.uint64(32)).astype(np.uint32), joined.astype(np.uint32)


def _spans(starts: Uint32s, ends: Uint32s) -> NDArray[np.uint64]:
    """``(n,)`` a number a span, which sort as the spans do."""
    return starts.astype(np.uint64) << np.uint64(32) | ends
