"""Answers as the JSON that DESIGN §8 fixes; the command line and the site share it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from search.request import UNLABELLED, Field
from search.results import Facet, Hit, Notice, ResultPage, Total, Trend


def total_json(total: Total) -> dict[str, int]:
    """Reports, passages, occurrences."""
    return {
        "reports": total.reports,
        "passages": total.passages,
        "occurrences": total.occurrences,
    }


def hit_json(hit: Hit) -> dict[str, Any]:
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
        "snippets": [
            {"text": s.text, "spans": [list(span) for span in s.spans]} for s in hit.snippets
        ],
    }


def facet_json(facet: Facet) -> list[dict[str, Any]]:
    """The values of one field; a known year is an integer, what is not known 未识别."""
    return [
        {
            "value": int(v.value) if facet.field == "year" and v.value != UNLABELLED else v.value,
            "label": v.label,
            "count": v.count,
            "selected": v.selected,
            "excluded": v.excluded,
        }
        for v in facet.values
    ]


def notice_json(notice: Notice) -> dict[str, Any]:
    """A remark; ``span`` is in code points of the query, or null."""
    return {
        "code": notice.code,
        "message": notice.message,
        "span": None if notice.span is None else list(notice.span),
    }


def page_json(page: ResultPage) -> dict[str, Any]:
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


def trend_json(trend: Trend) -> dict[str, Any]:
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
