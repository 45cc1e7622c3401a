"""The English interface: nothing of it is left in Chinese, and it changes no address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import pytest
from flask import Flask
from flask.testing import FlaskClient

from search.query import describe
from search.query_parser import parse_query
from search.results import NoticeCode
from web.english import CATALOGUE, NOTICES
from web.guide import DOCUMENT
from web.i18n import understood

HAN = re.compile("[一-鿿]")
SHOWN = ("aria-label", "placeholder", "title", "alt", "content", "value")


def every_page(engine: Any) -> list[str]:
    """An address for each kind of page, in each of its states."""
    one, older = engine.documents[2], engine.documents[1]
    place = one.passages[2]
    base = f"/reports/{one.summary.id}"
    return [
        "/",
        "/search?q=放管服&year=2021&agency=-云江省澜州市教育局&within=营商环境",
        "/search?q=放管服&year=2019..&section=achievements&view=passages&size=5&page=2",
        "/search?q=提示&page=9",
        "/search?q=首违不罚 方管服&year=2022&scope=report",
        "/search?q=首违不罚&view=concordance&order=left",
        "/search?q=首违不罚&view=matrix",
        "/search?q=首违不罚&view=spread",
        "/search/facet/agency?q=放管服",
        "/search/facet/agency?q=放管服&find.agency=无此名",
        base,
        f"{base}/{place.passage}?h={place.hash}&q=放管服",
        f"{base}/s9.9?h={place.hash}",
        f"{base}/s2?h=0000000000",
        f"{base}/s9.9?h=0000000000",
        f"{base}/{place.passage}/similar",
        f"/reports/{engine.documents[-1].summary.id}",
        "/reports",
        "/reports?agency=云江省澜州市教育局",
        "/trend",
        "/trend?q=首违不罚&q=放管服&year=2019..2022",
        f"/compare?a={older.summary.id}&b={one.summary.id}",
        "/bookmarks",
        "/help",
        "/about",
        "/reports/goneid0000",
        "/nowhere",
        "/search?year=abc",
        "/search?page=700&size=100",
    ]


class Unmarked(HTMLParser):
    """Chinese that stands outside elements marked ``lang="zh-CN"``."""

    def __init__(self) -> None:
        super().__init__()
        self.languages = ["en"]
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        language = given.get("lang") or self.languages[-1]
        # What was typed comes back as it was typed; a document's title names it.
        shown = () if tag == "input" and given.get("value") else SHOWN
        if language == "en":
            self.found += [
                value for n, v in attrs if n in shown and HAN.search(value := untyped(v or ""))
            ]
        if tag not in {"meta", "link", "input", "br", "img"}:
            self.languages.append(language)

    def handle_endtag(self, tag: str) -> None:
        self.languages.pop()

    def handle_data(self, data: str) -> None:
        if self.languages[-1] == "en" and HAN.search(data):
            self.found.append(data.strip())


NAMES = re.compile(
    "首违不罚|轻微免罚|方管服|放管服|营商环境|七五普法|八五普法|提示|无此名|云江省\\S*|青桥县|澜州市"
    "|教育|城市管理|人民政府|一份没有标签的报告|（一）推进放管服改革|二、存在的不足和原因"
)


def untyped(text: str) -> str:
    """The text without queries and names of agencies and reports, which stay Chinese."""
    return NAMES.sub("", text)


def test_no_page_has_chinese_that_is_not_marked_as_such(client: FlaskClient, engine: Any) -> None:
    client.set_cookie("lang", "en")
    left = []
    for url in every_page(engine):
        page = client.get(url).text
        assert '<html lang="en">' in page, url
        parser = Unmarked()
        parser.feed(page)
        assert parser.languages == ["en"], url
        left += [(url, text) for text in parser.found if HAN.search(untyped(text))]
    assert left == []


WHOLE = {"help.html", "help.en.html", "api.html"}
"""Pages in one language, marked so as a whole."""


def sources(project_dir: Path) -> Iterator[tuple[str, str]]:
    """Templates of pages in both languages, without comments."""
    for path in sorted((project_dir / "web" / "templates").glob("*.html")):
        if path.name not in WHOLE and not path.name.startswith("keeper"):
            yield path.name, re.sub("{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.S)


EXAMPLES = re.compile(
    r"\[\('q', .*?\)\]|%22放管服%22|[“\"]放管服[”\"]|>[^<>{}]* / [^<>{}]*<|lang=.zh-CN.>中文"
)
STRING = re.compile(r"""_\(\s*'((?:[^'\\]|\\.)*)'""")


