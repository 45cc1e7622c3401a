"""A query tree → the passages that match, their scores, and the places that count.

Works on whole masks and arrays of a generation.  What counts as an occurrence is DESIGN §6's:
a distinct ``[start, end)`` of a positive leaf inside a matching passage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from search import query
from search.request import Scope
from search.whoosh_engine.columns import Bools, Columns, Int64s
from search.whoosh_engine.filters import label_mask
from search.whoosh_engine.leaves import EMPTY, Found, Leaves, Places, Text, places_of
from search.whoosh_engine.nearness import together

K1: Final = 1.2
B: Final = 0.75
"""BM25's constants as Whoosh's ``BM25F`` has them by default."""
BONUS: Final = 1.0
"""Weight of a run that stands together, against one word of it."""

_TEXT_LEAVES = query.Run | query.Word | query.Phrase | query.Literal | query.Prefix
Floats = NDArray[np.float32]


@dataclass(eq=False)
class PlaceSet:
    """Places that were chosen one by one (under 同句, 同段, NEAR), by segment."""

    parts: Sequence[Places]


@dataclass(eq=False)
class Evaluated:
    """A node's answer before filters."""

    mask: Bools
    active: list[tuple[Text, Bools | None]] = field(default_factory=list)
    chosen: list[PlaceSet] = field(default_factory=list)
    finds: list[Found] = field(default_factory=list)
    """Positive leaves, for scores."""
    near_scores: list[tuple[Int64s, float]] = field(default_factory=list)


class Evaluator:
    """Evaluates trees over one generation."""

    def __init__(self, columns: Columns, leaves: Leaves, expansions: int) -> None:
        self._columns = columns
        self._leaves = leaves
        self._expansions = expansions

    def evaluate(self, tree: query.Node, scope: Scope = "passage") -> Evaluated:
        """The tree's answer; deleted passages may still be in it."""
        if scope == "passage":
            return self._node(tree)
        leaves = [self._node(leaf) for leaf in _positive(tree)]
        holding = np.zeros(self._columns.passage_count, np.bool_)
        for leaf in leaves:
            holding |= leaf.mask
        reports = self._reports(tree)[self._columns.report_of]
        mask = reports & holding if leaves else reports
        joined = Evaluated(mask)
        for leaf in leaves:
            _take(joined, leaf)
        return joined

    def _reports(self, node: query.Node) -> Bools:
        """``(report_count,)`` the tree over whole reports: a leaf is true of a report when it is
        of some live passage."""
        if isinstance(node, query.And | query.Or):
            masks = [self._reports(child) for child in node.children]
            joined = masks[0].copy()
            for mask in masks[1:]:
                joined = joined & mask if isinstance(node, query.And) else joined | mask
            return joined
        if isinstance(node, query.Not):
            return ~self._reports(node.child)
        mask = self._node(node).mask & self._columns.live
        reports = np.zeros(self._columns.report_count, np.bool_)
        reports[self._columns.report_of[mask]] = True
        return reports

    def _node(self, node: query.Node) -> Evaluated:
        if isinstance(node, query.Everything):
            return Evaluated(np.ones(self._columns.passage_count, np.bool_))
        if isinstance(node, query.Label):
            return Evaluated(label_mask(self._columns, node))
        if isinstance(node, query.InField):
            return Evaluated(self._leaves.in_field(node, self._expansions))
        if isinstance(node, query.Not):
            return Evaluated(~self._node(node.child).mask)
        if isinstance(node, query.And | query.Or):
            return self._joined(node)
        if isinstance(node, query.Near):
            return self._near(node)
        found = self._leaves.find(node, self._expansions)
        return Evaluated(found.mask, list(found.active), finds=[found])

    def _joined(self, node: query.And | query.Or) -> Evaluated:
        answers = [self._node(child) for child in node.children]
        joined = Evaluated(answers[0].mask.copy())
        for answer in answers[1:]:
            if isinstance(node, query.And):
                joined.mask &= answer.mask
            else:
                joined.mask |= answer.mask
        for answer in answers:
            _take(joined, answer)
        return joined

    def _near(self, node: query.Near) -> Evaluated:
        parts = []
        docs = []
        left = self._places(node.left)
        right = self._places(node.right)
        mask = np.zeros(self._columns.passage_count, np.bool_)
        for number, segment in enumerate(self._columns.segments):
            mine, theirs = left[number], right[number]
            kept, kept_right = together(segment, mine, theirs, node.how, node.distance)
            places = places_of(
                np.concatenate([mine.starts[kept], theirs.starts[kept_right]]),
                np.concatenate([mine.ends[kept], theirs.ends[kept_right]]),
            )
            parts.append(places)
            own = segment.space("body").docs_at(places.starts.astype(np.uint32))
            docs.append(own.astype(np.int64) + int(self._columns.bases[number]))
        if docs:
            mask[np.concatenate(docs)] = True
        answer = Evaluated(mask, chosen=[PlaceSet(parts)])
        answer.finds = [
            self._leaves.find(leaf, self._expansions)
            for leaf in _positive(node)
            if isinstance(leaf, _TEXT_LEAVES)
        ]
        return answer

    def _places(self, node: query.Node) -> list[Places]:
        """The places of an operand of 同句, 同段 or NEAR, by segment."""
        answer = self._node(node)
        return [
            self._segment_places(answer, number) for number in range(len(self._columns.segments))
        ]

    def _segment_places(self, answer: Evaluated, number: int) -> Places:
        starts, ends = [EMPTY], [EMPTY]
        for text, where in answer.active:
            own = self.text_places(text, where, number)
            starts.append(own)
            ends.append(own + text.length)
        for chosen in answer.chosen:
            starts.append(chosen.parts[number].starts)
            ends.append(chosen.parts[number].ends)
        return places_of(np.concatenate(starts), np.concatenate(ends))

    def text_places(self, text: Text, where: Bools | None, number: int) -> Int64s:
        """Where a text stands in a segment, in the passages in which it counts."""
        own = self._leaves.positions(text)[number]
        if where is not None:
            docs = self._columns.segments[number].space("body").docs_at(own)
            own = own[where[docs.astype(np.int64) + int(self._columns.bases[number])]]
        return own.astype(np.int64)


