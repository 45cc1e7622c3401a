"""Grams of all four kinds, against a plain scan."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from pyroaring import BitMap

from index.codec import gram_writer, grams
from index.codec.container import Container, write_container
from index.codec.gram_writer import encode_grams
from index.codec.grams import GramReader, code_points
from index.codec.roaring import serialized_have, serialized_members
from index.errors import SegmentFull

FAR = 140_000
"""Characters between two places of the far gram: more than two bytes hold, twice."""


@pytest.fixture(scope="module")
def text() -> str:
    """Paragraphs of common characters, some less common, and one pair far apart."""
    rng = random.Random(3)
    parts = []
    size = 0
    while size < 6 * FAR:
        some = "".join(rng.choices("人民政府法治建设", k=rng.randrange(1, 40)))
        if rng.random() < 0.02:
            some += rng.choice(["首违不罚", "双随机", "龘靐", "人人人", "\ud800x😀"])
        if size // FAR != (size + len(some)) // FAR:
            some += "遥远"
        parts.append(some + "\n")
        size += len(parts[-1])
    return "".join(parts)


@pytest.fixture(scope="module")
def reader(text: str, tmp_path_factory: pytest.TempPathFactory) -> GramReader:
    path: Path = tmp_path_factory.mktemp("grams") / "x.fz"
    with pytest.MonkeyPatch.context() as patch:
        # else only a segment of tens of millions of characters would have wide grams
        patch.setattr(gram_writer, "MOST_RARE", 4)
        sections = encode_grams(code_points(text))
    write_container(path, {f"body.{name}": values for name, values in sections.items()})
    return GramReader(Container(path), "body", len(text))


def places(text: str, wanted: str) -> list[int]:
    found, at = [], text.find(wanted)
    while at >= 0:
        found.append(at)
        at = text.find(wanted, at + 1)
    return found


def test_every_kind_is_there(reader: GramReader) -> None:
    kinds = {gram: reader._find(gram).kind for gram in reader.bigrams()}
    assert set(kinds.values()) == {"rare", "near", "wide", "dense"}
    assert kinds["遥远"] == "wide"
    assert kinds["人民"] == "dense"
    assert kinds["双随"] == "near"


def test_every_gram(reader: GramReader, text: str) -> None:
    own = list(reader.bigrams())
    assert own == sorted({text[i : i + 2] for i in range(len(text) - 1) if text[i] != "\n"})
    for gram in own:
        expected = places(text, gram)
        assert reader.count(gram) == len(expected)
        assert reader.positions(gram).tolist() == expected
        assert list(reader.gram(gram)) == expected
    assert reader.count("没有") == 0
    assert not reader.gram("府没")


@pytest.mark.parametrize("lookup", [grams.LOOKUP, -(2**30)], ids=["", "always looked up"])
@pytest.mark.parametrize(("together", "merged"), [(0, 0), (grams.TOGETHER, grams.MERGED)])
def test_phrases_over_kinds(
    reader: GramReader,
    text: str,
    monkeypatch: pytest.MonkeyPatch,
    lookup: int,
    together: int,
    merged: int,
) -> None:
    # else only grams of hundreds of thousands of places would be looked up, or be bitmaps
    monkeypatch.setattr(grams, "LOOKUP", lookup)
    monkeypatch.setattr(grams, "TOGETHER", together)
    monkeypatch.setattr(grams, "MERGED", merged)
    rng = random.Random(4)
    asked = {"遥远", "府遥远", "遥远\n", "建设首违不罚", "人人人", "人人人人", "龘靐\n", "x😀"}
    rarities = [i for i, c in enumerate(text) if c in "首双龘遥"]
    while len(asked) < 300:
        at = rng.choice(rarities) - 3 if rng.random() < 0.5 else rng.randrange(len(text))
        asked.add(text[max(0, at) : at + rng.randrange(1, 9)].split("\n")[0])
    for phrase in asked - {""}:
        assert reader.phrase(phrase).tolist() == places(text, phrase), phrase
    assert reader.phrase("").tolist() == []


def test_the_text_comes_back(reader: GramReader, text: str) -> None:
    assert reader.restore(len(text)).tolist() == code_points(text).tolist()


def test_values_are_looked_up_in_several_bitmaps_at_once() -> None:
    bitmaps = [
        BitMap(range(0, 900_000, 700)),
        BitMap(range(200_000, 900_000, 300)),  # without the first containers
        BitMap([5]),
        BitMap(range(0, 900_000, 3)),  # sets of bits
    ]
    asked = np.arange(0, 2**20, 100, dtype=np.uint32)
    for chosen in ([0, 1, 2], [1, 0], [2, 3]):
        raws = [bitmaps[i].serialize() for i in chosen]
        ends = np.cumsum([len(raw) for raw in raws]).tolist()
        bounds = list(zip([0, *ends], ends, strict=False))
        found = serialized_have(
            np.frombuffer(b"".join(raws), np.uint8), bounds, np.stack([asked] * len(chosen))
        )
        for row, i in enumerate(chosen):
            assert asked[found[row]].tolist() == [own for own in bitmaps[i] if own % 100 == 0]


@pytest.mark.parametrize(
    "bitmap",
    [
        BitMap(range(0, 900_000, 700)),
        BitMap([0, 65_535, 65_536, 4_294_967_295]),
        BitMap([*range(0, 20_000, 2), 200_000]),
        BitMap([*range(5, 9_000), 200_000]),
    ],
    ids=["arrays", "edges", "a set of bits", "a run"],
)
def test_a_serialized_bitmap_is_read_without_being_built(bitmap: BitMap) -> None:
    bitmap.run_optimize()
    raw = np.frombuffer(bitmap.serialize(), np.uint8)
    assert serialized_members(raw).tolist() == list(bitmap)
    asked = np.array([*list(bitmap)[::3], 0, 1, 2**20, 2**31, 2**32 - 1], np.uint32)[::-1]
    whole = [(0, len(raw))]
    found = serialized_have(raw, whole, asked[np.newaxis])
    assert found.tolist() == [[int(own) in bitmap for own in asked]]
    far = np.array([[2**31 + 5]], np.uint32)
    assert serialized_have(raw, whole, far).tolist() == [[False]]


def test_positions_that_do_not_fit_beside_a_vast_alphabet_are_refused() -> None:
    """A million different characters leave 22 bits for a position."""
    codes = np.concatenate([np.arange(1, 1_060_001), np.full(3_600_000, 5)]).astype(np.uint32)
    with pytest.raises(SegmentFull):
        encode_grams(codes)
