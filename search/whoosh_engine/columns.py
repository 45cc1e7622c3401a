"""One generation's labels as global arrays: passages and reports of all segments in one row.

A passage's number here is its segment's base plus its number there.  Nothing is looked up in
text; that is ``leaves``'s work.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.folding import fold_query
from corpus.model import CATEGORIES
from index.snapshot import IndexSnapshot
from index.types import Segment, SpaceName
from search.request import Field, Sort
from search.whoosh_engine.facet_tables import FacetTable, PathTable
from search.whoosh_engine.passage_sets import SPARSE, PassageSet
from search.whoosh_engine.runs import run_starts

Bools = NDArray[np.bool_]
Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]

Floats = NDArray[np.float32]

SECTIONS = len(CATEGORIES)
_WITH: Final = np.arange(1 << SECTIONS)[:, np.newaxis] >> np.arange(SECTIONS) & 1
"""``(sets, SECTIONS)`` whether each set of categories, a bit each, has each category."""
K1: Final = 1.2
B: Final = 0.75
"""BM25's constants as Whoosh's ``BM25F`` has them by default."""


@dataclass(frozen=True, slots=True)
class LabelColumn:
    """A report's label as an ordinal into ``values``; -1 unknown."""

    ordinals: Int32s
    values: tuple[str, ...]
    bins: Int64s
    """The ordinals; that of the unknown is one more than the last."""


class InReports(NamedTuple):
    """Reports in which some passages stand."""

    reports: Int64s
    """``(n,)`` ascending, unique."""
    sections: NDArray[np.uint8]
    """``(n,)`` the categories of those passages, a bit each, not 0."""

    def section_counts(self) -> Int64s:
        """``(SECTIONS,)`` reports with one of the passages in each category."""
        counts = np.bincount(self.sections, minlength=1 << SECTIONS)
        held = counts.nonzero()[0]
        found: Int64s = counts.take(held) @ _WITH.take(held, axis=0)
        return found


