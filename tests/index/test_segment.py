"""A segment answers as a plain reading of the folded passages does."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.folding import fold
from corpus.identity import passage_hash
from corpus.model import Report
from index.analysis import tokenize
from index.builder import build_segment
from index.codec import rests
from index.codec.reader import SegmentReader
from index.codec.rests import SHARE
from index.codec.space import OwnSpace
from index.types import TextSpace

PASSAGE = st.text(
    st.sampled_from("法治政府建设人民首违不罚。！，\n、“” a1b Ｃ\ud800😀"), max_size=40
)
REPORTS = st.lists(st.lists(PASSAGE, min_size=1, max_size=4), min_size=1, max_size=5)


def folded_passages(reports: list[Report]) -> list[str]:
    return [fold(r.text[p.start : p.end]) for r in reports for p in r.passages]


def places(text: str, wanted: str) -> list[int]:
    """Every place, overlapping ones too."""
    found, at = [], text.find(wanted)
    while at >= 0:
        found.append(at)
        at = text.find(wanted, at + 1)
    return found


def check_space(space: TextSpace, texts: list[str], rng: random.Random) -> None:
    """Compare a space with its passages' folded texts."""
    whole = "".join(texts)
    assert space.char_count == len(whole)
    assert space.starts.tolist() == list(np.cumsum([0, *map(len, texts)]))
    inner = [p for text in texts for p in text.split("\n") if p]
    asked = {p[i : i + rng.randint(1, 8)] for p in inner for i in range(min(len(p), 12))}
    asked |= {"不在", "罚政", "a 1"}
    for phrase in sorted(asked):
        assert space.phrase(phrase).tolist() == places(whole, phrase), phrase
    for character in set(whole) - {"\n"}:
        assert list(space.char(character)) == places(whole, character)
    for i in range(len(whole) - 1):
        bigram = whole[i : i + 2]
        if bigram[0] != "\n":
            assert list(space.gram(bigram)) == places(whole, bigram)
            assert space.gram_count(bigram) == len(places(whole, bigram))

    at: dict[str, list[int]] = {}
    in_docs: dict[str, Counter[int]] = {}
    base = 0
    for doc, text in enumerate(texts):
        for word, position in tokenize(text):
            at.setdefault(word, []).append(base + position)
            in_docs.setdefault(word, Counter())[doc] += 1
        base += len(text)
    for word, positions in at.items():
        found = space.word(word)
        assert found is not None
        assert dict(zip(found.docs.tolist(), found.freqs.tolist(), strict=True)) == in_docs[word]
        assert found.docs.tolist() == sorted(in_docs[word])
        assert space.word_positions(word).tolist() == sorted(positions)
        assert space.word_count(word) == len(in_docs[word])
        stands = places(whole, word)
        rest = sorted({*stands} - {*positions})
        kept = isinstance(space, OwnSpace) and len(word) > 1 and len(rest) * SHARE <= len(stands)
        found_rest = space.rest(word)
        assert (None if found_rest is None else found_rest.tolist()) == (rest if kept else None)
        check_prefix(space, word[0], in_docs)
    check_prefix(space, "没有", in_docs)
    assert space.word("没有这个词") is None
    assert len(space.word_positions("没有这个词")) == 0
    lengths = [sum(c[doc] for c in in_docs.values()) for doc in range(len(texts))]
    assert space.word_lengths().tolist() == lengths


def check_prefix(space: TextSpace, prefix: str, in_docs: dict[str, Counter[int]]) -> None:
    words = sorted(word for word in in_docs if word.startswith(prefix))
    assert space.words_with_prefix(prefix) == words
    found = space.prefixed(prefix)
    assert found.counts.tolist() == [len(in_docs[word]) for word in words]
    pairs = zip(found.docs.tolist(), found.freqs.tolist(), strict=True)
    assert list(pairs) == [pair for word in words for pair in sorted(in_docs[word].items())]


def check_tokens(segment: SegmentReader, texts: list[str]) -> None:
    """Where tokens begin and end, asked of every position and of some."""
    spans, base = [], 0
    for text in texts:
        spans += [(base + at, base + at + len(word)) for word, at in tokenize(text)]
        base += len(text)
    for every, shortest in ((1, 1), (1, 3), (2, 2), (7, 1), (3, 6), (base + 1, 1)):
        asked = np.arange(0, base, every, np.uint32)
        starts, ends = segment.tokens_at(asked, shortest)
        wanted = [(s, e) for s, e in spans if s % every == 0 and e - s >= shortest]
        assert list(zip(starts.tolist(), ends.tolist(), strict=True)) == sorted(wanted)
    starts, ends = segment.tokens_at(asked[:0], 1)
    assert not len(starts)
    assert not len(ends)


def check_segment(segment: SegmentReader, reports: list[Report]) -> None:
    rng = random.Random(1)
    check_space(segment.space("body"), folded_passages(reports), rng)
    check_space(segment.space("title"), [fold(r.title) for r in reports for _ in r.passages], rng)
    check_space(
        segment.space("heading"),
        [fold("\n".join(p.headings)) for r in reports for p in r.passages],
        rng,
    )
    check_tokens(segment, folded_passages(reports))
    assert [segment.report(i) for i in range(segment.report_count)] == reports
    passages = [(r, p) for r in reports for p in r.passages]
    for doc, (report, passage) in enumerate(passages):
        assert segment.passage_text(doc) == report.text[passage.start : passage.end]
        assert segment.passage_id(doc) == passage.id
        assert reports[int(segment.report_of[doc])] is report
    shuffled = np.array(rng.sample(range(len(passages)), len(passages)), np.int64)
    asked = [passages[doc] for doc in shuffled.tolist()]
    assert segment.passage_headings(shuffled) == [p.headings for _, p in asked]
    assert segment.passage_hashes(shuffled) == [
        passage_hash(r.text[p.start : p.end]) for r, p in asked
    ]
    for number, report in enumerate(reports):
        columns = segment.reports
        agency = int(columns.agency[number])
        assert (None if agency < 0 else columns.agency_values[agency]) == report.agency
        assert int(columns.year[number]) == (-1 if report.year is None else report.year)
        assert segment.report_characters(number) == len(report.text)
        assert segment.report_id(number) == report.id


@pytest.fixture(scope="module", autouse=True)
def all_words_have_rests() -> Iterator[None]:
    """Else only words of a thousand passages would."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rests, "FREQUENT", 1)
        yield


@given(REPORTS)
@settings(max_examples=60, deadline=None)
def test_any_collection(make_report: Callable[..., Report], texts: list[list[str]]) -> None:
    reports = [
        make_report(passages, agency=None if i % 3 == 2 else f"第{i}局", year=2020 + i)
        for i, passages in enumerate(texts)
    ]
    check_segment(build_segment(reports), reports)


def test_sentences_and_paragraphs(make_report: Callable[..., Report]) -> None:
    segment = build_segment([make_report(["甲。乙！！丙\n丁；戊", "己。\n"])])
    assert segment.paragraphs.tolist() == [0, 7, 11]
    assert segment.sentences.tolist() == [0, 2, 5, 7, 11]


def test_nothing_to_index() -> None:
    with pytest.raises(ValueError, match="no report"):
        build_segment([])
