"""The JSON interface, version 1 (DESIGN §8): the pages' twins, from the same requests."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from search.results import Gone, Moved, ReportDocument, ReportSummary, permalink
from search.to_json import page_json, trend_json
from web import urls
from web.errors import Failure, answer
from web.openapi import describe
from web.site import site
from web.views.reports import land
from web.views.trend import parse_trend

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

Json = dict[str, Any]


@blueprint.get("/search")
def search() -> Response:
    """Hits, totals and facets of one question."""
    address = urls.parse_address(request.args, tab="passages", size=site().settings.page_size)
    return jsonify(page_json(site().engine.search(address.request)))


@blueprint.get("/reports")
def reports() -> Response:
    """The reports held, under the filters of search."""
    address = urls.parse_address(request.args, size=50)
    asked = address.request
    found = site().engine.reports(asked.page, asked.size, asked.filters)
    return jsonify({"total": found.total, "reports": [summary_json(one) for one in found.reports]})


@blueprint.get("/reports/<report_id>")
def report(report_id: str) -> Response:
    """One report: labels, text, outline, passages."""
    found = site().engine.report(report_id)
    if found is None:
        abort(404)
    if isinstance(found, Gone):
        abort(410)
    if isinstance(found, Moved):
        response = jsonify({"moved": found.to})
        response.status_code = 301
        response.headers["Location"] = f"/api/v1{permalink(found.to)}"
        return response
    return jsonify(document_json(found))


@blueprint.get("/links/<report_id>")
@blueprint.get("/links/<report_id>/<passage>")
def link(report_id: str, passage: str | None = None) -> Response:
    """What became of a link: ``same``, ``moved``, ``changed``, ``lost``, ``gone``, ``unknown``."""
    hash = request.args.get("h", "")
    found = site().engine.report(report_id)
    moved = isinstance(found, Moved)
    if isinstance(found, Moved):
        found = site().engine.report(found.to)
    if found is None:
        return jsonify({"state": "unknown", "url": None})
    if not isinstance(found, ReportDocument):
        return jsonify({"state": "gone", "url": None})
    landing = land(found, passage, hash)
    place = landing.place
    state = "same" if passage is None else landing.state
    if state == "none":
        state = "lost"
    if state == "same" and moved:
        state = "moved"
    url = permalink(
        found.summary.id, place.passage if place else None, place.hash if place else None
    )
    return jsonify({"state": state, "url": url})


@blueprint.get("/trend")
def trend() -> Response:
    """Each phrase by year."""
    queries, address = parse_trend(site().settings.trend_phrases)
    if not queries:
        return answer(Failure(400, "bad_parameter", "", "请至少给出一个 q。"))
    found = site().engine.trend(queries, address.request.filters)
    return jsonify(
        {
            "generation": site().engine.generation(),
            "trends": [trend_json(one) for one in found],
        }
    )


@blueprint.get("/suggest")
def suggest() -> Response:
    """Completions of what is being typed."""
    typed = request.args.get("q", "")[:200].encode("utf-8", "replace").decode("utf-8")
    found = site().engine.suggest(typed) if typed.strip() else ()
    return jsonify(
        {"suggestions": [{"text": one.text, "kind": one.kind, "count": one.count} for one in found]}
    )


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """This interface, described."""
    return jsonify(describe(site().settings.trend_phrases))


@blueprint.route("/", defaults={"rest": ""})
@blueprint.route("/<path:rest>")
def nothing(rest: str) -> Response:
    """Everything else below the interface's root."""
    abort(404)


def summary_json(one: ReportSummary) -> Json:
    """A report as lists show it."""
    return {
        "id": one.id,
        "title": one.title,
        "agency": one.agency,
        "year": one.year,
        "series": one.series,
        "kind": one.kind,
        "region": list(one.region),
        "published": one.published,
        "characters": one.characters,
        "url": permalink(one.id),
    }


def document_json(document: ReportDocument) -> Json:
    """A whole report."""
    return {
        **summary_json(document.summary),
        "aliases": list(document.summary.aliases),
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
        "passages": [
            {
                "passage": one.passage,
                "start": one.start,
                "end": one.end,
                "section": one.section,
                "hash": one.hash,
            }
            for one in document.passages
        ],
        "provenance": {
            name: {"origin": one.origin, "certainty": one.certainty, "evidence": one.evidence}
            for name, one in document.provenance.items()
        },
        "versions": [summary_json(one) for one in document.versions],
        "same_agency": [summary_json(one) for one in document.same_agency],
        "notes": list(document.notes),
    }
