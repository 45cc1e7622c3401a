"""A segment before it is encoded: analysed texts as columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.analysis import is_word, open_segmenter
from index.analysis.batch import TextBatch
from index.codec import numbers
from index.codec.tasks import Tick
from index.codec.word_writer import WordColumns

Uint32s = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class SpaceColumns:
    """One space, a unit after another."""

    codes: Uint32s
    """``(n,)`` code points of the folded text."""
    starts: Uint32s
    """``(units + 1,)``"""
    words: Callable[[Tick], WordColumns]
    """Makes them: the most of the work, which the writer does beside other work."""


class SpaceCollector:
    """Takes batches of one space and gives their columns.

    Holds four bytes a character and four a word until then.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._codes: list[Uint32s] = []
        self._lengths: list[NDArray[np.int64]] = []
        self._words: list[Uint32s] = []
        self.char_count = 0

    def add(self, batch: TextBatch) -> None:
        """Append the batch's texts as units."""
        known = self._numbers
        renumber = np.fromiter(
            (known.setdefault(word, len(known)) for word in batch.vocabulary),
            np.uint32,
            len(batch.vocabulary),
        )
        self._words.append(renumber[batch.words])
        self._codes.append(batch.codes)
        self._lengths.append(batch.lengths)
        self.char_count += len(batch.codes)

    def columns(self) -> SpaceColumns:
        """The columns of all batches."""
        codes = _joined(self._codes, np.uint32)
        lengths = _joined(self._lengths, np.int64)
        starts = np.zeros(len(lengths) + 1, np.int64)
        np.cumsum(lengths, out=starts[1:])

        def words(tick: Tick) -> WordColumns:
            types, positions = self._tokens()
            tick(0.25)
            return _word_columns(list(self._numbers), types, positions, lengths, tick)

        return SpaceColumns(codes, starts.astype(np.uint32), words)

    def _tokens(self) -> tuple[Uint32s, Uint32s]:
        """Search-mode tokens: word numbers and positions, unordered.  Adds the words inside
        longer words to the vocabulary."""
        vocabulary = self._numbers
        words = _joined(self._words, np.uint32)
        whole = list(vocabulary)
        lengths = np.fromiter(map(len, whole), np.int64, len(whole))
        subs: list[int] = []
        sub_offsets: list[int] = []
        sub_first = np.zeros(len(whole) + 1, np.int64)
        segmenter = open_segmenter()
        for i, word in enumerate(whole):
            if len(word) > 2:
                for offset, sub in segmenter.sub_words(word):
                    subs.append(vocabulary.setdefault(sub, len(vocabulary)))
                    sub_offsets.append(offset)
            sub_first[i + 1] = len(subs)
        positions = np.cumsum(lengths[words]) - lengths[words]
        counts = np.diff(sub_first)[words]
        long = np.flatnonzero(counts)
        reps = np.repeat(long, counts[long])
        places = numbers.ranges(sub_first[words[long]], counts[long])
        sub_types = np.array(subs, np.uint32)[places]
        sub_positions = positions[reps] + np.array(sub_offsets, np.int64)[places]
        types = np.concatenate([words, sub_types])
        all_positions = np.concatenate([positions, sub_positions]).astype(np.uint32)
        real = np.fromiter(map(is_word, vocabulary), np.bool_, len(vocabulary))[types]
        return types[real], all_positions[real]


def _joined(parts: Sequence[NDArray[Any]], dtype: type[np.generic]) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.zeros(0, dtype)


def _word_columns(
    vocabulary: list[str],
    types: Uint32s,
    positions: Uint32s,
    lengths: NDArray[np.int64],
    tick: Tick,
) -> WordColumns:
    """Postings from tokens."""
    order = sorted(range(len(vocabulary)), key=vocabulary.__getitem__)
    used = np.zeros(len(vocabulary), np.bool_)
    used[types] = True
    kept = [number for number in order if used[number]]
    ranks = np.zeros(len(vocabulary), np.uint32)
    ranks[kept] = np.arange(len(kept), dtype=np.uint32)
    terms = [vocabulary[number] for number in kept]
    keys = ranks[types].astype(np.uint64) << np.uint64(32) | positions
    term_lengths = np.fromiter(map(len, terms), np.uint32, len(terms))
    tick(0.1)
    keys.sort()
    tick(0.2)
    term_of = (keys >> np.uint64(32)).astype(np.uint32)
    positions = keys.astype(np.uint32)
    del keys
    doc_at = np.repeat(np.arange(len(lengths), dtype=np.uint32), lengths)
    docs = doc_at[positions]
    new = np.ones(len(docs), np.bool_)
    new[1:] = (docs[1:] != docs[:-1]) | (term_of[1:] != term_of[:-1])
    firsts = np.flatnonzero(new)
    freqs = np.diff(firsts, append=len(docs)).astype(np.uint32)
    tick(0.1)
    return WordColumns(
        terms,
        term_of[firsts],
        docs[firsts],
        freqs,
        _tokens_by_length(term_lengths[term_of], positions),
    )


def _tokens_by_length(lengths: Uint32s, positions: Uint32s) -> dict[int, Uint32s]:
    found = {}
    for length in np.flatnonzero(np.bincount(lengths)).tolist():
        found[length] = np.sort(positions[lengths == length])
    return found
