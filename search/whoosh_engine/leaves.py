"""What one leaf of a query finds: passages, how often, and where.

A leaf's answer is one or more **texts** (a phrase, or the words of a run), each with the passages
in which its places count.  Positions are read only when somebody asks where.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from index.analysis import cut_query
from index.types import Segment, SpaceName, TextSpace
from search import query
from search.whoosh_engine.columns import Columns
from search.whoosh_engine.counts import Counts, added, joined
from search.whoosh_engine.passage_sets import PassageSet
from search.whoosh_engine.prefixes import Words
from search.whoosh_engine.runs import distinct

Kind: TypeAlias = Literal["characters", "word", "literal", "prefix"]
_Key: TypeAlias = tuple[str, Kind, SpaceName]
EMPTY = np.zeros(0, np.int64)
MOST_LIKE: Final = 32
"""Words, and pairs of characters, that stand for a sentence of more."""


@dataclass(eq=False)
class Text:
    """One text's places in all segments: a phrase's or a word's, or those of all words with a
    prefix."""

    folded: str
    kind: Kind
    counts: Counts
    """Places in each passage."""
    positions: Sequence[NDArray[np.uint32]] | None = None
    """By segment, where each place begins, ascending; None until asked for."""
    owners: Sequence[NDArray[np.uint32]] | None = None
    """By segment, the document of each place; None until asked for."""
    ends: Sequence[NDArray[np.uint32]] | None = None
    """By segment, where each place of a prefix's words ends; None until asked for."""
    words: Words | None = None
    """The words of a prefix."""

    @property
    def length(self) -> int:
        return len(self.folded)

    def ends_of(self, number: int, first: int = 0, last: int | None = None) -> NDArray[np.uint32]:
        """Where the known places ``[first, last)`` of a segment end."""
        if self.ends is not None:
            return self.ends[number][first:last]
        assert self.positions is not None
        return self.positions[number][first:last] + np.uint32(self.length)


Active: TypeAlias = tuple[Text, PassageSet | None]
"""A text with the passages in which its places count; None: wherever it stands."""


class Plain(NamedTuple):
    """What ordinary Whoosh adds up for a leaf: words of a field of words, all that begin with one
    text, or pairs of characters of its field of grams."""

    kind: Literal["words", "prefix", "grams"]
    terms: tuple[str, ...]
    space: SpaceName = "body"


@dataclass(eq=False)
class Found:
    """A leaf's answer."""

    passages: PassageSet
    """Those that match."""
    active: list[Active] = field(default_factory=list)
    """Each text with the passages in which its places count; None: wherever it stands."""
    scored: list[Text] = field(default_factory=list)
    """Texts that score by BM25 wherever they stand."""
    bonus: Text | None = None
    """The run itself, which scores on top where it stands together."""
    pairs: list[Text] = field(default_factory=list)
    """Pairs of characters, which score a part of what words do."""
    plain: Plain | None = None
    """What scores in place of these when standing together is to count for nothing; None: the
    same texts."""
    constant: float = 0.0
    """What each of its passages scores then, beside texts."""

    @property
    def scores_one(self) -> bool:
        """Whether one text alone scores, so that nothing of it stands outside its passages."""
        return len(self.scored) == 1 and not self.pairs


