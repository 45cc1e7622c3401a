"""Pages over the plain engine: what they show, where their links lead, what they refuse."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from search.errors import IndexUnavailable
from search.results import Snippet, Total, Trend, TrendRow, ValueCount
from web.security import HEADERS


def text_of(page: str) -> str:
    """The words of a page, tags gone, white space made one."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def links(page: str) -> list[str]:
    return [html.unescape(one) for one in re.findall(r'href="([^"]+)"', page)]


@pytest.fixture
def report(engine: Any) -> Any:
    return engine.documents[2]


def test_start_shows_what_is_held(client: FlaskClient) -> None:
    page = client.get("/").text
    words = text_of(page)
    assert "收录 16 份报告" in words
    assert "机关、地名和数字均为虚构" in words
    assert "/search?year=2021" in links(page)
    assert "/search?section=plans" in links(page)
    assert "/search?q=%22首违不罚%22" in links(page)
    assert "民法典" not in words, "only slogans the collection holds are offered"


def test_results_answer_first_and_mark_only_what_matched(client: FlaskClient) -> None:
    page = client.get("/search?q=放管服").text
    assert "15 份报告 · 15 个段落 · 30 处" in text_of(page).replace(" · ", " · ")
    assert set(re.findall(r"<mark>(.*?)</mark>", page)) == {"放管服"}
    assert page.count("<mark>") == 30


def test_following_every_link_of_a_page_of_results(client: FlaskClient) -> None:
    page = client.get("/search?q=放管服&year=2021&agency=-云江省澜州市教育局").text
    own = {one for one in links(page) if one.startswith("/") and not one.startswith("/static")}
    assert len(own) > 30
    for one in own:
        assert client.get(one).status_code == 200, one


def test_facet_counts_are_what_the_link_finds(client: FlaskClient) -> None:
    page = client.get("/search?q=首违不罚").text
    values = re.findall(
        r'<a class="v" href="([^"]+)"[^>]*>.*?<span class="c">([\d,]+)<', page, re.DOTALL
    )
    assert len(values) > 8
    for url, count in values:
        found = client.get(html.unescape(url)).text
        assert re.search(r"<b>(\d+)</b> 份报告", found)[1] == count, url  # type: ignore[index]


def test_facet_links_are_not_for_robots(client: FlaskClient) -> None:
    page = client.get("/search?q=放管服").text
    assert re.findall(r'<a class="(?:v|no)" (?![^>]*rel="nofollow")', page) == []
    assert "Disallow: /search" in client.get("/robots.txt").text


def test_the_long_tail_of_a_facet_can_be_searched(make_site: Callable[..., Flask]) -> None:
    client = make_site(facet_shown=2).test_client()
    page = client.get("/search?q=放管服").text
    assert "还有 1 个" in text_of(page)
    found = client.get("/search/facet/agency?q=放管服&find.agency=青桥").text
    assert "青桥县人民政府" in found
    assert "教育局" not in text_of(found)
    assert client.get("/search/facet/title").status_code == 404


def test_nothing_found_is_explained(client: FlaskClient) -> None:
    words = text_of(client.get("/search?q=首违不罚 方管服&year=2022").text)
    assert "没有找到" in words
    assert "您要找的是不是： 放管服" in words
    assert "首违不罚 9 9 18" in words


def test_search_within_results_is_a_condition_that_can_be_dropped(client: FlaskClient) -> None:
    page = client.get("/search?q=放管服&within=营商环境&year=2021").text
    assert "结果中再搜： 营商环境" in text_of(page)
    assert "/search?q=放管服&year=2021" in links(page)
    assert 'name="within" value="营商环境"' in page


def test_years_from_a_form_become_a_short_address(client: FlaskClient) -> None:
    response = client.get("/search?q=放管服&from=2022&to=2020&year=-2021")
    assert response.status_code == 303
    assert unquote(response.headers["Location"]) == "/search?q=放管服&year=2020..2022&year=-2021"
    plain = client.get("/search?q=放管服&from=&to=")
    assert unquote(plain.headers["Location"]) == "/search?q=放管服"


