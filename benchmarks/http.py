"""Results pages over HTTP: the production server under wrk, on the machine's own cores.

    python -m benchmarks.http [--passages 50000 | --index-dir D] [--seconds 20] [--runs 3]

Builds a generated index (3,000 agencies, 15 years) or takes one, starts ``python -m web`` as a
user would, and drives it with wrk from one thread, so that the load generator shares the cores.
Every request of a run asks what was not asked before, so that nothing remembered flatters it;
then a short list is asked over and over, as readers of one shared link do.  Each measurement is
made ``--runs`` times and the quietest (most requests a second) stands in the table, with the
range of all.  Prints Markdown tables.  Needs wrk (``apt-get install wrk``).
"""

from __future__ import annotations

import argparse
import importlib.metadata
import itertools
import json
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlencode

from benchmarks.generate import generate_reports
from benchmarks.screenshots import served
from corpus.folding import fold
from index.analysis import cut_query
from index.generations import build_lock
from index.update import update_index
from search import open_engine
from search.engine import Engine
from search.query import Run
from search.query_parser import parse_query
from search.results import ReportDocument

Pairs: TypeAlias = list[tuple[str, str]]

MIX = {
    "frequent phrase": 12,
    "rare phrase": 12,
    "one word": 10,
    "AND": 14,
    "OR": 6,
    "nearness": 4,
    "filters": 14,
    "sorts": 8,
    "pages 2 and 3": 6,
    "facet selection": 6,
    "concordance": 4,
    "trend": 2,
    "matrix": 2,
}
"""Of a hundred requests."""

SAMPLED_REPORTS = 400
FREQUENT = 0.01
"""Share of the sampled passages a frequent phrase stands in, at least."""
REPEATED = 40
"""Questions of the repeated mix."""

SCRIPT = """
local paths, at, last = {}, 0, 0
wrk.headers["Accept-Encoding"] = "gzip"
function init(args)
  for line in io.lines(args[1]) do paths[#paths + 1] = line end
  at, last = tonumber(args[2]), #paths
end
function request()
  at = at % last + 1
  return wrk.format("GET", paths[at])
end
function done(summary, latency, requests)
  local errors = summary.errors
  print(string.format('\\n{"p50": %f, "p90": %f, "p99": %f, "worst": %f, "requests": %d, ' ..
    '"seconds": %f, "bytes": %d, "errors": %d}', latency:percentile(50) / 1e3,
    latency:percentile(90) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3,
    summary.requests, summary.duration / 1e6, summary.bytes,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of wrk.  Times in milliseconds."""

    p50: float
    p90: float
    p99: float
    worst: float
    requests: int
    seconds: float
    bytes: int
    errors: int

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


