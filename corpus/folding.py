"""Folding: the one form of a text in which every comparison is made (DESIGN §4).

Character by character, from the published table ``docs/folding.tsv``; a position anywhere in
this project is an offset in text folded here.  Cutting text into words belongs to
``index.analysis``.

Beyond the table: white space is dropped, but one blank stays between two Latin letters or
digits (``[0-9a-z]`` once folded); each paragraph is closed by exactly one ``\\n``, and a
paragraph of which nothing is left vanishes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

TABLE_PATH: Final = Path(__file__).resolve().parents[1] / "docs" / "folding.tsv"

_DROPPED: Final = 0xFFFFFFFF
_BLANK: Final = 0x20
_NEWLINE: Final = 0x0A
_FIRST_IDEOGRAPH: Final = 0x4E00
_LAST_IDEOGRAPH: Final = 0x9FFF


def _read_table() -> NDArray[np.uint32]:
    """``(0x110000,)`` uint32: the folded code point of each code point, ``_DROPPED`` if none."""
    table = np.arange(sys.maxunicode + 1, dtype=np.uint32)
    for line in TABLE_PATH.read_text(encoding="utf-8").splitlines():
        character, folded = line.split("\t")
        table[ord(character)] = ord(folded) if folded else _DROPPED
    for code in range(0x3001):
        if chr(code).isspace():
            table[code] = _BLANK
    table[_NEWLINE] = _NEWLINE
    return table


_TABLE: Final = _read_table()
_LATIN: Final = np.zeros(sys.maxunicode + 1, dtype=np.bool_)
_LATIN[[*range(ord("0"), ord("9") + 1), *range(ord("a"), ord("z") + 1)]] = True
_IDEOGRAPHS: Final = np.arange(_FIRST_IDEOGRAPH, _LAST_IDEOGRAPH + 1)
_PLAIN: Final = frozenset(map(chr, _IDEOGRAPHS[_TABLE[_IDEOGRAPHS] == _IDEOGRAPHS].tolist()))
"""Ideographs that fold to themselves."""


def _fold(text: str) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """Folded code points, and the stored offset of each (no end)."""
    stored = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    codes = _TABLE[stored]
    places = np.flatnonzero(codes != _DROPPED)
    codes = codes[places]

    blank = codes == _BLANK
    if blank.any():
        solid = np.flatnonzero(~blank)
        latin = _LATIN[codes[solid]]
        apart = (np.diff(solid) > 1) & latin[:-1] & latin[1:]
        keep = ~blank
        keep[solid[:-1][apart] + 1] = True
        codes, places = codes[keep], places[keep]

    newline = codes == _NEWLINE
    if newline.any():
        follows = np.empty(len(codes), dtype=np.bool_)
        follows[0] = True
        follows[1:] = newline[:-1]
        keep = ~(newline & follows)
        codes, places = codes[keep], places[keep]
    if len(codes) and codes[-1] != _NEWLINE:
        codes = np.append(codes, np.uint32(_NEWLINE))
        places = np.append(places, len(text))
    return codes, places.astype(np.int32)


def fold(text: str) -> str:
    """The folded text; each paragraph closed by one ``\\n``, empty when nothing is left."""
    return _fold(text)[0].astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def fold_ideographs(text: str) -> str:
    """The text with each ideograph as it folds and all else as it stands; the length stays."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    folded = _TABLE[codes]
    ideograph = (folded >= _FIRST_IDEOGRAPH) & (folded <= _LAST_IDEOGRAPH)
    return (
        np.where(ideograph, folded, codes)
        .astype("<u4")
        .tobytes()
        .decode("utf-32-le", "surrogatepass")
    )


def fold_with_offsets(text: str) -> tuple[str, NDArray[np.int32]]:
    """The folded text, and ``(len + 1,)`` int32, non-decreasing: for each folded offset where
    that character stands in ``text``, and last ``len(text)``.

    A closing ``\\n`` maps to the first line break after its paragraph, or to ``len(text)``.
    """
    codes, places = _fold(text)
    folded = codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
    return folded, np.append(places, np.int32(len(text)))


def stored_span(offsets: NDArray[np.int32], start: int, end: int) -> tuple[int, int]:
    """``[start, end)`` of the folded text as a span of the stored one, from the offsets of
    ``fold_with_offsets``; dropped characters around it stay outside."""
    if end <= start:
        return int(offsets[start]), int(offsets[start])
    return int(offsets[start]), int(offsets[end - 1]) + 1


def fold_query(text: str) -> str:
    """A phrase as it would stand inside one paragraph: line breaks are blanks, and there is no
    closing ``\\n``; empty when nothing is left."""
    if _PLAIN.issuperset(text):  # most of what is typed
        return text
    return fold(" ".join(text.split("\n")))[:-1]
