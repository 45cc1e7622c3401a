"""Which stretch of a text a position lies in: passages, paragraphs, sentences.

A table tells the stretch of every thirty-second position; from there on it is at most a few
borders further.  All positions are looked up together, several times faster than a binary search.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Uint32s = NDArray[np.uint32]

_SHIFT: Final = np.uint32(5)
_NEVER: Final = np.uint32(2**32 - 1)


class Borders:
    """Stretches of ``char_count`` characters, by where each begins; the first begins at 0."""

    def __init__(self, starts: NDArray[Any], char_count: int) -> None:
        self.count = len(starts)
        marks = np.arange(0, char_count + 1, 1 << int(_SHIFT), dtype=np.uint32)
        after = starts.searchsorted(marks, side="right")
        self._hints: Uint32s = np.maximum(after, 1).astype(np.uint32) - np.uint32(1)
        self._next: Uint32s = np.append(starts[1:], _NEVER).astype(np.uint32)
        inside = np.diff(after, append=len(starts))
        self._most = int(inside.max(initial=0))
        """Borders between two marks, at most."""

    def at(self, positions: Uint32s) -> Uint32s:
        """``(n,)`` the number of the stretch each position lies in."""
        found: Uint32s = self._hints.take(positions >> _SHIFT)
        if self._most:
            found += self._next.take(found) <= positions
        if self._most > 1:
            behind = np.flatnonzero(self._next.take(found) <= positions)
            while len(behind):
                found[behind] += np.uint32(1)
                still = self._next.take(found[behind]) <= positions[behind]
                behind = behind[still]
        return found

    def ends(self, stretches: Uint32s) -> Uint32s:
        """``(n,)`` where each stretch ends; for the last one, beyond any position."""
        found: Uint32s = self._next.take(stretches)
        return found
