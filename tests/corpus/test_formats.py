"""Each format in its own container: PDF with a text layer, old Word, pages, zips of all."""

from __future__ import annotations

import contextlib
import io
import os
import re
import stat
import zipfile
from pathlib import Path

import docx
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import ReadError
from corpus.readers import read_bytes
from corpus.readers.archive import iter_members

PARAGRAPHS = [
    "临湖市人民政府2021年法治政府建设年度报告",
    "2021年，临湖市人民政府坚持依法行政，现将有关情况报告如下。",
    "一、主要举措和成效",
    "全年办理行政复议案件三十七件，按期办结率达到百分之百。",
    "二、存在的不足和原因",
    "基层执法力量仍然薄弱，培训的针对性有待提高。",
]
TEXT = "\n".join(PARAGRAPHS)


def make_pdf(lines: list[str], *, text_layer: bool = True) -> bytes:
    """A page that shows each line, with a ToUnicode map, as word processors write them."""
    shown = " ".join(
        f"BT /F1 12 Tf 72 {760 - 24 * i} Td <{line.encode('utf-16-be').hex()}> Tj ET"
        for i, line in enumerate(lines)
    )
    blocks = [range(first, min(first + 100, 0x100)) for first in range(0, 0x100, 100)]
    ranges = "".join(
        f"{len(block)} beginbfrange\n"
        + "".join(f"<{high:02x}00> <{high:02x}ff> <{high:02x}00>\n" for high in block)
        + "endbfrange\n"
        for block in blocks
    )
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{ranges}endcmap end end"
    )
    content = shown if text_layer else "0 0 100 100 re f"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        "<< /Type /Font /Subtype /Type0 /BaseFont /Song /Encoding /Identity-H "
        "/DescendantFonts [6 0 R] /ToUnicode 7 0 R >>",
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Song /DW 1000 "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>",
        f"<< /Length {len(cmap)} >>\nstream\n{cmap}\nendstream",
    ]
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF".encode()
    return bytes(out)


def make_docx(paragraphs: list[str]) -> bytes:
    document, out = docx.Document(), io.BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(out)
    return out.getvalue()


def make_page(paragraphs: list[str], encoding: str, charset: str) -> bytes:
    title, *rest = paragraphs
    body = "".join(f"<p>　　{line}</p>" for line in rest)
    return (
        f"<!DOCTYPE html><html><head><meta charset='{charset}'><title>门户网</title></head>"
        "<body>"
        "<nav>首页 政务公开 办事服务</nav>"
        "<div class='location'>当前位置：首页 &gt; 法治政府</div>"
        f"<h1>{title}</h1><div>发布时间：2022-01-15　浏览次数：12　字体：【大 中 小】"
        "</div>"
        f"<div id='zoom'>{body}</div>"
        "<div>打印本页　关闭窗口</div>"
        "<footer>版权所有 临湖市 ICP备00000001号</footer></body></html>"
    ).encode(encoding)


def squeezed(text: str) -> list[str]:
    return [re.sub(r"\s|\u3000", "", line) for line in text.split("\n")]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.pdf", make_pdf(PARAGRAPHS)),
        ("a.docx", make_docx(PARAGRAPHS)),
        ("utf8.html", make_page(PARAGRAPHS, "utf-8", "utf-8")),
        ("gbk.htm", make_page(PARAGRAPHS, "gb18030", "gbk")),
        ("a.md", ("# " + "\n\n".join(PARAGRAPHS)).encode()),
        ("crlf.txt", "\r\n".join(PARAGRAPHS).encode("gb18030")),
        ("be.txt", b"\xfe\xff" + TEXT.encode("utf-16-be")),
        ("unmarked-le.txt", TEXT.encode("utf-16-le")),
        ("unmarked-be.txt", TEXT.encode("utf-16-be")),
        ("dir.2021/noending", TEXT.encode("gb18030")),
        ("nopage", make_page(PARAGRAPHS, "utf-8", "utf-8")),
        ("nopdf", make_pdf(PARAGRAPHS)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_format_gives_the_same_words(name: str, data: bytes) -> None:
    assert squeezed(read_bytes(data, name).text) == PARAGRAPHS


def test_a_declared_big5_page_is_read_as_such() -> None:
    lines = ["臨湖市人民政府年度報告", "今年辦理行政複議案件三十七件，全部如期辦結，未有逾期。" * 3]
    body = "</p><p>".join(lines)
    page = f"<html><head><meta charset='big5'></head><body><p>{body}</p></body></html>"
    assert squeezed(read_bytes(page.encode("big5"), "a.html").text) == lines


def test_what_stood_around_a_page_is_kept_as_cuts() -> None:
    clean = read_bytes(make_page(PARAGRAPHS, "utf-8", "utf-8"), "a.html")
    cut = "\n".join(one.text for one in clean.cuts)
    assert "版权所有" in cut
    assert clean.page_published == "2022-01-15"


def test_a_table_keeps_its_cells_in_order() -> None:
    page = (
        "<html><body><table><tr><td>事项</td><td>件数</td></tr>"
        "<tr><td>处罚</td><td>12</td></tr></table></body></html>"
    )
    assert read_bytes(page.encode(), "a.html").text == "事项\t件数\n处罚\t12"
    document, out = docx.Document(), io.BytesIO()
    document.add_paragraph("一、执法情况")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "处罚", "12"
    document.add_paragraph("二、存在的不足")
    document.save(out)
    assert read_bytes(out.getvalue(), "a.docx").text == "一、执法情况\n处罚\t12\n二、存在的不足"


def refused(data: bytes, name: str) -> ReadError:
    with pytest.raises(ReadError) as caught:
        read_bytes(data, name)
    assert re.search("[\u4e00-\u9fff]", caught.value.reason + caught.value.advice)
    return caught.value


def test_a_scan_is_said_to_be_one() -> None:
    error = refused(make_pdf([], text_layer=False), "a.pdf")
    assert error.code == "no_text"
    assert "扫描" in error.reason


def test_a_locked_pdf_is_said_to_be_locked() -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(make_pdf(PARAGRAPHS)))
    writer.encrypt("secret", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    assert refused(out.getvalue(), "a.pdf").code == "encrypted"


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.txt", "empty"),
        (b"%PDF-1.4 broken", "a.pdf", "damaged"),
        (b"not a document at all", "a.docx", "damaged"),
        (b"PK\x03\x04 broken", "a.docx", "damaged"),
        (make_docx(PARAGRAPHS), "a.txt", "binary"),
        (b"{\\rtf1 text}", "a.rtf", "unknown_format"),
        (b"x" * 10, "a.xls", "unknown_format"),
        (b"PK\x03\x04 a table", "a.xlsx", "unknown_format"),
        (b"\xff\xd8\xff" + bytes(range(256)) * 9, "a", "encoding"),
    ],
)
def test_refusals_have_codes(data: bytes, name: str, code: str) -> None:
    assert refused(data, name).code == code


