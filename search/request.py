"""What is asked: a query, filters, an order and a page.

A ``SearchRequest`` is everything a URL carries, as values.  Reading and writing URLs belongs to
``web.urls``; reading the query's text belongs to ``search.query_parser``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal, TypeAlias

Field: TypeAlias = Literal["agency", "year", "section", "kind", "region"]
FIELDS: tuple[Field, ...] = ("agency", "year", "section", "kind", "region")
"""Fields that can be filtered and faceted, in the order they are shown."""

UNLABELLED = "未识别"
"""The value of a field whose label is not known; filtered and counted like any other."""

Sort: TypeAlias = Literal["relevance", "-year", "year", "agency", "first", "-taken"]
SORTS: tuple[Sort, ...] = ("relevance", "-year", "year", "agency", "first", "-taken")
"""``first`` is by first appearance: year, then published date; ``-taken`` has what was last taken
into the index first, then as ``-year``.  Every order ends in (report id, passage's place in the
report); a year not known sorts last either way."""

View: TypeAlias = Literal["passages", "reports"]
Scope: TypeAlias = Literal["passage", "report"]

MAX_SIZE = 100
MAX_OFFSET = 10_000
"""Hits that pages can reach; past them a ``cursor`` goes on (DESIGN §7)."""


@dataclass(frozen=True, slots=True)
class FieldFilter:
    """Values of one field: included ones and ranges are OR-ed, excluded ones taken away.

    Values are the strings of URLs: ``"2021"``, ``"achievements"``, ``"重庆市/南岸区"``,
    ``UNLABELLED``.  Ranges are inclusive years; None is open.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    ranges: tuple[tuple[int | None, int | None], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.include or self.exclude or self.ranges)


Filters: TypeAlias = Mapping[Field, FieldFilter]
NO_FILTERS: Filters = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One question.  Raises nothing by itself: engines raise ``search.errors.RequestError``."""

    query: str = ""
    """As typed; empty means every passage."""
    filters: Filters = field(default_factory=lambda: NO_FILTERS)
    scope: Scope = "passage"
    sort: Sort = "relevance"
    view: View = "passages"
    """``passages``: hits in the order of ``sort``; ``reports``: the hits of one report stand
    together, in the order of the text, reports by their best hit (or by ``sort``)."""
    page: int = 1
    """From 1."""
    size: int = 20
    """Passages a page, 1 to ``MAX_SIZE``."""
    cursor: str | None = None
    """``ResultPage.next_cursor`` of the page before; then ``page`` is ignored."""
    facet_fields: tuple[Field, ...] = FIELDS
    facet_size: int = 50
    """Values a facet at the most (selected ones always come); 0 for no facets at all."""
    facet_prefix: Mapping[Field, str] = field(default_factory=dict)
    """Only values that contain this text (folded), by field."""
    within: str = ""
    """A second query ANDed with the first: search within results."""
    contiguity: bool = True
    """Whether places where a run stands as typed score higher."""
    snippets: bool = True

    def with_(self, **changes: object) -> SearchRequest:
        """A copy with some values changed."""
        return replace(self, **changes)  # type: ignore[arg-type]
