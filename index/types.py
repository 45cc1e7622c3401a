"""The contract between the index and whoever reads it: what a segment can be asked.

``index.codec`` implements these; ``search.whoosh_engine`` uses nothing else of the index but
``index.open_snapshot`` and ``index.analysis``.

A *position* is an offset in the folded text of one **space** of a segment: all its passages'
folded texts, one after another, each paragraph closed by one ``\\n`` (so no phrase crosses a
paragraph or a passage, and a paragraph's last character has a bigram too).  There are three
spaces: ``body`` (the passage), ``title`` (its report's title) and ``heading`` (its heading
path).  A *document* is a passage: a number in ``[0, passage_count)`` of its segment; the
passages of a report are consecutive, in the order of the text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from corpus.model import Report
from index.ledger import Resolution

SpaceName: TypeAlias = Literal["body", "title", "heading"]
Uint32s: TypeAlias = NDArray[np.uint32]


class Postings(NamedTuple):
    """One term in one segment; deleted passages are still in it."""

    docs: Uint32s
    """``(n,)`` uint32, ascending, unique."""
    freqs: NDArray[np.unsignedinteger[Any]]
    """``(n,)``, of any unsigned type: occurrences of the term in the passage, at least 1."""


class WordRange(NamedTuple):
    """Words that follow one another in a segment's vocabulary, with their postings side by side;
    deleted passages are still in them."""

    counts: NDArray[np.int64]
    """``(words,)`` documents with each word."""
    docs: Uint32s
    """``(n,)`` those documents, word after word; ascending, unique within a word."""
    freqs: Uint32s
    """``(n,)`` occurrences of the word in the passage, at least 1."""


class TextSpace(Protocol):
    """One folded text of a segment with its two views, words and grams."""

    char_count: int
    starts: Uint32s
    """``(passage_count + 1,)`` ascending: where each passage's folded text begins; last: the
    end."""

    def word(self, term: str) -> Postings | None:
        """Documents and frequencies of a jieba word, or None."""

    def word_table(self, term: str) -> NDArray[np.uint8] | None:
        """``(passage_count,)`` how often the word stands in each passage; None where its
        postings are a list (words that are not very frequent, or not there at all)."""

    def word_positions(self, term: str) -> Uint32s:
        """``(n,)`` ascending, unique: where the word begins.  Its length is ``len(term)``."""

    def word_count(self, term: str) -> int:
        """Documents with the word (deleted ones included); 0 when it is not there."""

    def rest(self, term: str) -> Uint32s | None:
        """``(n,)`` ascending: where the term's characters stand and no token of it begins; None
        where that is not kept (rare words, long lists)."""

    def words_with_prefix(self, prefix: str) -> list[str]:
        """The words that begin with it, in code point order."""

    def prefixed(self, prefix: str) -> WordRange:
        """The same words' postings, in the same order."""

    def word_lengths(self) -> Uint32s:
        """``(passage_count,)`` words in each passage."""

    def gram(self, bigram: str) -> BitMap:
        """Positions of two characters that stand together; ``\\n`` may be the second.  The
        result belongs to the caller; empty when there are none."""

    def gram_count(self, bigram: str) -> int:
        """How many positions ``gram`` would hold, without reading them."""

    def char(self, character: str) -> BitMap:
        """Positions of one character: the union of the bigrams that begin with it."""

    def phrase(self, folded: str) -> Uint32s:
        """``(n,)`` ascending, unique: every position at which the folded characters stand."""

    def docs_at(self, positions: Uint32s) -> Uint32s:
        """``(n,)`` the document of each position; several times faster than ``searchsorted``."""


class Borders(Protocol):
    """Stretches that follow one another and cover the body, numbered from 0."""

    count: int

    def at(self, positions: Uint32s) -> Uint32s:
        """``(n,)`` the stretch each position lies in."""

    def ends(self, stretches: Uint32s) -> Uint32s:
        """``(n,)`` where each ends; the last one, beyond any position."""


