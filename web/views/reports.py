"""A report to read, at a passage if the address names one; and the list of all reports.

Links last (DESIGN §3): a moved report answers 301, a removed one 410; a passage whose text is
another is sought by its hash, and when it is nowhere the page says so.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from search.citations import Citation, format_citation
from search.request import MAX_SIZE, NO_FILTERS
from search.results import Gone, Moved, PassagePlace, ReportDocument, Span, permalink
from web import urls
from web.errors import answer, failure_of
from web.i18n import translate
from web.markup import marked
from web.reading import Reading, read_blocks
from web.site import site, value_label

blueprint = Blueprint("reports", __name__)

PRESCRIBED = ("achievements", "shortcomings", "leadership", "plans")
"""What 法治政府建设与责任落实督察工作规定 wants in every report (DESIGN §2)."""

ORIGINS = {
    "metadata.csv": "资料表 metadata.csv",
    "title": "标题",
    "signature": "落款",
    "first_sentence": "正文首句",
    "headings": "小标题",
    "footer": "印发信息",
    "page": "网页信息",
    "published": "发布日期",
    "file_name": "文件名",
    "gazetteer": "行政区划表",
    "none": "正文",  # a title that is missing, made of the other labels
}

LABEL_NAMES = {
    "title": "标题",
    "agency": "机关",
    "year": "年度",
    "region": "地区",
    "kind": "类别",
    "published": "发布日期",
    "document_number": "文号",
}


@dataclass(frozen=True, slots=True)
class Landing:
    """Where an address with a passage leads."""

    place: PassagePlace | None
    state: str
    """``same``, ``moved`` (the same text under another passage), ``changed`` (the passage has
    another text), ``lost`` (neither the passage nor its text is there), ``none``."""


@blueprint.get("/reports")
def listing() -> str:
    """All reports, filtered by the fields of search."""
    here = site()
    size = here.settings.report_list_page
    address = urls.parse_address(request.args, size=here.settings.page_size)
    page = address.request.page
    found = here.engine.reports(page, size, address.request.filters)
    last = max(1, -(-found.total // size))
    return render_template(
        "reports.html",
        found=found,
        page=page,
        last=last,
        chips=[
            replace(chip, url=chip.url.replace("/search", "/reports", 1))
            for chip in urls.chips(address, value_label, here.settings.page_size)
        ],
        previous=urls.write(address.with_(page=page - 1), "/reports") if page > 1 else "",
        next=urls.write(address.with_(page=page + 1), "/reports") if page < last else "",
        search_url=urls.write(address.with_()),
    )


@blueprint.get("/reports/<report_id>")
@blueprint.get("/reports/<report_id>/<passage>")
def report(report_id: str, passage: str | None = None) -> str | Response:
    """The report; at the passage when one is named."""
    here = site()
    found = here.engine.report(report_id)
    if found is None:
        abort(404)
    if isinstance(found, Moved):
        return redirect(_same_question(permalink(found.to, passage)), 301)
    if isinstance(found, Gone):
        return answer(failure_of(410), gone=found.id)
    query = urls.parse_address(request.args).request.query
    landing = land(found, passage, request.args.get("h", ""))
    if passage is not None and landing.state == "none":
        abort(404)
    target = landing.place.passage if landing.place else None
    marks = here.engine.marks(found.summary.id, query) if query else ()
    reading = read_blocks(found, marks, target)
    return render_template("report.html", **_page(found, reading, landing, marks, query))


@blueprint.get("/reports/<report_id>/<passage>/similar")
def similar(report_id: str, passage: str) -> str | Response:
    """Passages of other reports most like this one."""
    here = site()
    found = here.engine.report(report_id)
    if isinstance(found, Moved):
        return redirect(permalink(found.to, passage), 301)
    if isinstance(found, Gone):
        return answer(failure_of(410), gone=found.id)
    place = land(found, passage, "").place if found else None
    if found is None or place is None:
        abort(404)
    cap = here.settings.mark_characters
    hits = here.engine.similar(found.summary.id, place.passage, size=here.settings.page_size)
    return render_template(
        "similar.html",
        report=found.summary,
        place=place,
        text=found.text[place.start : place.end].strip(),
        hits=[(hit, [marked(s.text, s.spans, cap) for s in hit.snippets]) for hit in hits],
        back=permalink(found.summary.id, place.passage, place.hash),
    )


def land(document: ReportDocument, passage: str | None, hash: str) -> Landing:
    """The passage that the address means in the text as it is now."""
    if passage is None:
        return Landing(None, "none")
    named = next((p for p in document.passages if p.passage == passage), None)
    if named is not None and (not hash or named.hash == hash):
        return Landing(named, "same")
    if hash:
        elsewhere = next((p for p in document.passages if p.hash == hash), None)
        if elsewhere is not None:
            return Landing(elsewhere, "moved")
        return Landing(named, "changed" if named else "lost")
    return Landing(None, "none")


def _same_question(path: str) -> str:
    """The path with this request's ``h`` and ``q``; nothing else of it is carried on."""
    named = [(name, request.args[name]) for name in ("h", "q") if request.args.get(name)]
    return urls.join(path, named)


