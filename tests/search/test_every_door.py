"""One question through every door: the numbers are those of a plain scan, to the unit.

The scan is a reading of DESIGN §6 of its own (``test_against_scan`` has another): it folds by
hand, walks reports and passages in Python, and knows ``scope=report``.  Doors are the list by
pages and by cursor, both views, facets, trend, matrix, spread, concordance, exports, citations, the
feed, what an explanation counts, the JSON interface and the command line.
"""

from __future__ import annotations

import contextlib
import csv
import datetime
import io
import json
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.model import CATEGORIES, Report
from index.generations import build_lock
from index.update import update_index
from search import open_engine
from search.__main__ import main
from search.engine import Engine
from search.export import EXPORT_FORMATS, ExportHead, export
from search.filter_text import parse_filters
from search.request import FIELDS, SearchRequest
from tests.reports import build_report
from web import create_app
from web.views.export import CITATION_FILES

UNKNOWN = "未识别"
DROPPED = "“”、 "
KINDS = {"甲县司法局": "司法", "乙县公安局": "公安", None: None}
REGIONS = {"甲县司法局": ("江南省", "甲县"), "乙县公安局": ("江南省",), None: ()}
PROFILE = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

# ---------------------------------------------------------------- the collection

TEXTS = st.lists(
    st.sampled_from(["法治", "政府", "执法", "监督", *"法治政府。！；、“”\n "]), max_size=14
).map("".join)
REPORTS = st.lists(
    st.tuples(
        st.sampled_from(list(KINDS)),
        st.sampled_from([2019, 2020, 2022, None]),
        st.lists(TEXTS, min_size=1, max_size=4),
    ),
    min_size=1,
    max_size=7,
)


def make_report(number: int, agency: str | None, year: int | None, texts: list[str]) -> Report:
    return build_report(
        texts,
        id=f"r{number}",
        title=f"=报告{number}",
        agency=agency,
        kind=KINDS[agency],
        region=REGIONS[agency],
        year=year,
        published=f"2023-0{number % 3 + 1}-05" if number % 2 else None,
        categories=[CATEGORIES[(number + 2 * i) % len(CATEGORIES)] for i in range(len(texts))],
        headings=[("=一、举措",)],
    )


@dataclass(frozen=True)
class Held:
    """A passage as the scan sees it: folded paragraphs, and its labels."""

    report: str
    passage: str
    section: str
    agency: str | None
    year: int | None
    paragraphs: tuple[str, ...]

    def values(self, field: str) -> list[str]:
        """What the passage counts for in a facet."""
        path = REGIONS[self.agency]
        found = {
            "agency": [self.agency],
            "year": [self.year and str(self.year)],
            "section": [self.section],
            "kind": [KINDS[self.agency]],
            "region": ["/".join(path[: i + 1]) for i in range(len(path))],
        }[field]
        return [value or UNKNOWN for value in found] or [UNKNOWN]


def hold(report: Report) -> list[Held]:
    held = []
    for own in report.passages:
        lines = report.text[own.start : own.end].split("\n")
        folded = ["".join(c for c in line if c not in DROPPED) for line in lines]
        folded = [line.replace("！", "!").replace("；", ";") for line in folded if line]
        held.append(
            Held(report.id, own.id, own.category, report.agency, report.year, tuple(folded))
        )
    return held


# ---------------------------------------------------------------- the question, scanned

Question = tuple[Any, ...]
Place = tuple[int, int, int]
"""Paragraph, start, end."""

PHRASES = st.sampled_from(["法治", "政府", "执法", "法", "治政", "法治政府", "府。法", "监督"])
LEAVES = PHRASES.map(lambda text: ("phrase", text)) | st.sampled_from(
    [("year", 2019, 2020), ("year", 2020, 2022)]
)
CLOSE = st.tuples(
    st.sampled_from(["同句", "同段", "NEAR/0", "NEAR/3"]),
    PHRASES.map(lambda text: ("phrase", text)),
    PHRASES.map(lambda text: ("phrase", text)),
)
QUESTIONS = st.recursive(
    LEAVES | CLOSE,
    lambda inner: (
        st.tuples(st.just("and"), inner, inner)
        | st.tuples(st.just("or"), inner, inner)
        | st.tuples(st.just("not"), inner)
    ),
    max_leaves=4,
)


def typed(asked: Question) -> str:
    match asked:
        case ("phrase", text):
            return f'"{text}"'
        case ("year", low, high):
            return f"年份:{low}..{high}"
        case ("and", left, right):
            return f"({typed(left)} {typed(right)})"
        case ("or", left, right):
            return f"({typed(left)} OR {typed(right)})"
        case ("not", inner):
            return f"-({typed(inner)})"
        case (how, left, right):
            return f"({typed(left)} {how} {typed(right)})"
    raise AssertionError(asked)


