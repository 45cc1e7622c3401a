"""Phrase recall and precision on real texts: both exactly 1, against a plain scan.

The scan folds by the published table (``docs/folding.tsv``) and shares no code with the engine.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from corpus.model import Report
from index.analysis import cut_query
from index.builder import build_segment
from index.codec.reader import SegmentReader

PHRASES = 2_000


@pytest.fixture(scope="module")
def fold(project_dir: Path) -> Callable[[str], str]:
    lines = (project_dir / "docs" / "folding.tsv").read_text("utf-8").split("\n")
    table = {line[0]: line[2:] for line in lines if line}

    def folded(text: str) -> str:
        found = []
        for line in text.split("\n"):
            own = "".join(" " if c.isspace() else table.get(c, c) for c in line)
            own = re.sub("(?<=[a-z0-9]) +(?=[a-z0-9])", "\0", own).replace(" ", "")
            if own:
                found.append(own.replace("\0", " ") + "\n")
        return "".join(found)

    return folded


@pytest.fixture(scope="module")
def texts(shared_dir: Path) -> list[str]:
    paths = sorted((shared_dir / "corpora" / "state_council_work_reports").glob("国务院_*.txt"))
    paths += sorted((shared_dir / "corpora" / "reports").glob("*.txt"))
    return [path.read_text("utf-8", errors="replace") for path in paths]


@pytest.fixture(scope="module")
def segment(texts: list[str], make_report: Callable[..., Report]) -> SegmentReader:
    """Passages of about 400 characters, cut anywhere."""
    return build_segment(
        make_report([text[i : i + 400] for i in range(0, len(text), 400)]) for text in texts
    )


def test_two_thousand_phrases(
    segment: SegmentReader, texts: list[str], fold: Callable[[str], str]
) -> None:
    folded = [fold(text[i : i + 400]) for text in texts for i in range(0, len(text), 400) if text]
    whole = "".join(folded)
    assert segment.body.char_count == len(whole) > 1_000_000
    paragraphs = [p for text in folded for p in text.split("\n") if p]
    rng = random.Random(20)
    for _ in range(PHRASES):
        paragraph = rng.choice(paragraphs)
        start = rng.randrange(len(paragraph))
        phrase = paragraph[start : start + rng.choice([1, 2, 3, 4, rng.randint(1, 50)])]
        expected, at = [], whole.find(phrase)
        while at >= 0:
            expected.append(at)
            at = whole.find(phrase, at + 1)
        found = segment.body.phrase(phrase)
        assert found.tolist() == expected, phrase
        docs = segment.body.docs_at(found)
        assert (segment.body.starts[docs] <= found).all()
        assert (found < segment.body.starts[docs + 1]).all()


def test_word_positions_are_where_the_word_is_a_token(segment: SegmentReader) -> None:
    body = segment.body
    for word in [
        "政府",
        "改革开放",
        "的",
        "社会主义",
        "中华人民共和国",
        "全国人民代表大会常务委员会",
    ]:
        found = body.word(word)
        positions = body.word_positions(word)
        if found is None:
            assert not len(positions)
            continue
        docs, counts = np.unique(body.docs_at(positions), return_counts=True)
        assert docs.tolist() == found.docs.tolist()
        assert counts.tolist() == found.freqs.tolist()
        assert cut_query(word)
