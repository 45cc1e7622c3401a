"""The JSON interface against DESIGN §8, over the plain engine whose answers are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from search.request import FIELDS
from web.operations import OPERATIONS


def get(client: FlaskClient, url: str) -> Any:
    response = client.get(url)
    assert response.status_code == 200, response.text
    return response.get_json()


# ------------------------------------------------------------------ what DESIGN §8 fixes


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
        ("/api/v1/search?page=1&page=2", 400),
        ("/api/v1/search?page=1.0", 400),
        ("/api/v1/search?page=%EF%BC%91", 400),
        ("/api/v1/search?size=101", 400),
        ("/api/v1/search?size=-1", 400),
        ("/api/v1/search?size=abc", 400),
        ("/api/v1/search?year=20x1", 400),
        ("/api/v1/search?year=2022..2019", 400),
        ("/api/v1/search?year=-2019..", 400),
        ("/api/v1/search?sort=best", 400),
        ("/api/v1/search?view=matrix", 400),
        ("/api/v1/search?section=nothing", 400),
        ("/api/v1/search?facet_size=-1", 400),
        ("/api/v1/search?" + "&".join(["agency=a"] * 101), 400),
        ("/api/v1/facets/title", 400),
        ("/api/v1/facets/agency?by=year", 400),
        ("/api/v1/concordance?order=up", 400),
        ("/api/v1/concordance?width=0", 400),
        ("/api/v1/trend", 400),
        ("/api/v1/trend?q=+", 400),
        ("/api/v1/trend?" + "&".join(f"q={n}" for n in range(7)), 400),
        ("/api/v1/reports?page=-1", 400),
        ("/api/v1/compare?a=x", 400),
        ("/api/v1/reports/nobody", 404),
        ("/api/v1/reports/nobody/s1/similar", 404),
        ("/api/v1/compare?a=nobody&b=nobody", 404),
        ("/api/v1/reports/goneid0000", 410),
        ("/api/v1/reports/goneid0000/s1", 410),
        ("/api/v1/nothing", 404),
        ("/api/v1/", 404),
        ("/api/v2/search", 404),
        ("/api/v1/search?q=" + "a" * 33_000, 414),
    ],
    ids=lambda value: str(value)[:60],
)
def test_errors_have_one_shape(client: FlaskClient, url: str, status: int) -> None:
    response = client.get(url)
    assert response.status_code == status, response.text
    assert set(response.get_json()) == {"error"}
    assert set(response.get_json()["error"]) == {"code", "message"}
    assert any("\u4e00" <= c <= "\u9fff" for c in response.get_json()["error"]["message"])
    assert "ETag" not in response.headers


def test_what_is_too_large_is_refused_as_json(client: FlaskClient) -> None:
    headers = client.get("/api/v1/search", headers={"X-Filler": "a" * 33_000})
    body = client.get("/api/v1/search", data=b"a" * 70_000)
    assert (headers.status_code, body.status_code) == (431, 413)
    for response in (headers, body):
        assert response.get_json()["error"]["code"] == "too_large"
    page = client.get("/search?q=" + "a" * 33_000)
    assert page.status_code == 414
    assert "地址过长" in page.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused_as_json(client: FlaskClient, method: str) -> None:
    response = client.open("/api/v1/search", method=method)
    assert response.status_code == 405
    assert response.get_json()["error"]["code"] == "method_not_allowed"
    assert "GET" in response.headers["Allow"]
    assert client.open("/api/v1/nothing", method=method).status_code == 404


def test_a_page_past_the_last_is_empty(client: FlaskClient) -> None:
    assert get(client, "/api/v1/search?q=放管服&page=99")["hits"] == []


def test_blank_values_are_none_given_and_unknown_names_are_told(client: FlaskClient) -> None:
    plain = get(client, "/api/v1/search?q=放管服")
    blank = get(client, "/api/v1/search?q=放管服&page=&size=+&year=&agency=&sort=&find.year=")
    assert blank == plain
    assert plain["ignored"] == []
    odd = get(client, "/api/v1/search?q=放管服&agencies=甲&Year=2021")
    assert odd["ignored"] == ["Year", "agencies"]
    assert odd["total"] == plain["total"]
    # what another address knows means nothing here
    assert get(client, "/api/v1/matrix?q=放管服&view=junk&size=3")["ignored"] == ["view"]


# ------------------------------------------------------------------ reports that went elsewhere


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("reports/oldid00000", "reports/{id}"),
        ("reports/oldid00000?q=放管服&x=1", "reports/{id}?q=放管服"),
        ("reports/oldid00000/s2?h=abc", "reports/{id}/s2?h=abc"),
        ("reports/oldid00000/s2/similar?size=3", "reports/{id}/s2/similar?size=3"),
        ("reports/oldid00000/s2/neighbours?_external=1", "reports/{id}/s2/neighbours"),
        ("compare?a=oldid00000&b=nolabels00", "compare?a={id}&b=nolabels00"),
    ],
)
def test_a_moved_report_redirects(client: FlaskClient, engine: Any, path: str, there: str) -> None:
    response = client.get(f"/api/v1/{path}")
    new = engine.moved["oldid00000"]
    assert response.status_code == 301
    assert response.get_json() == {"moved": new}
    assert unquote(response.location) == f"/api/v1/{there.format(id=new)}"


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


# ------------------------------------------------------------------ the other views


def test_a_passage_says_whether_it_is_the_same(client: FlaskClient, engine: Any) -> None:
    one = engine.documents[2]
    place = one.passages[3]
    base = f"/api/v1/reports/{one.summary.id}"
    same = get(client, f"{base}/{place.passage}?h={place.hash}")
    assert same["text"] == one.text[place.start : place.end]
    assert (same["state"], same["url"]) == (
        "same",
        f"/reports/{one.summary.id}/{place.passage}?h={place.hash}",
    )
    assert same["report"]["id"] == one.summary.id
    moved = get(client, f"{base}/s9?h={place.hash}")
    assert (moved["state"], moved["passage"]) == ("moved", place.passage)
    assert get(client, f"{base}/s2?h=00")["state"] == "changed"
    assert client.get(f"{base}/s9").status_code == 404


def test_marks_of_a_report_are_the_places_of_the_query(client: FlaskClient, engine: Any) -> None:
    one = get(client, f"/api/v1/reports/{engine.documents[2].summary.id}?q=首违不罚")
    assert [one["text"][a:b] for a, b in one["marks"]] == ["首违不罚"] * 2
    assert get(client, f"/api/v1/reports/{one['id']}")["marks"] == []


def test_all_views_count_the_same(client: FlaskClient) -> None:
    asked = "q=首违不罚&agency=-云江省澜州市教育局"
    totals = [get(client, f"/api/v1/{view}?{asked}") for view in (
        "search", "explain", "concordance", "matrix", "spread", "trend"
    )]  # fmt: skip
    assert [one.get("total") or one["trends"][0]["total"] for one in totals] == [
        {"reports": 6, "passages": 6, "occurrences": 12}
    ] * 6


def test_a_facet_is_paged_and_searched(client: FlaskClient) -> None:
    body = get(client, "/api/v1/facets/agency?q=放管服&size=2")
    assert (body["field"], body["total_values"], len(body["values"])) == ("agency", 3, 2)
    rest = get(client, "/api/v1/facets/agency?q=放管服&size=2&page=2")["values"]
    assert len(rest) == 1
    assert not {one["value"] for one in rest} & {one["value"] for one in body["values"]}
    found = get(client, "/api/v1/facets/agency?q=放管服&facet_prefix=教育")
    assert [one["value"] for one in found["values"]] == ["云江省澜州市教育局"]


def test_facet_size_reaches_the_engine(make_site: Callable[..., Flask], engine: Any) -> None:
    asked = []
    search = engine.search
    engine.search = lambda request: asked.append(request) or search(request)
    get(make_site().test_client(), "/api/v1/search?facet_size=0&find.agency=教育&cursor=x")
    (request,) = asked
    assert (request.facet_size, request.facet_prefix, request.cursor) == (
        0,
        {"agency": "教育"},
        "x",
    )


def test_compare_gives_every_sentence_of_both(client: FlaskClient, engine: Any) -> None:
    a, b = (engine.documents[n].summary.id for n in (1, 2))
    body = get(client, f"/api/v1/compare?a={a}&b={b}")
    assert (body["a"]["id"], body["b"]["id"]) == (a, b)
    pairs = [pair for section in body["sections"] for pair in section["pairs"]]
    assert sum(body["totals"].values()) == len(pairs)
    for pair in pairs:
        assert (pair["a"] is None) == (pair["change"] == "new")
        assert (pair["b"] is None) == (pair["change"] == "dropped")
    changed = next(pair for pair in pairs if pair["change"] == "changed")
    assert [changed["a"]["text"][x:y] for x, y in changed["a"]["spans"]]


def test_did_you_mean_and_the_filter_to_drop(client: FlaskClient) -> None:
    body = get(client, "/api/v1/explain?q=方管服&year=2021")
    assert body["did_you_mean"] == ["放管服"]
    assert [one["field"] for one in body["clauses"]] == [None, "year"]


# ------------------------------------------------------------------ HTTP


def every_address(engine: Any) -> list[str]:
    one = engine.documents[2]
    known = {
        "report_id": one.summary.id,
        "earlier_id": engine.documents[1].summary.id,
        "passage": one.passages[2].passage,
        "hash": one.passages[2].hash,
    }
    return ["/api/v1" + one.example.format(**known) for one in OPERATIONS] + [
        "/api/v1/openapi.json"
    ]


def test_head_options_and_conditional_get(client: FlaskClient, engine: Any) -> None:
    for url in every_address(engine):
        whole = client.get(url)
        assert whole.status_code == 200, url
        assert whole.mimetype == "application/json"
        head = client.head(url)
        assert (head.status_code, head.data) == (200, b"")
        assert head.headers["ETag"] == whole.headers["ETag"]
        assert head.headers["Content-Length"] == whole.headers["Content-Length"]
        options = client.options(url)
        assert options.status_code == 200
        assert set(options.allow) == {"GET", "HEAD", "OPTIONS"}
        for condition in (whole.headers["ETag"], f'"x", {whole.headers["ETag"]}', "*"):
            again = client.get(url, headers={"If-None-Match": condition})
            assert (again.status_code, again.data) == (304, b""), (url, condition)
            assert again.headers["ETag"] == whole.headers["ETag"]
        assert client.get(url, headers={"If-None-Match": 'W/"x"'}).status_code == 200


def test_a_tag_is_of_one_address_and_one_generation(client: FlaskClient, engine: Any) -> None:
    tag = client.get("/api/v1/search?q=放管服").headers["ETag"]
    same = {"If-None-Match": tag}
    assert client.get("/api/v1/search?q=首违不罚", headers=same).status_code == 200
    assert client.get("/api/v1/reports/nobody", headers=same).status_code == 404
    assert client.get("/api/v1/search?page=0", headers={"If-None-Match": "*"}).status_code == 400
    engine.number = 2
    assert client.get("/api/v1/search?q=放管服", headers=same).status_code == 200


def test_an_answer_is_of_one_generation(make_site: Callable[..., Flask], engine: Any) -> None:
    """A generation that changes between two steps of an answer makes it anew."""
    search = engine.search

    def swap(request: Any) -> Any:
        page = search(request)
        engine.number = 2
        return page

    engine.search = swap
    body = get(make_site().test_client(), "/api/v1/explain?q=放管服")
    assert body["generation"] == "g2"
    assert engine.calls == ["search", "search"]


def test_the_fields_of_every_list_are_those_of_search(client: FlaskClient) -> None:
    described = get(client, "/api/v1/openapi.json")["paths"]
    for path in ("search", "facets/{field}", "concordance", "matrix", "spread", "trend", "reports"):
        names = [one["name"] for one in described[f"/api/v1/{path}"]["get"]["parameters"]]
        assert set(FIELDS) <= set(names), path
