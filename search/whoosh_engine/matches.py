"""What a request matches: one value that every view reads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.folding import fold_with_offsets
from search.highlight import stored_spans
from search.results import Span
from search.whoosh_engine.columns import Columns, Floats, InReports, Int64s
from search.whoosh_engine.evaluate import Evaluated, Evaluator
from search.whoosh_engine.leaves import Active, Text
from search.whoosh_engine.nearness import Places
from search.whoosh_engine.passage_sets import PassageSet
from search.whoosh_engine.rows import ALL, Rows, Where
from search.whoosh_engine.scores import Scorer
from search.whoosh_engine.selection import greatest

DENSE: Final = 8
"""Where one passage in so many matches or more, there is a row for every passage."""
EMPTY: Final[Int64s] = np.zeros(0, np.int64)


class Matches:
    """The passages that match, with occurrences, places and scores, each made when asked for.

    Where many passages match, counts and scores are worked out for every passage of the
    generation, whether it matches or not; else for those alone that match.
    """

    def __init__(
        self,
        columns: Columns,
        evaluator: Evaluator,
        evaluated: Evaluated,
        allowed: PassageSet | None,
        *,
        contiguity: bool = True,
    ) -> None:
        self.columns = columns
        self._evaluator = evaluator
        self._evaluated = evaluated
        self._contiguity = contiguity
        self.unfiltered: PassageSet = (
            evaluated.passages if columns.all_live else evaluated.passages & columns.live_passages
        )
        """Live passages that match, before filters."""
        self.passages: PassageSet = (
            self.unfiltered if allowed is None else self.unfiltered & allowed
        )
        """…and after them."""
        dense = len(self.passages) * DENSE >= columns.passage_count
        self._rows = Rows(columns.passage_count, None if dense else self.passages.docs)

    @property
    def docs(self) -> Int64s:
        """``(n,)`` the passages that match, ascending."""
        return self.passages.docs

    def __len__(self) -> int:
        return len(self.passages)

    @cached_property
    def in_reports(self) -> InReports:
        """The reports with a matching passage, and in which sections."""
        return self.columns.in_reports(self.passages)

    @property
    def reports(self) -> Int64s:
        """``(n,)`` reports with a matching passage, ascending, unique."""
        return self.in_reports.reports

    # --- occurrences ------------------------------------------------------------------------

    @cached_property
    def occurrence_counts(self) -> Int64s:
        """``(len(docs),)`` occurrences in each matching passage."""
        counts = self._row_counts
        return (counts.take(self.docs) if self._rows.are_all else counts).astype(np.int64)

    @cached_property
    def _row_counts(self) -> NDArray[Any]:
        """Occurrences by row."""
        return self._occurrence_rows(self._rows)

    def occurrences_in(self, docs: Int64s) -> Int64s:
        """``(n,)`` occurrences in each of some matching passages, in any order."""
        if self._rows.passages is not None:
            return self._row_counts.take(self._rows.passages.searchsorted(docs)).astype(np.int64)
        order = np.argsort(docs)
        found = np.empty(len(docs), np.int64)
        found[order] = self._occurrence_rows(Rows(self.columns.passage_count, docs[order]))
        return found

    @cached_property
    def occurrences(self) -> int:
        """All of them."""
        if self._placed or not self._rows.are_all:
            return int(self._row_counts.sum(dtype=np.int64))
        # each string's by themselves: no row is needed
        total = 0
        for own in self._groups:
            where, found = self._group(own, self._rows)
            if not self._is_whole(own):
                found = found * self._rows.lie(where, self.passages)
            # bytes are added up twice as fast in 32 bits, which hold so many
            narrow = found.itemsize == 1 and len(found) < 1 << 24
            total += int(found.sum(dtype=np.uint32 if narrow else np.int64))
        return total

    @cached_property
    def _groups(self) -> list[_Group]:
        """What is counted, so that the sum of all counts nothing twice."""
        active = self._evaluated.active
        starred = [text for text, _ in active if text.kind == "prefix"]
        # all words with a prefix are among those with a shorter one
        widest = [
            text
            for text in starred
            if not any(text.folded.startswith(own.folded) for own in starred if own is not text)
        ]
        groups = [_Group([(text, None)]) for text in widest]
        for folded, own in _by_text(active).items():
            counted = None
            if any(folded.startswith(text.folded) for text in widest):
                counted = self._evaluator.leaves.word(folded)
                own.append((counted, None))
            groups.append(_Group(own, counted))
        return groups

    @cached_property
    def _placed(self) -> bool:
        """Whether occurrences are known by their places alone: those of nearness; and literals
        that fold alike may stand apart, so only places tell their union."""
        return bool(self._evaluated.chosen) or any(
            len(own.active) > 1 and any(text.kind == "literal" for text, _ in own.active)
            for own in self._groups
        )

    def _is_whole(self, group: _Group) -> bool:
        """Whether a string's places are all in passages that match."""
        active = group.active
        return len(active) == 1 and active[0][0].counts.passages is self.passages

    def _occurrence_rows(self, rows: Rows) -> NDArray[Any]:
        """Occurrences by row; none where a passage does not match."""
        if self._placed:
            return rows.take(np.concatenate([EMPTY, *self._placed_counts]))
        counts = rows.zeros()
        for own in self._groups:
            where, found = self._group(own, rows)
            counts[where] += found
        if rows.are_all:
            counts *= self.passages.mask
        return counts

    @cached_property
    def _placed_counts(self) -> list[Int64s]:
        """Occurrences in each passage, by segment, from their places."""
        return [
            np.bincount(own.docs, minlength=segment.passage_count)
            for segment, own in zip(self.columns.segments, self._segment_places, strict=True)
        ]

    def _group(self, own: _Group, rows: Rows) -> tuple[Where, NDArray[Any]]:
        """Occurrences of one string of characters.  As a word it stands at some of the places
        at which it stands as characters, so the larger count is their union."""
        if len(own.active) == 1 and own.active[0][1] is None:
            return rows.frequency(own.active[0][0])
        counts = rows.zeros()
        for text, within in own.active:
            where, freqs = rows.frequency(text)
            if within is not None:
                freqs = freqs * rows.lie(where, within)
            counts[where] = np.maximum(counts[where], freqs)
        if own.counted is not None:
            where, freqs = rows.frequency(own.counted)
            counts[where] -= freqs
        return ALL, counts

    # --- places -----------------------------------------------------------------------------

    @cached_property
    def _segment_places(self) -> list[Places]:
        """Every occurrence, by segment."""
        return [
            self._evaluator.places(self._evaluated, number, self.passages)
            for number in range(len(self.columns.segments))
        ]

    @cached_property
    def places(self) -> tuple[Int64s, Int64s, Int64s]:
        """Every occurrence: its passage, start and end (folded, in the passage), ascending."""
        docs, starts, ends = [EMPTY], [EMPTY], [EMPTY]
        for number, (segment, own) in enumerate(
            zip(self.columns.segments, self._segment_places, strict=True)
        ):
            begin = segment.space("body").starts.take(own.docs)
            docs.append(own.docs + np.int64(self.columns.bases[number]))
            starts.append((own.starts - begin).astype(np.int64))
            ends.append((own.ends - begin).astype(np.int64))
        return np.concatenate(docs), np.concatenate(starts), np.concatenate(ends)

    def spans_in(self, doc: int, text: str) -> tuple[Span, ...]:
        """Occurrences in one passage, of which ``text`` is what is stored, as spans of it:
        ascending, overlapping ones joined.

        What is nowhere known by its places is not looked up everywhere for one passage's sake, but
        found in its characters.
        """
        folded, offsets = fold_with_offsets(text)
        number, local = self.columns.place_of(doc)
        segment = self.columns.segments[number]
        low = int(segment.space("body").starts[local])
        bounds = np.array([low, low + len(folded)], np.uint32)
        found: set[tuple[int, int]] = set()
        for own, within in self._evaluated.active:
            if within is not None and not within.has(np.array([doc]))[0]:
                continue
            if own.positions is not None:
                first, last = own.positions[number].searchsorted(bounds).tolist()
                starts, ends = own.positions[number][first:last], own.ends_of(number, first, last)
            else:
                starts = np.array(_find_all(own.folded, folded), np.uint32) + bounds[0]
                ends = starts + np.uint32(own.length)
                if own.kind == "word":
                    which = segment.are_tokens(starts, own.folded)
                    starts, ends = starts[which], ends[which]
                elif own.kind == "prefix":
                    starts, ends = segment.tokens_at(starts, own.length)
            places = zip((starts - bounds[0]).tolist(), (ends - bounds[0]).tolist(), strict=True)
            found.update(places)
        for chosen in self._evaluated.chosen:
            part = chosen.parts[number]
            first, last = part.starts.searchsorted(bounds)
            starts = (part.starts[first:last] - bounds[0]).tolist()
            found.update(zip(starts, (part.ends[first:last] - bounds[0]).tolist(), strict=True))
        return stored_spans(offsets, sorted(found))

    # --- scores -----------------------------------------------------------------------------

    def scores_in(self, docs: Int64s) -> Floats:
        """``(n,)`` the score of each of some matching passages, in any order."""
        passages = self._rows.passages
        return self._scores.take(docs if passages is None else passages.searchsorted(docs))

    def best(self, count: int) -> tuple[Int64s, Floats]:
        """Matching passages, ascending, and their scores: the ``count`` best at least, with all
        that equal the last of them."""
        scores = self._scores
        if self._rows.passages is not None:
            chosen = greatest(scores, count)
            return self._rows.passages[chosen], scores[chosen]
        if len(self) < self.columns.passage_count:
            if not self._score_alone:
                scores = scores * self.passages.mask
            # a passage that does not match has no score, but then one that does may have none
            chosen = greatest(scores, count)
            chosen = chosen[self.passages.mask[chosen]]
            if len(chosen) < min(count, len(self)):
                return self.docs, scores.take(self.docs)
        else:
            chosen = greatest(scores, count)
        return chosen, scores[chosen]

    @property
    def _score_alone(self) -> bool:
        """Whether passages that do not match have no score anyway: what is asked is one text."""
        if not self._contiguity or len(self._evaluated.finds) != 1:
            return False
        found = self._evaluated.finds[0].found
        return found.passages is self.passages and found.scores_one

    @cached_property
    def _scores(self) -> Floats:
        """By row."""
        scorer = Scorer(self.columns, self._rows)
        for scoring in self._evaluated.finds:
            if self._contiguity:
                scorer.add(scoring)
            else:
                scorer.add_plain(scoring, self._evaluator.leaves)
        return scorer.scores


class _Group(NamedTuple):
    """One string of characters, or the words of a prefix."""

    active: list[Active]
    counted: Text | None = None
    """The string as a word, where its places are counted with the words of a prefix."""


def _by_text(active: Sequence[Active]) -> dict[str, list[Active]]:
    """What stands for each string of characters, prefixes apart."""
    groups: dict[str, list[Active]] = {}
    for text, where in active:
        if text.kind != "prefix":
            groups.setdefault(text.folded, []).append((text, where))
    return groups


def _find_all(wanted: str, text: str) -> list[int]:
    """Where some characters stand, overlapping places too."""
    found = []
    at = text.find(wanted)
    while at >= 0:
        found.append(at)
        at = text.find(wanted, at + 1)
    return found
