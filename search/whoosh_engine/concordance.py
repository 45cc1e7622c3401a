"""Keyword in context: every occurrence on a line of its own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np

from corpus.folding import fold_with_offsets, stored_span
from search.request import SearchRequest
from search.results import Notice, Total
from search.views import Concordance, ConcordanceLine, ConcordanceSort
from search.whoosh_engine.columns import Int64s
from search.whoosh_engine.hits import make_hit
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
        keys = _surroundings(matches, taken, order)
        taken = taken[sorted(range(len(taken)), key=keys.__getitem__)]
    elif order in ("year", "-year", "agency"):
        ranks = columns.sort_rank(order)
        taken = np.lexsort((starts, docs, ranks[owners]))
    first = (request.page - 1) * request.size
    lines = []
    for i in taken[first : first + request.size].tolist():
        doc = int(docs[i])
        text = _text(matches, doc)
        low, high = stored_span(fold_with_offsets(text)[1], int(starts[i]), int(ends[i]))
        lines.append(
            ConcordanceLine(
                make_hit(columns, doc, occurrences=1),
                _flat(text[max(0, low - width) : low]),
                _flat(text[low:high]),
                _flat(text[high : high + width]),
            )
        )
    return Concordance(
        total=Total(len(matches.reports), len(matches.docs), len(docs)),
        lines=tuple(lines),
        sorted_occurrences=len(taken),
        bounded=bounded,
        page=request.page,
        size=request.size,
        notices=tuple(notices),
    )


def _surroundings(matches: Matches, taken: Int64s, order: ConcordanceSort) -> list[tuple[str, int]]:
    """What stands left (read backwards) or right of each place, folded."""
    docs, starts, ends = matches.places

    @lru_cache(maxsize=512)
    def folded(doc: int) -> str:
        return fold_with_offsets(_text(matches, doc))[0].replace("\n", " ")

    keys = []
    for place, i in enumerate(taken.tolist()):
        text = folded(int(docs[i]))
        if order == "left":
            start = int(starts[i])
            key = text[max(0, start - CONTEXT) : start][::-1]
        else:
            end = int(ends[i])
            key = text[end : end + CONTEXT]
        keys.append((key, place))
    return keys


def _text(matches: Matches, doc: int) -> str:
    segment, local = matches.columns.segment_of(doc)
    return segment.passage_text(local)


def _flat(text: str) -> str:
    return text.replace("\n", " ").replace("\t", " ")