class Questions:
    """Addresses in the proportions of ``MIX``, none of them twice."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self._random = random.Random(seed)
        self._seen: set[str] = set()
        facets = engine.overview().facets
        self._values = {
            field: [one.value for one in facets.get(field, ())]
            for field in ("agency", "region", "kind", "section", "year")
        }
        texts = list(_passages(engine))
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update({text[i : i + n] for n in (2, 3, 4, 6) for i in range(len(text) - n + 1)})
        good = {text: n for text, n in counts.items() if all("一" <= c <= "鿿" for c in text)}
        self._frequent = sorted(t for t, n in good.items() if n >= FREQUENT * len(texts))
        self._rare = sorted(t for t, n in good.items() if n <= 2 and len(t) >= 4)
        words = Counter(w for t in texts for w in set(cut_query(t.replace("\n", "。"))))
        # words that are no operators: 或者 is the language's OR
        self._words = [
            w for w, _ in words.most_common(4_000)
            if len(w) > 1 and isinstance(parse_query(w).tree, Run)
        ]  # fmt: skip
        self._makers: dict[str, Callable[[], tuple[str, Pairs]]] = {
            "frequent phrase": lambda: _search(self._phrase(self._frequent)),
            "rare phrase": lambda: _search(self._phrase(self._rare)),
            "one word": lambda: _search(self._word()),
            "AND": lambda: _search(" ".join(self._some_words(2, 3))),
            "OR": lambda: _search(" OR ".join(self._some_words(3, 4))),
            "nearness": self._nearness,
            "filters": lambda: _search(self._any(), *self._filters()),
            "sorts": lambda: _search(
                self._any(), ("sort", self._random.choice(("-year", "year", "agency", "first")))
            ),
            "pages 2 and 3": lambda: _search(
                self._random.choice(self._words), ("page", self._random.choice("23"))
            ),
            "facet selection": self._selection,
            "concordance": lambda: _search(self._any(), ("view", "concordance")),
            "trend": lambda: (
                "/trend", [("q", self._phrase(self._frequent)) for _ in range(3)]
            ),
            "matrix": lambda: _search(self._any(), ("view", "matrix")),
        }  # fmt: skip

    def make(self, kind: str) -> str:
        """An address of this kind that was not made before."""
        for _ in range(1_000):
            path, pairs = self._makers[kind]()
            address = f"{path}?{urlencode(pairs)}"
            if address not in self._seen:
                self._seen.add(address)
                return address
        raise ValueError(f"no more questions of the kind “{kind}”: hold more passages")

    def mixed(self, count: int) -> list[str]:
        """``count`` addresses, kinds in random order."""
        kinds = self._random.choices(list(MIX), list(MIX.values()), k=count)
        return [self.make(kind) for kind in kinds]

    def _phrase(self, phrases: Sequence[str]) -> str:
        return f'"{self._random.choice(phrases)}"'

    def _word(self) -> str:
        # The commonest are asked for more often.
        return self._words[int(len(self._words) * self._random.random() ** 2)]

    def _some_words(self, low: int, high: int) -> list[str]:
        common = self._words[:600]
        return self._random.sample(common, self._random.randint(low, high))

    def _any(self) -> str:
        return self._random.choice((self._word(), self._phrase(self._frequent)))

    def _nearness(self) -> tuple[str, Pairs]:
        operator = self._random.choice(("同句", "同段", "NEAR/20"))
        return _search(f" {operator} ".join(self._some_words(2, 2)))

    def _filters(self) -> Pairs:
        draw = self._random
        low, high = sorted(draw.sample(self._values["year"], 2))
        ways: tuple[Pairs, ...] = (
            [("year", f"{low}..{high}")],
            [("section", draw.choice(self._values["section"]))],
            [("kind", draw.choice(self._values["kind"])), ("year", high)],
            [("region", draw.choice(self._values["region"]))],
            [("agency", draw.choice(self._values["agency"]))],
            [("section", "-achievements"), ("region", draw.choice(self._values["region"]))],
        )
        return draw.choice(ways)

    def _selection(self) -> tuple[str, Pairs]:
        field = self._random.choice(("agency", "region", "kind", "year"))
        chosen = [(field, value) for value in self._random.sample(self._values[field], 2)]
        away = [(field, "-" + self._random.choice(self._values[field]))]
        if self._random.random() < 0.3:
            return f"/search/facet/{field}", [("q", self._any())]
        return _search(self._any(), *self._random.choice((chosen, away)))


def _search(query: str, *pairs: tuple[str, str]) -> tuple[str, Pairs]:
    return "/search", [("q", query), *pairs]


def _passages(engine: Engine) -> Iterator[str]:
    """Folded passages from all over the collection, without those that begin a report."""
    pages = max(1, engine.overview().total.reports // 100)
    wanted = max(1, SAMPLED_REPORTS // pages)
    for page in range(1, pages + 1):
        for summary in engine.reports(page, 100).reports[:wanted]:
            report = engine.report(summary.id)
            if isinstance(report, ReportDocument):
                for passage in report.passages[1:]:
                    yield fold(report.text[passage.start : passage.end])


def drive(address: str, paths: Sequence[str], clients: int, seconds: int) -> Measured:
    """What wrk measures asking the paths in turn."""
    with tempfile.TemporaryDirectory(prefix="fazhi-wrk-") as name:
        script, listed = Path(name, "ask.lua"), Path(name, "paths")
        script.write_text(SCRIPT)
        listed.write_text("\n".join(paths) + "\n")
        command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "10s"]
        command += ["-s", str(script), address, "--", str(listed), "0"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def quietest(runs: Sequence[Measured]) -> Measured:
    """The run that was disturbed the least."""
    return max(runs, key=lambda run: run.rate)


@contextmanager
def index_of(passages: int, given: Path | None) -> Iterator[Path]:
    """The folder of an index: the one given, or one built for the while."""
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="fazhi-http-") as name:
        with build_lock(Path(name)):
            update_index(Path(name), generate_reports(passages))
        yield Path(name)


def machine() -> str:
    """Cores, memory and versions, in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    parts = [f"{os.cpu_count()} cores", f"{memory:.0f} GiB", f"Python {platform.python_version()}"]
    for name in ("granian", "flask", "jinja2", "bleach", "numpy"):
        parts.append(f"{name} {importlib.metadata.version(name)}")
    return ", ".join(parts)


