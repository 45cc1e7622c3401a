"""Random and hostile query strings: every one gets an answer, and none takes long.

    python -m benchmarks.hostile_queries --index-dir D [--count 20000] [--limit-ms 200]

Prints a Markdown table; exit status 0 when no query raised and none took longer than the limit.
What it can hurt is ``search``: the strings come from pieces of the query language put together
at random, from all of Unicode, and from shapes known to break parsers.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from search import open_engine
from search.engine import Engine
from search.errors import SearchError
from search.request import SearchRequest

PIECES: Final = (
    "法治", "政府", "行政执法", "的", "a", "2021", "。", "　", " ", "\n", "\t", "\0", "\ufeff",
    '"', "“", "”", "＂", "「", "」", "=", "＝", '="', '＝“', "(", ")", "（", "）", "|", "｜", "-",
    "--", "*", "＊", "?", "~2", "^3", "[", "]", "{", "}", "<mark>", "&amp;", "\\", "/", "'", ";--",
    " OR ", " AND ", " NOT ", " ＯＲ ", " 同句 ", " 同段 ", " NEAR/5 ", " NEAR/ ", " NEAR/99999 ",
    "同句", "NEAR/0", "相近:", "标题:", "小标题：", "机关:", "年份:", "年份:2019..2022", "年份:..",
    "年份:9999..1", "－", "章节:plans", "章节:无", "year:", "地区:", "𠀀", "\u202e", "\ud800",
)  # fmt: skip
SHAPES: Final = (
    "(" * 1500, ")" * 1500, "-" * 1500, "(-" * 750, '"' * 999, "“" * 1500, "=" * 1500, "|" * 1500,
    "*" * 500, "法*" * 300, "a" * 10_000, "法" * 10_000, "法 " * 500, "法 OR " * 300, "的*", "一*",
    "法 同句 " * 200 + "治", "(法 OR " * 200 + "治" + ")" * 200, "标题:" * 300, "标题:(" * 200,
    "相近:" * 200 + "法", "相近:" + "监督管理处罚" * 160, "NEAR/5", "OR", "NOT", "同句", "-",
    '"', '""', '=""', "年份:", "年份:２０２１", "?*", "行政~2", "NOT " * 300 + "法", "\x00" * 100,
    "\ud800\udfff", "年份:2019..2022..2023", "法 -法", "-法",
)  # fmt: skip


def hostile_queries(count: int, seed: int = 1) -> Iterator[str]:
    """``count`` strings: the known shapes first, then random ones, the same for the same seed."""
    yield from SHAPES[:count]
    chooser = random.Random(seed)
    for number in range(max(0, count - len(SHAPES))):
        if number % 5 == 4:
            size = chooser.randint(1, 60)
            yield "".join(chr(chooser.randrange(0x110000)) for _ in range(size))
        else:
            yield "".join(chooser.choices(PIECES, k=chooser.randint(1, 40)))


def ask(engine: Engine, text: str) -> tuple[float, str]:
    """Milliseconds of one search, and what was raised; a ``SearchError`` is an answer too."""
    begun = time.perf_counter()
    raised = ""
    try:
        engine.search(SearchRequest(text))
    except SearchError:
        pass
    except Exception as error:
        raised = f"{type(error).__name__}: {error}"
    return (time.perf_counter() - begun) * 1000, raised


def main(arguments: Sequence[str] | None = None) -> int:
    """Asks them all; prints the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hostile_queries")
    parser.add_argument("--index-dir", type=Path, default=Path("var/index"))
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--limit-ms", type=float, default=200.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    engine = open_engine(options.index_dir)
    engine.search(SearchRequest("法治"))  # the dictionary and the columns, once
    times: list[tuple[float, str]] = []
    failures: list[tuple[str, str]] = []
    for text in hostile_queries(options.count, options.seed):
        took, raised = ask(engine, text)
        times.append((took, text))
        if raised:
            failures.append((raised, text))
    times.sort()
    slow = [pair for pair in times if pair[0] > options.limit_ms]
    print("| queries | passages | raised | over limit | p50 ms | p99 ms | worst ms |")
    print("|---|---|---|---|---|---|---|")
    print(
        f"| {len(times)} | {engine.overview().total.passages} | {len(failures)} | {len(slow)} "
        f"| {times[len(times) // 2][0]:.2f} | {times[len(times) * 99 // 100][0]:.2f} "
        f"| {times[-1][0]:.1f} |"
    )
    for raised, text in failures[:10]:
        print(f"raised {raised[:120]}: {text[:120]!a}")
    for took, text in slow[-10:]:
        print(f"slow {took:.0f} ms: {text[:120]!a}")
    engine.close()
    return 1 if failures or slow else 0


if __name__ == "__main__":
    sys.exit(main())
