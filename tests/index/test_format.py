"""The worked example of docs/format.md is what the program writes."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import numpy as np
import pytest

from index.builder import build_segment
from index.codec import numbers
from index.codec.container import FORMAT_VERSION, Container, write_container
from index.codec.reader import SegmentReader
from index.errors import DamagedIndex, WrongVersion
from tests.reports import build_report

ROW = re.compile(r"^\| `([a-z0-9.]+)` \| ([0-9 ]+) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def segment() -> SegmentReader:
    report = build_report(
        ["法治政府。", "建设法治政府。"],
        id="abcdefghij",
        title="法治报告",
        agency="甲县司法局",
        kind="司法",
        region=("江南省", "甲县"),
        year=2021,
        published="2022-01-15",
        categories=("other", "achievements"),
        headings=[(), ("一、成效",)],
    )
    return build_segment([report])


def test_the_worked_example(segment: SegmentReader, project_dir: Path) -> None:
    text = (project_dir / "docs" / "format.md").read_text("utf-8")
    rows = ROW.findall(text)
    assert len(rows) >= 17
    for name, values in rows:
        assert segment.container.array(name).tolist() == [int(v) for v in values.split()], name
    assert segment.container.raw("body.words.text").decode() == "建设政府法治"
    assert f"Format version **{FORMAT_VERSION}**" in text


def test_every_section_is_described(segment: SegmentReader, project_dir: Path) -> None:
    text = (project_dir / "docs" / "format.md").read_text("utf-8")
    for name, _ in segment.container.sizes():
        short = re.sub(r"^(body|title|heading)\.(?!first)", "", name)
        family = re.sub(r"^(texts|meta|headings|wide)\..*", r"\1.*", short)
        pattern = re.sub(r"^tokens[1-4]", "tokens<n>", family)
        tail = re.sub(r"^reports", "", pattern)
        assert any(f"`{p}`" in text or f"<space>.{p}`" in text for p in (pattern, tail)), name


def test_the_head_by_hand(segment: SegmentReader) -> None:
    raw = segment.container.head()
    magic, version, _, place = struct.unpack("<8sIIQ", raw)
    assert magic == b"FAZHISEG"
    assert version == FORMAT_VERSION
    assert place % 8 == 0


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda raw: raw[:10], DamagedIndex),
        (lambda raw: b"", DamagedIndex),
        (lambda raw: b"X" + raw[1:], DamagedIndex),
        (lambda raw: raw[:8] + b"\x63" + raw[9:], WrongVersion),
        (lambda raw: raw[:8] + bytes([FORMAT_VERSION - 1]) + raw[9:], WrongVersion),
        (lambda raw: raw[:-1], DamagedIndex),
        (lambda raw: raw[:-1] + b"!", DamagedIndex),
    ],
)
def test_a_spoilt_file_is_refused(tmp_path: Path, spoil, problem) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "x.fz"
    write_container(path, {"a": b"hello", "b": numbers.encode_one(np.arange(9, dtype=np.uint32))})
    Container(path).verify()
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(problem):
        Container(path)


def test_a_flipped_bit_in_a_section_is_found(tmp_path: Path) -> None:
    path = tmp_path / "x.fz"
    write_container(path, {"a": b"hello"})
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"hello")] ^= 4
    path.write_bytes(bytes(raw))
    with pytest.raises(DamagedIndex, match="a"):
        Container(path).verify()
