"""The rows that counts and scores are worked out for: every passage of a generation, or some.

Where many passages match, arithmetic on all is faster than looking up those that do.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from search.whoosh_engine.leaves import Text
from search.whoosh_engine.passage_sets import Bools, Int64s, PassageSet

ALL: Final = slice(None)

Where: TypeAlias = slice | Int64s
"""Rows, ascending; a slice for all of them."""


class Rows:
    """``passages`` are those of each row, ascending; None for one row a passage of all
    ``passage_count``."""

    __slots__ = ("count", "passages")

    def __init__(self, passage_count: int, passages: Int64s | None = None) -> None:
        self.passages = passages
        self.count = passage_count if passages is None else len(passages)

    @property
    def are_all(self) -> bool:
        """Whether there is one for every passage."""
        return self.passages is None

    def take(self, values: NDArray[Any]) -> NDArray[Any]:
        """``(rows,)`` of one value for every passage."""
        return values if self.passages is None else values.take(self.passages)

    def lie(self, where: Where, within: PassageSet) -> Bools:
        """Which of some rows' passages are among others."""
        if self.passages is not None:
            return within.has(self.passages[where])
        return within.mask if isinstance(where, slice) else within.has(where)

    def frequency(self, text: Text) -> tuple[Where, NDArray[Any]]:
        """Which rows have the text, and how often; with a slice, some may have it no times."""
        counts = text.counts
        if self.passages is not None:
            return counts.at(self.passages)
        return counts.listed if counts.is_listed else (ALL, counts.table)

    def zeros(self) -> NDArray[np.uint32]:
        """``(rows,)``"""
        return np.zeros(self.count, np.uint32)
