"""Any history of an index: what is asked of it afterwards is what a plain reading would say.

Two state machines.  One changes an index report by report (``index.update``): adding, changing,
relabelling, removing, bringing back, small segments and large, builds that fail, and an index
lost but for its ledger.  The other changes a folder of files and builds (``index.builder``).  After
every step the engine, ordinary Whoosh and the ledger are held to a reading that has its own
folding (from the published table) and shares no code with the engine but jieba's words.  Each
build has a time of its own: the one at which what is new to the index, text or labels, was taken
in.
"""

from __future__ import annotations

import base64
import hashlib
import random
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from whoosh import query
from whoosh.index import open_dir

from corpus.model import CATEGORIES, Passage, Report, Source
from index.__main__ import main
from index.analysis import cut_query, tokenize
from index.builder import build_index
from index.generations import build_lock
from index.snapshot import open_snapshot
from index.update import update_index
from search import SearchRequest, open_engine
from search.engine import Engine
from search.request import UNLABELLED
from search.results import Gone, Moved, ReportDocument
from tests.reports import build_report

ROOT = Path(__file__).resolve().parents[2]
TABLE = {
    line[0]: line[2:]
    for line in (ROOT / "docs" / "folding.tsv").read_text("utf-8").split("\n")
    if line
}
LATIN = re.compile("[a-z0-9]")

Span = tuple[int, int]
Answer = tuple[bool, set[Span]]
"""Whether a question is true of a passage, and the folded places of what it asked for."""


def fold_by_hand(text: str) -> tuple[str, list[int]]:
    """The folded text, and where each of its characters stands in the text."""
    folded: list[str] = []
    places: list[int] = []
    at = 0
    for line in text.split("\n"):
        begun = len(folded)
        blank: int | None = None
        for place, character in enumerate(line, at):
            if character.isspace():
                blank = place if blank is None else blank
                continue
            for own in TABLE.get(character, character):
                between = blank is not None and len(folded) > begun
                if between and LATIN.match(own) and LATIN.match(folded[-1]):
                    folded.append(" ")
                    places.append(blank or 0)
                blank = None
                folded.append(own)
                places.append(place)
        if len(folded) > begun:
            folded.append("\n")
            places.append(at + len(line))
        at += len(line) + 1
    return "".join(folded), places


def hash_by_hand(text: str) -> str:
    plain = "".join(character for character in text if not character.isspace())
    digest = hashlib.sha256(plain.encode("utf-8", "surrogatepass")).digest()
    return base64.b32encode(digest)[:8].decode("ascii").lower()


@dataclass(frozen=True)
class Held:
    """A passage that is held, as the reading sees it."""

    report: Report
    passage: Passage
    folded: str
    places: list[int] = field(repr=False)

    @property
    def key(self) -> tuple[str, str]:
        return self.report.id, self.passage.id

    @property
    def stored(self) -> str:
        return self.report.text[self.passage.start : self.passage.end]

    def spans(self, folded: str) -> set[Span]:
        found, at = set(), self.folded.find(folded)
        while at >= 0:
            found.add((at, at + len(folded)))
            at = self.folded.find(folded, at + 1)
        return found

    def words(self) -> list[tuple[str, int]]:
        return [(token.word, token.position) for token in tokenize(self.folded)]

    def word_spans(self, test: Callable[[str], bool]) -> set[Span]:
        return {(at, at + len(word)) for word, at in self.words() if test(word)}

    def sentence(self, at: int) -> int:
        """Which sentence a character stands in; every mark of several that end one is of it."""
        ends = re.finditer(r"[。!?]+(?=[^\n。!?])|\n", self.folded)
        return sum(end.end() <= at for end in ends)


def read(reports: dict[str, Report]) -> list[Held]:
    found = []
    for report in reports.values():
        for passage in report.passages:
            folded, places = fold_by_hand(report.text[passage.start : passage.end])
            found.append(Held(report, passage, folded, places))
    return found


# ---------------------------------------------------------------- questions and their meaning

Meaning = Callable[[Held], Answer]


