"""All words that begin alike, in one pass over each segment: where they stand and how they score.

They follow one another in a segment's vocabulary, so their postings are read together, however
many they are.  What each of them alone finds is ``leaves``'s affair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from index.types import SpaceName, Uint32s, WordRange
from search.whoosh_engine.columns import Columns, Floats, most_scored
from search.whoosh_engine.counts import Counts, narrow
from search.whoosh_engine.passage_sets import SPARSE
from search.whoosh_engine.runs import run_starts


@dataclass(eq=False)
class Words:
    """The words that begin with a prefix, of one generation and space."""

    prefix: str
    space: SpaceName
    columns: Columns

    @cached_property
    def _ranges(self) -> list[WordRange]:
        """By segment."""
        spaces = [segment.space(self.space) for segment in self.columns.segments]
        return [space.prefixed(self.prefix) for space in spaces]

    def counts(self) -> list[Counts]:
        """By segment, the occurrences of all the words.  Two of them that begin at one place end
        at two, so each counts."""
        pairs = zip(self._ranges, self.columns.segments, strict=True)
        return [_sums(own, segment.passage_count) for own, segment in pairs]

    def places(self, stands: Sequence[Uint32s]) -> list[tuple[Uint32s, Uint32s]]:
        """By segment, where the words begin and end in the body, ascending; ``stands`` are the
        places of the prefix's characters."""
        pairs = zip(self.columns.segments, stands, strict=True)
        return [segment.tokens_at(own, len(self.prefix)) for segment, own in pairs]

    @cached_property
    def scores(self) -> Floats:
        """``(passage_count,)`` the sum of what BM25 gives each word by itself, as ordinary Whoosh
        adds them up."""
        norms = self.columns.word_norms(self.space)
        bases = self.columns.bases.tolist()
        scores = np.zeros(self.columns.passage_count, np.float32)
        for number, (own, weights) in enumerate(zip(self._ranges, self._weights(), strict=True)):
            low, high = bases[number : number + 2]
            parts = own.freqs.astype(np.float32)
            parts /= parts + norms[low:high].take(own.docs)
            parts *= np.repeat(weights, own.counts)
            scores[low:high] = np.bincount(own.docs, parts, high - low)
        return scores

    def _weights(self) -> list[Floats]:
        """By segment, the weight of each word: by the passages of all segments that have it."""
        held = [own.counts for own in self._ranges]
        if len(held) > 1:
            held = self._held(held)
        return [most_scored(self.columns.passage_count, own).astype(np.float32) for own in held]

    def _held(self, parts: Sequence[NDArray[np.int64]]) -> list[NDArray[np.int64]]:
        """By segment, the passages of all segments that have each word."""
        numbers: dict[str, int] = {}
        own_numbers = [
            np.array(
                [
                    numbers.setdefault(word, len(numbers))
                    for word in segment.space(self.space).words_with_prefix(self.prefix)
                ],
                np.int64,
            )
            for segment in self.columns.segments
        ]
        held = np.zeros(len(numbers), np.int64)
        for own, counts in zip(own_numbers, parts, strict=True):
            held[own] += counts  # unique within a segment
        return [held[own] for own in own_numbers]


def _sums(own: WordRange, size: int) -> Counts:
    """The words' frequencies added up by passage."""
    if len(own.docs) * SPARSE > size:
        return Counts.of_table(narrow(np.bincount(own.docs, own.freqs, size)))
    order = own.docs.argsort(kind="stable")
    docs = own.docs[order].astype(np.int64)
    firsts = run_starts(docs)
    freqs = np.add.reduceat(own.freqs[order], firsts) if len(firsts) else own.freqs
    return Counts.of_list(docs[firsts], narrow(freqs), size)
