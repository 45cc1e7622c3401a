"""Stored texts and labels, compressed in blocks: some passages, or some reports, a block.

A block is small enough that reading one passage costs tens of microseconds; a dictionary
trained on a sample of the items makes up for the smallness (``docs/decisions/codec.md``).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any, Final

import numpy as np
import zstandard

from corpus.model import (
    Passage,
    Provenance,
    Report,
    Section,
    Source,
)
from index.codec.container import Container, compact

BLOCK: Final = 16_384
"""Bytes after which a block is closed."""
DICTIONARY: Final = 262_144
"""Bytes of a dictionary, at most."""
DICTIONARY_SHARE: Final = 100
"""A dictionary has at most this part of the items' bytes, and is left out below 8 KB."""
SAMPLE: Final = 100
"""The dictionary learns from items of about so many times its own bytes."""
LEVEL: Final = 9
CACHED_BLOCKS: Final = 64


def _train(items: Sequence[bytes]) -> zstandard.ZstdCompressionDict | None:
    """A dictionary of what the items have in common, or None where there is nothing to learn."""
    total = sum(map(len, items))
    size = min(DICTIONARY, total // DICTIONARY_SHARE)
    if size < 8_192:
        return None
    step = max(1, total // (SAMPLE * size))
    try:
        return zstandard.train_dictionary(size, list(items[::step]))
    except zstandard.ZstdError:  # a handful of long items
        return None


def encode_blocks(items: Sequence[bytes]) -> Mapping[str, Any]:
    """Sections (without a name in front) that give any item back by its number."""
    dictionary = _train(items)
    compressor = zstandard.ZstdCompressor(level=LEVEL, dict_data=dictionary, write_checksum=False)
    lengths: list[int] = []
    first_items = [0]
    bounds = [0]
    blobs: list[bytes] = []
    open_items: list[bytes] = []
    size = 0

    def close() -> None:
        nonlocal size
        blobs.append(compressor.compress(b"".join(open_items)))
        bounds.append(bounds[-1] + len(blobs[-1]))
        first_items.append(len(lengths))
        open_items.clear()
        size = 0

    for item in items:
        lengths.append(len(item))
        open_items.append(item)
        size += len(item)
        if size >= BLOCK:
            close()
    if open_items:
        close()
    return {
        "dictionary": b"" if dictionary is None else dictionary.as_bytes(),
        "lengths": compact(np.array(lengths, np.int64)),
        "first": np.array(first_items, np.uint32),
        "bounds": np.array(bounds, np.uint64),
        "blocks": b"".join(blobs),
    }


class BlockReader:
    """Items of one family of blocks.  Threads may share it."""

    def __init__(self, container: Container, name: str) -> None:
        self._container = container
        self._name = f"{name}.blocks"
        raw = container.raw(f"{name}.dictionary")
        self._dictionary = zstandard.ZstdCompressionDict(raw) if raw else None
        self._lengths = container.array(f"{name}.lengths")
        self._first = container.array(f"{name}.first")
        self._bounds = container.array(f"{name}.bounds")
        self._own = threading.local()
        self._block = lru_cache(maxsize=CACHED_BLOCKS)(self._read)

    def __len__(self) -> int:
        return len(self._lengths)

    @property
    def _opener(self) -> zstandard.ZstdDecompressor:
        """This thread's own: one is not to be shared, and takes the dictionary in anew."""
        opener: zstandard.ZstdDecompressor | None = getattr(self._own, "opener", None)
        if opener is None:
            opener = zstandard.ZstdDecompressor(dict_data=self._dictionary)
            self._own.opener = opener
        return opener

    def _read(self, block: int) -> tuple[bytes, list[int]]:
        """A block's bytes and where its items end."""
        begin, end = int(self._bounds[block]), int(self._bounds[block + 1])
        raw = self._opener.decompress(self._container.slice(self._name, begin, end))
        first, last = int(self._first[block]), int(self._first[block + 1])
        return raw, [0, *accumulate(self._lengths[first:last].tolist())]

    def item(self, number: int) -> bytes:
        """The item's bytes."""
        block = int(self._first.searchsorted(np.uint32(number), side="right")) - 1
        raw, ends = self._block(block)
        place = number - int(self._first[block])
        return raw[ends[place] : ends[place + 1]]

    def items(self) -> Iterable[bytes]:
        """All items in order."""
        for block in range(len(self._bounds) - 1):
            raw, ends = self._read(block)
            for begin, end in pairwise(ends):
                yield raw[begin:end]


def headings_to_json(headings: Sequence[str]) -> bytes:
    """A heading path."""
    return json.dumps(headings, ensure_ascii=False).encode("utf-8", "surrogatepass")


def headings_from_json(raw: bytes) -> tuple[str, ...]:
    """The heading path again."""
    return tuple(json.loads(raw.decode("utf-8", "surrogatepass")))


def report_to_json(report: Report) -> bytes:
    """Everything of the report but its text and its passages' headings."""
    return json.dumps(
        {
            "series": report.series,
            "title": report.title,
            "agency": report.agency,
            "aliases": report.aliases,
            "kind": report.kind,
            "region": report.region,
            "year": report.year,
            "published": report.published,
            "document_number": report.document_number,
            "outline": [
                (s.number, s.heading, s.level, s.category, s.start, s.end, s.ordinal)
                for s in report.outline
            ],
            "passages": [(p.id, p.start, p.end, p.category) for p in report.passages],
            "sources": [(s.path, s.sha256, s.size, s.url) for s in report.sources],
            "provenance": {
                name: (p.origin, p.certainty, p.evidence) for name, p in report.provenance.items()
            },
            "id": report.id,
            "notes": report.notes,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode("utf-8", "surrogatepass")


def report_from_json(raw: bytes, text: str, headings: Sequence[tuple[str, ...]]) -> Report:
    """The report again, with its text and the heading path of each passage."""
    values = json.loads(raw.decode("utf-8", "surrogatepass"))
    return Report(
        series=values["series"],
        title=values["title"],
        agency=values["agency"],
        aliases=tuple(values["aliases"]),
        kind=values["kind"],
        region=tuple(values["region"]),
        year=values["year"],
        published=values["published"],
        document_number=values["document_number"],
        text=text,
        outline=tuple(
            Section(number, heading, level, category, start, end, tuple(ordinal))
            for number, heading, level, category, start, end, ordinal in values["outline"]
        ),
        passages=tuple(
            Passage(name, start, end, category, path)
            for (name, start, end, category), path in zip(values["passages"], headings, strict=True)
        ),
        sources=tuple(Source(*source) for source in values["sources"]),
        provenance={name: Provenance(*own) for name, own in values["provenance"].items()},
        id=values["id"],
        notes=tuple(values["notes"]),
    )
