"""The greatest of many scores, without sorting them all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from search.whoosh_engine.passage_sets import Int64s

ROW: Final = 64
"""Scores of which only the greatest is looked at first."""


def best(scores: NDArray[Any], count: int, in_order: Callable[[Int64s], Int64s]) -> Int64s:
    """Indices of the ``count`` greatest, falling; equals in the order of ``in_order``'s keys."""
    chosen = greatest(scores, count)
    ties = in_order(chosen)
    if len(chosen) > 2 * count + ROW:
        # many equal the last: the first of them by key will do
        last = scores[chosen].min()
        better = scores[chosen] > last
        equal = np.flatnonzero(~better)
        left = count - int(better.sum())
        equal = equal[np.argpartition(ties[equal], left - 1)[:left]]
        kept = np.concatenate([np.flatnonzero(better), equal])
        chosen, ties = chosen[kept], ties[kept]
    return chosen[np.lexsort((ties, -scores[chosen]))][:count]


def greatest(scores: NDArray[Any], count: int) -> Int64s:
    """Indices of the ``count`` greatest, with all that equal the last, ascending."""
    if count >= len(scores):
        return np.arange(len(scores))
    rows = len(scores) // ROW
    if rows < 4 * count:
        return np.flatnonzero(scores >= _kth(scores, count))
    # the columns' greatest are scores too, so the k-th of them is a bound for the k-th of all
    tops = scores[: rows * ROW].reshape(ROW, rows).max(axis=0)
    able = np.flatnonzero(scores >= _kth(tops, count))
    found: Int64s = able[scores[able] >= _kth(scores[able], count)]
    return found


def _kth(values: NDArray[Any], count: int) -> Any:
    """The ``count``-th greatest."""
    at = len(values) - count
    return np.partition(values, at)[at]
