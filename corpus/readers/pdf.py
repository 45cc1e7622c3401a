"""PDF files with a text layer, through pypdf; a scan without one is said to be so."""

from __future__ import annotations

import io
import logging
import re
from collections import Counter

import pypdf

from corpus.errors import ReadError
from corpus.model import Cut
from corpus.readers.raw import RawText

logging.getLogger("pypdf").setLevel(logging.CRITICAL)

MOST_PAGES = 500


def read(data: bytes) -> RawText:
    """The text layer.  Raises ReadError ``encrypted``, ``no_text``, ``too_large``, ``damaged``."""
    try:
        document = pypdf.PdfReader(io.BytesIO(data))
        if document.is_encrypted and not document.decrypt(""):
            raise ReadError("encrypted", "PDF 设有密码", "请用密码打开后另存一份不加密的。")
        if len(document.pages) > MOST_PAGES:
            raise ReadError("too_large", f"PDF 超过 {MOST_PAGES} 页", "请只保留报告部分。")
        pages = [page.extract_text() for page in document.pages]
        title = None
        if document.metadata is not None and isinstance(document.metadata.title, str):
            title = document.metadata.title.strip() or None
    except ReadError:
        raise
    except Exception as error:
        raise ReadError(
            "damaged", f"PDF 已损坏（{type(error).__name__}）", "请重新下载。"
        ) from None
    if not any(character.isalnum() for page in pages for character in page):
        raise ReadError(
            "no_text",
            "PDF 是扫描件，没有文字层",
            "请先用文字识别（OCR）软件转换为可复制文字的 PDF 或 .docx。",
        )
    lines, cuts = _without_running_heads(pages)
    return RawText(_joined(lines), "pdf", title, cuts=tuple(cuts))


def _without_running_heads(pages: list[str]) -> tuple[list[str], list[Cut]]:
    """All lines, without those that stand first or last on most pages of several."""
    split = [[line.strip() for line in page.split("\n") if line.strip()] for page in pages]
    edges = Counter(line for page in split if page for line in {page[0], page[-1]})
    running = {
        line for line, count in edges.items() if len(pages) >= 3 and count >= 0.6 * len(pages)
    }
    cuts = [Cut("running_head", line) for line in sorted(running)]
    lines = []
    for page in split:
        for i, line in enumerate(page):
            if i in (0, len(page) - 1) and line in running:
                continue
            lines.append(line)
    return lines, cuts


def _joined(lines: list[str]) -> str:
    """Lines of the page put together into paragraphs: a line that reaches the margin and does
    not end a sentence goes on in the next."""
    widths = sorted(len(line) for line in lines)
    full = widths[int(len(widths) * 0.8)] if widths else 0
    out: list[str] = []
    open_line = False
    for line in lines:
        heading = re.match(
            "^(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\\d]{1,3}[)）])", line
        )
        if open_line and not heading:
            out[-1] += line
        else:
            out.append(line)
        open_line = full >= 20 and len(line) >= full - 3 and not re.search("[。！？：；]$", line)
    return "\n".join(out)