def phrase(folded: str) -> tuple[str, Meaning]:
    def meaning(held: Held) -> Answer:
        spans = held.spans(folded)
        return bool(spans), spans

    return f'"{folded}"', meaning


def run(folded: str) -> tuple[str, Meaning]:
    words = set(cut_query(folded))

    def meaning(held: Held) -> Answer:
        spans = held.spans(folded)
        if not spans and words:
            apart = [held.word_spans(word.__eq__) for word in words]
            spans = set().union(*apart) if all(apart) else set()
        return bool(spans), spans

    return folded, meaning


def literal(text: str) -> tuple[str, Meaning]:
    def meaning(held: Held) -> Answer:
        spans, at = set(), held.stored.find(text)
        while at >= 0:
            inside = [n for n, place in enumerate(held.places) if at <= place < at + len(text)]
            spans.add((inside[0], inside[-1] + 1))
            at = held.stored.find(text, at + 1)
        return bool(spans), spans

    return f'="{text}"', meaning


def prefix(start: str) -> tuple[str, Meaning]:
    def meaning(held: Held) -> Answer:
        spans = held.word_spans(lambda word: word.startswith(start))
        return bool(spans), spans

    return f"{start}*", meaning


def title_prefix(start: str) -> tuple[str, Meaning]:
    def meaning(held: Held) -> Answer:
        folded, _ = fold_by_hand(held.report.title)
        return any(token.word.startswith(start) for token in tokenize(folded)), set()

    return f"标题:{start}*", meaning


def combined(
    how: str, left: tuple[str, Meaning], right: tuple[str, Meaning]
) -> tuple[str, Meaning]:
    def meaning(held: Held) -> Answer:
        (one, ones), (two, twos) = left[1](held), right[1](held)
        if how == "AND":
            return one and two, ones | twos
        if how == "OR":
            return one or two, ones | twos
        if how == "NOT":
            return one and not two, ones
        kept = set()
        for a in ones:
            for b in twos:
                where = {held.sentence(at) for span in (a, b) for at in (span[0], span[1] - 1)}
                if len(where) == 1 and (a[1] <= b[0] or b[1] <= a[0]):
                    kept |= {a, b}
        return bool(kept), kept

    return f"({left[0]} {how} {right[0]})", meaning


def since(year: int) -> tuple[str, Meaning]:
    def meaning(held: Held) -> Answer:
        return held.report.year is not None and held.report.year >= year, set()

    return f"年份:{year}..", meaning


def questions(held: list[Held], rng: random.Random) -> list[tuple[str, Meaning]]:
    """Of what there is, cut anywhere, and of what there is not."""
    lines = [line for one in held for line in one.folded.split("\n") if line] or ["无"]

    def piece(most: int) -> str:
        line = rng.choice(lines)
        at = rng.randrange(len(line))
        return line[at : at + rng.randint(1, most)].strip() or "法"

    hanzi = [found for line in lines for found in re.findall("[\u4e00-\u9fff]+", line)] or ["法"]

    def han(most: int) -> str:
        line = rng.choice(hanzi)
        at = rng.randrange(len(line))
        return line[at : at + rng.randint(1, most)]

    marked = [text for text in ("“法治", "法、治", "監督", "执法”", "ＡI") if rng.random() < 0.5]
    asked = [phrase(piece(9)) for _ in range(5)] + [run(han(5)) for _ in range(3)]
    asked += [prefix(han(2)), phrase("首尾不见"), ("", lambda one: (True, set()))]
    asked += [title_prefix(start) for start in ("2", "司", "甲")]
    asked += [literal(text) for text in marked]
    for how in ("AND", "OR", "NOT", "同句"):
        asked.append(combined(how, phrase(han(3)), run(han(3))))
        asked.append(combined(how, prefix(han(1)), prefix(han(1))))
    asked.append(combined("AND", since(2020), combined("OR", phrase(han(2)), prefix(han(1)))))
    return asked


def label(one: Held, name: str) -> str:
    report = one.report
    return {
        "agency": report.agency or UNLABELLED,
        "year": str(report.year or UNLABELLED),
        "section": one.passage.category,
    }[name]


