"""Snippets: excerpts of a passage's stored text with the places that matched.

Places come from the engine as folded positions, so nothing is cut into words again.  Marking
them up is ``web.markup``'s work.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from corpus.folding import stored_span
from search.results import Snippet, Span

LENGTH: Final = 110
"""Characters of one excerpt, about."""
MOST: Final = 3
"""Excerpts of one passage."""
_BREAK: Final = re.compile("[。！？；!?;\n]")
_REACH: Final = 24
"""How far an excerpt's edge may move to fall on a sentence's."""


def stored_spans(offsets: NDArray[np.int32], folded: Sequence[Span]) -> tuple[Span, ...]:
    """Folded spans of a text as spans of the stored text, overlapping ones joined; ``offsets`` are
    ``corpus.folding.fold_with_offsets``'s."""
    spans: list[Span] = []
    for start, end in sorted(folded):
        low, high = stored_span(offsets, start, end)
        if spans and low < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(high, spans[-1][1]))
        else:
            spans.append((low, high))
    return tuple(spans)


def make_snippets(text: str, spans: Sequence[Span], most: int = MOST) -> tuple[Snippet, ...]:
    """At most ``most`` excerpts, in order, around the places; the beginning when there are none."""
    if not spans:
        return (_excerpt(text, 0, min(len(text), LENGTH), ()),)
    windows: list[tuple[int, int, list[Span]]] = []
    for span in spans:
        if windows and span[1] - windows[-1][0] <= LENGTH:
            start, _, inside = windows[-1]
            windows[-1] = start, max(windows[-1][1], span[1]), [*inside, span]
        else:
            windows.append((span[0], span[1], [span]))
    chosen = sorted(windows, key=lambda window: (-len(window[2]), window[0]))[:most]
    chosen.sort(key=lambda window: window[0])
    out = []
    last = 0
    for start, end, inside in chosen:
        spare = max(0, LENGTH - (end - start))
        low = max(last, start - spare // 2)
        high = min(len(text), end + (spare - (start - low)))
        low = _snap_start(text, low, start, last)
        high = _snap_end(text, high, end)
        # an excerpt that reaches the next place shows it marked
        shown = [s for s in spans if s[0] >= low and s[1] <= high]
        out.append(_excerpt(text, low, high, shown or inside))
        last = high
    return tuple(out)


def _snap_start(text: str, low: int, start: int, floor: int) -> int:
    """A sentence's beginning close by, before or after."""
    if low <= floor:
        return floor
    back = [m.end() for m in _BREAK.finditer(text, max(floor, low - _REACH), low)]
    if back:
        return back[-1]
    ahead = _BREAK.search(text, low, min(start, low + _REACH))
    return ahead.end() if ahead else low


def _snap_end(text: str, high: int, end: int) -> int:
    if high >= len(text):
        return len(text)
    found = _BREAK.search(text, max(end, high - 1), min(len(text), high + _REACH))
    if found:
        return found.end()
    back = [m.end() for m in _BREAK.finditer(text, max(end, high - _REACH), high)]
    return back[-1] if back else high


def _excerpt(text: str, low: int, high: int, spans: Sequence[Span]) -> Snippet:
    piece = text[low:high]
    lead = len(piece) - len(piece.lstrip())
    piece = piece.strip()
    low += lead
    high = low + len(piece)
    return Snippet(
        piece,
        tuple((s - low, e - low) for s, e in spans if s >= low and e <= high),
        low,
        bool(text[:low].strip()),
        bool(text[high:].strip()),
    )
