"""Reports that carry HTML, scripts, quotes, formulas, control and bidirectional characters, through
every page and every file the site makes: nothing runs, nothing breaks out, the words stay."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser

from search import open_engine
from search.results import LabelOrigin, SourceFile
from web import Settings, create_app

MARKUP = "<script>pwned=1</script><img src=x onerror=pwned=1>"
BREAKS = (
    MARKUP,
    "\"><svg onload=pwned=1>'\" autofocus onfocus=pwned=1 x='",
    "</title></textarea></style></pre></script><b onclick=pwned=1>--><!--]]>",
    "&lt;script&gt;&#60;b&#62;{{7*7}}${7*7}{%x%}",
    "javascript:pwned=1",
    "[x](javascript:pwned=1) `x` **x** ![x](//evil.example/x)",
    "=1+1|'cmd'!A0",
    "+1", "-1", "@SUM(1)", "\t=1", "＝1",
)  # fmt: skip
UNSEEN = "\u202e\u2066\u200f\x07\x1b[31m\x00\x7f\x9b\u2028"
"""Bidirectional and control characters; the line separator is a break, the rest must go."""
IN_FILES = "\u202e\u2066\u200f\u2028"
"""Of these, what makes no file a binary one."""
BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")

QUESTION = "法治"


def hostile(engine: Any) -> None:
    """Makes every label and every text of the plain engine's reports hostile."""
    for n, document in enumerate(engine.documents):
        own = BREAKS[n % len(BREAKS)] + UNSEEN
        text = document.text
        inner = own[:40]
        text = text[:-60] + inner + text[-60 + len(inner) :] if len(text) > 200 else text
        summary = replace(
            document.summary,
            title=f"{own}{QUESTION}{n}",
            agency=f"{own}局",
            aliases=(own, "乙\n丙"),
            kind=own,
            region=(own, f"{own}区"),
            published="2022-01-20",
        )
        places = tuple(replace(p, headings=(own, own)) for p in document.passages)
        engine.documents[n] = replace(
            document,
            summary=summary,
            text=text.replace("平稳有序", f"平{QUESTION}序"),
            passages=places,
            outline=tuple(replace(o, heading=own, number=own[:5]) for o in document.outline),
            sources=(SourceFile(own, "0" * 64, "javascript:pwned=1"),),
            provenance={"year": LabelOrigin("title", "inferred", own)},
            document_number=own,
            notes=(own,),
        )


@pytest.fixture
def plain_app(engine: Any) -> Flask:
    hostile(engine)
    return create_app(engine, Settings(page_size=50))


