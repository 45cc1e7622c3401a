"""The flows of the site in a real Chromium, scripts on and off, wide and narrow."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scripts", [True, False])
def test_search_filter_open_reload(
    open_page: Callable[..., Page], scripts: bool, width: int
) -> None:
    page = open_page("/", scripts=scripts, width=width)
    page.locator("#q").fill("首违不罚")
    page.locator("#q").press("Enter")
    expect(page.locator("h1")).to_have_text("9 份报告 · 9 个段落 · 18 处")
    page.locator('[data-facet="agency"] a.v', has_text="教育局").click()
    expect(page.locator("h1")).to_contain_text("3 份报告")
    page.locator('[data-facet="section"] a.v', has_text="主要举措和成效").click()
    expect(page.locator(".chips li")).to_have_count(3)
    expect(page.locator("h1")).to_contain_text("3 份报告")
    assert "agency=云江省澜州市教育局&section=achievements" in unquote(page.url)
    page.locator("[data-hit]").first.click()
    expect(page.locator(".landed mark").first).to_be_in_viewport()
    marked = page.locator(".here").all_inner_texts()
    assert "首违不罚" in "".join(marked)
    page.reload()
    expect(page.locator(".here")).to_have_text(marked, use_inner_text=True)
    page.go_back()
    expect(page.locator(".chips li")).to_have_count(3)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_whole_street_from_files_to_a_marked_passage(
    browser: Browser, whole_street: str, scripts: bool
) -> None:
    context = browser.new_context(java_script_enabled=scripts, base_url=whole_street)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto("/")
    expect(page.locator(".statement")).to_contain_text("虚构")
    page.locator("#q").fill('"行政执法三项制度"')
    page.locator("#q").press("Enter")
    before = page.locator("h1").inner_text()
    value = page.locator('[data-facet="agency"] a.v').first
    agency, count = value.locator(".l").inner_text(), value.locator(".c").inner_text()
    value.click()
    expect(page.locator("h1")).not_to_have_text(before)
    expect(page.locator("h1")).to_contain_text(f"{count} 份报告")
    section = page.locator('[data-facet="section"] a.v', has_text="主要举措和成效")
    section.click()
    expect(page.locator(".chips")).to_contain_text(agency)
    expect(page.locator(".chips")).to_contain_text("主要举措和成效")
    page.locator("[data-hit]").first.click()
    expect(page.locator(".landed mark").first).to_be_in_viewport()
    here = page.locator(".here").all_inner_texts()
    folded = re.sub("[“”、《》]", "", "".join(page.locator(".landed mark").all_inner_texts()))
    assert "行政执法三项制度" in folded
    page.reload()
    assert page.locator(".here").all_inner_texts() == here
    page.goto(page.url.split("&q=")[0])
    assert "".join(page.locator(".here").all_inner_texts()) == "".join(here)
    context.close()


def test_a_bare_permanent_link_scrolls_to_its_passage(
    open_page: Callable[..., Page], engine: Any
) -> None:
    one = engine.documents[2]
    place = one.passages[-1]
    url = f"/reports/{one.summary.id}/{place.passage}?h={place.hash}"
    page = open_page(url, width=390)
    expect(page.locator(".landed").first).to_be_in_viewport()
    without = open_page(url, scripts=False, width=390)
    without.locator("[data-land]").click()
    expect(without.locator(".landed").first).to_be_in_viewport()


def test_keys_move_star_and_focus(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=放管服")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert page.locator(".hit.at").count() == 1
    page.keyboard.press("s")
    expect(page.locator('.hit.at [data-star][aria-pressed="true"]')).to_have_count(1)
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.locator("h1").click()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/**")


def test_bookmarks_live_in_the_browser_and_travel_in_a_link(
    open_page: Callable[..., Page], engine: Any, tmp_path: Path
) -> None:
    page = open_page("/search?q=首违不罚", accept_downloads=True)
    page.locator('[data-star="passage"]').nth(0).click()
    page.locator('[data-star="report"]').nth(1).click()
    page.locator('[data-star="search"]').click()
    page.goto("/bookmarks")
    expect(page.locator(".one")).to_have_count(3)
    page.locator(".note").first.fill("年底核对")
    page.locator(".note").first.press("Tab")
    page.locator(".tags").first.fill("要点 待查")
    page.locator(".tags").first.press("Tab")
    page.reload()
    assert page.locator(".note").first.input_value() == "年底核对"
    page.locator("[data-tag]").select_option("要点")
    expect(page.locator(".one")).to_have_count(1)
    page.locator("[data-tag]").select_option("")
    outputs = {}
    for kind in ("json", "md", "csv"):
        page.locator("summary", has_text="导出与分享").click()
        with page.expect_download() as download:
            page.locator(f'[data-out="{kind}"]').click()
        outputs[kind] = Path(download.value.path()).read_text(encoding="utf-8-sig")
        page.locator("summary", has_text="导出与分享").click()
    backup = json.loads(outputs["json"])
    assert len(backup["bookmarks"]) == 3
    assert "R/OL" in outputs["md"]
    assert outputs["csv"].count("\n") == 4

    saved = tmp_path / "backup.json"
    saved.write_text(outputs["json"], encoding="utf-8")
    fresh = open_page("/bookmarks")
    expect(fresh.locator("[data-empty]")).to_be_visible()
    fresh.locator("summary", has_text="导出与分享").click()
    fresh.locator("[data-in]").set_input_files(saved)
    expect(fresh.locator(".one")).to_have_count(3)
    assert fresh.locator(".note").first.input_value() == "年底核对"


def test_a_shared_list_opens_anywhere_and_holds_only_own_links(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("/bookmarks")
    items = [
        {"kind": "report", "url": "/reports/goneid0000", "title": "甲", "sub": ""},
        {"kind": "report", "url": "javascript:alert(1)", "title": "乙", "sub": ""},
        {"kind": "report", "url": "//evil.example/", "title": "丙", "sub": ""},
    ]
    fragment = page.evaluate(
        """(items) => btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(items))))
        .replace(/\\+/g, "-").replace(/\\//g, "_")""",
        items,
    )
    other = open_page(f"/bookmarks#l={fragment}")
    expect(other.locator(".one")).to_have_count(1)
    expect(other.locator(".one .state")).to_have_text("报告已移除")
    other.locator("[data-shared-keep]").click()
    expect(other.locator(".one .note")).to_have_count(1)


