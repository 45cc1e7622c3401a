"""Columns → a segment file.  Where the columns come from is ``columns``' affair."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import numpy as np
import zstandard
from numpy.typing import NDArray

from corpus.model import CATEGORIES, Report
from index.analysis.batch import TextBatch
from index.codec import numbers
from index.codec.columns import SpaceCollector, SpaceColumns
from index.codec.container import MemorySections, compact, write_container
from index.codec.grams import GramReader, encode_grams
from index.codec.originals import encode_originals, list_originals
from index.codec.rests import encode_rests
from index.codec.texts import encode_blocks, headings_to_json, report_to_json
from index.codec.words import WordReader, encode_words
from index.errors import SegmentFull

CHARACTER_LIMIT: Final = 2**31
"""A segment holds fewer folded characters than this in any space."""
SENTENCE_ENDS: Final = "。!?"
"""句末点号 (GB/T 15834), folded."""
_NEWLINE: Final = 0x0A


@dataclass(frozen=True, slots=True)
class SegmentColumns:
    """Everything a segment holds."""

    reports: Sequence[Report]
    """Their texts may be empty: ``texts`` holds them."""
    texts: Sequence[bytes]
    """UTF-8 of every passage in order."""
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


def _check_size(body: SpaceColumns, shared: Sequence[tuple[SpaceColumns, Any]]) -> None:
    """Raises SegmentFull when a space is too long, laid out passage by passage."""
    sizes = [len(body.codes)]
    for space, runs in shared:
        sizes.append(int((np.diff(space.starts.astype(np.int64)) * runs).sum()))
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


def _label_sections(columns: SegmentColumns) -> dict[str, Any]:
    reports = columns.reports
    agency, agencies = _ordinals([r.agency for r in reports])
    kind, kinds = _ordinals([r.kind for r in reports])
    region, regions = _ordinals(["/".join(r.region) or None for r in reports])
    names, passage_ids = _ordinals([p.id for r in reports for p in r.passages])
    first = np.zeros(len(reports) + 1, np.int64)
    np.cumsum([len(r.passages) for r in reports], out=first[1:])
    sections = [CATEGORIES.index(p.category) for r in reports for p in r.passages]
    lists = {
        "agencies": agencies,
        "kinds": kinds,
        "regions": regions,
        "passage_ids": passage_ids,
        "ids": [r.id for r in reports],
        "titles": [r.title for r in reports],
        "published": [r.published for r in reports],
        "series": [r.series for r in reports],
        "aliases": [r.aliases for r in reports],
        "segmenter": columns.segmenter,
    }
    raw = json.dumps(lists, ensure_ascii=False).encode("utf-8", "surrogatepass")
    ends = [r.passages[-1].end if r.passages else 0 for r in reports]
    return {
        "labels": zstandard.ZstdCompressor(level=9).compress(raw),
        "reports.agency": agency,
        "reports.kind": kind,
        "reports.region": region,
        "reports.year": np.array([-1 if r.year is None else r.year for r in reports], np.int32),
        "reports.passages": first.astype(np.uint32),
        "reports.characters": np.array(ends, np.uint32),
        "passages.section": np.array(sections, np.uint8),
        "passages.id": compact(names),
    }


def write_segment(path: Path, columns: SegmentColumns) -> None:
    """Write the segment's file.  Raises SegmentFull."""
    passages_of = np.array([len(r.passages) for r in columns.reports], np.int64)
    runs = np.array([n for r in columns.reports for _, n in heading_units(r)], np.int64)
    _check_size(columns.body, [(columns.title, passages_of), (columns.heading, runs)])
    sections = _label_sections(columns)
    heading_first = np.zeros(len(runs) + 1, np.uint32)
    np.cumsum(runs, out=heading_first[1:])
    sections["heading.first"] = heading_first
    body = columns.body
    sections["sentences"] = numbers.encode_one(sentence_starts(body.codes, body.starts))
    sections["paragraphs"] = numbers.encode_one(paragraph_starts(body.codes, body.starts))
    spaces = {"body": body, "title": columns.title, "heading": columns.heading}
    # sorting and compressing let go of the interpreter, so two cores have work
    with ThreadPoolExecutor(max_workers=2) as pool:
        parts: dict[str, Future[Mapping[str, Any]]] = {}
        for name, space in spaces.items():
            sections[f"{name}.starts"] = space.starts
            parts[f"{name}.words"] = pool.submit(_encode_space_words, space)
            parts[name] = pool.submit(encode_grams, space.codes)
        parts["originals"] = pool.submit(_encode_originals, columns.texts)
        parts["texts"] = pool.submit(encode_blocks, columns.texts)
        parts["meta"] = pool.submit(encode_blocks, [report_to_json(r) for r in columns.reports])
        parts["headings"] = pool.submit(
            encode_blocks,
            [headings_to_json(path) for r in columns.reports for path, _ in heading_units(r)],
        )
        for name, future in parts.items():
            prefix = name.removesuffix(".words")
            for part, values in future.result().items():
                sections[f"{prefix}.{part}"] = values
    written = MemorySections(sections)
    grams = GramReader(written, "body", len(body.codes))
    words = WordReader(written, "body", grams.phrase, len(body.codes))
    sections |= {f"body.{part}": values for part, values in encode_rests(words, grams).items()}
    write_container(path, sections)


def _encode_space_words(space: SpaceColumns) -> Mapping[str, Any]:
    return encode_words(space.words(), len(space.starts) - 1, len(space.codes))


def _encode_originals(texts: Sequence[bytes]) -> Mapping[str, Any]:
    return encode_originals(list_originals(texts))


class SegmentCollector:
    """Takes analysed reports until there are enough for a segment.

    Memory: about 30 bytes a stored character, more while ``columns`` runs.
    """

    def __init__(self, segmenter: str) -> None:
        self._segmenter = segmenter
        self._reports: list[Report] = []
        self._texts: list[bytes] = []
        self._spaces = {name: SpaceCollector() for name in ("body", "title", "heading")}

    @property
    def char_count(self) -> int:
        """Folded body characters so far."""
        return self._spaces["body"].char_count

    def __len__(self) -> int:
        return len(self._reports)

    def add(self, reports: Sequence[Report], spaces: dict[str, TextBatch]) -> None:
        """Append reports with their texts' analysis, by space."""
        for report in reports:
            self._reports.append(replace(report, text=""))
            self._texts += [text.encode("utf-8", "surrogatepass") for text in passage_texts(report)]
        for name, batch in spaces.items():
            self._spaces[name].add(batch)

    def columns(self) -> SegmentColumns:
        """The segment's columns."""
        spaces = {name: own.columns() for name, own in self._spaces.items()}
        return SegmentColumns(
            self._reports,
            self._texts,
            spaces["body"],
            spaces["title"],
            spaces["heading"],
            self._segmenter,
        )
