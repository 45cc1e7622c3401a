"""A frequent word's *rest*: where its characters stand and no token of it begins.

应当 is nearly always cut as a word.  Its postings and a short list of the other places together
say how often its characters stand in each passage, several times faster than all their positions.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from index.codec.container import Sections
from index.codec.grams import GramReader
from index.codec.words import WordReader

Uint32s = NDArray[np.uint32]
FREQUENT: Final = 1024
"""Units that have the word, at least."""
SHARE: Final = 4
"""A rest is kept where it is at most this part of the places; a long one would save nothing."""


def encode_rests(words: WordReader, grams: GramReader) -> dict[str, NDArray[Any]]:
    """Sections (without the space's name)."""
    numbers, bounds, parts = [], [0], []
    for number in np.flatnonzero(words.counts() >= FREQUENT).tolist():
        term = words.term(number)
        if len(term) < 2:
            continue
        stands = grams.phrase(term)
        rest = stands[~words.are_tokens(term, stands)]
        if len(rest) * SHARE <= len(stands):
            numbers.append(number)
            bounds.append(bounds[-1] + len(rest))
            parts.append(rest)
    return {
        "rests.words": np.array(numbers, np.uint32),
        "rests.bounds": np.array(bounds, np.uint32),
        "rests.positions": np.concatenate([np.zeros(0, np.uint32), *parts]),
    }


class RestReader:
    """The rests of one space; ``term`` gives its words by number."""

    def __init__(self, sections: Sections, space: str, term: Callable[[int], str]) -> None:
        self._term = term
        self._words: Uint32s = np.zeros(0, np.uint32)
        if f"{space}.rests.words" not in sections:  # only the body has them
            return
        self._words = sections.array(f"{space}.rests.words")
        self._bounds: Uint32s = sections.array(f"{space}.rests.bounds")
        self._positions: Uint32s = sections.array(f"{space}.rests.positions")

    @cached_property
    def _rows(self) -> dict[str, int]:
        """By word.  A thousand or two, and asked of everything that is searched, mostly in vain."""
        return {self._term(number): row for row, number in enumerate(self._words.tolist())}

    def find(self, word: str) -> Uint32s | None:
        """``(n,)`` ascending: the rest of a word; None where it is not kept."""
        row = self._rows.get(word)
        if row is None:
            return None
        return self._positions[int(self._bounds[row]) : int(self._bounds[row + 1])]
