"""Folding against a second reading of DESIGN §4, written apart."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.folding import TABLE_PATH, fold, fold_query, fold_with_offsets, stored_span

ALPHABET = st.sampled_from(
    "法治政府建设着著髮發鶏①㎡…％ＡAbZ09 \t\u3000\u00a0\u200b\ufeff\n\n\r"
    "“”‘’\"'「」『』《》〈〉、·﹁｢､。；！？：，,．⼀⺠豈\ud800😀İß"
)
TEXTS = st.text(ALPHABET, max_size=60)

IGNORED = set("\u200b\u200c\u200d\ufeff“”‘’\"'「」『』《》〈〉、·")


@pytest.fixture(scope="module")
def han() -> dict[str, str]:
    """The published table's folds of one Han character into another."""
    pairs = (line.split("\t") for line in TABLE_PATH.read_text("utf-8").splitlines())
    return {a: b for a, b in pairs if b and a >= "\u2e80"}


def plain_fold(text: str, han: dict[str, str]) -> list[str]:
    """Paragraphs, folded one character at a time."""
    found = []
    for line in text.split("\n"):
        out = []
        for c in line:
            one = unicodedata.normalize("NFKC", c)
            one = one if len(one) == 1 else c
            one = one.lower() if len(one.lower()) == 1 else one
            one = han.get(one, one)
            if one not in IGNORED:
                out.append(" " if one.isspace() else one)
        joined = re.sub("(?<=[0-9a-z]) +(?=[0-9a-z])", "\0", "".join(out)).replace(" ", "")
        if joined:
            found.append(joined.replace("\0", " "))
    return found


@given(TEXTS)
@example("a “ ” b\n \n、\n")
def test_fold_is_the_plain_reading(han: dict[str, str], text: str) -> None:
    assert fold(text) == "".join(line + "\n" for line in plain_fold(text, han))


@given(TEXTS)
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXTS)
def test_offsets_lead_back_to_the_characters(text: str) -> None:
    folded, offsets = fold_with_offsets(text)
    assert folded == fold(text)
    assert offsets.shape == (len(folded) + 1,)
    assert offsets[-1] == len(text)
    assert (offsets[1:] >= offsets[:-1]).all()
    for place, character in enumerate(folded):
        start, end = stored_span(offsets, place, place + 1)
        if character == "\n":
            assert text[start : start + 1] in ("\n", "")
        elif character == " ":
            assert text[start].isspace()
        else:
            assert fold(text[start:end]) == character + "\n"


@pytest.mark.parametrize(
    ("stored", "folded"),
    [
        ("行政执法“三项制度”", "行政执法三项制度"),
        ("双随机、一公开", "双随机一公开"),
        ("《法治政府建设实施纲要》", "法治政府建设实施纲要"),
        ("Ｐｙｔｈｏｎ　３", "python 3"),
        ("第 12 条", "第12条"),
        ("顯著", "显着"),
        ("乾隆", "干隆"),
        ("㎡", "㎡"),
        ("①", "1"),
        ("⻓⼯", "长工"),
        ("首违\n不罚", "首违不罚"),
        ("、“”", ""),
    ],
)
def test_queries(stored: str, folded: str) -> None:
    assert fold_query(stored) == folded


def test_a_span_leaves_dropped_characters_outside() -> None:
    text = "执法“三项 制度”完"
    folded, offsets = fold_with_offsets(text)
    start = folded.index("三项制度")
    begin, end = stored_span(offsets, start, start + 4)
    assert text[begin:end] == "三项 制度"


def test_the_table_is_one_line_a_character(project_dir: Path) -> None:
    lines = (project_dir / "docs" / "folding.tsv").read_text("utf-8").splitlines()
    keys = [line.split("\t")[0] for line in lines]
    assert keys == sorted(set(keys))
    assert all(len(line.split("\t")) == 2 and len(line) <= 3 for line in lines)


def test_a_query_of_ideographs_folds_as_text_does() -> None:
    ideographs = [chr(code) for code in range(0x4E00, 0xA000)]
    assert [fold_query(own) for own in ideographs] == [fold(own)[:-1] for own in ideographs]
    for text in ("", "法治", "法治國", "法治 政府", "法治\n政府", "法治a b", "〇"):
        assert fold_query(text) == fold(text.replace("\n", " "))[:-1]