def places(asked: Question, held: Held) -> set[Place]:
    """Places of the positive leaves, whether or not the question is true."""
    match asked:
        case ("phrase", text):
            return {
                (number, at, at + len(text))
                for number, line in enumerate(held.paragraphs)
                for at in range(len(line))
                if line.startswith(text, at)
            }
        case ("and" | "or", left, right):
            return places(left, held) | places(right, held)
        case ("year", _, _):
            return set()
        case (str(how), left, right):
            kept = set()
            for one in places(left, held):
                for two in places(right, held):
                    if beside(how, held, one, two):
                        kept |= {one, two}
            return kept
    return set()


def beside(how: str, held: Held, one: Place, two: Place) -> bool:
    apart = one[0] != two[0] or one[2] <= two[1] or two[2] <= one[1]
    if how.startswith("NEAR/") and apart:
        before, after = sorted((one, two))
        # a paragraph's end is a character like others
        between = "\n".join(held.paragraphs[before[0] : after[0] + 1])
        left = len(held.paragraphs[after[0]]) - after[1]
        return len(between) - before[2] - left <= int(how.removeprefix("NEAR/"))
    if not apart or one[0] != two[0]:
        return False
    if how == "同段":
        return True
    line = held.paragraphs[one[0]]
    return len({sentence(line, at) for at in (one[1], one[2] - 1, two[1], two[2] - 1)}) == 1


def sentence(line: str, at: int) -> int:
    """How many sentences end before the character; marks side by side end one."""
    return sum(line[i] in "。!" and line[i + 1] not in "。!" for i in range(at))


def true(asked: Question, held: list[Held]) -> bool:
    """Whether a question is true of a report: a leaf is when it is of one of its passages."""
    match asked:
        case ("and", left, right):
            return true(left, held) and true(right, held)
        case ("or", left, right):
            return true(left, held) or true(right, held)
        case ("not", inner):
            return not true(inner, held)
        case ("year", low, high):
            return held[0].year is not None and low <= held[0].year <= high
    return any(places(asked, one) for one in held)


def scan(asked: Question, reports: list[list[Held]], scope: str) -> dict[Held, set[Place]]:
    """Passages that answer, each with the places that count."""
    found: dict[Held, set[Place]] = {}
    for held in reports:
        if scope == "passage":
            found |= {one: places(asked, one) for one in held if true(asked, [one])}
        elif true(asked, held):
            worded = {one: spots for one in held if (spots := places(asked, one))}
            found |= worded or {one: set() for one in held}
    return found


# ---------------------------------------------------------------- filters, as typed

FILTERS: st.SearchStrategy[dict[str, list[str]]] = st.fixed_dictionaries(
    {},
    optional={
        "year": st.lists(
            st.sampled_from(["2019", "2020..", "..2020", "-2020", "2022", UNKNOWN, "-" + UNKNOWN]),
            max_size=2,
        ),
        "agency": st.lists(
            st.sampled_from(["甲县司法局", "-甲县司法局", "乙县公安局", UNKNOWN]), max_size=2
        ),
        "section": st.lists(st.sampled_from(["achievements", "plans", "-other"]), max_size=2),
        "kind": st.lists(st.sampled_from(["司法", "-公安", UNKNOWN]), max_size=1),
        "region": st.lists(
            st.sampled_from(["江南省", "江南省/甲县", "-江南省/甲县", UNKNOWN]), max_size=1
        ),
    },
)


def passes(held: Held, filters: dict[str, list[str]], lifted: str = "") -> bool:
    for field, chosen in filters.items():
        own = held.values(field)
        wanted = [value for value in chosen if not value.startswith("-")]
        if field == lifted or not chosen:
            continue
        if wanted and not any(chooses(value, own) for value in wanted):
            return False
        if any(chooses(value[1:], own) for value in chosen if value.startswith("-")):
            return False
    return True


def chooses(value: str, own: list[str]) -> bool:
    low, dots, high = value.partition("..")
    if dots:
        return own[0] != UNKNOWN and int(low or 0) <= int(own[0]) <= int(high or 9999)
    return value in own


# ---------------------------------------------------------------- the doors


@contextlib.contextmanager
def opened(reports: list[Report], parts: int = 2) -> Iterator[tuple[Engine, FlaskClient, Path]]:
    with tempfile.TemporaryDirectory(prefix="fazhi-doors-") as folder:
        index_dir = Path(folder) / "index"
        with build_lock(index_dir):
            for part in range(parts):
                if own := reports[part::parts]:
                    update_index(index_dir, own, processes=1)
        engine = open_engine(index_dir)
        try:
            yield engine, create_app(engine).test_client(), index_dir
        finally:
            engine.close()


