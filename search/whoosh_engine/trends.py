"""A query by year, with its denominators (DESIGN §6, across years)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from search.results import TrendRow
from search.whoosh_engine.columns import Columns, Int64s
from search.whoosh_engine.matches import Matches
from search.whoosh_engine.passage_sets import PassageSet


def trend_rows(matches: Matches, allowed: PassageSet | None) -> Iterator[TrendRow]:
    """Years ascending without gaps, then the reports of no known year."""
    columns = matches.columns
    held_passages = columns.live_passages if allowed is None else columns.live_passages & allowed
    held_docs = held_passages.docs
    reports = _by_year(columns, matches.reports)
    held = _by_year(columns, columns.in_reports(held_passages).reports)
    occurrences = _sums(columns, matches.docs, matches.occurrence_counts)
    characters = _sums(columns, held_docs, columns.characters[held_docs])
    known = [year for year in held if year >= 0]
    years = [*range(min(known), max(known) + 1)] if known else []
    if -1 in held:
        years.append(-1)
    for year in years:
        own, all_held = reports.get(year, 0), held.get(year, 0)
        places, size = occurrences.get(year, 0), characters.get(year, 0)
        yield TrendRow(
            year=None if year < 0 else year,
            reports=own,
            held=all_held,
            share=own / all_held if all_held else 0.0,
            occurrences=places,
            characters=size,
            per_10k=places * 10_000 / size if size else 0.0,
        )


def _by_year(columns: Columns, reports: Int64s) -> dict[int, int]:
    years, counts = np.unique(columns.year[reports], return_counts=True)
    return dict(zip(years.tolist(), counts.tolist(), strict=True))


def _sums(columns: Columns, docs: Int64s, values: Int64s) -> dict[int, int]:
    column = columns.labels["year"]
    ordinals = column.ordinals[columns.report_of[docs]] + 1
    # bincount adds as floats, exact to 2**53
    sums = np.bincount(ordinals, weights=values, minlength=len(column.values) + 1)
    years = [-1, *map(int, column.values)]
    return {year: int(total) for year, total in zip(years, sums.tolist(), strict=True)}
