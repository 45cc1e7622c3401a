"""Keyword in context: every occurrence on a line of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from corpus.folding import fold, fold_with_offsets, stored_span
from search.request import SearchRequest
from search.results import Notice, Total
from search.views import Concordance, ConcordanceLine, ConcordanceSort
from search.whoosh_engine.columns import Int64s
from search.whoosh_engine.hits import make_hits
from search.whoosh_engine.matches import Matches

MOST_SORTED: Final = 20_000
"""Occurrences whose surroundings are read for an order by what stands left or right."""
CONTEXT: Final = 12
"""Characters of the surroundings that such an order compares."""


def concordance(
    matches: Matches,
    request: SearchRequest,
    order: ConcordanceSort,
    width: int,
    notices: Sequence[Notice],
) -> Concordance:
    """One page of lines."""
    columns = matches.columns
    docs, starts, ends = matches.places
    owners = columns.report_of[docs]
    by_text = np.lexsort((starts, docs, columns.id_rank[owners]))
    taken = by_text
    bounded = False
    if order in ("left", "right"):
        bounded = len(by_text) > MOST_SORTED
        taken = by_text[:MOST_SORTED]
        taken = taken[_by_surroundings(matches, taken, order)]
    elif order in ("year", "-year", "agency"):
        ranks = columns.sort_rank(order)
        taken = np.lexsort((starts, docs, ranks[owners]))
    first = (request.page - 1) * request.size
    lines = []
    shown = taken[first : first + request.size]
    hits = make_hits(columns, docs[shown], occurrences=np.ones(len(shown), np.int64))
    for i, doc, hit in zip(shown.tolist(), docs[shown].tolist(), hits, strict=True):
        text = _text(matches, doc)
        low, high = stored_span(fold_with_offsets(text)[1], int(starts[i]), int(ends[i]))
        lines.append(
            ConcordanceLine(
                hit,
                _flat(text[max(0, low - width) : low]),
                _flat(text[low:high]),
                _flat(text[high : high + width]),
            )
        )
    return Concordance(
        total=Total(len(matches.reports), len(matches), len(docs)),
        lines=tuple(lines),
        sorted_occurrences=len(taken),
        bounded=bounded,
        page=request.page,
        size=request.size,
        notices=tuple(notices),
    )


def _by_surroundings(matches: Matches, taken: Int64s, order: ConcordanceSort) -> Int64s:
    """``(len(taken),)`` the order of some places by what stands left (read backwards) or right of
    each in its passage, folded; equals as they come."""
    docs, starts, ends = (column[taken] for column in matches.places)
    own, which = np.unique(docs, return_inverse=True)
    # all passages are folded at once, each closed by a line's end as it is in the index
    joined = fold("\n".join(_text(matches, doc) for doc in own.tolist()))
    codes = np.frombuffer(joined.encode("utf-32-le"), np.uint32)
    sizes = np.concatenate(
        [np.diff(segment.space("body").starts) for segment in matches.columns.segments]
    )[own].astype(np.int64)
    closes = np.cumsum(sizes)
    first, last = (closes - sizes)[which, None], closes[which, None]
    steps = np.arange(CONTEXT)
    at = first + (starts[:, None] - 1 - steps if order == "left" else ends[:, None] + steps)
    keys = np.where((at >= first) & (at < last), codes.take(at, mode="clip"), 0)
    keys[keys == ord("\n")] = ord(" ")
    ordered: Int64s = np.lexsort(keys.T[::-1])
    return ordered


def _text(matches: Matches, doc: int) -> str:
    segment, local = matches.columns.segment_of(doc)
    return segment.passage_text(local)


def _flat(text: str) -> str:
    return text.replace("\n", " ").replace("\t", " ")
