"""The page about the JSON interface: every address with its parameters and an example.

The examples are asked of the collection at hand, through the interface itself, once a generation;
so what the page shows is what a program gets, shortened where lists and texts are long.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from flask import Blueprint, current_app, render_template
from werkzeug.datastructures import MultiDict

from search.results import ReportDocument
from web import urls
from web.openapi import ROOT, Operation
from web.operations import OPERATIONS, Json, answer_to
from web.parameters import Parameter
from web.site import site

blueprint = Blueprint("api_page", __name__)

LONGEST = 40
"""Characters of a text that an example shows."""
ITEMS = 2
"""Members of a list that an example shows."""


@dataclass(frozen=True, slots=True)
class Example:
    """One address, tried."""

    operation: Operation
    parameters: tuple[Parameter, ...]
    url: str
    answer: str
    """JSON, shortened; empty where the collection has nothing to show."""


@blueprint.get("/api")
def api_page() -> str:
    """How to ask from a program."""
    here = site()
    return render_template(
        "api.html",
        examples=here.once("api_examples", lambda: list(examples())),
        root=here.root(),
        values=_values,
    )


def examples() -> Iterator[Example]:
    """Every address of the interface, in its order."""
    known = _known()
    for operation in OPERATIONS:
        declared = tuple(operation.parameters(site().settings))
        if known.keys() >= operation.needs:
            url, answer = tried(operation, known)
            yield Example(operation, declared, url, _layout(answer))
        else:
            yield Example(operation, declared, ROOT + operation.path, "")


def tried(operation: Operation, known: Mapping[str, str]) -> tuple[str, Json]:
    """The address of the operation's example, and the whole answer to it."""
    path, _, query = operation.example.format(**known).partition("?")
    _, values = current_app.url_map.bind("localhost").match(ROOT + path, "GET")
    named = parse_qsl(query)
    return urls.join(ROOT + path, named), answer_to(operation, MultiDict(named), values)


def _known() -> dict[str, str]:
    """What examples name: a report that has an earlier one, and a passage of it."""
    engine = site().engine
    documents = [engine.report(one.id) for one in site().overview().newest]
    held = [one for one in documents if isinstance(one, ReportDocument)]
    held.sort(key=lambda one: len(one.same_agency) < 2)
    for document in held:
        others = [one.id for one in document.same_agency if one.id != document.summary.id]
        place = max(document.passages, key=lambda one: one.end - one.start)
        return {
            "report_id": document.summary.id,
            "earlier_id": others[-1] if others else document.summary.id,
            "passage": place.passage,
            "hash": place.hash,
        }
    return {}


def _layout(answer: Json) -> str:
    return json.dumps(shortened(answer), ensure_ascii=False, indent=1)


def shortened(value: object) -> object:
    """The value with long lists and long texts cut, saying so."""
    if isinstance(value, dict):
        return {name: shortened(inner) for name, inner in value.items()}
    if isinstance(value, list):
        if value and all(isinstance(one, int) for one in value):
            return value
        rest = [f"…（共 {len(value)} 个）"] if len(value) > ITEMS else []
        return [shortened(one) for one in value[:ITEMS]] + rest
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{value[:LONGEST]}…（共 {len(value)} 字）"
    return value


def _values(one: Parameter) -> str:
    """What the parameter may be, in words."""
    schema = one.schema
    found = []
    if one.required or one.place == "path":
        found.append("必填")
    if schema["type"] == "array":
        found.append(f"可重复，最多 {schema['maxItems']} 个")
        schema = schema["items"]
    if "enum" in schema:
        found.append("、".join(schema["enum"]))
    if schema["type"] == "integer":
        found.append(f"{schema['minimum']}–{schema['maximum']}")
    if "default" in schema:
        found.append(f"默认 {schema['default']}")
    return "；".join(found)
