"""Keeps the memory of arrays that are done with for those of the next question.

A question makes and drops arrays of one to ten megabytes by the dozen.  glibc hands such memory
back to the kernel at once and asks for it anew, and a fault for every page then costs as much as
the arithmetic (``docs/decisions/memory.md``).
"""

from __future__ import annotations

import ctypes
from typing import Final

_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
"""Parameters of glibc's ``mallopt(3)``."""
KEPT: Final = 256 << 20
"""Free bytes at a heap's end that are kept."""
LARGEST: Final = 32 << 20
"""Bytes of a piece from which on it is mapped by itself; glibc allows no more."""


def keep_freed_memory() -> bool:
    """Whether the process's allocator could be told; elsewhere than on glibc it cannot."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return False
    return bool(mallopt(_TRIM_THRESHOLD, KEPT) and mallopt(_MMAP_THRESHOLD, LARGEST))
