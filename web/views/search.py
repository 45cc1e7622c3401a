"""Results: the list, its facets and its tabs; and the page of one whole facet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from search.labels import FIELD_LABELS
from search.request import FIELDS, MAX_OFFSET, Field, SearchRequest
from search.results import ClauseCount, Hit
from web import facets, urls
from web.i18n import translate, understood
from web.markup import Markup, marked_all
from web.site import site, value_label
from web.views import sides

blueprint = Blueprint("search", __name__)

FACET_SIZE = 100
"""Values asked of each facet: more than are shown, so that years make a whole histogram."""

SORT_LABELS = {
    "relevance": "相关",
    "-year": "年度由近到远",
    "year": "年度由远到近",
    "agency": "机关",
    "first": "最早出现",
    "-taken": "最近收录",
}

EXPORT_LABELS = {
    "csv": "CSV 表格",
    "jsonl": "JSON Lines",
    "md": "Markdown",
    "txt": "引文 GB/T 7714",
    "bib": "引文 BibTeX",
    "ris": "引文 RIS",
}

TAB_LABELS: dict[str, str] = {
    "reports": "按报告",
    "passages": "按段落",
    "concordance": "逐处",
    "matrix": "机关×年度",
    "spread": "传播",
}
NEEDS_QUERY = {"concordance", "matrix", "spread"}
"""Tabs that say nothing without a query."""


@dataclass(frozen=True, slots=True)
class HitView:
    hit: Hit
    url: str
    snippets: tuple[Markup, ...]


@dataclass(frozen=True, slots=True)
class GroupView:
    """The hits of one report that stand together on this page."""

    hit: Hit
    url: str
    hits: tuple[HitView, ...]


@blueprint.get("/search")
def results() -> str | Response:
    """A page of results."""
    here = site()
    size = here.settings.page_size
    address = urls.parse_address(request.args, size=size)
    if loose := urls.with_loose_years(request.args, address):
        return redirect(urls.write(loose, size=size), 303)
    if address.tab == "trend":
        return redirect(trend_url(address), 303)
    if address.tab in NEEDS_QUERY:
        return sides.render(address, tab_links(address))
    asked = address.request.with_(facet_size=FACET_SIZE)
    answer = here.engine.search(asked)
    empty = answer.total.passages == 0
    explained = here.engine.explain(asked) if empty else ()
    meant = here.engine.did_you_mean(asked) if empty and asked.query else ()
    return render_template(
        "results.html",
        address=address,
        request_=asked,
        answer=answer,
        groups=_groups(answer.hits, asked.query, address.tab == "reports"),
        facets=facets.facet_views(address, answer, shown=here.settings.facet_shown, size=size),
        bars=facets.year_bars(address, answer.facets.get("year"), size),
        chips=urls.chips(address, value_label, size),
        clear_url=urls.write(urls.Address(SearchRequest(query=asked.query), address.tab)),
        tabs=tab_links(address),
        sorts=[
            (translate(label), urls.write(address.with_(sort=sort), size=size), sort == asked.sort)
            for sort, label in SORT_LABELS.items()
        ],
        pages=page_links(address, answer.total.passages, answer.next_cursor, size),
        hidden=urls.pairs(address.with_(query="", within=""), size=size),
        refine=urls.pairs(address.with_(within=""), size=size),
        explained=[(one, _clause_label(one), _clause_url(address, one, size)) for one in explained],
        unheld=facets.unheld(address, here.engine, size) if empty else (),
        meant=[(text, urls.write(address.with_(query=text), size=size)) for text in meant],
        scope_url=urls.write(
            address.with_(scope="report" if asked.scope == "passage" else "passage"), size=size
        ),
        trend_url=trend_url(address),
        exports=[
            (translate(label), urls.write(address.with_(), f"/search/export.{kind}", size=size))
            for kind, label in EXPORT_LABELS.items()
        ],
        feed_url=urls.write(address.with_(), "/search/feed.xml", size=size),
        json_url=urls.write(address.with_(), "/api/v1/search", size=size),
        figure_url=urls.write(address.with_(), "/figures/year.svg", size=size),
    )


@blueprint.get("/search/facet/<field>")
def facet(field: Field) -> str:
    """All values of one field under the question, a page at a time, searchable."""
    if field not in FIELDS:
        abort(404)
    here = site()
    size = here.settings.page_size
    address = urls.parse_address(request.args, size=size)
    by = "name" if request.args.get("by") == "name" else "count"
    page = address.request.page
    found = here.engine.facet(
        address.request,
        field,
        page=page,
        size=here.settings.facet_page,
        by=by,  # type: ignore[arg-type]
    )
    bare = address.with_(facet_prefix={})
    path = f"/search/facet/{field}"
    extra = [("by", by)] if by != "count" else []
    turned = urls.pairs(address.with_(), size=size)
    last = -(-found.total_values // here.settings.facet_page)
    return render_template(
        "facet.html",
        address=address,
        facet=facets.facet_view(bare, found, limit=here.settings.facet_page, size=size, tree=False),
        total=found.total_values,
        wanted=address.request.facet_prefix.get(field, ""),
        by=by,
        by_urls={
            "count": urls.join(path, turned),
            "name": urls.join(path, [*turned, ("by", "name")]),
        },
        back=urls.write(bare, size=size),
        previous=urls.join(path, [*turned, *extra, ("page", str(page - 1))]) if page > 1 else "",
        next=urls.join(path, [*turned, *extra, ("page", str(page + 1))]) if page < last else "",
        page=page,
        last=last,
    )


def _groups(hits: Sequence[Hit], query: str, together: bool) -> list[GroupView]:
    """Hits as they are shown: under their report, or one by one."""
    cap = site().settings.mark_characters
    html = iter(marked_all(((s.text, s.spans) for hit in hits for s in hit.snippets), cap))
    groups = []
    keyed = groupby(enumerate(hits), key=lambda e: e[1].report_id if together else e[0])
    for _, members in keyed:
        views = tuple(
            HitView(hit, passage_url(hit, query), tuple(islice(html, len(hit.snippets))))
            for _, hit in members
        )
        first = views[0].hit
        named = [("q", query)] if query else []
        groups.append(GroupView(first, urls.join(f"/reports/{first.report_id}", named), views))
    return groups


def passage_url(hit: Hit, query: str) -> str:
    """The passage's permanent address, with the query so that its places are marked there."""
    return (f"{hit.url}&q={urls.quote_value(query)}" if query else hit.url) + f"#{hit.passage}-1"


