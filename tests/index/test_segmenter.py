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
