"""Text and spans → HTML; the only place of the site that makes ``Markup``.

Two walls.  The first is ours: control and bidirectional characters go, every piece is escaped.
The second is bleach, which lets no tag through at all.  Where a mark begins and ends a character
stands in that no text can hold; behind both walls it becomes ``<mark>`` or ``</mark>``.  Angle
brackets of a report survive as visible characters.  Everything else on a page is text that Jinja
escapes by itself.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Sequence
from functools import lru_cache

from bleach.sanitizer import Cleaner
from markupsafe import Markup, escape

from search.results import Span
from search.visible import visible

_BEGIN, _SEAM, _END = "\ufff9\ufffa\ufffb"
"""Stand-ins for a mark's two ends, and what stands between texts that pass bleach together: no
text holds them.  To bleach a passage is one run of characters, which it reads ten times faster
than tags."""

__all__ = ["Markup", "marked", "marked_all", "plain", "unbroken"]

_own = threading.local()


def plain(text: str) -> str:
    """The text without characters that no page should carry; still text, not HTML."""
    return visible(text)


def marked(text: str, spans: Sequence[Span], cap: int = 5000) -> Markup:
    """HTML of the text with each span in ``<mark>``.

    ``spans`` are half-open, in code points of ``text``, ascending; those that overlap or touch
    become one mark, and what lies outside the text is ignored.  Text longer than ``cap`` is cut
    at ``cap`` for bleach's sake and the parts are joined: nothing is lost."""
    joined = _united(spans, len(text))
    parts: list[Markup] = []
    for start in range(0, len(text), cap):
        end = min(start + cap, len(text))
        parts.append(_clean(_piece(text, start, end, joined)))
    return Markup("").join(parts)


_YEAR = re.compile("((?<![0-9])[0-9]{4}年度?)")


def unbroken(text: str) -> Markup:
    """HTML of a heading whose years (2023年) stay on one line."""
    pieces = _YEAR.split(plain(text))
    return Markup("").join(
        Markup('<span class="nobr">{}</span>').format(piece) if place % 2 else escape(piece)
        for place, piece in enumerate(pieces)
    )


_TOGETHER = 20_000
"""Characters that pass bleach in one go: its cost a call halves, and stays bounded."""


def marked_all(pieces: Iterable[tuple[str, Sequence[Span]]], cap: int = 5000) -> list[Markup]:
    """``marked`` of each text and its spans, in order, at about half the cost for many short
    texts."""
    found: list[Markup] = []
    waiting: list[str] = []
    size = 0

    def flush() -> None:
        nonlocal size
        if waiting:
            found.extend(_clean(_SEAM.join(waiting)).split(_SEAM))
        waiting.clear()
        size = 0

    for text, spans in pieces:
        if len(text) > cap:
            flush()
            found.append(marked(text, spans, cap))
            continue
        html = _piece(text, 0, len(text), _united(spans, len(text)))
        if size + len(html) > _TOGETHER:
            flush()
        waiting.append(html)
        size += len(html)
    flush()
    return found


def _united(spans: Sequence[Span], length: int) -> list[Span]:
    found: list[Span] = []
    for start, end in sorted(spans):
        start, end = max(0, start), min(length, end)
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _piece(text: str, start: int, end: int, spans: Sequence[Span]) -> str:
    out: list[str] = []
    at = start
    for left, right in spans:
        left, right = max(left, start), min(right, end)
        if left >= right:
            continue
        out.append(str(escape(plain(text[at:left]))))
        if inner := plain(text[left:right]):  # a span may hold nothing that can be shown
            out.append(f"{_BEGIN}{escape(inner)}{_END}")
        at = right
    out.append(str(escape(plain(text[at:end]))))
    return "".join(out)


@lru_cache(maxsize=256)
def _clean(html: str) -> Markup:
    """The HTML once more through bleach; one Cleaner a thread, for it is not thread-safe.

    A pure function of its text, and most of what a page costs to make: pages that many readers
    open (a shared link, the first page of a slogan) are cleaned once.  At most 256 x 20,000
    characters are remembered."""
    cleaner: Cleaner | None = getattr(_own, "cleaner", None)
    if cleaner is None:
        cleaner = _own.cleaner = Cleaner(tags=frozenset(), attributes={}, strip=False)
    cleaned = cleaner.clean(html)
    return Markup(cleaned.replace(_BEGIN, "<mark>").replace(_END, "</mark>"))
