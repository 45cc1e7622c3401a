"""Postings of words come back, whatever the gaps and frequencies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.codec.container import Container, write_container
from index.codec.word_writer import WordColumns, encode_words
from index.codec.words import WordReader

UNITS = 3_000_000
POSTINGS: dict[str, dict[int, int]] = {
    "一": dict.fromkeys(range(900), 1),
    "万": {5: 1, 6: 2, 7: 3},
    "三": {0: 4, 254: 1, 509: 15},
    "下": {0: 16, 255: 1, 511: 255},
    "不": {1: 256, 70_000: 1, 2_999_999: 70_000},
    "专": {2_999_999: 1},
    "世": {i * 300: i % 5 + 1 for i in range(2_000)},
    "业": {i * 70_000: 1 for i in range(40)},
    "丑": {0: 4, 1: 1},
    "丙": {1: 16},
    "丛": {2: 256},
    "东": {0: 1, 255: 1, 510: 1, 765: 1, 1_000_000: 1},
    "𠀀": {3: 3, 65_538: 2, 131_073: 1},
}


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> WordReader:
    terms = sorted(POSTINGS)
    columns = WordColumns(
        terms,
        np.repeat(np.arange(len(terms), dtype=np.uint32), [len(POSTINGS[t]) for t in terms]),
        np.array([doc for t in terms for doc in POSTINGS[t]], np.uint32),
        np.array([freq for t in terms for freq in POSTINGS[t].values()], np.uint32),
        {1: np.array([0, 9, 700], np.uint32), 7: np.array([3], np.uint32)},
    )
    path: Path = tmp_path_factory.mktemp("words") / "x.fz"
    sections = encode_words(columns, UNITS, 5_000)
    write_container(path, {f"body.{name}": values for name, values in sections.items()})
    return WordReader(Container(path), "body", lambda _: np.array([0, 3, 9], np.uint32), 5_000)


def test_every_encoding_is_used(reader: WordReader) -> None:
    kinds = {term: int(reader._kind[reader.find(term)]) for term in POSTINGS}
    assert {kind & 15 for kind in kinds.values()} == {1, 2, 4}
    assert {kind >> 4 for kind in kinds.values()} == {0, 1, 2, 3, 4}


def test_postings(reader: WordReader) -> None:
    for term, expected in POSTINGS.items():
        found = reader.postings(reader.find(term))
        assert dict(zip(found.docs.tolist(), found.freqs.tolist(), strict=True)) == expected
        assert (found.docs.dtype, found.freqs.dtype.kind) == (np.uint32, "u")
        assert reader.count(reader.find(term)) == len(expected)
    assert reader.find("七") == -1
    assert reader.find("") == -1


def test_terms_and_lengths(reader: WordReader) -> None:
    assert reader.terms() == sorted(POSTINGS)
    assert [reader.term(i) for i in range(len(reader))] == sorted(POSTINGS)
    lengths = np.zeros(UNITS, np.int64)
    for own in POSTINGS.values():
        for doc, freq in own.items():
            lengths[doc] += freq
    assert (reader.lengths == lengths).all()


def test_positions_are_those_with_a_token(reader: WordReader) -> None:
    assert reader.positions("一").tolist() == [0, 9]
    assert reader.positions("七").tolist() == []
    assert reader.token_positions(1).tolist() == [0, 9, 700]
    assert reader.long_tokens()[0].tolist() == [3]
