"""A small engine by plain scan over invented reports, and the site over it.

The engine is slow and simple on purpose: phrases and blank-separated words, ANDed.  What it
answers is right by inspection, so a wrong page is the site's fault.  Its texts are invented.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from search import open_engine
from search.engine import Engine
from search.errors import RequestError
from search.labels import section_label
from search.request import FIELDS, MAX_SIZE, NO_FILTERS, UNLABELLED, FieldFilter, SearchRequest
from search.results import (
    ClauseCount,
    Facet,
    FacetValue,
    Gone,
    Hit,
    HitStream,
    LabelOrigin,
    Moved,
    Notice,
    OutlineEntry,
    Overview,
    PassagePlace,
    ReportDocument,
    ReportList,
    ReportSummary,
    ResultPage,
    Snippet,
    SourceFile,
    Total,
    Trend,
    TrendRow,
    ValueCount,
)
from search.views import (
    Adoption,
    Concordance,
    ConcordanceLine,
    Matrix,
    MatrixCell,
    MatrixRow,
    Neighbours,
    Spread,
    Suggestion,
    YearSpread,
)
from web import create_app
from web.settings import Settings

AGENCIES = (
    ("云江省澜州市教育局", "教育", ("云江省", "澜州市")),
    ("云江省澜州市城市管理局", "城市管理", ("云江省", "澜州市")),
    ("云江省澜州市青桥县人民政府", "人民政府", ("云江省", "澜州市", "青桥县")),
)

TAKEN = "2021-05-01T08:00:00+00:00"

SECTIONS = (
    ("一", "主要举措和成效", "achievements"),
    ("二", "存在的不足和原因", "shortcomings"),
    ("三", "党政主要负责人履职情况", "leadership"),
    ("四", "下一年度安排", "plans"),
)


def _short(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def _report(agency: str, kind: str, region: tuple[str, ...], year: int) -> ReportDocument:
    """One invented report: a title, four sections, the first with two subsections."""
    title = f"{agency}{year}年法治政府建设年度报告"
    pieces: list[tuple[str, str, str, tuple[str, ...]]] = []
    outline: list[tuple[str, str, int, str, int]] = []
    text = ""

    def add(passage: str, category: str, headings: tuple[str, ...], *lines: str) -> None:
        nonlocal text
        body = "".join(line + "\n" for line in lines)
        pieces.append((passage, category, body, headings))
        text += body

    add("s0", "other", (), title, f"现将{year}年有关情况报告如下，编号 <{year}> & 其他。")
    for index, (number, heading, category) in enumerate(SECTIONS, 1):
        path = (f"{number}、{heading}",)
        outline.append((number, heading, 1, category, len(text)))
        if index == 1:
            add("s1.0", category, path, f"{number}、{heading}", "全年工作平稳有序。")
            outline.append(("一", "推进放管服改革", 2, category, len(text)))
            add(
                "s1.1",
                category,
                (*path, "（一）推进放管服改革"),
                f"（一）推进放管服改革。持续深化“放管服”改革，办理事项{year - 1900}件。",
                "窗口服务明显改善，营商环境继续优化。",
            )
            outline.append(("二", "规范行政执法", 2, category, len(text)))
            tail = "推行首违不罚清单，首违不罚事项二十项。" if year >= 2021 else "规范裁量。"
            add(
                "s1.2",
                category,
                (*path, "（二）规范行政执法"),
                "（二）规范行政执法",
                f"落实行政执法三项制度。{tail}",
            )
        else:
            add(
                f"s{index}",
                category,
                path,
                f"{number}、{heading}",
                f"{heading}，{kind}方面有关安排。",
            )
    text = text.rstrip("\n")
    starts = [entry[4] for entry in outline]
    entries = []
    for i, (number, heading, level, category, start) in enumerate(outline):
        after = [s for s, o in zip(starts[i + 1 :], outline[i + 1 :], strict=True) if o[2] <= level]
        end = after[0] if after else len(text)
        entries.append(OutlineEntry(number, heading, level, category, start, end))
    places = []
    at = 0
    for passage, category, body, headings in pieces:
        end = min(at + len(body), len(text))
        places.append(PassagePlace(passage, at, end, category, _short(text[at:end]), headings))
        at = end
    summary = ReportSummary(
        id=_short(f"fazhi{year}{agency}"),
        series="fazhi",
        title=title,
        agency=agency,
        aliases=(),
        kind=kind,
        region=region,
        year=year,
        published=f"{year + 1}-01-20",
        characters=len(text),
        taken=f"{2030 - year // 2}-05-01T08:00:00+00:00",
    )
    return ReportDocument(
        summary=summary,
        text=text,
        outline=tuple(entries),
        passages=tuple(places),
        sources=(SourceFile(f"reports/{kind}_{year}.txt", _short(text) * 6, None),),
        provenance={"year": LabelOrigin("published", "inferred", str(year + 1))},
        document_number=None,
    )


@dataclass(frozen=True)
class _Match:
    document: ReportDocument
    place: PassagePlace
    spans: tuple[tuple[int, int], ...]


class PlainEngine:
    """``search.engine.Engine`` by looking at every passage."""

    def __init__(self) -> None:
        self.documents = [
            _report(agency, kind, region, year)
            for agency, kind, region in AGENCIES
            for year in range(2019, 2024)
        ]
        unknown = self.documents[0]
        self.documents.append(
            ReportDocument(
                summary=ReportSummary(
                    "nolabels00",
                    "fazhi",
                    "一份没有标签的报告",
                    None,
                    (),
                    None,
                    (),
                    None,
                    None,
                    5,
                    TAKEN,
                ),
                text="没有标签",
                outline=(),
                passages=(PassagePlace("s0", 0, 4, "other", _short("没有标签"), ()),),
                sources=unknown.sources,
                provenance={},
                document_number=None,
            )
        )
        self.moved = {"oldid00000": self.documents[0].summary.id}
        self.gone = {"goneid0000"}
        self.number = 1
        self.calls: list[str] = []

    def generation(self) -> str:
        return f"g{self.number}"

    # -- matching

    def _values(self, document: ReportDocument, place: PassagePlace, field: str) -> set[str]:
        summary = document.summary
        if field == "section":
            return {place.section}
        if field == "region":
            path = summary.region
            return {"/".join(path[: i + 1]) for i in range(len(path))} or {UNLABELLED}
        value = getattr(summary, field)
        return {UNLABELLED if value is None else str(value)}

    def _passes(self, values: set[str], chosen: FieldFilter) -> bool:
        if values & set(chosen.exclude):
            return False
        if not chosen.include and not chosen.ranges:
            return True
        if values & set(chosen.include):
            return True
        years = [int(v) for v in values if v.isdigit()]
        return any((lo or 0) <= y <= (hi or 9999) for y in years for lo, hi in chosen.ranges)

    def _matches(self, query: str, filters: Any, lifted: str | None = None) -> Iterator[_Match]:
        words = [a or b for a, b in re.findall(r'["“](.+?)["”]|([^\s"“”]+)', query)]
        for document in self.documents:
            for place in document.passages:
                if not all(
                    self._passes(self._values(document, place, f), c)
                    for f, c in filters.items()
                    if f != lifted
                ):
                    continue
                text = document.text[place.start : place.end]
                found = [
                    [m.start() for m in re.finditer(f"(?={re.escape(w)})", text)] for w in words
                ]
                if all(found):
                    spans = {
                        (s, s + len(w)) for w, at in zip(words, found, strict=True) for s in at
                    }
                    yield _Match(document, place, tuple(sorted(spans)))

    def _total(self, matches: Sequence[_Match]) -> Total:
        return Total(
            len({m.document.summary.id for m in matches}),
            len(matches),
            sum(len(m.spans) for m in matches),
        )

    def _hit(self, match: _Match) -> Hit:
        summary, place = match.document.summary, match.place
        text = match.document.text[place.start : place.end].rstrip("\n")
        return Hit(
            report_id=summary.id,
            passage=place.passage,
            hash=place.hash,
            title=summary.title,
            agency=summary.agency,
            year=summary.year,
            section=place.section,
            heading=place.headings,
            score=1.0,
            occurrences=len(match.spans),
            taken=summary.taken,
            snippets=(Snippet(text, match.spans),),
            published=summary.published,
        )

    # -- the protocol

    def search(self, request: SearchRequest) -> ResultPage:
        self.calls.append("search")
        if request.page * request.size > 10_000:
            raise RequestError("page", str(request.page), "页码过大，请用 cursor 继续。")
        matches = self._sorted(request)
        start = (request.page - 1) * request.size
        return ResultPage(
            query=request.query,
            total=self._total(matches),
            hits=tuple(self._hit(m) for m in matches[start : start + request.size]),
            facets={field: self.facet(request, field) for field in FIELDS},
            generation=self.generation(),
            took_ms=1.0,
            notices=(Notice("hint", "这是一条提示 <b>"),) if "提示" in request.query else (),
            understood=f"含“{request.query}”或其全部词语" if request.query else "",
        )

    def _sorted(self, request: SearchRequest) -> list[_Match]:
        matches = list(self._matches(request.query, request.filters))
        if request.sort in ("-year", "year"):
            matches.sort(
                key=lambda m: m.document.summary.year or 0, reverse=request.sort == "-year"
            )
        elif request.sort == "-taken":
            matches.sort(key=lambda m: m.document.summary.taken, reverse=True)
        return matches

    def stream(self, request: SearchRequest) -> HitStream:
        found = self._sorted(request)
        hits = (self._hit(match) for match in found)
        return HitStream(self._total(found), self.generation(), self.overview().built, hits)

    def facet(
        self,
        request: SearchRequest,
        field: Any,
        *,
        page: int = 1,
        size: int = 100,
        by: str = "count",
    ) -> Facet:
        held: dict[str, set[str]] = {}
        for match in self._matches(request.query, request.filters, lifted=field):
            for value in self._values(match.document, match.place, field):
                held.setdefault(value, set()).add(match.document.summary.id)
        wanted = request.facet_prefix.get(field, "")
        chosen = request.filters.get(field, FieldFilter())
        named = [v for v in held if wanted in v]
        if field == "year":
            named.sort(reverse=True)
        else:
            named.sort(key=lambda v: (v if by == "name" else -len(held[v]), v))
        values = tuple(
            FacetValue(
                v,
                section_label(v) if field == "section" else v,
                len(held[v]),
                v in chosen.include,
                v in chosen.exclude,
            )
            for v in named[(page - 1) * size : page * size]
        )
        return Facet(field, values, len(named))

    def trend(
        self,
        queries: Sequence[str],
        filters: Any = NO_FILTERS,
        *,
        scope: str = "passage",
        within: str = "",
    ) -> tuple[Trend, ...]:
        found = []
        for query in queries:
            matches = list(self._matches(f"{query} {within}", filters))
            held = list(self._matches("", filters))
            years = sorted({m.document.summary.year or 0 for m in held})
            rows = []
            for year in [y for y in years if y] + ([0] if 0 in years else []):
                own = [m for m in matches if (m.document.summary.year or 0) == year]
                base = [m for m in held if (m.document.summary.year or 0) == year]
                here, there = self._total(own), self._total(base)
                characters = sum(m.place.end - m.place.start for m in base)
                rows.append(
                    TrendRow(
                        year or None,
                        here.reports,
                        there.reports,
                        here.reports / there.reports,
                        here.occurrences,
                        characters,
                        10_000 * here.occurrences / characters,
                    )
                )
            found.append(Trend(query, tuple(rows), self._total(matches)))
        return tuple(found)

    def explain(self, request: SearchRequest) -> tuple[ClauseCount, ...]:
        clauses = [
            ClauseCount(w, SearchRequest(w), self._total(list(self._matches(w, NO_FILTERS))))
            for w in request.query.split()
        ]
        return tuple(clauses) + tuple(
            ClauseCount(
                f"不限{field}",
                request.with_(filters={f: own for f, own in request.filters.items() if f != field}),
                self._total(list(self._matches(request.query, request.filters, lifted=field))),
                field=field,
            )
            for field in request.filters
        )

    def concordance(
        self, request: SearchRequest, *, order: str = "text", width: int = 30
    ) -> Concordance:
        lines = []
        matches = list(self._matches(request.query, request.filters))
        for match in matches:
            text = match.document.text[match.place.start : match.place.end]
            hit = replace(self._hit(match), snippets=())
            for a, b in match.spans:
                lines.append(
                    ConcordanceLine(
                        hit, text[max(0, a - width) : a], text[a:b], text[b : b + width]
                    )
                )
        if order == "left":
            lines.sort(key=lambda line: line.left[::-1])
        start = (request.page - 1) * request.size
        return Concordance(
            total=self._total(matches),
            lines=tuple(lines[start : start + request.size]),
            sorted_occurrences=len(lines),
            bounded=False,
            page=request.page,
            size=request.size,
        )

    def _by_agency(self, request: SearchRequest) -> dict[str | None, list[_Match]]:
        found: dict[str | None, list[_Match]] = {}
        for match in self._matches(request.query, request.filters):
            found.setdefault(match.document.summary.agency, []).append(match)
        return found

    def _cell(self, matches: Sequence[_Match], held: Sequence[_Match]) -> MatrixCell:
        own = self._total(matches)
        return MatrixCell(own.reports, self._total(held).reports, own.occurrences)

    def matrix(self, request: SearchRequest) -> Matrix:
        held = list(self._matches("", request.filters))
        years = sorted({m.document.summary.year or 0 for m in held})

        def of(matches: Sequence[_Match], year: int) -> list[_Match]:
            return [m for m in matches if (m.document.summary.year or 0) == year]

        rows = []
        for agency, matches in self._by_agency(request).items():
            base = [m for m in held if m.document.summary.agency == agency]
            cells = tuple(self._cell(of(matches, y), of(base, y)) for y in years)
            rows.append(MatrixRow(agency, cells, self._cell(matches, base)))
        everything = [m for found in self._by_agency(request).values() for m in found]
        return Matrix(
            years=tuple(y or None for y in years),
            rows=tuple(rows),
            columns=tuple(self._cell(of(everything, y), of(held, y)) for y in years),
            total=self._total(everything),
            total_rows=len(rows),
            page=request.page,
            size=request.size,
        )

    def spread(self, request: SearchRequest) -> Spread:
        held = list(self._matches("", request.filters))
        found = []
        for agency, matches in self._by_agency(request).items():
            years = sorted({m.document.summary.year or 0 for m in matches} - {0})
            base = {m.document.summary.year for m in held if m.document.summary.agency == agency}
            own = self._total(matches)
            found.append(
                Adoption(
                    agency=agency,
                    first_year=years[0] if years else None,
                    last_year=years[-1] if years else None,
                    years=tuple(years),
                    held=tuple(sorted(y for y in base if y)),
                    reports=own.reports,
                    occurrences=own.occurrences,
                    dropped=False,
                    first_hit=self._hit(matches[0]),
                )
            )
        found.sort(key=lambda one: (one.first_year or 9999, one.agency or ""))
        all_years = sorted({m.document.summary.year for m in held if m.document.summary.year})
        everything = [m for part in self._by_agency(request).values() for m in part]
        return Spread(
            adoptions=tuple(found),
            by_year=tuple(
                YearSpread(
                    year,
                    sum(1 for one in found if one.first_year == year),
                    sum(1 for one in found if year in one.years),
                    sum(1 for one in AGENCIES),
                )
                for year in all_years
            ),
            total=self._total(everything),
            total_agencies=len(found),
            held_agencies=len(AGENCIES),
            held_reports=self._total(held).reports,
            page=request.page,
            size=request.size,
        )

    def did_you_mean(self, request: SearchRequest) -> tuple[str, ...]:
        return ("放管服",) if "方管服" in request.query else ()

    def suggest(self, typed: str, size: int = 10) -> tuple[Suggestion, ...]:
        words = ("放管服", "首违不罚", "营商环境")
        return tuple(Suggestion(w, "word", 3) for w in words if w.startswith(typed))

    def similar(self, report_id: str, passage: str, size: int = 10) -> tuple[Hit, ...]:
        (same,) = [
            m
            for m in self._matches("", NO_FILTERS)
            if (m.document.summary.id, m.place.passage) == (report_id, passage)
        ]
        return tuple(
            self._hit(m)
            for m in self._matches("", NO_FILTERS)
            if m.place.section == same.place.section and m.document is not same.document
        )[:size]

    def neighbours(self, report_id: str, passage: str) -> Neighbours | None:
        documents = {d.summary.id: d for d in self.documents}
        own = documents[report_id].summary

        def beside(step: int) -> Hit | None:
            for match in self._matches("", NO_FILTERS):
                other = match.document.summary
                if (
                    match.place.passage == passage
                    and own.year
                    and ((other.agency, other.year) == (own.agency, own.year + step))
                ):
                    return self._hit(match)
            return None

        return Neighbours(beside(-1), beside(1), None, None)

    def reports(self, page: int = 1, size: int = 50, filters: Any = NO_FILTERS) -> ReportList:
        if not 1 <= size <= MAX_SIZE:
            raise RequestError("size", str(size), "每页过多。")
        found = [
            d.summary
            for d in self.documents
            if all(
                any(self._passes(self._values(d, p, f), c) for p in d.passages)
                for f, c in filters.items()
            )
        ]
        return ReportList(len(found), tuple(found[(page - 1) * size : page * size]))

    def report(self, report_id: str) -> ReportDocument | Moved | Gone | None:
        if report_id in self.moved:
            return Moved(self.moved[report_id])
        if report_id in self.gone:
            return Gone(report_id)
        for document in self.documents:
            if document.summary.id == report_id:
                same = tuple(
                    d.summary
                    for d in self.documents
                    if d.summary.agency and d.summary.agency == document.summary.agency
                )
                return replace(document, same_agency=same)
        return None

    def marks(self, report_id: str, query: str) -> tuple[tuple[int, int], ...]:
        return tuple(
            (m.place.start + a, m.place.start + b)
            for m in self._matches(query, NO_FILTERS)
            if m.document.summary.id == report_id
            for a, b in m.spans
        )

    def overview(self) -> Overview:
        everything = SearchRequest()
        return Overview(
            total=self._total(list(self._matches("", NO_FILTERS))),
            characters=sum(len(d.text) for d in self.documents),
            facets={
                field: tuple(
                    ValueCount(v.value, v.label, v.count)
                    for v in self.facet(everything, field, size=1000).values
                )
                for field in FIELDS
            },
            newest=tuple(d.summary for d in self.documents[:5]),
            generation=self.generation(),
            built="2024-05-01T08:00:00",
        )

    def close(self) -> None:
        return None


@pytest.fixture
def engine() -> PlainEngine:
    """The plain engine, fresh."""
    return PlainEngine()


@pytest.fixture
def make_site(engine: PlainEngine) -> Callable[..., Flask]:
    """Builds the site over the plain engine with the settings given."""

    def make(**settings: Any) -> Flask:
        app = create_app(engine, Settings(**settings))  # type: ignore[arg-type]
        app.config["TESTING"] = True
        app.config["PROPAGATE_EXCEPTIONS"] = False
        return app

    return make


@pytest.fixture
def client(make_site: Callable[..., Flask]) -> FlaskClient:
    """A client of the site with default settings."""
    return make_site().test_client()


@pytest.fixture(scope="session")
def sample_engine(project_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The real engine over the sample reports."""
    index = tmp_path_factory.mktemp("samples") / "index"
    samples = project_dir / "corpus" / "samples"
    command = [sys.executable, "-m", "index", "build", str(samples), "--index-dir", str(index)]
    subprocess.run(command, cwd=project_dir, check=True, capture_output=True)
    engine = open_engine(index)
    yield engine
    engine.close()


