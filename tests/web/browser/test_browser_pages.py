"""What every page keeps to: accessibility rules, no scrolling sideways, nothing that moves."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser


def every_page(engine: Any) -> list[str]:
    one = engine.documents[2]
    place = one.passages[2]
    return [
        "/",
        "/search?q=放管服&year=2021&agency=-云江省澜州市教育局",
        "/search?q=首违不罚 方管服",
        "/search?q=首违不罚&view=concordance",
        "/search?q=首违不罚&view=matrix",
        "/search?q=首违不罚&view=spread",
        "/search/facet/agency?q=放管服",
        f"/reports/{one.summary.id}/{place.passage}?h={place.hash}&q=放管服",
        "/reports",
        f"/reports/{one.summary.id}/{place.passage}/similar",
        "/trend",
        "/trend?q=首违不罚&q=放管服",
        f"/compare?a={engine.documents[1].summary.id}&b={one.summary.id}",
        "/bookmarks",
        "/help",
        "/about",
        "/reports/goneid0000",
    ]


def speak(page: Page, language: str) -> None:
    """Chooses the interface's language for the page's browser."""
    page.context.add_cookies([{"name": "lang", "value": language, "url": page.url}])


@pytest.mark.parametrize(
    ("width", "scheme", "language"),
    [
        (1440, "light", "zh-CN"),
        (1440, "dark", "en"),
        (390, "light", "en"),
        (390, "dark", "zh-CN"),
    ],
)
def test_no_page_breaks_an_accessibility_rule(
    open_page: Callable[..., Page],
    engine: Any,
    project_dir: Path,
    width: int,
    scheme: str,
    language: str,
) -> None:
    axe = project_dir / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.is_file():
        if os.environ.get("FAZHI_REQUIRE_BROWSER") == "1":
            pytest.fail("axe-core must be installed here (npm ci), and is not")
        pytest.skip("needs axe-core (npm ci)")
    source = axe.read_text(encoding="utf-8")
    found = []
    page = open_page("/", width=width, color_scheme=scheme)
    speak(page, language)
    for url in every_page(engine):
        page.goto(url)
        assert page.locator("html").get_attribute("lang") == language
        page.evaluate(source)
        result = page.evaluate(
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
        )
        found += [
            (url, one["id"], [node["html"][:120] for node in one["nodes"][:2]])
            for one in result["violations"]
        ]
    assert found == []


@pytest.mark.parametrize(("width", "language"), [(320, "zh-CN"), (390, "en"), (720, "zh-CN")])
def test_no_page_scrolls_sideways(
    open_page: Callable[..., Page], engine: Any, width: int, language: str
) -> None:
    """720 is a page of 1440 at 200 %; 320 is what WCAG's reflow asks for."""
    page = open_page("/", width=width)
    speak(page, language)
    for url in every_page(engine):
        page.goto(url)
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wider <= 0, url


SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => shifts.push(
  ...list.getEntries().flatMap((one) => one.sources.map((s) => s.node?.outerHTML?.slice(0, 80)))
)).observe({type: "layout-shift", buffered: true});
"""

PAINTED = "new Promise((x) => new PerformanceObserver(x).observe({type: 'paint', buffered: true}))"
TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_moves_when_scripts_come_late(
    open_page: Callable[..., Page], engine: Any, width: int
) -> None:
    page = open_page("/about", width=width)
    page.add_init_script(SHIFTS)
    late: list[Route] = []
    page.route(re.compile(r"/static/(?!theme)\w+\.js"), lambda route: late.append(route))
    for url in every_page(engine):
        page.goto(url, wait_until="commit")
        page.evaluate(PAINTED)
        while late:
            late.pop().continue_()
        page.wait_for_load_state()
        page.evaluate(TWO_FRAMES)
        assert page.evaluate("shifts") == [], url


@pytest.mark.parametrize(
    "url", ["/", "/search?q=放管服", "/search?q=首违不罚&view=matrix", "/trend?q=放管服"]
)
def test_what_shares_its_width_is_shown_when_all_of_it_has_come(
    open_page: Callable[..., Page], url: str
) -> None:
    """A long page comes in pieces: bars painted at once would move as others join them."""
    page = open_page(url)
    box = page.locator(":is(.late, .scroll) > :not(.whole)").first
    expect(box).to_be_visible()
    page.evaluate("document.querySelector('.whole').remove()")
    expect(box).to_be_hidden()
