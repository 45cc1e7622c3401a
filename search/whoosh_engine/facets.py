"""Facets: for each value of a field the distinct reports that match (DESIGN §6).

A field's own filters are lifted from its own counts, those of the others stay.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corpus.folding import fold_query
from corpus.model import CATEGORIES
from search.labels import section_label
from search.request import UNLABELLED, Field, FieldFilter, SearchRequest
from search.results import Facet, FacetValue
from search.whoosh_engine.columns import SECTIONS, Columns, Int64s
from search.whoosh_engine.evaluate import Matches, distinct
from search.whoosh_engine.filters import FilterMasks


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
    docs = _lifted(matches, masks, field)
    counted = _counts(columns, docs, matches, field)
    chosen = request.filters.get(field, FieldFilter())
    wanted = fold_query(request.facet_prefix.get(field, ""))
    values = [
        (value, label, count)
        for value, label, count in counted
        if count and (not wanted or wanted in fold_query(label))
    ]
    if field == "section":
        pass  # the regulation's order, as counted
    elif field == "year":
        values.sort(key=lambda v: (v[0] == UNLABELLED, -int(v[0]) if v[0] != UNLABELLED else 0))
    elif by_name:
        values.sort(key=lambda v: (v[0] == UNLABELLED, v[0]))
    else:
        values.sort(key=lambda v: (-v[2], v[0] == UNLABELLED, v[0]))
    shown = values[start : start + size]
    if start == 0 and not wanted:
        present = {value for value, _, _ in shown}
        known = {value: (label, count) for value, label, count in counted}
        for value in (*chosen.include, *chosen.exclude):
            if value not in present:
                label, count = known.get(value, (_label(field, value), 0))
                shown.append((value, label, count))
                present.add(value)
    return Facet(
        field,
        tuple(
            FacetValue(
                value,
                label,
                count,
                selected=value in chosen.include or _in_ranges(field, value, chosen),
                excluded=value in chosen.exclude,
            )
            for value, label, count in shown
        ),
        len(values),
    )


def _label(field: Field, value: str) -> str:
    return section_label(value) if field == "section" else value


def _in_ranges(field: Field, value: str, chosen: FieldFilter) -> bool:
    if field != "year" or not value.isdigit():
        return False
    year = int(value)
    return any(
        (low is None or low <= year) and (high is None or year <= high)
        for low, high in chosen.ranges
    )


def _lifted(matches: Matches, masks: FilterMasks, field: Field) -> Int64s | None:
    """Matching passages without the field's own filter; None when that changes nothing."""
    if field not in masks.fields():
        return None
    allowed = masks.passages(without=field)
    mask = matches.unfiltered if allowed is None else matches.unfiltered & allowed
    return np.flatnonzero(mask)


def _counts(
    columns: Columns, docs: Int64s | None, matches: Matches, field: Field
) -> Sequence[tuple[str, str, int]]:
    """Value, label, reports; those without any come with 0."""
    if field == "section":
        own = matches.docs if docs is None else docs
        holds = np.zeros(columns.report_count * SECTIONS, np.bool_)
        holds[columns.report_of[own].astype(np.int64) * SECTIONS + columns.section_of[own]] = True
        totals = holds.reshape(-1, SECTIONS).sum(axis=0).tolist()
        return [
            (code, section_label(code), count)
            for code, count in zip(CATEGORIES, totals, strict=True)
        ]
    reports = matches.reports if docs is None else distinct(columns.report_of[docs])
    column = columns.labels[field]
    counts = np.bincount(column.ordinals[reports] + 1, minlength=len(column.values) + 1).tolist()
    found = [(UNLABELLED, UNLABELLED, counts[0])]
    if field == "region":
        nodes: dict[str, int] = {}
        for value, count in zip(column.values, counts[1:], strict=True):
            if count:
                parts = value.split("/")
                for depth in range(1, len(parts) + 1):
                    node = "/".join(parts[:depth])
                    nodes[node] = nodes.get(node, 0) + count
        # a report lies in one region, so a node's counts add up
        return [*((node, node, count) for node, count in nodes.items()), *found]
    pairs = zip(column.values, column.values, counts[1:], strict=True)
    return [*(pair for pair in pairs if pair[2]), *found]
