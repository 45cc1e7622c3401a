"""What is answered: counts, hits, snippets and facets, as plain text and spans.

No HTML here: only ``web.markup`` makes any.  All spans are half-open, in code points of the
text they stand beside.  Counts name their unit (DESIGN §6).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from urllib.parse import quote

from search.request import Field, SearchRequest

Span: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Total:
    """Exact counts of all that matches, not of this page."""

    reports: int
    passages: int
    occurrences: int


@dataclass(frozen=True, slots=True)
class Snippet:
    """An excerpt of a passage's stored text and the places in it that matched."""

    text: str
    spans: tuple[Span, ...]
    start: int = 0
    """Where the excerpt begins in the passage's text."""
    cut_before: bool = False
    cut_after: bool = False


@dataclass(slots=True, unsafe_hash=True)
class Hit:
    """One matching passage.  Not to be changed; not frozen, as ``FacetValue`` is not."""

    report_id: str
    passage: str
    hash: str
    """Short hash of the passage's text (``corpus.identity.passage_hash``)."""
    title: str
    agency: str | None
    year: int | None
    section: str
    """Category code."""
    heading: tuple[str, ...]
    """Heading path as printed, outermost first."""
    score: float
    """Comparable within one answer; 0.0 when the order is not by relevance."""
    occurrences: int
    taken: str
    """ISO time at which this text of the report, under its labels, was taken into the index."""
    snippets: tuple[Snippet, ...] = ()
    published: str | None = None
    """ISO date of the report, or None."""

    @property
    def url(self) -> str:
        """The permanent address of the passage, from the site's root (DESIGN §3)."""
        return permalink(self.report_id, self.passage, self.hash)


def permalink(report_id: str, passage: str | None = None, hash: str | None = None) -> str:
    """``/reports/<id>``, with the passage and its hash when given."""
    path = f"/reports/{quote(report_id)}"
    if passage is not None:
        path += f"/{quote(passage)}"
    if hash is not None:
        path += f"?h={quote(hash)}"
    return path


@dataclass(slots=True, unsafe_hash=True)
class FacetValue:
    """Not to be changed; not frozen, for an answer has dozens and a frozen one takes four times as
    long to make."""

    value: str
    """As it stands in a URL."""
    label: str
    """In Chinese, for people."""
    count: int
    """Distinct reports."""
    selected: bool = False
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    """Counted values of one field: years newest first, sections in the regulation's order,
    others by falling count, then name; selected values are always among them."""

    field: Field
    values: tuple[FacetValue, ...]
    total_values: int
    """How many values have a count of at least one, shown or not."""


NoticeCode: TypeAlias = Literal[
    "not_understood",
    "folds_to_nothing",
    "too_long",
    "too_many_clauses",
    "too_deep",
    "not_held",
    "hint",
]


@dataclass(frozen=True, slots=True)
class Notice:
    """A remark on the query, in Chinese, with the place in the query it is about."""

    code: NoticeCode
    message: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class ClauseCount:
    """What one clause finds alone, or the query without one filter: shown on zero results."""

    label: str
    asked: SearchRequest
    """The question that was counted."""
    total: Total
    field: Field | None = None
    """The filter left out; None for a clause of the query."""
    value: str | None = None


@dataclass(frozen=True, slots=True)
class ResultPage:
    """The answer to a ``SearchRequest``."""

    query: str
    total: Total
    hits: tuple[Hit, ...]
    facets: Mapping[Field, Facet]
    generation: str
    took_ms: float
    next_cursor: str | None = None
    notices: tuple[Notice, ...] = ()
    understood: str = ""
    """How the query was read, in Chinese words; empty for an empty query."""


@dataclass(frozen=True, slots=True)
class HitStream:
    """Every hit of a request, one at a time, and what describes them: all of one generation."""

    total: Total
    generation: str
    built: str
    """ISO time of the build."""
    hits: Iterator[Hit]


@dataclass(frozen=True, slots=True)
class TrendRow:
    """One year of one query.  ``year`` None is the row of reports whose year is not known."""

    year: int | None
    reports: int
    held: int
    """Reports held under the same filters."""
    share: float
    """reports / held; 0.0 when none is held."""
    occurrences: int
    characters: int
    """Folded characters held under the same filters."""
    per_10k: float
    """Occurrences per 10,000 characters held."""


@dataclass(frozen=True, slots=True)
class Trend:
    query: str
    rows: tuple[TrendRow, ...]
    """Years ascending without gaps between the first and last held, then the unknown row if any
    report's year is not known; the rows add up to the total."""
    total: Total
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportSummary:
    """A report as lists show it."""

    id: str
    series: str
    title: str
    agency: str | None
    aliases: tuple[str, ...]
    kind: str | None
    region: tuple[str, ...]
    year: int | None
    published: str | None
    characters: int
    """Of the stored text."""
    taken: str
    """ISO time, as ``Hit.taken``."""


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    number: str
    heading: str
    level: int
    category: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PassagePlace:
    passage: str
    start: int
    end: int
    section: str
    hash: str
    headings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceFile:
    path: str
    sha256: str
    url: str | None


@dataclass(frozen=True, slots=True)
class LabelOrigin:
    """Where a label was read (see ``corpus.model.Provenance``)."""

    origin: str
    certainty: str
    evidence: str


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """A whole report, as its page and the JSON interface show it."""

    summary: ReportSummary
    text: str
    outline: tuple[OutlineEntry, ...]
    passages: tuple[PassagePlace, ...]
    sources: tuple[SourceFile, ...]
    provenance: Mapping[str, LabelOrigin]
    document_number: str | None
    versions: tuple[ReportSummary, ...] = ()
    """Other texts held for the same agency, year and series."""
    same_agency: tuple[ReportSummary, ...] = ()
    """The agency's reports of all years (this one among them), by year."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """The id was given to a report that has another id now."""

    to: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The id was given to a report that is no longer held."""

    id: str


@dataclass(frozen=True, slots=True)
class ReportList:
    total: int
    reports: tuple[ReportSummary, ...]


@dataclass(frozen=True, slots=True)
class ValueCount:
    value: str
    label: str
    reports: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The collection at a glance."""

    total: Total
    """Occurrences is 0."""
    characters: int
    facets: Mapping[Field, tuple[ValueCount, ...]] = field(default_factory=dict)
    """Every value of every field with its reports; years ascending, others by falling count."""
    newest: tuple[ReportSummary, ...] = ()
    generation: str = ""
    built: str = ""
    """ISO time of the build."""
