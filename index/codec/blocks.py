"""Items of bytes, compressed in blocks: texts, a passage an item; labels, a report an item.

A block is small enough that reading one item costs tens of microseconds; a dictionary
trained on a sample of the items makes up for the smallness (``docs/decisions/codec.md``).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, compress, pairwise
from typing import Any, Final

import numpy as np
import zstandard
from numpy.typing import NDArray

from index.codec.container import Container, compact
from index.codec.tasks import Tick, ignore

BLOCK: Final = 8_192
"""Bytes after which a block is closed."""
LIMITS: Final = {"headings": 2_048}
"""The same, of families of which it is another: every hit needs a heading path."""
DICTIONARY: Final = 262_144
"""Bytes of a dictionary, at most."""
DICTIONARY_SHARE: Final = 100
"""A dictionary has at most this part of the items' bytes, and is left out below 8 KB."""
SAMPLE: Final = 100
"""The dictionary learns from items of about so many times its own bytes."""
LEARNT: Final = 4_000_000
"""Bytes of items from which on a dictionary is good enough to be kept in a merge."""
LEVEL: Final = 9
TRAINING: Final = 0.2
"""Share of encoding items that goes by in learning a dictionary."""
STEPS: Final = 10
"""So often it is told how far the rest has come."""
CACHED_BLOCKS = 64
"""Of a family, the blocks opened last that a reader keeps."""


