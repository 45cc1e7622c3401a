"""Query times against peers over the same generated passages, in one run.

    python -m benchmarks.speed [--passages 50000] [--peers tantivy,fts5,whoosh,scan] [--seed 1]

Prints Markdown tables.  Each time is the median of rounds in which every engine answers every
question in turn, so that a noisy machine is noisy to all.  Every answer is the count, three
facets (agency, year, section) and the ten best; ours counts *reports* in facets (distinct, the
dearer count), peers count passages.  Nothing of ours is cached between questions.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import resource
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.generate import generate_reports
from benchmarks.peers import Fts5, Peer, Row, Scan, StockWhoosh, Tantivy
from corpus.folding import fold
from corpus.model import Report
from index.analysis import cut_query, tokenize
from index.generations import build_lock
from index.update import update_index
from search.request import Field, SearchRequest
from search.whoosh_engine.engine import WhooshEngine

FACETS: tuple[Field, ...] = ("agency", "year", "section")


class Ours:
    """The engine as the site uses it, without its snippets."""

    name = "Fazhi"

    def __init__(self, folder: Path, reports: Iterator[Report]) -> None:
        self.characters = 0
        self.text_bytes = 0

        def counted() -> Iterator[Report]:
            for report in reports:
                self.characters += len(report.text)
                self.text_bytes += len(report.text.encode())
                yield report

        begun = time.perf_counter()
        with build_lock(folder):
            update_index(folder, counted())
        self.build_s = time.perf_counter() - begun
        self.index_bytes = sum(p.stat().st_size for p in folder.rglob("*.fz"))
        begun = time.perf_counter()
        self.engine = WhooshEngine(folder)
        self.ask("政府", size=10)
        self.open_ms = (time.perf_counter() - begun) * 1000

    def ask(self, query: str, size: int = 10, *, snippets: bool = False) -> int:
        """Passages found."""
        page = self.engine.search(
            SearchRequest(query, size=size, facet_fields=FACETS, snippets=snippets)
        )
        return page.total.passages


def rows_of(reports: Iterator[Report]) -> Iterator[Row]:
    """The same passages, folded and cut, for the peers."""
    for report in reports:
        for passage in report.passages:
            folded = fold(report.text[passage.start : passage.end])
            yield Row(
                folded,
                [token.word for token in tokenize(folded)],
                report.agency or "",
                report.year or 0,
                passage.category,
            )


def choose_questions(passages: int, seed: int) -> dict[str, list[tuple[str, list[str]]]]:
    """Frequent and rare phrases of 2 to 12 characters, and words, from the first passages."""
    sample = [
        fold(r.text[p.start : p.end])
        for r, _ in zip(generate_reports(min(passages, 11_000), seed), range(1_000), strict=False)
        for p in r.passages[1:]
    ]
    chooser = random.Random(seed)
    phrases: list[tuple[str, list[str]]] = []
    rare: list[tuple[str, list[str]]] = []
    for size in (2, 4, 6, 8, 12):
        counts: Counter[str] = Counter()
        for text in sample:
            counts.update({text[i : i + size] for i in range(len(text) - size + 1)})
        good = [(p, c) for p, c in counts.items() if "\n" not in p and all(x.isalpha() for x in p)]
        over = [p for p, c in good if c > 0.013 * len(sample)]
        if over:
            top = sorted(over, key=lambda p: (-counts[p], p))
            phrase = top[min(len(top) - 1, 5)]
            phrases.append((phrase, [phrase]))
        few = sorted(p for p, c in good if c == 2)
        if few:
            phrase = chooser.choice(few)
            rare.append((phrase, [phrase]))
    words: Counter[str] = Counter()
    for text in sample:
        words.update({w for w in cut_query(text.replace("\n", "。")) if len(w) > 1})
    common = [w for w, _ in words.most_common(40)]
    return {
        "phrase": phrases,
        "rare phrase": rare,
        "one word": [(w, [w]) for w in (common[0], common[10], common[30])],
        "AND of 3": [(" ".join(common[i : i + 3]), common[i : i + 3]) for i in (0, 9, 20)],
        "OR of 4": [(" OR ".join(common[i : i + 4]), common[i : i + 4]) for i in (0, 9, 20)],
    }


def peer_call(peer: Peer, kind: str, words: Sequence[str]) -> Callable[[], int]:
    """The same question put to a peer."""
    if "phrase" in kind:
        return lambda: peer.phrase(words[0]).passages
    if kind == "OR of 4":
        return lambda: peer.any_of(words).passages
    return lambda: peer.all_of(words).passages


def measure(calls: dict[str, Callable[[], int]], rounds: int) -> dict[str, tuple[float, int]]:
    """Median milliseconds and the count, by engine, asked in turn."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    counts: dict[str, int] = {}
    slow: set[str] = set()
    for number in range(rounds + 1):
        for name, call in calls.items():
            if name in slow and number > 2:
                continue
            begun = time.perf_counter()
            try:
                counts[name] = call()
            except ValueError:
                counts[name] = -1
                slow.add(name)
                times[name].append(float("nan"))
                continue
            spent = (time.perf_counter() - begun) * 1000
            if number:  # the first round warms up
                times[name].append(spent)
            if spent > 500:
                slow.add(name)
    return {name: (statistics.median(times[name]), counts[name]) for name in calls}


