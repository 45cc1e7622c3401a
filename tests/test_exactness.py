"""Counts against a plain scan that shares no code with the engine.

The scan has its own small folding, written from DESIGN §4 (NFKC where it gives one
character, lower case, the published table, ignorable characters dropped, paragraphs apart), and
reads the passages through the engine's public answers only.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from search import open_engine
from search.engine import Engine
from search.request import SearchRequest
from search.results import ReportDocument

IGNORABLE = set("\t\r\u3000\u00a0\u200b\u200c\u200d\u2060\ufeff“”‘’\"'「」『』《》〈〉、·")
Folds = Callable[[str], str]
PHRASES = 1_000
"""Of each collection, two of which are real: 1 to 50 characters, cut anywhere."""


@pytest.fixture(scope="session")
def fold_by_hand(project_dir: Path) -> Folds:
    table = {}
    for line in (project_dir / "docs" / "folding.tsv").read_text(encoding="utf-8").splitlines():
        character, folded = line.split("\t")
        if all("\u3400" <= c <= "\u9fff" for c in character + folded) and folded:
            table[character] = folded

    def fold(text: str) -> str:
        out = []
        for character in text:
            if character in IGNORABLE:
                continue
            normal = unicodedata.normalize("NFKC", character)
            character = (normal if len(normal) == 1 else character).lower()
            out.append(table.get(character, character))
        kept = re.sub("(?<=[0-9a-z]) +(?=[0-9a-z])", "\0", "".join(out)).replace(" ", "")
        return kept.replace("\0", " ")

    return fold


Lines = dict[str, list[list[str]]]
"""By report id, each passage's paragraphs, folded."""


def held_lines(engine: Engine, fold: Folds) -> Lines:
    lines: Lines = {}
    page = 1
    while listed := engine.reports(page=page, size=50).reports:
        for summary in listed:
            report = engine.report(summary.id)
            assert isinstance(report, ReportDocument)
            lines[summary.id] = [
                [fold(line) for line in report.text[p.start : p.end].split("\n")]
                for p in report.passages
            ]
        page += 1
    return lines


class Scan:
    """All lines side by side, and where each passage begins among them."""

    def __init__(self, lines: Lines) -> None:
        self.starts: list[int] = []
        self.reports: list[str] = []
        parts: list[str] = []
        size = 0
        for report, held in lines.items():
            for passage in held:
                text = "".join(f"{line}\n" for line in passage)
                self.starts.append(size)
                self.reports.append(report)
                parts.append(text)
                size += len(text)
        self.text = "".join(parts)

    def __call__(self, phrase: str) -> tuple[int, int, int]:
        """Reports, passages, occurrences; those that overlap count each."""
        passages = set()
        occurrences, at = 0, self.text.find(phrase)
        while at >= 0:
            passages.add(bisect_right(self.starts, at) - 1)
            occurrences, at = occurrences + 1, self.text.find(phrase, at + 1)
        return len({self.reports[one] for one in passages}), len(passages), occurrences


def build(folders: list[Path], index_dir: Path, project_dir: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "index", "build", *map(str, folders), "--index-dir", str(index_dir)],
        cwd=project_dir,
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="module", params=["samples", "reports", "state_council_work_reports"])
def collection(
    request: pytest.FixtureRequest, project_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    if request.param == "samples":
        folder = project_dir / "corpus" / "samples"
    else:
        folder = request.getfixturevalue("shared_dir") / "corpora" / request.param
    place = tmp_path_factory.mktemp(request.param)
    own = place / "reports"
    own.mkdir()
    for path in folder.glob("*.txt"):
        shutil.copy(path, own)
    build([own], place / "index", project_dir)
    engine = open_engine(place / "index")
    yield engine
    engine.close()


def random_phrases(lines: Lines, count: int, seed: int) -> Iterator[str]:
    chooser = random.Random(seed)
    flat = [line for held in lines.values() for passage in held for line in passage if line]
    made = 0
    while made < count:
        line = chooser.choice(flat)
        size = chooser.randint(1, 50)
        at = chooser.randrange(max(1, len(line) - size + 1))
        phrase = line[at : at + size].strip()
        if phrase:
            made += 1
            yield phrase


def test_any_phrase_is_found_everywhere_and_nowhere_else(
    collection: Engine, fold_by_hand: Folds
) -> None:
    lines = held_lines(collection, fold_by_hand)
    assert len(lines) >= 5
    scan = Scan(lines)
    wrong = []
    for phrase in random_phrases(lines, PHRASES, seed=7):
        total = collection.search(SearchRequest(f'"{phrase}"', size=1, facet_size=0)).total
        found = (total.reports, total.passages, total.occurrences)
        if found != (expected := scan(phrase)):
            wrong.append((phrase, found, expected))
    assert wrong == []


def test_unquoted_finds_at_least_what_quoted_finds(collection: Engine, fold_by_hand: Folds) -> None:
    lines = held_lines(collection, fold_by_hand)
    fewer = []
    for phrase in random_phrases(lines, 150, seed=8):
        if not re.fullmatch("[\u4e00-\u9fff]+", phrase):
            continue
        quoted = collection.search(SearchRequest(f'"{phrase}"', size=1, facet_size=0)).total
        plain = collection.search(SearchRequest(phrase, size=1, facet_size=0)).total
        if plain.reports < quoted.reports or plain.passages < quoted.passages:
            fewer.append((phrase, plain, quoted))
    assert fewer == []


def test_quotation_marks_inside_a_phrase_do_not_hide_it(
    shared_dir: Path, project_dir: Path, tmp_path: Path
) -> None:
    build([shared_dir / "corpora" / "reports"], tmp_path / "index", project_dir)
    engine = open_engine(tmp_path / "index")
    try:
        for typed in ('"行政执法三项制度"', "“行政执法“三项制度””", '"行政执法「三项制度」"'):
            assert engine.search(SearchRequest(typed)).total.occurrences == 10, typed
        literal = engine.search(SearchRequest('="行政执法“三项制度”"')).total.occurrences
        assert 0 < literal < 10
    finally:
        engine.close()
