"""The form of a text in which labels are read: simplified characters, one for one.

Rules for titles, agencies and headings are written in simplified characters.  A page saved in
traditional ones, or a PDF whose text layer spells 一 with the radical ⼀, is read through this
form; what is stored and shown stays as printed.  Folding for search is ``corpus.folding``'s, and
goes much further.
"""

from __future__ import annotations

import re
from typing import Final

from corpus.folding import fold_ideographs

_IDEOGRAPHS: Final = re.compile("[\u4e00-\u9fff]+")
_LOOKALIKES: Final = re.compile("[\u2e80-\u2fdf\uf900-\ufaff]")
"""Radicals and compatibility ideographs, which never differ from the character in meaning."""
_TRADITIONAL: Final = 0.1
"""Share of ideographs that simplifying changes, from which a text is traditional.  Traditional
prose has 30 % and more; simplified prose under 1 % (乾县, 瞭望)."""


def simplified(text: str) -> str:
    """The text in simplified characters, of the same length; a text that is simplified already
    keeps every one of its characters but radicals and compatibility ideographs."""
    plain = _LOOKALIKES.sub(lambda match: fold_ideographs(match[0]), text)
    ideographs = "".join(_IDEOGRAPHS.findall(plain))
    other = fold_ideographs(ideographs)
    changed = sum(a != b for a, b in zip(ideographs, other, strict=True))
    if changed <= _TRADITIONAL * len(ideographs):
        return plain
    return fold_ideographs(plain)