def _train(items: Sequence[bytes]) -> bytes:
    """A dictionary of what the items have in common, empty where there is nothing to learn."""
    total = sum(map(len, items))
    size = min(DICTIONARY, total // DICTIONARY_SHARE)
    if size < 8_192:
        return b""
    step = max(1, total // (SAMPLE * size))
    try:
        return zstandard.train_dictionary(size, list(items[::step])).as_bytes()
    except zstandard.ZstdError:  # a handful of long items
        return b""


class BlockWriter:
    """Takes items, or blocks of items that are compressed already, in order, and gives their
    sections (without a name in front)."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lengths: list[NDArray[np.int64]] = []
        self._first_items = [0]
        self._bounds = [0]
        self._blobs: list[bytes] = []
        self._which: list[int] = []
        self._dictionaries: list[bytes] = []
        self._numbers: dict[bytes, int] = {}
        self._open: list[bytes] = []
        self._size = 0
        self._compressor = (b"", _compressor(b""))

    def add_items(self, items: Iterable[bytes], dictionary: bytes) -> None:
        """Items to be compressed with a dictionary, or with none."""
        if self._compressor[0] != dictionary:
            self.close_block()
            self._compressor = dictionary, _compressor(dictionary)
        for item in items:
            self._open.append(item)
            self._size += len(item)
            if self._size >= self._limit:
                self.close_block()

    def close_block(self) -> None:
        """Compress what has come since the last block."""
        if self._open:
            dictionary, compressor = self._compressor
            lengths = np.fromiter(map(len, self._open), np.int64, len(self._open))
            self.add_block(compressor.compress(b"".join(self._open)), lengths, dictionary)
        self._open.clear()
        self._size = 0

    def add_block(self, blob: bytes, lengths: NDArray[np.int64], dictionary: bytes) -> None:
        """A block as it is: its items' lengths, and the dictionary it was compressed with."""
        number = self._numbers.setdefault(dictionary, len(self._numbers))
        if number == len(self._dictionaries):
            self._dictionaries.append(dictionary)
        self._which.append(number)
        self._blobs.append(blob)
        self._bounds.append(self._bounds[-1] + len(blob))
        self._lengths.append(lengths)
        self._first_items.append(self._first_items[-1] + len(lengths))

    def sections(self) -> Mapping[str, Any]:
        """Everything that was added."""
        self.close_block()
        ends = [0, *accumulate(map(len, self._dictionaries))]
        return {
            "dictionary": b"".join(self._dictionaries),
            "dictionary.bounds": np.array(ends, np.uint32),
            "dictionary.of": compact(np.array(self._which, np.int64)),
            "lengths": compact(np.concatenate([np.zeros(0, np.int64), *self._lengths])),
            "first": np.array(self._first_items, np.uint32),
            "bounds": np.array(self._bounds, np.uint64),
            "blocks": b"".join(self._blobs),
        }


def _compressor(dictionary: bytes) -> zstandard.ZstdCompressor:
    known = zstandard.ZstdCompressionDict(dictionary) if dictionary else None
    return zstandard.ZstdCompressor(level=LEVEL, dict_data=known, write_checksum=False)


def encode_blocks(
    items: Sequence[bytes], tick: Tick = ignore, *, limit: int | None = None
) -> Mapping[str, Any]:
    """Sections (without a name in front) that give any item back by its number; ``limit`` bytes
    close a block."""
    writer = BlockWriter(limit or BLOCK)
    dictionary = _train(items)
    tick(TRAINING)
    step = max(1, -(-len(items) // STEPS))
    for first in range(0, len(items), step):
        writer.add_items(items[first : first + step], dictionary)
        tick((1 - TRAINING) / STEPS)
    return writer.sections()


def merge_blocks(
    parts: Sequence[tuple[BlockReader, NDArray[np.bool_]]],
    tick: Tick = ignore,
    *,
    limit: int | None = None,
) -> Mapping[str, Any]:
    """Sections of several readers' items, of each only those marked.  Blocks are taken over as
    they are; but what comes from few items learnt little, and is compressed anew."""
    writer = BlockWriter(limit or BLOCK)
    small = [own for own, _ in parts if own.size < LEARNT]
    fresh = _train(
        [item for own, kept in parts if own in small for item in compress(own.items(), kept)]
    )
    for own, kept in parts:
        tick(1 / (len(parts) + 1))
        if own in small:
            writer.add_items(compress(own.items(), kept), fresh)
            continue
        for block, (first, last) in enumerate(pairwise(own.first_items.tolist())):
            marked = kept[first:last]
            if marked.all():
                writer.close_block()
                writer.add_block(*own.block(block))
            elif marked.any():
                writer.add_items(compress(own.items_of(block), marked), own.dictionary_of(block))
        writer.close_block()
    return writer.sections()


class BlockReader:
    """Items of one family of blocks.  Threads may share it."""

    def __init__(self, container: Container, name: str) -> None:
        self._container = container
        self._name = f"{name}.blocks"
        self._dictionary_name = f"{name}.dictionary"
        self._dictionary_bounds = container.array(f"{name}.dictionary.bounds")
        self._dictionary_of = container.array(f"{name}.dictionary.of")
        self._lengths = container.array(f"{name}.lengths")
        self.first_items: NDArray[np.uint32] = container.array(f"{name}.first")
        """``(blocks + 1,)`` the first item of each block; last: how many items there are."""
        self._bounds = container.array(f"{name}.bounds")
        self._own = threading.local()
        self._kept: dict[int, bytes] = {}
        self._keeping = threading.Lock()

    def __len__(self) -> int:
        return len(self._lengths)

    @cached_property
    def size(self) -> int:
        """Bytes of all items."""
        return int(self._lengths.sum(dtype=np.int64))

    def dictionary_of(self, block: int) -> bytes:
        """The dictionary a block was compressed with; empty: none."""
        number = int(self._dictionary_of[block])
        begin, end = map(int, self._dictionary_bounds[number : number + 2])
        return self._container.slice(self._dictionary_name, begin, end)

    def _opener(self, block: int) -> zstandard.ZstdDecompressor:
        """This thread's own: one is not to be shared, and takes the dictionary in anew."""
        openers: dict[int, zstandard.ZstdDecompressor]
        openers = self._own.__dict__.setdefault("openers", {})
        number = int(self._dictionary_of[block])
        if number not in openers:
            raw = self.dictionary_of(block)
            known = zstandard.ZstdCompressionDict(raw) if raw else None
            openers[number] = zstandard.ZstdDecompressor(dict_data=known)
        return openers[number]

    def block(self, block: int) -> tuple[bytes, NDArray[np.int64], bytes]:
        """A block as it is kept: compressed bytes, its items' lengths, its dictionary."""
        begin, end = int(self._bounds[block]), int(self._bounds[block + 1])
        first, last = map(int, self.first_items[block : block + 2])
        return (
            self._container.slice(self._name, begin, end),
            self._lengths[first:last].astype(np.int64),
            self.dictionary_of(block),
        )

    def _read(self, block: int) -> bytes:
        """A block's bytes."""
        begin, end = int(self._bounds[block]), int(self._bounds[block + 1])
        return self._opener(block).decompress(self._container.slice(self._name, begin, end))

    def _opened(self, block: int) -> bytes:
        """``_read``, of the blocks opened last without reading."""
        found = self._kept.get(block)
        if found is None:
            found = self._read(block)
            # a dictionary that another thread changes cannot be asked for its first key
            with self._keeping:
                if len(self._kept) >= CACHED_BLOCKS:
                    self._kept.pop(next(iter(self._kept)))
                self._kept[block] = found
        return found

    def item(self, number: int) -> bytes:
        """The item's bytes."""
        return self.items_at(np.array([number], np.uint32))[0]

    def items_at(self, numbers: NDArray[np.uint32]) -> list[bytes]:
        """The bytes of some items, in any order."""
        blocks = self.first_items.searchsorted(numbers, side="right") - 1
        firsts = self.first_items.take(blocks)
        found = []
        for block, first, number in zip(
            blocks.tolist(), firsts.tolist(), numbers.tolist(), strict=True
        ):
            # a block has few items: their lengths add up faster in a list than in an array
            *before, own = self._lengths[first : number + 1].tolist()
            begin = sum(before)
            found.append(self._opened(block)[begin : begin + own])
        return found

    def items_of(self, block: int) -> Iterator[bytes]:
        """A block's items in order."""
        raw = self._read(block)
        first, last = self.first_items[block : block + 2].tolist()
        for begin, end in pairwise([0, *accumulate(self._lengths[first:last].tolist())]):
            yield raw[begin:end]

    def items(self) -> Iterator[bytes]:
        """All items in order."""
        for block in range(len(self._bounds) - 1):
            yield from self.items_of(block)
