"""Characters that no page and no file should carry to a reader."""

from __future__ import annotations

import re

# Unicode: C0 and C1 controls but tab and newline; the bidirectional controls of UAX #9; lone
# surrogates; the byte order mark; non-characters U+FFFE and U+FFFF; the interlinear annotation
# characters U+FFF9 to U+FFFB, which are not for marked-up text (Unicode Standard, 23.8).
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")


def well_formed(text: str) -> str:
    """The text, as long as it was, with U+FFFD, the sign for what could not be read, in place of
    each lone surrogate: half a character, which no page can carry."""
    return _SURROGATES.sub("\ufffd", text)


def visible(text: str) -> str:
    """The text without control and bidirectional characters."""
    return _UNSEEN.sub("", text)