def _page(
    document: ReportDocument,
    reading: Reading,
    landing: Landing,
    marks: tuple[Span, ...],
    query: str,
) -> dict[str, object]:
    here = site()
    summary = document.summary
    cap = here.settings.mark_characters
    hashes = {p.passage: p.hash for p in document.passages}
    asked = [("q", query)] if query else []

    def block_url(passage: str, anchor: str) -> str:
        return f"{permalink(summary.id, passage, hashes.get(passage))}#{anchor}"

    place = landing.place
    address = here.root() + permalink(
        summary.id, place.passage if place else None, place.hash if place else None
    )
    years = [one for one in document.same_agency if one.series == summary.series]
    return {
        "document": document,
        "report": summary,
        "reading": reading,
        "landing": landing,
        "query": query,
        "mark": lambda run: marked(run.text, run.spans, cap),
        "block_url": block_url,
        "hit_blocks": [b for b in reading.blocks if b.marks],
        "marks": len(marks),
        "clear_url": permalink(summary.id),
        "years": [(one, urls.join(permalink(one.id), asked)) for one in years],
        "earlier": _earlier(document),
        "prescribed": [
            (code, next((e for e in reading.outline if e.category == code), None))
            for code in PRESCRIBED
        ],
        "label_names": LABEL_NAMES,
        "inferred": {
            name: translate(ORIGINS.get(one.origin, one.origin))
            for name, one in document.provenance.items()
            if one.certainty == "inferred"
        },
        "citation": cite(document, address, place),
        "permalink": address,
        "neighbours": here.engine.neighbours(summary.id, place.passage) if place else None,
        "similar_url": f"{permalink(summary.id, place.passage)}/similar" if place else "",
        "cite_url": f"/cite/{summary.id}/{place.passage}?h={place.hash}&"
        if place
        else f"/cite/{summary.id}?",
        "region_urls": _region_urls(summary.region),
        "field_url": lambda name, value: urls.join("/search", [(name, value)]),
    }


def _earlier(document: ReportDocument) -> str:
    """The id of the agency's last report before this one, to compare with; empty without one."""
    year = document.summary.year
    if year is None:
        return ""
    before = [
        one
        for one in document.same_agency
        if one.year is not None and one.year < year and one.series == document.summary.series
    ]
    return max(before, key=lambda one: one.year or 0).id if before else ""


def _region_urls(region: tuple[str, ...]) -> list[tuple[str, str]]:
    return [
        (name, urls.join("/search", [("region", "/".join(region[: depth + 1]))]))
        for depth, name in enumerate(region)
    ]


def cite(document: ReportDocument, address: str, place: PassagePlace | None) -> str:
    """The report, or its passage, in GB/T 7714."""
    summary = document.summary
    return format_citation(
        Citation(
            key=summary.id if place is None else f"{summary.id}-{place.passage}",
            agency=summary.agency,
            title=summary.title,
            year=summary.year,
            published=summary.published,
            url=address,
            accessed=datetime.date.today(),
            place="·".join(place.headings) if place else "",
        ),
        "gbt7714",
    )


def all_ids(limit: int) -> list[str]:
    """Ids of the reports held, at most ``limit``, for the sitemap."""
    found: list[str] = []
    page = 1
    while len(found) < limit:
        part = site().engine.reports(page, MAX_SIZE, NO_FILTERS)
        found += [one.id for one in part.reports]
        if not part.reports or len(found) >= part.total:
            break
        page += 1
    return found[:limit]
