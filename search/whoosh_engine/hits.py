"""Passages and reports of a generation as the values that answers are made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

import numpy as np

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
from search.whoosh_engine.columns import Columns, Floats, Int64s
from search.whoosh_engine.matches import Matches


def make_hits(
    columns: Columns,
    docs: Sequence[int] | Int64s,
    *,
    scores: Floats | None = None,
    occurrences: Int64s | None = None,
    matches: Matches | None = None,
) -> list[Hit]:
    """Passages as hits, in the order given; with ``matches``, their snippets."""
    docs = np.asarray(docs, np.int64)
    hashes, headings = _stored(columns, docs)
    agency = columns.labels["agency"]
    reports = columns.report_of.take(docs)
    ordinals = agency.ordinals.take(reports).tolist()
    years = columns.year.take(reports).tolist()
    sections = columns.section_of.take(docs).tolist()
    points = [0.0] * len(docs) if scores is None else scores.tolist()
    counts = [0] * len(docs) if occurrences is None else occurrences.tolist()
    hits = []
    for i, (doc, report) in enumerate(zip(docs.tolist(), reports.tolist(), strict=True)):
        segment, local = columns.segment_of(doc)
        _, own = columns.segment_of_report(report)
        snippets: tuple[Snippet, ...] = ()
        if matches is not None:
            text = segment.passage_text(local)
            snippets = make_snippets(text, matches.spans_in(doc, text))
        hit = Hit(
            report_id=segment.report_id(own),
            passage=segment.passage_id(local),
            hash=hashes[i],
            title=segment.report_title(own),
            agency=agency.values[ordinals[i]] if ordinals[i] >= 0 else None,
            year=years[i] if years[i] >= 0 else None,
            section=CATEGORIES[sections[i]],
            heading=headings[i],
            score=points[i],
            occurrences=counts[i],
            taken=_iso(segment.taken.item(own)),
            snippets=snippets,
            published=segment.report_published(own),
        )
        hits.append(hit)
    return hits


def _stored(columns: Columns, docs: Int64s) -> tuple[list[str], list[tuple[str, ...]]]:
    """Hashes and heading paths of passages: looked up for all of a segment at once, half the work
    of one after another."""
    hashes = [""] * len(docs)
    headings: list[tuple[str, ...]] = [()] * len(docs)
    for segment, which, local in columns.by_segment(docs):
        own = zip(segment.passage_hashes(local), segment.passage_headings(local), strict=True)
        for at, stored in zip(which.tolist(), own, strict=True):
            hashes[at], headings[at] = stored
    return hashes, headings


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
    hashes = segment.passage_hashes(np.arange(*segment.first_passage[own : own + 2].tolist()))
    return ReportDocument(
        summary=summary_at(columns, number),
        text=report.text,
        outline=tuple(
            OutlineEntry(s.number, s.heading, s.level, s.category, s.start, s.end)
            for s in report.outline
        ),
        passages=tuple(
            PassagePlace(p.id, p.start, p.end, p.category, hash_, p.headings)
            for hash_, p in zip(hashes, report.passages, strict=True)
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
