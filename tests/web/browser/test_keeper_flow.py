"""The keeper's page in a real Chromium, served as ``python -m web`` serves it: from an
unlabelled report to a labelled one on the site, and no accessibility rule broken on the way."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

RULES = "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
AGENCY = "云江省澜州市档案馆"


PATIENCE_MS = 60_000
"""Pages here wait for processes; a busy machine takes its time."""


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    expect.set_options(timeout=PATIENCE_MS)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def checked(project_dir: Path) -> Callable[[Page], None]:
    """Holds a page to the rules, and to its width."""
    axe = project_dir / "node_modules" / "axe-core" / "axe.min.js"
    if not axe.is_file():
        if os.environ.get("FAZHI_REQUIRE_BROWSER") == "1":
            pytest.fail("axe-core must be installed here (npm ci), and is not")
        pytest.skip("needs axe-core (npm ci)")
    source = axe.read_text(encoding="utf-8")

    def check(page: Page) -> None:
        page.evaluate(source)
        violations = page.evaluate(RULES)["violations"]
        assert [(page.url, one["id"], one["nodes"][0]["html"]) for one in violations] == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    return check


@pytest.mark.parametrize(
    ("scripts", "width", "scheme"),
    [(True, 1440, "light"), (True, 390, "dark"), (False, 390, "light")],
    ids=["wide and light", "narrow and dark", "without scripts"],
)
def test_from_unlabelled_to_labelled(
    browser: Browser,
    start_web: Callable[..., Any],
    checked: Callable[[Page], None],
    scripts: bool,
    width: int,
    scheme: Any,
) -> None:
    site, keeper, token, _ = start_web()
    context = browser.new_context(
        java_script_enabled=scripts,
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        locale="zh-CN",
        base_url=keeper,
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda one: faults.append(one.text) if "Policy" in one.text else None)
    page.on("request", lambda one: None if one.url.startswith(keeper) else faults.append(one.url))

    def look() -> None:
        if scripts:
            checked(page)

    page.goto("/unlabelled")
    look()
    page.get_by_label("口令").fill("wrong")
    page.get_by_role("button", name="进入").click()
    expect(page.get_by_role("alert")).to_contain_text("口令不对")
    look()
    page.get_by_label("口令").fill(token)
    page.get_by_role("button", name="进入").click()
    expect(page.locator(".facts")).to_contain_text("000001")
    look()
    page.goto("/problems")
    expect(page.locator("tbody")).to_contain_text("完全相同")
    look()

    page.locator(".menu").get_by_role("link", name="未识别").click()
    expect(page.locator("h1")).to_have_text("未识别的报告 1 份")
    look()
    page.get_by_role("link", name="法治政府建设情况报告").click()
    expect(page.locator(".quote").first).to_contain_text("近年来")
    look()
    page.get_by_label("机关", exact=True).fill(AGENCY)
    page.get_by_label("年度", exact=True).fill("22")
    page.get_by_role("button", name="写入").click()
    expect(page.locator("#year-problem")).to_contain_text("四位数")
    expect(page.get_by_label("机关", exact=True)).to_have_value(AGENCY)
    look()
    page.get_by_label("年度", exact=True).fill("2022")
    page.get_by_role("button", name="写入").click()
    expect(page.get_by_role("status")).to_contain_text("metadata.csv 第 2 行")
    look()

    page.get_by_role("status").get_by_role("link", name="重建索引").click()
    expect(page.locator(".folders")).to_contain_text("报告")
    look()
    page.get_by_role("button", name="重建索引").click()
    expect(page.locator(".outcome h2")).to_have_text("重建完成")
    expect(page.locator(".outcome")).to_contain_text("已建立索引 000002")
    look()
    page.locator(".menu").get_by_role("link", name="概况").click()
    expect(page.locator(".facts")).to_contain_text("000002")
    page.goto("/unlabelled")
    expect(page.locator(".none")).to_contain_text("都已识别")
    page.goto("/nothing")
    expect(page.locator("h1")).to_have_text("没有这个页面")
    look()
    page.goto("/")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_label("口令")).to_be_visible()
    context.close()
    assert faults == []

    deadline = time.monotonic() + 30
    while True:
        with urlopen(f"{site}/api/v1/reports", timeout=30) as answer:
            held = {(one["agency"], one["year"]) for one in json.load(answer)["reports"]}
        if (AGENCY, 2022) in held:
            break
        assert time.monotonic() < deadline, held
        time.sleep(0.2)