def page_links(
    address: urls.Address, passages: int, cursor: str | None, size: int
) -> dict[str, object]:
    """Addresses of the pages around this one."""
    asked = address.request
    last = -(-min(passages, MAX_OFFSET) // asked.size)

    def page(number: int) -> str:
        return urls.write(address.with_(page=number), size=size)

    around = sorted({1, last, *range(asked.page - 2, asked.page + 3)})
    past_end = asked.cursor is not None or asked.page >= last
    following = page(asked.page + 1) if asked.page < last and not asked.cursor else ""
    if past_end and cursor:
        following = urls.write(address.with_(cursor=cursor), size=size)
    return {
        "page": asked.page,
        "last": last,
        "links": [
            (number, page(number), number == asked.page and not asked.cursor)
            for number in around
            if 1 <= number <= last
        ],
        "previous": page(min(asked.page - 1, max(last, 1))) if asked.page > 1 else "",
        "next": following,
    }


def _clause_label(clause: ClauseCount) -> str:
    """What a line of the explanation counts, in the page's language."""
    if clause.field is not None:
        return translate("不限{what}", what=translate(FIELD_LABELS[clause.field]))
    return understood(translate(clause.label))


def _clause_url(address: urls.Address, clause: ClauseCount, size: int) -> str:
    """The search a line of the explanation counts."""
    return urls.write(urls.Address(clause.asked, address.tab), size=size)


def tab_links(address: urls.Address) -> list[tuple[str, str, bool]]:
    """The sides of the question: label, address, whether it is this one."""
    found = [
        (
            translate(label),
            urls.write(address.on(tab), size=site().settings.page_size),
            tab == address.tab,
        )
        for tab in urls.TABS
        if (label := TAB_LABELS.get(tab)) and (address.request.query or tab not in NEEDS_QUERY)
    ]
    if address.request.query:
        found.append((translate("历年"), trend_url(address), False))
    return found


def trend_url(address: urls.Address) -> str:
    """The question across years, under the same conditions."""
    here = address.request
    asked = SearchRequest(here.query, here.filters, scope=here.scope, within=here.within)
    named = urls.pairs(urls.Address(asked))
    return urls.join("/trend", named)
