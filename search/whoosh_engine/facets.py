"""Facets: for each value of a field the distinct reports that match (DESIGN §6).

A field's own filters are lifted from its own counts, those of the others stay.  Counting and
ordering are done on arrays of ordinals; only the values that are shown become text.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from corpus.folding import fold_query
from search.labels import section_label
from search.request import Field, FieldFilter, SearchRequest
from search.results import Facet, FacetValue
from search.whoosh_engine.columns import Columns, Int64s
from search.whoosh_engine.filters import FilterMasks
from search.whoosh_engine.matches import Matches
from search.whoosh_engine.passage_sets import PassageSet


def facet(
    matches: Matches,
    masks: FilterMasks,
    request: SearchRequest,
    field: Field,
    *,
    start: int = 0,
    size: int,
    by_name: bool = False,
) -> Facet:
    """One field's values ``[start, start + size)``; selected ones come on the first page too."""
    columns = matches.columns
    table = columns.facet_table(field)
    counts = _counts(columns, _lifted(matches, masks, field), matches, field)
    chosen = request.filters.get(field)
    typed = request.facet_prefix.get(field, "")
    wanted = fold_query(typed) if typed else ""
    present = np.flatnonzero(counts)
    if wanted:
        folded = table.folded
        present = present[[wanted in folded[i] for i in present.tolist()]]
    ranks = table.year_ranks if field == "year" else table.name_ranks
    ordered = present
    if field != "section":  # sections keep the regulation's order
        keys: Int64s = ranks[present]
        if field != "year" and not by_name:
            keys = (counts.max(initial=0) - counts[present]) * len(ranks) + keys
        ordered = present[_least(keys, start + size)]
    shown = ordered[start : start + size]
    names = map(table.names.__getitem__, shown.tolist())
    values = list(zip(names, counts.take(shown).tolist(), strict=True))
    if chosen and start == 0 and not wanted:
        known = {value for value, _ in values}
        for value in (*chosen.include, *chosen.exclude):
            if value not in known:
                known.add(value)
                values.append((value, _count_of(columns, field, counts, value)))
    label = section_label if field == "section" else str
    found = [FacetValue(value, label(value), count) for value, count in values]
    if chosen:
        found = [_chosen(one, field, chosen) for one in found]
    return Facet(field, tuple(found), len(present))


def _chosen(value: FacetValue, field: Field, chosen: FieldFilter) -> FacetValue:
    """With whether the field's filter names it."""
    return replace(
        value,
        selected=value.value in chosen.include or _in_ranges(field, value.value, chosen),
        excluded=value.value in chosen.exclude,
    )


def _count_of(columns: Columns, field: Field, counts: Int64s, value: str) -> int:
    """Reports of one value, which may be an agency's second name."""
    at = columns.facet_table(field).numbers.get(value)
    if at is None and field == "agency":
        return sum(int(counts[own]) for own in columns.agency_names.get(value, ()))
    # no passage is without a section, so that sections have no count of the unknown
    return int(counts[at]) if at is not None and at < len(counts) else 0


def _least(keys: Int64s, count: int) -> Int64s:
    """Indices of the ``count`` least (or all) of some different keys, ascending."""
    if len(keys) <= 4 * count or not count:
        return np.argsort(keys)
    last = np.partition(keys, count - 1)[count - 1]
    least = np.flatnonzero(keys <= last)
    return least[np.argsort(keys[least])]


def _in_ranges(field: Field, value: str, chosen: FieldFilter) -> bool:
    if field != "year" or not value.isdigit():
        return False
    year = int(value)
    return any(
        (low is None or low <= year) and (high is None or year <= high)
        for low, high in chosen.ranges
    )


def _lifted(matches: Matches, masks: FilterMasks, field: Field) -> PassageSet | None:
    """Matching passages without the field's own filter; None when that changes nothing."""
    if field not in masks.fields():
        return None
    allowed = masks.passages(without=field)
    return matches.unfiltered if allowed is None else matches.unfiltered & allowed


def _counts(columns: Columns, lifted: PassageSet | None, matches: Matches, field: Field) -> Int64s:
    """Reports by number of the field's table; the unknown last."""
    held = matches.in_reports if lifted is None else columns.in_reports(lifted)
    if field == "section":
        return held.section_counts()
    return columns.facet_table(field).totals(columns.labels[field].bins.take(held.reports))
