"""A query tree → the passages that match and the places that count.

Works a leaf at a time on whole arrays of a generation.  What counts as an occurrence is DESIGN
§6's: a distinct ``[start, end)`` of a positive leaf inside a matching passage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from search import query
from search.request import UNLABELLED, Scope
from search.whoosh_engine.columns import Bools, Columns
from search.whoosh_engine.filters import label_mask
from search.whoosh_engine.leaves import Active, Found, Leaves, Text
from search.whoosh_engine.nearness import NOWHERE, Places, together, union
from search.whoosh_engine.passage_sets import PassageSet

_TEXT_LEAVES = query.Run | query.Word | query.Phrase | query.Literal | query.Prefix | query.Like


@dataclass(eq=False)
class PlaceSet:
    """Places that were chosen one by one (under 同句, 同段, NEAR)."""

    passages: PassageSet
    """The passages that have some."""
    parts: Sequence[Places]
    """By segment."""


class Scoring(NamedTuple):
    """A leaf that scores, and the passages in which its branch of the tree holds; None where that
    is every passage that matches."""

    found: Found
    where: PassageSet | None = None


@dataclass(eq=False)
class Evaluated:
    """A node's answer before filters."""

    passages: PassageSet
    active: list[Active] = field(default_factory=list)
    chosen: list[PlaceSet] = field(default_factory=list)
    finds: list[Scoring] = field(default_factory=list)
    """Positive leaves, for scores."""


