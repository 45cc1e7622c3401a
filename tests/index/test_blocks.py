"""Blocks of compressed texts."""

from __future__ import annotations

import pytest

from index.codec.blocks import encode_blocks


@pytest.mark.parametrize("items", [[], [b""], [b"a" * 300_000] * 4])
def test_texts_that_teach_nothing_are_stored_without_a_dictionary(items: list[bytes]) -> None:
    assert encode_blocks(items)["dictionary"] == b""