def command(*arguments: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main(arguments) == 0
    return out.getvalue()


def flags(filters: dict[str, list[str]], **more: str) -> list[str]:
    pairs = [(name, value) for name, values in filters.items() for value in values]
    return [f"--{name}={value}" for name, value in [*pairs, *more.items()]]


Row = tuple[str, str, int]


@PROFILE
@given(
    REPORTS,
    st.lists(
        st.tuples(
            QUESTIONS, FILTERS, st.sampled_from(["passage", "report"]), st.none() | QUESTIONS
        ),
        min_size=3,
        max_size=8,
    ),
)
def test_every_door_gives_the_numbers_of_a_scan(
    given_reports: list[tuple[str | None, int | None, list[str]]],
    questions: list[tuple[Question, dict[str, list[str]], Any, Question | None]],
) -> None:
    reports = [make_report(number, *own) for number, own in enumerate(given_reports)]
    held = [hold(report) for report in reports]
    with opened(reports) as (engine, client, index_dir):
        for number, (asked, filters, scope, inner) in enumerate(questions):
            whole = ("and", asked, inner) if inner else asked
            everything = scan(whole, held, scope)
            expected = {one: spots for one, spots in everything.items() if passes(one, filters)}
            within = typed(inner) if inner else ""
            base = SearchRequest(typed(asked), parse_filters(filters), scope=scope, within=within)
            rows = check_list(engine, base, expected)
            check_facets(engine, base, everything, filters)
            kept = [one for own in held for one in own if passes(one, filters)]
            check_years(engine, base, expected, kept)
            check_concordance(engine, base, expected)
            check_exports(engine, base, rows)
            for one in engine.explain(base):
                assert one.total == engine.search(one.asked).total
            if not number:  # a process and a request each: dear
                check_outside(client, index_dir, base, filters, rows)


def totals(expected: dict[Held, set[Place]]) -> tuple[int, int, int]:
    return (
        len({one.report for one in expected}),
        len(expected),
        sum(map(len, expected.values())),
    )


def check_list(engine: Engine, base: SearchRequest, expected: dict[Held, set[Place]]) -> list[Row]:
    """By pages, by cursor and as a stream, in both views."""
    numbers = totals(expected)
    for view in ("passages", "reports"):
        request = base.with_(view=view, size=3)
        paged: list[Row] = []
        number = 1
        while hits := engine.search(request.with_(page=number)).hits:
            paged += [(hit.report_id, hit.passage, hit.occurrences) for hit in hits]
            number += 1
        followed: list[Row] = []
        page = engine.search(request)
        while True:
            assert (page.total.reports, page.total.passages, page.total.occurrences) == numbers
            followed += [(hit.report_id, hit.passage, hit.occurrences) for hit in page.hits]
            if page.next_cursor is None:
                break
            page = engine.search(request.with_(cursor=page.next_cursor))
        stream = engine.stream(request)
        assert stream.total == page.total
        streamed = [(hit.report_id, hit.passage, hit.occurrences) for hit in stream.hits]
        assert paged == followed == streamed
        assert len(paged) == len(set(paged))
        assert set(paged) == {(o.report, o.passage, len(s)) for o, s in expected.items()}, base
    return sorted(paged)


def check_facets(
    engine: Engine,
    base: SearchRequest,
    everything: dict[Held, set[Place]],
    filters: dict[str, list[str]],
) -> None:
    page = engine.search(base)
    for field in FIELDS:
        pairs = {
            (one.report, value)
            for one in everything
            if passes(one, filters, field)
            for value in one.values(field)
        }
        counts = Counter(value for _, value in pairs)
        found = page.facets[field]
        assert {v.value: v.count for v in found.values if v.count} == counts, (base, field)
        assert found.total_values == len(counts)
        named = engine.facet(base, field, size=2, by="name")
        assert named.total_values == len(counts)


def check_years(
    engine: Engine, base: SearchRequest, expected: dict[Held, set[Place]], kept: list[Held]
) -> None:
    """Trend, matrix and spread."""
    used: dict[tuple[str | None, int | None], set[str]] = defaultdict(set)
    spots: Counter[tuple[str | None, int | None]] = Counter()
    for one, own in expected.items():
        used[one.agency, one.year].add(one.report)
        spots[one.agency, one.year] += len(own)
    there: dict[tuple[str | None, int | None], set[str]] = defaultdict(set)
    size: Counter[int | None] = Counter()
    for one in kept:
        there[one.agency, one.year].add(one.report)
        size[one.year] += sum(map(len, one.paragraphs))

    def of_year(table: Any, year: int | None) -> int:
        return sum(
            len(own) if isinstance(own, set) else own
            for (_, at), own in table.items()
            if at == year
        )

    trend = engine.trend([base.query], base.filters, scope=base.scope, within=base.within)[0]
    known = sorted({one.year for one in kept if one.year is not None})
    years: list[int | None] = list(range(known[0], known[-1] + 1)) if known else []
    years += [None] if any(one.year is None for one in kept) else []
    assert [row.year for row in trend.rows] == years
    for row in trend.rows:
        assert row.reports == of_year(used, row.year)
        assert row.held == of_year(there, row.year)
        assert row.occurrences == of_year(spots, row.year)
        assert row.characters == size[row.year]
        assert row.share == (row.reports / row.held if row.held else 0)
        assert row.per_10k == (row.occurrences * 10_000 / row.characters if row.characters else 0)
    numbers = totals(expected)
    assert (trend.total.reports, trend.total.passages, trend.total.occurrences) == numbers
    assert sum(row.reports for row in trend.rows) == numbers[0]

    matrix = engine.matrix(base)
    assert matrix.total == trend.total
    cells = {
        (row.agency, year): (cell.reports, cell.held, cell.occurrences)
        for row in matrix.rows
        for year, cell in zip(matrix.years, row.cells, strict=True)
    }
    agencies = {agency for agency, _ in used}
    assert {agency for agency, _ in cells} == agencies
    assert set(matrix.years) == {one.year for one in kept}
    for (agency, year), cell in cells.items():
        at = agency, year
        assert cell == (len(used[at]), len(there[at]), spots[at])

    spread = engine.spread(base)
    assert spread.total == trend.total
    assert spread.total_agencies == len(agencies)
    assert spread.held_agencies == len({one.agency for one in kept})
    assert spread.held_reports == len({one.report for one in kept})
    for one in spread.adoptions:
        own_years = sorted(y for (a, y), r in used.items() if a == one.agency and r and y)
        held_years = sorted(y for (a, y), r in there.items() if a == one.agency and r and y)
        assert list(one.years) == own_years
        assert list(one.held) == held_years
        assert one.first_year == (own_years[0] if own_years else None)
        assert one.dropped == bool(own_years and held_years[-1] > own_years[-1])
        assert one.occurrences == sum(n for (a, _), n in spots.items() if a == one.agency)
    for row_of in spread.by_year:
        having = {a for (a, y), r in used.items() if y == row_of.year and r}
        assert row_of.agencies == len(having)
        assert row_of.held == len({a for (a, y), r in there.items() if y == row_of.year and r})
        first = {a for a in having if first_use(used, a) == row_of.year}
        assert row_of.new_agencies == len(first)
    assert {row_of.year for row_of in spread.by_year} == {one.year for one in kept}
    assert sum(row_of.new_agencies for row_of in spread.by_year) == len(agencies)


def first_use(used: Any, agency: str | None) -> int | None:
    """The first known year; None for an agency of which no year is known."""
    return min((y for (a, y), r in used.items() if a == agency and r and y), default=None)


def check_concordance(
    engine: Engine, base: SearchRequest, expected: dict[Held, set[Place]]
) -> None:
    wanted = Counter(
        (one.report, one.passage, one.paragraphs[line][start:end])
        for one, spots in expected.items()
        for line, start, end in spots
    )
    for order in ("text", "left", "right", "-year"):
        lines = []
        number = 1
        while True:
            found = engine.concordance(base.with_(page=number, size=7), order=order)  # type: ignore[arg-type]
            if not found.lines:
                break
            lines += found.lines
            number += 1
        assert found.total.occurrences == found.sorted_occurrences == len(lines)
        assert (found.total.reports, found.total.passages) == totals(expected)[:2]
        keys = ((line.hit.report_id, line.hit.passage, plain(line.key)) for line in lines)
        assert Counter(keys) == wanted


def plain(key: str) -> str:
    return "".join(c for c in key if c not in DROPPED)


def check_exports(engine: Engine, base: SearchRequest, rows: list[Row]) -> None:
    for kind in EXPORT_FORMATS:
        stream = engine.stream(base)
        head = ExportHead(base, stream.total, stream.generation, stream.built)
        text = "".join(export(head, stream.hits, kind))
        assert read_export(kind, text) == rows


def read_export(kind: str, text: str) -> list[Row]:
    if kind == "csv":
        table = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
        body = table[1 : table.index([])]
        assert all(row[2].startswith("'=报告") for row in body)
        return sorted((row[0], row[1], int(row[7])) for row in body)
    if kind == "jsonl":
        about, *hits = [json.loads(line) for line in text.splitlines()]
        assert about["about"]["rows"] == about["about"]["total"]["passages"] == len(hits)
        return sorted((hit["report_id"], hit["passage"], hit["occurrences"]) for hit in hits)
    found = []
    for line in text.splitlines():
        if line.startswith("### "):
            link, _, count = line.rpartition(") · ")
            report, passage = link.rpartition("(")[2].partition("?")[0].split("/")[-2:]
            found.append((report, passage, int(count.removesuffix(" 处"))))
    return sorted(found)


def check_outside(
    client: FlaskClient,
    index_dir: Path,
    base: SearchRequest,
    filters: dict[str, list[str]],
    rows: list[Row],
) -> None:
    """The JSON interface, the site's exports, and the command line, which gives the same bytes."""
    named = [("q", base.query), ("scope", base.scope), ("view", "passages")]
    named += [("within", base.within)] if base.within else []
    named += [(name, value) for name, values in filters.items() for value in values]
    answer = client.get("/api/v1/search?" + urlencode([*named, ("size", "100")])).get_json()
    hits = [(hit["report_id"], hit["passage"], hit["occurrences"]) for hit in answer["hits"]]
    assert sorted(hits) == rows
    numbers = {
        "reports": len({report for report, _, _ in rows}),
        "passages": len(rows),
        "occurrences": sum(count for _, _, count in rows),
    }
    assert answer["total"] == numbers

    own = ["--index-dir", str(index_dir), *flags(filters, scope=base.scope, within=base.within)]
    shown = json.loads(command(*own, "--size=100", "--json", "--", base.query))
    for part in ("total", "hits", "facets", "generation", "understood"):
        assert shown[part] == answer[part]
    for view in ("trend", "matrix", "spread", "concordance"):
        found = json.loads(command(*own, f"--view={view}", "--json", "--", base.query))
        assert (found[0] if view == "trend" else found)["total"] == numbers
    feed = ElementTree.fromstring(client.get("/search/feed.xml?" + urlencode(named)).data)
    entries = [one.text or "" for one in feed.iterfind("{*}entry/{*}id")]
    assert sorted(one.rpartition("/")[2] for one in entries) == sorted({own for own, _, _ in rows})
    today = datetime.date.today()
    for kind in EXPORT_FORMATS:
        site = client.get(f"/search/export.{kind}?" + urlencode(named)).data.decode()
        said = command(*own, f"--format={kind}", "--site=http://localhost", "--", base.query)
        assert today == datetime.date.today()
        assert said == site
        assert read_export(kind, site) == rows
    for style, (ending, _) in CITATION_FILES.items():
        site = client.get(f"/search/export.{ending}?" + urlencode(named)).data.decode()
        said = command(*own, f"--cite={style}", "--site=http://localhost", "--", base.query)
        assert said == site
        cited = re.findall(r"http://localhost/reports/(\w+)", site)
        assert sorted(cited) == sorted({report for report, _, _ in rows})


@pytest.mark.parametrize(
    ("asked", "scope", "expected"),
    [
        (("phrase", "法治"), "passage", {"r0/s0": 2, "r1/s0": 1}),
        (("not", ("phrase", "法治")), "passage", {"r0/s1": 0}),
        (("and", ("phrase", "法治"), ("phrase", "执法")), "passage", {}),
        (("and", ("phrase", "法治"), ("phrase", "执法")), "report", {"r0/s0": 2, "r0/s1": 1}),
        (("and", ("phrase", "法治"), ("not", ("phrase", "执法"))), "report", {"r1/s0": 1}),
        (("同句", ("phrase", "法"), ("phrase", "治")), "passage", {"r0/s0": 4, "r1/s0": 2}),
        (("NEAR/0", ("phrase", "治。"), ("phrase", "法")), "passage", {"r0/s0": 2, "r1/s0": 2}),
        (("NEAR/1", ("phrase", "治。"), ("phrase", "法")), "passage", {"r0/s0": 3, "r1/s0": 2}),
    ],
)
def test_the_scan_itself_finds_what_one_sees(
    asked: Question, scope: str, expected: dict[str, int]
) -> None:
    reports = [
        make_report(0, None, 2020, ["法、治。\n法治", "执法"]),
        make_report(1, None, 2020, ["法治。"]),
    ]
    found = scan(asked, [hold(report) for report in reports], scope)
    assert {f"{one.report}/{one.passage}": len(spots) for one, spots in found.items()} == expected
