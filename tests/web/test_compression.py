"""Answers gzipped for who asks."""

from __future__ import annotations

import gzip

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/search?q=首违不罚",
        "/api/v1/search?q=首违不罚",
        "/static/site.css",
        "/search/feed.xml?q=放管服",
    ],
)
def test_it_is_the_same_answer(client: FlaskClient, path: str) -> None:
    plain = client.get(path, buffered=True)
    packed = client.get(path, headers={"Accept-Encoding": "br, gzip"}, buffered=True)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
    assert "Content-Encoding" not in plain.headers
    if not path.startswith("/api"):  # its took_ms differs
        assert gzip.decompress(packed.data) == plain.data
    for one in (plain, packed):
        assert "Accept-Encoding" in one.headers["Vary"]


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "br"])
def test_who_does_not_ask_gets_it_plain(client: FlaskClient, accepted: str) -> None:
    answer = client.get("/", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers
    assert answer.data.startswith(b"<!doctype html>")


@pytest.mark.parametrize("path", ["/search?q=首违不罚", "/static/site.css"])
def test_what_was_packed_is_known_again(client: FlaskClient, path: str) -> None:
    headers = {"Accept-Encoding": "gzip"}
    tag = client.get(path, headers=headers, buffered=True).headers["ETag"]
    headers["If-None-Match"] = tag
    again = client.get(path, headers=headers, buffered=True)
    assert (again.status_code, again.data) == (304, b"")


def test_exports_stream_as_they_are(client: FlaskClient) -> None:
    answer = client.get("/search/export.csv?q=首违不罚", headers={"Accept-Encoding": "gzip"})
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers
