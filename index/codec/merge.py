"""Several segments → one segment file, by their columns alone.

Nothing is cut, folded or sorted again: positions move by a constant, documents are renumbered,
what is deleted is left out, compressed texts are taken over as they are.  Characters and
vocabulary are gone through in ranges, so that beside the result itself the lists of one range are
held only, and of where tokens begin those of one length.  Which segments are merged, and when,
belongs to ``index.update``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.codec import numbers
from index.codec.blocks import LIMITS, merge_blocks
from index.codec.container import compact
from index.codec.gram_writer import GramWriter
from index.codec.moves import Move, chosen, placed
from index.codec.originals import merge_originals
from index.codec.reader import SegmentReader
from index.codec.space import OwnSpace
from index.codec.tasks import Portion, Task, Tick, ignore, in_threads
from index.codec.word_writer import PostingsWriter, encode_tokens, encode_vocabulary
from index.codec.words import SHORT
from index.codec.writer import Labels, check_size, label_sections, write_sections

Bools = NDArray[np.bool_]
Uint32s = NDArray[np.uint32]
Int64s = NDArray[np.int64]

RANGE: Final = 6_000_000
"""Positions, or postings, that are merged at a time."""
RANGES_SHARE: Final = 0.8
"""Share of merging words, or grams, that goes by in those."""
COSTS: Final = {"words": 4.0, "grams": 4.0, "originals": 0.5, "texts": 1.0}
"""What merging a character takes in each task, measured of 50,000 passages in nine segments, in
parts of about equal time (``docs/decisions/generations.md``)."""
MERGING: Final = 0.65
WRITING: Final = 0.25
"""Shares of merging segments that go by in those, and in what follows from them; the rest goes by
in gathering labels and bounds."""


class Part(NamedTuple):
    """One segment's share of a space."""

    space: OwnSpace
    move: Move


@dataclass(frozen=True, slots=True)
class _Lists:
    """Lists of numbers side by side, each under a key."""

    keys: NDArray[Any]
    """``(k,)`` ascending, unique."""
    counts: Int64s
    """``(k,)``"""
    columns: tuple[Uint32s, ...]
    """Each ``(counts.sum(),)``."""

    def chosen(self, which: Bools | None) -> _Lists:
        """Of every list the members marked, of which ``columns`` holds nothing else already."""
        if which is None:
            return self
        before = np.zeros(len(which) + 1, np.int64)
        np.cumsum(which, out=before[1:])
        ends = np.cumsum(self.counts)
        return _Lists(self.keys, before[ends] - before[ends - self.counts], self.columns)


def _interleave(parts: Sequence[_Lists]) -> _Lists:
    """Lists of one key one after another, part by part; keys without a member are left out."""
    keys = np.unique(np.concatenate([part.keys for part in parts]))
    rows = [keys.searchsorted(part.keys) for part in parts]
    totals = np.zeros(len(keys), np.int64)
    for own, part in zip(rows, parts, strict=True):
        totals[own] += part.counts
    places = np.cumsum(totals) - totals
    size = int(totals.sum())
    columns = tuple(np.empty(size, np.uint32) for _ in parts[0].columns)
    for own, part in zip(rows, parts, strict=True):
        targets = numbers.ranges(places[own], part.counts)
        for column, values in zip(columns, part.columns, strict=True):
            column[targets] = values
        places[own] += part.counts
    used = totals > 0
    return _Lists(keys[used], totals[used], columns)


def merge_grams(parts: Sequence[Part], char_count: int, tick: Tick = ignore) -> Mapping[str, Any]:
    """Sections of the grams of all parts."""
    writer = GramWriter(char_count)
    alphabet = np.unique(np.concatenate([part.space.grams.alphabet for part in parts]))
    counts = np.zeros(len(alphabet), np.int64)
    for part in parts:
        grams = part.space.grams
        counts[alphabet.searchsorted(grams.alphabet)] += grams.counts_by_first()
    total = int(counts.sum()) / RANGES_SHARE
    for first, last in numbers.batches(counts, RANGE):
        low, high = alphabet[first], alphabet[last - 1]
        lists = []
        for part in parts:
            own = part.space.grams
            begin, end = own.alphabet.searchsorted(low), own.alphabet.searchsorted(high, "right")
            firsts, seconds, sizes, positions = own.lists_between(int(begin), int(end))
            moved, kept = part.move.positions(positions)
            keys = firsts.astype(np.uint64) << np.uint64(32) | seconds
            lists.append(_Lists(keys, sizes, (moved,)).chosen(kept))
        found = _interleave(lists)
        writer.add(
            (found.keys >> np.uint64(32)).astype(np.uint32),
            found.keys.astype(np.uint32),
            found.counts,
            found.columns[0],
        )
        tick(int(counts[first:last].sum()) / total)
    return writer.sections()


def merge_words(
    parts: Sequence[Part], units: int, char_count: int, tick: Tick = ignore
) -> Mapping[str, Any]:
    """Sections of the words of all parts."""
    writer = PostingsWriter(units)
    lists = [part.space.words.terms() for part in parts]
    union = sorted(set().union(*lists))
    numbering = {term: number for number, term in enumerate(union)}
    own_numbers = [
        np.fromiter((numbering[term] for term in own), np.int64, len(own)) for own in lists
    ]
    del lists, numbering
    counts = np.zeros(len(union), np.int64)
    for own, part in zip(own_numbers, parts, strict=True):
        counts[own] += part.space.words.counts()
    total = int(counts.sum()) / RANGES_SHARE
    terms: list[str] = []
    for first, last in numbers.batches(counts, RANGE):
        found = _interleave(
            [
                _postings(part, own, first, last)
                for own, part in zip(own_numbers, parts, strict=True)
            ]
        )
        writer.add(found.counts, *found.columns)
        terms += [union[number] for number in found.keys.tolist()]
        tick(int(counts[first:last].sum()) / total)
    lengths = [part.space.words.lengths[part.move.kept] for part in parts]
    return {
        **encode_vocabulary(terms),
        **writer.sections(),
        "words.lengths": compact(np.concatenate(lengths)),
        **_tokens(parts, char_count),
    }


def _postings(part: Part, own_numbers: Int64s, first: int, last: int) -> _Lists:
    """A part's postings of the union's terms ``[first, last)``."""
    begin, end = own_numbers.searchsorted(np.array([first, last])).tolist()
    counts, docs, freqs = part.space.words.postings_between(begin, end)
    units, kept = part.move.units(docs)
    lists = _Lists(own_numbers[begin:end], counts, (units, chosen(freqs, kept)))
    return lists.chosen(kept)


def _tokens(parts: Sequence[Part], char_count: int) -> dict[str, Any]:
    """Sections of where tokens begin."""
    short = (
        (
            length,
            np.concatenate(
                [part.move.positions(part.space.words.token_positions(length))[0] for part in parts]
            ),
        )
        for length in SHORT
    )
    at, lengths = [], []
    for part in parts:
        own, own_lengths = part.space.words.long_tokens()
        moved, kept = part.move.positions(own)
        at.append(moved)
        lengths.append(chosen(own_lengths, kept))
    return encode_tokens(short, (np.concatenate(at), np.concatenate(lengths)), char_count)


def merge_segments(path: Path, segments: Sequence[SegmentReader], tick: Tick = ignore) -> None:
    """Write one segment of several, without their deleted reports.  Raises SegmentFull."""
    live = [segment.live_reports() for segment in segments]
    passages = [
        np.repeat(kept, numbers.lengths(segment.first_passage))
        for segment, kept in zip(segments, live, strict=True)
    ]
    units = [
        kept[segment.heading_first[:-1]] for segment, kept in zip(segments, passages, strict=True)
    ]

    def joined(bounds: str, kept: Sequence[Bools]) -> Int64s:
        pairs = zip(segments, kept, strict=True)
        return np.concatenate([numbers.lengths(getattr(s, bounds))[own] for s, own in pairs])

    runs = joined("heading_first", units)
    sections = label_sections(_labels(segments, live, passages))
    sections["heading.first"] = np.append(0, np.cumsum(runs)).astype(np.uint32)
    spaces = {
        "body": [_part(s.body, kept) for s, kept in zip(segments, passages, strict=True)],
        "title": [_part(s.title.units, kept) for s, kept in zip(segments, live, strict=True)],
        "heading": [_part(s.heading.units, kept) for s, kept in zip(segments, units, strict=True)],
    }
    passages_of = joined("first_passage", live)
    lengths = {
        name: np.concatenate([p.move.lengths for p in parts]) for name, parts in spaces.items()
    }
    check_size(
        int(lengths["body"].sum()),
        int((lengths["title"] * passages_of).sum()),
        int((lengths["heading"] * runs).sum()),
    )
    begins = {name: placed([part.move for part in parts]) for name, parts in spaces.items()}
    for name in ("sentences", "paragraphs"):
        # every passage begins one, one without characters too, whose start is another's
        own = [np.setdiff1d(getattr(s, name), s.body.starts, True) for s in segments]
        moved = [p.move.positions(inner)[0] for p, inner in zip(spaces["body"], own, strict=True)]
        found = np.union1d(np.concatenate(moved), begins["body"][0][:-1])
        sections[name] = numbers.encode_one(found.astype(np.uint32))
    tasks: dict[str, Task] = {}
    for name, parts in spaces.items():
        starts, count = begins[name]
        sections[f"{name}.starts"] = starts
        size = int(starts[-1])
        words, grams = partial(merge_words, parts, count, size), partial(merge_grams, parts, size)
        tasks[f"{name}.words"] = Task(words, size * COSTS["words"])
        tasks[f"{name}.grams"] = Task(grams, size * COSTS["grams"])
    originals = [(s.originals, p.move) for s, p in zip(segments, spaces["body"], strict=True)]
    size = int(sections["body.starts"][-1])
    tasks["originals"] = Task(partial(merge_originals, originals), size * COSTS["originals"])
    for name, kept in (("texts", passages), ("meta", live), ("headings", units)):
        blocks = [(s.blocks(name), own) for s, own in zip(segments, kept, strict=True)]
        call = partial(merge_blocks, blocks, limit=LIMITS.get(name))
        tasks[name] = Task(call, size * COSTS.get(name, 0.0))
    tick(1 - MERGING - WRITING)
    sections |= in_threads(tasks, Portion(tick, MERGING))
    write_sections(path, sections, size, Portion(tick, WRITING))


def _part(space: OwnSpace, kept: Bools) -> Part:
    return Part(space, Move(space.starts, kept))


def _labels(
    segments: Sequence[SegmentReader], live: Sequence[Bools], passages: Sequence[Bools]
) -> Labels:
    """The labels of what is kept."""

    def reports(value: Callable[[SegmentReader, int], Any]) -> Iterator[Any]:
        for segment, kept in zip(segments, live, strict=True):
            for number in np.flatnonzero(kept).tolist():
                yield value(segment, number)

    def label(name: str) -> list[str | None]:
        found: list[str | None] = []
        for segment, kept in zip(segments, live, strict=True):
            values = [*getattr(segment.reports, f"{name}_values"), None]
            found += [values[i] for i in getattr(segment.reports, name)[kept].tolist()]
        return found

    pairs = [*zip(segments, passages, strict=True)]
    return Labels(
        agencies=label("agency"),
        kinds=label("kind"),
        regions=label("region"),
        years=np.concatenate([s.reports.year[k] for s, k in zip(segments, live, strict=True)]),
        taken=np.concatenate([s.taken[k] for s, k in zip(segments, live, strict=True)]),
        passage_ids=[
            s.passage_id_values[i] for s, kept in pairs for i in s.passage_id_of[kept].tolist()
        ],
        passages_of=np.concatenate(
            [numbers.lengths(s.first_passage)[k] for s, k in zip(segments, live, strict=True)]
        ),
        sections=np.concatenate([s.section_of[kept] for s, kept in pairs]),
        hashes=np.concatenate([s.hashes[kept] for s, kept in pairs]),
        characters=np.array([*reports(SegmentReader.report_characters)], np.uint32),
        ids=[*reports(SegmentReader.report_id)],
        titles=[*reports(SegmentReader.report_title)],
        published=[*reports(SegmentReader.report_published)],
        series=[*reports(SegmentReader.report_series)],
        aliases=[*reports(SegmentReader.report_aliases)],
        segmenter=segments[0].segmenter,
    )
