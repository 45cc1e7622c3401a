"""What a browser makes of each page: first paint, layout shift, requests and weight.

    python -m benchmarks.pages [--passages 50000 | --index-dir D] [--loads 5] [--phrase P]

Serves an index as a user would and loads every page in Chromium with an empty cache, at a desk
(1440 px, no brake) and on a phone (390 px; network and processor slowed down as Lighthouse does
for its mobile score).  Paint times are medians of the loads, layout shift is the worst of them,
weight is uncompressed but for the column of what was sent.  A shift within half a second of a key
or a click is not counted by the browser, and none is made here.  Prints a Markdown table.  Needs
Chromium.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Request, sync_playwright

from benchmarks.http import index_of, machine
from benchmarks.screenshots import ARGUMENTS, pages, served

OBSERVER = """
window.measured = {paint: 0, largest: 0, shift: 0};
const watch = (type, note) => new PerformanceObserver(
  list => list.getEntries().forEach(note)).observe({type, buffered: true});
watch('paint', e => { if (e.name === 'first-contentful-paint') measured.paint = e.startTime; });
watch('largest-contentful-paint', e => { measured.largest = e.startTime; });
watch('layout-shift', e => { if (!e.hadRecentInput) measured.shift += e.value; });
"""

PAINTED = "new Promise((x) => new PerformanceObserver(x).observe({type: 'paint', buffered: true}))"

SETTLE_MS = 400
"""After the load event and the first paint, so that what scripts move late is seen."""

PHONE_NETWORK = {
    "offline": False,
    "latency": 150 * 3.75,
    "downloadThroughput": 1.6e6 / 8 * 0.9,
    "uploadThroughput": 750e3 / 8 * 0.9,
}
PHONE_PROCESSOR = 4
"""Source: Lighthouse ``core/config/constants.js``, ``mobileSlow4G`` (1.6 Mbit/s, 150 ms), applied
by DevTools, and its processor slowdown."""


HEADS = (
    *("page", "HTML kB", "all kB", "sent kB", "requests", "elsewhere"),
    *("layout shift, desk", "phone", "first paint ms, desk", "phone"),
    *("largest paint ms, desk", "phone"),
)


@dataclass(frozen=True, slots=True)
class Load:
    """One load.  Times in milliseconds, weight in bytes."""

    paint: float
    largest: float
    shift: float
    requests: int
    elsewhere: int
    document: int
    weight: int
    sent: int

    def weights(self) -> tuple[int, int, int]:
        return self.document, self.weight, self.sent


def load(browser: Browser, address: str, *, phone: bool) -> Load:
    """The page, opened by somebody who was never here."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844} if phone else {"width": 1440, "height": 900},
        locale="zh-CN",
    )
    try:
        page = context.new_page()
        page.add_init_script(OBSERVER)
        if phone:
            session = context.new_cdp_session(page)
            session.send("Network.emulateNetworkConditions", PHONE_NETWORK)
            session.send("Emulation.setCPUThrottlingRate", {"rate": PHONE_PROCESSOR})
        asked: list[Request] = []
        page.on("request", lambda one: asked.append(one))
        page.goto(address, wait_until="load")
        page.evaluate(PAINTED)
        page.wait_for_timeout(SETTLE_MS)
        found: Mapping[str, float] = page.evaluate("window.measured")
        answers = [(one, answer) for one in asked if (answer := one.response())]
        sizes = [len(answer.body()) for _, answer in answers]
        home = urlsplit(address).netloc
        return Load(
            found["paint"],
            found["largest"],
            found["shift"],
            len(asked),
            sum(urlsplit(one.url).netloc != home for one in asked),
            sizes[0],
            sum(sizes),
            sum(one.sizes()["responseBodySize"] for one, _ in answers),
        )
    finally:
        context.close()


def main() -> int:
    """Measures and prints; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages")
    parser.add_argument("--passages", type=int, default=50_000)
    parser.add_argument("--index-dir", type=Path)
    parser.add_argument("--loads", type=int, default=5)
    parser.add_argument("--phrase", default='"监督检查"')
    parser.add_argument("--only", nargs="*", help="names of pages")
    given = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("needs Chromium: apt-get install chromium", file=sys.stderr)
        return 2
    with (
        index_of(given.passages, given.index_dir) as folder,
        served(folder) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        listed = pages(address, given.phrase)
        print(f"Chromium {browser.version}; {machine()}; {given.loads} loads\n")
        print(f"| {' | '.join(HEADS)} |\n{'|---' * len(HEADS)}|")
        for name, path in listed.items():
            if given.only and name not in given.only:
                continue
            desk, phone = (
                [load(browser, address + path, phone=way) for _ in range(given.loads)]
                for way in (False, True)
            )
            cells = [name, *(f"{size / 1000:.1f}" for size in desk[0].weights())]
            cells += [str(desk[0].requests), str(max(one.elsewhere for one in desk + phone))]
            cells += [f"{max(one.shift for one in way):.3f}" for way in (desk, phone)]
            cells += [f"{median(one.paint for one in way):.0f}" for way in (desk, phone)]
            cells += [f"{median(one.largest for one in way):.0f}" for way in (desk, phone)]
            print(f"| {' | '.join(cells)} |", flush=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
