"""Charts as files: they say what the pages say, and stand without them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from search.engine import Engine
from web import create_app, figure
from web.figure import MARGIN, measure, wrapped
from web.plots import SHADES
from web.views.figures import SHOWN
from web.views.sides import ROWS

SVG = "{http://www.w3.org/2000/svg}"
EVERY = ("year", "agency", "section", "kind", "region", "trend", "matrix", "spread")


def drawn(client: FlaskClient, url: str) -> ElementTree.Element:
    response = client.get(url)
    assert response.status_code == 200, url
    assert response.content_type == "image/svg+xml; charset=utf-8"
    return ElementTree.fromstring(response.data)


def words(root: ElementTree.Element) -> list[str]:
    return [one.text or "" for one in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("what", EVERY)
def test_a_chart_stands_alone(client: FlaskClient, what: str) -> None:
    """Question, filters, what is held, the day of the index, and the way back to it."""
    root = drawn(client, f"/figures/{what}.svg?q=首违不罚&year=2021..&kind=-教育")
    said = "\n".join(words(root))
    assert said.startswith("首违不罚\n")
    assert "年度：2021 年及以后；不含 类别：教育" in said
    assert re.search(r"收录 16 份报告，索引更新于 \d{4}-\d\d-\d\d。", said)
    assert re.search(r"http://localhost/(search|trend)\?q=首违不罚&year=2021\.\.&kind=-教育", said)
    title, told = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert told is not None
    assert re.search(r"\d", told.text or "")


@pytest.mark.parametrize("what", EVERY)
def test_nothing_leaves_the_paper(sample_engine: Engine, what: str) -> None:
    """Every text ends within the drawing, by our own estimate of its width."""
    client = create_app(sample_engine).test_client()
    more = "&q=放管服" if what == "trend" else ""
    root = drawn(client, f"/figures/{what}.svg?q=首违不罚{more}")
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    group = root.find(f"{SVG}g")
    assert group is not None
    for one in group.iter(f"{SVG}text"):
        long = measure(one.text or "", float(one.attrib["font-size"]))
        before = {"start": 0.0, "middle": long / 2, "end": long}[one.get("text-anchor", "start")]
        left = MARGIN + float(one.attrib["x"]) - before
        assert left >= 0, one.text
        assert left + long <= width, one.text
        assert float(one.attrib["y"]) < height


def test_a_chart_needs_no_style_and_no_script(client: FlaskClient) -> None:
    for what in EVERY:
        text = client.get(f"/figures/{what}.svg?q=首违不罚").text
        assert not re.search("<(style|script|a|image|foreignObject)|style=|href=| on[a-z]+=", text)


def test_what_was_typed_is_text_alone(client: FlaskClient) -> None:
    root = drawn(client, "/figures/year.svg?q=</text><script>alert(1)</script>%01%E2%80%AE")
    assert root.find(f".//{SVG}script") is None
    assert words(root)[0] == "</text><script>alert(1)</script>"


def test_a_histogram_draws_the_years_of_the_page(client: FlaskClient) -> None:
    page = client.get("/search?q=首违不罚").text
    on_page = re.findall(r'title="(\d{4}) 年：(\d+) 份报告"', page)
    told = drawn(client, "/figures/year.svg?q=首违不罚").findtext(f"{SVG}desc")
    assert told == "; ".join(f"{year}: {count}" for year, count in on_page)


def test_a_matrix_draws_the_cells_of_the_page(client: FlaskClient) -> None:
    root = drawn(client, "/figures/matrix.svg?q=首违不罚")
    fills = [one.get("fill") for one in root.iter(f"{SVG}rect")]
    # 9 agency-years with two places each, and 6 that are held without any; and the legend.
    assert fills.count(SHADES[2]) == 9 + 1
    assert fills.count(SHADES[0]) == 6 + 2  # the legend, and the paper itself
    told = root.findtext(f"{SVG}desc") or ""
    assert told.count(": 2 (1 / 1)") == 9


def test_a_trend_names_its_unit_and_the_reports_held(client: FlaskClient) -> None:
    said = words(drawn(client, "/figures/trend.svg?q=首违不罚&q=放管服&measure=per_10k"))
    assert said[:2] == ["首违不罚、放管服", "各年度每万字出现的处数"]
    assert {"首违不罚", "放管服", "收录"} <= set(said)
    assert any("/trend?q=首违不罚&q=放管服&measure=per_10k" in one for one in said)


def test_a_line_breaks_where_nothing_is_held(make_site: Callable[..., Flask], engine: Any) -> None:
    engine.documents[:] = [one for one in engine.documents if one.summary.year != 2021]
    client = make_site().test_client()
    whole = len(re.findall(r'<path d="M[^"]+" fill="none"/>', client.get("/trend?q=放管服").text))
    assert whole == 2
    assert client.get("/figures/trend.svg?q=放管服").text.count('stroke-width="2"') == 1 + 2


def test_a_long_list_says_what_is_not_drawn(client: FlaskClient, monkeypatch: Any) -> None:
    monkeypatch.setattr("web.views.figures.SHOWN", 2)
    assert "另有 1 个没有画出。" in words(drawn(client, "/figures/agency.svg?q=首违不罚"))


@pytest.mark.parametrize("what", EVERY)
def test_nothing_found_is_said(client: FlaskClient, what: str) -> None:
    said = words(drawn(client, f"/figures/{what}.svg?q=绝无此语"))
    assert "没有可以画的数据。" in said or what == "trend"


def test_there_is_no_other_chart(client: FlaskClient) -> None:
    assert client.get("/figures/title.svg?q=首违不罚").status_code == 404
    assert client.get("/figures/matrix.svg?q=首违不罚&year=abc").status_code == 400
    assert client.get("/figures/trend.svg?q=首违不罚&measure=x").status_code == 400


def test_charts_speak_english_to_those_who_chose_it(client: FlaskClient) -> None:
    client.set_cookie("lang", "en")
    said = words(drawn(client, "/figures/year.svg?q=首违不罚"))
    assert "Reports by Year" in said
    counted = "9 reports, 9 passages, 18 places. Source: Fazhi Search"
    assert any(one.startswith(counted) for one in said)


def test_the_colours_are_those_of_the_site(project_dir: Path) -> None:
    sheet = (project_dir / "web" / "static" / "site.css").read_text(encoding="utf-8")
    known = dict(reversed(re.findall(r"--(\w+): (#[0-9a-f]{6});", sheet)))
    own = {"ink": figure.INK, "soft": figure.SOFT, "line": figure.LINE, "bar": figure.BAR}
    keys = {f"k{number}": key for number, key in enumerate(figure.KEYS, 1)}
    wanted = {**own, "seal": figure.SEAL, **keys}
    assert {name: known[name] for name in wanted} == wanted


def test_wrapping_loses_nothing_but_what_it_marks() -> None:
    assert "".join(wrapped("甲" * 50, 10, 200, 3)) == "甲" * 50
    cut = wrapped("甲" * 50, 10, 200, 2)
    assert cut[-1].endswith("…")
    assert all(measure(line, 10) <= 200 for line in cut)


def test_the_pages_offer_their_charts(client: FlaskClient) -> None:
    for page, files in (
        ("/", ("year", "section", "kind", "region", "agency")),
        ("/search?q=首违不罚&year=2021..", ("year",)),
        ("/search?q=首违不罚&view=matrix", ("matrix",)),
        ("/search?q=首违不罚&view=spread", ("spread",)),
        ("/trend?q=首违不罚", ("trend",)),
    ):
        text = client.get(page).text
        for name in files:
            found = re.search(rf'<a href="(/figures/{name}\.svg[^"]*)"[^>]* download=', text)
            assert found, (page, name)
            assert f'data-png="{found[1]}"' in text
            drawn(client, found[1].replace("&amp;", "&"))


def test_the_document_names_every_chart_and_its_bounds(
    project_dir: Path, client: FlaskClient
) -> None:
    text = (project_dir / "docs" / "views.md").read_text(encoding="utf-8")
    part = text[text.index("## 图\n") : text.index("## 引文\n")]
    assert set(EVERY) <= set(re.findall(r"`(\w+)`", part))
    assert f"至多画 {SHOWN} 个" in part
    assert f"每页 {ROWS} 个机关" in part
    for url in re.findall("^/figures/.+", part, re.MULTILINE):
        drawn(client, url)
