"""Ids of reports and hashes of passages: what links are made of (DESIGN §3).

An id depends on nothing but the report's labels or text, so it is the same whatever the
order of the files.  Which texts are one report is ``corpus.collection``'s decision.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Final

from corpus.folding import fold
from corpus.model import Series

ID_LENGTH = 10
"""Base-32 characters: 50 bits; among 100,000 reports two collide with a chance of 4 in 10⁶."""
HASH_BYTES: Final = 5
"""Bytes of a passage's hash, as the index keeps it."""
HASH_LENGTH: Final = HASH_BYTES * 8 // 5
"""Characters of the same as text."""


def base_id(series: Series, year: int, agency: str) -> str:
    """The id of the report of one agency, year and series: ``ID_LENGTH`` of a-z and 2-7."""
    return short_hash("\n".join((series, str(year), fold(agency))))


def passage_hash(text: str) -> str:
    """Eight characters that change when the passage's characters do; blanks do not count."""
    return base32(passage_digest(text))


def passage_digest(text: str) -> bytes:
    """The ``HASH_BYTES`` bytes whose text is the passage's hash."""
    return _digest("".join(text.split()))[:HASH_BYTES]


def short_hash(text: str, length: int = ID_LENGTH) -> str:
    """The first characters of the text's SHA-256 in base 32."""
    # five bytes are eight characters; the others would be cut off again
    return base32(_digest(text)[: -(-length // 8) * 5])[:length]


def base32(digest: bytes) -> str:
    """Bytes, a multiple of five, as text: eight of a-z and 2-7 for every five (RFC 4648)."""
    return base64.b32encode(digest).decode("ascii").lower()


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
