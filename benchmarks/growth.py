"""How the time of a question grows with the collection.

    python -m benchmarks.growth [--reports 1000,3000,10000,30000,100000] [--chart FILE.svg]

Builds a generated collection of each size, then asks every question of one after another, so that
a noisy hour is noisy to all; prints a Markdown table and the power of the size by which time grew
from the first to the last (1 is linear), and draws the chart with ``--chart``.  Nothing is cached
between questions; snippets are included.
"""

from __future__ import annotations

import argparse
import gc
import math
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.generate import PASSAGES_A_REPORT, generate_reports
from index.codec import blocks
from index.generations import build_lock
from index.update import update_index
from search.request import SearchRequest
from search.whoosh_engine.engine import WhooshEngine

QUESTIONS: Final = (
    '"管理"', '"代表大会"', '"推进法治建设第一责任人职"', "应当", "应当 规定 可以",
    "应当 OR 规定 OR 可以 OR 人民法院", '"管理" 同句 "代表大会"', '"当事人约定或者法"',
)  # fmt: skip
ROUNDS: Final = 15
COLOURS: Final = (
    "#1f5fa8", "#b3452c", "#2e7d4f", "#7a4fa3", "#a36b00", "#00798c", "#c2185b", "#555555",
)  # fmt: skip


def times_at(sizes: Sequence[int]) -> dict[int, dict[str, float]]:
    """Median milliseconds of each question over generated collections of so many reports."""
    times: dict[int, dict[str, float]] = {size: {} for size in sizes}
    with tempfile.TemporaryDirectory(prefix="fazhi-growth-") as name, ExitStack() as opened:
        engines = {}
        for size in sizes:
            folder = Path(name, str(size))
            folder.mkdir()
            with build_lock(folder):
                update_index(folder, generate_reports(size * PASSAGES_A_REPORT))
            engines[size] = opened.enter_context(closing(WhooshEngine(folder)))
        gc.collect()
        gc.freeze()  # as the site's server does
        for question in QUESTIONS:
            for size, engine in engines.items():
                times[size][question] = _ask(engine, question)
    return times


def _ask(engine: WhooshEngine, question: str) -> float:
    spent = []
    for _ in range(ROUNDS + 1):
        begun = time.perf_counter()
        engine.search(SearchRequest(question))
        spent.append((time.perf_counter() - begun) * 1000)
    return median(spent[1:])  # the first round warms up


def main() -> None:
    """Build, ask, print, draw."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth")
    parser.add_argument("--reports", default="1000,3000,10000,30000,100000")
    parser.add_argument("--chart", type=Path)
    options = parser.parse_args()
    blocks.CACHED_BLOCKS = 1
    sizes = [int(size) for size in options.reports.split(",")]
    times = times_at(sizes)
    print("| question | " + " | ".join(f"{s:,} reports, ms" for s in sizes) + " | power |")
    print("|---" * (len(sizes) + 2) + "|")
    for question in QUESTIONS:
        row = [times[size][question] for size in sizes]
        power = math.log(row[-1] / row[0]) / math.log(sizes[-1] / sizes[0])
        cells = " | ".join(f"{spent:.2f}" for spent in row)
        print(f"| {question} | {cells} | {power:.2f} |")
    if options.chart:
        options.chart.write_text(chart(sizes, times), encoding="utf-8")


def chart(sizes: Sequence[int], times: Mapping[int, Mapping[str, float]]) -> str:
    """Both axes logarithmic; the dashed line grows as the collection does."""
    width, height, left, bottom, right = 900, 460, 60, 50, 270
    every = [spent for own in times.values() for spent in own.values()]
    low, high = math.floor(math.log10(min(every))), math.ceil(math.log10(max(every)))

    def x(size: float) -> float:
        part = math.log(size / sizes[0]) / math.log(sizes[-1] / sizes[0])
        return left + part * (width - left - right)

    def y(spent: float) -> float:
        return (height - bottom) - (math.log10(spent) - low) / (high - low) * (height - bottom - 20)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        'font-family="sans-serif" font-size="13">',
        "<title>Time of a question by size of the collection</title>",
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    for power in range(low, high + 1):
        at = y(10.0**power)
        parts.append(f'<path d="M{left} {at:.1f}H{width - right}" stroke="#ddd"/>')
        parts.append(
            f'<text x="{left - 8}" y="{at + 4:.1f}" text-anchor="end">{10.0**power:g} ms</text>'
        )
    for size in sizes:
        parts.append(
            f'<text x="{x(size):.1f}" y="{height - bottom + 22}" text-anchor="middle">'
            f"{size:,}</text>"
        )
    middle = (left + width - right) / 2
    parts.append(f'<text x="{middle}" y="{height - 8}" text-anchor="middle">reports</text>')
    lowest = min(times[sizes[0]].values())
    last = min(sizes[-1], sizes[0] * 10**high / lowest)
    parts.append(
        f'<path d="M{x(sizes[0]):.1f} {y(lowest):.1f}'
        f'L{x(last):.1f} {y(lowest * last / sizes[0]):.1f}" '
        'stroke="#999" stroke-dasharray="5 5" fill="none"/>'
    )
    for number, question in enumerate(QUESTIONS):
        colour = COLOURS[number]
        points = [(x(size), y(times[size][question])) for size in sizes]
        path = "L".join(f"{px:.1f} {py:.1f}" for px, py in points)
        parts.append(f'<path d="M{path}" stroke="{colour}" stroke-width="2" fill="none"/>')
        parts += [
            f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3" fill="{colour}"/>' for px, py in points
        ]
        name = question.replace('"', "“", 1).replace('"', "”", 1)
        name = name.replace('"', "“", 1).replace('"', "”", 1)
        place = 40 + 24 * number
        parts.append(
            f'<rect x="{width - right + 20}" y="{place - 10}" width="12" height="12" '
            f'fill="{colour}"/><text x="{width - right + 40}" y="{place}">{name}</text>'
        )
    place = 40 + 24 * len(QUESTIONS)
    parts.append(
        f'<path d="M{width - right + 18} {place - 4}h16" stroke="#999" stroke-dasharray="5 5"/>'
        f'<text x="{width - right + 40}" y="{place}">as the collection grows</text></svg>'
    )
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    main()
