"""Hostile reports and addresses in a real Chromium, scripts on: nothing of theirs runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from search.views import Suggestion

pytestmark = pytest.mark.browser

HOSTILE = (
    "<script>window.pwned=1</script><img src=x onerror=window.pwned=1>",
    "\"><svg onload=window.pwned=1>'\" autofocus onfocus=window.pwned=1 x='",
    "</title></textarea></script><b onclick=window.pwned=1>--><!--]]>\u202e\u2066",
)
"""What stands first in the titles, headings and labels of the reports."""
SENTENCE = "窗口服务明显改善，营商环境继续优化。"
"""Of the reports' text; what replaces it is as long, so that passages stay where they are."""


@pytest.fixture
def hostile(engine: Any) -> Any:
    """The plain engine with every label and text of its reports made hostile."""
    for n, document in enumerate(engine.documents):
        own = HOSTILE[n % len(HOSTILE)]
        summary = replace(
            document.summary,
            title=f"{own}{document.summary.title}",
            agency=f"{own}局",
            kind=own,
            region=(own,),
        )
        engine.documents[n] = replace(
            document,
            summary=summary,
            text=document.text.replace(SENTENCE, "<s onload=pwned()>"),
            passages=tuple(replace(p, headings=(own,)) for p in document.passages),
            outline=tuple(replace(o, heading=own) for o in document.outline),
        )
    return engine


def test_nothing_of_a_report_or_an_address_runs(
    hostile: Any, open_page: Callable[..., Page]
) -> None:
    ids = [one.summary.id for one in hostile.documents[:3]]
    urls = [
        "/",
        "/api",
        "/reports",
        "/bookmarks",
        "/search?q=法治",
        "/search?q=首违不罚&view=concordance",
        "/search?q=首违不罚&view=matrix",
        "/search?q=首违不罚&view=spread",
        "/search/facet/agency?q=法治",
        "/trend?q=首违不罚&q=" + quote(HOSTILE[0]),
        *(f"/reports/{one}?q=首违不罚" for one in ids),
        f"/reports/{ids[0]}/s1.2",
        f"/reports/{ids[0]}/s1.2/similar",
        f"/compare?a={ids[0]}&b={ids[1]}",
        *("/search?q=" + quote(words) for words in HOSTILE),
        *("/search?agency=" + quote(words) for words in HOSTILE),
        *(f"/{quote(words, safe='')}" for words in HOSTILE),
        "/search?year=" + quote(HOSTILE[1]),
    ]
    page = open_page("/")
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    for url in urls:
        page.goto(url)
        expect(page.locator("main")).to_be_visible()
        assert page.evaluate("window.pwned === undefined"), url
        assert page.locator("main script, main img, main iframe, main [onclick]").count() == 0, url


def test_what_is_suggested_stays_text(hostile: Any, open_page: Callable[..., Page]) -> None:
    hostile.suggest = lambda typed, size=10: tuple(
        Suggestion(words, "agency", 1) for words in HOSTILE
    )
    page = open_page("/")
    page.locator("input[name=q]").first.press_sequentially("法")
    shown = page.get_by_text("<script>window.pwned=1</script>").first
    expect(shown).to_be_visible()
    assert page.evaluate("window.pwned === undefined")
    assert page.locator("main img, header img").count() == 0
