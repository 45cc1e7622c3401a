"""The page about the JSON interface: its examples are asked, its program is run."""

from __future__ import annotations

import html
import json
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import WSGIRequestHandler, make_server

from search.engine import Engine
from web import create_app
from web.api_schemas import SCHEMAS
from web.operations import OPERATIONS
from web.views.api_page import shortened


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing on the terminal."""


@pytest.fixture(scope="module")
def app(sample_engine: Engine) -> Flask:
    return create_app(sample_engine)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def page(client: FlaskClient) -> str:
    return client.get("/api").text


def examples(page: str) -> list[tuple[str, str]]:
    """Addresses and answers as the page shows them."""
    found = re.findall(r'例：<a href="([^"]+)".*?<pre>(.*?)</pre>', page, re.DOTALL)
    return [(html.unescape(url), html.unescape(answer)) for url, answer in found]


def test_every_address_has_an_example_that_finds_something(page: str, client: FlaskClient) -> None:
    shown = examples(page)
    assert len(shown) == len(OPERATIONS)
    for (url, _), operation in zip(shown, OPERATIONS, strict=True):
        response = client.get(url)
        assert response.status_code == 200, url
        body = response.get_json()
        assert body["ignored"] == [], url
        lists = [value for name, value in body.items() if isinstance(value, list) and value]
        assert lists or body.keys() & {"state", "before"}, (url, "an example should find something")
        assert body.keys() == SCHEMAS[operation.answer]["properties"].keys(), url


def test_what_is_shown_is_what_is_answered(page: str, client: FlaskClient) -> None:
    def steady(text: str) -> str:
        return re.sub(r'"took_ms": [\d.]+', "", text)

    for url, shown in examples(page):
        answer = shortened(client.get(url).get_json())
        assert steady(shown) == steady(json.dumps(answer, ensure_ascii=False, indent=1)), url


def test_every_parameter_and_every_code_of_an_error_is_explained(page: str) -> None:
    for operation in OPERATIONS:
        assert f'id="{operation.name}"' in page
        assert f"/api/v1{operation.path}</code>" in page
    for code in ("bad_parameter", "cursor_expired", "not_found", "gone", "too_large"):
        assert f"<code>{code}</code>" in page


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_program_fetches_every_hit(
    client: FlaskClient, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    page = client.get("/api", base_url=address).text
    (program,) = re.findall(r'<pre class="program">(.*?)</pre>', page, re.DOTALL)
    exec(html.unescape(program), {})
    count, total = re.findall(r"\d+", capsys.readouterr().out)
    assert count == total != "0"


def test_long_values_say_that_they_were_cut() -> None:
    cut = shortened({"text": "字" * 41, "list": ["甲", "乙", "丙"], "span": [1, 2, 3, 4]})
    assert cut == {
        "text": "字" * 40 + "…（共 41 字）",
        "list": ["甲", "乙", "…（共 3 个）"],
        "span": [1, 2, 3, 4],
    }


def test_an_empty_collection_has_a_page_too(engine: Any) -> None:
    engine.documents.clear()
    page = create_app(engine).test_client().get("/api")
    assert page.status_code == 200
    assert "/api/v1/reports/{report_id}</code>" in page.text