class Leaves:
    """Looks leaves up in one generation, each text once."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._texts: dict[_Key, Text] = {}

    def find(self, leaf: query.TextLeaf) -> Found:
        """The answer of a leaf in the body."""
        if isinstance(leaf, query.Run):
            return self.run(leaf.folded)
        if isinstance(leaf, query.Phrase):
            found = self._single(self.characters(leaf.folded))
            pairs = tuple(leaf.folded[i : i + 2] for i in range(len(leaf.folded) - 1))
            if pairs:  # a single character is no gram
                found.plain = Plain("grams", pairs)
            return found
        if isinstance(leaf, query.Literal):
            return self._single(self._literal(leaf))
        if isinstance(leaf, query.Word):
            return self._single(self.word(leaf.folded))
        if isinstance(leaf, query.Like):
            return self.like(leaf.folded)
        return self._single(self.prefix(leaf.folded))

    def run(self, folded: str, space: SpaceName = "body") -> Found:
        """The run as it stands, or all its words."""
        whole = self.characters(folded, space)
        together = self._set(whole)
        words = list(dict.fromkeys(cut_query(folded)))
        if not words or words == [folded]:
            # a passage with the word has its characters, so the words add nothing
            plain = Plain("words", tuple(words)) if words else None
            return Found(together, [(whole, None)], [whole], plain=plain)
        texts = [self.word(word, space) for word in words]
        # the rarest first, so that the others are looked up in few passages
        loose, *others = sorted(map(self._set, texts), key=len)
        for other in others:
            loose &= other
        apart = loose - together
        active: list[Active] = [(whole, None)]
        if apart:
            active += [(text, apart) for text in texts]
        return Found(together | loose, active, texts, whole)

    def like(self, folded: str) -> Found:
        """Any word of a sentence: the rarest ones, and the rarest pairs for the order."""
        segments = [segment.space("body") for segment in self._columns.segments]
        words = _rarest(cut_query(folded), lambda word: sum(s.word_count(word) for s in segments))
        pairs = _rarest(
            [pair for i in range(len(folded) - 1) if (pair := folded[i : i + 2]).isalnum()],
            lambda pair: sum(s.gram_count(pair) for s in segments),
        )
        scored = [self.word(word) for word in words]
        telling = [text for text in scored if text.length > 1] or scored
        return Found(
            self._any(telling),
            [(text, None) for text in telling],
            scored,
            pairs=[self.characters(pair) for pair in pairs],
        )

    def characters(self, folded: str, space: SpaceName = "body") -> Text:
        """Every place of characters that stand together."""
        key: _Key = folded, "characters", space
        if key not in self._texts:
            self._texts[key] = self._by_rests(folded, space) or self._counted(
                folded, [s.space(space).phrase(folded) for s in self._columns.segments], space
            )
        return self._texts[key]

    def _by_rests(self, folded: str, space: SpaceName) -> Text | None:
        """Characters that are nearly always a word, from its postings and the few places at
        which they are none; None when that is kept in no segment."""
        spaces = [segment.space(space) for segment in self._columns.segments]
        rests = [own.rest(folded) for own in spaces]
        if all(rest is None for rest in rests):
            return None
        parts = []
        for segment, own, rest in zip(self._columns.segments, spaces, rests, strict=True):
            if rest is None:
                runs = distinct(own.docs_at(own.phrase(folded)))
                parts.append(Counts.of_list(*runs, segment.passage_count))
            else:
                parts.append(added(_word(own, folded, segment), distinct(own.docs_at(rest))))
        return Text(folded, "characters", self._joined(parts))

    def _counted(
        self,
        folded: str,
        parts: Sequence[NDArray[np.uint32]],
        space: SpaceName = "body",
        kind: Kind = "characters",
    ) -> Text:
        segments = self._columns.segments
        owners = [
            segment.space(space).docs_at(found)
            for segment, found in zip(segments, parts, strict=True)
        ]
        counts = [
            Counts.of_list(*distinct(own), segment.passage_count)
            for segment, own in zip(segments, owners, strict=True)
        ]
        return Text(folded, kind, self._joined(counts), parts, owners)

    def _joined(self, parts: Sequence[Counts]) -> Counts:
        columns = self._columns
        return joined(parts, columns.bases[:-1].tolist(), columns.passage_count)

    def word(self, folded: str, space: SpaceName = "body") -> Text:
        """Every place of a word."""
        key: _Key = folded, "word", space
        if key not in self._texts:
            parts = [
                _word(segment.space(space), folded, segment) for segment in self._columns.segments
            ]
            self._texts[key] = Text(folded, "word", self._joined(parts))
        return self._texts[key]

    def prefix(self, folded: str, space: SpaceName = "body") -> Text:
        """Every place of every word that begins with it."""
        key: _Key = folded, "prefix", space
        if key not in self._texts:
            words = Words(folded, space, self._columns)
            counts = self._joined(words.counts())
            self._texts[key] = Text(folded, "prefix", counts, words=words)
        return self._texts[key]

    def positions(self, text: Text) -> Sequence[NDArray[np.uint32]]:
        """By segment, where the text stands in the body, ascending; the ends of a prefix's words
        are known then too."""
        if text.positions is None:
            spaces = [segment.space("body") for segment in self._columns.segments]
            if text.words is not None:
                places = text.words.places(self.positions(self.characters(text.folded)))
                text.ends = [ends for _, ends in places]
                text.positions = [starts for starts, _ in places]
            elif text.kind == "word":
                text.positions = [space.word_positions(text.folded) for space in spaces]
            else:
                text.positions = [space.phrase(text.folded) for space in spaces]
        return text.positions

    def owners(self, text: Text) -> Sequence[NDArray[np.uint32]]:
        """By segment, the document of each of the text's places."""
        if text.owners is None:
            text.owners = [
                segment.space("body").docs_at(found)
                for segment, found in zip(self._columns.segments, self.positions(text), strict=True)
            ]
        return text.owners

    def in_field(self, leaf: query.InField) -> Found:
        """Passages whose title or heading has the leaf; nothing of it scores but as ordinary Whoosh
        scores it."""
        inner, space = leaf.leaf, leaf.field
        if isinstance(inner, query.Run):
            words = tuple(dict.fromkeys(cut_query(inner.folded)))
            plain = Plain("words", words, space) if words else None
            return Found(self.run(inner.folded, space).passages, plain=plain)
        if isinstance(inner, query.Phrase):  # no field has the pairs of titles
            return Found(self._set(self.characters(inner.folded, space)))
        found = self._set(self.prefix(inner.folded, space))
        return Found(found, plain=Plain("prefix", (inner.folded,), space))

    def _single(self, text: Text) -> Found:
        return Found(self._set(text), [(text, None)], [text])

    def _set(self, text: Text) -> PassageSet:
        """The passages in which a text stands."""
        return text.counts.passages

    def _any(self, texts: Sequence[Text]) -> PassageSet:
        """The passages in which any of some texts stands."""
        if not texts:
            return PassageSet.of_docs(EMPTY, self._columns.passage_count)
        return PassageSet.any([text.counts.passages for text in texts])

    def _literal(self, leaf: query.Literal) -> Text:
        """The places of the folded characters at which the stored text is what was typed."""
        whole = self.characters(leaf.folded)
        parts = [
            found[segment.stands_as_typed(found, leaf.text)]
            for segment, found in zip(self._columns.segments, self.positions(whole), strict=True)
        ]
        return self._counted(leaf.folded, parts, kind="literal")


def _rarest(texts: Iterable[str], count: Callable[[str], int]) -> list[str]:
    """The ``MOST_LIKE`` texts that stand in the collection least often, but somewhere."""
    counts = {text: count(text) for text in texts}
    known = [text for text, found in counts.items() if found]
    return sorted(known, key=lambda text: (counts[text], text))[:MOST_LIKE]


def _word(space: TextSpace, folded: str, segment: Segment) -> Counts:
    """A word's counts in one segment."""
    table = space.word_table(folded)
    if table is not None:
        return Counts.of_table(table)
    found = space.word(folded)
    if found is None:
        return Counts.of_list(EMPTY, EMPTY.astype(np.uint8), segment.passage_count)
    return Counts.of_list(found.docs.astype(np.int64), found.freqs, segment.passage_count)
