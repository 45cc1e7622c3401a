"""Ids of reports and hashes of passages: what links are made of (DESIGN §3).

An id depends on nothing but the report's labels or text, so it is the same whatever the
order of the files.  Which texts are one report is ``corpus.collection``'s decision.
"""

from __future__ import annotations

import base64
import hashlib

from corpus.folding import fold
from corpus.model import Series

ID_LENGTH = 10
"""Base-32 characters: 50 bits; among 100,000 reports two collide with a chance of 4 in 10⁶."""
VERSION_LENGTH = 6
HASH_LENGTH = 8


def base_id(series: Series, year: int, agency: str) -> str:
    """The id of the report of one agency, year and series: ``ID_LENGTH`` of a-z and 2-7."""
    return _short("\n".join((series, str(year), fold(agency))), ID_LENGTH)


def text_id(text: str) -> str:
    """The id of a report whose agency or year is not known, from its folded text."""
    return _short("text\n" + fold(text), ID_LENGTH)


def version_id(base: str, text: str) -> str:
    """The id of another text for the same agency, year and series."""
    return f"{base}-{_short(fold(text), VERSION_LENGTH)}"


def passage_hash(text: str) -> str:
    """``HASH_LENGTH`` characters that change when the passage's characters do; blanks do not
    count."""
    return _short("".join(text.split()), HASH_LENGTH)


def _short(text: str, length: int) -> str:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return base64.b32encode(digest).decode("ascii").lower()[:length]