def check_engine(engine: Engine, held: list[Held], rng: random.Random) -> None:
    """Hits, places, counts and facets of random questions."""
    for typed, meaning in questions(held, rng):
        answers = {one.key: meaning(one)[1] for one in held if meaning(one)[0]}
        true = [one for one in held if one.key in answers]
        page = engine.search(SearchRequest(typed, size=100))
        assert page.notices == (), typed
        hits = {(hit.report_id, hit.passage): hit.occurrences for hit in page.hits}
        assert hits == {key: len(spans) for key, spans in answers.items()}, typed
        hashes = {(hit.report_id, hit.passage): hit.hash for hit in page.hits}
        assert hashes == {one.key: hash_by_hand(one.stored) for one in true}, typed
        assert page.total.passages == len(answers)
        assert page.total.reports == len({report for report, _ in answers})
        assert page.total.occurrences == sum(map(len, answers.values())), typed
        for name in ("agency", "year", "section"):
            pairs = {(one.report.id, label(one, name)) for one in true}
            counted = {v.value: v.count for v in page.facets[name].values if v.count}  # type: ignore[index]
            assert counted == Counter(value for _, value in pairs), (typed, name)
        for own in sorted({report for report, _ in answers})[:3]:
            marked = {at for s, e in engine.marks(own, typed) for at in range(s, e)}
            places = set()
            for one in true:
                if one.report.id == own:
                    for s, e in answers[one.key]:
                        first, last = one.places[s], one.places[e - 1]
                        start = one.passage.start
                        places |= set(range(start + first, start + last + 1))
            assert marked == places, typed


def check_whoosh(index_dir: Path, held: list[Held], rng: random.Random) -> None:
    """Ordinary Whoosh, asked for what it can be asked."""
    vocabulary = sorted({word for one in held for word, _ in one.words()}) or ["无"]

    def word() -> str:
        return rng.choice([*vocabulary, "没有"])

    def has(wanted: str) -> Callable[[Held], bool]:
        return lambda one: any(own == wanted for own, _ in one.words())

    a, b, c = word(), word(), word()
    lines = [line for one in held for line in one.folded.split("\n") if len(line) > 1] or ["无有"]
    line = rng.choice(lines)
    at = rng.randrange(len(line) - 1)
    wanted = line[at : at + rng.randint(2, 8)]
    grams = [wanted[i : i + 2] for i in range(len(wanted) - 1)]
    agency = rng.choice([one.report.agency or "无" for one in held] or ["无"])
    term = lambda text: query.Term("words", text)  # noqa: E731
    asked: list[tuple[query.Query, Callable[[Held], bool]]] = [
        (term(a), has(a)),
        (query.And([term(a), term(b)]), lambda one: has(a)(one) and has(b)(one)),
        (query.Or([term(a), term(b), term(c)]), lambda one: any(has(w)(one) for w in (a, b, c))),
        (query.And([term(a), query.Not(term(b))]), lambda one: has(a)(one) and not has(b)(one)),
        (query.Phrase("grams", grams), lambda one: wanted in one.folded),
        (
            query.Prefix("words", a[0]),
            lambda one: any(own.startswith(a[0]) for own, _ in one.words()),
        ),
        (
            query.NumericRange("year", 2020, 2021),
            lambda one: one.report.year in (2020, 2021),
        ),
        (query.Term("agency", agency), lambda one: one.report.agency == agency),
        (query.Every(), lambda one: True),
    ]
    with open_dir(str(index_dir / "current")).searcher() as searcher:
        assert searcher.reader().doc_count() == len(held)
        for one, true in asked:
            found = [(hit["report"], hit["passage"]) for hit in searcher.search(one, limit=None)]
            assert len(found) == len(set(found))
            assert set(found) == {own.key for own in held if true(own)}, one


# ---------------------------------------------------------------- report by report

