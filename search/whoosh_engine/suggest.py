"""Completions and corrections from the collection's own words, by real frequency."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

import numpy as np
from pypinyin import Style, lazy_pinyin

from corpus.folding import fold_query
from index.analysis import cut_query
from search.query import Prefix, Run, iter_leaves
from search.query_parser import parse_query
from search.views import Suggestion
from search.whoosh_engine.columns import Columns

SLOGANS: Final = Path(__file__).resolve().parents[1] / "slogans.txt"
"""Set phrases of the genre, one a line; shown only where the collection has them."""
LEAST: Final = 2
"""Passages that must hold a word before it is suggested."""
MOST_WORDS: Final = 60_000
"""Words kept for completion, the most common ones: about 10 MB."""
CONFUSABLE: Final = (
    ("zh", "z"),
    ("ch", "c"),
    ("sh", "s"),
    ("ang", "an"),
    ("eng", "en"),
    ("ing", "in"),
)
"""Syllable parts that typing by ear mixes up."""


class Suggester:
    """Built once for a generation; then only read."""

    def __init__(self, columns: Columns) -> None:
        counts: dict[str, int] = {}
        for word, count in columns.snapshot.iter_words():
            if len(word) > 1 and count >= LEAST and not word.isdigit():
                counts[word] = count
        kept = sorted(counts, key=lambda word: (-counts[word], word))[:MOST_WORDS]
        self._counts = {word: counts[word] for word in kept}
        self._kinds: dict[str, Literal["word", "phrase"]] = dict.fromkeys(kept, "word")
        for phrase, count in _phrases(columns):
            self._counts[phrase] = count
            self._kinds[phrase] = "phrase"
        self._sorted = sorted(self._counts)
        agency = columns.labels["agency"]
        reports = np.bincount(
            agency.ordinals[columns.live_reports] + 1, minlength=len(agency.values) + 1
        )
        self._agencies = sorted(
            (
                (name, int(count))
                for name, count in zip(agency.values, reports[1:], strict=True)
                if count
            ),
            key=lambda pair: (-pair[1], pair[0]),
        )
        self._by_sound: dict[str, list[str]] | None = None

    def suggest(self, typed: str, size: int) -> tuple[Suggestion, ...]:
        """Completions of the last run typed: words and phrases, then agencies that contain it."""
        folded = fold_query(typed.split()[-1] if typed.split() else "")
        if not folded or size < 1:
            return ()
        low = bisect.bisect_left(self._sorted, folded)
        high = bisect.bisect_left(self._sorted, folded + "\U0010ffff")
        found = [text for text in self._sorted[low:high] if text != folded]
        found.sort(key=lambda text: (self._kinds[text] == "word", -self._counts[text], text))
        phrases = [text for text in found if self._kinds[text] == "phrase"]
        words = [text for text in found if self._kinds[text] == "word"]
        agencies = [pair for pair in self._agencies if folded in fold_query(pair[0])][:3]
        room = max(1, size - len(agencies))
        chosen = sorted(phrases[:room] + words[:room], key=lambda t: (-self._counts[t], t))[:room]
        out = [
            Suggestion(
                text, "phrase" if self._kinds[text] == "phrase" else "word", self._counts[text]
            )
            for text in chosen
        ]
        out += [Suggestion(name, "agency", count) for name, count in agencies]
        return tuple(out[:size])

    def corrections(self, text: str) -> Iterator[str]:
        """The query with words that are not in the collection replaced by likely ones."""
        runs = [
            leaf for leaf in iter_leaves(parse_query(text).tree) if isinstance(leaf, Run | Prefix)
        ]
        for leaf in runs:
            for better in self._better(leaf.folded):
                yield text[: leaf.span[0]] + better + text[leaf.span[1] :]

    def _better(self, folded: str) -> Iterator[str]:
        sound = _sound(folded)
        seen = {folded}
        for candidate in self._sounding(sound):
            if candidate not in seen:
                seen.add(candidate)
                yield candidate
        for candidate in self._one_off(folded):
            if candidate not in seen:
                seen.add(candidate)
                yield candidate
        words = cut_query(folded)
        for i, word in enumerate(words):
            if word in self._counts:
                continue
            for candidate in [*self._sounding(_sound(word)), *self._one_off(word)]:
                joined = "".join([*words[:i], candidate, *words[i + 1 :]])
                if joined not in seen:
                    seen.add(joined)
                    yield joined

    def _sounding(self, sound: str) -> list[str]:
        if self._by_sound is None:
            by_sound: dict[str, list[str]] = {}
            for text in self._counts:
                by_sound.setdefault(_sound(text), []).append(text)
            self._by_sound = by_sound
        return sorted(self._by_sound.get(sound, ()), key=lambda text: -self._counts[text])[:5]

    def _one_off(self, folded: str) -> list[str]:
        """Known texts of the same length with one other character, common ones first."""
        if not 3 <= len(folded) <= 12:
            return []
        found = [
            text
            for text in self._counts
            if len(text) == len(folded)
            and sum(a != b for a, b in zip(text, folded, strict=True)) == 1
        ]
        return sorted(found, key=lambda text: -self._counts[text])[:5]


def _sound(text: str) -> str:
    """The text by ear, with what is easily confused made the same."""
    syllables = lazy_pinyin(text, style=Style.NORMAL)
    out = []
    for syllable in syllables:
        for long, short in CONFUSABLE:
            syllable = syllable.replace(long, short)
        out.append(syllable.lower())
    return "".join(out)


def _phrases(columns: Columns) -> Iterator[tuple[str, int]]:
    """The slogans that stand in the collection, with the passages that hold each."""
    for line in SLOGANS.read_text(encoding="utf-8").splitlines():
        phrase = fold_query(line)
        if len(phrase) < 2:
            continue
        count = 0
        for segment in columns.segments:
            space = segment.space("body")
            count += len(np.unique(space.docs_at(space.phrase(phrase))))
        if count:
            yield phrase, count