class Evaluator:
    """Evaluates trees over one generation."""

    def __init__(self, columns: Columns, leaves: Leaves) -> None:
        self._columns = columns
        self.leaves = leaves
        self._places: dict[tuple[Text, int], Places] = {}
        """Everywhere a text stands, by segment."""

    def evaluate(self, tree: query.Node, scope: Scope = "passage") -> Evaluated:
        """The tree's answer; deleted passages may still be in it."""
        if scope == "passage":
            return self._node(tree)
        columns = self._columns
        held, leaves = self._in_reports(tree)
        true = held[columns.report_of]
        # of a report its passages with one of the words are listed; all, where none has any
        worded = np.zeros(columns.passage_count, np.bool_)
        for leaf in leaves:
            worded |= leaf.passages.mask
        some = np.zeros(columns.report_count, np.bool_)
        some[columns.report_of[worded]] = True
        joined = Evaluated(PassageSet.of_mask(true & (worded | ~some[columns.report_of])))
        for leaf in leaves:
            _take(joined, leaf)
        return joined

    def _in_reports(self, node: query.Node) -> tuple[Bools, list[Evaluated]]:
        """``(report_count,)`` the tree over whole reports: a leaf is true of a report when it is of
        some live passage.  And its leaves that are not under NOT."""
        if isinstance(node, query.And | query.Or):
            parts = [self._in_reports(child) for child in node.children]
            masks = [held for held, _ in parts]
            leaves = [leaf for _, own in parts for leaf in own]
            if isinstance(node, query.And):
                return np.logical_and.reduce(masks), leaves
            for held, own in parts:
                self._score_within(own, held)
            return np.logical_or.reduce(masks), leaves
        if isinstance(node, query.Not):
            return ~self._in_reports(node.child)[0], []
        answer = self._node(node)
        docs = (answer.passages & self._columns.live_passages).docs
        reports = np.zeros(self._columns.report_count, np.bool_)
        reports[self._columns.report_of[docs]] = True
        return reports, [answer] if isinstance(node, _TEXT_LEAVES | query.Near) else []

    def _score_within(self, leaves: Sequence[Evaluated], held: Bools) -> None:
        """Lets leaves score in some reports only."""
        within = PassageSet.of_mask(held[self._columns.report_of])
        for leaf in leaves:
            leaf.finds = [_within(one, within) for one in leaf.finds]

    def _node(self, node: query.Node) -> Evaluated:
        if isinstance(node, query.Everything):
            return _constant(PassageSet.everything(self._columns.passage_count))
        if isinstance(node, query.Label):
            passages = PassageSet.of_mask(label_mask(self._columns, node))
            ranged = node.field == "year" and node.text != UNLABELLED
            return _constant(passages) if ranged else Evaluated(passages)
        if isinstance(node, query.InField):
            titled = self.leaves.in_field(node)
            return Evaluated(titled.passages, finds=[Scoring(titled)])
        if isinstance(node, query.Not):
            return _constant(~self._node(node.child).passages)
        if isinstance(node, query.And | query.Or):
            return self._joined(node)
        if isinstance(node, query.Near):
            return self._near(node)
        found = self.leaves.find(node)
        return Evaluated(found.passages, list(found.active), finds=[Scoring(found)])

    def _joined(self, node: query.And | query.Or) -> Evaluated:
        answers = [self._node(child) for child in node.children]
        own = [answer.passages for answer in answers]
        passages = PassageSet.any(own) if isinstance(node, query.Or) else _all(own)
        joined = Evaluated(passages)
        for answer in answers:
            if isinstance(node, query.Or):  # a branch that fails scores nothing in another's
                answer.finds = [_within(own, answer.passages) for own in answer.finds]
            _take(joined, answer)
        return joined

    def _near(self, node: query.Near) -> Evaluated:
        left, right = self._node(node.left), self._node(node.right)
        both = left.passages & right.passages
        parts = []
        mask = np.zeros(self._columns.passage_count, np.bool_)
        for number, segment in enumerate(self._columns.segments):
            mine = self.places(left, number, both)
            theirs = self.places(right, number, both)
            kept, kept_right = together(segment, mine, theirs, node.how, node.distance)
            parts.append(union([mine.chosen(kept), theirs.chosen(kept_right)]))
            mask[int(self._columns.bases[number]) :][parts[-1].docs] = True
        passages = PassageSet.of_mask(mask)
        answer = Evaluated(passages, chosen=[PlaceSet(passages, parts)])
        answer.finds = [
            Scoring(self.leaves.find(leaf))
            for side in (node.left, node.right)
            for leaf in _positive(side)
            if isinstance(leaf, _TEXT_LEAVES)
        ]
        return answer

    def places(self, answer: Evaluated, number: int, within: PassageSet) -> Places:
        """An answer's places in one segment, in the passages given."""
        parts = [
            self._text_places(text, within if where is None else where & within, number)
            for text, where in answer.active
        ]
        for chosen in answer.chosen:
            own = chosen.parts[number]
            if chosen.passages is not within:
                own = own.chosen(self._lies(own.docs, number, within))
            parts.append(own)
        return union(parts)

    def _text_places(self, text: Text, within: PassageSet, number: int) -> Places:
        starts = self.leaves.positions(text)[number]
        if not len(starts):
            return NOWHERE
        key = text, number
        if key not in self._places:
            docs = self.leaves.owners(text)[number]
            self._places[key] = Places(starts, text.ends_of(number), docs)
        everywhere = self._places[key]
        if within is text.counts.passages:
            return everywhere
        return everywhere.chosen(self._lies(everywhere.docs, number, within))

    def _lies(self, docs: NDArray[np.uint32], number: int, within: PassageSet) -> Bools:
        """``(n,)`` which documents of a segment are among some passages."""
        return within.has(docs + np.int64(self._columns.bases[number]))


def _all(sets: Sequence[PassageSet]) -> PassageSet:
    """Passages in every set, small sets first."""
    passages, *others = sorted(sets, key=lambda own: not own.is_sparse)
    for other in others:
        passages = passages & other
    return passages


def _constant(passages: PassageSet) -> Evaluated:
    """What ordinary Whoosh gives one point: everything, a range of years, what is not something."""
    return Evaluated(passages, finds=[Scoring(Found(passages, constant=1.0))])


def _within(scoring: Scoring, passages: PassageSet) -> Scoring:
    where = passages if scoring.where is None else scoring.where & passages
    return scoring._replace(where=where)


def _take(joined: Evaluated, answer: Evaluated) -> None:
    # what is typed twice counts once
    joined.active += [one for one in answer.active if one not in joined.active]
    joined.chosen += answer.chosen
    joined.finds += answer.finds


def _positive(node: query.Node) -> list[query.Node]:
    """Leaves (and nearnesses, whole) that are not under NOT."""
    found: list[query.Node] = []
    stack = [node]
    while stack:
        top = stack.pop()
        if isinstance(top, query.And | query.Or):
            stack.extend(reversed(top.children))
        elif not isinstance(top, query.Not | query.Everything):
            found.append(top)
    return found
