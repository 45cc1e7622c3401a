"""Completions and corrections from the collection's own words, by real frequency."""

from __future__ import annotations

import bisect
import heapq
import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pypinyin import Style, lazy_pinyin, pinyin

from corpus.folding import fold_query
from index.analysis import cut_query
from search.query import Phrase, Prefix, Run, iter_leaves
from search.query_parser import parse_query
from search.views import Suggestion
from search.whoosh_engine.columns import Columns
from search.whoosh_engine.leaves import Leaves, Text

Kind: TypeAlias = Literal["word", "phrase"]
SLOGANS: Final = Path(__file__).resolve().parents[1] / "slogans.txt"
"""Set phrases of the genre, one a line; shown only where the collection has them."""
LEAST: Final = 2
"""Passages that must hold a word before it is suggested."""
MOST_WORDS: Final = 60_000
"""Words kept for completion, the most common ones: about 10 MB."""
MOST_AGENCIES: Final = 3
"""Agencies among the completions of what may be a word."""
MOST_TRIED: Final = 24
"""Corrections that are made of a query of one word; of longer ones fewer for each."""
MOST_MENDED: Final = 8
"""Words of one query that corrections are looked for."""
MOST_SPELT: Final = 60
"""Characters of a word, or letters of its sound, that are looked at."""
MOST_ONE_OFF: Final = 12
"""Characters of a text of which one may be wrong."""
CONFUSABLE: Final = (
    ("zh", "z"),
    ("ch", "c"),
    ("sh", "s"),
    ("ang", "an"),
    ("eng", "en"),
    ("ing", "in"),
)
"""Syllable parts that typing by ear mixes up."""
_LAST_RUN: Final = re.compile(r'[^\s"“”＂「」『』()（）|｜]*$')
_LEAD: Final = re.compile(
    "[-－]*(?:(?:标题|小标题|title|heading|(机关|agency))[:：])?", re.IGNORECASE
)
"""What may stand before a word without a blank; with a group, only agencies can follow."""


