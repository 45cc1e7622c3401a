"""Asking, narrowing and looking from other sides: everything here works without scripts too."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("width", [1440, 390]),
    pytest.mark.parametrize("scripts", [True, False]),
]

OpenPage = Callable[..., Page]


def at(page: Page, address: str) -> None:
    """Waits until the page's address, decoded, ends so."""
    page.wait_for_url(lambda url: unquote(url).endswith(address))


def test_the_language_is_chosen_and_the_address_stays(
    open_page: OpenPage, scripts: bool, width: int
) -> None:
    page = open_page("/search?q=首违不罚&year=2021..", scripts=scripts, width=width)
    page.get_by_role("button", name="EN", exact=True).click()
    expect(page.locator("h1")).to_have_text("9 reports · 9 passages · 18 places")
    at(page, "/search?q=首违不罚&year=2021..")
    assert page.locator("html").get_attribute("lang") == "en"
    page.locator('[data-facet="section"] a.v', has_text="Measures and results").click()
    expect(page.locator(".chips")).to_contain_text("Section: Measures and results")
    page.locator("[data-hit]").first.click()
    expect(page.locator(".outline h2")).to_contain_text("Contents")
    page.get_by_role("button", name="中文").click()
    expect(page.locator(".outline h2")).to_contain_text("目录")


def test_exclusion_chips_and_the_way_back(open_page: OpenPage, scripts: bool, width: int) -> None:
    page = open_page("/search?q=放管服", scripts=scripts, width=width)
    row = page.locator('[data-facet="agency"] li', has_text="教育局")
    row.hover()
    row.locator(".no").click()
    expect(page.locator(".chips")).to_contain_text("不含 机关：云江省澜州市教育局")
    expect(page.locator("h1")).to_contain_text("10 份报告")
    page.locator('.overyears [data-year="2021"]').click()
    expect(page.locator(".chips li")).to_have_count(3)
    at(page, "year=2021")
    page.locator(".chips a", has_text="不含").click()
    expect(page.locator("h1")).to_contain_text("3 份报告")
    page.go_back()
    expect(page.locator(".chips li")).to_have_count(3)
    page.go_forward()
    expect(page.locator(".chips li")).to_have_count(1)


def test_a_long_facet_is_searched_and_sorted(
    open_page: OpenPage, scripts: bool, width: int
) -> None:
    page = open_page("/search/facet/agency?q=放管服", scripts=scripts, width=width)
    page.get_by_role("link", name="按名称").click()
    at(page, "by=name")
    page.locator('input[name="find.agency"]').fill("教育")
    page.locator('input[name="find.agency"]').press("Enter")
    expect(page.locator(".facet.all .v")).to_have_count(1)
    page.locator(".facet.all .v").click()
    expect(page.locator(".chips")).to_contain_text("云江省澜州市教育局")


def test_nothing_found_leads_on(open_page: OpenPage, scripts: bool, width: int) -> None:
    page = open_page("/search?q=方管服&year=2021", scripts=scripts, width=width)
    expect(page.locator("h1")).to_have_text("没有找到符合条件的段落")
    page.locator(".zero a", has_text="放管服").click()
    expect(page.locator("h1")).to_contain_text("3 份报告")
    page.goto("/search?q=首违不罚 无此说法")
    page.locator(".figures a", has_text="首违不罚").click()
    expect(page.locator("h1")).to_contain_text("9 份报告")


def test_order_years_and_a_second_query(open_page: OpenPage, scripts: bool, width: int) -> None:
    page = open_page("/search?q=放管服", scripts=scripts, width=width)
    page.locator("summary", has_text="排序").click()
    page.locator(".menu-of a", has_text="年度由近到远").click()
    at(page, "sort=-year")
    expect(page.locator(".group .meta").first).to_contain_text("2023")
    page.locator('input[name="from"]').fill("2020")
    page.locator('input[name="to"]').fill("2021")
    page.locator(".range button").click()
    at(page, "/search?q=放管服&year=2020..2021&sort=-year")
    page.locator('input[name="within"]').fill("营商环境")
    page.locator('input[name="within"]').press("Enter")
    expect(page.locator(".chips")).to_contain_text("结果中再搜：营商环境")


