"""The biography of a phrase: who used it first, who followed, who dropped it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from search.request import SearchRequest
from search.results import Notice, Total
from search.views import Adoption, Spread, YearSpread
from search.whoosh_engine.columns import Columns, Int64s
from search.whoosh_engine.hits import make_hits
from search.whoosh_engine.matches import Matches
from search.whoosh_engine.matrix import held
from search.whoosh_engine.passage_sets import PassageSet

UNKNOWN_YEAR = 9_999


def spread(
    matches: Matches, allowed: PassageSet | None, request: SearchRequest, notices: Sequence[Notice]
) -> Spread:
    """A page of agencies in the order in which they took it up, and all years."""
    columns = matches.columns
    agency = columns.labels["agency"].ordinals
    held_reports = held(columns, allowed)
    holds = _years_of(columns, held_reports)
    uses = _years_of(columns, matches.reports)
    years = np.where(columns.year < 0, UNKNOWN_YEAR, columns.year)
    reports = matches.reports
    names = np.array([*columns.labels["agency"].values, "\uffff"], dtype=object)
    by_first = np.lexsort((columns.id_rank[reports], columns.published[reports], years[reports]))
    firsts: dict[int, int] = {}
    for report in reports[by_first].tolist():
        firsts.setdefault(int(agency[report]), report)
    order = sorted(
        firsts,
        key=lambda a: (
            a < 0,
            int(years[firsts[a]]),
            int(columns.published[firsts[a]]),
            names[a],
        ),
    )
    owners = columns.report_of[matches.docs]
    places = np.bincount(
        agency[owners] + 1,
        weights=matches.occurrence_counts,
        minlength=len(columns.labels["agency"].values) + 1,
    )
    counts = np.bincount(agency[reports] + 1, minlength=len(columns.labels["agency"].values) + 1)
    start = (request.page - 1) * request.size
    shown = order[start : start + request.size]
    first_docs = matches.docs[np.searchsorted(owners, [firsts[own] for own in shown])]
    adoptions = []
    for own, hit in zip(shown, make_hits(columns, first_docs), strict=True):
        used, kept = uses.get(own, ()), holds.get(own, ())
        adoptions.append(
            Adoption(
                agency=None if own < 0 else columns.labels["agency"].values[own],
                first_year=used[0] if used else None,
                last_year=used[-1] if used else None,
                years=used,
                held=kept,
                reports=int(counts[own + 1]),
                occurrences=int(places[own + 1]),
                dropped=bool(used and kept and kept[-1] > used[-1]),
                first_hit=hit,
            )
        )
    return Spread(
        adoptions=tuple(adoptions),
        by_year=tuple(_by_year(uses, holds, columns, matches.reports, held_reports)),
        total=Total(len(matches.reports), len(matches), matches.occurrences),
        total_agencies=len(order),
        held_agencies=len({int(a) for a in agency[held_reports].tolist()}),
        held_reports=len(held_reports),
        page=request.page,
        size=request.size,
        notices=tuple(notices),
    )


def _years_of(columns: Columns, reports: Int64s) -> dict[int, tuple[int, ...]]:
    """Known years by agency ordinal, ascending; -1 is the unknown agency."""
    agency = columns.labels["agency"].ordinals[reports]
    pairs = np.unique(np.stack([agency, columns.year[reports]], axis=1), axis=0)
    found: dict[int, list[int]] = {}
    for own, year in pairs.tolist():
        if year >= 0:
            found.setdefault(own, []).append(year)
    return {own: tuple(years) for own, years in found.items()}


def _by_year(
    uses: dict[int, tuple[int, ...]],
    holds: dict[int, tuple[int, ...]],
    columns: Columns,
    reports: Int64s,
    held_reports: Int64s,
) -> list[YearSpread]:
    years = sorted({year for own in holds.values() for year in own})
    new: dict[int, int] = {}
    with_it: dict[int, int] = {}
    held_in: dict[int, int] = {}
    for own in uses.values():
        new[own[0]] = new.get(own[0], 0) + 1
        for year in own:
            with_it[year] = with_it.get(year, 0) + 1
    for own in holds.values():
        for year in own:
            held_in[year] = held_in.get(year, 0) + 1
    rows = [
        YearSpread(year, new.get(year, 0), with_it.get(year, 0), held_in[year]) for year in years
    ]
    if held_apart := _undated(columns, held_reports):
        apart = _undated(columns, reports)
        fresh = sum(own not in uses for own in apart)
        rows.append(YearSpread(None, fresh, len(apart), len(held_apart)))
    return rows


def _undated(columns: Columns, reports: Int64s) -> set[int]:
    """Agencies, by ordinal, that have a report of no known year among some."""
    agency = columns.labels["agency"].ordinals
    return set(agency[reports[columns.year[reports] < 0]].tolist())
