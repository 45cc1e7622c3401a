"""The engines we are measured against, over the same passages and the same tokens.

Each peer is built from the same ``Row`` values and asked for the same thing: the number of
passages, three facets (agency, year, section) and the ten best.  Peers count passages in facets,
ours counts reports; that is the more expensive of the two, and said in every table.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import timeit
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import tantivy
from whoosh import analysis, fields, index, query

from index.analysis import tokenize
from search.request import SearchRequest


@dataclass(frozen=True, slots=True)
class Row:
    """One passage, folded and tokenized once for every peer."""

    text: str
    """Folded; paragraphs closed by a newline."""
    words: Sequence[str]
    """Search-mode tokens in order."""
    agency: str
    year: int
    section: str


_FACETS = ("agency", "year", "section")
SHOWN = SearchRequest().facet_size
"""Values of a facet that are asked of every engine that can give fewer than all."""


def _aggregations(**how: int) -> dict[str, Any]:
    return {name: {"terms": {"field": name, "size": SHOWN, **how}} for name in _FACETS}


_AGGREGATIONS: Mapping[bool, dict[str, Any]] = {
    True: _aggregations(segment_size=5_000),
    False: _aggregations(),
}
"""By whether facets must be exact."""


class Answer(NamedTuple):
    passages: int
    """-1 where the peer does not say."""
    top: int
    """How many of the ten best came."""
    facet_values: int


class Peer(Protocol):
    """``phrase`` takes folded characters, ``all_of`` and ``any_of`` take words."""

    name: str

    def build(self, rows: Iterable[Row]) -> None: ...
    def phrase(self, folded: str) -> Answer: ...
    def all_of(self, words: Sequence[str]) -> Answer: ...
    def any_of(self, words: Sequence[str]) -> Answer: ...
    def close(self) -> None: ...


def bigrams(text: str) -> list[str]:
    """Overlapping pairs of characters that stand in one paragraph."""
    return [text[i : i + 2] for i in range(len(text) - 1) if "\n" not in text[i : i + 2]]


class Tantivy:
    """tantivy-py: words and bigrams with positions, whitespace-tokenized; facets are terms
    aggregations over fast fields."""

    name = "tantivy"

    def __init__(self) -> None:
        self.asked_by_words: set[str] = set()
        """Phrases that are asked as words, see ``settle``."""
        self._folder = tempfile.mkdtemp(prefix="fazhi-tantivy-")
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("words", tokenizer_name="whitespace", index_option="position")
        builder.add_text_field("grams", tokenizer_name="whitespace", index_option="position")
        builder.add_text_field("agency", tokenizer_name="raw", fast=True)
        builder.add_text_field("section", tokenizer_name="raw", fast=True)
        builder.add_unsigned_field("year", indexed=True, fast=True)
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema, path=self._folder)
        self.exact = True
        """Whether facets must be exact, as ours are.  By default a segment tells ten times as many
        values as are asked for, and what it leaves out is missing from the sum."""

    def build(self, rows: Iterable[Row]) -> None:
        writer = self._index.writer(heap_size=400_000_000, num_threads=2)
        for row in rows:
            writer.add_document(
                tantivy.Document.from_dict(
                    {
                        "words": " ".join(row.words),
                        "grams": " ".join(g for g in bigrams(row.text) if not g.isspace()),
                        "agency": row.agency,
                        "section": row.section,
                        "year": row.year,
                    },
                    self._schema,
                )
            )
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def _term(self, field: str, text: str) -> tantivy.Query:
        return tantivy.Query.term_query(self._schema, field, text, "freq")

    def _answer(self, asked: tantivy.Query) -> Answer:
        found = self._searcher.search(asked, 10)
        facets = self._searcher.aggregate(asked, _AGGREGATIONS[self.exact])
        values = sum(len(facets[name]["buckets"]) for name in _FACETS)
        return Answer(found.count, len(found.hits), values)  # type: ignore[attr-defined]

    def settle(self, folded: str, passages: int) -> None:
        """Asks a phrase as bigrams and as words, and from then on the faster way of those that
        find so many passages; as words it often finds fewer."""
        by_words, by_grams = (
            min(timeit.repeat(partial(self._phrase, folded, field), number=1, repeat=5))
            for field in ("words", "grams")
        )
        if self._phrase(folded, "words").passages == passages and by_words < by_grams:
            self.asked_by_words.add(folded)

    def phrase(self, folded: str) -> Answer:
        return self._phrase(folded, "words" if folded in self.asked_by_words else "grams")

    def _phrase(self, folded: str, field: str) -> Answer:
        terms = bigrams(folded) if field == "grams" else [t.word for t in tokenize(folded)]
        if len(terms) == 1:
            return self._answer(self._term(field, terms[0]))
        return self._answer(tantivy.Query.phrase_query(self._schema, field, list(terms)))

    def all_of(self, words: Sequence[str]) -> Answer:
        return self._boolean(words, tantivy.Occur.Must)

    def any_of(self, words: Sequence[str]) -> Answer:
        return self._boolean(words, tantivy.Occur.Should)

    def _boolean(self, words: Sequence[str], occur: tantivy.Occur) -> Answer:
        clauses = [(occur, self._term("words", word)) for word in words]
        if len(clauses) == 1:
            return self._answer(clauses[0][1])
        return self._answer(tantivy.Query.boolean_query(clauses))

    def size(self) -> int:
        """Bytes on disk."""
        return sum(p.stat().st_size for p in Path(self._folder).rglob("*") if p.is_file())

    def close(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


class Fts5:
    """SQLite FTS5: tokens through unicode61, phrases also through the trigram tokenizer."""

    def __init__(self, tokenizer: str = "words") -> None:
        self.name = f"SQLite FTS5 ({tokenizer})"
        self._trigram = tokenizer == "trigram"
        self._folder = tempfile.mkdtemp(prefix="fazhi-fts5-")
        self._db = sqlite3.connect(str(Path(self._folder, "fts.db")))
        how = "trigram" if self._trigram else "unicode61"
        self._db.executescript(
            "pragma journal_mode=off; pragma synchronous=off;"
            f"create virtual table passages using fts5(body, content='', tokenize='{how}');"
            "create table labels(id integer primary key, agency text, year integer, section text);"
        )

    def build(self, rows: Iterable[Row]) -> None:
        for number, row in enumerate(rows, 1):
            body = row.text if self._trigram else " ".join(row.words)
            self._db.execute("insert into passages(rowid, body) values (?, ?)", (number, body))
            self._db.execute(
                "insert into labels values (?, ?, ?, ?)",
                (number, row.agency, row.year, row.section),
            )
        self._db.execute("insert into passages(passages) values ('optimize')")
        self._db.commit()

    def _answer(self, match: str) -> Answer:
        db = self._db
        top = db.execute(
            "select rowid from passages where passages match ? order by rank limit 10", (match,)
        ).fetchall()
        db.execute("create temp table found(id integer primary key)")
        db.execute("insert into found select rowid from passages where passages match ?", (match,))
        values = 0
        for name in _FACETS:
            values += len(
                db.execute(
                    f"select {name}, count(*) from labels join found using (id) group by {name}"
                    f" order by 2 desc limit {SHOWN}"
                ).fetchall()
            )
        count = db.execute("select count(*) from found").fetchone()[0]
        db.execute("drop table found")
        return Answer(count, len(top), values)

    def phrase(self, folded: str) -> Answer:
        """Raises ValueError for phrases the tokenizer cannot hold (trigram: under three)."""
        if not self._trigram or len(folded) < 3:
            raise ValueError("this table cannot answer the phrase")
        return self._answer(f'"{folded}"')

    def all_of(self, words: Sequence[str]) -> Answer:
        """Raises ValueError for the trigram table, which knows no words."""
        return self._answer_words(words, " AND ")

    def any_of(self, words: Sequence[str]) -> Answer:
        """Raises ValueError for the trigram table, which knows no words."""
        return self._answer_words(words, " OR ")

    def _answer_words(self, words: Sequence[str], operator: str) -> Answer:
        if self._trigram:
            raise ValueError("this table knows no words")
        return self._answer(operator.join(f'"{word}"' for word in words))

    def close(self) -> None:
        self._db.close()
        shutil.rmtree(self._folder, ignore_errors=True)


class StockWhoosh:
    """Whoosh with its own codec: the same words, and bigrams for exact phrases."""

    name = "stock Whoosh"

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="fazhi-whoosh-")
        spaced = analysis.SpaceSeparatedTokenizer()
        self._index = index.create_in(
            self._folder,
            fields.Schema(
                words=fields.TEXT(analyzer=spaced, phrase=True),
                grams=fields.TEXT(analyzer=spaced, phrase=True),
                agency=fields.ID(sortable=True),
                year=fields.NUMERIC(sortable=True),
                section=fields.ID(sortable=True),
            ),
        )

    def build(self, rows: Iterable[Row]) -> None:
        writer = self._index.writer(limitmb=512)
        for row in rows:
            writer.add_document(
                words=" ".join(row.words),
                grams=" ".join(g for g in bigrams(row.text) if not g.isspace()),
                agency=row.agency,
                year=row.year,
                section=row.section,
            )
        writer.commit(optimize=True)
        self._searcher = self._index.searcher()

    def _answer(self, asked: query.Query) -> Answer:
        found = self._searcher.search(asked, limit=10, groupedby=list(_FACETS))
        values = sum(len(found.groups(name)) for name in _FACETS)
        return Answer(len(found), found.scored_length(), values)

    def phrase(self, folded: str) -> Answer:
        terms = bigrams(folded)
        if len(terms) == 1:
            return self._answer(query.Term("grams", terms[0]))
        return self._answer(query.Phrase("grams", terms))

    def all_of(self, words: Sequence[str]) -> Answer:
        terms = [query.Term("words", word) for word in words]
        return self._answer(query.And(terms) if len(terms) > 1 else terms[0])

    def any_of(self, words: Sequence[str]) -> Answer:
        return self._answer(query.Or([query.Term("words", word) for word in words]))

    def size(self) -> int:
        """Bytes on disk."""
        return sum(p.stat().st_size for p in Path(self._folder).iterdir())

    def close(self) -> None:
        self._searcher.close()
        self._index.close()
        shutil.rmtree(self._folder, ignore_errors=True)


class Scan:
    """``str.find`` over every folded passage: the truth, and the floor."""

    name = "str.find scan"

    def build(self, rows: Iterable[Row]) -> None:
        self._rows = [(row.text, row.agency, row.year, row.section) for row in rows]

    def phrase(self, folded: str) -> Answer:
        found = [row for row in self._rows if folded in row[0]]
        values = sum(len({row[i] for row in found}) for i in (1, 2, 3))
        return Answer(len(found), min(10, len(found)), values)

    def all_of(self, words: Sequence[str]) -> Answer:
        raise ValueError("a scan knows no words")

    any_of = all_of

    def close(self) -> None:
        self._rows = []