PIECES = [
    *("法治", "政府", "建设", "行政执法", "监督", "首违不罚", "人人", "人", "。", "！", "，", "；"),
    *(
        "“法治”",
        "法、治",
        "監督",
        "執灋",
        "着",
        "著",
        "《条例》",
        "\n",
        "ＡＩ 2",
        "a 1",
        " ",
        "２０２１",
    ),
]
TEXTS = st.lists(
    st.lists(st.sampled_from(PIECES), max_size=14).map("".join), min_size=1, max_size=3
)
AGENCIES = st.sampled_from(["甲县司法局", "乙县司法局", "丙市教育局", None])
YEARS = st.sampled_from([2019, 2020, 2021, None])
LIMITS = st.sampled_from([1, 25, 90, 300, 10**6])


def make(own: str, agency: str | None, year: int | None, texts: list[str]) -> Report:
    first = len(own) % len(CATEGORIES)
    return build_report(
        texts,
        id=own,
        title=f"{agency or '某'}{year or ''}年报告",
        agency=agency,
        kind="司法" if agency else None,
        region=("江南省",) if agency else (),
        year=year,
        categories=CATEGORIES[first:] + CATEGORIES[:first],
        headings=[("一、举措",)[:i] for i in range(len(texts))],
    )


class Failed(Exception):
    """What a build dies of."""


def unnamed(report: Report) -> str:
    """Its text and labels, wherever they lie, however cut and whatever its id."""
    return repr(replace(report, id="", sources=(), passages=()))


