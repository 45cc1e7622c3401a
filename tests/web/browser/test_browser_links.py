"""Links offered for copying, in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def copied(page: Page) -> str:
    """The text in the clipboard, after the page has said that it is there."""
    expect(page.locator(".said")).to_be_visible()
    return str(page.evaluate("navigator.clipboard.readText()"))


@pytest.mark.parametrize("width", [1440, 390])
def test_a_paragraphs_link_carries_its_hash_and_a_text_fragment(
    open_page: Callable[..., Page], engine: Any, width: int
) -> None:
    one = engine.documents[2]
    page = open_page(
        f"/reports/{one.summary.id}", width=width, permissions=["clipboard-read", "clipboard-write"]
    )
    block = page.locator(".block", has_text="窗口服务明显改善")
    block.hover()
    block.locator("[data-copy]").click()
    link = unquote(copied(page))
    assert re.search(r"/reports/\w+/s1\.1\?h=\w{10}#s1\.1-2:~:text=窗口服务明显改善$", link)
    page.goto(link)
    expect(block).to_be_in_viewport()
    expect(page.locator(".landed").last).to_contain_text("窗口服务明显改善")


def test_a_hits_link_is_the_permanent_one(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=首违不罚", permissions=["clipboard-read", "clipboard-write"])
    page.locator("[data-link]").first.click()
    link = unquote(copied(page))
    assert re.search(r"/reports/\w+/s1\.2\?h=\w{10}#s1\.2-1:~:text=[一-鿿]{6,}$", link)
    assert "q=" not in link
    page.goto(link)
    expect(page.locator(".landed").first).to_be_in_viewport()


def test_the_outline_says_where_a_link_has_led(open_page: Callable[..., Page], engine: Any) -> None:
    """Also where a short passage, or the end of the page, leaves the next heading in sight."""
    one = engine.documents[2]
    current = '.outline a[aria-current="true"]'
    for place in one.passages[1:]:
        page = open_page(f"/reports/{one.summary.id}/{place.passage}?h={place.hash}")
        expect(page.locator(current)).to_contain_text(place.headings[-1].split("）")[-1])
    for link in page.locator(".outline a").all():
        link.click()
        expect(page.locator(current)).to_have_text(link.inner_text())
    page.mouse.move(700, 400)
    page.mouse.wheel(0, -9000)
    expect(page.locator(current)).to_have_count(0)
