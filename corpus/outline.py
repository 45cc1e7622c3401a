"""The headings of a report, as nesting sections (DESIGN §2).

What a section is about is ``corpus.categories``'s business, which lines are headings
``corpus.headings``'s, cutting into passages ``corpus.passages``'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from corpus.categories import categorize, categorize_child
from corpus.headings import Heading, Mark, find_headings, heading_text
from corpus.model import Category, Section, Series

_RANK: Final[dict[Mark, int]] = {
    "part": 0,
    "cn": 1,
    "bare": 1,
    "cn_bracket": 2,
    "arabic": 3,
    "arabic_bracket": 4,
}


def find_outline(text: str, series: Series, year: int | None) -> tuple[Section, ...]:
    """Sections in order of start, parents before children; offsets in ``text``."""
    headings = find_headings(text)
    if not headings:
        return ()
    levels = _assign_levels(headings)
    texts = [
        heading_text(text, heading, after.start if after else len(text))
        for heading, after in zip(headings, [*headings[1:], None], strict=True)
    ]
    ends = _ends(headings, levels, len(text))
    tops = [words for words, level in zip(texts, levels, strict=True) if level == 1]
    categories = iter(categorize(tops, series, year))
    category: Category = "other"
    above: Category = "other"
    counts: list[int] = []
    sections = []
    for heading, level, words, end in zip(headings, levels, texts, ends, strict=True):
        if level == 1:
            above = category = next(categories)
        elif level == 2:
            category = categorize_child(words, above)
        del counts[level:]
        counts += [0] * (level - len(counts))
        counts[level - 1] += 1
        sections.append(
            Section(
                number=heading.number,
                heading=words,
                level=level,
                category=category,
                start=heading.start,
                end=end,
                ordinal=tuple(counts),
            )
        )
    return tuple(sections)


def _assign_levels(headings: Sequence[Heading]) -> list[int]:
    """The level of each heading: the marks that occur, in the genre's order, from 1.  （3）
    between （二） and （四） is the second level in disguise."""
    ranks = sorted({_RANK[heading.mark] for heading in headings})
    levels = [ranks.index(_RANK[heading.mark]) + 1 for heading in headings]
    if _RANK["cn_bracket"] not in ranks:
        return levels
    bracket_level = ranks.index(_RANK["cn_bracket"]) + 1
    agrees = _next_agrees(headings)
    last_bracket = 0
    for i, heading in enumerate(headings):
        if heading.mark in ("part", "cn", "bare"):
            last_bracket = 0
        elif heading.mark == "cn_bracket":
            last_bracket = heading.value
        elif (
            heading.mark == "arabic_bracket"
            and last_bracket
            and heading.value == last_bracket + 1
            and agrees[i]
        ):
            levels[i] = bracket_level
            last_bracket = heading.value
    return levels


def _next_agrees(headings: Sequence[Heading]) -> list[bool]:
    """For each heading in Arabic brackets, whether the next heading of the first two levels
    continues its count (or begins anew), with no other such heading between."""
    agrees = [False] * len(headings)
    after: Heading | None = None
    for i in range(len(headings) - 1, -1, -1):
        heading = headings[i]
        if after is None or after.mark in ("part", "cn", "bare"):
            agrees[i] = True
        elif after.mark == "cn_bracket":
            agrees[i] = after.value in (heading.value, heading.value + 1)
        if heading.mark != "arabic":
            after = heading
    return agrees


def _ends(headings: Sequence[Heading], levels: Sequence[int], length: int) -> list[int]:
    """Where each section ends: at the next heading of its level or above."""
    ends = [length] * len(headings)
    open_sections: list[int] = []
    for i, (heading, level) in enumerate(zip(headings, levels, strict=True)):
        while open_sections and levels[open_sections[-1]] >= level:
            ends[open_sections.pop()] = heading.start
        open_sections.append(i)
    return ends