def test_pages_turn(client: FlaskClient) -> None:
    first = client.get("/search?q=放管服&size=10&view=passages").text
    assert "/search?q=放管服&view=passages&size=10&page=2" in links(first)
    second = client.get("/search?q=放管服&size=10&view=passages&page=2").text
    assert second.count('class="hit"') == 5
    past = client.get("/search?q=放管服&size=10&page=9")
    assert past.status_code == 200
    assert "没有更多结果" in text_of(past.text)


def test_a_report_with_anchors_outline_and_provenance(client: FlaskClient, report: Any) -> None:
    page = client.get(f"/reports/{report.summary.id}").text
    words = text_of(page)
    for place in report.passages:
        assert f'id="{place.passage}"' in page
        assert f"/reports/{report.summary.id}/{place.passage}?h={place.hash}" in page
    assert "<2021> & 其他" in html.unescape(page)
    assert "&lt;2021&gt; &amp; 其他" in page
    assert "推断" in words
    assert "[R/OL]" in words
    assert "教育_2021.txt" in words
    for anchor in re.findall(r'href="#([^"]+)"', page):
        assert f'id="{anchor}"' in page or anchor == "main"


def test_a_passages_link_marks_that_passage(client: FlaskClient, report: Any) -> None:
    place = report.passages[2]
    page = client.get(f"/reports/{report.summary.id}/{place.passage}?h={place.hash}&q=放管服").text
    here = "".join(re.findall(r'<span class="here">(.*?)</span>', page))
    stored = report.text[place.start : place.end].replace("\n", "")
    assert html.unescape(re.sub("<[^>]+>", "", here)) == stored
    assert page.count("<mark>") == 2


def test_what_stands_beside_a_passage(client: FlaskClient, report: Any) -> None:
    place = report.passages[2]
    base = f"/reports/{report.summary.id}/{place.passage}"
    words = text_of(client.get(f"{base}?h={place.hash}").text)
    assert "2020 年同一章节 2022 年同一章节" in words
    page = client.get(f"{base}/similar").text
    assert page.count("data-hit") == 20
    assert client.get(f"/reports/{report.summary.id}/s99/similar").status_code == 404
    assert client.get("/reports/nobody/s1/similar").status_code == 404
    assert client.get("/reports/goneid0000/s1/similar").status_code == 410
    assert client.get("/reports/oldid00000/s1.1/similar").status_code == 301


def test_a_passage_whose_text_moved_or_changed(client: FlaskClient, report: Any) -> None:
    base = f"/reports/{report.summary.id}"
    place = report.passages[3]
    moved = client.get(f"{base}/s9.9?h={place.hash}")
    assert moved.status_code == 200
    assert "现在位于另一处" in text_of(moved.text)
    assert f'href="#{place.passage}" data-land' in moved.text
    changed = client.get(f"{base}/s2?h=0000000000")
    assert "已有改动" in text_of(changed.text)
    lost = client.get(f"{base}/s9.9?h=0000000000")
    assert "已不在这份报告中" in text_of(lost.text)
    assert client.get(f"{base}/s9.9").status_code == 404


def test_moved_gone_and_unknown_reports(client: FlaskClient, report: Any, engine: Any) -> None:
    response = client.get("/reports/oldid00000/s1.1?h=abc&q=放管服&evil=//x")
    assert response.status_code == 301
    there = unquote(response.headers["Location"])
    assert there == f"/reports/{engine.moved['oldid00000']}/s1.1?h=abc&q=放管服"
    gone = client.get("/reports/goneid0000")
    assert gone.status_code == 410
    assert "不再收录" in text_of(gone.text)
    assert client.get("/reports/nobody").status_code == 404


def test_trend_page_names_its_denominators(client: FlaskClient) -> None:
    page = client.get("/trend?q=首违不罚&q=放管服").text
    words = text_of(page)
    assert "0 / 3" in words
    assert "3 / 3" in words
    assert "/search?q=首违不罚&year=2021" in links(page)
    assert "<svg" in page
    table = client.get("/trend.csv?q=首违不罚")
    assert table.data.startswith("\ufeff说法,年度".encode())
    assert "\r\n筛选,无\r\n结果：首违不罚," in table.text
    years = list(csv.reader(io.StringIO(table.text)))
    assert all(row[4] == row[6] == "" for row in years if len(row) == 7 and row[3] == "0")
    too_many = client.get("/trend?" + "&".join(f"q={n}" for n in range(7)))
    assert too_many.status_code == 400


