"""The values a field can have in one generation, numbered, with the orders they are shown in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from corpus.folding import fold_query
from search.request import UNLABELLED

Int64s = NDArray[np.int64]


class FacetTable:
    """Values by number; the last is 未识别."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = (*names, UNLABELLED)
        self._known = len(names)

    def totals(self, bins: Int64s) -> Int64s:
        """``(len(names),)`` how often each comes, by the bins of a label column."""
        return np.bincount(bins, minlength=self._known + 1)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Each value's number."""
        return {name: i for i, name in enumerate(self.names)}

    @cached_property
    def folded(self) -> list[str]:
        """Each value folded, for narrowing a long facet."""
        return [fold_query(name) for name in self.names]

    @cached_property
    def name_ranks(self) -> Int64s:
        """``(len(names),)`` each value's place in the order of names; 未识别 last."""
        order = sorted(range(self._known), key=self.names.__getitem__)
        ranks = np.empty(self._known + 1, np.int64)
        ranks[order] = np.arange(self._known)
        ranks[self._known] = self._known
        return ranks

    @cached_property
    def year_ranks(self) -> Int64s:
        """``(len(names),)`` for years: newest first, 未识别 last."""
        ranks = self._known - 1 - self.name_ranks
        ranks[self._known] = self._known
        return ranks


class PathTable(FacetTable):
    """Values that are paths, 重庆市/南岸区: a node counts what lies at or below it."""

    def __init__(self, paths: Sequence[str]) -> None:
        nodes: dict[str, int] = {}
        uppers: list[int] = []
        owners: list[int] = []
        for ordinal, path in enumerate(paths):
            parts = path.split("/")
            for depth in range(1, len(parts) + 1):
                node = nodes.setdefault("/".join(parts[:depth]), len(nodes))
                uppers.append(node)
                owners.append(ordinal)
        super().__init__(tuple(nodes))
        self._paths = len(paths)
        self._uppers = np.array(uppers, np.int64)
        self._owners = np.array(owners, np.int64)

    def totals(self, bins: Int64s) -> Int64s:
        """``(len(names),)`` reports at or below each node: a report lies in one place, so counts
        add up."""
        counts = np.bincount(bins, minlength=self._paths + 1)
        below = np.bincount(
            self._uppers, weights=counts[self._owners], minlength=self._known
        ).astype(np.int64)
        return np.append(below, counts[-1])
