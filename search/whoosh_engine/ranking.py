"""The order of matching passages, and one page of it.

Every order ends in (report id, place in the text), so it is the same each time.  Only as much
is sorted as the page needs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from search.request import Sort, View
from search.whoosh_engine.columns import Int64s
from search.whoosh_engine.matches import Matches


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
    chosen = _best(-scores, end)
    docs = matches.docs[chosen]
    order = np.lexsort(
        (docs, matches.columns.id_rank[matches.columns.report_of[docs]], -scores[chosen])
    )
    return chosen[order][start:end]


def _best(keys: NDArray[np.floating], count: int) -> Int64s:
    """Indices of the ``count`` least keys, with all that tie with the last."""
    if count >= len(keys):
        return np.arange(len(keys))
    last = np.partition(keys, count - 1)[count - 1]
    return np.flatnonzero(keys <= last)


def _by_report(matches: Matches, sort: Sort, start: int, end: int) -> Int64s:
    """Reports in order (by their best passage for relevance), each with its passages."""
    owners = matches.columns.report_of[matches.docs]
    if not len(owners):
        return np.zeros(0, np.int64)
    firsts = np.flatnonzero(np.append(True, owners[1:] != owners[:-1]))
    reports = owners[firsts]
    counts = np.diff(firsts, append=len(owners))
    if sort == "relevance":
        keys = -np.maximum.reduceat(matches.scores, firsts)
        chosen = _best(keys, end)  # each report has a passage at least
        order = np.lexsort((matches.columns.id_rank[reports[chosen]], keys[chosen]))
    else:
        ranks = matches.columns.sort_rank(sort)[reports].astype(np.float64)
        chosen = _best(ranks, end)
        order = np.argsort(ranks[chosen])
    chosen = chosen[order]
    reached = np.cumsum(counts[chosen])
    last = int(np.searchsorted(reached, end)) + 1
    parts = [
        np.arange(first, first + count)
        for first, count in zip(
            firsts[chosen[:last]].tolist(), counts[chosen[:last]].tolist(), strict=True
        )
    ]
    return np.concatenate(parts)[start:end]
