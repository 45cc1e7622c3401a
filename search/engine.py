"""The protocol every engine implements; nothing above it knows what is below.

An engine is read-only and answers from one generation of the index at a time; it picks up a
new generation by itself.  Its methods may be called from many threads.  Parity between
engines covers hit sets, counts, facets and spans, not the order by relevance (DESIGN §7).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from search.request import NO_FILTERS, Field, Filters, Scope, SearchRequest
from search.results import (
    ClauseCount,
    Facet,
    Gone,
    Hit,
    HitStream,
    Moved,
    Overview,
    ReportDocument,
    ReportList,
    ResultPage,
    Span,
    Trend,
)
from search.views import (
    Concordance,
    ConcordanceSort,
    Matrix,
    Neighbours,
    Spread,
    Suggestion,
)


class Engine(Protocol):
    """Answers requests.  Raises ``search.errors.RequestError`` for a request that cannot be
    answered and ``search.errors.IndexUnavailable`` when there is no sound index."""

    def generation(self) -> str:
        """The generation now served; changes when a new build is picked up."""

    def search(self, request: SearchRequest) -> ResultPage:
        """One page of hits with totals and facets."""

    def stream(self, request: SearchRequest) -> HitStream:
        """Every hit, in the request's order; page and size are ignored."""

    def trend(
        self,
        queries: Sequence[str],
        filters: Filters = NO_FILTERS,
        *,
        scope: Scope = "passage",
        within: str = "",
    ) -> tuple[Trend, ...]:
        """Each query by year under the filters."""

    def explain(self, request: SearchRequest) -> tuple[ClauseCount, ...]:
        """What each clause finds alone, and the query without each filter."""

    def facet(
        self,
        request: SearchRequest,
        field: Field,
        *,
        page: int = 1,
        size: int = 100,
        by: Literal["count", "name"] = "count",
    ) -> Facet:
        """One field's values, a page of them: the long tail; ``request.facet_prefix`` narrows."""

    def concordance(
        self,
        request: SearchRequest,
        *,
        order: ConcordanceSort = "text",
        width: int = 30,
    ) -> Concordance:
        """Occurrences in context; ``request.page`` and ``size`` page through lines."""

    def matrix(self, request: SearchRequest) -> Matrix:
        """Agency x year; ``request.page`` and ``size`` page through agencies."""

    def spread(self, request: SearchRequest) -> Spread:
        """The biography of a phrase; ``request.page`` and ``size`` page through agencies."""

    def suggest(self, typed: str, size: int = 10) -> tuple[Suggestion, ...]:
        """Completions of the last run typed, by falling count."""

    def did_you_mean(self, request: SearchRequest) -> tuple[str, ...]:
        """Queries made of the collection's own words that find something, best first."""

    def similar(self, report_id: str, passage: str, size: int = 10) -> tuple[Hit, ...]:
        """Passages of other reports most like this one; empty when it is not held."""

    def neighbours(self, report_id: str, passage: str) -> Neighbours | None:
        """What stands beside the passage; None when it is not held."""

    def reports(self, page: int = 1, size: int = 50, filters: Filters = NO_FILTERS) -> ReportList:
        """Reports by agency, then year, then id; ``total`` counts all that pass the filters."""

    def report(self, report_id: str) -> ReportDocument | Moved | Gone | None:
        """The report, or where it went; None for an id never issued."""

    def marks(self, report_id: str, query: str) -> tuple[Span, ...]:
        """Where the query's occurrences stand in the report's text, ascending."""

    def overview(self) -> Overview:
        """What the collection holds."""

    def close(self) -> None:
        """Lets go of files.  Twice is harmless."""
