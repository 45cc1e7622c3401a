"""What stands beside a passage, and what is like it."""

from __future__ import annotations

from typing import Final

import numpy as np

from corpus.folding import fold
from index.analysis import cut_query
from search import query
from search.results import Hit
from search.views import Neighbours
from search.whoosh_engine.columns import Columns
from search.whoosh_engine.hits import make_hits

MOST_WORDS: Final = 24
"""Words of a passage that stand for it: those that are rarest in the collection."""


def neighbours(columns: Columns, doc: int) -> Neighbours:
    """The same section in the agency's years beside, and the passages beside in the report."""
    report = int(columns.report_of[doc])
    first, last = columns.first_passage[report : report + 2].tolist()
    return Neighbours(
        previous_year=_other_year(columns, doc, -1),
        next_year=_other_year(columns, doc, +1),
        before=_hit(columns, doc - 1) if doc > first else None,
        after=_hit(columns, doc + 1) if doc + 1 < last else None,
    )


def _other_year(columns: Columns, doc: int, step: int) -> Hit | None:
    """The passage of the same category whose words are most alike, in the agency's nearest
    report before or after."""
    report = int(columns.report_of[doc])
    agency = columns.labels["agency"].ordinals
    year = int(columns.year[report])
    if year < 0 or agency[report] < 0:
        return None
    same = np.flatnonzero((agency == agency[report]) & columns.live_reports & (columns.year >= 0))
    series = _series(columns, report)
    same = same[[_series(columns, other) == series for other in same.tolist()]]
    years = columns.year[same]
    beyond = same[years > year] if step > 0 else same[years < year]
    if not len(beyond):
        return None
    nearest = beyond[np.argsort(columns.year[beyond], kind="stable")]
    other = int(nearest[0] if step > 0 else nearest[-1])
    first, last = columns.first_passage[other : other + 2].tolist()
    own = _pairs(columns, doc)
    best, most = None, -1.0
    for candidate in range(first, last):
        if columns.section_of[candidate] != columns.section_of[doc]:
            continue
        theirs = _pairs(columns, candidate)
        alike = len(own & theirs) / max(1, len(own | theirs))
        if alike > most:
            best, most = candidate, alike
    return None if best is None else _hit(columns, best)


def _hit(columns: Columns, doc: int) -> Hit:
    return make_hits(columns, [doc])[0]


def _series(columns: Columns, report: int) -> str:
    segment, number = columns.segment_of_report(report)
    return segment.report_series(number)


def _pairs(columns: Columns, doc: int) -> set[str]:
    segment, local = columns.segment_of(doc)
    folded = fold(segment.passage_text(local))
    return {folded[i : i + 2] for i in range(len(folded) - 1)}


def likeness(columns: Columns, doc: int) -> query.Node:
    """The passage as a query: its most telling words, any of them."""
    segment, local = columns.segment_of(doc)
    words = set(cut_query(fold(segment.passage_text(local)).replace("\n", "。")))
    counts = {
        word: sum(s.space("body").word_count(word) for s in columns.segments)
        for word in words
        if len(word) > 1
    }
    # a word that stands here alone finds nothing else
    known = [word for word, count in counts.items() if count > 1]
    known.sort(key=lambda word: (counts[word], word))
    chosen = known[:MOST_WORDS]
    if not chosen:
        return query.Not(query.Everything())
    return query.Or(tuple(query.Word(word) for word in chosen))
