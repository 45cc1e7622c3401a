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
HASH_LENGTH = 8


def base_id(series: Series, year: int, agency: str) -> str:
    """The id of the report of one agency, year and series: ``ID_LENGTH`` of a-z and 2-7."""
    return short_hash("\n".join((series, str(year), fold(agency))))


def passage_hash(text: str) -> str:
    """``HASH_LENGTH`` characters that change when the passage's characters do; blanks do not
    count."""
    return short_hash("".join(text.split()), HASH_LENGTH)


def short_hash(text: str, length: int = ID_LENGTH) -> str:
    """The first characters of the text's SHA-256 in base 32: a-z and 2-7."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    # five bytes are eight characters; the others would be cut off again
    needed = digest[: -(-length // 8) * 5]
    return base64.b32encode(needed).decode("ascii").lower()[:length]