def test_stepping_through_marks(open_page: Callable[..., Page], engine: Any) -> None:
    page = open_page(f"/reports/{engine.documents[2].summary.id}?q=首违不罚")
    expect(page.locator("[data-step] output")).to_have_text("0 / 2")
    page.keyboard.press("n")
    expect(page.locator("[data-step] output")).to_have_text("1 / 2")
    expect(page.locator("mark.now")).to_be_in_viewport()
    page.keyboard.press("p")
    expect(page.locator("[data-step] output")).to_have_text("2 / 2")


def test_completions(open_page: Callable[..., Page]) -> None:
    page = open_page("/")
    page.locator("#q").press_sequentially("首")
    expect(page.locator("[role=option]")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    assert page.locator("#q").input_value() == "首违不罚"
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("9 份报告")


def test_dragging_over_years_filters_them(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=放管服")
    bars = [page.locator(f'.overyears [data-year="{year}"]') for year in (2020, 2022)]
    boxes = [bar.bounding_box() for bar in bars]
    assert boxes[0]
    assert boxes[1]
    page.mouse.move(boxes[0]["x"] + 10, boxes[0]["y"] + 40)
    page.mouse.down()
    page.mouse.move(boxes[1]["x"] + 10, boxes[1]["y"] + 40, steps=8)
    page.mouse.up()
    page.wait_for_url(re.compile(r"year=2020\.\.2022"))
    expect(page.locator("h1")).to_contain_text("9 份报告")


@pytest.mark.parametrize(
    ("url", "menu", "name"),
    [
        ("/", "存为图片", "fazhi-year"),
        ("/search?q=首违不罚&year=2021..", "导出", "fazhi-years"),
        ("/search?q=首违不罚&view=matrix", "导出", "fazhi-matrix"),
        ("/search?q=首违不罚&view=spread", "导出", "fazhi-spread"),
        ("/trend?q=首违不罚&q=放管服", "", "fazhi-trend"),
    ],
)
def test_a_chart_can_be_saved(
    open_page: Callable[..., Page], url: str, menu: str, name: str
) -> None:
    page = open_page(url, accept_downloads=True, width=390)
    for link, start in (
        (f'[download="{name}.svg"]', b"<svg"),
        (f'[data-name="{name}.png"]', b"\x89PNG"),
    ):
        if menu and not page.locator(link).is_visible():
            page.locator("summary", has_text=menu).click()
        with page.expect_download() as download:
            page.locator(link).click()
        assert download.value.suggested_filename.startswith(name)
        picture = Path(download.value.path()).read_bytes()
        assert picture.startswith(start)
    width = int.from_bytes(picture[16:20], "big")
    assert width >= 2 * 720, "twice as fine as the drawing"


def test_a_chart_is_a_link_also_without_scripts(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=首违不罚&view=matrix", scripts=False, accept_downloads=True)
    page.locator("summary", has_text="导出").click()
    expect(page.locator("[data-png]")).to_be_hidden()
    with page.expect_download() as download:
        page.locator('[download="fazhi-matrix.svg"]').click()
    assert Path(download.value.path()).read_bytes().startswith(b"<svg")


def test_a_point_says_its_denominator_to_mouse_and_keyboard(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("/trend?q=首违不罚&q=放管服")
    point = page.locator(".line.k2 a").nth(3)
    expect(point.locator(".tip")).to_be_hidden()
    point.locator(".target").hover(force=True)
    expect(point.locator(".tip")).to_have_text("2022 年：100.0%（3 / 3 份报告，6 处）")
    expect(point.locator(".tip")).to_be_visible()
    page.mouse.move(2, 2)
    expect(point.locator(".tip")).to_be_hidden()
    page.keyboard.press("Tab")
    point.focus()
    expect(point.locator(".tip")).to_be_visible()


def test_years_narrow_a_chart_and_keep_what_it_measures(open_page: Callable[..., Page]) -> None:
    page = open_page("/trend?q=首违不罚&measure=reports&kind=-教育", scripts=False)
    page.locator('[name="from"]').fill("2021")
    page.locator('[name="to"]').fill("2022")
    page.locator(".phrases button").click()
    page.wait_for_url(re.compile(r"/trend\?.*year=2021\.\.2022"))
    assert "measure=reports" in page.url
    assert "kind=-" in page.url
    assert page.locator('[name="from"]').input_value() == "2021"
    expect(page.locator(".figures tbody tr")).to_have_count(2)
    page.locator('[name="from"]').fill("")
    page.locator('[name="to"]').fill("")
    page.locator(".phrases button").click()
    page.wait_for_url(lambda url: "year=" not in url and "measure=reports" in url)


def test_theme_is_kept(open_page: Callable[..., Page]) -> None:
    page = open_page("/", color_scheme="light")
    page.locator("[data-theme-switch]").click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_keys_are_listed_over_the_page(open_page: Callable[..., Page]) -> None:
    """Every key of the help page, without leaving the results; Escape and ? close the list."""
    page = open_page("/search?q=放管服")
    page.keyboard.press("j")
    page.keyboard.press("?")
    listed = page.locator("dialog.keys")
    expect(listed).to_be_visible()
    page.keyboard.press("Escape")
    expect(listed).to_be_hidden()
    page.keyboard.press("?")
    expect(listed).to_be_visible()
    page.keyboard.press("?")
    expect(listed).to_be_hidden()
    expect(page.locator(".hit.at")).to_have_count(1)
    keys = [one.text_content() for one in listed.locator("kbd").all()]
    page.goto("/help#keys")
    assert [*page.locator("#keys + table kbd").all_inner_texts(), "Esc"] == keys


@pytest.mark.parametrize(
    "url",
    [
        "/search?q=首违不罚&view=concordance",
        "/search?q=首违不罚&view=spread",
        "/reports",
        "similar",
    ],
)
def test_every_hit_has_its_star(open_page: Callable[..., Page], engine: Any, url: str) -> None:
    """Also where hits are lines of a table: s stars the chosen one, and not the whole search."""
    one = engine.documents[2]
    page = open_page(
        f"/reports/{one.summary.id}/{one.passages[2].passage}/similar" if url == "similar" else url
    )
    hits = page.locator(".hit")
    assert hits.count() >= 2
    expect(page.locator(".hit [data-star]")).to_have_count(hits.count())
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("s")
    kept = page.evaluate("JSON.parse(localStorage.getItem('fazhi.bookmarks'))")
    chosen = page.locator(".hit.at [data-star]")
    assert [item["url"] for item in kept] == [chosen.get_attribute("data-url")]
    assert all(item["title"] for item in kept)
    expect(chosen).to_have_attribute("aria-pressed", "true")
    page.goto("/bookmarks")
    expect(page.locator(".one")).to_have_count(1)
    expect(page.locator(".one .state:visible")).to_have_count(0)


def test_the_keyboard_alone_reaches_the_text_and_the_list_of_keys(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("/search?q=放管服")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("dialog.keys")).to_be_visible()


def test_a_bookmark_says_when_its_text_has_changed(
    open_page: Callable[..., Page], engine: Any
) -> None:
    one = engine.documents[2]
    page = open_page(f"/reports/{one.summary.id}")
    item = {"kind": "passage", "title": "甲", "sub": "", "note": "", "tags": []}
    items = [
        {**item, "url": f"/reports/{one.summary.id}/{one.passages[1].passage}?h=0000000000"},
        {**item, "url": f"/reports/{one.summary.id}/s9.9?h={one.passages[2].hash}"},
        {**item, "url": f"/reports/{one.summary.id}/s9.9?h=0000000000"},
        {**item, "url": f"/reports/{one.summary.id}/s2?h={one.passages[4].hash}"},
    ]
    page.evaluate("(list) => localStorage.setItem('fazhi.bookmarks', JSON.stringify(list))", items)
    page.goto("/bookmarks")
    expect(page.locator(".state:visible")).to_have_text(
        ["文字有改动", "文字已移到另一处", "该段已不在报告中"]
    )


def test_bookmarks_are_put_in_order_and_dropped(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=首违不罚")
    for number in range(3):
        page.locator('[data-star="passage"]').nth(number).click()
    page.goto("/bookmarks")
    titles = page.locator(".one .to").all_inner_texts()
    page.locator(".one").nth(2).locator(".up").click()
    expect(page.locator(".one .to")).to_have_text([titles[0], titles[2], titles[1]])
    page.locator(".one").first.locator(".drop").click()
    expect(page.locator(".one .to")).to_have_text([titles[2], titles[1]])
    page.reload()
    expect(page.locator(".one .to")).to_have_text([titles[2], titles[1]])


def test_recent_searches_are_listed_and_forgotten(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=首违不罚")
    page.goto("/search?q=放管服&view=matrix")
    page.goto("/bookmarks")
    recent = page.locator("[data-recent] a")
    expect(recent).to_have_count(2)
    recent.last.click()
    expect(page.locator("h1")).to_contain_text("9 份报告")
    page.goto("/bookmarks")
    page.locator("[data-forget]").click()
    expect(page.locator("[data-recent-box]")).to_be_hidden()
    page.reload()
    expect(page.locator("[data-recent-box]")).to_be_hidden()


def test_bookmarks_without_scripts_say_what_to_do(open_page: Callable[..., Page]) -> None:
    page = open_page("/bookmarks", scripts=False)
    expect(page.locator("main")).to_contain_text("存为浏览器书签")
    expect(page.locator("[data-shelf]")).to_be_hidden()


def test_citations_of_bookmarks_name_the_agency(open_page: Callable[..., Page]) -> None:
    page = open_page("/search?q=首违不罚", accept_downloads=True)
    page.locator('[data-star="passage"]').first.click()
    page.goto("/bookmarks")
    page.locator("summary", has_text="导出与分享").click()
    with page.expect_download() as download:
        page.locator('[data-out="csv"]').click()
    table = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert re.search(r"云江省澜州市\w+\. .+: .+\[R/OL\]\. \(\d{4}-01-20\)\[", table)
