"""Query times against peers over the same generated passages, in one run.

    python -m benchmarks.speed [--passages 50000 | --laws] [--seed 1]
        [--peers tantivy,fts5,trigram,whoosh,scan]

``--laws`` takes 20 M characters of real laws in place of generated passages.  Prints Markdown
tables.  Each question is put to every engine in turn, round after round, so that a noisy machine
is noisy to all; a time is the median of the rounds.  Every answer is the count, three facets
(agency, year, section) and the ten best; ours counts *reports* in facets (distinct, the dearer
count), peers count passages.  Peers that can are asked for as many values as ours gives, and those
exact; for tantivy there is a column against counts that may be off as well, which it prefers.
No answer and no text of ours is kept between rounds: of decompressed blocks, of which the engine
keeps the last 64, only the last one is.

Before any peer is built a fresh process serves the index, as the site does.  "Open and first
answer" is what it takes, once its modules and the dictionary are loaded, to open the index, every
byte of it held to the manifest's SHA-256, and to answer one such question; the system may still
have the files in memory: they were written a moment ago.  "By itself" is the median of the same
rounds in that process.  The memory is what it has when it has answered every question, snippets,
trend and matrix included.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple, TypeAlias

from benchmarks.generate import generate_reports, law_reports
from benchmarks.peers import Fts5, Peer, Row, Scan, StockWhoosh, Tantivy
from corpus.folding import fold
from corpus.model import Report
from index.analysis import cut_query, tokenize
from index.codec import blocks
from index.generations import build_lock
from index.snapshot import open_snapshot
from index.statistics import Statistics, statistics
from index.update import update_index
from search.query import Run
from search.query_parser import parse_query
from search.request import Field, SearchRequest
from search.whoosh_engine.engine import WhooshEngine

FACETS: tuple[Field, ...] = ("agency", "year", "section")
Questions: TypeAlias = Mapping[str, Sequence[tuple[str, Sequence[str]]]]
"""By kind: each as typed, and as words."""


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
        self.engine = WhooshEngine(folder)

    def ask(self, query: str, size: int = 10, *, snippets: bool = False) -> int:
        """Passages found."""
        return _ask(self.engine, query, size, snippets=snippets)


def _ask(engine: WhooshEngine, query: str, size: int = 10, *, snippets: bool = False) -> int:
    request = SearchRequest(query, size=size, facet_fields=FACETS, snippets=snippets)
    return engine.search(request).total.passages


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


def choose_questions(sample: Sequence[str], seed: int) -> Questions:
    """Frequent and rare phrases of 2 to 12 characters, and words, of some folded passages."""
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
    # words that are no operators: 或者 is the language's OR
    common = [w for w, _ in words.most_common(60) if isinstance(parse_query(w).tree, Run)][:40]
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
    return {name: (median(times[name]), counts[name]) for name in calls}


def main() -> None:
    """Build, ask, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--passages", type=int, default=50_000)
    parser.add_argument("--laws", action="store_true")
    parser.add_argument("--peers", default="tantivy,fts5,trigram,whoosh,scan")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    blocks.CACHED_BLOCKS = 1
    made: dict[str, Callable[[], Peer]] = {
        "tantivy": Tantivy,
        "fts5": lambda: Fts5("words"),
        "trigram": lambda: Fts5("trigram"),
        "whoosh": StockWhoosh,
        "scan": Scan,
    }
    with tempfile.TemporaryDirectory(prefix="fazhi-bench-") as name:
        folder = Path(name)
        reports = list(
            law_reports() if options.laws else generate_reports(options.passages, options.seed)
        )
        questions = choose_questions(_sample(reports), options.seed)
        ours = Ours(folder, iter(reports))
        served = serve_afresh(folder, questions, options.rounds)
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
        gc.freeze()  # as the site's server does
        held = ours.engine.overview().total
        print(f"\n{held.passages:,} passages of {held.reports:,} reports, {ours.characters:,} "
              f"characters, {os.cpu_count()} cores, "
              f"median of {options.rounds} rounds\n")  # fmt: skip
        _print_queries(ours, served.alone, peers, questions, options.rounds)
        _print_snippets(ours, questions, options.rounds)
        print("\n| build | seconds | characters/s |\n|---|---|---|")
        for engine, seconds in built.items():
            print(f"| {engine} | {seconds:.1f} | {ours.characters / seconds:,.0f} |")
        print("\n| part of the index | of the text's UTF-8 |\n|---|---|")
        for part, size in statistics_of(folder).components.items():
            print(f"| {part} | {size / ours.text_bytes:.3f} |")
        print(f"| **all** | {ours.index_bytes / ours.text_bytes:.2f} |")
        print(f"\nopen and first answer: {served.open_ms:.0f} ms; "
              f"memory of a serving process: {served.resident:.2f} GiB resident, "
              f"of that {served.private:.2f} its own")  # fmt: skip
        for peer in peers:
            peer.close()


