"""``python -m benchmarks.screenshots``: every page, wide and narrow, light and dark, as PNG.

Serves an index on a free port of this machine, looks up a report through the JSON interface and
photographs each page.  For looking at, not for comparing: no test reads the pictures.
"""

from __future__ import annotations

import argparse
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
SIZES = ((1440, 900), (390, 844))
START_SECONDS = 30
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")


@contextmanager
def served(index: Path) -> Iterator[str]:
    """The site over the index, as an address."""
    with closing(socket.socket()) as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    command = [sys.executable, "-m", "web", "--index-dir", str(index), "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                urlopen(f"{address}/robots.txt", timeout=5).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("the site did not start") from None
                time.sleep(0.2)
        yield address
    finally:
        process.terminate()
        process.wait(10)


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
    with served(given.index_dir) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        listed = pages(address, given.phrase)
        for width, height in SIZES:
            for scheme in ("light", "dark"):
                context = browser.new_context(
                    viewport={"width": width, "height": height},
                    color_scheme="light" if scheme == "light" else "dark",
                    locale="zh-CN",
                )
                page = context.new_page()
                for name, path in listed.items():
                    if given.only and name not in given.only:
                        continue
                    page.goto(address + path)
                    page.screenshot(path=given.out / f"{name}-{width}-{scheme}.png")
                context.close()
        browser.close()
    print(f"{given.out}: {len(list(given.out.glob('*.png')))} pictures")
    return 0


if __name__ == "__main__":
    sys.exit(main())
