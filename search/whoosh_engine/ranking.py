"""The order of matching passages, and one page of it.

Every order ends in (report id, place in the text), so it is the same each time.  Only as much
is sorted as the page needs.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from search.request import Sort, View
from search.whoosh_engine.columns import Columns, Floats, Int64s
from search.whoosh_engine.matches import Matches
from search.whoosh_engine.runs import run_starts
from search.whoosh_engine.selection import best, greatest

TRIED: Final = 4
"""For each report that is wanted, so many of the best passages are looked at first."""


def ordered(matches: Matches, sort: Sort, view: View, start: int, end: int) -> Int64s:
    """The passages that are hits ``[start, end)`` of the order."""
    end = min(end, len(matches))
    if start >= end:
        return np.zeros(0, np.int64)
    if sort == "relevance" and view == "passages":
        return _by_score(matches, end)[start:]
    reports = _by_relevance(matches, end) if sort == "relevance" else _by_rank(matches, sort, end)
    return _passages_of(matches, reports)[start:end]


def _by_score(matches: Matches, end: int) -> Int64s:
    """Passages by falling score."""
    docs, scores = matches.best(end)

    def in_order(chosen: Int64s) -> Int64s:
        own = docs[chosen]
        rank = matches.columns.id_rank[matches.columns.report_of[own]].astype(np.int64)
        return (rank << np.int64(32)) | own

    return docs[best(scores, end, in_order)]


def _by_relevance(matches: Matches, count: int) -> Int64s:
    """The ``count`` reports (or all) whose best passages are best, in order."""
    columns = matches.columns
    # of many passages first the best few, if they are of enough reports
    docs, scores = matches.best(TRIED * count)
    reports, keys = _best_of_each(columns, docs, scores)
    if len(reports) < count and len(docs) < len(matches):
        reports, keys = _best_of_each(columns, *matches.best(len(matches)))
    chosen = best(keys, count, lambda own: columns.id_rank[reports[own]].astype(np.int64))
    return reports[chosen]


def _best_of_each(columns: Columns, docs: Int64s, scores: Floats) -> tuple[Int64s, Floats]:
    """The reports of some passages, ascending, and the best score of each."""
    owners = columns.report_of.take(docs)
    firsts = run_starts(owners)
    return owners[firsts].astype(np.int64), np.maximum.reduceat(scores, firsts)


def _by_rank(matches: Matches, sort: Sort, count: int) -> Int64s:
    """The first ``count`` reports (or all) of an order that is not by relevance."""
    ranks = matches.columns.sort_rank(sort)[matches.reports]
    chosen = greatest(-ranks, count)
    return matches.reports[chosen[np.argsort(ranks[chosen])]]


def _passages_of(matches: Matches, reports: Int64s) -> Int64s:
    """The matching passages of some reports, report by report."""
    first = matches.columns.first_passage
    begins = first[reports]
    counts = first[reports + 1] - begins
    docs = np.repeat(begins - (np.cumsum(counts) - counts), counts)
    docs += np.arange(len(docs))
    return docs[matches.passages.has(docs)]
