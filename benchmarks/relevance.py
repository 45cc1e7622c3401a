"""Ranking quality on STARD: 1,543 lay questions, 60,485 articles of law.

    python -m benchmarks.relevance

Each article is one report of one passage, its name above its text; each question is asked as
``相近:"…"``.  Odd questions are held out: every weight was chosen on the even ones
(``--tune`` shows the choice).  Plain BM25 is the same question with contiguity off.  Prints a
Markdown table; of an article's ``recall@n``, every judged one weighs the same within a question.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from corpus.model import Passage, Report, Source
from index.generations import build_lock
from index.update import update_index
from search.request import SearchRequest
from search.whoosh_engine import scores
from search.whoosh_engine.engine import WhooshEngine

STARD = Path(__file__).resolve().parents[2] / "shared" / "corpora" / "ir_stard_statutes"
DEEP = 100
TRIED = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2)


@dataclass(frozen=True)
class Quality:
    """Means over questions."""

    recall_at_10: float
    recall_at_100: float
    mrr_at_10: float

    def __str__(self) -> str:
        return f"{self.recall_at_10:.4f} | {self.recall_at_100:.4f} | {self.mrr_at_10:.4f}"


def rows(name: str) -> Iterator[list[str]]:
    """Cells of a file's lines.  Raises FileNotFoundError without the corpus."""
    with (STARD / name).open(encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n").split("\t")


def articles() -> Iterator[Report]:
    """A report an article."""
    for name in ("corpus_relevant.tsv", "corpus_distractors.tsv"):
        for number, title, text in rows(name):
            whole = f"{title}\n{text}\n"
            yield Report(
                series="other",
                title=title,
                agency=None,
                aliases=(),
                kind=None,
                region=(),
                year=None,
                published=None,
                document_number=None,
                text=whole,
                outline=(),
                passages=(Passage("s0", 0, len(whole), "other", ()),),
                sources=(Source(f"{number}.txt", "0" * 64, len(whole)),),
                id=number,
            )


def judge(found: Sequence[str], wanted: frozenset[str]) -> Quality:
    """One question's figures."""
    places = [place for place, one in enumerate(found) if one in wanted]
    return Quality(
        sum(place < 10 for place in places) / len(wanted),
        len(places) / len(wanted),
        1 / (places[0] + 1) if places and places[0] < 10 else 0.0,
    )


def measure(
    engine: WhooshEngine,
    questions: Mapping[str, str],
    wanted: Mapping[str, frozenset[str]],
    *,
    contiguity: bool = True,
) -> Quality:
    """Figures over some questions."""
    each = []
    for number, question in questions.items():
        asked = SearchRequest(
            f'相近:"{question}"', size=DEEP, facet_size=0, snippets=False, contiguity=contiguity
        )
        found = [hit.report_id for hit in engine.search(asked).hits]
        each.append(judge(found, wanted[number]))
    return Quality(
        fmean(q.recall_at_10 for q in each),
        fmean(q.recall_at_100 for q in each),
        fmean(q.mrr_at_10 for q in each),
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--tune", action="store_true", help="try weights of pairs on the even ones")
    options = parser.parse_args()
    relevant: dict[str, set[str]] = {}
    for question, _, article, _ in rows("qrels.tsv"):
        relevant.setdefault(question, set()).add(article)
    wanted = {question: frozenset(own) for question, own in relevant.items()}
    questions = {number: text for number, text in rows("queries.tsv") if number in wanted}
    halves = {
        "even (tuned on)": {n: q for n, q in questions.items() if int(n) % 2 == 0},
        "odd (held out)": {n: q for n, q in questions.items() if int(n) % 2},
        "all": questions,
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with build_lock(folder):
            update_index(folder, articles())
        engine = WhooshEngine(folder)
        print("| questions | | recall@10 | recall@100 | MRR@10 |\n|---|---|---|---|---|")
        for half, own in halves.items():
            for title, contiguity in (("words", False), ("words and pairs", True)):
                print(
                    f"| {half} | {title} | {measure(engine, own, wanted, contiguity=contiguity)} |"
                )
        if options.tune:
            print("\n| weight of pairs | recall@10 | recall@100 | MRR@10 |\n|---|---|---|---|")
            for weight in TRIED:
                scores.PAIR = weight  # type: ignore[misc]
                print(f"| {weight} | {measure(engine, halves['even (tuned on)'], wanted)} |")
        engine.close()


if __name__ == "__main__":
    main()
