"""The description of the JSON interface, and the interface against it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import positive_data_acceptance


def test_every_route_is_described(make_site: Callable[..., Flask], client: FlaskClient) -> None:
    described = client.get("/api/v1/openapi.json").get_json()
    served = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for rule in make_site().url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and not rule.rule.endswith(("/", "<path:rest>"))
    }
    assert set(described["paths"]) == served - {"/api/v1/openapi.json"}
    assert described["openapi"] == "3.1.0"


OPERATIONS = [
    "/api/v1/search",
    "/api/v1/reports",
    "/api/v1/reports/{report_id}",
    "/api/v1/trend",
    "/api/v1/links/{report_id}",
    "/api/v1/links/{report_id}/{passage}",
    "/api/v1/suggest",
]


@pytest.mark.parametrize("path", OPERATIONS)
def test_answers_are_as_described(make_site: Callable[..., Flask], path: str) -> None:
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", make_site())
    operation = schema[path]["GET"]

    @settings(
        max_examples=25,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data())
    def check(data: st.DataObject) -> None:
        case = data.draw(operation.as_strategy())
        response = case.call()
        # That page x size stays below 10,000 is a rule between two parameters, which a schema
        # cannot say: a refusal is then right, and has the shape of every error.
        case.validate_response(response, excluded_checks=[positive_data_acceptance])

    check()
