"""What a request matches: one value that every view reads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np

from search.whoosh_engine.columns import K1, Bools, Columns, Floats, Int64s
from search.whoosh_engine.evaluate import Evaluated, Evaluator
from search.whoosh_engine.leaves import Active, Plain, Text
from search.whoosh_engine.nearness import Places
from search.whoosh_engine.passage_sets import SPARSE, PassageSet

BONUS: Final = 1.0
"""Weight of a run that stands together, against one word of it."""
PAIR: Final = 0.8
"""Weight of a pair of characters of a sentence, against a word (``docs/relevance.md``)."""
EMPTY: Final[Int64s] = np.zeros(0, np.int64)
ALL: Final = slice(None)

Where: TypeAlias = slice | Int64s
"""Indices into the matching passages, ascending; a slice for all of them."""


class Matches:
    """The passages that match, with occurrences, places and scores, each made when asked for."""

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
        self._frequencies: dict[Text, tuple[Where, Int64s]] = {}
        self.unfiltered: PassageSet = (
            evaluated.passages if columns.all_live else evaluated.passages & columns.live_passages
        )
        """Live passages that match, before filters."""
        self.passages: PassageSet = (
            self.unfiltered if allowed is None else self.unfiltered & allowed
        )
        """…and after them."""
        self.docs: Int64s = self.passages.docs

    @cached_property
    def presence(self) -> Bools:
        """``(SECTIONS, report_count)`` which reports have a match in each category."""
        return self.columns.presence(self.docs)

    @cached_property
    def reports(self) -> Int64s:
        """``(n,)`` reports with a matching passage, ascending, unique."""
        return np.flatnonzero(self.presence.any(axis=0))

    @cached_property
    def occurrence_counts(self) -> Int64s:
        """``(len(docs),)`` occurrences in each matching passage."""
        groups = _by_text(self._evaluated.active)
        if self._evaluated.chosen or any(
            len(own) > 1 and any(text.kind == "literal" for text, _ in own) for own in groups
        ):
            # literals that fold alike may stand apart, so only places tell their union
            placed = [
                np.bincount(own.docs, minlength=segment.passage_count)
                for segment, own in zip(self.columns.segments, self._segment_places, strict=True)
            ]
            return np.concatenate([EMPTY, *placed])[self.docs]
        if len(groups) == 1:
            where, found = self._text_counts(groups[0])
            if isinstance(where, slice):
                return found
        counts = np.zeros(len(self.docs), np.int64)
        for own in groups:
            where, found = self._text_counts(own)
            counts[where] += found
        return counts

    def _text_counts(self, own: Sequence[Active]) -> tuple[Where, Int64s]:
        """Occurrences of one string of characters.  As a word it stands at some of the places
        at which it stands as characters, so the larger count is their union."""
        if len(own) == 1 and own[0][1] is None:
            return self._frequency(own[0][0])
        counts = np.zeros(len(self.docs), np.int64)
        for text, within in own:
            where, freqs = self._frequency(text)
            if within is not None:
                freqs = freqs * within.has(self.docs[where])
            counts[where] = np.maximum(counts[where], freqs)
        return ALL, counts

    def _frequency(self, text: Text) -> tuple[Where, Int64s]:
        """Which matching passages have the text, and how often; with a slice, some may have it
        no times."""
        found = self._frequencies.get(text)
        if found is None:
            found = self._frequencies[text] = self._look_up(text)
        return found

    def _look_up(self, text: Text) -> tuple[Where, Int64s]:
        size, docs = self.columns.passage_count, self.docs
        if docs is text.docs or np.array_equal(docs, text.docs):
            return ALL, text.freqs
        if not len(docs) or not len(text.docs):
            return EMPTY, EMPTY
        if len(text.docs) * SPARSE <= size:
            at = docs.searchsorted(text.docs)
            there = docs.take(at, mode="clip") == text.docs
            return at[there], text.freqs[there]
        if len(docs) * SPARSE <= size:
            at = text.docs.searchsorted(docs)
            there = text.docs.take(at, mode="clip") == docs
            return np.flatnonzero(there), text.freqs[at[there]]
        table = np.zeros(size, np.int64)
        table[text.docs] = text.freqs
        return ALL, table if len(docs) == size else table.take(docs)

    @cached_property
    def occurrences(self) -> int:
        return int(self.occurrence_counts.sum())

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

    def places_in(self, doc: int) -> list[tuple[int, int]]:
        """Occurrences in one passage: folded spans, ascending."""
        number = int(np.searchsorted(self.columns.bases, doc, side="right")) - 1
        segment = self.columns.segments[number]
        local = doc - int(self.columns.bases[number])
        low, high = map(int, segment.space("body").starts[local : local + 2])
        bounds = np.array([low, high], np.uint32)
        found: set[tuple[int, int]] = set()
        for text, within in self._evaluated.active:
            if within is not None and not within.mask[doc]:
                continue
            own = self._evaluator.leaves.positions(text)[number]
            first, last = own.searchsorted(bounds)
            found.update((p - low, p - low + text.length) for p in own[first:last].tolist())
        for chosen in self._evaluated.chosen:
            part = chosen.parts[number]
            first, last = part.starts.searchsorted(bounds)
            found.update(
                (s - low, e - low)
                for s, e in zip(
                    part.starts[first:last].tolist(), part.ends[first:last].tolist(), strict=True
                )
            )
        return sorted(found)

    @cached_property
    def scores(self) -> Floats:
        """``(len(docs),)`` BM25 of each matching passage.  Without contiguity it is what ordinary
        Whoosh gives the same words and grams."""
        scores = np.zeros(len(self.docs), np.float32)
        norms = self.columns.length_norms.take(self.docs)
        for found in self._evaluated.finds:
            if not self._contiguity and found.plain is not None:
                self._score_plain(scores, norms, found.plain)
                continue
            for text in found.scored:
                self._score(scores, norms, text, 1.0)
            if self._contiguity:
                for pair in found.pairs:
                    self._score(scores, norms, pair, PAIR)
            if found.bonus is not None and self._contiguity:
                self._score(scores, norms, found.bonus, BONUS * max(1, len(found.scored)))
        return scores

    def _score_plain(self, scores: Floats, norms: Floats, plain: Plain) -> None:
        leaves = self._evaluator.leaves
        if plain.kind == "words":
            for word in plain.terms:
                self._score(scores, norms, leaves.word(word), 1.0)
            return
        gram_norms = self.columns.gram_norms.take(self.docs)
        for gram in plain.terms:
            self._score(scores, gram_norms, leaves.characters(gram), 1.0)

    def _score(self, scores: Floats, norms: Floats, text: Text, weight: float) -> None:
        where, counts = self._frequency(text)
        if not len(counts):
            return
        idf = np.log(self.columns.passage_count / (len(text.docs) + 1)) + 1
        own = counts.astype(np.float32)
        own /= own + norms[where]
        own *= np.float32(weight * idf * (K1 + 1))
        scores[where] += own


def _by_text(active: Sequence[Active]) -> list[list[Active]]:
    groups: dict[str, list[Active]] = {}
    for text, where in active:
        groups.setdefault(text.folded, []).append((text, where))
    return list(groups.values())