def test_every_string_of_a_template_is_in_the_catalogue(project_dir: Path) -> None:
    for name, source in sources(project_dir):
        missing = [text for text in STRING.findall(source) if text not in CATALOGUE]
        assert missing == [], name
        rest = EXAMPLES.sub("", source)
        bare = [line for line in STRING.sub("", rest).splitlines() if HAN.search(line)]
        assert bare == [], name


def test_every_line_of_the_catalogue_is_a_string_of_the_source(project_dir: Path) -> None:
    written = "".join(source for _, source in sources(project_dir))
    for package in ("web", "search"):
        for path in sorted((project_dir / package).rglob("*.py")):
            if path.name != "english.py":
                written += path.read_text(encoding="utf-8")
    assert [text for text in CATALOGUE if text not in written] == []


def test_translations_fill_the_same_places() -> None:
    for text, found in CATALOGUE.items():
        for one in (found,) if isinstance(found, str) else found:
            assert set(re.findall(r"{(\w+)", one)) == set(re.findall(r"{(\w+)", text)), text
    assert set(NOTICES) == set(get_args(NoticeCode))


def test_scripts_say_nothing_that_is_not_in_their_catalogue(project_dir: Path) -> None:
    static = project_dir / "web" / "static"
    known = set(re.findall(r'"([^"]+)":', (static / "english.js").read_text(encoding="utf-8")))
    said = set()
    for name in ("site.js", "report.js", "chart.js", "bookmarks.js"):
        source = re.sub(r"(?<!\S)// .*|/\*.*?\*/", "", (static / name).read_text(encoding="utf-8"))
        said |= {t for t in re.findall(r'"([^"\n]*)"', source) if HAN.search(t)}
        assert not HAN.search(re.sub(r'"[^"\n]*"|\[[^\]\n]*\]|/[^/\n]+/', "", source)), name
    assert said - known == set()
    assert known - said == set()


def test_the_choice_is_a_cookie_and_leads_back(client: FlaskClient) -> None:
    first = client.get("/search?q=放管服&year=2021")
    assert 'name="next" value="/search?q=' in first.text
    answer = client.post("/language", data={"lang": "en", "next": "/search?q=放管服"})
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/search?q=")
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]
    english = client.get("/search?q=放管服&year=2021")
    assert "<b>3</b> reports" in english.text
    assert english.headers["ETag"] != first.headers["ETag"]
    assert "Cookie" in english.headers["Vary"]
    again = client.get(
        "/search?q=放管服&year=2021", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 200
    client.post("/language", data={"lang": "zh-CN", "next": "/"})
    assert "份报告" in client.get("/search?q=放管服").text


@pytest.mark.parametrize("there", ["//evil.example/", "/\\evil.example", "https://e.example", ""])
def test_the_way_back_stays_on_the_site(client: FlaskClient, there: str) -> None:
    answer = client.post("/language", data={"lang": "en", "next": there})
    assert answer.headers["Location"] == "/"


def test_the_json_interface_knows_no_languages(client: FlaskClient) -> None:
    client.set_cookie("lang", "en")
    body = client.get("/api/v1/search?q=放管服").get_json()
    labels = [value["label"] for value in body["facets"]["section"]]
    assert "主要举措和成效" in labels


def test_what_a_query_means_is_said_in_english(make_site: Callable[..., Flask]) -> None:
    """Every example of the query language, but for what was typed."""
    rows = re.findall(r"^\| `([^`]+)` \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) > 20
    with make_site().test_request_context(headers={"Cookie": "lang=en"}):
        said = {query: understood(describe(parse_query(query).tree)) for query in rows}
    left = {q: text for q, text in said.items() if HAN.search(re.sub("“.*?”", "", text))}
    assert left == {}
    assert said["执法 NEAR/20 监督"] == (
        "(“执法” or all its words) and (“监督” or all its words) at most 20 characters apart"
    )