def with_program(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    program = folder / "antiword"
    program.write_text("#!/bin/sh\n" + script, encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def test_old_word_files_go_through_antiword(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_program(tmp_path, monkeypatch, f"cat <<'END'\n{TEXT}\nEND\n")
    assert read_bytes(OLE, "a.doc").text == TEXT


def test_what_antiword_cannot_read_is_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_program(tmp_path, monkeypatch, "echo 'not a Word document' >&2; exit 1\n")
    assert refused(OLE, "a.doc").code == "damaged"


def test_without_antiword_the_librarian_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    error = refused(OLE, "a.doc")
    assert error.code == "needs_antiword"
    assert "antiword" in error.advice


def make_zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_members_of_a_zip_are_read_and_bad_ones_named() -> None:
    data = make_zip(
        {
            "报告/甲.txt": TEXT.encode(),
            "__MACOSX/x.txt": b"x",
            "~$b.docx": b"x",
            "inner.zip": b"PK\x03\x04",
            "bomb.txt": b"0" * 30_000_000,
            "picture.jpg": b"x",
        }
    )
    found = dict(iter_members(data))
    assert set(found) == {"报告/甲.txt", "inner.zip", "bomb.txt", "picture.jpg"}
    assert found["报告/甲.txt"] == TEXT.encode()
    assert [type(found[name]) for name in ("inner.zip", "bomb.txt")] == [ReadError, ReadError]
    assert found["picture.jpg"].code == "unknown_format"  # type: ignore[union-attr]
    assert found["bomb.txt"].code == "too_large"  # type: ignore[union-attr]


def test_names_in_gbk_are_understood() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("AAAA.txt", TEXT.encode())
    data = out.getvalue().replace(b"AAAA.txt", "报告".encode("gbk") + b".txt")
    assert [name for name, _ in iter_members(data)] == ["报告.txt"]


# Named, because a made archive carries the time: ids from its bytes would differ by process.
@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"PK\x03\x04 broken", id="no-directory"),
        pytest.param(make_zip({"a.txt": b"x" * 99})[:60], id="cut"),
    ],
)
def test_a_broken_zip_is_refused(data: bytes) -> None:
    with pytest.raises(ReadError):
        list(iter_members(data))


WHOLE = {
    "a.txt": TEXT.encode("gb18030"),
    "a.md": TEXT.encode(),
    "a.html": make_page(PARAGRAPHS, "utf-8", "utf-8"),
    "a.docx": make_docx(PARAGRAPHS),
    "a.pdf": make_pdf(PARAGRAPHS),
    "a.doc": OLE,
}


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_damaged_files_of_every_format_are_read_or_refused(name: str, data: st.DataObject) -> None:
    whole = bytearray(WHOLE[name])
    if data.draw(st.booleans()):
        del whole[data.draw(st.integers(1, len(whole))) :]
    for _ in range(data.draw(st.integers(0, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    # a refusal is an answer; any other exception fails the test
    with contextlib.suppress(ReadError):
        assert read_bytes(bytes(whole), name).text


def test_a_zip_that_places_a_member_before_its_beginning_is_damaged() -> None:
    whole = bytearray(make_zip({"a.txt": TEXT.encode()}))
    whole[-6] += 1  # where the directory begins (APPNOTE 4.3.16), of 22 bytes that close the file
    ((_, member),) = iter_members(bytes(whole))
    assert isinstance(member, ReadError)
    assert member.code == "damaged"


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_damaged_zip_gives_members_or_a_reason(data: st.DataObject) -> None:
    whole = bytearray(make_zip({"a.txt": TEXT.encode(), "b.html": WHOLE["a.html"]}))
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with contextlib.suppress(ReadError):
        for _, member in iter_members(bytes(whole)):
            assert isinstance(member, bytes | ReadError)
