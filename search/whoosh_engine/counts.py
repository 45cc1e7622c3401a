"""How often something stands in each passage of a generation: as a list, or as a table.

A rare word is a list of passages with their counts; a frequent one a table, a number for every
passage, which NumPy works on many at once and without looking anything up.  Either gives the
other when asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from search.whoosh_engine.passage_sets import Int64s, PassageSet

Unsigned = NDArray[Any]
"""Counts, in whatever unsigned type holds them."""


class Counts:
    """Counts of ``size`` passages, deleted ones included.  Never changed once made."""

    __slots__ = ("_listed", "_passages", "_table", "size")

    def __init__(
        self, size: int, listed: tuple[Int64s, Unsigned] | None, table: Unsigned | None
    ) -> None:
        self.size = size
        self._listed = listed
        self._table = table
        self._passages: PassageSet | None = None

    @classmethod
    def of_list(cls, docs: Int64s, freqs: Unsigned, size: int) -> Counts:
        """From ``(n,)`` passages, ascending and unique, and how often each has it, at least 1."""
        return cls(size, (docs, freqs), None)

    @classmethod
    def of_table(cls, table: Unsigned) -> Counts:
        """From ``(size,)`` counts, which must not change afterwards."""
        return cls(len(table), None, table)

    @property
    def is_listed(self) -> bool:
        """Whether they were given as a list."""
        return self._listed is not None

    @property
    def listed(self) -> tuple[Int64s, Unsigned]:
        """``(n,)`` passages, ascending, unique, and ``(n,)`` counts."""
        if self._listed is None:
            docs = self.passages.docs
            self._listed = docs, self.table.take(docs)
        return self._listed

    @property
    def table(self) -> Unsigned:
        """``(size,)``"""
        if self._table is None:
            docs, freqs = self.listed
            self._table = np.zeros(self.size, _narrowest(freqs))
            self._table[docs] = freqs
        return self._table

    @property
    def passages(self) -> PassageSet:
        """Those with one at least; the same object each time."""
        if self._passages is None:
            self._passages = (
                PassageSet.of_mask(self.table != 0)
                if self._listed is None
                else PassageSet.of_docs(self._listed[0], self.size)
            )
        return self._passages

    def __len__(self) -> int:
        return len(self.passages)

    def at(self, docs: Int64s) -> tuple[slice | Int64s, Unsigned]:
        """Which of some passages, ascending, have it, as indices into them, and how often; with a
        slice for all of them some may have it no times."""
        if self._table is not None:
            return slice(None), self._table.take(docs)
        own, freqs = self.listed
        if docs is own:  # all that is asked for is what one phrase found
            return slice(None), freqs
        if not len(own) or not len(docs):
            return docs[:0], freqs[:0]
        if len(docs) < len(own):  # the shorter is looked up in the longer
            at = own.searchsorted(docs)
            there = own.take(at, mode="clip") == docs
            return np.flatnonzero(there), freqs[at[there]]
        at = docs.searchsorted(own)
        there = docs.take(at, mode="clip") == own
        return at[there], freqs[there]


def _narrowest(freqs: NDArray[Any]) -> type[np.unsignedinteger[Any]]:
    return np.uint8 if int(freqs.max(initial=0)) <= 255 else np.uint32


def narrow(freqs: NDArray[Any]) -> Unsigned:
    """Counts in the narrower type that holds them."""
    return freqs.astype(_narrowest(freqs))


def joined(parts: Sequence[Counts], bases: Sequence[int], size: int) -> Counts:
    """The counts of all segments, of which each begins at its base, as those of one row."""
    if not parts:
        return Counts.of_list(np.zeros(0, np.int64), np.zeros(0, np.uint8), size)
    if len(parts) == 1:
        return parts[0]
    if all(part.is_listed for part in parts):
        docs = np.empty(sum(len(part.listed[0]) for part in parts), np.int64)
        freqs = np.empty(len(docs), np.result_type(*(part.listed[1] for part in parts)))
        at = 0
        for base, part in zip(bases, parts, strict=True):
            own, counts = part.listed
            end = at + len(own)
            np.add(own, base, out=docs[at:end])
            freqs[at:end] = counts
            at = end
        return Counts.of_list(docs, freqs, size)
    table = np.empty(size, np.result_type(*(part.table for part in parts)))
    for base, part in zip(bases, parts, strict=True):
        table[base : base + part.size] = part.table
    return Counts.of_table(table)


def added(counts: Counts, more: tuple[Int64s, Unsigned]) -> Counts:
    """With further passages, ascending and unique, and what is to be added in each."""
    docs, extra = more
    if not len(docs):
        return counts
    if not counts.is_listed:
        sums = counts.table.take(docs) + extra.astype(np.uint32)
        table = counts.table.astype(np.uint32 if int(sums.max()) > 255 else counts.table.dtype)
        table[docs] = sums
        return Counts.of_table(table)
    own, freqs = counts.listed
    freqs = freqs.astype(np.uint32)
    at = own.searchsorted(docs)
    there = own.take(at, mode="clip") == docs if len(own) else np.zeros(len(docs), np.bool_)
    freqs[at[there]] += extra[there]
    new = ~there
    if new.any():
        own, freqs = np.insert(own, at[new], docs[new]), np.insert(freqs, at[new], extra[new])
    return Counts.of_list(own, freqs, counts.size)
