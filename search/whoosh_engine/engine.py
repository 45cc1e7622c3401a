"""The engine on the columnar Whoosh index: ``search.engine.Engine``."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final, Literal

import numpy as np

from index.errors import IndexProblem
from index.generations import current_generation
from index.snapshot import open_snapshot
from search import query
from search.errors import CursorExpired, IndexUnavailable, RequestError
from search.explain import iter_parts
from search.query import describe
from search.query_parser import BOUNDS, MOST_NOTICES, Parsed, QueryBounds, parse_query
from search.request import (
    FIELDS,
    MAX_SIZE,
    NO_FILTERS,
    SORTS,
    UNLABELLED,
    Field,
    Filters,
    Scope,
    SearchRequest,
)
from search.results import (
    ClauseCount,
    Facet,
    Gone,
    Hit,
    HitStream,
    Moved,
    Notice,
    Overview,
    ReportDocument,
    ReportList,
    ReportSummary,
    ResultPage,
    Span,
    Total,
    Trend,
    ValueCount,
)
from search.views import Concordance, ConcordanceSort, Matrix, Neighbours, Spread, Suggestion
from search.whoosh_engine import concordance, facets, matrix, neighbours, spread
from search.whoosh_engine.columns import Columns
from search.whoosh_engine.evaluate import Evaluator
from search.whoosh_engine.filters import FilterMasks, not_held
from search.whoosh_engine.hits import document_of, make_hits, summary_at
from search.whoosh_engine.leaves import Leaves
from search.whoosh_engine.matches import Matches
from search.whoosh_engine.memory import keep_freed_memory
from search.whoosh_engine.passage_sets import PassageSet
from search.whoosh_engine.ranking import ordered
from search.whoosh_engine.suggest import Suggester
from search.whoosh_engine.trends import trend_rows

CHECK_EVERY_S = 1.0
"""How often to look for a newer generation, at most."""
NEWEST = 8
AT_ONCE = 64
"""Hits that are made together."""
_CURSOR: Final = re.compile("([0-9]+)[.]([0-9]{1,15})")
"""The generation and how many hits came before."""


class WhooshEngine:
    """Answers from one index folder.  Raises IndexUnavailable on opening when there is no sound
    index there; later, it goes on serving the last sound generation."""

    def __init__(self, index_dir: Path, bounds: QueryBounds = BOUNDS) -> None:
        keep_freed_memory()
        self._index_dir = index_dir
        self._bounds = bounds
        self._lock = threading.Lock()
        self._checked = time.monotonic()
        self._columns = self._open()
        self._suggester: tuple[str, Suggester] | None = None

    def _open(self) -> Columns:
        try:
            return Columns(open_snapshot(self._index_dir))
        except IndexProblem as problem:
            raise IndexUnavailable(str(problem)) from problem

    def _current(self) -> Columns:
        """The newest sound generation."""
        now = time.monotonic()
        if now - self._checked >= CHECK_EVERY_S and self._lock.acquire(blocking=False):
            try:
                self._checked = now
                if current_generation(self._index_dir) != self._columns.snapshot.generation:
                    self._columns = self._open()
                    self._suggester = None  # it holds the generation before
            except (IndexProblem, IndexUnavailable, OSError):
                pass  # a damaged newcomer: what is open goes on
            finally:
                self._lock.release()
        return self._columns

    def generation(self) -> str:
        return self._current().snapshot.generation

    def close(self) -> None:
        self._columns.snapshot.close()

    # --- matching ---------------------------------------------------------------------------

    def _match(
        self, columns: Columns, request: SearchRequest, known: Leaves | None = None
    ) -> tuple[Matches, FilterMasks, Parsed]:
        """What a request matches; ``known`` are leaves looked up for another of its kind."""
        parsed = parse_query(request.query, self._bounds)
        tree = parsed.tree
        notices = list(parsed.notices)
        if request.within.strip():
            inner = parse_query(request.within, self._bounds)
            tree = query.And((tree, inner.tree))
            # their places are in the inner query, not in the one that is shown
            notices += [Notice(one.code, f"结果中再搜：{one.message}") for one in inner.notices]
        leaves = known or Leaves(columns)
        notices += islice(not_held(columns, request.filters), MOST_NOTICES)
        evaluator = Evaluator(columns, leaves)
        masks = FilterMasks(columns, request.filters)
        matches = Matches(
            columns,
            evaluator,
            evaluator.evaluate(tree, request.scope),
            masks.passages(),
            contiguity=request.contiguity,
        )
        return matches, masks, Parsed(tree, tuple(notices))

    def _total(self, columns: Columns, request: SearchRequest, known: Leaves) -> Total:
        matches, _, _ = self._match(columns, request, known)
        return _total(matches)

    # --- the list ---------------------------------------------------------------------------

    def search(self, request: SearchRequest) -> ResultPage:
        begun = time.perf_counter()
        _check(request)
        columns = self._current()
        # past the last is past the last, however far
        start = min(_start(request, columns.snapshot.generation), columns.passage_count)
        matches, masks, parsed = self._match(columns, request)
        end = start + request.size
        hits = tuple(_hits(matches, request, start, end))
        found: dict[Field, Facet] = {}
        if request.facet_size:
            found = {
                name: facets.facet(matches, masks, request, name, size=request.facet_size)
                for name in request.facet_fields
            }
        more = end < len(matches)
        return ResultPage(
            query=request.query,
            total=_total(matches),
            hits=hits,
            facets=found,
            generation=columns.snapshot.generation,
            took_ms=round((time.perf_counter() - begun) * 1000, 3),
            next_cursor=_cursor(columns.snapshot.generation, end) if more else None,
            notices=parsed.notices,
            understood="" if isinstance(parsed.tree, query.Everything) else describe(parsed.tree),
        )

    def stream(self, request: SearchRequest) -> HitStream:
        _check(request)
        columns = self._current()
        matches, _, _ = self._match(columns, request)
        return HitStream(
            _total(matches),
            columns.snapshot.generation,
            columns.snapshot.built,
            _hits(matches, request, 0, len(matches)),
        )

    def facet(
        self,
        request: SearchRequest,
        field: Field,
        *,
        page: int = 1,
        size: int = 100,
        by: Literal["count", "name"] = "count",
    ) -> Facet:
        matches, masks, _ = self._match(self._current(), request)
        start = (max(1, page) - 1) * size
        return facets.facet(
            matches, masks, request, field, start=start, size=size, by_name=by == "name"
        )

    # --- views ------------------------------------------------------------------------------

    def trend(
        self,
        queries: Sequence[str],
        filters: Filters = NO_FILTERS,
        *,
        scope: Scope = "passage",
        within: str = "",
    ) -> tuple[Trend, ...]:
        columns = self._current()
        found: list[Trend] = []
        for text in queries:
            asked = SearchRequest(text, filters, scope=scope, within=within)
            matches, masks, parsed = self._match(columns, asked)
            rows = tuple(trend_rows(matches, masks.passages()))
            # what is to be said of the filters is said once
            notices = tuple(n for n in parsed.notices if not found or n.code != "not_held")
            found.append(Trend(text, rows, _total(matches), notices))
        return tuple(found)

    def concordance(
        self, request: SearchRequest, *, order: ConcordanceSort = "text", width: int = 30
    ) -> Concordance:
        _check(request)
        matches, _, parsed = self._match(self._current(), request)
        return concordance.concordance(matches, request, order, width, parsed.notices)

    def matrix(self, request: SearchRequest) -> Matrix:
        _check(request)
        matches, masks, parsed = self._match(self._current(), request)
        return matrix.matrix(matches, masks.passages(), request, parsed.notices)

    def spread(self, request: SearchRequest) -> Spread:
        _check(request)
        matches, masks, parsed = self._match(self._current(), request)
        return spread.spread(matches, masks.passages(), request, parsed.notices)

    def suggest(self, typed: str, size: int = 10) -> tuple[Suggestion, ...]:
        return self._suggestions(self._current()).suggest(typed, size)

    def did_you_mean(self, request: SearchRequest) -> tuple[str, ...]:
        found = []
        columns = self._current()
        known = Leaves(columns)
        for text in self._suggestions(columns).corrections(request.query):
            if self._total(columns, request.with_(query=text), known).passages:
                found.append(text)
            if len(found) == 3:
                break
        return tuple(found)

    def _suggestions(self, columns: Columns) -> Suggester:
        ready = self._suggester
        if ready is None or ready[0] != columns.snapshot.generation:
            ready = columns.snapshot.generation, Suggester(columns)
            if columns is self._columns:
                self._suggester = ready
        return ready[1]

    def similar(self, report_id: str, passage: str, size: int = 10) -> tuple[Hit, ...]:
        columns = self._current()
        doc = _find_passage(columns, report_id, passage)
        if doc is None:
            return ()
        tree = neighbours.likeness(columns, doc)
        evaluator = Evaluator(columns, Leaves(columns))
        others = PassageSet.of_mask(columns.report_of != columns.report_of[doc])
        matches = Matches(columns, evaluator, evaluator.evaluate(tree), others, contiguity=False)
        return tuple(_hits(matches, SearchRequest(view="passages"), 0, size))

    def neighbours(self, report_id: str, passage: str) -> Neighbours | None:
        columns = self._current()
        doc = _find_passage(columns, report_id, passage)
        return None if doc is None else neighbours.neighbours(columns, doc)

    # --- explaining -------------------------------------------------------------------------

    def explain(self, request: SearchRequest) -> tuple[ClauseCount, ...]:
        columns = self._current()
        known = Leaves(columns)
        found = []
        for part in iter_parts(request, parse_query(request.query, self._bounds).tree):
            total = self._total(columns, part.asked, known)
            if total.occurrences or not part.only_found:
                found.append(ClauseCount(part.label, part.asked, total, part.field, part.value))
        return tuple(found)

    # --- reports ----------------------------------------------------------------------------

    def reports(self, page: int = 1, size: int = 50, filters: Filters = NO_FILTERS) -> ReportList:
        if page < 1 or not 1 <= size <= MAX_SIZE:
            raise RequestError("page", f"{page}/{size}", f"页码从 1 起，每页 1 至 {MAX_SIZE} 份。")
        columns = self._current()
        allowed = FilterMasks(columns, filters).passages()
        held = matrix.held(columns, allowed)
        order = held[np.argsort(columns.sort_rank("agency")[held])]
        chosen = order[(page - 1) * size : page * size].tolist()
        return ReportList(len(held), tuple(summary_at(columns, number) for number in chosen))

    def report(self, report_id: str) -> ReportDocument | Moved | Gone | None:
        columns = self._current()
        snapshot = columns.snapshot
        place = snapshot.find_report(report_id)
        if place is None:
            fate = snapshot.resolve(report_id)
            if fate.fate == "moved" and fate.to is not None:
                return Moved(fate.to)
            return Gone(report_id) if fate.fate == "gone" else None
        segment, local = place
        number = local + int(columns.report_bases[columns.segments.index(segment)])
        report = summary_at(columns, number)
        versions: list[ReportSummary] = []
        years: list[ReportSummary] = []
        if report.agency is not None:
            agency = columns.labels["agency"]
            ordinal = agency.values.index(report.agency)
            same = np.flatnonzero((agency.ordinals == ordinal) & columns.live_reports)
            for other in same[np.argsort(columns.sort_rank("year")[same])].tolist():
                own = summary_at(columns, other)
                if own.series != report.series:
                    continue
                years.append(own)
                if own.year == report.year and own.year is not None and own.id != report.id:
                    versions.append(own)
        return document_of(columns, number, tuple(versions), tuple(years))

    def marks(self, report_id: str, query: str) -> tuple[Span, ...]:
        columns = self._current()
        place = columns.snapshot.find_report(report_id)
        if place is None or not query.strip():
            return ()
        segment, number = place
        at = columns.segments.index(segment)
        report = number + int(columns.report_bases[at])
        matches, _, _ = self._match(columns, SearchRequest(query))
        spans: list[Span] = []
        offset = 0
        first, last = columns.first_passage[report : report + 2].tolist()
        for doc in range(first, last):
            text = segment.passage_text(doc - int(columns.bases[at]))
            if matches.passages.mask[doc]:
                spans += [(offset + s, offset + e) for s, e in matches.spans_in(doc, text)]
            offset += len(text)
        return tuple(spans)

    def overview(self) -> Overview:
        columns = self._current()
        matches, masks, _ = self._match(columns, SearchRequest())
        counts: dict[Field, tuple[ValueCount, ...]] = {}
        for name in FIELDS:
            found = facets.facet(matches, masks, SearchRequest(), name, size=10**9)
            values = [ValueCount(v.value, v.label, v.count) for v in found.values]
            if name == "year":
                values.sort(key=lambda v: (v.value == UNLABELLED, v.value))
            counts[name] = tuple(values)
        newest = np.flatnonzero(columns.live_reports)
        newest = newest[np.argsort(columns.sort_rank("-year")[newest])][:NEWEST]
        return Overview(
            total=Total(len(matches.reports), len(matches), 0),
            characters=int(columns.characters[columns.live].sum()),
            facets=counts,
            newest=tuple(summary_at(columns, number) for number in newest.tolist()),
            generation=columns.snapshot.generation,
            built=columns.snapshot.built,
        )


def _total(matches: Matches) -> Total:
    return Total(len(matches.reports), len(matches), matches.occurrences)


def _hits(matches: Matches, request: SearchRequest, start: int, end: int) -> Iterator[Hit]:
    """Hits ``[start, end)`` of the request's order."""
    docs = ordered(matches, request.sort, request.view, start, end)
    if not len(docs):
        return
    scored = request.sort == "relevance"
    scores = matches.scores_in(docs) if scored else np.zeros(len(docs), np.float32)
    occurrences = matches.occurrences_in(docs)
    # a stream reads no more texts than are taken from it, or a few more
    for first in range(0, len(docs), AT_ONCE):
        own = slice(first, first + AT_ONCE)
        yield from make_hits(
            matches.columns,
            docs[own],
            scores=scores[own],
            occurrences=occurrences[own],
            matches=matches if request.snippets else None,
        )


def _find_passage(columns: Columns, report_id: str, passage: str) -> int | None:
    place = columns.snapshot.find_report(report_id)
    if place is None:
        return None
    segment, number = place
    base = int(columns.bases[columns.segments.index(segment)])
    for local in range(int(segment.first_passage[number]), int(segment.first_passage[number + 1])):
        if segment.passage_id(local) == passage:
            return base + local
    return None


def _check(request: SearchRequest) -> None:
    if request.page < 1:
        raise RequestError("page", str(request.page), "页码从 1 起。")
    if not 1 <= request.size <= MAX_SIZE:
        raise RequestError("size", str(request.size), f"每页的段落数应在 1 至 {MAX_SIZE} 之间。")
    if request.sort not in SORTS:
        raise RequestError("sort", request.sort, f"没有“{request.sort}”这种排序。")


def _cursor(generation: str, start: int) -> str:
    return f"{generation}.{start}"


def _start(request: SearchRequest, generation: str) -> int:
    if request.cursor is None:
        return (request.page - 1) * request.size
    found = _CURSOR.fullmatch(request.cursor)
    if found is None:
        raise CursorExpired(request.cursor, malformed=True)
    if found[1] != generation:
        raise CursorExpired(request.cursor)
    return int(found[2])