def test_compare_page(client: FlaskClient, engine: Any) -> None:
    left, right = (engine.documents[i].summary.id for i in (1, 2))
    words = text_of(client.get(f"/compare?a={left}&b={right}").text)
    assert "保留 12 句 改动 3 句 新增 1 句 删去 1 句" in words
    assert client.get("/compare?a=1").status_code == 400
    assert client.get(f"/compare?a=goneid0000&b={right}").status_code == 410
    assert client.get(f"/compare?a=nobody&b={right}").status_code == 404
    moved = client.get(f"/compare?a=oldid00000&b={right}")
    assert moved.headers["Location"] == f"/compare?a={engine.moved['oldid00000']}&b={right}"


@pytest.mark.parametrize(
    "url",
    ["/search?page=0", "/search?year=abc", "/search?q=放管服&page=700", "/reports/x", "/nowhere"],
)
def test_errors_are_chinese_pages(client: FlaskClient, url: str) -> None:
    response = client.get(url)
    assert response.status_code in (400, 404)
    assert re.search("[一-鿿]{4}", text_of(response.text))
    assert "Traceback" not in response.text


def test_a_broken_index_is_said_and_a_bug_is_not_shown(
    make_site: Callable[..., Flask], engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_site().test_client()

    def broken(*_: object) -> None:
        raise IndexUnavailable("索引已损坏，请重新构建。")

    monkeypatch.setattr(engine, "search", broken)
    monkeypatch.setattr(engine, "overview", broken)
    response = client.get("/search?q=甲")
    assert response.status_code == 503
    assert "索引已损坏" in response.text

    def bug(*_: object) -> None:
        raise KeyError("secret")

    monkeypatch.setattr(engine, "search", bug)
    failed = client.get("/api/v1/search?q=甲")
    assert failed.status_code == 500
    assert "secret" not in failed.text


def test_hostile_text_stays_text(client: FlaskClient) -> None:
    page = client.get(
        "/search", query_string={"q": '<script>alert(1)</script>" onx="\u202e提示'}
    ).text
    assert "<script>alert" not in page
    assert ' onx="' not in page
    assert "\u202e" not in page
    assert "这是一条提示 &lt;b&gt;" in page


def test_headers_guard_every_answer(client: FlaskClient) -> None:
    for url in ("/", "/search?q=放管服", "/nowhere", "/api/v1/search", "/static/site.css"):
        with client.get(url) as response:
            for name, value in HEADERS.items():
                assert response.headers[name] == value
    assert "unsafe" not in HEADERS["Content-Security-Policy"]


def test_no_inline_script_or_style_and_no_foreign_address(client: FlaskClient, report: Any) -> None:
    for url in (
        "/",
        "/search?q=放管服",
        f"/reports/{report.summary.id}",
        "/trend?q=放管服",
        "/help",
    ):
        page = client.get(url).text
        assert re.findall(r"<script(?![^>]*src=\"/static/)", page) == []
        assert re.findall(r"<style|\sstyle=|\son[a-z]+=", page) == []
        assert re.findall(r'(?:src|href|action)="(?:https?:)?//', page) == []


def test_unchanged_pages_are_not_made_again(client: FlaskClient, engine: Any) -> None:
    first = client.get("/search?q=放管服")
    engine.calls.clear()
    again = client.get("/search?q=放管服", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert engine.calls == []
    engine.number = 2
    fresh = client.get("/search?q=放管服", headers={"If-None-Match": first.headers["ETag"]})
    assert fresh.status_code == 200


def test_a_forged_host_is_refused(make_site: Callable[..., Flask]) -> None:
    client = make_site(trusted_hosts=("search.example",)).test_client()
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/", headers={"Host": "search.example"}).status_code == 200


def test_files_for_programs(client: FlaskClient, engine: Any) -> None:
    sitemap = ElementTree.fromstring(client.get("/sitemap.xml").data)
    assert len(sitemap) == 1 + len(engine.documents)
    described = client.get("/opensearch.xml")
    assert described.mimetype == "application/opensearchdescription+xml"
    assert "{searchTerms}" in described.text
    ElementTree.fromstring(described.data)
    with client.get("/static/favicon.svg") as icon:
        assert icon.mimetype == "image/svg+xml"


@pytest.mark.parametrize(
    ("agencies", "notice"),
    [
        (["澜州市公安局", "云江省司法厅"], "这里收录的是随程序附带的示例报告"),
        (["澜州市公安局", "某某市司法局"], "这里混有示例报告"),
        (["某某市司法局"], ""),
    ],
)
def test_invented_reports_are_said_to_be_so(
    engine: Any,
    client: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
    agencies: list[str],
    notice: str,
) -> None:
    held = engine.overview()
    counts = tuple(ValueCount(name, name, 1) for name in agencies)
    overview = replace(held, facets={**held.facets, "agency": counts})
    monkeypatch.setattr(engine, "overview", lambda: overview)
    page = client.get("/help").text
    assert notice in page
    assert ("示例报告" in page) == bool(notice)


def test_beside_samples_only_an_invented_report_is_said_to_be_one(
    engine: Any, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its printed pages would carry the statement, too."""
    held = engine.overview()
    counts = tuple(ValueCount(name, name, 1) for name in ("云江省澜州市教育局", "某某市司法局"))
    overview = replace(held, facets={**held.facets, "agency": counts})
    monkeypatch.setattr(engine, "overview", lambda: overview)
    one = engine.documents[0]
    invented = client.get(f"/reports/{one.summary.id}").text
    assert "这是随程序附带的示例报告" in invented
    real = replace(one, summary=replace(one.summary, agency="某某市司法局"))
    monkeypatch.setattr(engine, "report", lambda report_id: real)
    assert "示例报告" not in client.get(f"/reports/{one.summary.id}").text


def test_titles_tell_tabs_apart(client: FlaskClient) -> None:
    """Every side of a question, with and without filters, is another title."""
    addresses = [
        f"/{path}{'&' if '?' in path else '?'}{more}"
        for path in (
            "search?q=首违不罚",
            "search?q=首违不罚&view=passages",
            "search?q=首违不罚&view=concordance",
            "search?q=首违不罚&view=matrix",
            "search?q=首违不罚&view=spread",
            "trend?q=首违不罚",
        )
        for more in ("", "year=2021..", "year=2021..&kind=-教育", "year=2021..&kind=教育")
    ]
    titles = [re.findall("<title>(.*?)</title>", client.get(one).text)[0] for one in addresses]
    assert len(set(titles)) == len(addresses)
    assert "首违不罚（2021 年及以后，不含 教育） · 6 份报告 · 按段落 — 法治报告检索" in titles


def test_a_year_without_reports_has_no_share_in_the_table(
    engine: Any, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = (TrendRow(2020, 1, 2, 0.5, 3, 9, 4.0), TrendRow(2021, 0, 0, 0.0, 0, 0, 0.0))
    monkeypatch.setattr(engine, "trend", lambda *_, **__: (Trend("甲", rows, Total(1, 1, 3)),))
    lines = client.get("/trend.csv?q=甲").text.splitlines()
    # a blank line, and what was asked of which index, close the file
    assert lines[1:4] == ["甲,2020,1,2,0.5000,3,4.0000", "甲,2021,0,0,,0,", ""]


def test_the_years_of_a_chart_come_from_two_boxes(client: FlaskClient) -> None:
    moved = client.get("/trend?q=放管服&q=首违不罚&measure=reports&year=-2022&from=2024&to=2020")
    assert moved.status_code == 303
    assert moved.headers["Location"].endswith("&year=2020..2024&year=-2022&measure=reports")
    assert client.get("/trend?q=放管服&from=20").status_code == 400


def test_an_excerpt_of_a_similar_passage_says_where_it_was_cut(
    engine: Any, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = engine.documents[2]
    place = one.passages[2]
    (hit, *_) = engine.similar(one.summary.id, place.passage)
    cut = Snippet("放管服改革", ((0, 3),), 4, cut_before=True, cut_after=True)
    monkeypatch.setattr(engine, "similar", lambda *_, **__: (replace(hit, snippets=(cut,)),))
    page = client.get(f"/reports/{one.summary.id}/{place.passage}/similar").text
    assert '<span class="cut">…</span><mark>放管服</mark>改革<span class="cut">…</span>' in page
