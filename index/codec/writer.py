"""Columns → a segment file.  Where the columns come from is ``columns``' affair."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import numpy as np
import zstandard
from numpy.typing import NDArray

from corpus.identity import HASH_BYTES, passage_digest
from corpus.model import CATEGORIES, Report
from index.analysis.batch import TextBatch
from index.codec import numbers
from index.codec.blocks import LIMITS, encode_blocks
from index.codec.columns import SpaceCollector, SpaceColumns
from index.codec.container import MemorySections, compact, write_container
from index.codec.gram_writer import encode_grams
from index.codec.grams import GramReader
from index.codec.originals import encode_originals, list_originals
from index.codec.rests import encode_rests
from index.codec.tasks import Portion, Task, Tick, ignore, in_threads
from index.codec.texts import headings_to_json, report_to_json
from index.codec.word_writer import encode_words
from index.codec.words import WordReader
from index.errors import SegmentFull

CHARACTER_LIMIT: Final = 2**31
"""A segment holds fewer folded characters than this in any space."""
SENTENCE_ENDS: Final = "。!?"
"""句末点号 (GB/T 15834), folded."""
_NEWLINE: Final = 0x0A
COSTS: Final = {"words": 8.0, "grams": 8.0, "originals": 1.6, "texts": 5.0, "meta": 0.5}
"""What encoding a character takes in each task, measured of 50,000 passages, in parts of about
equal time (``docs/decisions/generations.md``)."""
LABELLING: Final = 0.03
ENCODING: Final = 0.93
"""Shares of writing a segment that go by in gathering labels and bounds, and in those tasks."""


@dataclass(frozen=True, slots=True)
class SegmentColumns:
    """Everything a segment holds."""

    reports: Sequence[Report]
    """Their texts may be empty: ``texts`` holds them."""
    taken: Sequence[int]
    """Of each report, the Unix seconds at which it was taken in."""
    texts: Sequence[bytes]
    """UTF-8 of every passage in order."""
    hashes: Sequence[bytes]
    """``corpus.identity.passage_digest`` of every passage."""
    body: SpaceColumns
    title: SpaceColumns
    heading: SpaceColumns
    segmenter: str


def passage_texts(report: Report) -> list[str]:
    """The stored text of each passage."""
    return [report.text[p.start : p.end] for p in report.passages]


def heading_units(report: Report) -> list[tuple[tuple[str, ...], int]]:
    """The heading paths of a report, and how many passages that follow one another share
    each."""
    return [(path, len([*own])) for path, own in groupby(report.passages, lambda p: p.headings)]


def check_size(*sizes: int) -> None:
    """Raises SegmentFull when a space, laid out passage by passage, has too many characters."""
    if max(sizes) >= CHARACTER_LIMIT:
        raise SegmentFull(max(sizes), CHARACTER_LIMIT)


def sentence_starts(codes: NDArray[np.uint32], starts: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """``(n,)`` ascending: body positions at which a sentence begins, those of paragraphs
    included; characters that end one, standing together, end one sentence."""
    ends = np.isin(codes, [ord(c) for c in SENTENCE_ENDS])
    begins = np.flatnonzero(ends[:-1] & ~ends[1:] & (codes[1:] != _NEWLINE)) + 1
    return np.union1d(begins, paragraph_starts(codes, starts)).astype(np.uint32)


def paragraph_starts(codes: NDArray[np.uint32], starts: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """``(n,)`` ascending: body positions at which a paragraph begins, passages included."""
    begins = np.flatnonzero(codes[:-1] == _NEWLINE) + 1
    return np.union1d(begins, starts[:-1]).astype(np.uint32)


def _ordinals(labels: Sequence[str | None]) -> tuple[NDArray[np.int32], list[str]]:
    """Ordinals into the sorted distinct labels; -1 for None."""
    values = sorted({label for label in labels if label is not None})
    places = {label: place for place, label in enumerate(values)}
    own = [-1 if label is None else places[label] for label in labels]
    return np.array(own, np.int32), values


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of a segment's reports and passages, as lists in their order."""

    agencies: Sequence[str | None]
    kinds: Sequence[str | None]
    regions: Sequence[str | None]
    years: NDArray[np.int32]
    """-1 unknown."""
    taken: NDArray[np.uint32]
    """Unix seconds at which each report was taken in."""
    passage_ids: Sequence[str]
    passages_of: NDArray[np.int64]
    """Passages of each report."""
    sections: NDArray[np.uint8]
    """Of each passage, an index into ``corpus.model.CATEGORIES``."""
    hashes: NDArray[np.uint8]
    """``(passages, HASH_BYTES)`` the hash of each."""
    characters: NDArray[np.uint32]
    """Stored characters of each report."""
    ids: Sequence[str]
    titles: Sequence[str]
    published: Sequence[str | None]
    series: Sequence[str]
    aliases: Sequence[Sequence[str]]
    segmenter: str


