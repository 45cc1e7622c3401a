"""Passages: the cleaned text cut without gap or overlap (DESIGN §3)."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from typing import Final

from corpus.model import Category, Passage, Section

LONGEST: Final = 1_000
"""Characters of a passage; a longer one is cut at paragraphs, then sentences."""

_SENTENCE_END: Final = re.compile("[。！？!?；;]+[”’」』）)》]*")


def cut_passages(text: str, outline: Sequence[Section]) -> tuple[Passage, ...]:
    """Passages in order, whose texts joined are ``text``; none is empty unless ``text`` is."""
    found: list[Passage] = []
    for name, start, end, category, headings in _units(text, outline):
        pieces = list(_pieces(text, start, end))
        for i, (low, high) in enumerate(pieces, 1):
            part = name if len(pieces) == 1 else f"{name}p{i}"
            found.append(Passage(part, low, high, category, headings))
    return tuple(found)


def _units(
    text: str, outline: Sequence[Section]
) -> Iterator[tuple[str, int, int, Category, tuple[str, ...]]]:
    tops = [section for section in outline if section.level == 1]
    first = tops[0].start if tops else len(text)
    if not text[:first].strip() and tops:
        # Blanks are no passage: they go with the first section.
        tops = [dataclasses.replace(tops[0], start=0), *tops[1:]]
    elif first > 0 or not tops:
        yield "s0", 0, first, "other", ()
    children_of: dict[int, list[Section]] = {}
    for section in outline:
        if section.level == 2:
            children_of.setdefault(section.ordinal[0], []).append(section)
    for top in tops:
        name = f"s{top.ordinal[0]}"
        path = (printed_heading(text, top),)
        children = children_of.get(top.ordinal[0], [])
        if not children:
            yield name, top.start, top.end, top.category, path
            continue
        if children[0].start > top.start:
            yield f"{name}.0", top.start, children[0].start, top.category, path
        for child in children:
            yield (
                f"{name}.{child.ordinal[1]}",
                child.start,
                child.end,
                child.category,
                (*path, printed_heading(text, child)),
            )


def printed_heading(text: str, section: Section) -> str:
    """The heading with its number as printed: ``（三）严格执法``."""
    if not section.number:
        return section.heading
    at = text.find(section.heading, section.start, section.end) if section.heading else -1
    if at < 0:
        return section.heading or section.number
    return text[section.start : at].strip() + section.heading


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of at most ``LONGEST``: whole paragraphs while they fit, else sentences."""
    if end - start <= LONGEST:
        yield start, end
        return
    low = start
    for cut in _cuts(text, start, end):
        # ``cut`` is the last place at which the piece that begins at ``low`` may end
        yield low, cut
        low = cut
    if low < end:
        yield low, end


def _cuts(text: str, start: int, end: int) -> Iterator[int]:
    low = start
    while end - low > LONGEST:
        limit = low + LONGEST
        cut = text.rfind("\n", low, limit) + 1
        if cut <= low:
            cut = 0
            for match in _SENTENCE_END.finditer(text, low, limit):
                cut = match.end()
        if cut <= low:
            comma = max(text.rfind("，", low, limit), text.rfind(",", low, limit))
            cut = comma + 1 if comma > low else limit
        yield cut
        low = cut