# -- a kept collection, for the keeper's page

KEPT_REPORT = """{title}

{lead}，我们推进法治政府建设，现将有关情况报告如下。
一、主要举措和成效
（一）健全制度。{body}
二、存在的不足和原因
执法力量仍然不足。
三、下一年度工作安排
持续推进法治政府建设。
"""


@pytest.fixture(scope="session")
def kept_once(project_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of invented files and its index, built once: reports, a copy, one without labels,
    a notice, a file that cannot be read."""
    top = tmp_path_factory.mktemp("kept")
    folder, index_dir = top / "now" / "报告", top / "now" / "index"
    (folder / "深").mkdir(parents=True)
    named = "云江省澜州市{}局2022年法治政府建设情况报告"
    for name, title, lead, body in (
        ("甲.txt", named.format("水务"), "2022年", "水务"),
        ("乙.txt", named.format("林业"), "2022年", "林业"),
        ("乙副本.txt", named.format("林业"), "2022年", "林业"),
        ("丙.txt", named.format("粮食"), "2022年", "粮食"),
        ("深/无标签.txt", "法治政府建设情况报告", "近年来", "档案"),
    ):
        own = "".join(f"{body}第{i}项举措已经完成。" for i in range(20))
        text = KEPT_REPORT.format(title=title, lead=lead, body=own)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "通知.txt").write_text("关于召开会议的通知\n\n定于下周开会。\n", encoding="utf-8")
    (folder / "坏.pdf").write_bytes(b"%PDF-1.4 broken")
    command = [sys.executable, "-m", "index", "build", str(folder), "--index-dir", str(index_dir)]
    subprocess.run(command, cwd=project_dir, check=True, capture_output=True)
    shutil.copytree(top / "now", top / "then", symlinks=True)
    return top


@pytest.fixture
def kept(kept_once: Path) -> tuple[Path, Path]:
    """The folder and its index as they were built, for a test to change."""
    now = kept_once / "now"
    shutil.rmtree(now)
    shutil.copytree(kept_once / "then", now, symlinks=True)
    return now / "报告", now / "index"


@pytest.fixture
def start_web(project_dir: Path, kept: tuple[Path, Path]) -> Iterator[Callable[..., Any]]:
    """Starts ``python -m web`` with the keeper's page over the kept index: the site's address,
    the page's, its token, and the process."""
    started: list[subprocess.Popen[str]] = []

    def free_port() -> int:
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            port: int = trial.getsockname()[1]
            return port

    def start() -> tuple[str, str, str, subprocess.Popen[str]]:
        ports = free_port(), free_port()
        command = [sys.executable, "-m", "web", "--index-dir", str(kept[1]), "--workers", "1"]
        process = subprocess.Popen(
            [*command, "--port", str(ports[0]), "--keeper-port", str(ports[1])],
            cwd=project_dir,
            stdout=subprocess.PIPE,
            start_new_session=True,
            encoding="utf-8",
            env=dict(os.environ, PYTHONIOENCODING="utf-8"),
        )
        started.append(process)
        assert process.stdout is not None
        said = "".join(process.stdout.readline() for _ in range(3))
        site, keeper = (f"http://127.0.0.1:{port}" for port in ports)
        assert f"网站已就绪：{site}/" in said
        assert f"管理页已就绪：{keeper}/" in said
        return site, keeper, said.split("管理页口令：")[1].splitlines()[0], process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
        assert process.stdout is not None
        process.stdout.close()