def main() -> None:
    """Build, ask, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--passages", type=int, default=50_000)
    parser.add_argument("--peers", default="tantivy,fts5,whoosh,scan")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    made: dict[str, Callable[[], Peer]] = {
        "tantivy": Tantivy,
        "fts5": lambda: Fts5("words"),
        "trigram": lambda: Fts5("trigram"),
        "whoosh": StockWhoosh,
        "scan": Scan,
    }
    with tempfile.TemporaryDirectory(prefix="fazhi-bench-") as name:
        folder = Path(name)
        reports = list(generate_reports(options.passages, options.seed))
        ours = Ours(folder, iter(reports))
        peers = []
        built = {ours.name: ours.build_s}
        for wanted in filter(None, options.peers.split(",")):
            peer = made[wanted]()
            begun = time.perf_counter()
            peer.build(rows_of(iter(reports)))
            built[peer.name] = time.perf_counter() - begun
            peers.append(peer)
        del reports
        gc.collect()
        print(f"\n{options.passages:,} passages, {ours.characters:,} characters, "
              f"{os.cpu_count()} cores, median of {options.rounds} rounds\n")  # fmt: skip
        _print_queries(ours, peers, options)
        _print_snippets(ours, options)
        print("\n| build | seconds | characters/s |\n|---|---|---|")
        for engine, seconds in built.items():
            print(f"| {engine} | {seconds:.1f} | {ours.characters / seconds:,.0f} |")
        print(f"\nindex / UTF-8 text: {ours.index_bytes / ours.text_bytes:.2f}; "
              f"open and first answer: {ours.open_ms:.0f} ms; peak memory of this process: "
              f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")  # fmt: skip
        for peer in peers:
            peer.close()


def _print_queries(ours: Ours, peers: Sequence[Peer], options: argparse.Namespace) -> None:
    names = [ours.name, *(peer.name for peer in peers)]
    print("| question | passages | " + " | ".join(f"{n}, ms" for n in names) + " | ratio |")
    print("|---" * (len(names) + 3) + "|")
    for kind, questions in choose_questions(options.passages, options.seed).items():
        for text, words in questions:
            typed = f'"{text}"' if "phrase" in kind else text
            calls: dict[str, Callable[[], int]] = {
                ours.name: lambda typed=typed: ours.ask(typed)  # type: ignore[misc]
            }
            for peer in peers:
                calls[peer.name] = peer_call(peer, kind, words)
            found = measure(calls, options.rounds)
            own = found[ours.name][0]
            ratio = f"{own / found[names[1]][0]:.2f}" if len(names) > 1 else ""
            agreed = found[ours.name][1]
            cells = [
                f"{found[n][0]:.2f}" + ("" if found[n][1] == agreed else f" ({found[n][1]:,})")
                for n in names
            ]
            print(f"| {kind}: {text} | {found[ours.name][1]:,} | {' | '.join(cells)} | {ratio} |")
    print("\nA count in brackets differs from ours; the ratio is ours to the first peer.")


def _print_snippets(ours: Ours, options: argparse.Namespace) -> None:
    questions = choose_questions(options.passages, options.seed)["phrase"]
    rows = []
    for text, _ in questions:
        typed = f'"{text}"'
        calls: dict[str, Callable[[], int]] = {
            "with": lambda typed=typed: ours.ask(typed, snippets=True),  # type: ignore[misc]
            "without": lambda typed=typed: ours.ask(typed),  # type: ignore[misc]
        }
        found = measure(calls, options.rounds)
        rows.append((text, found["with"][0] - found["without"][0]))
    near = [p for p, _ in questions[:2]]
    sentence = measure({"同句": lambda: ours.ask(f'"{near[0]}" 同句 "{near[1]}"')}, options.rounds)
    print("\n| ten snippets of | ms |\n|---|---|")
    for text, spent in rows:
        print(f"| {text} | {spent:.2f} |")
    print(f"| 同句: {' '.join(near)} (whole answer) | {sentence['同句'][0]:.2f} |")


if __name__ == "__main__":
    main()
