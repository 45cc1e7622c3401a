"""Words → sections: their postings, a part of the vocabulary at a time (``words`` reads them).

Postings come in parts, in the order of the terms, so that neither a build nor a merge ever holds
those of all words beside their encoding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.codec import numbers
from index.codec.container import compact
from index.codec.words import FREQ_BITS, SHORT, TABLE_BITS, LongTokens

Uint32s = NDArray[np.uint32]
Int64s = NDArray[np.int64]

TABLE_UNITS: Final = 1_024
"""A space of fewer units has no tables: its lists are short."""
TABLE_WORTH: Final = 4 / 3
"""A table may take so many times the bytes of its list: it is read several times faster."""
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


class PostingsWriter:
    """Takes the postings of ascending terms and gives their sections (without the space's name)."""

    def __init__(self, units: int) -> None:
        self._units = units
        self._arrays: dict[str, list[NDArray[Any]]] = {"tables": []}
        self._sizes: dict[str, int] = {"tables": 0}
        for width in numbers.WIDTHS:
            self._arrays[f"docs{width}"], self._sizes[f"docs{width}"] = [], 0
        for bits in FREQ_BITS:
            self._arrays[f"freqs{bits}"], self._sizes[f"freqs{bits}"] = [], 0
        self._columns: dict[str, list[NDArray[Any]]] = {
            "counts": [],
            "kind": [],
            "docs": [],
            "freqs": [],
        }

    def add(self, counts: Int64s, docs: Uint32s, freqs: Uint32s) -> None:
        """The next ``k`` terms: ``counts`` ``(k,)`` units of each, at least 1; their units,
        ascending within a term, and the frequencies in each lie side by side."""
        if not len(counts):
            return
        firsts = np.cumsum(counts) - counts
        tops = np.maximum.reduceat(freqs, firsts)
        codes = np.searchsorted(np.array(FREQ_BITS), _bit_lengths(tops)) + 1
        codes[tops == 1] = 0
        steps = numbers.differences(docs, firsts)
        costs = np.stack([w * numbers.element_counts(steps, firsts, w) for w in numbers.WIDTHS])
        widths = np.array(numbers.WIDTHS)[costs.argmin(axis=0)]
        table_codes = np.maximum(codes, 1)
        # the width of 32 bits is no table's
        bits = np.array([0, *FREQ_BITS])
        flat = costs.min(axis=0) + -(-counts * bits[codes] // 8)
        table = -(-self._units * bits[table_codes] // 8)
        tabled = (table <= flat * TABLE_WORTH) & (table_codes <= len(TABLE_BITS))
        if self._units < TABLE_UNITS:
            tabled[:] = False
        kind = np.where(tabled, table_codes << 4, codes << 4 | widths).astype(np.uint8)
        place = np.zeros(len(counts), np.int64)
        freq_place = np.zeros(len(counts), np.int64)
        for width in numbers.WIDTHS:
            chosen = (widths == width) & ~tabled
            own = np.repeat(chosen, counts)
            own_counts = counts[chosen]
            own_steps = steps[own]
            sizes = numbers.element_counts(own_steps, np.cumsum(own_counts) - own_counts, width)
            encoded = numbers.encode(docs[own], own_steps, width)
            place[chosen] = self._append(f"docs{width}", encoded) + np.cumsum(sizes) - sizes
        for code, own_bits in enumerate(FREQ_BITS, 1):
            chosen = (codes == code) & ~tabled
            own_counts = counts[chosen]
            sizes = -(-own_counts * own_bits // 8)
            packed = _pack(freqs[np.repeat(chosen, counts)], own_counts, sizes, own_bits)
            freq_place[chosen] = self._append(f"freqs{own_bits}", packed)
            freq_place[chosen] += np.cumsum(sizes) - sizes
        for row in np.flatnonzero(tabled).tolist():
            part = slice(firsts[row], firsts[row] + counts[row])
            whole = np.zeros(self._units, np.uint32)
            whole[docs[part]] = freqs[part]
            own_bits = TABLE_BITS[int(table_codes[row]) - 1]
            units = np.array([self._units], np.int64)
            packed = _pack(whole, units, -(-units * own_bits // 8), own_bits)
            place[row] = self._append("tables", packed)
        self._columns["counts"].append(counts)
        self._columns["kind"].append(kind)
        self._columns["docs"].append(place)
        self._columns["freqs"].append(freq_place)

    def _append(self, name: str, values: NDArray[Any]) -> int:
        """Where they begin."""
        begin = self._sizes[name]
        self._arrays[name].append(values)
        self._sizes[name] += len(values)
        return begin

    def sections(self) -> dict[str, NDArray[Any]]:
        """Everything that was added."""
        found: dict[str, NDArray[Any]] = {
            "words.counts": compact(self._column("counts")),
            "words.kind": self._column("kind").astype(np.uint8),
            "words.docs": self._column("docs").astype(np.uint32),
            "words.freqs": self._column("freqs").astype(np.uint32),
        }
        for name, parts in self._arrays.items():
            dtype = f"<u{name[4:]}" if name.startswith("docs") else np.uint8
            found[name] = np.concatenate(parts) if parts else np.zeros(0, dtype)
            parts.clear()
        return found

    def _column(self, name: str) -> NDArray[Any]:
        return np.concatenate([np.zeros(0, np.int64), *self._columns[name]])


def encode_words(columns: WordColumns, units: int, char_count: int) -> dict[str, Any]:
    """Sections (without the space's name)."""
    terms, term_of, docs, freqs, tokens = columns
    firsts = np.searchsorted(term_of, np.arange(len(terms), dtype=np.uint32)).astype(np.int64)
    writer = PostingsWriter(units)
    writer.add(np.diff(firsts, append=len(docs)).astype(np.int64), docs, freqs)
    longer = [positions for length, positions in tokens.items() if length not in SHORT]
    lengths = [np.full(len(p), n, np.uint32) for n, p in tokens.items() if n not in SHORT]
    at = np.concatenate([_NOTHING, *longer])
    order = np.argsort(at, kind="stable")
    return {
        **encode_vocabulary(terms),
        **writer.sections(),
        "words.lengths": compact(np.bincount(docs, freqs, units).astype(np.uint32)),
        **encode_tokens(
            ((length, tokens.get(length, _NOTHING)) for length in SHORT),
            (at[order], np.concatenate([_NOTHING, *lengths])[order]),
            char_count,
        ),
    }


def encode_vocabulary(terms: Sequence[str]) -> dict[str, Any]:
    """Sections of the distinct terms, ascending."""
    raw = [term.encode("utf-8", "surrogatepass") for term in terms]
    bounds = np.zeros(len(raw) + 1, np.uint32)
    np.cumsum(np.fromiter(map(len, raw), np.int64, len(raw)), out=bounds[1:])
    return {"words.text": b"".join(raw), "words.bounds": bounds}


def encode_tokens(
    short: Iterable[tuple[int, Uint32s]], longer: LongTokens, char_count: int
) -> dict[str, Any]:
    """Sections of where tokens begin, ascending: of each short length, taken one by one, and of
    all longer ones with the length of each."""
    sections: dict[str, Any] = {}
    for length, positions in short:
        # an element takes a byte at least, so that of many places no list need be tried
        if len(positions) <= char_count // 8:
            listed = numbers.encode_one(positions)
            if listed.nbytes <= char_count // 8:
                sections[f"tokens{length}.list"] = listed
                continue
        flags = np.zeros(char_count, np.bool_)
        flags[positions] = True
        sections[f"tokens{length}.bits"] = np.packbits(flags, bitorder="little")
    sections["tokens5.list"] = longer[0]
    sections["tokens5.lengths"] = compact(longer[1])
    return sections


def _bit_lengths(values: Uint32s) -> Int64s:
    """``(n,)`` bits that each of some positive numbers takes."""
    return np.frexp(values.astype(np.float64))[1].astype(np.int64)


def _pack(values: Uint32s, counts: Int64s, sizes: Int64s, bits: int) -> NDArray[np.uint8]:
    """Lists side by side, ``bits`` a value, low bits first; each begins a byte."""
    if bits >= 8:
        return values.astype(f"<u{bits // 8}").view(np.uint8)
    a_byte = 8 // bits
    begins = (np.cumsum(sizes) - sizes) * a_byte
    flat = np.zeros(int(sizes.sum()) * a_byte, np.uint8)
    flat[numbers.ranges(begins, counts)] = values
    packed = flat[0::a_byte].copy()
    for part in range(1, a_byte):
        packed |= flat[part::a_byte] << np.uint8(part * bits)
    return packed
