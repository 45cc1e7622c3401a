"""Cutting: the fast cutter cuts as jieba does, and hostile runs take no time."""

from __future__ import annotations

import time
from pathlib import Path

import jieba
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.folding import fold
from index.analysis import cut_query, is_word, open_segmenter, tokenize
from index.analysis.batch import analyse

TEXTS = st.text(
    st.sampled_from("法治政府建设人民首违不罚龘行政执法的了。，;!?:\n a1b.%-_#&+@/\ud800😀①"),
    max_size=60,
)


LONG = st.sampled_from(["法治政府" * 101, "的" * 401, "a" * 401, "龘" * 900])
"""Runs without punctuation, longer than ``LONGEST_RUN``."""


@given(TEXTS | st.lists(TEXTS | LONG, max_size=4).map("。".join))
@example("法治政府。" + "的" * 401 + "。行政执法")
@settings(deadline=None)
def test_joined_again_it_is_the_text(text: str) -> None:
    folded = fold(text)
    assert "".join(open_segmenter().cut(folded)) == folded


@given(TEXTS)
@example("首违不罚龘龘的" * 100 + "a-b 法治" * 70)
@settings(deadline=None)
def test_tokens_stand_where_they_say(text: str) -> None:
    folded = fold(text)
    tokens = tokenize(folded)
    assert len(set(tokens)) == len(tokens)
    for word, position in tokens:
        assert folded.startswith(word, position)
        assert is_word(word)
        assert "\n" not in word


def test_search_mode_is_jiebas_own() -> None:
    text = "中华人民共和国的实施条例,全国人民代表大会常务委员会2021年修订3.5%"
    reference = [w for w in jieba.lcut_for_search(text) if is_word(w)]
    assert sorted(token.word for token in tokenize(text)) == sorted(reference)


def test_real_texts_are_cut_as_jieba_cuts_them(shared_dir: Path) -> None:
    segmenter = open_segmenter()
    if not segmenter.accelerated:
        pytest.skip("no accelerator here: there is nothing to compare")
    for path in sorted((shared_dir / "corpora" / "reports").glob("*.txt")):
        for line in fold(path.read_text("utf-8", errors="replace")).split("\n"):
            if len(line) <= 400:
                assert segmenter.cut(line) == segmenter.cut_by_jieba(line)


RANGES = [
    (0x2E80, 0x2FDF),  # radicals
    (0x3007, 0x3007),
    (0x3021, 0x3029),
    (0x3040, 0x30FF),  # kana
    (0x3100, 0x312F),  # bopomofo
    (0x3400, 0x4DBF),  # extension A
    (0x4E00, 0x9FD5),
    (0x9FD6, 0x9FFF),
    (0xAC00, 0xD7A3),  # hangul
    (0xD800, 0xDFFF),  # lone surrogates
    (0xE000, 0xF8FF),  # private use
    (0xF900, 0xFAFF),  # compatibility ideographs
    (0xFF66, 0xFF9F),  # kana of half width
    (0x1B000, 0x1B16F),  # more kana
    (0x1F600, 0x1F64F),
    (0x20000, 0x2A6DF),  # extension B
    (0x2A700, 0x2EBEF),  # C to F
    (0x2EBF0, 0x2EE5D),  # I
    (0x2F800, 0x2FA1F),  # more compatibility ideographs
    (0x30000, 0x323AF),  # G and H
    (0xF0000, 0xF00FF),  # private use
]
BESIDE = st.sampled_from([*"执法治的一张某某市,。:1 ", "法治政府", "100%", "2021年", "占九成"])


@given(
    st.data(),
    st.lists(st.sampled_from(RANGES), min_size=1, max_size=3),
)
@example(None, [])
@settings(deadline=None, max_examples=400)
def test_rare_characters_are_cut_as_jieba_cuts_them(
    data: st.DataObject | None, ranges: list[tuple[int, int]]
) -> None:
    texts = ["执法𠮷𠮷占100%。", "执法,𠮷𠮷占九成。", "张㛃㛃鿏鿏"]
    if data is not None:
        rare = st.one_of([st.integers(*own).map(chr) for own in ranges])
        # what stands twice side by side is what one of the two may join
        pieces = st.lists(BESIDE | rare | rare.map(lambda own: own * 2), max_size=12)
        texts = [data.draw(pieces.map("".join))]
    segmenter = open_segmenter()
    for text in texts:
        assert segmenter.cut(fold(text)) == segmenter.cut_by_jieba(fold(text))


def test_a_long_unknown_run_is_not_quadratic() -> None:
    run = "龘靐齉爩麤灪籲鱻" * 12_500
    started = time.perf_counter()
    assert "".join(open_segmenter().cut(run)) == run
    assert time.perf_counter() - started < 8


def test_a_query_is_words_without_punctuation() -> None:
    assert cut_query("推进,法治政府!建设") == ["推进", "法治", "政府", "建设"]
    assert cut_query("。!") == []


@given(st.lists(TEXTS | LONG, max_size=6))
@settings(deadline=None)
def test_a_batch_is_its_texts_one_by_one(texts: list[str]) -> None:
    batch = analyse(texts)
    folded = [fold(text) for text in texts]
    assert batch.lengths.tolist() == [len(text) for text in folded]
    assert "".join(map(chr, batch.codes.tolist())) == "".join(folded)
    words = [batch.vocabulary[number] for number in batch.words.tolist()]
    assert "".join(words) == "".join(folded)
    assert words == [word for text in folded for word in open_segmenter().cut(text)]
