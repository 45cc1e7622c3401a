"""The description of the JSON interface, and the interface against it: over the real engine and
the sample reports, in one process, the same questions every time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jsonschema_rs
import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance, unsupported_method

from search.engine import Engine
from web import create_app
from web.api_schemas import SCHEMAS
from web.operations import OPERATIONS
from web.parameters import Parameter
from web.settings import Settings

EXAMPLES = 20
"""Requests to each address that are as described, and as many that are not."""

PLAIN = {"Accept-Encoding": "identity"}
"""schemathesis does not unpack what a WSGI application sends compressed."""

PATHS = [f"/api/v1{operation.path}" for operation in OPERATIONS]


@pytest.fixture(scope="module")
def app(sample_engine: Engine) -> Flask:
    return create_app(sample_engine)


@pytest.fixture
def described(app: Flask) -> dict[str, Any]:
    found: dict[str, Any] = app.test_client().get("/api/v1/openapi.json").get_json()
    return found


def test_every_route_is_described(app: Flask, described: dict[str, Any]) -> None:
    served = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
    }
    assert set(described["paths"]) == served - {"/api/v1/openapi.json"} == set(PATHS)
    assert described["openapi"] == "3.1.0"
    names = [path["get"]["operationId"] for path in described["paths"].values()]
    assert len(set(names)) == len(names)


def test_every_parameter_says_in_chinese_what_it_is(described: dict[str, Any]) -> None:
    for path, operation in described["paths"].items():
        named = re.findall(r"{(\w+)}", path)
        given_in_path = [p["name"] for p in operation["get"]["parameters"] if p["in"] == "path"]
        assert given_in_path == named
        for one in operation["get"]["parameters"]:
            assert re.search("[\u4e00-\u9fff]", one["description"]), one


def test_every_schema_is_used_and_every_reference_leads_somewhere(
    described: dict[str, Any],
) -> None:
    def references(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if "$ref" in value:
                yield value["$ref"].removeprefix("#/components/schemas/")
            for inner in value.values():
                yield from references(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from references(inner)

    assert set(references(described)) == set(SCHEMAS)


def test_the_document_names_this_deployment(sample_engine: Engine) -> None:
    chosen = Settings(site_name="某某检索", page_size=7, trend_phrases=2)
    client = create_app(sample_engine, chosen).test_client()
    described = client.get("/api/v1/openapi.json").get_json()
    assert described["info"]["title"] == "某某检索"
    search, trend = (described["paths"][f"/api/v1/{n}"]["get"] for n in ("search", "trend"))
    assert next(p for p in search["parameters"] if p["name"] == "size")["schema"]["default"] == 7
    assert next(p for p in trend["parameters"] if p["name"] == "q")["schema"]["maxItems"] == 2


# ------------------------------------------------------------------ requests made from it


bounded = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=False,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def known_ids(client: FlaskClient) -> tuple[str, str]:
    listed = client.get("/api/v1/reports?size=1").get_json()["reports"][0]
    document = client.get(f"/api/v1/reports/{listed['id']}").get_json()
    return listed["id"], document["passages"][1]["passage"]


@pytest.mark.parametrize("path", PATHS)
def test_what_is_described_is_answered_as_described(app: Flask, path: str) -> None:
    operation = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)[path]["GET"]
    report_id, passage = known_ids(app.test_client())

    @seed(20240501)
    @bounded
    @given(data=st.data())
    def check(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy())
        if data.draw(st.booleans()):  # invented ids are not held: real ones get past 404
            known = {"report_id": report_id, "passage": passage}
            case.path_parameters |= {n: v for n, v in known.items() if n in case.path_parameters}
            case.query |= {n: report_id for n in ("a", "b") if n in case.query}
        # to JSON Schema 2.0 is an integer; nobody writes one so in an address
        case.query = {n: int(v) if isinstance(v, float) else v for n, v in case.query.items()}
        response = case.call(headers=PLAIN)
        case.validate_response(
            response, excluded_checks=[positive_data_acceptance, unsupported_method]
        )
        if response.status_code == 400:
            message = response.json()["error"]["message"]
            assert re.search("起始年晚于截止年|请写明起止两年|翻页位置", message), (
                "only what a schema cannot say is refused",
                case.query,
                message,
            )

    check()


def restricts(one: Parameter) -> bool:
    """Whether there is anything that the parameter cannot be."""
    schema = one.schema.get("items", one.schema)
    return one.place == "query" and (one.required or len(schema.keys() - {"type"}) > 0)


RESTRICTED = [
    f"/api/v1{operation.path}"
    for operation in OPERATIONS
    if any(restricts(one) for one in operation.parameters(Settings()))
]


def arrives_as_described(parameters: list[dict[str, Any]], url: str) -> bool:
    """Whether the query string fits the description: an address knows neither objects nor
    booleans, and what was one when it was invented may be a plain text, or blank, when it comes."""
    sent = parse_qs(urlsplit(url).query, keep_blank_values=True)
    for one in (p for p in parameters if p["in"] == "query"):
        schema, values = one["schema"], sent.get(one["name"], [])
        if schema["type"] == "array":
            fits = jsonschema_rs.is_valid(schema, values)
        elif not values:
            fits = not one.get("required")
        elif values == [""]:
            fits = bool(one.get("allowEmptyValue")) or jsonschema_rs.is_valid(schema, "")
        else:
            number = schema["type"] == "integer" and values[0].isdigit()
            read = int(values[0]) if number else values[0]
            fits = len(values) == 1 and jsonschema_rs.is_valid(schema, read)
        if not fits:
            return False
    return True


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("", True),
        ("page=&kind=false", True),
        ("page=2", True),
        ("page=x", False),
        ("page=0", False),
    ],
)
def test_what_arrives_is_read_as_it_arrives(
    described: dict[str, Any], query: str, fits: bool
) -> None:
    parameters = described["paths"]["/api/v1/concordance"]["get"]["parameters"]
    assert arrives_as_described(parameters, f"http://localhost/?{query}") == fits


@pytest.mark.parametrize("path", RESTRICTED)
def test_what_is_not_described_is_refused(app: Flask, described: dict[str, Any], path: str) -> None:
    parameters = described["paths"][path]["get"]["parameters"]
    operation = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)[path]["GET"]

    @seed(20240501)
    @bounded
    @given(data=st.data())
    def check(data: st.DataObject) -> None:
        negative = schemathesis.GenerationMode.NEGATIVE
        case = data.draw(operation.as_strategy(generation_mode=negative))
        response = case.call(headers=PLAIN)
        assume(not arrives_as_described(parameters, response.request.url or ""))
        if response.status_code != 414:  # a refusal too, which schemathesis does not know as one
            case.validate_response(response)

    check()
