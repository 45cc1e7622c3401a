"""A file's bytes → clean text; one module a format.

Content decides before the name does: a page saved as .txt is read as a page, a Word file named
.txt is refused by name.  Taking a zip apart belongs to ``corpus.readers.archive``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

from corpus.cleaning import clean_text
from corpus.errors import ReadError
from corpus.model import CleanText
from corpus.readers import doc, docx, html, pdf, text
from corpus.readers.raw import RawText

__all__ = ["LARGEST_FILE", "SUFFIXES", "check_size", "read_bytes"]

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes; a report of 5,000 characters weighs 15 KB, a scanned one a few MB."""

_READERS: dict[str, Callable[[bytes], RawText]] = {
    ".txt": text.read,
    ".md": text.read_markdown,
    ".html": html.read,
    ".htm": html.read,
    ".docx": docx.read,
    ".pdf": pdf.read,
    ".doc": doc.read,
}
SUFFIXES = (*_READERS, ".zip")
"""File names the catalog looks at."""

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", ".pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".doc"),
    (b"PK\x03\x04", ".docx"),
    (b"{\\rtf", ".rtf"),
)


def read_bytes(data: bytes, name: str) -> CleanText:
    """The report's words in a file, and what was cut around them.

    Raises ReadError: ``empty``, ``too_large``, ``unknown_format``, ``binary``, ``encoding``,
    ``no_text``, ``encrypted``, ``damaged``, ``needs_antiword``.
    """
    check_size(len(data))
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise ReadError("empty", "文件是空的", "请重新下载。")
    suffix = PurePosixPath(name).suffix.lower()
    raw = _READERS[_format(data, suffix)](data)
    clean = clean_text(raw)
    if not any(character.isalnum() for character in clean.text):
        raise ReadError("no_text", "文件中没有文字", "如是扫描件，请先用文字识别（OCR）软件转换。")
    return clean


def check_size(size: int) -> None:
    """Raises ReadError ``too_large`` for more bytes than are read."""
    if size > LARGEST_FILE:
        raise ReadError(
            "too_large",
            f"文件有 {size // 2**20} MB，超过 {LARGEST_FILE // 2**20} MB 的上限",
            "请确认它是报告；如是扫描件，请先识别为文字。",
        )


def _format(data: bytes, suffix: str) -> str:
    """The suffix whose reader fits the bytes; of a name without one, the bytes alone decide."""
    if suffix and suffix not in _READERS and not data.startswith(b"{\\rtf"):
        raise ReadError("unknown_format", f"不支持 {suffix} 文件", "请另存为 .txt、.docx 或 .pdf。")
    for magic, found in _MAGIC:
        if not data.startswith(magic):
            continue
        if found == ".rtf":
            raise ReadError("unknown_format", "这是 RTF 文件", "请另存为 .docx 或 .txt。")
        if found == suffix or not suffix:
            return found
        if suffix in (".txt", ".md", ".html", ".htm") or found in (".doc", ".docx"):
            if found == ".docx" and suffix == ".doc":
                return found  # Word saves the new format under the old name now and then
            kind = {".pdf": "PDF", ".doc": "旧版 Word（OLE）", ".docx": "压缩包或 Word"}[found]
            raise ReadError(
                "binary",
                f"扩展名是 {suffix}，内容却是{kind}文件",
                f"请把扩展名改为 {found} 后重试。",
            )
        return found
    if suffix in (".docx", ".pdf", ".doc"):
        if html.looks_like(data):
            return ".html"  # pages that a site serves under a document's name
        raise ReadError("damaged", f"内容不是有效的 {suffix} 文件", "请重新下载。")
    if suffix in (".txt", "") and html.looks_like(data):
        return ".html"
    return suffix or ".txt"
