"""BM25 of the passages that match, a text at a time, with a bonus for runs that stand together.

Without the bonus the scores are what ordinary Whoosh gives the same words and grams.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from search.whoosh_engine.columns import Columns, Floats, most_scored
from search.whoosh_engine.evaluate import Scoring
from search.whoosh_engine.leaves import Leaves, Text
from search.whoosh_engine.passage_sets import PassageSet
from search.whoosh_engine.rows import ALL, Rows, Where

BONUS: Final = 1.0
"""Weight of a run that stands together, against one word of it."""
PAIR: Final = 0.8
"""Weight of a pair of characters of a sentence, against a word (``docs/relevance.md``)."""


class Scorer:
    """Adds scores up by row."""

    def __init__(self, columns: Columns, rows: Rows) -> None:
        self._columns = columns
        self._rows = rows
        self._sum: Floats | None = None
        self._norms = rows.take(columns.word_norms("body"))

    @property
    def scores(self) -> Floats:
        """``(rows,)`` so far."""
        if self._sum is None:
            self._sum = np.zeros(self._rows.count, np.float32)
        return self._sum

    def add(self, scoring: Scoring) -> None:
        """What a leaf gives."""
        found, where = scoring
        if where is found.passages and found.scores_one:
            where = None
        for text in found.scored:
            self._add_text(text, self._norms, 1.0, where)
        for pair in found.pairs:
            self._add_text(pair, self._norms, PAIR, where)
        if found.bonus is not None:
            # more than its words apart can give, however often they stand (DESIGN §6)
            most = sum(map(self._most, found.scored))
            weight = BONUS * max(1, len(found.scored))
            self._add_text(found.bonus, self._norms, weight, where, most)

    def add_plain(self, scoring: Scoring, leaves: Leaves) -> None:
        """What ordinary Whoosh gives for a leaf."""
        found, where = scoring
        if found.constant:
            held = found.passages if where is None else where
            self._add(ALL, np.float32(found.constant) * self._rows.lie(ALL, held))
        texts, norms = found.scored, self._norms
        if found.plain is not None:
            kind, terms, space = found.plain
            find = {"words": leaves.word, "prefix": leaves.prefix, "grams": leaves.characters}[kind]
            texts = [find(term, space) for term in terms]
            own = self._columns.gram_norms if kind == "grams" else self._columns.word_norms(space)
            norms = self._rows.take(own)
        if where is found.passages and len(texts) == 1:
            where = None
        for text in texts:
            self._add_text(text, norms, 1.0, where)

    def _most(self, text: Text) -> float:
        """What BM25 gives a text stays below this."""
        most: float = most_scored(self._columns.passage_count, len(text.counts))
        return most

    def _add_text(
        self,
        text: Text,
        norms: Floats,
        weight: float,
        within: PassageSet | None,
        lead: float = 0.0,
    ) -> None:
        """To the rows that have the text, of some passages only or of all: ``lead``, and its BM25
        times the weight."""
        where, counts = self._rows.frequency(text)
        if not len(counts):
            return
        if text.words is not None:  # each of them by itself
            own = np.float32(weight) * self._rows.take(text.words.scores)[where]
        else:
            own = counts.astype(np.float32)
            own /= own + norms[where]
            own *= np.float32(weight * self._most(text))
        if lead:
            own += np.float32(lead) * (counts > 0)
        if within is not None:
            own *= self._rows.lie(where, within)
        self._add(where, own)

    def _add(self, where: Where, own: Floats) -> None:
        if self._sum is None and isinstance(where, slice):
            self._sum = own  # the first, of all rows
        else:
            self.scores[where] += own
