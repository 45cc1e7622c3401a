"""Precision and recall of each label over the cases under ``tests/cases/labels``.

    python -m benchmarks.labels [--failures]

prints a table for the cases that the rules were written with, and one for each batch of texts
that they had not seen (``unseen_*.json``; ``docs/labels.md`` has the figures of first contact).
A label counts as *given* when it is not unknown; precision is right over given, recall right
over expected.  A *confident wrong* one is given, wrong, and not marked as inferred.  The cases
are invented texts; ``tests/corpus/test_labelling.py`` runs the same ones, one test each.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from corpus.labelling import label_report
from corpus.model import CleanText, Report
from corpus.readers import read_bytes

CASES: Final = Path(__file__).resolve().parents[1] / "tests" / "cases" / "labels"
LABELS: Final = (
    "series",
    "title",
    "agency",
    "aliases",
    "kind",
    "region",
    "year",
    "published",
    "document_number",
    "outline",
)


@dataclass(frozen=True, slots=True)
class Case:
    """One invented text and the labels it must get; a label that is absent is not judged.

    A row of the data with an ``encoding`` is a whole file and goes through its reader first.
    """

    id: str
    trap: str
    clean: CleanText
    file_name: str
    expect: Mapping[str, Any]


@dataclass(slots=True)
class Score:
    """Counts of cases for one label."""

    given: int = 0
    expected: int = 0
    right: int = 0
    confident_wrong: int = 0
    failures: list[str] = field(default_factory=list)


def load_cases(folder: Path = CASES) -> tuple[Case, ...]:
    """Every case of every file in the folder, by file name, then as written."""
    bodies: dict[str, list[str]] = json.loads((folder / "bodies.json").read_text("utf-8"))
    found = []
    for path in sorted(folder.glob("*.json")):
        if path.name == "bodies.json":
            continue
        for row in json.loads(path.read_text("utf-8")):
            lines: list[str] = []
            for line in row["text"]:
                lines += bodies[line[1:-1]] if line[:1] == "{" else [line]
            text = "\n".join(lines)
            clean = (
                read_bytes(text.encode(row["encoding"]), row["file_name"])
                if "encoding" in row
                else CleanText(text, page_published=row.get("page_published"))
            )
            name = f"{path.stem}/{row['id']}"
            found.append(Case(name, row["trap"], clean, row["file_name"], row["expect"]))
    return tuple(found)


def read_label(report: Report, label: str) -> Any:
    """A report's label in the form in which the cases write it."""
    if label == "outline":
        return [[s.level, s.number, s.heading, s.category] for s in report.outline]
    value = getattr(report, label)
    return list(value) if isinstance(value, tuple) else value


def score_cases(cases: tuple[Case, ...]) -> dict[str, Score]:
    """The score of each label, in the order of ``LABELS``."""
    scores = {label: Score() for label in LABELS}
    for case in cases:
        report = label_report(case.clean, file_name=case.file_name)
        for label, score in scores.items():
            if label in case.expect:
                _count(score, case, report, label)
    return scores


def _count(score: Score, case: Case, report: Report, label: str) -> None:
    want = case.expect[label]
    got = read_label(report, label)
    score.given += got not in (None, [])
    score.expected += want not in (None, [])
    if got == want:
        score.right += got not in (None, [])
        return
    score.failures.append(f"{case.id}（{case.trap}）: {got!r}, not {want!r}")
    source = report.provenance.get(label)
    if got not in (None, []) and source is not None and source.certainty == "read":
        score.confident_wrong += 1


def main(arguments: list[str]) -> int:
    """Print a table for each batch; status 1 when a label is wrong anywhere."""
    batches: dict[str, list[Case]] = {"seen": []}
    for case in load_cases():
        name = case.id.split("/")[0]
        batches.setdefault(name if name.startswith("unseen") else "seen", []).append(case)
    return max(_print(name, tuple(own), arguments) for name, own in batches.items())


def _print(name: str, cases: tuple[Case, ...], arguments: list[str]) -> int:
    scores = score_cases(cases)
    print(f"{name}: {len(cases)} cases")
    print(f"{'label':<16}{'cases':>6}{'precision':>11}{'recall':>9}{'confident wrong':>17}")
    for label, score in scores.items():
        judged = sum(label in case.expect for case in cases)
        if not judged:
            continue
        precision = score.right / score.given if score.given else 1.0
        recall = score.right / score.expected if score.expected else 1.0
        print(f"{label:<16}{judged:>6}{precision:>11.3f}{recall:>9.3f}{score.confident_wrong:>17}")
    if "--failures" in arguments:
        for label, score in scores.items():
            for failure in score.failures:
                print(f"{label}: {failure}")
    print()
    return int(any(score.failures for score in scores.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