def _take(joined: Evaluated, answer: Evaluated) -> None:
    joined.active += answer.active
    joined.chosen += answer.chosen
    joined.finds += answer.finds


def _positive(node: query.Node) -> list[query.Node]:
    """Leaves (and nearnesses, whole) that are not under NOT."""
    found: list[query.Node] = []
    stack = [node]
    if isinstance(node, query.Near):
        stack = [node.right, node.left]
    while stack:
        top = stack.pop()
        if isinstance(top, query.And | query.Or):
            stack.extend(reversed(top.children))
        elif not isinstance(top, query.Not | query.Everything):
            found.append(top)
    return found


class Matches:
    """What a request matches: one value that every view reads."""

    def __init__(
        self,
        columns: Columns,
        evaluator: Evaluator,
        evaluated: Evaluated,
        allowed: Bools | None,
        *,
        contiguity: bool = True,
    ) -> None:
        self.columns = columns
        self._evaluator = evaluator
        self._evaluated = evaluated
        self._contiguity = contiguity
        self.unfiltered: Bools = (
            evaluated.mask if columns.all_live else evaluated.mask & columns.live
        )
        """``(passage_count,)`` live passages that match, before filters."""
        self.mask: Bools = self.unfiltered if allowed is None else self.unfiltered & allowed
        """…and after them."""
        self.docs: Int64s = np.flatnonzero(self.mask)

    @cached_property
    def reports(self) -> Int64s:
        """``(n,)`` reports with a matching passage, ascending, unique."""
        return distinct(self.columns.report_of[self.docs])

    @cached_property
    def occurrence_counts(self) -> NDArray[np.int64]:
        """``(len(docs),)`` occurrences in each matching passage."""
        groups = _by_text(self._evaluated.active)
        if self._evaluated.chosen or any(
            len(own) > 1 and any(text.kind == "literal" for text, _ in own) for own in groups
        ):
            # literals that fold alike may stand apart, so only places tell their union
            placed = np.bincount(self.places[0], minlength=self.columns.passage_count)
            return placed[self.docs]
        if len(self._evaluated.active) == 1:
            text, where = self._evaluated.active[0]
            if where is None and np.array_equal(text.docs, self.docs):
                # every passage with the text matches: the usual case of one phrase
                return text.freqs
        counts = np.zeros(self.columns.passage_count, np.int64)
        for own in groups:
            if len(own) == 1 and own[0][1] is None:
                counts[own[0][0].docs] += own[0][0].freqs
            else:
                counts += self._text_counts(own)
        return counts[self.docs]

    def _text_counts(self, own: Sequence[tuple[Text, Bools | None]]) -> NDArray[np.int64]:
        """Occurrences of one string of characters by passage.  As a word it stands at some of
        the places at which it stands as characters, so the larger count is their union."""
        counts = np.zeros(self.columns.passage_count, np.int64)
        for text, where in own:
            docs, freqs = text.docs, text.freqs
            if where is not None:
                counting = where[docs]
                docs, freqs = docs[counting], freqs[counting]
            counts[docs] = np.maximum(counts[docs], freqs)
        return counts

    @cached_property
    def occurrences(self) -> int:
        return int(self.occurrence_counts.sum())

    @cached_property
    def places(self) -> tuple[Int64s, Int64s, Int64s]:
        """Every occurrence: its passage, start and end (folded, in the passage), ascending."""
        docs, starts, ends = [EMPTY], [EMPTY], [EMPTY]
        for number, segment in enumerate(self.columns.segments):
            own = self._evaluator._segment_places(self._evaluated, number)
            local = segment.space("body").docs_at(own.starts.astype(np.uint32)).astype(np.int64)
            begin = segment.space("body").starts[local].astype(np.int64)
            doc = local + int(self.columns.bases[number])
            keep = self.mask[doc]
            docs.append(doc[keep])
            starts.append((own.starts - begin)[keep])
            ends.append((own.ends - begin)[keep])
        return np.concatenate(docs), np.concatenate(starts), np.concatenate(ends)

    def places_in(self, doc: int) -> list[tuple[int, int]]:
        """Occurrences in one passage: folded spans, ascending."""
        number = int(np.searchsorted(self.columns.bases, doc, side="right")) - 1
        segment = self.columns.segments[number]
        local = doc - int(self.columns.bases[number])
        low, high = map(int, segment.space("body").starts[local : local + 2])
        found: set[tuple[int, int]] = set()
        for text, where in self._evaluated.active:
            if where is not None and not where[doc]:
                continue
            own = self._evaluator._leaves.positions(text)[number]
            first, last = np.searchsorted(own, (low, high))
            found.update((p - low, p - low + text.length) for p in own[first:last].tolist())
        for chosen in self._evaluated.chosen:
            part = chosen.parts[number]
            first, last = np.searchsorted(part.starts, (low, high))
            found.update(
                (s - low, e - low)
                for s, e in zip(
                    part.starts[first:last].tolist(), part.ends[first:last].tolist(), strict=True
                )
            )
        return sorted(found)

    @cached_property
    def scores(self) -> Floats:
        """``(len(docs),)`` BM25 of each matching passage."""
        scores = np.zeros(self.columns.passage_count, np.float32)
        for found in self._evaluated.finds:
            for text in found.scored:
                self._score(scores, text, 1.0)
            if found.bonus is not None and self._contiguity:
                self._score(scores, found.bonus, BONUS * max(1, len(found.scored)))
        return scores[self.docs]

    def _score(self, scores: Floats, text: Text, weight: float) -> None:
        if not len(text.docs):
            return
        columns = self.columns
        idf = np.log(columns.passage_count / (len(text.docs) + 1)) + 1
        freqs = text.freqs.astype(np.float32)
        norms = self._norms[text.docs]
        scores[text.docs] += np.float32(weight * idf * (K1 + 1)) * freqs / (freqs + norms)

    @cached_property
    def _norms(self) -> Floats:
        return length_norms(self.columns)


def length_norms(columns: Columns) -> Floats:
    """``(passage_count,)`` the part of BM25's denominator that depends on length alone."""
    cached = columns.__dict__.get("_length_norms")
    if cached is None:
        average = columns.lengths.mean() if len(columns.lengths) else 1.0
        cached = (K1 * ((1 - B) + B * columns.lengths / max(average, 1e-9))).astype(np.float32)
        columns.__dict__["_length_norms"] = cached
    norms: Floats = cached
    return norms


def distinct(values: NDArray[np.integer]) -> Int64s:
    """Distinct values of an ascending array."""
    if not len(values):
        return EMPTY
    keep = np.append(True, values[1:] != values[:-1])
    found: Int64s = values[keep].astype(np.int64)
    return found


def _by_text(
    active: Sequence[tuple[Text, Bools | None]],
) -> list[list[tuple[Text, Bools | None]]]:
    groups: dict[str, list[tuple[Text, Bools | None]]] = {}
    for text, where in active:
        groups.setdefault(text.folded, []).append((text, where))
    return list(groups.values())
