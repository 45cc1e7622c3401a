"""Which stretch of a text a position lies in: passages, paragraphs, sentences.

A table tells the stretch of positions at even steps, shorter than most stretches; from there on
it is at most a few borders further.  All positions are looked up together, several times faster
than a binary search.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Uint32s = NDArray[np.uint32]

_LEAST: Final = 5
_NEVER: Final = np.uint32(2**32 - 1)
_CROWDED: Final = np.uint32(1 << 31)
"""Set in a hint from which several borders may have to be passed; stretches are fewer."""


class Borders:
    """Stretches of ``char_count`` characters, by where each begins; the first begins at 0."""

    def __init__(self, starts: NDArray[Any], char_count: int) -> None:
        self.count = len(starts)
        # a step of about half the mean: seldom several borders, and a table that stays
        # in the processor's cache
        mean = char_count // max(1, len(starts))
        self._shift = np.uint32(max(_LEAST, mean.bit_length() - 1))
        marks = np.arange(0, char_count + 1, 1 << int(self._shift), dtype=np.uint32)
        after = starts.searchsorted(marks, side="right")
        self._hints: Uint32s = np.maximum(after, 1).astype(np.uint32) - np.uint32(1)
        self._next: Uint32s = np.append(starts[1:], _NEVER).astype(np.uint32)
        self._hints[np.diff(after, append=len(starts)) > 1] |= _CROWDED

    def at(self, positions: Uint32s) -> Uint32s:
        """``(n,)`` the number of the stretch each position lies in."""
        found: Uint32s = self._hints.take(positions >> self._shift)
        crowded = (found >= _CROWDED).nonzero()[0]
        if len(crowded):
            found[crowded] ^= _CROWDED
        found += self._next.take(found) <= positions
        while len(crowded):
            behind = self._next.take(found[crowded]) <= positions[crowded]
            crowded = crowded[behind]
            found[crowded] += np.uint32(1)
        return found

    def ends(self, stretches: Uint32s) -> Uint32s:
        """``(n,)`` where each stretch ends; for the last one, beyond any position."""
        found: Uint32s = self._next.take(stretches)
        return found
