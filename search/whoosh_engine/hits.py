"""Passages and reports of a generation as the values that answers are made of."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from corpus.model import CATEGORIES
from search.highlight import make_snippets
from search.results import (
    Hit,
    LabelOrigin,
    OutlineEntry,
    PassagePlace,
    ReportDocument,
    ReportSummary,
    Snippet,
    SourceFile,
)
from search.whoosh_engine.columns import Columns
from search.whoosh_engine.matches import Matches


def make_hit(
    columns: Columns,
    doc: int,
    *,
    score: float = 0.0,
    occurrences: int = 0,
    matches: Matches | None = None,
) -> Hit:
    """The passage as a hit; with ``matches``, its snippets."""
    segment, local = columns.segment_of(doc)
    report = int(columns.report_of[doc])
    _, own = columns.segment_of_report(report)
    snippets: tuple[Snippet, ...] = ()
    if matches is not None:
        text = segment.passage_text(local)
        snippets = make_snippets(text, matches.spans_in(doc, text))
    agency = columns.labels["agency"]
    ordinal = int(agency.ordinals[report])
    year = int(columns.year[report])
    return Hit(
        report_id=segment.report_id(own),
        passage=segment.passage_id(local),
        hash=segment.passage_hash(local),
        title=segment.report_title(own),
        agency=agency.values[ordinal] if ordinal >= 0 else None,
        year=year if year >= 0 else None,
        section=CATEGORIES[int(columns.section_of[doc])],
        heading=segment.passage_headings(local),
        score=score,
        occurrences=occurrences,
        taken=_iso(int(segment.taken[own])),
        snippets=snippets,
        published=segment.report_published(own),
    )


@lru_cache(maxsize=1_024)
def _iso(seconds: int) -> str:
    """Unix seconds as an ISO time; all reports of a build have the same."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def summary_at(columns: Columns, report: int) -> ReportSummary:
    """A report of the collection as lists show it, from its labels alone."""
    segment, number = columns.segment_of_report(report)
    names = {
        name: column.values[ordinal] if (ordinal := int(column.ordinals[report])) >= 0 else None
        for name, column in columns.labels.items()
    }
    year = int(columns.year[report])
    return ReportSummary(
        id=segment.report_id(number),
        series=segment.report_series(number),
        title=segment.report_title(number),
        agency=names["agency"],
        aliases=segment.report_aliases(number),
        kind=names["kind"],
        region=tuple((names["region"] or "").split("/")) if names["region"] else (),
        year=year if year >= 0 else None,
        published=segment.report_published(number),
        characters=segment.report_characters(number),
        taken=_iso(int(segment.taken[number])),
    )


def document_of(
    columns: Columns,
    number: int,
    versions: tuple[ReportSummary, ...],
    same_agency: tuple[ReportSummary, ...],
) -> ReportDocument:
    """A whole report of the collection."""
    segment, own = columns.segment_of_report(number)
    report = segment.report(own)
    return ReportDocument(
        summary=summary_at(columns, number),
        text=report.text,
        outline=tuple(
            OutlineEntry(s.number, s.heading, s.level, s.category, s.start, s.end)
            for s in report.outline
        ),
        passages=tuple(
            PassagePlace(p.id, p.start, p.end, p.category, segment.passage_hash(doc), p.headings)
            for doc, p in enumerate(report.passages, int(segment.first_passage[own]))
        ),
        sources=tuple(SourceFile(s.path, s.sha256, s.url) for s in report.sources),
        provenance={
            name: LabelOrigin(p.origin, p.certainty, p.evidence)
            for name, p in report.provenance.items()
        },
        document_number=report.document_number,
        versions=versions,
        same_agency=same_agency,
        notes=report.notes,
    )