def _labels_of(columns: SegmentColumns) -> Labels:
    reports = columns.reports
    sections = [CATEGORIES.index(p.category) for r in reports for p in r.passages]
    hashes = np.frombuffer(b"".join(columns.hashes), np.uint8)
    return Labels(
        agencies=[r.agency for r in reports],
        kinds=[r.kind for r in reports],
        regions=["/".join(r.region) or None for r in reports],
        years=np.array([-1 if r.year is None else r.year for r in reports], np.int32),
        taken=np.array(columns.taken, np.uint32),
        passage_ids=[p.id for r in reports for p in r.passages],
        passages_of=np.array([len(r.passages) for r in reports], np.int64),
        sections=np.array(sections, np.uint8),
        hashes=hashes.reshape(-1, HASH_BYTES),
        characters=np.array([r.passages[-1].end if r.passages else 0 for r in reports], np.uint32),
        ids=[r.id for r in reports],
        titles=[r.title for r in reports],
        published=[r.published for r in reports],
        series=[r.series for r in reports],
        aliases=[r.aliases for r in reports],
        segmenter=columns.segmenter,
    )


def label_sections(labels: Labels) -> dict[str, Any]:
    """Sections of the labels."""
    agency, agencies = _ordinals(labels.agencies)
    kind, kinds = _ordinals(labels.kinds)
    region, regions = _ordinals(labels.regions)
    names, passage_ids = _ordinals(labels.passage_ids)
    lists = {
        "agencies": agencies,
        "kinds": kinds,
        "regions": regions,
        "passage_ids": passage_ids,
        "ids": labels.ids,
        "titles": labels.titles,
        "published": labels.published,
        "series": labels.series,
        "aliases": labels.aliases,
        "segmenter": labels.segmenter,
    }
    raw = json.dumps(lists, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return {
        "labels": zstandard.ZstdCompressor(level=9).compress(raw),
        "reports.agency": agency,
        "reports.kind": kind,
        "reports.region": region,
        "reports.year": labels.years.astype(np.int32),
        "reports.taken": labels.taken,
        "reports.passages": np.append(0, np.cumsum(labels.passages_of)).astype(np.uint32),
        "reports.characters": labels.characters,
        "passages.section": labels.sections,
        "passages.id": compact(names),
        "passages.hash": labels.hashes.reshape(-1),
    }


def write_segment(path: Path, columns: SegmentColumns, tick: Tick = ignore) -> None:
    """Write the segment's file.  Raises SegmentFull."""
    reports = columns.reports
    passages_of = np.array([len(r.passages) for r in reports], np.int64)
    runs = np.array([n for r in reports for _, n in heading_units(r)], np.int64)
    body = columns.body
    check_size(
        len(body.codes), _laid_out(columns.title, passages_of), _laid_out(columns.heading, runs)
    )
    sections = label_sections(_labels_of(columns))
    sections["heading.first"] = np.append(0, np.cumsum(runs)).astype(np.uint32)
    sections["sentences"] = numbers.encode_one(sentence_starts(body.codes, body.starts))
    sections["paragraphs"] = numbers.encode_one(paragraph_starts(body.codes, body.starts))
    tick(LABELLING)
    spaces = {"body": body, "title": columns.title, "heading": columns.heading}
    tasks: dict[str, Task] = {}
    for name, space in spaces.items():
        sections[f"{name}.starts"] = space.starts
        size = len(space.codes)
        words, grams = partial(_encode_space_words, space), partial(encode_grams, space.codes)
        tasks[f"{name}.words"] = Task(words, size * COSTS["words"])
        tasks[f"{name}.grams"] = Task(grams, size * COSTS["grams"])
    paths = [headings_to_json(path) for r in reports for path, _ in heading_units(r)]
    own = {
        "originals": partial(_encode_originals, columns.texts),
        "texts": partial(encode_blocks, columns.texts),
        "meta": partial(encode_blocks, [report_to_json(r) for r in reports]),
        "headings": partial(encode_blocks, paths, limit=LIMITS["headings"]),
    }
    costs = COSTS | {"headings": 0.0}
    tasks |= {name: Task(call, len(body.codes) * costs[name]) for name, call in own.items()}
    sections |= in_threads(tasks, Portion(tick, ENCODING))
    write_sections(path, sections, len(body.codes))


def _laid_out(space: SpaceColumns, runs: NDArray[np.int64]) -> int:
    """Characters of a shared space, laid out passage by passage."""
    return int((np.diff(space.starts.astype(np.int64)) * runs).sum())


def write_sections(
    path: Path, sections: dict[str, Any], char_count: int, tick: Tick = ignore
) -> None:
    """Write the segment's file from all its sections but the rests, which follow from them."""
    written = MemorySections(sections)
    grams = GramReader(written, "body", char_count)
    words = WordReader(written, "body", grams.phrase, char_count)
    rests = {f"body.{part}": values for part, values in encode_rests(words, grams).items()}
    tick(0.5)
    write_container(path, sections | rests)


def _encode_space_words(space: SpaceColumns, tick: Tick) -> Mapping[str, Any]:
    return encode_words(space.words(tick), len(space.starts) - 1, len(space.codes))


def _encode_originals(texts: Sequence[bytes], tick: Tick) -> Mapping[str, Any]:
    return encode_originals(list_originals(texts, tick))


class SegmentCollector:
    """Takes analysed reports until there are enough for a segment.

    Memory: about 30 bytes a stored character, more while ``columns`` runs.
    """

    def __init__(self, segmenter: str) -> None:
        self._segmenter = segmenter
        self._reports: list[Report] = []
        self._taken: list[int] = []
        self._texts: list[bytes] = []
        self._hashes: list[bytes] = []
        self._spaces = {name: SpaceCollector() for name in ("body", "title", "heading")}

    @property
    def char_count(self) -> int:
        """Folded body characters so far."""
        return self._spaces["body"].char_count

    def __len__(self) -> int:
        return len(self._reports)

    def add(
        self, reports: Sequence[Report], taken: Sequence[int], spaces: dict[str, TextBatch]
    ) -> None:
        """Append reports with when they were taken in and their texts' analysis, by space."""
        self._taken += taken
        for report in reports:
            self._reports.append(replace(report, text=""))
            texts = passage_texts(report)
            self._texts += [text.encode("utf-8", "surrogatepass") for text in texts]
            self._hashes += map(passage_digest, texts)
        for name, batch in spaces.items():
            self._spaces[name].add(batch)

    def columns(self) -> SegmentColumns:
        """The segment's columns."""
        spaces = {name: own.columns() for name, own in self._spaces.items()}
        return SegmentColumns(
            self._reports,
            self._taken,
            self._texts,
            self._hashes,
            spaces["body"],
            spaces["title"],
            spaces["heading"],
            self._segmenter,
        )
