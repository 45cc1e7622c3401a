"""Two reports side by side: sentences kept, changed, new and dropped, section by section.

A pure function of two texts.  Sections of the same category stand together (the regulation's
four, then the rest); within one, sentences are aligned in order.  Sentences are compared without
white space, numbers counting as they are: a changed figure is a changed sentence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, zip_longest
from typing import Literal, TypeAlias

from search.results import ReportDocument, Span

Change: TypeAlias = Literal["kept", "changed", "new", "dropped"]

ORDER = ("achievements", "shortcomings", "leadership", "plans", "other")

ALIKE = 0.6
"""Two sentences at least this alike (Ratcliff/Obershelp ratio of their characters) are one
sentence that changed."""

_MAX_PAIRS = 20_000
"""Pairs of unequal sentences looked at in one section; beyond, they count as dropped and new."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence of the left report, of the right one, or of both."""

    change: Change
    left: str = ""
    right: str = ""
    left_spans: tuple[Span, ...] = ()
    """What of it is not in the other; code points of ``left``."""
    right_spans: tuple[Span, ...] = ()


Row: TypeAlias = tuple[Pair | None, Pair | None]
"""What stands left and right on one line of the page.  A pair that is kept or changed is both;
dropped and new sentences between two such share lines without being each other's."""


@dataclass(frozen=True, slots=True)
class SectionPair:
    category: str
    rows: tuple[Row, ...]
    counts: dict[Change, int]


def compare(left: ReportDocument, right: ReportDocument) -> list[SectionPair]:
    """Sections that either report has, in the regulation's order."""
    found = []
    for category in ORDER:
        pairs = align(_sentences(left, category), _sentences(right, category))
        if pairs:
            counts: Counter[Change] = Counter(pair.change for pair in pairs)
            found.append(SectionPair(category, tuple(lay_out(pairs)), dict(counts)))
    return found


def lay_out(pairs: Sequence[Pair]) -> list[Row]:
    """The pairs as lines, in order."""
    found: list[Row] = []
    for alone, members in groupby(pairs, key=lambda pair: pair.change in ("new", "dropped")):
        stretch = list(members)
        if not alone:
            found += [(pair, pair) for pair in stretch]
            continue
        dropped = [pair for pair in stretch if pair.change == "dropped"]
        new = [pair for pair in stretch if pair.change == "new"]
        found += zip_longest(dropped, new)
    return found


def _sentences(document: ReportDocument, category: str) -> list[str]:
    found: list[str] = []
    for place in document.passages:
        if place.section == category:
            text = document.text[place.start : place.end]
            found += [
                s.strip() for s in re.findall(r"[^\n。！？；]+[。！？；]?", text) if s.strip()
            ]
    return found


def align(left: Sequence[str], right: Sequence[str]) -> list[Pair]:
    """The sentences of both in one order, each pair with what happened to it."""
    keys = [_key(s) for s in left], [_key(s) for s in right]
    matcher = SequenceMatcher(None, keys[0], keys[1], autojunk=False)
    found: list[Pair] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            found += [Pair("kept", x, y) for x, y in zip(left[a:b], right[c:d], strict=True)]
        else:
            found += _changed(left[a:b], right[c:d])
    return found


def _key(sentence: str) -> str:
    return "".join(sentence.split())


def _changed(left: Sequence[str], right: Sequence[str]) -> list[Pair]:
    """Best matches first, without crossing; the rest dropped or new."""
    matched: dict[int, int] = {}
    if len(left) * len(right) <= _MAX_PAIRS:
        scored = sorted(
            (
                (_ratio(x, y), i, j)
                for i, x in enumerate(left)
                for j, y in enumerate(right)
                if _could_be(x, y)
            ),
            key=lambda one: (-one[0], one[1], one[2]),
        )
        taken: set[int] = set()
        for score, i, j in scored:
            if score < ALIKE:
                break
            if i in matched or j in taken:
                continue
            if all((i < k) == (j < m) for k, m in matched.items()):
                matched[i] = j
                taken.add(j)
    found: list[Pair] = []
    at = 0
    for i, sentence in enumerate(left):
        if i not in matched:
            found.append(Pair("dropped", left=sentence))
            continue
        found += [Pair("new", right=s) for s in right[at : matched[i]]]
        found.append(_pair(sentence, right[matched[i]]))
        at = matched[i] + 1
    return found + [Pair("new", right=s) for s in right[at:]]


def _could_be(left: str, right: str) -> bool:
    """A cheap upper bound of the ratio: characters in common."""
    common = sum((Counter(left) & Counter(right)).values())
    return 2 * common >= ALIKE * (len(left) + len(right))


def _ratio(left: str, right: str) -> float:
    return SequenceMatcher(None, left, right, autojunk=False).ratio()


def _pair(left: str, right: str) -> Pair:
    codes = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    gone = tuple((a, b) for tag, a, b, _, _ in codes if tag != "equal" and a < b)
    added = tuple((c, d) for tag, _, _, c, d in codes if tag != "equal" and c < d)
    return Pair("changed", left, right, gone, added)
