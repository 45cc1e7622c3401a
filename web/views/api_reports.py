"""The JSON interface: reports, their passages, and what became of links to them."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, abort

from search.results import Gone, Moved, PassagePlace, ReportDocument, permalink
from search.to_json import (
    document_json,
    hit_json,
    neighbours_json,
    place_json,
    summary_json,
)
from web import parameters, urls
from web.compare import Pair, compare
from web.openapi import ROOT
from web.operations import Args, Json, Renamed, number, paged, serves
from web.parameters import Parameter
from web.settings import Settings
from web.site import site
from web.views.reports import land

blueprint = Blueprint("api_reports", __name__, url_prefix=ROOT)

SIMILAR = 10
CHANGES = ("kept", "changed", "new", "dropped")


@serves(
    blueprint,
    "/reports",
    "ReportList",
    "报告列表，可按各栏筛选",
    lambda settings: (
        *parameters.FILTERS,
        parameters.PAGE,
        parameters.size(settings.report_list_page, "份"),
    ),
    example="/reports?year=2022&size=2",
)
def reports(args: Args) -> Json:
    """The reports held, under the filters of search."""
    asked = urls.parse_address(args, size=site().settings.report_list_page).request
    found = site().engine.reports(asked.page, asked.size, asked.filters)
    return {
        "total": found.total,
        **paged(asked),
        "reports": [summary_json(one) for one in found.reports],
    }


@serves(
    blueprint,
    "/reports/<report_id>",
    "Report",
    "一份报告：标签、全文、目录、段落",
    lambda settings: (parameters.REPORT_ID, parameters.MARKED),
    example="/reports/{report_id}?q=法治",
    of_report=True,
)
def report(args: Args, report_id: str) -> Json:
    """One report: labels, text, outline, passages."""
    document = _document(report_id)
    query = urls.parse_address(args).request.query
    marks = site().engine.marks(document.summary.id, query) if query else ()
    return {**document_json(document), "marks": [list(span) for span in marks]}


def _passage_parameters(settings: Settings) -> Sequence[Parameter]:
    return parameters.REPORT_ID, parameters.PASSAGE, parameters.HASH


@serves(
    blueprint,
    "/reports/<report_id>/<passage>",
    "Passage",
    "一个段落；带上链接中的 h，就知道还是不是同一段文字",
    _passage_parameters,
    example="/reports/{report_id}/{passage}?h={hash}",
    of_report=True,
)
def passage(args: Args, report_id: str, passage: str) -> Json:
    """One passage, found again when it stands elsewhere now."""
    document, place, state = _landed(args, report_id, passage)
    return {
        "state": state,
        **place_json(place),
        "text": document.text[place.start : place.end],
        "url": permalink(document.summary.id, place.passage, place.hash),
        "report": summary_json(document.summary),
    }


@serves(
    blueprint,
    "/reports/<report_id>/<passage>/similar",
    "Similar",
    "其他报告中最相近的段落",
    lambda settings: (*_passage_parameters(settings), parameters.size(SIMILAR, "段")),
    example="/reports/{report_id}/{passage}/similar?size=2",
    of_report=True,
)
def similar(args: Args, report_id: str, passage: str) -> Json:
    """Passages of other reports most like this one."""
    document, place, _ = _landed(args, report_id, passage)
    size = number(args, "size", SIMILAR)
    found = site().engine.similar(document.summary.id, place.passage, size)
    return {"hits": [hit_json(one) for one in found]}


@serves(
    blueprint,
    "/reports/<report_id>/<passage>/neighbours",
    "Neighbours",
    "同一机关上、下一年度的同一章节，以及前后相邻的段落",
    _passage_parameters,
    example="/reports/{report_id}/{passage}/neighbours",
    of_report=True,
)
def neighbours(args: Args, report_id: str, passage: str) -> Json:
    """What stands beside a passage."""
    document, place, _ = _landed(args, report_id, passage)
    found = site().engine.neighbours(document.summary.id, place.passage)
    if found is None:
        abort(404)
    return neighbours_json(found)


@serves(
    blueprint,
    "/compare",
    "Comparison",
    "两份报告逐章对照，一般是同一机关的两个年度",
    lambda settings: (parameters.OLDER, parameters.NEWER),
    example="/compare?a={earlier_id}&b={report_id}",
    of_report=True,
)
def comparison(args: Args) -> Json:
    """Two reports, sentence by sentence."""
    older, newer = _document(args["a"].strip()), _document(args["b"].strip())
    sections = compare(older, newer)
    return {
        "a": summary_json(older.summary),
        "b": summary_json(newer.summary),
        "totals": {
            change: sum(one.counts.get(change, 0) for one in sections)  # type: ignore[call-overload]
            for change in CHANGES
        },
        "sections": [
            {
                "category": one.category,
                "counts": {change: one.counts.get(change, 0) for change in CHANGES},  # type: ignore[call-overload]
                "pairs": [
                    _pair_json(pair)
                    for left, right in one.rows
                    for pair in ([left] if left is right else [left, right])
                    if pair is not None
                ],
            }
            for one in sections
        ],
    }


def _pair_json(pair: Pair) -> Json:
    def sentence(text: str, spans: Sequence[tuple[int, int]]) -> Json | None:
        return {"text": text, "spans": [list(span) for span in spans]} if text else None

    return {
        "change": pair.change,
        "a": sentence(pair.left, pair.left_spans),
        "b": sentence(pair.right, pair.right_spans),
    }


@serves(
    blueprint,
    "/links/<report_id>",
    "Link",
    "报告的链接现在的状况",
    lambda settings: (parameters.REPORT_ID,),
    example="/links/{report_id}",
)
def link(args: Args, report_id: str) -> Json:
    """What became of a report's address."""
    return _fate(report_id, None, "")


@serves(
    blueprint,
    "/links/<report_id>/<passage>",
    "Link",
    "段落的链接现在的状况",
    _passage_parameters,
    example="/links/{report_id}/{passage}?h={hash}",
)
def passage_link(args: Args, report_id: str, passage: str) -> Json:
    """What became of a passage's address."""
    return _fate(report_id, passage, args.get("h", "").strip())


def _fate(report_id: str, passage: str | None, hash: str) -> Json:
    """``same``, ``moved``, ``changed``, ``lost``, ``gone`` or ``unknown``, and where it is now."""
    found = site().engine.report(report_id)
    moved = isinstance(found, Moved)
    if isinstance(found, Moved):
        found = site().engine.report(found.to)
    if not isinstance(found, ReportDocument):
        return {"state": "unknown" if found is None else "gone", "url": None}
    landing = land(found, passage, hash)
    state = "same" if passage is None else landing.state
    if state == "same" and moved:
        state = "moved"
    place = landing.place
    url = permalink(
        found.summary.id, place.passage if place else None, place.hash if place else None
    )
    return {"state": "lost" if state == "none" else state, "url": url}


def _document(report_id: str) -> ReportDocument:
    """The report, or the error its absence is."""
    found = site().engine.report(report_id)
    if isinstance(found, Moved):
        raise Renamed(report_id, found.to)
    if isinstance(found, Gone):
        abort(410)
    if found is None:
        abort(404)
    return found


def _landed(args: Args, report_id: str, passage: str) -> tuple[ReportDocument, PassagePlace, str]:
    """The report, the passage as it is now, and what became of it."""
    document = _document(report_id)
    landing = land(document, passage, args.get("h", "").strip())
    if landing.place is None:
        abort(404)
    return document, landing.place, landing.state