class Columns:
    """Global columns over a snapshot's segments."""

    def __init__(self, snapshot: IndexSnapshot) -> None:
        self.snapshot = snapshot
        self.segments: tuple[Segment, ...] = snapshot.segments
        sizes = [segment.passage_count for segment in self.segments]
        self.bases: Int64s = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        report_sizes = [segment.report_count for segment in self.segments]
        self.report_bases: Int64s = np.concatenate([[0], np.cumsum(report_sizes)]).astype(np.int64)
        # as lists too: every hit looks itself up, one number at a time
        self._starts: list[int] = self.bases.tolist()
        self._report_starts: list[int] = self.report_bases.tolist()
        self.passage_count = int(self.bases[-1])
        self.report_count = int(self.report_bases[-1])
        self.report_of: Int32s = _joined(
            [
                segment.report_of.astype(np.int32) + np.int32(base)
                for segment, base in zip(self.segments, self.report_bases[:-1], strict=True)
            ],
            np.int32,
        )
        self.first_passage: Int64s = np.append(
            _joined(
                [
                    segment.first_passage[:-1].astype(np.int64) + base
                    for segment, base in zip(self.segments, self.bases[:-1], strict=True)
                ],
                np.int64,
            ),
            self.passage_count,
        )
        self.section_of: NDArray[np.uint8] = _joined(
            [segment.section_of for segment in self.segments], np.uint8
        )
        self.live: Bools = np.ones(self.passage_count, np.bool_)
        for segment, base in zip(self.segments, self.bases[:-1].tolist(), strict=True):
            if segment.deleted:
                gone = np.frombuffer(segment.deleted.to_array(), np.uint32)
                self.live[gone.astype(np.int64) + base] = False
        self.all_live = bool(self.live.all())
        self.live_passages = PassageSet.of_mask(self.live)
        self.live_count = int(self.live.sum())
        self.live_reports: Bools = np.zeros(self.report_count, np.bool_)
        self.live_reports[self.report_of[self.live]] = True
        self.year: Int32s = _joined([s.reports.year for s in self.segments], np.int32)
        self.labels: dict[Field, LabelColumn] = {
            "agency": self._label("agency"),
            "kind": self._label("kind"),
            "region": self._label("region"),
            "year": self._years(),
        }

    def _label(self, name: Field) -> LabelColumn:
        numbers: dict[str, int] = {}
        parts = []
        for segment in self.segments:
            values: Sequence[str] = getattr(segment.reports, f"{name}_values")
            to = np.array(
                [*(numbers.setdefault(value, len(numbers)) for value in values), -1], np.int32
            )
            parts.append(to[getattr(segment.reports, name)])
        return _label_column(_joined(parts, np.int32), tuple(numbers))

    def _years(self) -> LabelColumn:
        known = np.unique(self.year[self.year >= 0])
        ordinals = np.searchsorted(known, self.year).astype(np.int32)
        ordinals[self.year < 0] = -1
        return _label_column(ordinals, tuple(map(str, known.tolist())))

    def in_reports(self, passages: PassageSet) -> InReports:
        """The reports that have some of the passages."""
        if passages.is_sparse or len(passages) * SPARSE <= self.passage_count:
            docs = passages.docs
            owners = self.report_of.take(docs)
            firsts = run_starts(owners)
            bits = self._section_bits.take(docs)
            sections = np.bitwise_or.reduceat(bits, firsts) if len(firsts) else bits
            return InReports(owners.take(firsts).astype(np.int64), sections)
        bits = self._section_bits * passages.mask
        # each passage takes on what the next has, then the next two, four: several times faster
        # than reducing report by report
        for step, same in self._same_report:
            bits[:-step] |= bits[step:] & same
        holding = self._holding
        sections = bits.take(self.first_passage.take(holding))
        there = np.flatnonzero(sections)
        return InReports(holding.take(there), sections.take(there))

    @cached_property
    def _holding(self) -> Int64s:
        """The reports that have passages, ascending."""
        return np.flatnonzero(np.diff(self.first_passage))

    @cached_property
    def _same_report(self) -> list[tuple[int, NDArray[np.uint8]]]:
        """Powers of two up to the longest report, and whether the passage so many on is of the same
        report: all bits, or none."""
        longest = int(np.diff(self.first_passage).max(initial=0))
        steps = [1 << power for power in range(max(0, longest - 1).bit_length())]
        return [
            (
                step,
                (self.report_of[step:] == self.report_of[:-step]).astype(np.uint8) * np.uint8(255),
            )
            for step in steps
        ]

    @cached_property
    def _section_bits(self) -> NDArray[np.uint8]:
        """``(passage_count,)`` the bit of each passage's category."""
        return np.left_shift(np.uint8(1), self.section_of, dtype=np.uint8)

    def word_norms(self, space: SpaceName) -> Floats:
        """``(passage_count,)`` the part of BM25's denominator that depends on how many words the
        passage has in a space."""
        if space not in self._word_norms:
            spaces = [segment.space(space) for segment in self.segments]
            lengths = [own.word_lengths().astype(np.float32) for own in spaces]
            self._word_norms[space] = _norms(_joined(lengths, np.float32))
        return self._word_norms[space]

    @cached_property
    def _word_norms(self) -> dict[SpaceName, Floats]:
        return {}

    @cached_property
    def gram_norms(self) -> Floats:
        """``(passage_count,)`` the same for grams, of which every character begins one."""
        return _norms(self.characters)

    def place_of(self, doc: int) -> tuple[int, int]:
        """The number of a passage's segment, and the passage's number there."""
        at = bisect_right(self._starts, doc) - 1
        return at, doc - self._starts[at]

    def segment_of(self, doc: int) -> tuple[Segment, int]:
        """The segment of a passage, and its number there."""
        at, local = self.place_of(doc)
        return self.segments[at], local

    def by_segment(self, docs: Int64s) -> Iterator[tuple[Segment, Int64s, Int64s]]:
        """Some passages, in any order, segment by segment: their indices, and their numbers
        there."""
        if len(self.segments) == 1:
            yield self.segments[0], np.arange(len(docs)), docs
            return
        owners = self.bases.searchsorted(docs, side="right") - 1
        for number in np.unique(owners).tolist():
            which = np.flatnonzero(owners == number)
            yield self.segments[number], which, docs[which] - self.bases[number]

    def segment_of_report(self, report: int) -> tuple[Segment, int]:
        """The segment of a report, and its number there."""
        at = bisect_right(self._report_starts, report) - 1
        return self.segments[at], report - self._report_starts[at]

    @cached_property
    def report_ids(self) -> NDArray[np.object_]:
        """``(report_count,)`` ids."""
        ids = [s.report_id(i) for s in self.segments for i in range(s.report_count)]
        return np.array(ids, dtype=object)

    @cached_property
    def id_rank(self) -> Int32s:
        """``(report_count,)`` each report's place in the order of ids."""
        return _ranks(np.argsort(self.report_ids, kind="stable"))

    @cached_property
    def published(self) -> Int32s:
        """``(report_count,)`` the published date as yyyymmdd; 99999999 unknown."""
        found = [s.report_published(i) for s in self.segments for i in range(s.report_count)]
        return np.array([int(d.replace("-", "")) if d else 99_999_999 for d in found], np.int32)

    @cached_property
    def taken(self) -> Int64s:
        """``(report_count,)`` Unix seconds at which each was taken in."""
        return _joined([segment.taken for segment in self.segments], np.int64)

    @cached_property
    def agency_rank(self) -> Int32s:
        """``(report_count,)`` rank of the agency's name; unknown last."""
        column = self.labels["agency"]
        order = np.argsort(np.array(column.values, dtype=object), kind="stable")
        ranks = np.append(_ranks(order), np.int32(len(column.values)))
        return ranks[column.ordinals]

    def sort_rank(self, sort: Sort) -> Int32s:
        """``(report_count,)`` each report's place in an order that is not by relevance."""
        if sort not in self._sort_ranks:
            year = np.where(self.year < 0, 9_999, self.year)
            newest = np.where(self.year < 0, 9_999, -self.year)
            keys: list[NDArray[np.generic]] = [self.id_rank]
            if sort == "-year":
                keys.append(newest)
            elif sort == "-taken":
                keys += [newest, -self.taken]
            elif sort == "year":
                keys.append(year)
            elif sort == "agency":
                keys += [year, self.agency_rank]
            elif sort == "first":
                keys += [self.published, year]
            self._sort_ranks[sort] = _ranks(np.lexsort(keys))
        return self._sort_ranks[sort]

    @cached_property
    def _sort_ranks(self) -> dict[Sort, Int32s]:
        return {}

    @cached_property
    def characters(self) -> Int64s:
        """``(passage_count,)`` folded characters, paragraph ends apart."""
        parts = []
        for segment in self.segments:
            starts = segment.space("body").starts.astype(np.int64)
            ends = np.searchsorted(segment.paragraphs, starts)
            parts.append(np.diff(starts) - np.diff(ends))
        return _joined(parts, np.int64)

    @cached_property
    def folded_values(self) -> dict[Field, list[str]]:
        """The folded form of each label value, for narrowing long facets."""
        return {
            name: [fold_query(value) for value in column.values]
            for name, column in self.labels.items()
        }

    def facet_table(self, name: Field) -> FacetTable:
        """The field's values, numbered as facets count them."""
        if name not in self._facet_tables:
            if name == "section":
                self._facet_tables[name] = FacetTable(CATEGORIES)
            else:
                values = self.labels[name].values
                made = PathTable(values) if name == "region" else FacetTable(values)
                self._facet_tables[name] = made
        return self._facet_tables[name]

    @cached_property
    def _facet_tables(self) -> dict[Field, FacetTable]:
        return {}

    @cached_property
    def agency_names(self) -> dict[str, frozenset[int]]:
        """Ordinals of the agencies that a name or an alias means."""
        column = self.labels["agency"]
        found: dict[str, set[int]] = {v: {i} for i, v in enumerate(column.values)}
        for segment, base in zip(self.segments, self.report_bases.tolist(), strict=False):
            for number in range(segment.report_count):
                ordinal = int(column.ordinals[base + number])
                for alias in segment.report_aliases(number):
                    found.setdefault(alias, set()).add(ordinal)
        return {name: frozenset(own - {-1}) for name, own in found.items()}

    @cached_property
    def folded_agency_names(self) -> list[tuple[str, list[int]]]:
        """Every name and alias, folded, with the ordinals of the agencies it means."""
        return [(fold_query(name), sorted(own)) for name, own in self.agency_names.items()]


def most_scored(passages: int, holding: Any) -> Any:
    """What BM25 gives a text stays below this, by the passages of a collection that hold it."""
    return (np.log(passages / (holding + 1)) + 1) * (K1 + 1)


def _label_column(ordinals: Int32s, values: tuple[str, ...]) -> LabelColumn:
    bins = ordinals.astype(np.int64)
    bins[ordinals < 0] = len(values)
    return LabelColumn(ordinals, values, bins)


def _joined(parts: Sequence[NDArray[Any]], dtype: type[np.generic]) -> NDArray[Any]:
    if not parts:
        return np.zeros(0, dtype)
    return np.concatenate(parts).astype(dtype, copy=False)


def _norms(lengths: NDArray[Any]) -> Floats:
    average = lengths.mean() if len(lengths) else 1.0
    norms: Floats = (K1 * ((1 - B) + B * lengths / max(average, 1e-9))).astype(np.float32)
    return norms


def _ranks(order: NDArray[np.intp]) -> Int32s:
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    return ranks