def test_other_sides_lead_to_their_passages(open_page: OpenPage, scripts: bool, width: int) -> None:
    page = open_page("/search?q=首违不罚", scripts=scripts, width=width)
    page.locator(".tabs a", has_text="逐处").click()
    page.locator("summary", has_text="排列").click()
    page.locator(".menu-of a", has_text="按左邻字").click()
    at(page, "order=left")
    page.locator(".kwic a").first.click()
    expect(page.locator(".landed mark").first).to_be_in_viewport()
    page.goto("/search?q=首违不罚&view=matrix")
    page.locator(".matrix td a").first.click()
    expect(page.locator("h1")).to_contain_text("1 份报告")
    page.goto("/search?q=首违不罚&view=spread")
    page.locator(".adoptions [data-hit]").first.click()
    expect(page.locator(".landed mark").first).to_be_in_viewport()


def test_phrases_over_the_years(open_page: OpenPage, scripts: bool, width: int) -> None:
    page = open_page("/trend", scripts=scripts, width=width)
    page.locator('.phrases input[name="q"]').fill("首违不罚")
    page.locator(".phrases button").click()
    expect(page.locator(".line")).to_have_count(1)
    page.locator('.phrases input[name="q"]').last.fill("放管服")
    page.locator(".phrases button").click()
    expect(page.locator(".line")).to_have_count(2)
    page.locator(".tabs a", has_text="每万字处数").click()
    at(page, "measure=per_10k")
    expect(page.locator("tfoot")).to_contain_text("合计")
    page.locator("a.drop").first.click()
    expect(page.locator(".line")).to_have_count(1)
    page.locator("tbody td a").first.click()
    expect(page.locator("h1")).to_contain_text("份报告")


def test_a_report_its_years_and_two_side_by_side(
    open_page: OpenPage, engine: Any, scripts: bool, width: int
) -> None:
    page = open_page(f"/reports/{engine.documents[2].summary.id}", scripts=scripts, width=width)
    page.locator("#inq").fill("首违不罚")
    page.locator("#inq").press("Enter")
    expect(page.locator(".found")).to_contain_text("共 2 处")
    page.locator(".prescribed a").first.click()
    at(page, "#s1")
    page.locator(".years-of a", has_text="2022").click()
    expect(page.locator("h1")).to_contain_text("2022年")
    expect(page.locator(".found")).to_contain_text("共 2 处")
    page.locator("a.diff").click()
    expect(page.locator("h1")).to_have_text("云江省澜州市教育局 2021 与 2022 对照")
    before = page.locator(".tally .new").inner_text()
    page.locator("a", has_text="左右对换").click()
    expect(page.locator("h1")).to_have_text("云江省澜州市教育局 2022 与 2021 对照")
    assert before.removeprefix("新增") == page.locator(".tally .dropped").inner_text()[2:]


def test_everything_found_can_be_taken_away(open_page: OpenPage, scripts: bool, width: int) -> None:
    page = open_page("/search?q=首违不罚", scripts=scripts, width=width, accept_downloads=True)
    for label, start in (("CSV 表格", "9"), ("Markdown", "9"), ("JSON Lines", "{")):
        page.locator("summary", has_text="导出").click()
        with page.expect_download() as download:
            page.locator(".menu-of a", has_text=label).click()
        text = Path(download.value.path()).read_text(encoding="utf-8-sig")
        assert "首违不罚" in text
        assert start in text
        page.goto("/search?q=首违不罚")


def test_the_start_page_leads_everywhere(open_page: OpenPage, scripts: bool, width: int) -> None:
    page = open_page("/", scripts=scripts, width=width)
    expect(page.locator("#q")).to_be_focused()
    places = [
        (".try a", "首违不罚", r"q=%22"),
        (".years a", "2021", "year=2021"),
        (".shelf a", "城市管理", "kind="),
        (".shelf a", "下一年度安排", "section=plans"),
    ]
    for selector, text, pattern in places:
        page.goto("/")
        page.locator(selector, has_text=text).first.click()
        page.wait_for_url(re.compile(pattern))
        expect(page.locator("h1")).to_contain_text("份报告")
