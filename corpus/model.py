"""The words of this package: what a report is before anything is indexed.

Frozen values only.  Reading files belongs to ``corpus.readers``, finding labels to
``corpus.metadata`` and ``corpus.outline``, deciding which files are the same report to
``corpus.collection``; nothing here opens a file or knows an index.

All offsets are half-open ``[start, end)`` in code points of ``Report.text`` (the cleaned,
*stored* text, never the folded one).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Series = Literal["fazhi", "work", "disclosure", "other"]
"""``fazhi`` 法治政府建设 / 依法行政 annual report; ``work`` 政府工作报告; ``disclosure``
政府信息公开 annual report; ``other`` anything else.  The first two are indexed unless
``--all`` asks for everything."""

INDEXED_SERIES: tuple[Series, ...] = ("fazhi", "work")

Category = Literal["achievements", "shortcomings", "leadership", "plans", "other"]
"""The section categories of 法治政府建设与责任落实督察工作规定, in the order it names them."""

CATEGORIES: tuple[Category, ...] = ("achievements", "shortcomings", "leadership", "plans", "other")

Origin = Literal[
    "metadata.csv",
    "title",
    "signature",
    "first_sentence",
    "headings",
    "footer",
    "page",
    "published",
    "file_name",
    "gazetteer",
    "none",
]
"""Where a label was read: ``footer`` the printing footer (…印发), ``page`` the saved page's own
meta data, ``none`` when nothing said it."""

Certainty = Literal["read", "inferred", "unknown"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where one label of a report comes from and how sure that makes it."""

    origin: Origin
    certainty: Certainty
    evidence: str = ""
    """The characters it was read from, as printed; empty when there are none."""


UNKNOWN = Provenance("none", "unknown")


@dataclass(frozen=True, slots=True)
class Source:
    """One file (or one member of a zip) that holds the report's text."""

    path: str
    """POSIX path as given on the command line joined with the path below it; a zip member is
    ``archive.zip!inner/name.txt``."""
    sha256: str
    size: int
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """A stretch that cleaning removed, and why."""

    reason: str
    """A short code, such as ``menu``, ``page_number``, ``footer``, ``bookmark``."""
    text: str


@dataclass(frozen=True, slots=True)
class CleanText:
    """What a reader makes of a file's bytes: the report's words, and what was around them."""

    text: str
    """Paragraphs separated by one ``\\n``; no trailing ``\\n``; no control characters."""
    cuts: tuple[Cut, ...] = ()
    encoding: str | None = None
    page_title: str | None = None
    """The page's ``<title>`` or meta ArticleTitle, or the document property; a hint only."""
    page_published: str | None = None
    """ISO date from the page's meta data or its 发布日期 line; a hint only."""
    page_url: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One heading and the text it governs.  Sections nest; the list of a report is flat, in
    order of ``start``, parents before children."""

    number: str
    """As printed, without brackets or stop: ``一``, ``3``; empty when the heading has none."""
    heading: str
    """As printed, without the number and without a closing stop."""
    level: int
    """1 for 一、, 2 for （一）, 3 for 1. and below; relative to the report's own top level."""
    category: Category
    start: int
    end: int
    ordinal: tuple[int, ...]
    """1-based count of headings as found, whatever is printed: ``(2, 3)`` is s2.3."""


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit of indexing.  The passages of a report partition its text, in order."""

    id: str
    """``s0``, ``s2``, ``s2.0``, ``s2.3``, ``s2.3p1``: DESIGN §3."""
    start: int
    end: int
    category: Category
    headings: tuple[str, ...]
    """Heading path as printed with numbers, outermost first; empty for ``s0``."""


@dataclass(frozen=True, slots=True)
class Report:
    """A labelled report, ready for the index."""

    series: Series
    title: str
    """The printed title; when there is none, one composed from agency and year, then marked in
    ``provenance["title"]`` as inferred."""
    agency: str | None
    aliases: tuple[str, ...]
    kind: str | None
    region: tuple[str, ...]
    """Path from the province down, ``("重庆市", "南岸区")``; empty when unresolved."""
    year: int | None
    """The year reported on; a 政府工作报告 carries the year it was delivered."""
    published: str | None
    """ISO date, or None."""
    document_number: str | None
    text: str
    outline: tuple[Section, ...]
    passages: tuple[Passage, ...]
    sources: tuple[Source, ...]
    provenance: dict[str, Provenance] = field(default_factory=dict)
    """Keys ``title agency kind region year published document_number``."""
    id: str = ""
    """Empty until ``corpus.identity`` gives it one."""
    notes: tuple[str, ...] = ()
    """Remarks for the librarian, in Chinese, such as a heading number that was skipped."""


Stage = Literal["find", "read", "clean", "label", "select", "merge", "store"]


@dataclass(frozen=True, slots=True)
class Problem:
    """A line of ``problems.csv``: a file that was not indexed, or a merge, and what to do."""

    path: str
    stage: Stage
    reason: str
    """In Chinese, for the librarian: what and where."""
    advice: str
    """In Chinese: what to do about it."""
    code: str = ""
    """A stable short code, such as ``encrypted``, ``no_text``, ``not_a_report``, ``merged``."""
