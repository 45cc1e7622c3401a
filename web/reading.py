"""A report's text → blocks to read: headings, paragraphs, anchors, marks.

Offsets are half-open, in the stored text.  A block is a paragraph of the text, or a part of one
where a section begins in the middle of a line (a whole report on one line).  Its id is
``<passage>-<n>``, the n-th block that begins in that passage, so a link to a paragraph lives as
long as its passage.  Nothing is dropped or moved: the runs of all blocks, joined, are the text
but for white space between paragraphs.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from search.results import OutlineEntry, PassagePlace, ReportDocument, Span


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one passage."""

    text: str
    spans: tuple[Span, ...]
    """Marks, in code points of ``text``."""
    here: bool
    """Whether it belongs to the passage the address names."""


@dataclass(slots=True)
class Block:
    """A paragraph, with the heading it begins with, if any."""

    id: str
    passage: str
    level: int
    """Of the heading, from 1; 0 for a plain paragraph; -1 for the printed title."""
    heading: list[Run] = field(default_factory=list)
    body: list[Run] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)
    """Further ids that stand here: sections and passages."""
    marks: int = 0
    category: str = ""

    @property
    def sentence(self) -> bool:
        """Whether the heading is a sentence of its own: all there is of its section."""
        text = "".join(run.text for run in self.heading).strip()
        return self.level > 0 and not self.body and text.endswith(("。", "；"))

    @property
    def here(self) -> bool:
        return any(run.here for run in (*self.heading, *self.body))


@dataclass(frozen=True, slots=True)
class OutlineLink:
    """An entry of the outline beside the text."""

    label: str
    level: int
    anchor: str
    category: str
    marks: int


@dataclass(frozen=True, slots=True)
class Reading:
    blocks: tuple[Block, ...]
    outline: tuple[OutlineLink, ...]
    marks: int


def read_blocks(
    document: ReportDocument, marks: Sequence[Span] = (), target: str | None = None
) -> Reading:
    """The report's blocks in order, with ``marks`` (ascending) and the ``target`` passage."""
    text = document.text
    anchors = _section_anchors(document)
    entries = {entry.start: index for index, entry in reversed(list(enumerate(document.outline)))}
    counter: Counter[str] = Counter()
    used: set[str] = set()
    blocks: list[Block] = []
    for start, end in _stretches(text, sorted(entries)):
        place = _passage_at(document.passages, start)
        name = place.passage if place else "s0"
        counter[name] += 1
        block = Block(id=f"{name}-{counter[name]}", passage=name, level=0)
        block.category = place.section if place else ""
        index = entries.get(start)
        split = start
        if index is not None:
            entry = document.outline[index]
            block.level = max(1, entry.level)
            split = _heading_end(text, entry, start, end)
            block.anchors.append(anchors[index])
        elif not blocks and _same(text[start:end], document.summary.title):
            block.level, split = -1, end
        if place and place.start == start:
            block.anchors.append(place.passage)
        block.anchors = [a for a in dict.fromkeys(block.anchors) if a not in used]
        used.update(block.anchors)
        block.heading = _runs(document, start, split, marks, target)
        block.body = _runs(document, split, end, marks, target)
        block.marks = sum(1 for left, right in marks if left < end and right > start)
        blocks.append(block)
    outline = tuple(
        OutlineLink(
            label=_label(entry),
            level=entry.level,
            anchor=anchors[index],
            category=entry.category,
            marks=sum(1 for left, _ in marks if entry.start <= left < entry.end),
        )
        for index, entry in enumerate(document.outline)
    )
    return Reading(tuple(blocks), outline, len(marks))


def _stretches(text: str, starts: Sequence[int]) -> list[Span]:
    """Paragraphs, cut where a section begins within one; blank ones left out."""
    cuts = [m.start() for m in re.finditer("\n", text)]
    edges = sorted({0, len(text), *cuts, *(c + 1 for c in cuts), *starts})
    return [(a, b) for a, b in pairwise(edges) if text[a:b].strip()]


def _passage_at(passages: Sequence[PassagePlace], offset: int) -> PassagePlace | None:
    index = bisect_right(passages, offset, key=lambda p: p.start) - 1
    return passages[index] if index >= 0 else None


def _section_anchors(document: ReportDocument) -> list[str]:
    """An id for each entry of the outline: the passage's that begins with it, as the section's
    (``s2`` for ``s2.0``); ``o<n>`` for one within a passage."""
    begins = {p.start: p.passage for p in document.passages}
    found = []
    for index, entry in enumerate(document.outline):
        name = begins.get(entry.start)
        anchor = re.sub(r"\.0$", "", re.sub(r"p\d+$", "", name)) if name else f"o{index + 1}"
        found.append(anchor if anchor not in found else f"o{index + 1}")
    return found


def _heading_end(text: str, entry: OutlineEntry, start: int, end: int) -> int:
    """Where the heading ends in its stretch: the whole of it when nothing but a stop follows."""
    at = text.find(entry.heading, start, end) if entry.heading else -1
    if at < 0:
        return end
    stop = at + len(entry.heading)
    while stop < end and text[stop] in "。．.：:；; \u3000":
        stop += 1
    return end if not text[stop:end].strip() else stop


def _runs(
    document: ReportDocument, start: int, end: int, marks: Sequence[Span], target: str | None
) -> list[Run]:
    """The stretch cut where passages begin."""
    if start >= end:
        return []
    inner = [p.start for p in document.passages if start < p.start < end]
    edges = [start, *inner, end]
    found = []
    for left, right in pairwise(edges):
        place = _passage_at(document.passages, left)
        spans = tuple(
            (max(a, left) - left, min(b, right) - left) for a, b in marks if a < right and b > left
        )
        here = target is not None and place is not None and place.passage == target
        found.append(Run(document.text[left:right], spans, here))
    return found


def _label(entry: OutlineEntry) -> str:
    if not entry.number:
        return entry.heading
    if entry.level == 1:
        return f"{entry.number}、{entry.heading}"
    if entry.level == 2:
        return f"（{entry.number}）{entry.heading}"
    return f"{entry.number}．{entry.heading}"


def _same(left: str, right: str) -> bool:
    return "".join(left.split()) == "".join(right.split())
