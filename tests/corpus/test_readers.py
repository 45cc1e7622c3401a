"""Every encoding gives one text; junk is refused with a reason, never with a crash."""

from __future__ import annotations

import contextlib
import io

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import ReadError
from corpus.readers import SUFFIXES, read_bytes

PARAGRAPHS = [
    "临湖市人民政府2021年法治政府建设年度报告",
    "2021年，临湖市人民政府坚持依法行政，现将有关情况报告如下。",
    "一、主要举措和成效",
    "全年办理行政复议案件三十七件，按期办结率达到百分之百。",
    "二、存在的不足和原因",
    "基层执法力量仍然薄弱，培训的针对性有待提高。",
]
TEXT = "\n".join(PARAGRAPHS)


def as_html() -> bytes:
    body = "".join(f"<p>{p}</p>" for p in PARAGRAPHS)
    return f"<html><head><meta charset='utf-8'></head><body>{body}</body></html>".encode()


def as_docx() -> bytes:
    document, out = docx.Document(), io.BytesIO()
    for paragraph in PARAGRAPHS:
        document.add_paragraph(paragraph)
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [(f"{e}.txt", TEXT.encode(e)) for e in ("utf-8", "utf-8-sig", "gb18030", "utf-16")]
    + [("a.md", TEXT.encode()), ("a.html", as_html()), ("a.docx", as_docx())],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_one_report_gives_one_text(name: str, data: bytes) -> None:
    assert read_bytes(data, name).text == TEXT


@pytest.mark.parametrize(
    "data", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), bytes(range(256)) * 8, b""]
)
def test_junk_named_txt_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(ReadError) as caught:
        read_bytes(data, "a.txt")
    assert caught.value.reason
    assert caught.value.advice


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(SUFFIXES[:-1]))
def test_random_bytes_are_read_or_refused(data: bytes, suffix: str) -> None:
    with contextlib.suppress(
        ReadError
    ):  # a refusal is an answer; any other exception fails the test
        assert read_bytes(data, "a" + suffix).text


@settings(max_examples=40, deadline=None)
@given(st.sampled_from([("a.html", as_html()), ("a.docx", as_docx())]), st.data())
def test_damaged_files_are_read_or_refused(file: tuple[str, bytes], data: st.DataObject) -> None:
    name, whole = file
    cut = bytearray(whole[: data.draw(st.integers(1, len(whole)))])
    cut[data.draw(st.integers(0, len(cut) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with contextlib.suppress(
        ReadError
    ):  # a refusal is an answer; any other exception fails the test
        assert read_bytes(bytes(cut), name).text
