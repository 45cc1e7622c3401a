"""Whether the stored text is what somebody typed, character by character, at folded places.

Folded text and ``originals`` say so; no stored text is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.folding import fold_with_offsets
from index.codec import numbers
from index.codec.originals import USUAL, Originals
from index.codec.space import OwnSpace

Uint32s = NDArray[np.uint32]
Bools = NDArray[np.bool_]
_ONE = np.uint32(1)


class TypedReader:
    """Answers for one segment.  ``paragraphs`` are the body positions at which one begins, as
    steps."""

    def __init__(self, originals: Originals, body: OwnSpace, paragraphs: NDArray[Any]) -> None:
        self._own, self._tails, self._heads = originals
        self._body = body
        self._paragraphs = paragraphs

    def stands_as_typed(self, positions: Uint32s, typed: str) -> Bools:
        """``index.types.Segment.stands_as_typed``."""
        # as ``fold_query`` folds it; the last offset but one is that of the closing line break
        folded, offsets = fold_with_offsets(typed.replace("\n", " "))
        bounds = offsets[:-1].tolist()
        pieces = [typed[at:end] for at, end in pairwise(bounds)]
        kept = np.arange(len(positions))
        for j, piece in enumerate(pieces):
            if not len(kept):
                break
            if (listed := self._listed_own(folded[j], piece[0])) is not None:
                places, wanted = listed
                kept = kept[_in_any(positions[kept] + np.uint32(j), places) == wanted]
        for j, piece in enumerate(pieces[:-1]):
            if not len(kept):
                break
            kept = kept[self._has_tail(positions[kept] + np.uint32(j), piece[1:])]
        if after := pieces[-1][1:]:
            kept = kept[self._goes_on(positions[kept] + np.uint32(len(pieces) - 1), after)]
        if before := typed[: bounds[0]]:
            kept = kept[self._comes_after(positions[kept], before)]
        found = np.zeros(len(positions), np.bool_)
        found[kept] = True
        return found

    @cached_property
    def _unusual(self) -> dict[str, set[str]]:
        """By folded character, what else than the usual is stored for it somewhere."""
        found: dict[str, set[str]] = {}
        for own in self._own.strings:
            # white space alone folds to nothing, where it is kept, to a blank
            folded = fold_with_offsets(own)[0][:1] or " "
            found.setdefault(folded if own else "\n", set()).add(own)
        return found

    @cached_property
    def _has_none(self) -> NDArray[np.uint8]:
        """A bit a position, least significant first: whether it has no tail.  What is asked of
        most places, and with it several times faster than by looking the places up."""
        none = np.full(-(-self._body.char_count // 8), 255, np.uint8)
        tails = self._tails.all()[0]
        np.bitwise_and.at(none, tails >> 3, ~(np.uint8(1) << (tails & 7).astype(np.uint8)))
        return none

    def _listed_own(self, folded: str, stored: str) -> tuple[list[Uint32s], bool] | None:
        """Lists of places, and whether ``stored`` is at these, or at all others where ``folded``
        is; None: it is at all."""
        if stored != USUAL.get(folded, folded):
            return [self._own.of(stored)], True
        unusual = self._unusual.get(folded)
        return None if unusual is None else (self._own.where(unusual.__contains__), False)

    def _has_tail(self, places: Uint32s, tail: str) -> Bools:
        if not tail:
            bit = self._has_none.take(places >> np.uint32(3))
            bit >>= (places & np.uint32(7)).astype(np.uint8)
            bit &= np.uint8(1)
            return bit.view(np.bool_)
        return _among(places, self._tails.of(tail))

    def _goes_on(self, places: Uint32s, text: str) -> Bools:
        """Whether ``text``, all dropped or white space, comes after the own character of each
        place in its passage."""
        found = _in_any(places, self._tails.where(partial(_begins, text)))
        # white space may be folded: then the text goes on there
        for i in _white(text):
            tail, rest = text[:i], text[i + 1 :]
            if tail and tail not in self._tails:
                continue
            then = self._tails.where(partial(_begins, rest)) if rest else []
            if rest and not then:
                continue
            at = np.flatnonzero(~found)
            at = at[self._is_white(places[at] + _ONE, text[i])]
            at = at[self._has_tail(places[at], tail)]
            found[at[_in_any(places[at] + _ONE, then)] if rest else at] = True
        return found

    def _comes_after(self, places: Uint32s, text: str) -> Bools:
        """Whether ``text``, all dropped or white space, stands before each place in its
        passage."""
        found = np.zeros(len(places), np.bool_)
        docs = self._body.docs_at(places)
        first = self._body.starts[docs] == places
        found[first] = _in_any(docs[first], self._heads.where(partial(_ends, text)))
        inside = np.flatnonzero(~first)
        found[inside] = _in_any(places[inside] - _ONE, self._tails.where(partial(_ends, text)))
        for i in _white(text):
            start, tail = text[:i], text[i + 1 :]
            if tail and tail not in self._tails:
                continue
            before = self._tails.where(partial(_ends, start)) if start else []
            if start and not before:
                continue
            at = inside[~found[inside]]
            at = at[self._is_white(places[at] - _ONE, text[i])]
            at = at[self._has_tail(places[at] - _ONE, tail)]
            # what is folded as white space is never the first of its passage
            found[at[_in_any(places[at] - np.uint32(2), before)] if start else at] = True
        return found

    def _is_white(self, places: Uint32s, stored: str) -> Bools:
        """Whether ``stored``, a blank or line break, is each place's own character."""
        if stored == "\n":
            after = places + _ONE
            closing = _among(after, numbers.decode(self._paragraphs))
            closing |= after == self._body.char_count
            return closing & ~_among(places, self._own.of(""))
        if stored != " ":
            return _among(places, self._own.of(stored))
        blanks = self._body.phrase(" ")
        listed = self._own.where(self._unusual.get(" ", set()).__contains__)
        return _among(places, blanks) & ~_in_any(places, listed)


def _begins(text: str, whole: str) -> bool:
    return whole.startswith(text)


def _ends(text: str, whole: str) -> bool:
    return whole.endswith(text)


def _white(text: str) -> list[int]:
    return [i for i, character in enumerate(text) if character.isspace()]


def _in_any(places: Uint32s, lists: Sequence[Uint32s]) -> Bools:
    """``(n,)`` which of some places, ascending and unique, are in any of some lists."""
    found = np.zeros(len(places), np.bool_)
    for listed in lists:
        found |= _among(places, listed)
    return found


def _among(places: Uint32s, listed: Uint32s) -> Bools:
    """``(n,)`` which of some places, ascending and unique, are among others, ascending."""
    found = np.zeros(len(places), np.bool_)
    if not len(places) or not len(listed):
        return found
    if len(listed) < len(places):
        at = places.searchsorted(listed)
        found[at[places.take(at, mode="clip") == listed]] = True
        return found
    return numbers.are_among(places, listed)
