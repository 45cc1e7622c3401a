"""How one address of the JSON interface is declared and answered.

``serves`` puts a function behind an address; the answer is checked parameters in, one generation
out.  What each address answers stands in ``web.views.api`` and ``web.views.api_reports``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, request
from werkzeug.datastructures import MultiDict

from search.request import SearchRequest
from web import urls
from web.openapi import ROOT, Operation
from web.parameters import Parameter, check_all
from web.settings import Settings
from web.site import site

Json: TypeAlias = dict[str, Any]
Args: TypeAlias = MultiDict[str, str]
View: TypeAlias = Callable[..., Json]

OPERATIONS: dict[Operation, View] = {}
"""Every address and what answers it, in the order they are described."""


class Renamed(Exception):
    """The report that was asked for has another id now."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__(old)
        self.old = old
        self.new = new


def serves(
    blueprint: Blueprint,
    rule: str,
    answer: str,
    summary: str,
    declared: Callable[[Settings], Sequence[Parameter]],
    *,
    example: str,
    of_report: bool = False,
) -> Callable[[View], View]:
    """Declares that the function answers ``GET`` at the rule, with the schema ``answer``."""

    def register(view: View) -> View:
        operation = Operation(rule, view.__name__, summary, answer, declared, of_report, example)
        OPERATIONS[operation] = view

        def respond(**path: str) -> Response:
            try:
                return jsonify(answer_to(operation, request.args, path))
            except Renamed as renamed:
                return _redirected(operation, renamed, path)

        blueprint.add_url_rule(rule, view.__name__, respond)
        return view

    return register


def answer_to(operation: Operation, args: urls.Arguments, path: Mapping[str, str]) -> Json:
    """The answer, all of one generation.  Raises ``BadParameter``, ``Renamed`` and what the view
    raises."""
    declared = operation.parameters(site().settings)
    ignored = check_all(declared, args, path)
    known = MultiDict((one.name, value) for one in declared for value in args.getlist(one.name))
    engine = site().engine
    while True:
        generation = engine.generation()
        found = OPERATIONS[operation](known, **path)
        if engine.generation() == generation:
            return {"generation": generation, **found, "ignored": ignored}


def _redirected(operation: Operation, renamed: Renamed, path: Mapping[str, str]) -> Response:
    """The same question about the report's new id."""

    def now(value: str) -> str:
        return renamed.new if value == renamed.old else value

    place = operation.path.format(**{name: quote(now(value)) for name, value in path.items()})
    names = [one.name for one in operation.parameters(site().settings) if one.place == "query"]
    named = [(name, now(value)) for name in names for value in request.args.getlist(name)]
    response = jsonify({"moved": renamed.new})
    response.status_code = 301
    response.headers["Location"] = urls.join(ROOT + place, named)
    return response


def paged(asked: SearchRequest) -> Json:
    """Which page an answer is."""
    return {"page": asked.page, "size": asked.size}


def number(args: Args, name: str, default: int) -> int:
    """A number that was checked already."""
    text = args.get(name, "").strip()
    return int(text) if text else default
