"""Agency by year: reports with a match, of those held."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from search.request import SearchRequest
from search.results import Notice, Total
from search.views import Matrix, MatrixCell, MatrixRow
from search.whoosh_engine.columns import Columns, Int64s
from search.whoosh_engine.matches import Matches
from search.whoosh_engine.passage_sets import PassageSet


def matrix(
    matches: Matches, allowed: PassageSet | None, request: SearchRequest, notices: Sequence[Notice]
) -> Matrix:
    """A page of agencies, with the totals of all."""
    columns = matches.columns
    held_reports = held(columns, allowed)
    agencies = len(columns.labels["agency"].values) + 1
    years = len(columns.labels["year"].values) + 1
    shape = agencies, years
    reports = _table(columns, matches.reports, None, shape)
    holds = _table(columns, held_reports, None, shape)
    places = _table(columns, columns.report_of[matches.docs], matches.occurrence_counts, shape)
    # ordinal 0 is the unknown; it stands last among the years
    shown_years = [y for y in [*range(1, years), 0] if holds[:, y].any()]
    totals = reports.sum(axis=1)
    names = np.array(["\uffff", *columns.labels["agency"].values], dtype=object)
    matching = np.flatnonzero(totals)
    order = sorted(matching.tolist(), key=lambda a: (-int(totals[a]), names[a]))
    first = (request.page - 1) * request.size

    def cell(rows: slice | int, cols: slice | int) -> MatrixCell:
        return MatrixCell(
            int(reports[rows, cols].sum()),
            int(holds[rows, cols].sum()),
            int(places[rows, cols].sum()),
        )

    every = slice(None)
    return Matrix(
        years=tuple(int(columns.labels["year"].values[y - 1]) if y else None for y in shown_years),
        rows=tuple(
            MatrixRow(
                agency=str(names[a]) if a else None,
                cells=tuple(cell(a, y) for y in shown_years),
                total=cell(a, every),
            )
            for a in order[first : first + request.size]
        ),
        columns=tuple(cell(every, y) for y in shown_years),
        total=Total(len(matches.reports), len(matches), matches.occurrences),
        total_rows=len(order),
        page=request.page,
        size=request.size,
        notices=tuple(notices),
    )


def held(columns: Columns, allowed: PassageSet | None) -> Int64s:
    """Reports with a live passage that passes the filters."""
    passages = columns.live_passages if allowed is None else columns.live_passages & allowed
    return columns.in_reports(passages).reports


def _table(
    columns: Columns, reports: NDArray[np.integer], weights: Int64s | None, shape: tuple[int, int]
) -> Int64s:
    keys = (columns.labels["agency"].ordinals[reports].astype(np.int64) + 1) * shape[1] + (
        columns.labels["year"].ordinals[reports] + 1
    )
    sums = np.bincount(keys, weights=weights, minlength=shape[0] * shape[1])
    return sums.astype(np.int64).reshape(shape)
