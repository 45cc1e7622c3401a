"""The order of matching passages, and one page of it.

Every order ends in (report id, place in the text), so it is the same each time.  Only as much
is sorted as the page needs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from search.request import Sort, View
from search.whoosh_engine.columns import Int64s
from search.whoosh_engine.matches import Matches

ROW: Final = 64
"""Scores of which only the greatest is looked at first."""


def ordered(matches: Matches, sort: Sort, view: View, start: int, end: int) -> Int64s:
    """Indices into ``matches.docs`` of hits ``[start, end)`` of the order."""
    if sort == "relevance" and view == "passages":
        return _by_score(matches, start, end)
    return _by_report(matches, sort, start, end)


def _by_score(matches: Matches, start: int, end: int) -> Int64s:
    """Passages by falling score."""
    scores = matches.scores
    if start >= len(scores):
        return np.zeros(0, np.int64)

    def in_order(chosen: Int64s) -> Int64s:
        docs = matches.docs[chosen]
        rank = matches.columns.id_rank[matches.columns.report_of[docs]].astype(np.int64)
        return (rank << np.int64(32)) | docs

    return _best(scores, end, in_order)[start:]


def _best(scores: NDArray[Any], count: int, in_order: Callable[[Int64s], Int64s]) -> Int64s:
    """Indices of the ``count`` greatest, falling; equals in the order of ``in_order``'s keys."""
    chosen = _greatest(scores, count)
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


def _greatest(scores: NDArray[Any], count: int) -> Int64s:
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


def _by_report(matches: Matches, sort: Sort, start: int, end: int) -> Int64s:
    """Reports in order (by their best passage for relevance), each with its passages."""
    owners = matches.columns.report_of[matches.docs]
    if not len(owners):
        return np.zeros(0, np.int64)
    firsts = np.flatnonzero(np.append(True, owners[1:] != owners[:-1]))
    reports = owners[firsts]
    counts = np.diff(firsts, append=len(owners))
    if sort == "relevance":
        keys = np.maximum.reduceat(matches.scores, firsts)
        id_rank = matches.columns.id_rank
        # each report has a passage at least
        chosen = _best(keys, end, lambda own: id_rank[reports[own]].astype(np.int64))
    else:
        ranks = matches.columns.sort_rank(sort)[reports]
        chosen = _greatest(-ranks, end)
        chosen = chosen[np.argsort(ranks[chosen])]
    reached = np.cumsum(counts[chosen])
    last = int(np.searchsorted(reached, end)) + 1
    parts = [
        np.arange(first, first + count)
        for first, count in zip(
            firsts[chosen[:last]].tolist(), counts[chosen[:last]].tolist(), strict=True
        )
    ]
    return np.concatenate(parts)[start:end]