class ReportColumns(NamedTuple):
    """Labels of a segment's reports; each ``(report_count,)``.  Ordinals index the ``values``
    of the same name; -1 is unknown."""

    agency: NDArray[np.int32]
    kind: NDArray[np.int32]
    region: NDArray[np.int32]
    year: NDArray[np.int32]
    """Gregorian year itself; -1 unknown."""
    agency_values: Sequence[str]
    kind_values: Sequence[str]
    region_values: Sequence[str]
    """Full paths, ``重庆市/南岸区``."""


class Segment(Protocol):
    """A file set of the index, opened and verified."""

    name: str
    passage_count: int
    report_count: int
    deleted: BitMap
    """Documents deleted since the segment was written; usually empty."""
    first_passage: Uint32s
    """``(report_count + 1,)`` the first document of each report; last: passage_count."""
    section_of: NDArray[np.uint8]
    """``(passage_count,)`` index into ``corpus.model.CATEGORIES``."""

    @property
    def reports(self) -> ReportColumns:
        """Labels by report."""

    @property
    def report_of(self) -> Uint32s:
        """``(passage_count,)`` the report's number in this segment, non-decreasing."""

    @property
    def sentences(self) -> Uint32s:
        """Body positions at which a sentence begins, ascending; every paragraph begins one."""

    @property
    def paragraphs(self) -> Uint32s:
        """Body positions at which a paragraph begins, ascending; every passage begins one."""

    @property
    def sentence_borders(self) -> Borders:
        """The sentences of ``sentences``, for looking places up."""

    @property
    def paragraph_borders(self) -> Borders:
        """The paragraphs of ``paragraphs``, likewise."""

    def space(self, name: SpaceName) -> TextSpace:
        """One of the three spaces."""

    def passage_text(self, doc: int) -> str:
        """The stored text of the passage."""

    def stands_as_typed(self, positions: Uint32s, typed: str) -> NDArray[np.bool_]:
        """``(n,)`` at which of some body positions, ascending and unique, the stored text is what
        was typed, to the character.  At each of them ``fold_query(typed)``, which is not empty,
        stands; what is dropped before, in and after it is compared too, within the passage."""

    def are_tokens(self, positions: Uint32s, term: str) -> NDArray[np.bool_]:
        """``(n,)`` at which of some body positions, where a word's characters stand, they are a
        token."""

    def tokens_at(self, positions: Uint32s, shortest: int) -> tuple[Uint32s, Uint32s]:
        """``(n,)`` and ``(n,)`` where the tokens of ``shortest`` characters or more begin and end
        that begin at some body positions, ascending and unique: ascending, each once."""

    def passage_id(self, doc: int) -> str:
        """``s2.3``."""

    def passage_hashes(self, docs: NDArray[np.integer]) -> Sequence[str]:
        """``corpus.identity.passage_hash`` of the stored texts of some documents, which are not
        read for it."""

    def passage_headings(self, docs: NDArray[np.integer]) -> Sequence[tuple[str, ...]]:
        """Heading paths of some documents, outermost first."""

    def report_id(self, report: int) -> str: ...

    def report(self, report: int) -> Report:
        """The whole report as it was indexed."""

    def report_title(self, report: int) -> str: ...

    def report_published(self, report: int) -> str | None: ...

    def report_series(self, report: int) -> str: ...

    def report_aliases(self, report: int) -> tuple[str, ...]: ...

    def report_characters(self, report: int) -> int:
        """Characters of the stored text."""

    @property
    def taken(self) -> Uint32s:
        """``(report_count,)`` Unix seconds at which each text, under its labels, was first taken
        into the index."""


class Snapshot(Protocol):
    """One generation of the index, opened read-only.  Safe to share between threads."""

    generation: str
    built: str
    """ISO time."""
    segmenter: str
    """Which cutter, version and dictionary cut its words; ``index.analysis`` cuts the same."""

    @property
    def segments(self) -> Sequence[Segment]: ...

    def find_report(self, report_id: str) -> tuple[Segment, int] | None:
        """The segment that holds the report, and its number there; None when it is not held."""

    def resolve(self, report_id: str) -> Resolution:
        """What became of an id: ``current`` exactly when the report is held."""

    def iter_words(self) -> Iterator[tuple[str, int]]:
        """Body words of all segments in code point order, with the passages that hold them."""

    def close(self) -> None: ...
