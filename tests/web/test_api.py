"""The JSON interface against DESIGN §8."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient


def get(client: FlaskClient, url: str) -> Any:
    response = client.get(url)
    assert response.status_code == 200, response.text
    return response.get_json()


def test_search_has_the_fixed_shape(client: FlaskClient) -> None:
    found = get(client, "/api/v1/search?q=放管服&size=3&year=2021")
    assert {"query", "total", "took_ms", "generation", "next_cursor", "hits", "facets"} <= set(
        found
    )
    assert found["total"] == {"reports": 3, "passages": 3, "occurrences": 6}
    hit = found["hits"][0]
    assert {
        "report_id", "passage", "title", "agency", "year", "section", "heading", "url", "score",
        "snippets",
    } <= set(hit)  # fmt: skip
    snippet = hit["snippets"][0]
    assert [snippet["text"][a:b] for a, b in snippet["spans"]] == ["放管服", "放管服"]
    assert client.get(hit["url"]).status_code == 200
    year = next(one for one in found["facets"]["year"] if one["value"] == 2021)
    assert {"value", "label", "count", "selected"} <= set(year)
    assert year["selected"] is True
    assert set(found["facets"]) == {"agency", "year", "section", "kind", "region"}


def test_reports_and_one_report(client: FlaskClient, engine: Any) -> None:
    listed = get(client, "/api/v1/reports?page=2&size=10")
    assert listed["total"] == len(engine.documents)
    assert len(listed["reports"]) == 6
    one = get(client, f"/api/v1/reports/{listed['reports'][0]['id']}")
    assert {
        "id", "title", "agency", "year", "aliases", "kind", "region", "published", "sources",
        "text", "outline", "passages",
    } <= set(one)  # fmt: skip
    assert "".join(one["text"][p["start"] : p["end"]] for p in one["passages"]) == one["text"]
    assert set(one["outline"][0]) == {"number", "heading", "level", "category", "start", "end"}
    assert set(one["passages"][0]) >= {"passage", "start", "end", "section"}


def test_unknown_labels_are_null(client: FlaskClient) -> None:
    hit = get(client, "/api/v1/search?q=没有标签")["hits"][0]
    assert hit["year"] is None
    assert hit["agency"] is None


def test_trend_adds_up(client: FlaskClient) -> None:
    (found,) = get(client, "/api/v1/trend?q=首违不罚")["trends"]
    rows = {row["year"]: row for row in found["years"]}
    assert rows[2020]["reports"] == 0
    assert rows[2021] | {"characters": 0, "per_10k": 0} == {
        "year": 2021, "reports": 3, "held": 3, "share": 1.0, "occurrences": 6, "characters": 0,
        "per_10k": 0,
    }  # fmt: skip
    assert sum(row["occurrences"] for row in found["years"]) == found["total"]["occurrences"]


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("/api/v1/search?page=0", 400),
        ("/api/v1/search?size=101", 400),
        ("/api/v1/search?size=abc", 400),
        ("/api/v1/search?year=20x1", 400),
        ("/api/v1/search?sort=best", 400),
        ("/api/v1/search?section=nothing", 400),
        ("/api/v1/trend", 400),
        ("/api/v1/reports?page=-1", 400),
        ("/api/v1/reports/nobody", 404),
        ("/api/v1/reports/goneid0000", 410),
        ("/api/v1/nothing", 404),
        ("/api/v1/", 404),
    ],
)
def test_errors_have_one_shape(client: FlaskClient, url: str, status: int) -> None:
    response = client.get(url)
    assert response.status_code == status
    assert set(response.get_json()) == {"error"}
    assert set(response.get_json()["error"]) == {"code", "message"}


def test_a_post_is_refused_as_json(client: FlaskClient) -> None:
    response = client.post("/api/v1/search")
    assert response.status_code == 405
    assert response.get_json()["error"]["code"] == "method_not_allowed"
    assert "GET" in response.headers["Allow"]


def test_a_page_past_the_last_is_empty(client: FlaskClient) -> None:
    assert get(client, "/api/v1/search?q=放管服&page=99")["hits"] == []


def test_moved_report_redirects(client: FlaskClient, engine: Any) -> None:
    response = client.get("/api/v1/reports/oldid00000")
    assert response.status_code == 301
    assert response.headers["Location"] == f"/api/v1/reports/{engine.moved['oldid00000']}"


def test_what_became_of_a_link(client: FlaskClient, engine: Any) -> None:
    one = engine.documents[2]
    place = one.passages[3]
    base = f"/api/v1/links/{one.summary.id}"
    cases = {
        f"{base}/{place.passage}?h={place.hash}": "same",
        f"{base}/s9?h={place.hash}": "moved",
        f"{base}/s2?h=00": "changed",
        f"{base}/s9?h=00": "lost",
        base: "same",
        "/api/v1/links/goneid0000": "gone",
        "/api/v1/links/nobody/s1": "unknown",
        "/api/v1/links/oldid00000": "moved",
    }
    assert {url: get(client, url)["state"] for url in cases} == cases
