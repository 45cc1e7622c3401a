"""The columnar segment as Whoosh's terms: any of Whoosh's queries can be asked of it.

Built for correctness, a posting at a time as Whoosh asks; our own evaluator reads the columns
themselves.  Terms are UTF-8, whose byte order is that of code points.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.base import FieldCursor, TermsReader
from whoosh.fields import Schema
from whoosh.matching import LeafMatcher, ReadTooFar
from whoosh.query.spans import Span
from whoosh.reading import TermInfo, TermNotFound

from corpus.model import CATEGORIES
from index.codec.reader import SegmentReader
from index.schema import WORD_FIELDS
from index.types import Postings

Uint32s = NDArray[np.uint32]


class Field(Protocol):
    """The terms of one field."""

    def terms(self, first: bytes) -> Iterator[bytes]:
        """Terms not below ``first``, ascending."""

    def postings(self, term: bytes) -> Postings | None: ...

    def positions(self, term: bytes) -> tuple[Uint32s, Uint32s] | None:
        """Every place of the term: its document and its offset there; None for fields without
        positions."""

    def lengths(self) -> Uint32s | None:
        """``(passages,)`` tokens in each, or None for fields that are not scored."""


class WordField:
    """Words of one space."""

    def __init__(self, segment: SegmentReader, space: str) -> None:
        self._segment = segment
        self._name = space

    @property
    def _space(self) -> Any:
        return self._segment.space(self._name)  # type: ignore[arg-type]

    def terms(self, first: bytes) -> Iterator[bytes]:
        words = getattr(self._space, "units", self._space).words
        for number in range(words.lower_bound(first), len(words)):
            yield words.term(number).encode("utf-8", "surrogatepass")

    def postings(self, term: bytes) -> Postings | None:
        found: Postings | None = self._space.word(term.decode("utf-8", "surrogatepass"))
        return found

    def positions(self, term: bytes) -> None:
        return None

    def lengths(self) -> Uint32s:
        found: Uint32s = self._space.word_lengths()
        return found


class GramField:
    """Character pairs of the body at their offsets."""

    def __init__(self, segment: SegmentReader) -> None:
        self._space = segment.space("body")
        self._lengths: Uint32s | None = None

    def terms(self, first: bytes) -> Iterator[bytes]:
        for bigram in self._space.grams.bigrams():  # type: ignore[union-attr]
            raw = bigram.encode("utf-8", "surrogatepass")
            if raw >= first:
                yield raw

    def positions(self, term: bytes) -> tuple[Uint32s, Uint32s]:
        text = term.decode("utf-8", "surrogatepass")
        places = np.zeros(0, np.uint32)
        if len(text) == 2:
            places = np.array(self._space.gram(text).to_array(), np.uint32)
        docs = self._space.docs_at(places)
        return docs, places - self._space.starts[docs]

    def postings(self, term: bytes) -> Postings | None:
        docs, _ = self.positions(term)
        if not len(docs):
            return None
        own, counts = np.unique(docs, return_counts=True)
        return Postings(own, counts.astype(np.uint32))

    def lengths(self) -> Uint32s:
        if self._lengths is None:
            # every character but the line breaks begins one
            starts = self._space.starts.astype(np.int64)
            breaks = np.zeros(len(starts) - 1, np.int64)
            codes = self._space.grams.restore(self._space.char_count)  # type: ignore[union-attr]
            places = np.flatnonzero(codes == ord("\n")).astype(np.uint32)
            np.add.at(breaks, self._space.docs_at(places), 1)
            self._lengths = (np.diff(starts) - breaks).astype(np.uint32)
        return self._lengths


class LabelField:
    """One label a document, or none."""

    def __init__(self, labels: Sequence[bytes], own: NDArray[Any]) -> None:
        """``own`` ``(passages,)`` indexes ``labels``; -1 for none."""
        order = sorted(range(len(labels)), key=labels.__getitem__)
        self._labels = [labels[i] for i in order]
        self._numbers = dict(zip(self._labels, order, strict=True))
        self._own = own

    def terms(self, first: bytes) -> Iterator[bytes]:
        return iter(self._labels[bisect_left(self._labels, first) :])

    def postings(self, term: bytes) -> Postings | None:
        number = self._numbers.get(term)
        docs = np.flatnonzero(self._own == number).astype(np.uint32)
        if number is None or not len(docs):
            return None
        return Postings(docs, np.ones(len(docs), np.uint32))

    def positions(self, term: bytes) -> None:
        return None

    def lengths(self) -> None:
        return None


def _utf8(labels: Sequence[str]) -> list[bytes]:
    return [label.encode("utf-8", "surrogatepass") for label in labels]


def open_fields(segment: SegmentReader, schema: Schema) -> dict[str, Field]:
    """All indexed fields of a segment by name."""
    columns = segment.reports
    by_passage = segment.report_of
    years = sorted({int(year) for year in columns.year} - {-1})
    year_of = {year: place for place, year in enumerate(years)}
    own_years = np.array([year_of.get(int(year), -1) for year in columns.year], np.int32)
    numeric = schema["year"]
    fields: dict[str, Field] = {
        name: WordField(segment, space) for name, space in WORD_FIELDS.items()
    }
    fields["grams"] = GramField(segment)
    fields["agency"] = LabelField(_utf8(columns.agency_values), columns.agency[by_passage])
    fields["kind"] = LabelField(_utf8(columns.kind_values), columns.kind[by_passage])
    fields["region"] = LabelField(_utf8(columns.region_values), columns.region[by_passage])
    fields["year"] = LabelField([numeric.to_bytes(y) for y in years], own_years[by_passage])
    fields["section"] = LabelField(_utf8(CATEGORIES), segment.section_of.astype(np.int32))
    fields["report"] = LabelField(_utf8(segment.report_ids), by_passage)
    fields["passage"] = LabelField(_utf8(segment.passage_id_values), segment.passage_id_of)
    return fields


class ArrayMatcher(LeafMatcher):
    """Postings already read, one after another."""

    def __init__(
        self,
        term: tuple[str, bytes],
        found: Postings,
        places: tuple[Uint32s, Uint32s] | None,
        format_: Any,
        scorer: Any,
        at: int = 0,
    ) -> None:
        self._term = term
        self._found = found
        self._places = places
        self.format = format_
        self.scorer = scorer
        self._at = at

    def is_active(self) -> bool:
        return self._at < len(self._found.docs)

    def reset(self) -> None:
        self._at = 0

    def copy(self) -> ArrayMatcher:
        return ArrayMatcher(
            self._term, self._found, self._places, self.format, self.scorer, self._at
        )

    def id(self) -> int:
        return int(self._found.docs[self._at])

    def all_ids(self) -> Iterator[int]:
        return iter(self._found.docs.tolist())

    def next(self) -> bool:
        if not self.is_active():
            raise ReadTooFar
        self._at += 1
        return False

    def skip_to(self, id: int) -> None:
        if not self.is_active():
            raise ReadTooFar
        docs = self._found.docs
        self._at += int(docs[self._at :].searchsorted(np.uint32(id)))

    def weight(self) -> float:
        return float(self._found.freqs[self._at])

    def supports(self, astype: str) -> bool:
        return bool(astype == "frequency" or (astype == "positions" and self._places is not None))

    def value_as(self, astype: str) -> Any:
        if astype == "frequency":
            return int(self.weight())
        if astype == "positions" and self._places is not None:
            docs, offsets = self._places
            low, high = (
                docs.searchsorted(np.uint32(self.id())),
                docs.searchsorted(np.uint32(self.id()), side="right"),
            )
            return offsets[low:high].tolist()
        raise ValueError(f"{self._term[0]} keeps no {astype}")

    def value(self) -> Any:
        if self._places is None:
            return self.format.encode(self.value_as("frequency"))
        return self.format.encode(self.value_as("positions"))

    def spans(self) -> list[Span]:
        return [Span(offset) for offset in self.value_as("positions")]

    def supports_block_quality(self) -> bool:
        return False

    def block_max_weight(self) -> float:
        return float(self._found.freqs.max())

    def block_min_length(self) -> int:
        return 1

    def skip_to_quality(self, minquality: float) -> int:
        return 0

    def max_quality(self) -> float:
        return float("inf")

    def block_quality(self) -> float:
        return float("inf")


class ColumnarTerms(TermsReader):
    """Whoosh's view of a segment's terms."""

    def __init__(self, segment: SegmentReader, schema: Schema) -> None:
        self._fields = open_fields(segment, schema)

    def field(self, fieldname: str) -> Field:
        """Raises TermNotFound for a field that is not indexed."""
        if fieldname not in self._fields:
            raise TermNotFound(f"No field {fieldname!r}")
        return self._fields[fieldname]

    def __contains__(self, term: tuple[str, bytes]) -> bool:
        return term[0] in self._fields and self._fields[term[0]].postings(term[1]) is not None

    def indexed_field_names(self) -> list[str]:
        return sorted(self._fields)

    def terms(self) -> Iterator[tuple[str, bytes]]:
        for name in self.indexed_field_names():
            for term in self._fields[name].terms(b""):
                yield name, term

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[str, bytes]]:
        for term in self.field(fieldname).terms(prefix):
            yield fieldname, term

    def items(self) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        for name, term in self.terms():
            yield (name, term), self.term_info(name, term)

    def items_from(
        self, fieldname: str, prefix: bytes
    ) -> Iterator[tuple[tuple[str, bytes], TermInfo]]:
        for name, term in self.terms_from(fieldname, prefix):
            yield (name, term), self.term_info(name, term)

    def _postings(self, fieldname: str, text: bytes) -> Postings:
        found = self.field(fieldname).postings(text)
        if found is None:
            raise TermNotFound(f"No term {fieldname}:{text!r}")
        return found

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        try:
            found = self._postings(fieldname, text)
        except TermNotFound as problem:
            raise KeyError((fieldname, text)) from problem
        lengths = self.field(fieldname).lengths()
        own = np.ones(1, np.uint32) if lengths is None else lengths[found.docs]
        return TermInfo(
            weight=float(found.freqs.sum()),
            df=len(found.docs),
            minlength=int(own.min()),
            maxlength=int(own.max()),
            maxweight=float(found.freqs.max()),
            minid=int(found.docs[0]),
            maxid=int(found.docs[-1]),
        )

    def frequency(self, fieldname: str, text: bytes) -> float:
        found = self.field(fieldname).postings(text)
        return 0.0 if found is None else float(found.freqs.sum())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        found = self.field(fieldname).postings(text)
        return 0 if found is None else len(found.docs)

    def matcher(
        self, fieldname: str, text: bytes, format_: Any, scorer: Any = None
    ) -> ArrayMatcher:
        found = self._postings(fieldname, text)
        places = self.field(fieldname).positions(text)
        return ArrayMatcher((fieldname, text), found, places, format_, scorer)

    def cursor(self, fieldname: str, fieldobj: Any) -> FieldCursor:
        return _Cursor(self, fieldname, fieldobj)


class _Cursor(FieldCursor):
    """Steps through a field's terms."""

    def __init__(self, terms: ColumnarTerms, fieldname: str, fieldobj: Any) -> None:
        self._terms = terms
        self._fieldname = fieldname
        self._fieldobj = fieldobj
        self._own = list(terms.field(fieldname).terms(b""))
        self._at = 0

    def is_valid(self) -> bool:
        return self._at < len(self._own)

    def first(self) -> Any:
        self._at = 0
        return self.text()

    def find(self, term: str | bytes) -> Any:
        raw = term if isinstance(term, bytes) else self._fieldobj.to_bytes(term)
        self._at = bisect_left(self._own, raw)
        return self.text()

    def next(self) -> Any:
        self._at += 1
        return self.text()

    def text(self) -> Any:
        return self._fieldobj.from_bytes(self._own[self._at]) if self.is_valid() else None

    def term(self) -> Any:
        return self.text()

    def term_info(self) -> TermInfo | None:
        if not self.is_valid():
            return None
        return self._terms.term_info(self._fieldname, self._own[self._at])
