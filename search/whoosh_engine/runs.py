"""Runs of equal values in ascending arrays: distinct values, and where each begins."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Int64s = NDArray[np.int64]


def are_fresh(values: NDArray[Any]) -> NDArray[np.bool_]:
    """``(n,)`` which values are not equal to the one before."""
    fresh = np.empty(len(values), np.bool_)
    fresh[:1] = True
    np.not_equal(values[1:], values[:-1], out=fresh[1:])
    return fresh


def run_starts(values: NDArray[Any]) -> Int64s:
    """``(runs,)`` indices at which each run of equal values begins."""
    return are_fresh(values).nonzero()[0]


def distinct(values: NDArray[Any]) -> tuple[Int64s, NDArray[np.uint32]]:
    """``(runs,)`` the values of an ascending array, and how often each comes."""
    firsts = run_starts(values)
    counts = np.empty(len(firsts), np.uint32)
    np.subtract(firsts[1:], firsts[:-1], out=counts[:-1], casting="unsafe")
    counts[-1:] = len(values) - firsts[-1:]
    return values.take(firsts).astype(np.int64), counts
