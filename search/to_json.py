"""Answers as the JSON that DESIGN §8 fixes; the command line and the site share it.

Keys are fixed: the interface is versioned, so one may be added here and none renamed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from search.request import UNLABELLED, Field
from search.results import (
    ClauseCount,
    Facet,
    Hit,
    Notice,
    Overview,
    PassagePlace,
    ReportDocument,
    ReportSummary,
    ResultPage,
    Total,
    Trend,
    permalink,
)
from search.views import (
    Adoption,
    Concordance,
    Matrix,
    MatrixCell,
    Neighbours,
    Spread,
    Suggestion,
)

Json = dict[str, Any]


def total_json(total: Total) -> dict[str, int]:
    """Reports, passages, occurrences."""
    return {
        "reports": total.reports,
        "passages": total.passages,
        "occurrences": total.occurrences,
    }


def hit_json(hit: Hit) -> Json:
    """One hit; ``url`` is its permanent address from the site's root."""
    return {
        "report_id": hit.report_id,
        "passage": hit.passage,
        "hash": hit.hash,
        "title": hit.title,
        "agency": hit.agency,
        "year": hit.year,
        "section": hit.section,
        "heading": list(hit.heading),
        "url": hit.url,
        "score": hit.score,
        "occurrences": hit.occurrences,
        "published": hit.published,
        "taken": hit.taken,
        "snippets": [
            {"text": s.text, "spans": [list(span) for span in s.spans]} for s in hit.snippets
        ],
    }


def facet_json(facet: Facet) -> list[Json]:
    """The values of one field; a known year is an integer, what is not known 未识别."""
    return [
        {
            "value": _value(facet.field, v.value),
            "label": v.label,
            "count": v.count,
            "selected": v.selected,
            "excluded": v.excluded,
        }
        for v in facet.values
    ]


def notice_json(notice: Notice) -> Json:
    """A remark; ``span`` is in code points of the query, or null."""
    return {
        "code": notice.code,
        "message": notice.message,
        "span": None if notice.span is None else list(notice.span),
    }


def page_json(page: ResultPage) -> Json:
    """A page of results."""
    facets: Mapping[Field, Facet] = page.facets
    return {
        "query": page.query,
        "understood": page.understood,
        "notices": [notice_json(notice) for notice in page.notices],
        "total": total_json(page.total),
        "took_ms": page.took_ms,
        "generation": page.generation,
        "next_cursor": page.next_cursor,
        "hits": [hit_json(hit) for hit in page.hits],
        "facets": {name: facet_json(facet) for name, facet in facets.items()},
        "facet_totals": {name: facet.total_values for name, facet in facets.items()},
    }


def trend_json(trend: Trend) -> Json:
    """One query by year."""
    return {
        "query": trend.query,
        "total": total_json(trend.total),
        "notices": [notice_json(notice) for notice in trend.notices],
        "years": [
            {
                "year": row.year,
                "reports": row.reports,
                "held": row.held,
                "share": row.share,
                "occurrences": row.occurrences,
                "characters": row.characters,
                "per_10k": row.per_10k,
            }
            for row in trend.rows
        ],
    }


def concordance_json(found: Concordance) -> Json:
    """Lines of the concordance: a hit without snippets, and what stands around the key word."""
    return {
        "total": total_json(found.total),
        "sorted_occurrences": found.sorted_occurrences,
        "bounded": found.bounded,
        "notices": [notice_json(notice) for notice in found.notices],
        "lines": [
            {**_bare(line.hit), "left": line.left, "key": line.key, "right": line.right}
            for line in found.lines
        ],
    }


def matrix_json(found: Matrix) -> Json:
    """Agency by year; ``cells`` of a row stand in the order of ``years``."""
    return {
        "total": total_json(found.total),
        "total_agencies": found.total_rows,
        "notices": [notice_json(notice) for notice in found.notices],
        "years": list(found.years),
        "columns": [_cell(cell) for cell in found.columns],
        "rows": [
            {
                "agency": row.agency,
                "cells": [_cell(cell) for cell in row.cells],
                "total": _cell(row.total),
            }
            for row in found.rows
        ],
    }