@pytest.fixture(scope="module")
def indexed(project_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The real engine over files that carry all of it, named and labelled as badly."""
    folder = tmp_path_factory.mktemp("hostile")
    rows = [("file", "title", "agency", "year", "published", "url")]
    for n, own in enumerate(BREAKS):
        name = f"{n}'\"<img src=x onerror=pwned=1>&.txt"
        body = f"{own}{IN_FILES}全面推进{QUESTION}政府建设，办理事项{n}件。"
        lines = [
            f"{own}2022年{QUESTION}政府建设年度报告",
            f"一、{own}主要举措和成效",
            f"（一）{own}推进改革。{body}",
            body * 3,
            "二、存在的不足和原因",
            f"{own}{n}执法力量不足。",
        ]
        (folder / name).write_text("\n".join(lines), encoding="utf-8")
        unseen = "" if n else IN_FILES  # more of them would make a binary file of it
        title = f"{own}{unseen}{QUESTION}政府建设的年度报告{n}"
        agency = f"{own}{unseen}{n}中国的局"
        rows.append((name, title, agency, "2022", "2023-01-20", "javascript:pwned=1"))
    with (folder / "metadata.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    index = folder / "index"
    command = [sys.executable, "-m", "index", "build", str(folder), "--all", "--index-dir"]
    subprocess.run([*command, str(index)], cwd=project_dir, check=True, capture_output=True)
    engine = open_engine(index)
    yield create_app(engine, Settings(page_size=50))
    engine.close()


@pytest.fixture(params=["plain", "real"])
def client(request: pytest.FixtureRequest) -> FlaskClient:
    app: Flask = request.getfixturevalue("plain_app" if request.param == "plain" else "indexed")
    return app.test_client()


def named(**values: str) -> str:
    return "&".join(f"{name}={quote(value)}" for name, value in values.items())


def addresses(client: FlaskClient) -> list[str]:
    """Every kind of page: about the hostile reports, and asked for with hostile words."""
    listed = client.get("/api/v1/reports?size=100").get_json()["reports"]
    found = ["/", "/about", "/help", "/api", "/bookmarks", "/reports", "/search"]
    for one in listed:
        whole = client.get(f"/api/v1/reports/{one['id']}").get_json()
        place = whole["passages"][1 % len(whole["passages"])]
        base = f"/reports/{one['id']}"
        found += [
            base,
            f"{base}?q={QUESTION}",
            f"{base}/{place['passage']}?h={place['hash']}&q={QUESTION}",
            f"{base}/{place['passage']}/similar",
            f"/compare?a={listed[0]['id']}&b={one['id']}",
        ]
    for words in (QUESTION, *BREAKS, UNSEEN):
        for view in ("reports", "passages", "concordance", "matrix", "spread"):
            found.append("/search?" + named(q=words, view=view))
        found += [
            "/search?" + named(q=QUESTION, agency=words, kind=f"-{words}", region=words),
            "/search?" + named(q=QUESTION, within=words, **{"find.agency": words}),
            "/search/facet/agency?" + named(q=words, **{"find.agency": words}),
            "/trend?" + named(q=words),
            "/reports?" + named(agency=words),
            "/search?" + named(year=words),
            "/search?" + named(q=words, sort=words),
            f"/reports/{quote(words, safe='')}",
            f"/{quote(words, safe='')}",
            "/compare?" + named(a=words, b=words),
        ]
    return found


TAGS = (
    " html head meta title link script body a header form input label button nav main"
    " section h1 h2 h3 h4 h5 h6 p ul ol li dl dt dd div span b i em strong small mark time"
    " table caption thead tbody tfoot tr th td details summary footer svg g path line rect"
    " circle polyline text tspan select option fieldset legend blockquote pre code kbd abbr"
    " aside article bdi cite br hr textarea desc template output colgroup col dialog search"
    " noscript figure figcaption "
)
"""What the site's templates may hold; not iframe, object, embed, img, style, base …"""


def faults(page: str) -> Iterator[str]:
    """What a page should not hold, read as a browser reads it (WHATWG HTML)."""
    tree = LexborHTMLParser(page)
    for node in tree.css("*"):
        if f" {node.tag} " not in TAGS:
            yield f"<{node.tag}>"
        if node.tag == "script" and node.text().strip():
            yield f"script: {node.text()[:60]}"
        for name, value in node.attributes.items():
            value = value or ""
            if name.startswith("on") or name in {"srcdoc", "style"}:
                yield f"{node.tag} {name}={value[:60]}"
            if name in {"href", "src", "action", "formaction", "xlink:href", "poster"} and not (
                re.match(r"(/(?![/\\])|#|\?|$)", value) or (node.tag, value[:5]) == ("a", "https")
            ):
                yield f"{node.tag} {name}={value[:60]}"
            # a hidden field and an address give back what was typed
            typed = node.attributes.get("type") == "hidden" and name == "value"
            if BAD.search(value) and not typed:
                yield f"{node.tag} {name} with unseen characters: {value[:60]!r}"
    if found := BAD.search(re.sub(r'<input type="hidden"[^>]*>', "", page)):
        yield f"unseen characters: {page[max(0, found.start() - 30) : found.end() + 30]!r}"
    if "http-equiv" in page:
        yield "http-equiv"


def test_no_page_holds_what_a_report_or_an_address_carries_as_anything_but_words(
    client: FlaskClient,
) -> None:
    seen = []
    for url in addresses(client):
        response = client.get(url)
        assert response.status_code in (200, 303, 400, 404), (url, response.status_code)
        assert "script-src 'self'" in response.headers["Content-Security-Policy"]
        if response.mimetype == "text/html":
            seen += [(url, fault) for fault in faults(response.text)]
    assert seen[:5] == []


def test_the_words_themselves_stay(client: FlaskClient) -> None:
    shown = " ".join(LexborHTMLParser(client.get(f"/search?q={QUESTION}").text).text().split())
    assert MARKUP in shown
    assert "{{7*7}}${7*7}" in shown
    for one in client.get("/api/v1/reports?size=3").get_json()["reports"]:
        page = LexborHTMLParser(client.get(f"/reports/{one['id']}").text)
        heading = page.css_first("h1")
        assert heading is not None
        wanted = "".join(BAD.sub("", one["title"]).split())
        assert wanted in "".join(heading.text().split())


def test_json_is_json_and_nothing_sniffs_it(client: FlaskClient) -> None:
    for words in (QUESTION, *BREAKS, UNSEEN):
        for path in ("search", "explain", "concordance", "matrix", "spread", "trend", "suggest"):
            response = client.get(f"/api/v1/{path}?" + named(q=words))
            assert response.status_code in (200, 400)
            assert response.mimetype == "application/json"
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            json.loads(response.data)
    titles = [hit["title"] for hit in client.get(f"/api/v1/search?q={QUESTION}").get_json()["hits"]]
    assert any(MARKUP in title for title in titles), "JSON carries the text as it is"


FORMULA = re.compile(r"\s*[=+\-@\t\r＝＋－＠]")


def test_csv_has_no_formula_and_no_row_too_many(client: FlaskClient) -> None:
    total = client.get(f"/api/v1/search?q={QUESTION}").get_json()["total"]["passages"]
    for url in (
        f"/search/export.csv?q={QUESTION}",
        *("/search/export.csv?" + named(q=words) for words in BREAKS),
        *("/trend.csv?" + named(q=words) for words in BREAKS),
    ):
        response = client.get(url)
        assert response.mimetype == "text/csv"
        rows = list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"), newline="")))
        cells = [cell for row in rows for cell in row]
        assert [cell for cell in cells if FORMULA.match(cell)] == [], url
        assert len({len(row) for row in rows} - {0, 2}) == 1, url
        if url.endswith(f"export.csv?q={QUESTION}"):
            assert sum(1 for row in rows if row and "/reports/" in row[-1]) == total


def test_json_lines_has_a_line_a_hit(client: FlaskClient) -> None:
    text = client.get(f"/search/export.jsonl?q={QUESTION}").text
    about, *hits = [json.loads(line) for line in text.rstrip("\n").split("\n")]
    assert len(hits) == about["about"]["total"]["passages"]


def test_xml_is_well_formed_and_holds_only_its_own_elements(client: FlaskClient) -> None:
    atom = "{http://www.w3.org/2005/Atom}"
    known = {atom + name for name in (
        "feed", "id", "title", "subtitle", "updated", "link", "author", "name", "entry", "summary",
        "published", "generator", "content", "category", "icon", "rights",
    )}  # fmt: skip
    for words in (QUESTION, *BREAKS, UNSEEN):
        root = ElementTree.fromstring(client.get("/search/feed.xml?" + named(q=words)).data)
        assert {node.tag for node in root.iter()} <= known
        for link in root.iter(f"{atom}link"):
            assert link.attrib["href"].startswith("http://localhost/")
    first = ElementTree.fromstring(client.get(f"/search/feed.xml?q={QUESTION}").data)
    titles = [node.text or "" for node in first.iter(f"{atom}title")]
    assert any("<script>" in title for title in titles), "as text"
    assert not any(BAD.search("".join(node.itertext())) for node in first.iter())
    sitemap = ElementTree.fromstring(client.get("/sitemap.xml").data)
    for node in sitemap.iter():
        assert node.tag.rpartition("}")[2] in {"urlset", "url", "loc", "lastmod"}
        if node.tag.endswith("loc"):
            assert (node.text or "").startswith("http://localhost/")
    ElementTree.fromstring(client.get("/opensearch.xml").data)


def test_markdown_has_no_html_and_no_link_of_a_reports(client: FlaskClient) -> None:
    for words in (QUESTION, *BREAKS):
        text = client.get("/search/export.md?" + named(q=words)).text
        assert not re.search(r"(?<!\\)<", text)
        targets = re.findall(r"(?<!\\)\]\(([^)]*)\)", text)
        assert all(target.startswith("http://localhost/reports/") for target in targets)
        assert not re.search(r"(?<!\\)`|!(?<!\\)\[", text)
        for line in text.split("\n"):
            assert re.match(r"(#{1,3} |- |> |$|.*\[R/OL\]|.*\[R/OL\\\])", line), line
        assert not BAD.search(text)


def test_citations_keep_to_one_record(client: FlaskClient) -> None:
    for one in client.get("/api/v1/reports?size=100").get_json()["reports"]:
        base = f"/cite/{one['id']}?style="
        ris = client.get(base + "ris").text
        assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in ris.splitlines())
        assert ris.count("TY  - ") == ris.count("ER  - ") == 1
        bibtex = client.get(base + "bibtex").text
        assert bibtex.count("@") - bibtex.count("@SUM") <= 1 + bibtex.count("\\@")
        depth = 0
        for c in bibtex.replace("\\{", "").replace("\\}", ""):
            depth += (c == "{") - (c == "}")
            assert depth >= 0
        assert depth == 0
        line = client.get(base + "gbt7714").text
        assert len(line.splitlines()) == 1
        for text in (ris, bibtex, line):
            assert not BAD.search(text.replace("\r\n", "\n"))


def test_headers_are_the_sites_own(client: FlaskClient) -> None:
    for url in addresses(client)[::7]:
        response = client.get(url)
        for name, value in response.headers:
            assert not BAD.search(value), (url, name)
            if name == "Location":
                assert urlsplit(value).netloc in ("", "localhost")
