"""Many texts folded and cut in one go: what a worker process does for the builder.

Words come back as numbers into the batch's own vocabulary; how they become postings is
``index.codec.columns``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.folding import fold_with_offsets
from index.analysis.segmenter import open_segmenter


class TextBatch(NamedTuple):
    """Texts one after another, folded and cut."""

    codes: NDArray[np.uint32]
    """``(n,)`` code points of all folded texts."""
    lengths: NDArray[np.int64]
    """``(texts,)`` folded characters of each."""
    vocabulary: list[str]
    """Distinct words, punctuation included, in order of appearance."""
    words: NDArray[np.uint32]
    """``(m,)`` accurate-mode words as numbers into ``vocabulary``; joined they are the text."""


class _Vocabulary(dict[str, int]):
    """Numbers words as they are asked for."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self)
        return number


def analyse(texts: Sequence[str]) -> TextBatch:
    """Fold and cut.  A line break between texts keeps them apart, and where a text ends in one
    already, folding drops the second."""
    stored_starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum([len(text) + 1 for text in texts], out=stored_starts[1:])
    folded, offsets = fold_with_offsets("\n".join(texts))
    starts = np.searchsorted(offsets[:-1], stored_starts[:-1])
    vocabulary = _Vocabulary()
    words = open_segmenter().cut(folded)
    numbers = np.fromiter(map(vocabulary.__getitem__, words), np.uint32, len(words))
    codes = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), "<u4")
    lengths = np.diff(starts, append=len(folded)).astype(np.int64)
    return TextBatch(codes, lengths, list(vocabulary), numbers)
