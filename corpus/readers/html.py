"""Saved web pages: the article's text, tables kept, and hints from the page's meta data.

The body of a government page stands in one of a few well-known containers; where none is
found, the element with the most running text is taken.  Scripts, menus and forms are dropped by
element; what furniture remains in the text is ``corpus.cleaning``'s work.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from corpus.dates import find_dates
from corpus.model import Cut
from corpus.readers.raw import RawText
from corpus.readers.text import decode

_CHARSET: Final = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_DROPPED: Final = (
    "script, style, noscript, template, iframe, object, svg, nav, form, button, select, input, "
    "textarea, header, footer, aside, head > title, [hidden], .breadcrumb, .position, .share"
)
_CONTAINERS: Final = (
    "#UCAP-CONTENT",
    ".pages_content",
    "#zoom",
    "#Zoom",
    "#ContentRegion",
    ".TRS_Editor",
    ".TRS_UEDITOR",
    "#vsb_content",
    ".v_news_content",
    ".article-content",
    ".article_content",
    ".articleContent",
    ".Article_content",
    "#article",
    ".content_article",
    ".zwnr",
    ".xxgk_content",
    ".news_content",
    "#content",
    "article",
    "main",
)
_BLOCKS: Final = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "ul",
        "ol",
        "table",
        "tr",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "pre",
        "center",
        "hr",
        "br",
        "main",
        "header",
        "footer",
        "form",
        "fieldset",
        "figure",
        "figcaption",
        "address",
        "thead",
        "tbody",
        "tfoot",
        "caption",
    ]
)
_TITLE_META: Final = ("ArticleTitle", "articletitle", "title", "og:title")
_DATE_META: Final = ("PubDate", "pubdate", "publishdate", "article:published_time", "date")


def looks_like(data: bytes) -> bool:
    """Whether the bytes are a page whatever their name says."""
    head = data[:2_048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return head.startswith((b"<!doctype html", b"<html")) or (
        b"<html" in head and b"<head" in data[:4_096].lower()
    )


def read(data: bytes) -> RawText:
    """The text of the page's article.  Raises ReadError for bytes that are no text."""
    found = _CHARSET.search(data[:4_096])
    text, encoding = decode(data, found[1].decode("ascii") if found else None)
    tree = LexborHTMLParser(text)
    metas = {
        (node.attributes.get("name") or node.attributes.get("property") or "").lower(): (
            node.attributes.get("content") or ""
        ).strip()
        for node in tree.css("meta")
    }
    title_node = tree.css_first("title")
    page_title = next((metas[n.lower()] for n in _TITLE_META if metas.get(n.lower())), None)
    if page_title is None and title_node is not None:
        page_title = title_node.text().strip() or None
    published = None
    for name in _DATE_META:
        if dates := find_dates(metas.get(name.lower(), "")):
            published = dates[0][2].isoformat()
            break
    link = tree.css_first("link[rel=canonical]")
    cuts = []
    for node in tree.css(_DROPPED):
        shown = node.tag in ("nav", "header", "footer", "aside") or node.attributes.get("class")
        if shown and (words := " ".join(node.text(separator=" ").split())):
            cuts.append(Cut("page_element", words[:2_000]))
        if node.parent is not None:
            node.decompose()
    body = _article(tree)
    return RawText(
        _lines(body) if body is not None else "",
        encoding,
        page_title,
        published,
        link.attributes.get("href") if link is not None else None,
        tuple(cuts),
    )


def _article(tree: LexborHTMLParser) -> LexborNode | None:
    body = tree.body or tree.root
    if body is None:
        return None
    whole = len("".join(body.text().split()))
    for selector in _CONTAINERS:
        for node in tree.css(selector):
            size = len("".join(node.text().split()))
            # a container that holds little is some other box of the same name
            if (size >= 200 and size * 2 >= whole) or size >= 800:
                return _with_heading(node, body)
    return body


def _with_heading(node: LexborNode, body: LexborNode) -> LexborNode:
    """The container, or the one around it where that holds the headline and little else."""
    parent = node.parent
    if parent is None or parent.tag in ("body", "html"):
        return node
    if node.css_first("h1") is None and (heading := body.css_first("h1")) is not None:
        size = len(parent.text())
        if parent.css_first("h1") is heading and size < len(node.text()) * 1.3 + 300:
            return parent
    return node


def _lines(node: LexborNode) -> str:
    parts: list[str] = []
    for piece in _pieces(node):
        parts.append(piece)
    lines = []
    for line in "".join(parts).split("\n"):
        cells = [re.sub("[ \r\t]+", " ", cell).strip(" ") for cell in line.split("\x1f")]
        joined = "\t".join(cell for cell in cells if cell.strip("\u3000\u00a0 "))
        if joined.strip("\u3000\u00a0\t "):
            lines.append(joined)
    return "\n".join(lines)


def _pieces(root: LexborNode) -> Iterator[str]:
    """Text with a line break around blocks and a separator between cells.  Iterative: pages nest
    deeper than Python's stack."""
    stack: list[tuple[LexborNode | None, str]] = [(root, "")]
    while stack:
        node, closing = stack.pop()
        if node is None:
            yield closing
            continue
        if node.tag == "-text":
            yield (node.text_content or "").replace("\n", " ")
            continue
        if node.tag is None or node.tag.startswith("-") or node.tag == "_comment":
            continue
        in_cell = node.tag in ("td", "th")
        block = node.tag in _BLOCKS and not (_inside_cell(node))
        if block:
            yield "\n"
        after = "\n" if block else ("\x1f" if in_cell else (" " if node.tag in _BLOCKS else ""))
        if after:
            stack.append((None, after))
        child = node.last_child
        while child is not None:
            stack.append((child, ""))
            child = child.prev
    return


def _inside_cell(node: LexborNode) -> bool:
    """Blocks within a table cell do not break its row's line."""
    above = node.parent
    for _ in range(6):
        if above is None:
            return False
        if above.tag in ("td", "th"):
            # a page laid out with tables keeps its paragraphs
            return len(above.text()) < 400
        above = above.parent
    return False