class ReportByReport(RuleBasedStateMachine):
    """``expected`` is what must be held; ``went`` is where ids that are not held must lead."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="fazhi-history-"))
        self.index_dir = self.folder / "index"
        self.expected: dict[str, Report] = {}
        self.went: dict[str, str | None] = {}
        self.taken: dict[str, int] = {}
        self.now = 0
        self.engine: Engine | None = None
        self.serial = 0
        self.seed = 0

    def teardown(self) -> None:
        if self.engine is not None:
            assert main(["check", "--index-dir", str(self.index_dir)]) == 0
            self.engine.close()
        shutil.rmtree(self.folder)

    @initialize(
        given=st.lists(st.tuples(AGENCIES, YEARS, TEXTS), min_size=1, max_size=6), limit=LIMITS
    )
    def begin(self, given: list[tuple[str | None, int | None, list[str]]], limit: int) -> None:
        self.apply([self.new(*own) for own in given], set(), {}, limit)
        self.engine = open_engine(self.index_dir)

    def new(self, agency: str | None, year: int | None, texts: list[str]) -> Report:
        self.serial += 1
        return make(f"r{self.serial}", agency, year, texts)

    def apply(self, add: list[Report], remove: set[str], moved: dict[str, str], limit: int) -> None:
        self.build(add, remove, limit, moved)
        replaced: dict[str, int] = {}
        for own in remove:
            same, taken = unnamed(self.expected[own]), self.taken.pop(own)
            replaced[same] = min(taken, replaced.get(same, taken))
        for report in add:
            self.taken[report.id] = replaced.get(unnamed(report), self.now)
        for own in remove:
            del self.expected[own]
            self.went[own] = moved.get(own)
        for report in add:
            self.expected[report.id] = report
            self.went.pop(report.id, None)

    def build(
        self, add: list[Report], remove: set[str], limit: int, moved: dict[str, str] | None = None
    ) -> None:
        self.now += 1
        with build_lock(self.index_dir):
            update_index(
                self.index_dir,
                add,
                remove,
                moved=moved,
                segment_limit=limit,
                processes=1,
                now=self.now,
            )

    @rule(
        add=st.lists(st.tuples(AGENCIES, YEARS, TEXTS), max_size=3),
        change=st.lists(st.tuples(st.integers(0, 99), TEXTS), max_size=2),
        relabel=st.lists(st.tuples(st.integers(0, 99), AGENCIES, YEARS), max_size=2),
        remove=st.lists(st.integers(0, 99), max_size=2),
        back=st.lists(st.tuples(st.integers(0, 99), TEXTS), max_size=1),
        copied=st.lists(st.integers(0, 99), max_size=2),
        limit=LIMITS,
    )
    def turn(
        self,
        add: list[tuple[str | None, int | None, list[str]]],
        change: list[tuple[int, list[str]]],
        relabel: list[tuple[int, str | None, int | None]],
        remove: list[int],
        back: list[tuple[int, list[str]]],
        copied: list[int],
        limit: int,
    ) -> None:
        """Several changes in one update; no report meets two of them."""
        free = sorted(self.expected)
        new = [self.new(*own) for own in add]
        gone: set[str] = set()
        moved: dict[str, str] = {}
        for number, texts in back:
            if self.went:
                own = sorted(self.went)[number % len(self.went)]
                new.append(make(own, "甲县司法局", 2021, texts))
        for number, texts in change:
            if free:
                own = free.pop(number % len(free))
                was = self.expected[own]
                gone.add(own)
                new.append(make(own, was.agency, was.year, texts))
        for number, agency, year in relabel:
            if free:
                own = free.pop(number % len(free))
                self.serial += 1
                now = replace(self.expected[own], id=f"r{self.serial}", agency=agency, year=year)
                gone.add(own)
                moved[own] = now.id
                new.append(now)
        for number in copied:
            if free:
                own = free.pop(number % len(free))
                was = self.expected[own]
                gone.add(own)
                new.append(replace(was, sources=(*was.sources, Source("copy.txt", "1" * 64, 1))))
        for number in remove:
            if free:
                gone.add(free.pop(number % len(free)))
        self.apply(new, gone, moved, limit)

    @rule(texts=TEXTS, where=st.sampled_from(["reports", "commit"]))
    def fail(self, texts: list[str], where: str) -> None:
        """A build that dies changes nothing, in the ledger neither."""

        def reports() -> list[Report]:
            if where == "reports":
                raise Failed
            return [make("never", None, None, texts)]

        def commit(_: Path) -> None:
            raise Failed

        with pytest.raises(Failed), build_lock(self.index_dir):
            update_index(
                self.index_dir,
                (own for own in reports()),
                set(list(self.expected)[:1]),
                before_commit=commit,
                processes=1,
            )

    @rule()
    def reopen(self) -> None:
        assert self.engine is not None
        self.engine.close()
        self.engine = open_engine(self.index_dir)

    @precondition(lambda self: self.expected)
    @rule(limit=LIMITS)
    def lose_all_but_the_ledger(self, limit: int) -> None:
        """As the message for a damaged index says: links of what does not return are gone."""
        (self.index_dir / "current").unlink()
        shutil.rmtree(self.index_dir / "generations")
        kept = list(self.expected.values())[1:]
        lost = set(self.expected) - {own.id for own in kept}
        self.build(kept, set(), limit)
        self.taken = {report.id: self.now for report in kept}
        for own in lost:
            del self.expected[own]
            self.went[own] = None

    @invariant()
    def all_is_as_read(self) -> None:
        if self.engine is None:
            return
        self.seed += 1
        rng = random.Random(self.seed)
        held = read(self.expected)
        check_engine(self.engine, held, rng)
        check_whoosh(self.index_dir, held, rng)
        self.check_links()
        self.check_segments()
        self.check_newest()

    def check_newest(self) -> None:
        """What was last taken in first; then the newest year; then the id."""
        assert self.engine is not None
        asked = SearchRequest(sort="-taken", view="reports", size=100)
        found = {hit.report_id: hit.taken for hit in self.engine.search(asked).hits}
        assert list(found) == sorted(
            self.expected,
            key=lambda own: (-self.taken[own], -(self.expected[own].year or -9999), own),
        )
        for own, taken in found.items():
            assert datetime.fromisoformat(taken).timestamp() == self.taken[own]

    def check_links(self) -> None:
        assert self.engine is not None
        for own in [*self.expected, *self.went, "never"]:
            end: str | None = own
            while end is not None and end not in self.expected:
                end = self.went.get(end)
            document = self.engine.report(own)
            if own in self.expected:
                assert isinstance(document, ReportDocument)
                report = self.expected[own]
                assert document.text == report.text
                assert [place.hash for place in document.passages] == [
                    hash_by_hand(report.text[p.start : p.end]) for p in report.passages
                ]
                assert (document.summary.agency, document.summary.year) == (
                    report.agency,
                    report.year,
                )
            elif own == "never":
                assert document is None
            else:
                assert document == (Gone(own) if end is None else Moved(end))

    def check_segments(self) -> None:
        seen: list[str] = []
        for segment in open_snapshot(self.index_dir).segments:
            assert segment.passage_count > len(segment.deleted)
            live = segment.live_reports()
            seen += [own for own, here in zip(segment.report_ids, live, strict=True) if here]
        assert sorted(seen) == sorted(self.expected)


# ---------------------------------------------------------------- files and folders

NAMES = ("青山市司法局", "青山市教育局", "青山市财政局", "绿水县司法局")
HELD_YEARS = (2019, 2020, 2021)
SENTENCES = st.lists(
    st.sampled_from(
        ["首违不罚清单公布", "推进“放管服”改革", "行政执法三项制度", "監督檢查", "普法宣传"]
    ),
    min_size=1,
    max_size=4,
)


class FilesAndFolders(RuleBasedStateMachine):
    """A folder changed by hand and built again; ``labels`` has the agency and year a file is
    to be known by, ``texts`` what is in it."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp(prefix="fazhi-files-"))
        self.folder = self.place / "reports"
        self.folder.mkdir()
        self.index_dir = self.place / "index"
        self.labels: dict[str, tuple[str, int]] = {}
        self.rows: dict[str, tuple[str, int]] = {}
        self.ids: dict[tuple[str, int], str] = {}
        self.serial = 0
        self.pending: list[tuple[str, tuple[str, int], tuple[str, int] | None]] = []
        self.engine: Engine | None = None
        self.built = False

    def teardown(self) -> None:
        if self.engine is not None:
            self.engine.close()
        shutil.rmtree(self.place)

    def write(self, name: str, printed: tuple[str, int], sentences: list[str]) -> None:
        agency, year = printed
        own = "".join(f"{agency}{year}年第{i}件事涉及{(i + 3) * year % 97}户。" for i in range(7))
        body = "。".join(sentences)
        (self.folder / name).parent.mkdir(exist_ok=True)
        (self.folder / name).write_text(
            f"{agency}{year}年法治政府建设情况报告\n\n一、主要举措和成效\n{own}\n{body}。\n"
            f"二、存在的不足和原因\n{own[:40]}\n",
            encoding="utf-8",
        )

    def free(self) -> list[tuple[str, int]]:
        taken = set(self.labels.values())
        return [(a, y) for a in NAMES for y in HELD_YEARS if (a, y) not in taken]

    @initialize(sentences=st.lists(SENTENCES, min_size=2, max_size=4))
    def begin(self, sentences: list[list[str]]) -> None:
        for own in sentences:
            self.add(0, own)
        self.build(10**6)

    @precondition(lambda self: self.free())
    @rule(number=st.integers(0, 99), sentences=SENTENCES)
    def add(self, number: int, sentences: list[str]) -> None:
        chosen = self.free()[number % len(self.free())]
        self.serial += 1
        name = f"f{self.serial}.txt"
        self.write(name, chosen, sentences)
        self.labels[name] = chosen

    @precondition(lambda self: self.labels)
    @rule(number=st.integers(0, 99), sentences=SENTENCES)
    def change(self, number: int, sentences: list[str]) -> None:
        name = sorted(self.labels)[number % len(self.labels)]
        printed = (self.folder / name).read_text(encoding="utf-8").split("年法治", 1)[0]
        self.write(name, (printed[:-4], int(printed[-4:])), sentences)

    @precondition(lambda self: self.labels and self.free())
    @rule(number=st.integers(0, 99), to=st.integers(0, 99))
    def relabel(self, number: int, to: int) -> None:
        name = sorted(self.labels)[number % len(self.labels)]
        chosen = self.free()[to % len(self.free())]
        self.labels[name] = self.rows[name] = chosen
        self.write_rows()

    def write_rows(self) -> None:
        for folder in {self.folder, *(p for p in self.folder.iterdir() if p.is_dir())}:
            own = {
                name: row
                for name, row in self.rows.items()
                if (self.folder / name).parent == folder
            }
            lines = [f"{Path(name).name},{agency},{year}" for name, (agency, year) in own.items()]
            table = folder / "metadata.csv"
            table.write_text("file,agency,year\n" + "\n".join(lines) + "\n", encoding="utf-8")

    @precondition(lambda self: self.labels)
    @rule(number=st.integers(0, 99), deep=st.booleans())
    def move(self, number: int, deep: bool) -> None:
        name = sorted(self.labels)[number % len(self.labels)]
        self.serial += 1
        now = f"deep/f{self.serial}.txt" if deep else f"f{self.serial}.txt"
        (self.folder / now).parent.mkdir(exist_ok=True)
        (self.folder / name).rename(self.folder / now)
        self.labels[now] = self.labels.pop(name)
        if name in self.rows:
            self.rows[now] = self.rows.pop(name)
        self.write_rows()

    @precondition(lambda self: len(self.labels) > 1)
    @rule(number=st.integers(0, 99))
    def remove(self, number: int) -> None:
        name = sorted(self.labels)[number % len(self.labels)]
        (self.folder / name).unlink()
        del self.labels[name]
        self.rows.pop(name, None)
        self.write_rows()

    @rule(limit=LIMITS)
    def build(self, limit: int) -> None:
        build_index([self.folder], self.index_dir, prune=True, processes=1, segment_limit=limit)
        if self.engine is None:
            self.engine = open_engine(self.index_dir)
        self.check()

    def check(self) -> None:
        assert self.engine is not None
        listed = self.engine.reports(size=100).reports
        known = {(one.agency, one.year): one.id for one in listed}
        assert sorted(known) == sorted(self.labels.values())  # type: ignore[type-var]
        assert len(listed) == len(known)
        # ids of labels that are held again or still are the ones given at first
        for own, report_id in self.ids.items():
            assert known.get(own, report_id) == report_id
            document = self.engine.report(report_id)
            if own in known:
                assert isinstance(document, ReportDocument)
            else:
                assert isinstance(document, Gone | Moved)
                if isinstance(document, Moved):
                    assert document.to in known.values()
        self.ids |= {own: known[own] for own in self.labels.values()}
        folded = {
            known[own]: fold_by_hand((self.folder / name).read_text(encoding="utf-8"))[0]
            for name, own in self.labels.items()
        }
        for typed in (
            "首违不罚",
            "放管服改革",
            "监督检查",
            "执法三项",
            "件事涉及",
            "。",
            "年第6件",
        ):
            expected = {
                own: count
                for own, text in folded.items()
                if (count := len(re.findall(f"(?={re.escape(typed)})", text)))
            }
            page = self.engine.search(SearchRequest(f'"{typed}"', size=100))
            found: Counter[str] = Counter()
            for hit in page.hits:
                found[hit.report_id] += hit.occurrences
            assert found == expected, typed
            facet = {v.value: v.count for v in page.facets["agency"].values if v.count}
            agencies = {report_id: agency for (agency, _), report_id in known.items()}
            assert facet == Counter(agencies[own] for own in expected)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines look for a new generation whenever asked; nothing waits for the disk."""
    monkeypatch.setattr("search.whoosh_engine.engine.CHECK_EVERY_S", 0.0)
    monkeypatch.setattr("os.fsync", lambda number: None)


def examples(count: int, steps: int) -> settings:
    return settings(
        max_examples=count,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=[*HealthCheck],
    )


TestReportByReport = ReportByReport.TestCase
TestReportByReport.settings = examples(12, 8)
TestFilesAndFolders = FilesAndFolders.TestCase
TestFilesAndFolders.settings = examples(8, 12)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("“法治”、 法", "法治法\n"),
        ("Ａ　I 2\n\n監督", "a i 2\n监督\n"),
        ("著", fold_by_hand("着")[0]),
    ],
)
def test_the_folding_by_hand_is_what_one_sees(text: str, folded: str) -> None:
    assert fold_by_hand(text)[0] == folded
