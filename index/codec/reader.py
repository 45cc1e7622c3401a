"""A segment file, read: ``index.types.Segment``.

Everything is a view of the mapping or is read when asked for; objects may be shared between
threads.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import zstandard
from numpy.typing import NDArray
from pyroaring import BitMap

from corpus.identity import HASH_BYTES, HASH_LENGTH, base32
from corpus.model import Report
from index.codec import numbers
from index.codec.blocks import BlockReader
from index.codec.borders import Borders
from index.codec.container import Container
from index.codec.originals import Originals, read_originals
from index.codec.space import OwnSpace, SharedSpace
from index.codec.texts import headings_from_json, report_from_json
from index.codec.typed import TypedReader
from index.types import ReportColumns, SpaceName

Uint32s = NDArray[np.uint32]


class SegmentReader:
    """One segment.  Raises DamagedIndex or WrongVersion on opening."""

    def __init__(self, path: Path, deleted: BitMap | None = None) -> None:
        self.name = path.stem
        self.container = container = Container(path)
        self.deleted = BitMap() if deleted is None else deleted
        self.first_passage: Uint32s = container.array("reports.passages")
        self.report_count = len(self.first_passage) - 1
        self.passage_count = int(self.first_passage[-1])
        self.section_of: NDArray[np.uint8] = container.array("passages.section")
        self._body = OwnSpace(container, "body")
        self._blocks = {
            name: BlockReader(container, name) for name in ("texts", "meta", "headings")
        }

    @cached_property
    def _labels(self) -> dict[str, Any]:
        raw = zstandard.ZstdDecompressor().decompress(self.container.raw("labels"))
        labels: dict[str, Any] = json.loads(raw.decode("utf-8", "surrogatepass"))
        return labels

    @property
    def segmenter(self) -> str:
        """Name of the segmenter that cut its words."""
        return str(self._labels["segmenter"])

    @cached_property
    def reports(self) -> ReportColumns:
        array = self.container.array
        return ReportColumns(
            array("reports.agency"),
            array("reports.kind"),
            array("reports.region"),
            array("reports.year"),
            self._labels["agencies"],
            self._labels["kinds"],
            self._labels["regions"],
        )

    @cached_property
    def report_of(self) -> Uint32s:
        counts: NDArray[np.int64] = np.diff(self.first_passage).astype(np.int64)
        return np.repeat(np.arange(self.report_count, dtype=np.uint32), counts)

    @cached_property
    def sentences(self) -> Uint32s:
        return numbers.decode(self.container.array("sentences"))

    @cached_property
    def paragraphs(self) -> Uint32s:
        return numbers.decode(self.container.array("paragraphs"))

    @cached_property
    def sentence_borders(self) -> Borders:
        return Borders(self.sentences, self._body.char_count)

    @cached_property
    def paragraph_borders(self) -> Borders:
        return Borders(self.paragraphs, self._body.char_count)

    @cached_property
    def title(self) -> SharedSpace:
        """The space of titles."""
        return SharedSpace(self.container, "title", self.first_passage)

    @cached_property
    def heading(self) -> SharedSpace:
        """The space of heading paths."""
        return SharedSpace(self.container, "heading", self.heading_first)

    @property
    def body(self) -> OwnSpace:
        """The space of the passages' own text."""
        return self._body

    def space(self, name: SpaceName) -> OwnSpace | SharedSpace:
        if name == "body":
            return self._body
        return self.title if name == "title" else self.heading

    def passage_text(self, doc: int) -> str:
        return _text(self._blocks["texts"].item(doc))

    @cached_property
    def originals(self) -> Originals:
        """What was stored at each position of the body."""
        return read_originals(self.container)

    @cached_property
    def _typed(self) -> TypedReader:
        return TypedReader(self.originals, self._body, self.container.array("paragraphs"))

    def stands_as_typed(self, positions: Uint32s, typed: str) -> NDArray[np.bool_]:
        return self._typed.stands_as_typed(positions, typed)

    def are_tokens(self, positions: Uint32s, term: str) -> NDArray[np.bool_]:
        return self._body.words.are_tokens(term, positions)

    def tokens_at(self, positions: Uint32s, shortest: int) -> tuple[Uint32s, Uint32s]:
        return self._body.words.tokens_at(positions, shortest)

    @cached_property
    def passage_id_of(self) -> NDArray[Any]:
        """``(passage_count,)`` index into ``passage_id_values``."""
        return self.container.array("passages.id")

    @property
    def passage_id_values(self) -> Sequence[str]:
        """The distinct passage ids, ascending."""
        names: Sequence[str] = self._labels["passage_ids"]
        return names

    def passage_id(self, doc: int) -> str:
        return self.passage_id_values[int(self.passage_id_of[doc])]

    @cached_property
    def hashes(self) -> NDArray[np.uint8]:
        """``(passage_count, HASH_BYTES)`` the hash of each passage."""
        return self.container.array("passages.hash").reshape(-1, HASH_BYTES)

    def passage_hashes(self, docs: NDArray[np.integer]) -> list[str]:
        joined = base32(self.hashes.take(docs, axis=0).tobytes())
        return [joined[i : i + HASH_LENGTH] for i in range(0, len(joined), HASH_LENGTH)]

    def passage_headings(self, docs: NDArray[np.integer]) -> list[tuple[str, ...]]:
        units = self._heading_units(docs)
        return [headings_from_json(raw) for raw in self._blocks["headings"].items_at(units)]

    def blocks(self, name: str) -> BlockReader:
        """The compressed items ``texts``, ``meta`` or ``headings``."""
        return self._blocks[name]

    @cached_property
    def heading_first(self) -> Uint32s:
        """``(units + 1,)`` the first passage of each heading path."""
        return self.container.array("heading.first")

    def _heading_units(self, docs: NDArray[np.integer]) -> Uint32s:
        """``(n,)`` the number of the heading path of each passage."""
        after = self.heading_first.searchsorted(docs.astype(np.uint32), side="right")
        return (after - 1).astype(np.uint32)

    def report_id(self, report: int) -> str:
        return str(self._labels["ids"][report])

    @property
    def report_ids(self) -> Sequence[str]:
        """All of them, by number."""
        ids: Sequence[str] = self._labels["ids"]
        return ids

    def report(self, report: int) -> Report:
        docs = np.arange(*self.first_passage[report : report + 2].tolist(), dtype=np.uint32)
        text = "".join(map(_text, self._blocks["texts"].items_at(docs)))
        headings = self.passage_headings(docs)
        return report_from_json(self._blocks["meta"].item(report), text, headings)

    def report_title(self, report: int) -> str:
        return str(self._labels["titles"][report])

    def report_published(self, report: int) -> str | None:
        published: str | None = self._labels["published"][report]
        return published

    def report_series(self, report: int) -> str:
        return str(self._labels["series"][report])

    def report_aliases(self, report: int) -> tuple[str, ...]:
        return tuple(self._labels["aliases"][report])

    @cached_property
    def _characters(self) -> Uint32s:
        return self.container.array("reports.characters")

    def report_characters(self, report: int) -> int:
        return int(self._characters[report])

    @cached_property
    def taken(self) -> Uint32s:
        """``(report_count,)`` Unix seconds at which each report was taken in."""
        return self.container.array("reports.taken")

    def live_reports(self) -> NDArray[np.bool_]:
        """``(report_count,)`` whether the report is still there."""
        live = np.ones(self.report_count, np.bool_)
        if self.deleted:
            gone = np.frombuffer(self.deleted.to_array(), np.uint32)
            live[self.report_of[gone]] = False
        return live


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogatepass")
