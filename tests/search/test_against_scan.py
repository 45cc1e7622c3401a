"""The engine against a naive scan: random collections, histories and questions of every operator.

The scan folds by hand, walks every passage in Python and keeps occurrences as a set.  It shares
no code with the evaluator; only the words of the index (``index.analysis``) are taken as given.
Questions are typed text, so the parser is held to the same answers.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.model import CATEGORIES, Report
from index.analysis import cut_query, tokenize
from index.codec import rests, word_writer
from index.generations import build_lock
from index.update import update_index
from search import open_engine
from search.engine import Engine
from search.request import FIELDS, UNLABELLED, Field, FieldFilter, SearchRequest
from search.whoosh_engine import columns, matches, nearness, passage_sets
from tests.reports import build_report

Span = tuple[int, int]
Spans = set[Span]

IGNORED = "“”、 "
ENDS = "。!?"


# ---------------------------------------------------------------- the collection, scanned


@dataclass(frozen=True)
class Held:
    """A passage as the scan sees it."""

    report: str
    passage: str
    section: str
    agency: str | None
    year: int | None
    title: str
    stored: str

    @property
    def folded(self) -> str:
        lines = ["".join(c for c in line if c not in IGNORED) for line in self.stored.split("\n")]
        return "".join(line + "\n" for line in lines if line)

    def places(self, folded: str) -> Spans:
        text = self.folded
        size = len(folded)
        return {(i, i + size) for i in range(len(text)) if text.startswith(folded, i)}

    def word_places(self, word: str) -> Spans:
        return {
            (t.position, t.position + len(word)) for t in tokenize(self.folded) if t.word == word
        }

    def unit(self, at: int, ends: str) -> int:
        """The number of the sentence or paragraph a character stands in."""
        text = self.folded
        number = 0
        for i in range(1, at + 1):
            if text[i - 1] == "\n" or (text[i - 1] in ends and text[i] not in ends + "\n"):
                number += 1
        return number


@dataclass(frozen=True)
class Answer:
    """Whether a question is true of a passage, and the places of its positive leaves."""

    true: bool
    spans: frozenset[Span] = frozenset()


@dataclass(frozen=True)
class Asked:
    """A question as typed, and its meaning as a function of a passage."""

    typed: str
    meaning: Callable[[Held], Answer]


def found(spans: Spans) -> Answer:
    return Answer(bool(spans), frozenset(spans))


def hand_fold(text: str) -> str:
    return "".join(c for c in text if c not in IGNORED)


def phrase(text: str) -> Asked:
    return Asked(f'"{text}"', lambda held: found(held.places(hand_fold(text))))


def run(text: str) -> Asked:
    words = set(cut_query(text))

    def meaning(held: Held) -> Answer:
        whole = held.places(text)
        if whole or not words:
            return found(whole)
        apart = [held.word_places(word) for word in words]
        return found(set().union(*apart)) if all(apart) else Answer(False)

    return Asked(text, meaning)


def literal(text: str) -> Asked:
    def meaning(held: Held) -> Answer:
        kept = []
        for at in range(len(held.stored)):
            if held.stored.startswith(text, at):
                lead = next(i for i, c in enumerate(text) if c not in IGNORED)
                before = held.stored[: at + lead].split("\n")
                lines = [hand_fold(line) for line in before]
                start = sum(len(line) + 1 for line in lines[:-1] if line) + len(lines[-1])
                kept.append((start, start + len(hand_fold(text))))
        return found(set(kept))

    return Asked(f'="{text}"', meaning)


def prefix(text: str) -> Asked:
    def meaning(held: Held) -> Answer:
        return found(
            {
                (t.position, t.position + len(t.word))
                for t in tokenize(held.folded)
                if t.word.startswith(text)
            }
        )

    return Asked(f"{text}*", meaning)


def prefix_in_title(text: str) -> Asked:
    def meaning(held: Held) -> Answer:
        return Answer(any(t.word.startswith(text) for t in tokenize(hand_fold(held.title))))

    return Asked(f"标题:{text}*", meaning)


def both(left: Asked, right: Asked) -> Asked:
    def meaning(held: Held) -> Answer:
        one, two = left.meaning(held), right.meaning(held)
        return Answer(one.true and two.true, one.spans | two.spans)

    return Asked(f"({left.typed} {right.typed})", meaning)


def either(left: Asked, right: Asked) -> Asked:
    def meaning(held: Held) -> Answer:
        one, two = left.meaning(held), right.meaning(held)
        return Answer(one.true or two.true, one.spans | two.spans)

    return Asked(f"({left.typed} OR {right.typed})", meaning)


def without(child: Asked) -> Asked:
    # bracketed: two signs side by side would cancel each other
    return Asked(f"-({child.typed})", lambda held: Answer(not child.meaning(held).true))


def together(how: str, distance: int, left: Asked, right: Asked) -> Asked:
    operator = f"NEAR/{distance}" if how == "NEAR" else how

    def close(held: Held, one: Span, two: Span) -> bool:
        if one[0] < two[1] and two[0] < one[1]:
            return False
        if how == "NEAR":
            return max(two[0] - one[1], one[0] - two[1]) <= distance
        ends = ENDS if how == "同句" else ""
        units = {held.unit(at, ends) for span in (one, two) for at in (span[0], span[1] - 1)}
        return len(units) == 1

    def meaning(held: Held) -> Answer:
        ones, twos = left.meaning(held).spans, right.meaning(held).spans
        kept: Spans = set()
        for one in ones:
            for two in twos:
                if close(held, one, two):
                    kept |= {one, two}
        return found(kept)

    return Asked(f"({left.typed} {operator} {right.typed})", meaning)


def years(low: int, high: int) -> Asked:
    def meaning(held: Held) -> Answer:
        return Answer(held.year is not None and low <= held.year <= high)

    return Asked(f"年份:{low}..{high}", meaning)


def in_section(code: str) -> Asked:
    return Asked(f"章节:{code}", lambda held: Answer(held.section == code))


def in_title(text: str) -> Asked:
    return Asked(f'标题:"{text}"', lambda held: Answer(text in held.title))


# ---------------------------------------------------------------- random ones

PIECES = ["法治", "政府", "建设", "行政", "执法", "监督", *"法治政府建设行监", *"。；、“”\n"]
"""Whole words, so that random texts have what is asked, beside single characters, so that words
also stand across others."""
TEXTS = st.lists(st.sampled_from(PIECES), max_size=20).map("".join)
RUNS = st.sampled_from(
    [
        "法治",
        "法治政府",
        "政府建设",
        "行政执法",
        "执法监督",
        "监督",
        "法",
        "政府法治",
        "设行",
        "治政",
    ]
)
PHRASES = st.sampled_from(["法治", "政府", "执法", "法", "行政执法", "治政", "设。行", "政、府"])
LITERALS = st.sampled_from(["法治", "“法治", "法、治", "执法”", "政府", "法"])
PREFIXES = st.sampled_from(["法", "行", "行政", "执", "监督", "政"])

WORDS = RUNS.map(run) | PHRASES.map(phrase) | LITERALS.map(literal) | PREFIXES.map(prefix)
HOW = st.sampled_from(["同句", "同段", "NEAR"])
NEARNESS = st.recursive(
    WORDS | st.builds(either, WORDS, WORDS),
    lambda inner: st.builds(together, HOW, st.integers(0, 6), inner, inner),
    max_leaves=3,
).filter(lambda asked: any(how in asked.typed for how in ("同", "NEAR")))
NARROWED = st.builds(both, NEARNESS, WORDS) | st.builds(both, WORDS, NEARNESS)
"""What random trees seldom come to: places chosen by nearness, in passages chosen by more."""
LABELS = (
    st.builds(years, st.integers(2019, 2020), st.integers(2020, 2021))
    | st.sampled_from(CATEGORIES).map(in_section)
    | st.sampled_from(["甲县", "法治", "报告"]).map(in_title)
    | st.sampled_from(["甲", "法", "建", "司法", "报告2"]).map(prefix_in_title)
)
QUESTIONS = st.recursive(
    WORDS | NEARNESS | NARROWED | LABELS,
    lambda inner: (
        st.builds(both, inner, inner) | st.builds(either, inner, inner) | inner.map(without)
    ),
    max_leaves=5,
)

REPORTS = st.lists(
    st.tuples(
        st.sampled_from(["甲县司法局", "乙县司法局", None]),
        st.sampled_from([2019, 2020, 2021, None]),
        st.lists(TEXTS, min_size=1, max_size=5),
    ),
    min_size=1,
    max_size=6,
)


def make_report(number: int, agency: str | None, year: int | None, texts: list[str]) -> Report:
    first = number % len(CATEGORIES)
    return build_report(
        texts,
        id=f"r{number}",
        title=f"{agency or ''}法治建设报告{number}",
        agency=agency,
        kind="司法" if agency else None,
        region=("江南省",) if agency else (),
        year=year,
        categories=CATEGORIES[first:] + CATEGORIES[:first],
        headings=[("一、举措",)],
    )


@dataclass(frozen=True)
class Collection:
    reports: list[Report]
    parts: int
    removed: set[str]
    rarity: str = "small"

    def held(self) -> list[Held]:
        return [
            Held(r.id, p.id, p.category, r.agency, r.year, r.title, r.text[p.start : p.end])
            for r in self.reports
            if r.id not in self.removed
            for p in r.passages
        ]


@st.composite
def collections(draw: st.DrawFn) -> Collection:
    reports = [make_report(i, *given) for i, given in enumerate(draw(REPORTS))]
    ids = [report.id for report in reports[1:]]
    removed = set(draw(st.lists(st.sampled_from(ids), max_size=2))) if ids else set()
    return Collection(
        reports, draw(st.integers(1, 3)), removed, draw(st.sampled_from(sorted(RARITY)))
    )


RARITY: dict[str, tuple[float, int, int]] = {
    "small": (word_writer.TABLE_WORTH, matches.DENSE, passage_sets.SPARSE),
    "rare": (0, 0, 0),
    "mixed": (word_writer.TABLE_WORTH, 2, 3),
    "frequent": (1_000, 1_000, 1_000),
}
"""What the engine takes for frequent: a small collection would know it by half only."""


@contextlib.contextmanager
def built(collection: Collection) -> Iterator[Engine]:
    """The collection written in parts, so that there are segments, then some reports removed."""
    with (
        tempfile.TemporaryDirectory(prefix="fazhi-scan-") as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        # else only words of a thousand passages would be counted by their rests
        patch.setattr(rests, "FREQUENT", 2)
        patch.setattr(rests, "SHARE", 2)
        worth, dense, sparse = RARITY[collection.rarity]
        patch.setattr(word_writer, "TABLE_UNITS", 1)
        patch.setattr(word_writer, "TABLE_WORTH", worth)
        patch.setattr(matches, "DENSE", dense)
        patch.setattr(passage_sets, "SPARSE", sparse)
        patch.setattr(columns, "SPARSE", sparse)
        # sentences by table, a few at a time, or never
        patch.setattr(nearness, "STRETCH", 3)
        patch.setattr(nearness, "TABLE", 0 if collection.rarity == "rare" else nearness.TABLE)
        index_dir = Path(folder) / "index"
        with build_lock(index_dir):
            for part in range(collection.parts):
                if own := collection.reports[part :: collection.parts]:
                    update_index(index_dir, own, processes=1)
            if collection.removed:
                update_index(index_dir, [], collection.removed, processes=1)
        engine = open_engine(index_dir)
        try:
            yield engine
        finally:
            engine.close()


# ---------------------------------------------------------------- the comparison

FILTERS: list[dict[Field, FieldFilter]] = [
    {},
    {"year": FieldFilter(include=("2020", UNLABELLED))},
    {"agency": FieldFilter(exclude=("甲县司法局",))},
    {"section": FieldFilter(include=("achievements", "plans"))},
    {"year": FieldFilter(ranges=((2020, None),)), "agency": FieldFilter(include=(UNLABELLED,))},
]


def label(held: Held, field: Field) -> str:
    known = {
        "agency": held.agency,
        "year": None if held.year is None else str(held.year),
        "section": held.section,
        "kind": "司法" if held.agency else None,
        "region": "江南省" if held.agency else None,
    }
    return known[field] or UNLABELLED


def passes(held: Held, filters: dict[Field, FieldFilter], lifted: str = "") -> bool:
    for field, chosen in filters.items():
        if field == lifted:
            continue
        value = label(held, field)
        inside = value in chosen.include or any(
            value.isdigit() and (low or 0) <= int(value) <= (high or 9999)
            for low, high in chosen.ranges
        )
        if (chosen.include or chosen.ranges) and not inside:
            return False
        if value in chosen.exclude:
            return False
    return True


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(collections(), st.lists(QUESTIONS, min_size=4, max_size=12), st.sampled_from(FILTERS))
def test_hits_counts_and_facets_are_those_of_a_scan(
    collection: Collection, questions: list[Asked], filters: dict[Field, FieldFilter]
) -> None:
    held = collection.held()
    with built(collection) as engine:
        for asked in questions:
            answers = {h: asked.meaning(h) for h in held}
            expected = {h: answers[h].spans for h in held if answers[h].true and passes(h, filters)}
            page = engine.search(SearchRequest(asked.typed, filters, size=100))
            # a small collection may have no report of a chosen year
            assert {notice.code for notice in page.notices} <= {"not_held"}, asked.typed
            hits = {(hit.report_id, hit.passage): hit.occurrences for hit in page.hits}
            assert hits == {(h.report, h.passage): len(spans) for h, spans in expected.items()}, (
                asked.typed
            )
            assert page.total.passages == len(expected)
            assert page.total.reports == len({h.report for h in expected})
            assert page.total.occurrences == sum(map(len, expected.values())), asked.typed
            for field in FIELDS:
                lifted = [h for h in held if answers[h].true and passes(h, filters, field)]
                pairs = {(h.report, label(h, field)) for h in lifted}
                counted = {v.value: v.count for v in page.facets[field].values if v.count}
                assert counted == Counter(value for _, value in pairs), (asked.typed, field)


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(collections(), st.lists(WORDS | NEARNESS | NARROWED, min_size=3, max_size=8))
def test_every_view_gives_the_totals_of_the_list(
    collection: Collection, questions: list[Asked]
) -> None:
    with built(collection) as engine:
        for asked in questions:
            request = SearchRequest(asked.typed, size=100)
            total = engine.search(request).total
            trend = engine.trend([asked.typed])[0]
            assert trend.total == total
            assert sum(row.reports for row in trend.rows) == total.reports
            assert sum(row.occurrences for row in trend.rows) == total.occurrences
            assert sum(row.held for row in trend.rows) == len({h.report for h in collection.held()})
            assert engine.concordance(request).total == total
            matrix = engine.matrix(request)
            assert matrix.total == total
            assert sum(cell.occurrences for cell in matrix.columns) == total.occurrences
            hits = list(engine.stream(request).hits)
            assert len(hits) == total.passages
            assert sum(hit.occurrences for hit in hits) == total.occurrences


@pytest.mark.parametrize(
    ("text", "spans"),
    [("法、治政府", {(0, 2)}), ("府\n\n法治", {(2, 4)}), ("法治法治", {(0, 2), (2, 4)})],
)
def test_the_scan_itself_finds_what_one_sees(text: str, spans: Spans) -> None:
    held = Held("r", "s", "other", None, None, "", text)
    assert phrase("法治").meaning(held).spans == spans


def small(*texts: str) -> Collection:
    """A report a text, of 2020 but the last, which is of 2019."""
    last = len(texts) - 1
    return Collection(
        [
            make_report(i, "甲县司法局", 2019 if i == last else 2020, [text])
            for i, text in enumerate(texts)
        ],
        1,
        set(),
    )


def test_as_many_passages_as_hold_a_phrase_need_not_be_those_that_hold_it() -> None:
    only_2020: dict[Field, FieldFilter] = {"year": FieldFilter(include=("2020",))}
    with built(small("法治。", "监督。", "法治。执法法治。")) as engine:
        page = engine.search(SearchRequest('"法治" OR 年份:2020', only_2020))
        assert {hit.report_id: hit.occurrences for hit in page.hits} == {"r0": 1, "r1": 0}
        assert page.total.occurrences == 1


def test_literals_that_fold_alike_count_wherever_either_stands() -> None:
    with built(small("“法治法治”法、治。")) as engine:
        page = engine.search(SearchRequest('="“法治" OR ="法、治"'))
        assert page.total.occurrences == 2