class Suggester:
    """Built once for a generation; then only read."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        counts: dict[str, int] = {}
        for word, count in columns.snapshot.iter_words():
            if len(word) > 1 and count >= LEAST and any(map(str.isalpha, word)):
                counts[word] = count
        kept = sorted(counts, key=lambda word: (-counts[word], word))[:MOST_WORDS]
        self._counts = {word: counts[word] for word in kept}
        self._kinds: dict[str, Kind] = dict.fromkeys(kept, "word")
        self._written: dict[str, str] = {}
        for phrase, count, written in _phrases(columns):
            self._counts[phrase] = count
            self._kinds[phrase] = "phrase"
            self._written[phrase] = written
        self._sorted = sorted(self._counts)
        agency = columns.labels["agency"]
        reports = np.bincount(
            agency.ordinals[columns.live_reports] + 1, minlength=len(agency.values) + 1
        )
        held = [
            (name, int(count))
            for name, count in zip(agency.values, reports[1:], strict=True)
            if count
        ]
        held.sort(key=lambda pair: (-pair[1], pair[0]))
        self._agencies = [(fold_query(name), name, count) for name, count in held]

    # --- completions ------------------------------------------------------------------------

    def suggest(self, typed: str, size: int) -> tuple[Suggestion, ...]:
        """Completions of the last run typed, with the sign or field before it: words and phrases,
        then agencies that contain it."""
        last = _LAST_RUN.search(typed)
        run = last[0] if last else ""
        lead = _LEAD.match(run)
        before = lead[0] if lead else ""
        folded = fold_query(run[len(before) :])
        if not folded or size < 1:
            return ()
        only_agencies = bool(lead and lead[1])
        agencies = self._agencies_with(folded, size if only_agencies else MOST_AGENCIES)
        words = [] if only_agencies else self._completions(folded, max(1, size - len(agencies)))
        found = [
            Suggestion(before + self._written.get(text, text), self._kinds[text], count)
            for text, count in words
        ]
        found += [Suggestion(before + name, "agency", count) for name, count in agencies]
        return tuple(found[:size])

    def _completions(self, folded: str, size: int) -> list[tuple[str, int]]:
        low = bisect.bisect_left(self._sorted, folded)
        high = bisect.bisect_left(self._sorted, folded + "\U0010ffff")
        low += low < high and self._sorted[low] == folded
        best = heapq.nsmallest(
            size, self._sorted[low:high], key=lambda text: (-self._counts[text], text)
        )
        if self._columns.all_live:
            return [(text, self._counts[text]) for text in best]
        # what the index counts includes passages that are deleted
        leaves = Leaves(self._columns)
        live = [
            (text, _live(self._columns, leaves.word(text)))
            if self._kinds[text] == "word"
            else (text, self._counts[text])
            for text in best
        ]
        return sorted((pair for pair in live if pair[1]), key=lambda pair: (-pair[1], pair[0]))

    def _agencies_with(self, folded: str, size: int) -> list[tuple[str, int]]:
        found = []
        for own, name, count in self._agencies:
            if folded in own:
                found.append((name, count))
                if len(found) == size:
                    break
        return found

    # --- corrections ------------------------------------------------------------------------

    def corrections(self, text: str) -> Iterator[str]:
        """The query with likely texts of the collection in place of what it does not have: all
        slips mended at once first, then one at a time."""
        leaves = [
            leaf
            for leaf in iter_leaves(parse_query(text).tree)
            if isinstance(leaf, Run | Prefix | Phrase) and len(leaf.folded) <= MOST_SPELT
        ]
        strange = [leaf for leaf in leaves if not self._knows(leaf.folded)]
        chosen = (strange or leaves)[:MOST_MENDED]
        better = [
            (leaf, [self._written.get(text, text) for text in self._better(leaf.folded)])
            for leaf in chosen
        ]
        slips = [(leaf, found[0]) for leaf, found in better if found and strange]
        if len(slips) > 1:
            mended = text
            for leaf, candidate in reversed(slips):
                mended = _replaced(mended, leaf, candidate)
            yield mended
        for leaf, found in better:
            # a query of many words takes longer, and is less likely to have one slip
            for candidate in found[: max(1, MOST_TRIED // len(leaves))]:
                yield _replaced(text, leaf, candidate)

    def _knows(self, folded: str) -> bool:
        return folded in self._counts or all(w in self._counts for w in cut_query(folded))

    def _better(self, folded: str) -> Iterator[str]:
        """Likely texts for one that finds nothing: known ones that sound the same or are one slip
        away; then the same for one of its words, which need not be known together."""
        seen = {folded}
        words = cut_query(folded)
        strange = [i for i, word in enumerate(words) if word not in self._counts]
        slips = (self._sounding, self._spelt, self._one_off)
        found = [text for likely in slips for text in likely(folded)]
        for likely in slips:
            for i in strange:
                found += ["".join([*words[:i], w, *words[i + 1 :]]) for w in likely(words[i])]
        for candidate in found:
            if candidate not in seen:
                seen.add(candidate)
                yield candidate

    def _sounding(self, folded: str) -> list[str]:
        """Known texts that sound the same, common ones first."""
        return self._by_sound.get(_sound(folded), [])[:5]

    def _spelt(self, folded: str) -> list[str]:
        """The fewest, most common known texts that letters spell: xingzhengzhifa."""
        if not (folded.isascii() and folded.isalpha()):
            return []
        sound = _plain(folded)
        best: list[tuple[int, int, str] | None] = [(0, 0, ""), *[None] * len(sound)]
        for end in range(1, len(sound) + 1):
            for start in range(end):
                before, known = best[start], self._by_sound.get(sound[start:end])
                if before is None or known is None:
                    continue
                parts, common, text = before
                found = parts + 1, common - self._counts[known[0]], text + known[0]
                current = best[end]
                if current is None or found < current:
                    best[end] = found
        return [] if best[-1] is None else [best[-1][2]]

    @cached_property
    def _by_sound(self) -> dict[str, list[str]]:
        by_sound: dict[str, list[str]] = {}
        for text in self._by_count:
            by_sound.setdefault(_sound(text), []).append(text)
        return by_sound

    def _one_off(self, folded: str) -> list[str]:
        """Known texts with one character changed, missing or too many, or with two that changed
        places; common ones first."""
        if not 3 <= len(folded) <= MOST_ONE_OFF:
            return []
        typed = _codes([folded])[0]
        found = set(_shorter(folded) | _swapped(folded)) & self._counts.keys()
        if known := self._by_length.get(len(typed)):
            texts, codes = known
            other = (codes != typed).sum(axis=1)
            found.update(texts[i] for i in np.flatnonzero(other == 1)[:5].tolist())
        if known := self._by_length.get(len(typed) + 1):
            texts, codes = known
            for i in range(len(typed) + 1):
                same = (codes[:, :i] == typed[:i]).all(axis=1)
                same &= (codes[:, i + 1 :] == typed[i:]).all(axis=1)
                found.update(texts[j] for j in np.flatnonzero(same)[:5].tolist())
        return sorted(found, key=lambda text: (-self._counts[text], text))[:5]

    @cached_property
    def _by_length(self) -> dict[int, tuple[list[str], NDArray[np.uint32]]]:
        """Known texts by length, common ones first, and their characters as rows."""
        by_length: dict[int, list[str]] = {}
        for text in self._by_count:
            by_length.setdefault(len(text), []).append(text)
        return {length: (texts, _codes(texts)) for length, texts in by_length.items()}

    @property
    def _by_count(self) -> list[str]:
        return sorted(self._counts, key=lambda text: (-self._counts[text], text))


def _replaced(text: str, leaf: Run | Prefix | Phrase, better: str) -> str:
    start, end = leaf.span
    if isinstance(leaf, Phrase):
        better = f'"{better}"'
    return text[:start] + better + text[end:]


def _shorter(text: str) -> set[str]:
    """The text without one of its characters, where three are left."""
    return {text[:i] + text[i + 1 :] for i in range(len(text))} if len(text) > 3 else set()


def _swapped(text: str) -> set[str]:
    """The text with two of its characters in each other's place."""
    return {
        text[:i] + text[j] + text[i + 1 : j] + text[i] + text[j + 1 :]
        for j in range(len(text))
        for i in range(j)
    }


