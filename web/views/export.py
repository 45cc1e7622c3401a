"""A search as a file (all hits, not one page), as a feed, and citations as files.

The pieces are streamed: a hundred thousand rows never stand in memory together.
"""

from __future__ import annotations

import datetime
from itertools import groupby, islice
from typing import get_args

from flask import Blueprint, Response, abort, make_response, render_template, request

from search.citations import CITATION_STYLES, Citation, CitationStyle, format_citation
from search.export import ExportFormat, ExportHead, export
from search.export_citations import export_citations
from search.results import ReportDocument, permalink
from web import urls
from web.site import site
from web.views.reports import land

blueprint = Blueprint("export", __name__)

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
}

CITATION_FILES: dict[CitationStyle, tuple[str, str]] = {
    "gbt7714": ("txt", "text/plain; charset=utf-8"),
    "bibtex": ("bib", "application/x-bibtex; charset=utf-8"),
    "ris": ("ris", "application/x-research-info-systems; charset=utf-8"),
}


@blueprint.get("/search/export.<kind>")
def everything(kind: str) -> Response:
    """All hits of the search as CSV, JSON Lines or Markdown, or their reports as citations."""
    chosen = next((one for one in get_args(ExportFormat) if one == kind), None)
    style = next((one for one, (ending, _) in CITATION_FILES.items() if ending == kind), None)
    if chosen is None and style is None:
        abort(404)
    here = site()
    address = urls.parse_address(request.args, size=here.settings.page_size)
    asked = address.request
    found = here.engine.stream(asked.with_(snippets=style is None))
    head = ExportHead(
        request=asked,
        total=found.total,
        generation=found.generation,
        built=found.built,
        site=here.root(),
        exported=datetime.date.today(),
        most=here.settings.export_rows,
    )
    name = f"fazhi-{head.exported:%Y%m%d}.{kind}"
    if chosen:
        pieces, content_type = export(head, found.hits, chosen), TYPES[chosen]
    elif style:
        pieces, content_type = export_citations(head, found.hits, style), CITATION_FILES[style][1]
    return Response(
        pieces,
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
            "X-Robots-Tag": "noindex",
        },
    )


@blueprint.get("/search/feed.xml")
def feed() -> Response:
    """The search as an Atom feed: what was last taken in first, one entry a report."""
    here = site()
    address = urls.parse_address(request.args, size=here.settings.page_size)
    found = here.engine.stream(address.request.with_(sort="-taken", view="reports"))
    reports = groupby(found.hits, key=lambda hit: hit.report_id)
    response = make_response(
        render_template(
            "feed.xml",
            root=here.root(),
            query=address.request.query,
            total=found.total,
            entries=[next(hits) for _, hits in islice(reports, here.settings.feed_entries)],
            built=found.built,
            self_url=here.root() + urls.write(address.with_(), "/search/feed.xml"),
            page_url=here.root() + urls.write(address.with_()),
        )
    )
    response.headers["Content-Type"] = "application/atom+xml; charset=utf-8"
    return response


@blueprint.get("/cite/<report_id>")
@blueprint.get("/cite/<report_id>/<passage>")
def cite(report_id: str, passage: str | None = None) -> Response:
    """A report or a passage cited, as a file; ``style`` is gbt7714, bibtex or ris."""
    text = request.args.get("style", "gbt7714")
    style = next((one for one in CITATION_STYLES if one == text), None)
    if style is None:
        raise urls.BadParameter("style", text, f"参数 style 只能是：{'、'.join(CITATION_STYLES)}。")
    found = site().engine.report(report_id)
    if not isinstance(found, ReportDocument):
        abort(404)
    place = land(found, passage, request.args.get("h", "")).place
    if passage is not None and place is None:
        abort(404)
    summary = found.summary
    citation = Citation(
        key=summary.id if place is None else f"{summary.id}-{place.passage}",
        agency=summary.agency,
        title=summary.title,
        year=summary.year,
        published=summary.published,
        url=site().root()
        + permalink(summary.id, place.passage if place else None, place.hash if place else None),
        accessed=datetime.date.today(),
        place="·".join(place.headings) if place else "",
    )
    ending, kind = CITATION_FILES[style]
    response = make_response(format_citation(citation, style))
    response.headers["Content-Type"] = kind
    response.headers["Content-Disposition"] = f'attachment; filename="{citation.key}.{ending}"'
    return response
