"""What is answered besides a page of hits: the same question seen from other sides.

Plain values, like ``search.results``.  Every view of one request counts the same matches, so
their totals agree to the unit (DESIGN §6).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from search.results import Hit, Notice, Total

ConcordanceSort: TypeAlias = Literal["text", "left", "right", "year", "-year", "agency"]
CONCORDANCE_SORTS: tuple[ConcordanceSort, ...] = (
    "text",
    "left",
    "right",
    "year",
    "-year",
    "agency",
)
"""``left`` orders by the characters before the key word, read backwards from it; ``right`` by
those after it; ``text`` by report id and place."""


@dataclass(frozen=True, slots=True)
class ConcordanceLine:
    """One occurrence with what stands left and right of it, on one line."""

    hit: Hit
    """The passage, without snippets."""
    left: str
    key: str
    right: str


@dataclass(frozen=True, slots=True)
class Concordance:
    total: Total
    lines: tuple[ConcordanceLine, ...]
    sorted_occurrences: int
    """How many occurrences took part in the order: all of them, or the bound."""
    bounded: bool
    """Whether there were more occurrences than the sort takes."""
    page: int
    size: int
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class MatrixCell:
    reports: int
    held: int
    """Reports held of that agency and year under the same filters."""
    occurrences: int


@dataclass(frozen=True, slots=True)
class MatrixRow:
    agency: str | None
    cells: tuple[MatrixCell, ...]
    """One for each of ``Matrix.years``."""
    total: MatrixCell


@dataclass(frozen=True, slots=True)
class Matrix:
    """Agency x year.  Rows by falling reports, then agency; the unknown agency and the unknown
    year are a row and a column of their own where any report has none."""

    years: tuple[int | None, ...]
    rows: tuple[MatrixRow, ...]
    columns: tuple[MatrixCell, ...]
    """Totals of each year over all agencies, shown or not."""
    total: Total
    total_rows: int
    """Agencies with at least one match; ``rows`` may be a page of them."""
    page: int
    size: int
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Adoption:
    """How one agency used the phrase through the years it is held for."""

    agency: str | None
    first_year: int | None
    last_year: int | None
    years: tuple[int, ...]
    """Years with it, ascending."""
    held: tuple[int, ...]
    """Years held, ascending; ``years`` is a part of it."""
    reports: int
    occurrences: int
    dropped: bool
    """Whether the agency's newest held report lacks it though an older one has it."""
    first_hit: Hit
    """Its first passage, without snippets."""


@dataclass(frozen=True, slots=True)
class YearSpread:
    year: int | None
    new_agencies: int
    """Agencies whose first use falls in the year."""
    agencies: int
    """Agencies with it in the year."""
    held: int
    """Agencies held for the year."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Who used it first, who followed, who dropped it.  Order: first year, then the published
    date of that report, then agency; agencies without a year last."""

    adoptions: tuple[Adoption, ...]
    by_year: tuple[YearSpread, ...]
    total: Total
    total_agencies: int
    held_agencies: int
    held_reports: int
    page: int
    size: int
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    text: str
    kind: Literal["word", "phrase", "agency"]
    count: int
    """Passages for words and phrases, reports for agencies."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What stands beside a passage: the same section of the agency's other years."""

    previous_year: Hit | None
    next_year: Hit | None
    before: Hit | None
    """The passage before it in its report."""
    after: Hit | None
