"""Sets of a generation's passages: as ascending numbers, as a mask, or as both.

A rare answer is a few numbers and should cost that much, whatever the collection's size; a
frequent one is cheapest as a mask.  A set is made from either and gives the other when asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from search.whoosh_engine.runs import are_fresh

Bools = NDArray[np.bool_]
Int64s = NDArray[np.int64]

SPARSE: Final = 32
"""A set of at most one passage in so many is worked on by its numbers."""


class PassageSet:
    """Some of ``size`` passages.  Never changed once made."""

    __slots__ = ("_count", "_docs", "_mask", "size")

    def __init__(self, size: int, docs: Int64s | None, mask: Bools | None) -> None:
        self.size = size
        self._docs = docs
        self._mask = mask
        self._count = -1 if docs is None else len(docs)

    @classmethod
    def of_docs(cls, docs: Int64s, size: int) -> PassageSet:
        """From ``(n,)`` numbers, ascending and unique."""
        return cls(size, docs, None)

    @classmethod
    def of_mask(cls, mask: Bools) -> PassageSet:
        """From a ``(size,)`` mask, which must not change afterwards."""
        return cls(len(mask), None, mask)

    @classmethod
    def everything(cls, size: int) -> PassageSet:
        """All passages."""
        return cls.of_mask(np.ones(size, np.bool_))

    @property
    def docs(self) -> Int64s:
        """``(n,)`` ascending, unique."""
        if self._docs is None:
            self._docs = np.flatnonzero(self._mask)  # type: ignore[arg-type]
        return self._docs

    @property
    def mask(self) -> Bools:
        """``(size,)``"""
        if self._mask is None:
            self._mask = np.zeros(self.size, np.bool_)
            self._mask[self._docs] = True
        return self._mask

    @property
    def is_sparse(self) -> bool:
        """Whether its numbers are known and few."""
        return self._docs is not None and len(self._docs) * SPARSE <= self.size

    def __len__(self) -> int:
        if self._count < 0:
            self._count = int(np.count_nonzero(self._mask))  # type: ignore[arg-type]
        return self._count

    def has(self, docs: NDArray[np.integer]) -> Bools:
        """``(n,)`` which of some passages, in any order, are in the set."""
        if not (self.is_sparse and len(docs) * SPARSE <= self.size):
            found: Bools = self.mask[docs]
            return found
        own = self.docs
        if not len(own):
            return np.zeros(len(docs), np.bool_)
        there: Bools = own.take(own.searchsorted(docs), mode="clip") == docs
        return there

    def __and__(self, other: PassageSet) -> PassageSet:
        if not self.is_sparse and other.is_sparse:
            self, other = other, self
        if self.is_sparse:
            return PassageSet.of_docs(self.docs[other.has(self.docs)], self.size)
        return PassageSet.of_mask(self.mask & other.mask)

    @classmethod
    def any(cls, sets: Sequence[PassageSet]) -> PassageSet:
        """Passages in some set of one or more."""
        if all(own.is_sparse for own in sets):
            found = sets[0]
            for own in sets[1:]:
                found |= own
            return found
        mask = np.zeros(sets[0].size, np.bool_)
        for own in sets:
            if own._docs is None:
                mask |= own.mask
            else:
                mask[own._docs] = True
        return cls.of_mask(mask)

    def __or__(self, other: PassageSet) -> PassageSet:
        if self.is_sparse and other.is_sparse:
            both = np.concatenate([self.docs, other.docs])
            both.sort(kind="stable")
            return PassageSet.of_docs(both[are_fresh(both)], self.size)
        if other.is_sparse:
            self, other = other, self
        if self.is_sparse:
            mask = other.mask.copy()
            mask[self.docs] = True
            return PassageSet.of_mask(mask)
        return PassageSet.of_mask(self.mask | other.mask)

    def __invert__(self) -> PassageSet:
        return PassageSet.of_mask(~self.mask)

    def __sub__(self, other: PassageSet) -> PassageSet:
        if self.is_sparse:
            return PassageSet.of_docs(self.docs[~other.has(self.docs)], self.size)
        return PassageSet.of_mask(self.mask & ~other.mask)
