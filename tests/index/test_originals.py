"""Originals: with the folded text they give the stored text back, and say what stands as typed."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.folding import fold, fold_query, fold_with_offsets
from corpus.model import Report
from index.builder import build_segment
from index.codec import originals
from index.codec.container import MemorySections
from index.codec.moves import Move, placed
from index.codec.originals import (
    USUAL,
    Listed,
    Originals,
    encode_originals,
    list_originals,
    merge_originals,
    read_originals,
)

DROPPED = "“”《》、·　 \t\r\u200b"
CHARACTERS = (
    "法治政府行"
    + "臺台著着灣"
    + "，,；;：:！!（(）)。.．"
    + DROPPED
    + "\n"
    + "aＡ1１bⅣ\xa0"
    + "\ud800\udc00😀𠀀\0"
)
PIECES = st.sampled_from(
    [*CHARACTERS, "法治", "“法治”", "a b", "a“ b", "\n　　", "》《", "、、、、", "”\n“"]
)
TEXT = st.lists(PIECES, max_size=25).map("".join)
PASSAGES = st.lists(TEXT, min_size=1, max_size=6)


def raw(texts: list[str]) -> list[bytes]:
    return [text.encode("utf-8", "surrogatepass") for text in texts]


def starts(texts: list[str]) -> list[int]:
    return [0, *np.cumsum([len(fold(text)) for text in texts]).tolist()]


def by_place(part: Listed) -> dict[int, str]:
    places, rows = part.all()
    return {at: part.strings[row] for at, row in zip(places.tolist(), rows.tolist(), strict=True)}


def rebuilt(texts: list[str], found: Originals) -> list[str]:
    """The stored texts, from the folded ones and the lists."""
    own, tails, heads = map(by_place, found)
    again, at = [], 0
    for number, text in enumerate(texts):
        stored = heads.get(number, "")
        for character in fold(text):
            stored += own.get(at, USUAL.get(character, character)) + tails.get(at, "")
            at += 1
        again.append(stored)
    return again


def same(one: Originals, other: Originals) -> bool:
    return all(
        list(a.strings) == list(b.strings)
        and [list(own) for own in a.lists] == [list(own) for own in b.lists]
        for a, b in zip(one, other, strict=True)
    )


def through(sections: dict[str, object]) -> Originals:
    named = {f"originals.{name}": values for name, values in sections.items()}
    return read_originals(MemorySections(named))  # type: ignore[arg-type]


@given(PASSAGES)
@settings(max_examples=150, deadline=None)
@example(["“”", "\n", "", "“法\n \n”治", "\n法", "法 ", "a“ ”b", "臺，,", "、" * 300])
def test_the_stored_text_comes_back(texts: list[str]) -> None:
    for size in (1, originals.CHUNK):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(originals, "CHUNK", size)
            found = list_originals(raw(texts))
        assert rebuilt(texts, found) == texts
        assert same(through(encode_originals(found)), found)
        for part in found:
            assert list(part.strings) == sorted(set(part.strings))
            assert all(len(own) for own in part.lists)


def test_places_far_from_one_another() -> None:
    texts = ["法、" * 9 + ("法" * 600 + "“") * 9 + "法" * 140_000 + "《法"]
    found = list_originals(raw(texts))
    sections = encode_originals(found)
    assert all(len(sections[f"places{width}"]) for width in (1, 2, 4))
    assert rebuilt(texts, through(sections)) == texts


@given(st.lists(PASSAGES, min_size=1, max_size=4), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_joined_lists_are_those_of_the_joined_texts(
    parts: list[list[str]], rng: random.Random
) -> None:
    asked, left = [], []
    for texts in parts:
        kept = np.array([rng.random() < 0.7 for _ in texts], np.bool_)
        own = through(encode_originals(list_originals(raw(texts))))
        asked.append((own, Move(np.array(starts(texts), np.uint32), kept)))
        left += [text for text, stays in zip(texts, kept, strict=True) if stays]
    placed([move for _, move in asked])
    expected = encode_originals(list_originals(raw(left)))
    for name, values in merge_originals(asked).items():
        wanted = expected[name]
        if isinstance(values, np.ndarray) and isinstance(wanted, np.ndarray):
            assert values.dtype == wanted.dtype
            assert values.tolist() == wanted.tolist()
        else:
            assert values == wanted


def by_scan(texts: list[str], typed: str, whole: str) -> list[int]:
    """Every body position at which the folded characters stand and the stored text is what was
    typed, passage by passage."""
    wanted = fold_query(typed)
    lead = next(i for i in range(len(typed)) if fold_query(typed[: i + 1]))
    found = []
    for begin, text in zip(starts(texts), texts, strict=False):
        offsets = fold_with_offsets(text)[1].tolist()
        for at, place in enumerate(offsets[:-1]):
            stands = whole.startswith(wanted, begin + at) and place >= lead
            if stands and text.startswith(typed, place - lead):
                found.append(begin + at)
    return found


def mutated(texts: list[str], rng: random.Random) -> str:
    """A piece of a text, sometimes spoilt."""
    text = rng.choice(texts)
    at = rng.randrange(len(text) + 1)
    typed = text[at : at + rng.randint(1, 8)]
    if rng.random() < 0.4:
        at = rng.randrange(len(typed) + 1)
        typed = typed[:at] + rng.choice(CHARACTERS) + typed[at + rng.randint(0, 1) :]
    return typed


@given(PASSAGES, st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_what_stands_as_typed_is_what_a_scan_finds(
    make_report: Callable[..., Report], texts: list[str], rng: random.Random
) -> None:
    segment = build_segment([make_report(texts)])
    whole = "".join(map(fold, texts))
    for typed in [mutated(texts, rng) for _ in range(20)] + [f"{c}法" for c in "“\n "]:
        folded = fold_query(typed)
        if not folded:
            continue
        places = segment.body.phrase(folded)
        found = places[segment.stands_as_typed(places, typed)].tolist()
        assert found == by_scan(texts, typed, whole), ascii(typed)
        if "\n" not in typed.strip("\n“”《》、·　 \t\r\u200b"):
            # and no place of the stored text is missed
            count = sum(text.startswith(typed, i) for text in texts for i in range(len(text)))
            assert len(found) == count, ascii(typed)


AROUND = ["法治，", "“法、治”，,\n“法、", "法治\n", "法"]
"""Folded 法治,⏎ 法治,,⏎法⏎ 法治⏎ 法⏎, from 0, 4, 11 and 14."""


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("法", [0, 4, 9, 11, 14]),
        ("“法", [4, 9]),
        ("““法", []),
        ("治”", [5]),
        ("\n“法", [9]),
        ("\n法", []),
        ("法、治", [4]),
        ("法治", [0, 11]),
        ("法治\n", [11]),
        ("法、\n", []),
        ("，", [2, 6]),
        (",", [7]),
        (",\n“", [7]),
        (",\n”", []),
        ("，,", [6]),
        ("，，", []),
    ],
)
def test_what_stands_around(
    make_report: Callable[..., Report], typed: str, expected: list[int]
) -> None:
    segment = build_segment([make_report(AROUND)])
    places = segment.body.phrase(fold_query(typed))
    assert places[segment.stands_as_typed(places, typed)].tolist() == expected