def _sample(reports: Sequence[Report]) -> list[str]:
    """Folded passages from all over the collection, without those that begin a report."""
    every = max(1, len(reports) // 100)
    return [
        fold(report.text[passage.start : passage.end])
        for report in reports[::every]
        for passage in report.passages[1:]
    ][:1_500]


def statistics_of(folder: Path) -> Statistics:
    """Of the index in a folder."""
    snapshot = open_snapshot(folder)
    try:
        return statistics(snapshot)
    finally:
        snapshot.close()


class Served(NamedTuple):
    """What a fresh process took to serve an index, before any peer was built."""

    open_ms: float
    """To open it, verification included, and to answer the first question."""
    resident: float
    """GiB held after every question."""
    private: float
    """Of those, its own."""
    alone: Mapping[str, float]
    """Milliseconds of each question, as typed, while nobody else is asked."""


def serve_afresh(folder: Path, questions: Questions, rounds: int) -> Served:
    """An index opened, and asked everything, by a process that shares nothing with this one."""
    typed = [t for kind, own in questions.items() for t in (typed_as(kind, q) for q, _ in own)]
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_serve, (folder, typed, rounds))


def _serve(folder: Path, typed: Sequence[str], rounds: int) -> Served:
    cut_query("政府")  # loads the dictionary
    begun = time.perf_counter()
    engine = WhooshEngine(folder)
    _ask(engine, "政府")
    open_ms = (time.perf_counter() - begun) * 1000
    gc.freeze()  # as the site's server does
    kept, blocks.CACHED_BLOCKS = blocks.CACHED_BLOCKS, 1
    calls = {text: partial(_ask, engine, text) for text in typed}
    alone = {text: measure({text: call}, rounds)[text][0] for text, call in calls.items()}
    blocks.CACHED_BLOCKS = kept
    for text in typed:
        engine.search(SearchRequest(text))
        engine.trend([text])
        engine.matrix(SearchRequest(text))
    status = Path("/proc/self/status").read_text()
    sizes = dict(line.split(":", 1) for line in status.splitlines())
    resident, private = (int(sizes[name].split()[0]) / 2**20 for name in ("VmRSS", "RssAnon"))
    return Served(open_ms, resident, private, alone)


def typed_as(kind: str, text: str) -> str:
    """A question as it is typed."""
    return f'"{text}"' if "phrase" in kind else text


def _asked(ours: Ours, kind: str, text: str) -> dict[str, Callable[[], int]]:
    typed = typed_as(kind, text)
    return {ours.name: lambda: ours.ask(typed)}


def _print_queries(
    ours: Ours,
    alone: Mapping[str, float],
    peers: Sequence[Peer],
    questions: Questions,
    rounds: int,
) -> None:
    names = [ours.name, *(peer.name for peer in peers)]
    heads = ["by itself, ms", *(f"{name}, ms" for name in (names if peers else []))]
    heads += [f"ours / {name}" for name in names[1:]]
    loose = [peer for peer in peers if isinstance(peer, Tantivy)]
    heads += [f"ours / {peer.name}, facets inexact" for peer in loose]
    print("| question | passages | " + " | ".join(heads) + " |")
    print("|---" * (len(heads) + 2) + "|")
    for kind, own in questions.items():
        for text, words in own:
            if "phrase" in kind:
                for peer in loose:
                    peer.settle(text, ours.ask(typed_as(kind, text)))
            calls = _asked(ours, kind, text)
            calls |= {peer.name: peer_call(peer, kind, words) for peer in peers}
            found = measure(calls, rounds)
            spent, agreed = found[ours.name]
            cells = [f"{alone[typed_as(kind, text)]:.2f}"]
            cells += [_cell(*found[name], agreed) for name in (names if peers else [])]
            cells += ["" if found[n][1] < 0 else f"{spent / found[n][0]:.3g}" for n in names[1:]]
            for peer in loose:
                peer.exact = False
                both = _asked(ours, kind, text) | {peer.name: calls[peer.name]}
                mine, theirs = (took for took, _ in measure(both, rounds).values())
                cells.append(f"{mine / theirs:.3g}")
                peer.exact = True
            print(f"| {kind}: {text} | {agreed:,} | {' | '.join(cells)} |", flush=True)
    print("\nA count in brackets differs from ours: a run of characters is found as characters "
          "too, not as words alone.  –: the peer cannot answer it.")  # fmt: skip
    for peer in loose:
        if peer.asked_by_words:
            listed = "、".join(sorted(peer.asked_by_words))
            print(f"\ntantivy is asked for phrases as bigrams; as words, faster and with the same "
                  f"count, for {listed}.")  # fmt: skip


def _cell(milliseconds: float, count: int, agreed: int) -> str:
    if count < 0:
        return "–"
    return f"{milliseconds:.2f}" + ("" if count == agreed else f" ({count:,})")


def _print_snippets(ours: Ours, questions: Questions, rounds: int) -> None:
    phrases = [text for text, _ in questions["phrase"]]
    print("\n| ten snippets of | ms |\n|---|---|")
    for text in phrases:
        typed = f'"{text}"'
        calls: dict[str, Callable[[], int]] = {
            "with": lambda typed=typed: ours.ask(typed, snippets=True),  # type: ignore[misc]
            "without": lambda typed=typed: ours.ask(typed),  # type: ignore[misc]
        }
        found = measure(calls, rounds)
        print(f"| {text} | {found['with'][0] - found['without'][0]:.2f} |")
    near = f'"{phrases[0]}" 同句 "{phrases[1]}"'
    found = measure({near: lambda: ours.ask(near)}, rounds)
    print(f"\n{near} (whole answer): {found[near][0]:.2f} ms")


if __name__ == "__main__":
    main()
