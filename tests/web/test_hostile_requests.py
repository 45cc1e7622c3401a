"""Whatever stands in an address or in a header, the site answers with a page or with a refusal:
never with an error of its own.  Over the real engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, run_wsgi_app

from search.engine import Engine
from web import Settings, create_app

PAGES = (
    "/", "/search", "/search/facet/agency", "/search/facet/{junk}", "/search/export.csv",
    "/search/export.jsonl", "/search/export.md", "/search/export.{junk}", "/search/feed.xml",
    "/trend", "/trend.csv", "/reports", "/reports/{id}", "/reports/{junk}", "/reports/{id}/{junk}",
    "/reports/{id}/s1/similar", "/cite/{id}", "/cite/{id}/{junk}", "/compare", "/about", "/help",
    "/api", "/bookmarks", "/sitemap.xml", "/opensearch.xml", "/robots.txt", "/favicon.ico",
    "/static/{junk}", "/{junk}", "//{junk}", "/language",
)  # fmt: skip
TWINS = (
    "search", "explain", "facets/year", "facets/{junk}", "concordance", "matrix", "spread", "trend",
    "suggest", "overview", "reports", "reports/{id}", "reports/{junk}", "reports/{id}/{junk}",
    "reports/{id}/s1/similar", "reports/{id}/s1/neighbours", "compare", "links/{junk}",
    "links/{id}/{junk}", "openapi.json", "{junk}", "",
)  # fmt: skip
PATHS = (*PAGES, *(f"/api/v1/{twin}" for twin in TWINS))

PIECES = (
    "%00",
    "%FF%FE",
    "%ED%A0%80",
    "%E4%BD",
    "..%2F..%2Fetc%2Fpasswd",
    "%0D%0AX-Own:%201",
    "a" * 300,
)
"""For paths: NUL, not UTF-8, a lone surrogate, half a character, a way up, a header of its own."""

NAMES = (
    "q", "within", "agency", "year", "section", "kind", "region", "scope", "sort", "view", "page",
    "size", "cursor", "order", "width", "by", "facet_size", "facet_prefix", "find.agency", "h",
    "a", "b", "from", "to", "style", "measure", "lang", "next", "v",
)  # fmt: skip
VALUES = (
    "", "%00", "%FF", "%ED%A0%80", "%", "%zz", "%E4%BD", "-1", "0", "99999999999999999999999",
    "1e3", "NaN", "-", "=", "..", "2022..2019", "%F0%9F%92%A9" * 20, "%27%22%3E%3Cscript%3E",
    "%0D%0AX-Own:%201",
    "%EF%BC%91", "%E2%80%AE", "%22" * 50, "(" * 200, "*", "%2A" * 100, "WyIwMDAwMDEiLCAtNV0",
    "WyIwMDAwMDEiLCAxZTk5OV0", "//evil.example",
)  # fmt: skip

PARTS = 5
"""Prime to the number of values, so that every name meets every value somewhere."""


@pytest.fixture(scope="module")
def app(sample_engine: Engine) -> Flask:
    return create_app(sample_engine, Settings(export_rows=10))


@pytest.fixture(scope="module")
def report_id(sample_engine: Engine) -> str:
    return sample_engine.reports(1, 1).reports[0].id


def ask(
    app: Flask, path: str, query: str = "", method: str = "GET", **environ: object
) -> tuple[int, dict[str, str], bytes]:
    """What the application answers to an address exactly as it stands, escapes undone only in the
    path, as every server does."""
    builder = EnvironBuilder("/", method=method)
    given = builder.get_environ()
    builder.close()
    raw = path.encode("latin-1")
    given["PATH_INFO"] = _unescaped(raw).decode("latin-1")
    given["QUERY_STRING"] = query
    given.update(environ)
    body, status, headers = run_wsgi_app(app, given, buffered=True)
    return int(status.split()[0]), dict(headers), b"".join(body)


def _unescaped(raw: bytes) -> bytes:
    first, *rest = raw.split(b"%")
    return first + b"".join(bytes.fromhex(part[:2].decode()) + part[2:] for part in rest)


def held(path: str, answer: tuple[int, dict[str, str], bytes]) -> int:
    """The status, after what holds for every answer was seen to."""
    status, headers, body = answer
    assert status < 500, (path, status, body[:300])
    assert "X-Own" not in headers
    assert "\n" not in "".join(headers.values())
    if path.startswith("/api/"):
        assert headers["Content-Type"] == "application/json"
        if status >= 400:
            assert json.loads(body)["error"].keys() == {"code", "message"}
    if status in (301, 302, 303):
        assert headers["Location"].startswith("/")
        assert not headers["Location"].startswith(("//", "/\\"))
    return status


@pytest.mark.parametrize("path", PATHS)
def test_any_value_of_any_parameter_is_answered_or_refused(
    app: Flask, report_id: str, path: str
) -> None:
    """Each address tries one pair of ``PARTS``, so that together they try all."""
    own = path.format(id=report_id, junk="nothing")
    pairs = list(product(NAMES, VALUES))[PATHS.index(path) % PARTS :: PARTS]
    for name, value in pairs:
        held(own, ask(app, own, f"{name}={value}"))


@pytest.mark.parametrize("path", [path for path in PATHS if "{junk}" in path])
def test_any_path_is_answered_or_refused(app: Flask, report_id: str, path: str) -> None:
    for piece in PIECES:
        own = path.format(id=report_id, junk=piece)
        held(own, ask(app, own))


def queries() -> Iterator[str]:
    yield "q=" + "%E6%B3%95" * 3_000
    yield "q=" + "a" * 40_000
    yield "&".join(f"q={n}" for n in range(500))
    yield "&".join(f"{name}=1&{name}=2" for name in NAMES)
    yield "&".join(f"agency={n}" for n in range(150))
    yield "&".join(f"n{n}=1" for n in range(5_000))
    yield "&".join(f"year=-{n}" for n in range(1900, 1999))
    yield "year=-1000..1099&year=1000..9999&year=..9999"
    yield "&&&===&=a&q&%3D=%26&;;"
    yield "q[]=1&q[a]=2&page[]=1&%00=1&q%00=1"
    yield "q=%22" + "%20OR%20%22" * 500
    yield "q=" + "(" * 2_000 + "a" + ")" * 2_000
    yield "q=" + "a*+" * 300
    yield "page=1000000&size=100"
    yield "page=1000001&size=100"


@pytest.mark.parametrize("path", [path for path in PATHS if "{junk}" not in path])
def test_long_odd_and_repeated_queries_are_answered_or_refused(
    app: Flask, report_id: str, path: str
) -> None:
    own = path.format(id=report_id)
    for query in queries():
        held(own, ask(app, own, query))


HEADERS: tuple[dict[str, object], ...] = (
    {"HTTP_HOST": "a b"},
    {"HTTP_HOST": "evil.example:99999"},
    {"HTTP_HOST": "[::1"},
    {"HTTP_HOST": ""},
    {"HTTP_HOST": "\xff\xfe"},
    {"HTTP_ACCEPT": "*/*;q=NaN, text/html;q=-1, \x00"},
    {"HTTP_ACCEPT": "," * 5_000},
    {"HTTP_ACCEPT_ENCODING": "gzip;q=1e99, br;q=x, \xff"},
    {"HTTP_IF_NONE_MATCH": '"' * 999},
    {"HTTP_IF_NONE_MATCH": "*, *, W/"},
    {"HTTP_IF_MODIFIED_SINCE": "Thu, 99 Foo 99999 99:99:99 GMT"},
    {"HTTP_RANGE": "bytes=-1,5-,99999999999999-"},
    {"HTTP_COOKIE": "lang=\x00; lang; =; ;;; lang=" + "e" * 4_000},
    {"HTTP_X_FORWARDED_HOST": "evil.example", "HTTP_X_FORWARDED_PROTO": "javascript"},
    {"CONTENT_LENGTH": "-5"},
    {"CONTENT_LENGTH": "x"},
    {"CONTENT_LENGTH": "99999999999999999999"},
    {"CONTENT_TYPE": "multipart/form-data; boundary=" + "b" * 300, "CONTENT_LENGTH": "10"},
    {"HTTP_TRANSFER_ENCODING": "chunked, chunked"},
    {"HTTP_X_LONG": "a" * 40_000},
    {f"HTTP_X_{n}": "a" * 100 for n in range(400)},
)


@pytest.mark.parametrize("number", range(len(HEADERS)))
def test_any_header_is_answered_or_refused(app: Flask, number: int) -> None:
    for path in ("/", "/search", "/api/v1/search", "/nowhere", "/static/site.css", "/sitemap.xml"):
        held(path, ask(app, path, **HEADERS[number]))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "TRACE", "CONNECT", "FOO", "\xff"])
def test_other_methods_are_refused(app: Flask, report_id: str, method: str) -> None:
    for path in PATHS:
        own = path.format(id=report_id, junk="nothing")
        if own != "/language":
            assert held(own, ask(app, own, method=method)) in (404, 405), own


def test_a_site_with_named_hosts_refuses_others(sample_engine: Engine) -> None:
    app = create_app(sample_engine, Settings(trusted_hosts=("reports.example",)))
    assert ask(app, "/", HTTP_HOST="reports.example")[0] == 200
    for host in ("evil.example", "reports.example.evil.example", "a b", ""):
        assert ask(app, "/api/v1/search", HTTP_HOST=host)[0] == 400


def test_what_is_refused_leaves_the_site_as_it_was(app: Flask) -> None:
    client: FlaskClient = app.test_client()
    before = client.get("/api/v1/search?q=执法").get_json()["total"]
    for query in queries():
        ask(app, "/api/v1/search", query)
    assert client.get("/api/v1/search?q=执法").get_json()["total"] == before
