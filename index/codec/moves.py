"""Where the units and positions of a segment's space go when segments are merged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.codec import numbers
from index.codec.borders import Borders

Bools = NDArray[np.bool_]
Uint32s = NDArray[np.uint32]
Int64s = NDArray[np.int64]


class Move:
    """One segment's share of a merged space: the units kept, and where they and their characters
    go.  ``starts`` ``(units + 1,)`` and ``kept`` ``(units,)`` are the old space's."""

    def __init__(self, starts: Uint32s, kept: Bools) -> None:
        self.kept = kept
        self.lengths: Int64s = numbers.lengths(starts)[kept]
        """Characters of each unit kept."""
        self._starts = starts
        self._borders = None if kept.all() else Borders(starts[:-1], int(starts[-1]))
        self._char_base = 0
        self._unit_base = 0
        self._shift_of: Int64s = np.zeros(0, np.int64)
        self._unit_of: Int64s = np.zeros(0, np.int64)

    def place(self, char_base: int, unit_base: int) -> None:
        """Say where its characters and units begin in the merged space."""
        self._char_base, self._unit_base = char_base, unit_base
        if self._borders is None:
            return
        starts = np.zeros(len(self.kept), np.int64)
        starts[self.kept] = np.cumsum(self.lengths) - self.lengths + char_base
        self._shift_of = starts - self._starts[:-1]
        self._unit_of = np.cumsum(self.kept) - 1 + unit_base

    def positions(self, old: Uint32s) -> tuple[Uint32s, Bools | None]:
        """Positions in the merged space, and which of the old ones they were; None: all."""
        if self._borders is None:
            return old + np.uint32(self._char_base), None
        owners = self._borders.at(old)
        kept = self.kept[owners]
        shifts = self._shift_of[owners[kept]]
        return (old[kept] + shifts).astype(np.uint32), kept

    def units(self, old: Uint32s) -> tuple[Uint32s, Bools | None]:
        """Units of the merged space, and which of the old ones they were; None: all."""
        if self._borders is None:
            return old + np.uint32(self._unit_base), None
        kept = self.kept[old]
        return self._unit_of[old[kept]].astype(np.uint32), kept


def placed(moves: Sequence[Move]) -> tuple[Uint32s, int]:
    """Tells every one its place; where each unit of the merged space begins, last the end; and
    how many units there are."""
    lengths = np.concatenate([move.lengths for move in moves])
    starts = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=starts[1:])
    unit = 0
    for move in moves:
        move.place(int(starts[unit]), unit)
        unit += len(move.lengths)
    return starts.astype(np.uint32), unit


def chosen(values: NDArray[Any], kept: Bools | None) -> NDArray[Any]:
    """What belongs to the positions or units that were kept."""
    return values if kept is None else values[kept]
