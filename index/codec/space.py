"""One space of a segment: its folded text as words and grams, read (``index.types.TextSpace``).

The texts of ``title`` and ``heading`` are shared by passages that follow one another, so they
are kept once, as *units*; ``SharedSpace`` lays them out passage by passage, as readers expect.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from index.codec import numbers
from index.codec.borders import Borders
from index.codec.container import Sections
from index.codec.grams import GramReader
from index.codec.rests import RestReader
from index.codec.roaring import bitmap
from index.codec.words import WordReader
from index.types import Postings, WordRange

Uint32s = NDArray[np.uint32]


class OwnSpace:
    """A space whose units are the passages themselves: ``body``."""

    def __init__(self, container: Sections, name: str) -> None:
        self.starts: Uint32s = container.array(f"{name}.starts")
        self.char_count = int(self.starts[-1])
        self.grams = GramReader(container, name, self.char_count)
        self.words = WordReader(container, name, self.grams.phrase, self.char_count)
        self._rests = RestReader(container, name, self.words.term)

    def word(self, term: str) -> Postings | None:
        number = self.words.find(term)
        return None if number < 0 else self.words.postings(number)

    def word_table(self, term: str) -> NDArray[np.uint8] | None:
        number = self.words.find(term)
        return None if number < 0 else self.words.table(number)

    def word_positions(self, term: str) -> Uint32s:
        return self.words.positions(term)

    def word_count(self, term: str) -> int:
        number = self.words.find(term)
        return 0 if number < 0 else self.words.count(number)

    def rest(self, term: str) -> Uint32s | None:
        return self._rests.find(term)

    def words_with_prefix(self, prefix: str) -> list[str]:
        return self.words.terms_between(*self.words.prefixed(prefix))

    def prefixed(self, prefix: str) -> WordRange:
        return WordRange(*self.words.postings_between(*self.words.prefixed(prefix)))

    def word_lengths(self) -> Uint32s:
        return self.words.lengths

    def gram(self, bigram: str) -> BitMap:
        return self.grams.gram(bigram)

    def gram_count(self, bigram: str) -> int:
        return self.grams.count(bigram)

    def char(self, character: str) -> BitMap:
        return self.grams.char(character)

    def phrase(self, folded: str) -> Uint32s:
        return self.grams.phrase(folded)

    @cached_property
    def _borders(self) -> Borders:
        return Borders(self.starts[:-1], self.char_count)

    def docs_at(self, positions: Uint32s) -> Uint32s:
        """``(n,)`` the document of each position, as ``searchsorted`` on ``starts`` finds it."""
        return self._borders.at(positions)


class SharedSpace:
    """A space whose units are runs of passages; ``first_docs`` ``(units + 1,)`` says where each
    run begins."""

    def __init__(self, container: Sections, name: str, first_docs: Uint32s) -> None:
        self._units = OwnSpace(container, name)
        self._first_docs = first_docs.astype(np.int64)
        self._runs = np.diff(self._first_docs)
        lengths = np.repeat(np.diff(self._units.starts.astype(np.int64)), self._runs)
        starts = np.zeros(len(lengths) + 1, np.int64)
        np.cumsum(lengths, out=starts[1:])
        self.starts: Uint32s = starts.astype(np.uint32)
        self.char_count = int(starts[-1])

    def _spread(self, units: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """For each unit named, all its documents in order; and the index each came from."""
        runs = self._runs[units]
        came_from = np.repeat(np.arange(len(units)), runs)
        return numbers.ranges(self._first_docs[units], runs), came_from

    def _positions(self, found: Uint32s) -> Uint32s:
        """Positions in units → positions in passages, ascending."""
        if not len(found):
            return found
        units = self._units.docs_at(found).astype(np.int64)
        docs, came_from = self._spread(units)
        offsets = found.astype(np.int64) - self._units.starts[units]
        return np.sort(self.starts[docs] + offsets[came_from]).astype(np.uint32)

    def word(self, term: str) -> Postings | None:
        found = self._units.word(term)
        if found is None:
            return None
        docs, came_from = self._spread(found.docs.astype(np.int64))
        return Postings(docs.astype(np.uint32), found.freqs[came_from])

    def word_table(self, term: str) -> NDArray[np.uint8] | None:
        whole = self._units.word_table(term)
        return None if whole is None else np.repeat(whole, self._runs)

    def word_positions(self, term: str) -> Uint32s:
        return self._positions(self._units.word_positions(term))

    def word_count(self, term: str) -> int:
        found = self._units.word(term)
        return 0 if found is None else int(self._runs[found.docs].sum())

    def rest(self, term: str) -> Uint32s | None:
        del term
        return None

    def words_with_prefix(self, prefix: str) -> list[str]:
        return self._units.words_with_prefix(prefix)

    def prefixed(self, prefix: str) -> WordRange:
        found = self._units.prefixed(prefix)
        docs, came_from = self._spread(found.docs.astype(np.int64))
        bounds = came_from.searchsorted(np.append(0, np.cumsum(found.counts)))
        return WordRange(np.diff(bounds), docs.astype(np.uint32), found.freqs[came_from])

    def word_lengths(self) -> Uint32s:
        return np.repeat(self._units.word_lengths(), self._runs)

    def gram(self, bigram: str) -> BitMap:
        return bitmap(self._positions(self._units.grams.positions(bigram)))

    def gram_count(self, bigram: str) -> int:
        return len(self.gram(bigram))

    def char(self, character: str) -> BitMap:
        return bitmap(self.phrase(character))

    def phrase(self, folded: str) -> Uint32s:
        return self._positions(self._units.phrase(folded))

    def docs_at(self, positions: Uint32s) -> Uint32s:
        """``(n,)`` the document of each position."""
        return (self.starts.searchsorted(positions, side="right") - 1).astype(np.uint32)

    @property
    def units(self) -> OwnSpace:
        """The texts as they are kept, each once."""
        return self._units
