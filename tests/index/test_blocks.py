"""Blocks of compressed texts."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from index.codec import blocks
from index.codec.blocks import BlockReader, encode_blocks
from index.codec.container import Container, write_container

THREADS = 8
KEPT = 4


@pytest.mark.parametrize("items", [[], [b""], [b"a" * 300_000] * 4])
def test_texts_that_teach_nothing_are_stored_without_a_dictionary(items: list[bytes]) -> None:
    assert encode_blocks(items)["dictionary"] == b""


class Hesitant(dict[int, Any]):
    """Lets the other threads go first wherever they may come between two steps of eviction."""

    def __iter__(self) -> Iterator[int]:
        keys = super().__iter__()
        time.sleep(0)
        return keys

    def pop(self, *arguments: Any) -> Any:
        found = super().pop(*arguments)
        time.sleep(0)
        return found


def test_threads_share_a_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 1)
    monkeypatch.setattr(blocks, "CACHED_BLOCKS", KEPT)
    items = [str(number).encode() for number in range(100)]
    path = tmp_path / "blocks"
    write_container(path, {f"texts.{n}": v for n, v in encode_blocks(items).items()})
    reader = BlockReader(Container(path), "texts")
    reader._kept = Hesitant()

    def read(seed: int) -> list[tuple[int, bytes]]:
        numbers = random.Random(seed).choices(range(len(items)), k=500)
        return [(number, reader.item(number)) for number in numbers]

    with ThreadPoolExecutor(THREADS) as pool:
        for found in pool.map(read, range(THREADS)):
            assert found == [(number, items[number]) for number, _ in found]
    assert len(reader._kept) <= KEPT
