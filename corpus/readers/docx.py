"""Word documents: paragraphs and tables in order, through python-docx."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.table import Table

from corpus.errors import ReadError
from corpus.readers.raw import RawText

LARGEST_PART = 200 * 1024 * 1024
"""Uncompressed bytes of all parts; a bomb is refused before it is read."""


def read(data: bytes) -> RawText:
    """The document's text.  Raises ReadError ``damaged``, ``encrypted`` or ``too_large``."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST_PART:
                raise ReadError("too_large", "文档解压后过大", "请检查文件是否正常。")
            if "word/document.xml" not in archive.namelist():
                raise ReadError("damaged", "压缩包里没有 Word 正文", "请另存为 .docx 后重试。")
        document: Any = docx.Document(io.BytesIO(data))
        lines = list(_lines(document))
        title = (document.core_properties.title or "").strip() or None
    except ReadError:
        raise
    except Exception as error:
        # python-docx raises what its XML and zip libraries raise: KeyError, ValueError, and more
        raise ReadError(
            "damaged", f"Word 文件已损坏（{type(error).__name__}）", "请重新下载。"
        ) from None
    return RawText("\n".join(lines), "docx", title)


def _lines(container: Any) -> Iterator[str]:
    for item in container.iter_inner_content():
        if isinstance(item, Table):
            yield from _table_lines(item)
        else:
            yield from item.text.replace("\r", "\n").split("\n")


def _table_lines(table: Table) -> Iterator[str]:
    for row in table.rows:
        cells: list[str] = []
        last: Any = None
        for cell in row.cells:
            if cell._tc is last:  # a merged cell comes once for each column it spans
                continue
            last = cell._tc
            cells.append(" ".join(" ".join(_lines(cell)).split()))
        yield "\t".join(cells)