def _codes(texts: list[str]) -> NDArray[np.uint32]:
    """``(len(texts), length)`` code points of texts of one length."""
    joined = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32)
    return joined.reshape(len(texts), -1)


_READINGS: Final[dict[str, str]] = {}
"""The sound of ideographs that have but one; empty for all others."""


def _sound(text: str) -> str:
    """The text by ear, with what is easily confused made the same."""
    single = []
    for character in text:
        if character not in _READINGS:
            readings = {_plain(r) for r in pinyin(character, Style.NORMAL, heteronym=True)[0]}
            alone = len(readings) == 1 and character >= "一"
            _READINGS[character] = readings.pop() if alone else ""
        single.append(_READINGS[character])
    if all(single):
        return "".join(single)
    # what a character of several sounds like depends on those beside it
    return "".join(map(_plain, lazy_pinyin(text, style=Style.NORMAL)))


@lru_cache(maxsize=4096)
def _plain(syllable: str) -> str:
    for long, short in CONFUSABLE:
        syllable = syllable.replace(long, short)
    return syllable.lower()


def _live(columns: Columns, text: Text) -> int:
    found = text.counts.passages
    return len(found if columns.all_live else found & columns.live_passages)


def _phrases(columns: Columns) -> Iterator[tuple[str, int, str]]:
    """The slogans that stand in the collection, with the passages that hold each, and as they are
    written."""
    leaves = Leaves(columns)
    for line in SLOGANS.read_text(encoding="utf-8").splitlines():
        phrase = fold_query(line)
        if len(phrase) > 1 and (count := _live(columns, leaves.characters(phrase))):
            yield phrase, count, line.strip()
