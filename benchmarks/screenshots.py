"""``python -m benchmarks.screenshots``: every page, wide and narrow, light and dark, as PNG.

Serves an index on a free port of this machine, looks up a report through the JSON interface and
photographs each page.  For looking at, not for comparing: no test reads the pictures.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
SIZES = ((1440, 900), (390, 844))
START_SECONDS = 30
FIGURES = ("year", "agency", "trend", "matrix", "spread")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")


@contextmanager
def served(index: Path) -> Iterator[str]:
    """The site over the index, as an address."""
    with _started(index, free_port(), {}) as address:
        yield address


@contextmanager
def served_with_keeper(index: Path, token: str) -> Iterator[tuple[str, str]]:
    """The site over the index and the keeper's page, as addresses."""
    port = free_port()
    keeper = {"FAZHI_KEEPER_PORT": str(port), "FAZHI_KEEPER_TOKEN": token}
    with _started(index, free_port(), keeper) as address:
        own = f"http://127.0.0.1:{port}"
        _wait_for(f"{own}/static/site.css")
        yield address, own


@contextmanager
def _started(index: Path, port: int, settings: Mapping[str, str]) -> Iterator[str]:
    command = [sys.executable, "-m", "web", "--index-dir", str(index), "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings})
    try:
        _wait_for(f"http://127.0.0.1:{port}/robots.txt")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(address: str) -> None:
    """Until it answers.  Raises RuntimeError when it does not."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urlopen(address, timeout=5).close()
            return
        except OSError:
            if time.monotonic() > deadline:
                raise RuntimeError("the site did not start") from None
            time.sleep(0.2)


def free_port() -> int:
    """A port nobody listens on."""
    with closing(socket.socket()) as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def enter(page: Page, keeper: str, token: str) -> dict[str, str]:
    """Lets the browser in to the keeper's page; a name and an address for each of its pages."""
    page.goto(keeper)
    page.fill("#token", token)
    page.click("button")
    page.wait_for_selector(".facts")
    page.goto(f"{keeper}/problems")
    found = {f"keeper-{name}": f"{keeper}/{name}" for name in ("unlabelled", "problems", "build")}
    form = page.locator('a[href^="/label"]').first
    if form.count():
        found["keeper-label"] = keeper + (form.get_attribute("href") or "")
    return {"keeper": keeper, **found}


def pages(address: str, phrase: str) -> dict[str, str]:
    """A name and a path for each kind of page."""
    with urlopen(f"{address}/api/v1/search?q={quote(phrase)}", timeout=30) as answer:
        found = json.load(answer)
    hit = found["hits"][0]
    with urlopen(f"{address}/api/v1/reports/{hit['report_id']}", timeout=30) as answer:
        others = [one["id"] for one in json.load(answer)["same_agency"]]
    q = quote(phrase)
    listed = {
        "start": "/",
        "results": f"/search?q={q}",
        "passages": f"/search?q={q}&view=passages&sort=-year",
        "filtered": f"/search?q={q}&section=achievements&year=2021..&year=-2022",
        "zero": f"/search?q={q}+" + quote('"并没有这样的说法"') + "&year=2021",
        "facet": f"/search/facet/agency?q={q}",
        "concordance": f"/search?q={q}&view=concordance&order=right",
        "matrix": f"/search?q={q}&view=matrix",
        "spread": f"/search?q={q}&view=spread",
        "trend": f"/trend?q={q}&q=" + quote('"放管服"') + "&q=" + quote('"营商环境"'),
        "report": f"/reports/{hit['report_id']}",
        "passage": f"{hit['url']}&q={q}",
        "similar": f"/reports/{hit['report_id']}/{hit['passage']}/similar",
        "reports": "/reports",
        "bookmarks": "/bookmarks",
        "help": "/help",
        "about": "/about",
        "missing": "/reports/nothing",
        "unheld": f"/search?q={q}&agency=" + quote("人民政"),
    }
    if len(others) > 1:
        listed["compare"] = f"/compare?a={others[-2]}&b={others[-1]}"
    return listed


def main() -> int:
    """Takes the pictures; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.screenshots")
    parser.add_argument("--index-dir", type=Path, default=ROOT / "var" / "samples")
    parser.add_argument("--out", type=Path, default=ROOT / "screenshots")
    parser.add_argument("--phrase", default='"首违不罚"')
    parser.add_argument("--only", nargs="*", help="names of pages")
    given = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("needs Chromium", file=sys.stderr)
        return 2
    given.out.mkdir(parents=True, exist_ok=True)
    token = secrets.token_urlsafe()
    with (
        served_with_keeper(given.index_dir, token) as (address, keeper),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        listed = {name: address + path for name, path in pages(address, given.phrase).items()}
        for what in FIGURES:
            listed[f"figure-{what}"] = f"{address}/figures/{what}.svg?q={quote(given.phrase)}"
        for width, height in SIZES:
            for scheme in ("light", "dark"):
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    color_scheme="light" if scheme == "light" else "dark",
                    locale="zh-CN",
                )
                page = context.new_page()
                page.goto(keeper)
                page.screenshot(path=given.out / f"keeper-door-{width}-{scheme}.png")
                for name, url in {**listed, **enter(page, keeper, token)}.items():
                    if given.only and name not in given.only:
                        continue
                    page.goto(url)
                    page.screenshot(path=given.out / f"{name}-{width}-{scheme}.png")
                context.close()
        browser.close()
    print(f"{given.out}: {len(list(given.out.glob('*.png')))} pictures")
    return 0


if __name__ == "__main__":
    sys.exit(main())