def wrk_version() -> str:
    """As wrk says it; its ``-v`` exits with 1."""
    said = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False).stdout
    return said.split()[1].removeprefix("debian/")


def report_runs(name: str, clients: int, runs: Sequence[Measured]) -> None:
    """A line of the table."""
    best = quietest(runs)
    p99 = [run.p99 for run in runs]
    print(f"| {name} | {clients} | {best.requests:,} | {best.rate:.0f} | {best.p50:.1f} "
          f"| {best.p90:.1f} | {best.p99:.1f} | {min(p99):.0f}–{max(p99):.0f} | {best.worst:.0f} "
          f"| {best.bytes / best.requests / 1000:.0f} | {sum(r.errors for r in runs)} |",
          flush=True)  # fmt: skip


HEAD = ("| asked | clients | requests | a second | p50 ms | p90 ms | p99 ms | p99 of all runs "
        "| worst ms | kB sent a page | errors |\n" + "|---" * 11 + "|")  # fmt: skip


def main() -> int:
    """Measures and prints; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.http")
    parser.add_argument("--passages", type=int, default=50_000)
    parser.add_argument("--index-dir", type=Path)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", action="store_true", help="also each kind of question by itself")
    given = parser.parse_args()
    if shutil.which("wrk") is None:
        print("needs wrk: apt-get install wrk", file=sys.stderr)
        return 2
    with index_of(given.passages, given.index_dir) as folder:
        engine = open_engine(folder)
        held = engine.overview().total
        questions = Questions(engine, given.seed)
        engine.close()
        del engine
        print(f"{held.passages:,} passages of {held.reports:,} reports; {machine()}, "
              f"wrk {wrk_version()}; {given.runs} runs of {given.seconds} s\n")  # fmt: skip
        with served(folder) as address:
            drive(address, questions.mixed(1_000), 8, 5)
            print(HEAD)
            for clients in (1, 8):
                runs = []
                for _ in range(given.runs):
                    paths = questions.mixed(500 * given.seconds)
                    runs.append(drive(address, paths, clients, given.seconds))
                    if runs[-1].requests > len(paths):
                        raise RuntimeError("questions were asked twice: make more")
                report_runs("each once", clients, runs)
            few = questions.mixed(REPEATED)
            for clients in (1, 8):
                runs = [drive(address, few, clients, given.seconds) for _ in range(given.runs)]
                report_runs(f"{REPEATED} over and over", clients, runs)
            for kind in MIX if given.kinds else ():
                own = list(itertools.islice(_while_any(questions, kind), 1_500))
                report_runs(kind, 1, [drive(address, own, 1, min(5, given.seconds))])
    return 0


def _while_any(questions: Questions, kind: str) -> Iterator[str]:
    while True:
        try:
            yield questions.make(kind)
        except ValueError:
            return


if __name__ == "__main__":
    sys.exit(main())
