"""Completions and corrections: time of each, at 50,000 passages.

    python -m benchmarks.suggest [--passages 50000] [--seed 1] [--index-dir D]

Types the collection's own frequent words and agencies key by key, and asks for corrections of
words with a slip; prints a Markdown table.  ``first`` is the first question of its kind, which
makes what the others use; the last two columns are time on the processor, which neighbours on a
busy machine disturb less.  With ``--index-dir`` an index that is there is asked, not a new one.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.generate import generate_reports
from index.generations import build_lock
from index.snapshot import open_snapshot
from index.update import update_index
from search import open_engine
from search.engine import Engine
from search.request import SearchRequest

WORDS = 300


def typed_keys(words: Iterable[str]) -> list[str]:
    """Every beginning of each word, as somebody types it."""
    return [word[: i + 1] for word in words for i in range(len(word))]


def with_a_slip(words: Iterable[str], chooser: random.Random) -> list[str]:
    """Each word with one character of another in place of one of its own."""
    known = [word for word in words if len(word) > 2]
    found = []
    for word in known:
        at = chooser.randrange(len(word))
        found.append(word[:at] + chooser.choice(known)[0] + word[at + 1 :])
    return found


def measure(name: str, ask: Callable[[str], object], texts: list[str]) -> None:
    """One line of the table."""
    times, own = [], []
    for text in texts:
        begun, worked = time.perf_counter(), time.thread_time()
        ask(text)
        own.append((time.thread_time() - worked) * 1000)
        times.append((time.perf_counter() - begun) * 1000)
    first, rest, work = times[0], sorted(times[1:]), sorted(own[1:])
    print(
        f"| {name} | {len(texts)} | {first:.0f} | {rest[len(rest) // 2]:.2f} "
        f"| {rest[len(rest) * 99 // 100]:.2f} | {rest[-1]:.2f} "
        f"| {work[len(work) * 99 // 100]:.2f} | {work[-1]:.2f} |"
    )


def run(index_dir: Path, engine: Engine, seed: int) -> None:
    """Asks everything; prints the table."""
    chooser = random.Random(seed)
    counts = [(n, w) for w, n in open_snapshot(index_dir).iter_words() if len(w) > 1]
    words = [word for _, word in sorted(counts, reverse=True)]
    chosen = words[:WORDS] + chooser.sample(words, WORDS)
    overview = engine.overview()
    agencies = [one.value for one in overview.facets["agency"]]
    print(f"{overview.total.passages} passages, {len(words)} words, {len(agencies)} agencies\n")
    print("| question | asked | first ms | p50 ms | p99 ms | worst ms | p99 CPU | worst CPU |")
    print("|---|---|---|---|---|---|---|---|")
    measure("suggest, words", lambda t: engine.suggest(t), typed_keys(chosen))
    measure("suggest, agencies", lambda t: engine.suggest(t), typed_keys(agencies[:60]))
    slips = with_a_slip(chosen, chooser)
    measure("did you mean", lambda t: engine.did_you_mean(SearchRequest(t)), slips)
    several = [" ".join(slips[i : i + 4]) for i in range(0, len(slips) - 4, 4)]
    measure("did you mean, four words", lambda t: engine.did_you_mean(SearchRequest(t)), several)


def main() -> None:
    """Builds (unless told not to) and asks."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.suggest")
    parser.add_argument("--passages", type=int, default=50_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--index-dir", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        index_dir = options.index_dir or Path(temporary) / "index"
        if options.index_dir is None:
            with build_lock(index_dir):
                update_index(index_dir, generate_reports(options.passages, options.seed))
        engine = open_engine(index_dir)
        run(index_dir, engine, options.seed)
        engine.close()


if __name__ == "__main__":
    main()
