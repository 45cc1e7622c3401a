"""The description of the JSON interface, and the interface against it: over the real engine and
the sample reports, in one process, the same questions every time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, seed, settings
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


@pytest.mark.parametrize("path", RESTRICTED)
def test_what_is_not_described_is_refused(app: Flask, path: str) -> None:
    operation = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)[path]["GET"]

    @seed(20240501)
    @bounded
    @given(data=st.data())
    def check(data: st.DataObject) -> None:
        negative = schemathesis.GenerationMode.NEGATIVE
        case = data.draw(operation.as_strategy(generation_mode=negative))
        response = case.call(headers=PLAIN)
        if response.status_code != 414:  # a refusal too, which schemathesis does not know as one
            case.validate_response(response)

    check()