def spread_json(found: Spread) -> Json:
    """Who used it first, who followed, who dropped it."""
    return {
        "total": total_json(found.total),
        "total_agencies": found.total_agencies,
        "held_agencies": found.held_agencies,
        "held_reports": found.held_reports,
        "notices": [notice_json(notice) for notice in found.notices],
        "adoptions": [_adoption(one) for one in found.adoptions],
        "years": [
            {
                "year": one.year,
                "new_agencies": one.new_agencies,
                "agencies": one.agencies,
                "held": one.held,
            }
            for one in found.by_year
        ],
    }


def neighbours_json(found: Neighbours) -> Json:
    """What stands beside a passage; null where nothing does."""
    beside = {
        "previous_year": found.previous_year,
        "next_year": found.next_year,
        "before": found.before,
        "after": found.after,
    }
    return {name: None if hit is None else hit_json(hit) for name, hit in beside.items()}


def clause_json(clause: ClauseCount) -> Json:
    """What one clause finds alone, or the query without the filter of ``field``."""
    return {
        "label": clause.label,
        "query": clause.asked.query,
        "field": clause.field,
        "value": clause.value,
        "total": total_json(clause.total),
    }


def suggestion_json(one: Suggestion) -> Json:
    """A completion; ``count`` is passages, or reports for an agency."""
    return {"text": one.text, "kind": one.kind, "count": one.count}


def summary_json(one: ReportSummary) -> Json:
    """A report as lists show it."""
    return {
        "id": one.id,
        "title": one.title,
        "agency": one.agency,
        "aliases": list(one.aliases),
        "year": one.year,
        "series": one.series,
        "kind": one.kind,
        "region": list(one.region),
        "published": one.published,
        "taken": one.taken,
        "characters": one.characters,
        "url": permalink(one.id),
    }


def place_json(one: PassagePlace) -> Json:
    """Where a passage stands in its report's text."""
    return {
        "passage": one.passage,
        "start": one.start,
        "end": one.end,
        "section": one.section,
        "heading": list(one.headings),
        "hash": one.hash,
    }


def document_json(document: ReportDocument) -> Json:
    """A whole report; all offsets are code points of ``text``."""
    return {
        **summary_json(document.summary),
        "document_number": document.document_number,
        "sources": [
            {"path": one.path, "sha256": one.sha256, "url": one.url} for one in document.sources
        ],
        "text": document.text,
        "outline": [
            {
                "number": one.number,
                "heading": one.heading,
                "level": one.level,
                "category": one.category,
                "start": one.start,
                "end": one.end,
            }
            for one in document.outline
        ],
        "passages": [place_json(one) for one in document.passages],
        "provenance": {
            name: {"origin": one.origin, "certainty": one.certainty, "evidence": one.evidence}
            for name, one in document.provenance.items()
        },
        "versions": [summary_json(one) for one in document.versions],
        "same_agency": [summary_json(one) for one in document.same_agency],
        "notes": list(document.notes),
    }


def overview_json(found: Overview) -> Json:
    """The collection at a glance; every value of every field with its reports."""
    return {
        "generation": found.generation,
        "built": found.built,
        "total": total_json(found.total),
        "characters": found.characters,
        "facets": {
            field: [
                {"value": _value(field, one.value), "label": one.label, "count": one.reports}
                for one in values
            ]
            for field, values in found.facets.items()
        },
        "newest": [summary_json(one) for one in found.newest],
    }


def _value(field: Field, value: str) -> str | int:
    return int(value) if field == "year" and value != UNLABELLED else value


def _bare(hit: Hit) -> Json:
    """A hit of a view that has no snippets and no scores."""
    return {
        name: value
        for name, value in hit_json(hit).items()
        if name not in {"snippets", "score", "occurrences"}
    }


def _cell(cell: MatrixCell) -> Json:
    return {"reports": cell.reports, "held": cell.held, "occurrences": cell.occurrences}


def _adoption(one: Adoption) -> Json:
    return {
        "agency": one.agency,
        "first_year": one.first_year,
        "last_year": one.last_year,
        "years": list(one.years),
        "held": list(one.held),
        "reports": one.reports,
        "occurrences": one.occurrences,
        "dropped": one.dropped,
        "first_hit": _bare(one.first_hit),
    }
