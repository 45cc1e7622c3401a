"""Two reports side by side, aligned by section."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from search.results import Gone, Moved, ReportDocument
from web import urls
from web.compare import compare as compare_reports
from web.errors import answer, failure_of
from web.i18n import translate
from web.markup import marked
from web.site import site
from web.urls import BadParameter

blueprint = Blueprint("compare", __name__)

CHANGE_LABELS = {"kept": "保留", "changed": "改动", "new": "新增", "dropped": "删去"}


@blueprint.get("/compare")
def compare() -> str | Response:
    """``a`` (the older) beside ``b``."""
    ids = [request.args.get(name, "") for name in ("a", "b")]
    if not all(ids):
        raise BadParameter("a", "", "请给出两份报告的编号：/compare?a=…&b=…。")
    found = [site().engine.report(one) for one in ids]
    if any(isinstance(one, Moved) for one in found):
        there = [
            one.to if isinstance(one, Moved) else given
            for one, given in zip(found, ids, strict=True)
        ]
        return redirect(urls.join("/compare", zip("ab", there, strict=True)), 301)
    documents = []
    for one in found:
        if one is None:
            abort(404)
        if isinstance(one, Gone):
            return answer(failure_of(410), gone=one.id)
        if isinstance(one, ReportDocument):
            documents.append(one)
    left, right = documents
    sections = compare_reports(left, right)
    totals = {
        change: sum(one.counts.get(change, 0) for one in sections)  # type: ignore[call-overload]
        for change in CHANGE_LABELS
    }
    return render_template(
        "compare.html",
        left=left,
        right=right,
        sections=sections,
        totals=totals,
        labels={change: translate(label) for change, label in CHANGE_LABELS.items()},
        mark=lambda text, spans: marked(text, spans, site().settings.mark_characters),
        swap_url=urls.join("/compare", [("a", ids[1]), ("b", ids[0])]),
    )
