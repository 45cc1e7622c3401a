"""The JSON interface, version 1 (DESIGN §8): one question, seen from every side.

Each function answers one address from its parameters alone.  Reports are ``api_reports``; how an
address is declared, checked and described is ``web.operations``.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, jsonify

from search.request import FIELDS
from search.to_json import (
    clause_json,
    concordance_json,
    facet_json,
    matrix_json,
    notice_json,
    overview_json,
    page_json,
    spread_json,
    suggestion_json,
    total_json,
    trend_json,
)
from web import parameters, urls
from web.openapi import ROOT, describe
from web.operations import OPERATIONS, Args, Json, number, paged, serves
from web.parameters import Parameter
from web.settings import Settings
from web.site import site

blueprint = Blueprint("api", __name__, url_prefix=ROOT)

ROWS = 50
"""Lines of a concordance, or agencies, on a page unless told."""
SUGGESTIONS = 10


def _asked(args: Args, size: int = 20, tab: urls.Tab = "passages") -> urls.Address:
    return urls.parse_address(args, tab=tab, size=size)


def _search_parameters(settings: Settings) -> Sequence[Parameter]:
    return (
        *parameters.QUESTION,
        parameters.SORT,
        parameters.VIEW,
        parameters.PAGE,
        parameters.size(settings.page_size, "段"),
        parameters.CURSOR,
        parameters.FACET_SIZE,
        *parameters.FINDS,
    )


@serves(
    blueprint,
    "/search",
    "SearchResult",
    "检索：命中的段落、三个总数、各筛选栏",
    _search_parameters,
    example='/search?q="首违不罚"&year=2021..2023&section=achievements&size=2&facet_size=2',
)
def search(args: Args) -> Json:
    """Hits, totals and facets of one question."""
    asked = _asked(args, site().settings.page_size).request
    most = number(args, "facet_size", 50)
    return page_json(site().engine.search(asked.with_(facet_size=most)))


@serves(
    blueprint,
    "/explain",
    "Explanation",
    "检索式怎样理解；逐个条件单独能找到多少",
    lambda settings: parameters.QUESTION,
    example="/explain?q=首违不罚 年报&year=2015",
)
def explain(args: Args) -> Json:
    """How the query was read, and what each part of it finds alone."""
    asked = _asked(args).request
    engine = site().engine
    page = engine.search(asked.with_(size=1, facet_size=0, snippets=False))
    empty = asked.query and not page.total.passages
    return {
        "query": asked.query,
        "understood": page.understood,
        "notices": [notice_json(one) for one in page.notices],
        "total": total_json(page.total),
        "clauses": [clause_json(one) for one in engine.explain(asked)],
        "did_you_mean": list(engine.did_you_mean(asked)) if empty else [],
    }


@serves(
    blueprint,
    "/facets/<field>",
    "Facet",
    "一个筛选栏的全部取值，可分页、可查找",
    lambda settings: (
        parameters.FIELD,
        *parameters.QUESTION,
        parameters.FACET_PREFIX,
        parameters.BY,
        parameters.PAGE,
        parameters.size(settings.facet_page, "个取值"),
    ),
    example="/facets/agency?q=放管服&facet_prefix=市&size=3",
)
def facet(args: Args, field: str) -> Json:
    """One field's values under the question, a page of them."""
    own = next(one for one in FIELDS if one == field)
    asked = _asked(args, site().settings.facet_page).request
    wanted = args.get("facet_prefix", "").strip()
    found = site().engine.facet(
        asked.with_(facet_prefix={own: wanted} if wanted else {}),
        own,
        page=asked.page,
        size=asked.size,
        by="name" if args.get("by", "").strip() == "name" else "count",
    )
    return {
        "field": own,
        "total_values": found.total_values,
        **paged(asked),
        "values": facet_json(found),
    }


@serves(
    blueprint,
    "/concordance",
    "Concordance",
    "逐处：每一处及其左右文字",
    lambda settings: (
        *parameters.QUESTION,
        parameters.ORDER,
        parameters.WIDTH,
        parameters.PAGE,
        parameters.size(ROWS, "处"),
    ),
    example='/concordance?q="放管服"&order=right&width=12&size=2',
)
def concordance(args: Args) -> Json:
    """Occurrences in context."""
    address = _asked(args, ROWS, "concordance")
    found = site().engine.concordance(
        address.request, order=address.order, width=number(args, "width", 30)
    )
    return {**concordance_json(found), **paged(address.request)}


def _by_agency(settings: Settings) -> Sequence[Parameter]:
    return (*parameters.QUESTION, parameters.PAGE, parameters.size(ROWS, "个机关"))


@serves(
    blueprint,
    "/matrix",
    "Matrix",
    "机关×年度",
    _by_agency,
    example='/matrix?q="首违不罚"&size=2',
)
def matrix(args: Args) -> Json:
    """Agency by year."""
    asked = _asked(args, ROWS).request
    return {**matrix_json(site().engine.matrix(asked)), **paged(asked)}


@serves(
    blueprint,
    "/spread",
    "Spread",
    "传播：谁先用，谁跟进，谁不再用",
    _by_agency,
    example='/spread?q="首违不罚"&size=2',
)
def spread(args: Args) -> Json:
    """The biography of a phrase."""
    asked = _asked(args, ROWS).request
    return {**spread_json(site().engine.spread(asked)), **paged(asked)}


@serves(
    blueprint,
    "/trend",
    "TrendList",
    "历年：一个或几个说法每年的报告数、占比、处数、每万字处数",
    lambda settings: (
        parameters.phrases(settings.trend_phrases),
        parameters.WITHIN,
        *parameters.FILTERS,
        parameters.SCOPE,
    ),
    example='/trend?q="首违不罚"&q="放管服"',
)
def trend(args: Args) -> Json:
    """Each phrase by year."""
    queries = dict.fromkeys(text.strip() for text in args.poplist("q") if text.strip())
    asked = _asked(args).request
    found = site().engine.trend(
        list(queries), asked.filters, scope=asked.scope, within=asked.within
    )
    return {"trends": [trend_json(one) for one in found]}


@serves(
    blueprint,
    "/suggest",
    "Suggestions",
    "补全正在输入的词、说法、机关",
    lambda settings: (parameters.TYPED, parameters.size(SUGGESTIONS, "条")),
    example="/suggest?q=首&size=3",
)
def suggest(args: Args) -> Json:
    """Completions of what is being typed."""
    asked = _asked(args, SUGGESTIONS).request
    typed = asked.query[:200]
    found = site().engine.suggest(typed, asked.size) if typed else ()
    return {"suggestions": [suggestion_json(one) for one in found]}


@serves(blueprint, "/overview", "Overview", "收录概况", lambda settings: (), example="/overview")
def overview(args: Args) -> Json:
    """What the collection holds."""
    return overview_json(site().overview())


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """This interface, described."""
    return jsonify(describe(OPERATIONS, site().settings))
