"""What a request matches: one value that every view reads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import compress
from typing import Any, Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from corpus.folding import fold_with_offsets
from search.highlight import stored_spans
from search.results import Span
from search.whoosh_engine.columns import K1, Bools, Columns, Floats, InReports, Int64s
from search.whoosh_engine.evaluate import Evaluated, Evaluator
from search.whoosh_engine.leaves import Active, Found, Text
from search.whoosh_engine.nearness import Places
from search.whoosh_engine.passage_sets import PassageSet
from search.whoosh_engine.selection import greatest

BONUS: Final = 1.0
"""Weight of a run that stands together, against one word of it."""
PAIR: Final = 0.8
"""Weight of a pair of characters of a sentence, against a word (``docs/relevance.md``)."""
DENSE: Final = 8
"""Where one passage in so many matches or more, there is a row for every passage."""
EMPTY: Final[Int64s] = np.zeros(0, np.int64)
ALL: Final = slice(None)

Where: TypeAlias = slice | Int64s
"""Rows, ascending; a slice for all of them."""


class Matches:
    """The passages that match, with occurrences, places and scores, each made when asked for.

    Where many passages match, counts and scores are worked out for every passage of the
    generation, whether it matches or not; else for those alone that match.  Both are *rows*;
    ``_domain`` is the passage of each row, None when there is one for every passage.
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
        self._domain: Int64s | None = None if dense else self.passages.docs

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
        rows = self._occurrence_rows(self._domain)
        return (rows.take(self.docs) if self._domain is None else rows).astype(np.int64)

    def occurrences_in(self, docs: Int64s) -> Int64s:
        """``(n,)`` occurrences in each of some matching passages, in any order."""
        order = np.argsort(docs)
        found = np.empty(len(docs), np.int64)
        found[order] = self._occurrence_rows(docs[order])
        return found

    @cached_property
    def occurrences(self) -> int:
        """All of them."""
        if self._placed or self._domain is not None:
            return int(self._occurrence_rows(self._domain).sum(dtype=np.int64))
        # each string's by themselves: no row is needed
        total = 0
        for own in self._groups:
            where, found = self._group(own, None)
            total += int((found * self._lies(where, self.passages, None)).sum(dtype=np.int64))
        return total

    @cached_property
    def _groups(self) -> list[list[Active]]:
        return _by_text(self._evaluated.active)

    @cached_property
    def _placed(self) -> bool:
        """Whether occurrences are known by their places alone: those of nearness; and literals
        that fold alike may stand apart, so only places tell their union."""
        return bool(self._evaluated.chosen) or any(
            len(own) > 1 and any(text.kind == "literal" for text, _ in own) for own in self._groups
        )

    def _occurrence_rows(self, domain: Int64s | None) -> NDArray[Any]:
        """Occurrences by row; none where a passage does not match."""
        if self._placed:
            whole = np.concatenate([EMPTY, *self._placed_counts])
            return whole if domain is None else whole.take(domain)
        rows = np.zeros(self.columns.passage_count if domain is None else len(domain), np.uint32)
        for own in self._groups:
            where, found = self._group(own, domain)
            rows[where] += found
        if domain is None:
            rows *= self.passages.mask
        return rows

    @cached_property
    def _placed_counts(self) -> list[Int64s]:
        """Occurrences in each passage, by segment, from their places."""
        return [
            np.bincount(own.docs, minlength=segment.passage_count)
            for segment, own in zip(self.columns.segments, self._segment_places, strict=True)
        ]

    def _group(self, own: Sequence[Active], domain: Int64s | None) -> tuple[Where, NDArray[Any]]:
        """Occurrences of one string of characters.  As a word it stands at some of the places
        at which it stands as characters, so the larger count is their union."""
        if len(own) == 1 and own[0][1] is None:
            return self._frequency(own[0][0], domain)
        counts = np.zeros(self.columns.passage_count if domain is None else len(domain), np.uint32)
        for text, within in own:
            where, freqs = self._frequency(text, domain)
            if within is not None:
                freqs = freqs * self._lies(where, within, domain)
            counts[where] = np.maximum(counts[where], freqs)
        return ALL, counts

    def _lies(self, where: Where, within: PassageSet, domain: Int64s | None) -> Bools:
        """Which passages of some rows are among others."""
        if domain is not None:
            return within.has(domain[where])
        return within.mask if isinstance(where, slice) else within.has(where)

    def _frequency(self, text: Text, domain: Int64s | None) -> tuple[Where, NDArray[Any]]:
        """Which rows have the text, and how often; with a slice, some may have it no times."""
        if domain is not None:
            return text.counts.at(domain)
        return text.counts.list if text.counts.is_list else (ALL, text.counts.table)

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
                first, last = own.positions[number].searchsorted(bounds)
                starts = (own.positions[number][first:last] - bounds[0]).tolist()
            else:
                starts = _find_all(own.folded, folded)
                if own.kind == "word" and starts:
                    at = np.array(starts, np.uint32) + bounds[0]
                    starts = list(compress(starts, segment.are_tokens(at, own.folded)))
            found.update((start, start + own.length) for start in starts)
        for chosen in self._evaluated.chosen:
            part = chosen.parts[number]
            first, last = part.starts.searchsorted(bounds)
            starts = (part.starts[first:last] - bounds[0]).tolist()
            found.update(zip(starts, (part.ends[first:last] - bounds[0]).tolist(), strict=True))
        return stored_spans(offsets, sorted(found))

    # --- scores -----------------------------------------------------------------------------

    def scores_in(self, docs: Int64s) -> Floats:
        """``(n,)`` the score of each of some matching passages, in any order."""
        rows = docs if self._domain is None else self._domain.searchsorted(docs)
        return self._score_rows.take(rows)

    def best(self, count: int) -> tuple[Int64s, Floats]:
        """Matching passages, ascending, and their scores: the ``count`` best at least, with all
        that equal the last of them."""
        scores = self._score_rows
        if self._domain is not None:
            chosen = greatest(scores, count)
            return self._domain[chosen], scores[chosen]
        if len(self) < self.columns.passage_count:
            scores = scores * self.passages.mask
            # a passage that does not match has no score, but then one that does may have none
            chosen = greatest(scores, count)
            chosen = chosen[self.passages.mask[chosen]]
            if len(chosen) < min(count, len(self)):
                return self.docs, scores.take(self.docs)
        else:
            chosen = greatest(scores, count)
        return chosen, scores[chosen]

    @cached_property
    def _score_rows(self) -> Floats:
        """BM25 by row.  Without contiguity it is what ordinary Whoosh gives the same words and
        grams."""
        size = self.columns.passage_count if self._domain is None else len(self._domain)
        scores = np.zeros(size, np.float32)
        norms = self._row_norms(self.columns.length_norms)
        for found, where in self._evaluated.finds:
            if where is found.passages and _scores_where_it_is(found, self._contiguity):
                where = None
            if not self._contiguity:
                self._score_plain(scores, norms, found, where)
                continue
            for text in found.scored:
                self._score(scores, norms, text, 1.0, where)
            for pair in found.pairs:
                self._score(scores, norms, pair, PAIR, where)
            if found.bonus is not None:
                # more than its words apart can give, however often they stand (DESIGN §6)
                most = sum(map(self._most, found.scored))
                weight = BONUS * max(1, len(found.scored))
                self._score(scores, norms, found.bonus, weight, where, most)
        return scores

    def _row_norms(self, norms: Floats) -> Floats:
        return norms if self._domain is None else norms.take(self._domain)

    def _score_plain(
        self, scores: Floats, norms: Floats, found: Found, where: PassageSet | None
    ) -> None:
        leaves = self._evaluator.leaves
        if found.constant:
            own = found.passages if where is None else where
            scores += np.float32(found.constant) * self._lies(ALL, own, self._domain)
        texts = found.scored
        if found.plain is not None and found.plain.kind == "words":
            texts = [leaves.word(word) for word in found.plain.terms]
        elif found.plain is not None:
            texts = [leaves.characters(gram) for gram in found.plain.terms]
            norms = self._row_norms(self.columns.gram_norms)
        for text in texts:
            self._score(scores, norms, text, 1.0, where)

    def _most(self, text: Text) -> float:
        """What BM25 gives a text stays below this."""
        idf: float = np.log(self.columns.passage_count / (len(text.counts) + 1)) + 1
        return idf * (K1 + 1)

    def _score(
        self,
        scores: Floats,
        norms: Floats,
        text: Text,
        weight: float,
        within: PassageSet | None,
        lead: float = 0.0,
    ) -> None:
        """Adds to the rows that have the text, of some passages only or of all: ``lead``, and its
        BM25 times the weight."""
        where, counts = self._frequency(text, self._domain)
        if not len(counts):
            return
        own = counts.astype(np.float32)
        own /= own + norms[where]
        own *= np.float32(weight * self._most(text))
        if lead:
            own += np.float32(lead) * (counts > 0)
        if within is not None:
            own *= self._lies(where, within, self._domain)
        scores[where] += own


def _scores_where_it_is(found: Found, contiguity: bool) -> bool:
    """Whether what scores stands in the leaf's own passages alone."""
    if not contiguity and found.plain is not None:
        return len(found.plain.terms) == 1
    return len(found.scored) == 1 and not found.pairs


def _by_text(active: Sequence[Active]) -> list[list[Active]]:
    groups: dict[str, list[Active]] = {}
    for text, where in active:
        groups.setdefault(text.folded, []).append((text, where))
    return list(groups.values())


def _find_all(wanted: str, text: str) -> list[int]:
    """Where some characters stand, overlapping places too."""
    found = []
    at = text.find(wanted)
    while at >= 0:
        found.append(at)
        at = text.find(wanted, at + 1)
    return found
