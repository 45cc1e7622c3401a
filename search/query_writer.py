"""Query tree → text that is read as the same tree: for links to a part of a query."""

from __future__ import annotations

from typing import Final

from search.query import (
    And,
    InField,
    Label,
    Like,
    Literal,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Run,
)
from search.query_tokens import tokenize_query

_NAMES: Final = {
    "title": "标题",
    "heading": "小标题",
    "agency": "机关",
    "year": "年份",
    "section": "章节",
    "kind": "类别",
    "region": "地区",
}
_QUOTES: Final = (('"', '"'), ("“", "”"), ("「", "」"), ("『", "』"), ("＂", "＂"))


def write_query(node: Node) -> str:
    """The tree as one would type it; empty for what cannot be typed (everything, a bare word of
    the index)."""
    if isinstance(node, Run):
        return node.text if _is_run(node.text) else _quoted(node.text)
    if isinstance(node, Phrase):
        return _quoted(node.text)
    if isinstance(node, Literal):
        return "=" + _quoted(node.text)
    if isinstance(node, Prefix):
        return node.text + "*"
    if isinstance(node, Like):
        return "相近:" + _quoted(node.text)
    if isinstance(node, InField):
        return f"{_NAMES[node.field]}:{write_query(node.leaf)}"
    if isinstance(node, Label):
        return f"{_NAMES[node.field]}:{_label(node)}"
    if isinstance(node, Not):
        return "-" + _within(node.child, (And, Or, Near, Not))
    if isinstance(node, Near):
        how = {"sentence": "同句", "paragraph": "同段"}.get(node.how, f"NEAR/{node.distance}")
        return f"{_within(node.left, (Or,))} {how} {_within(node.right, (Or, Near))}"
    if isinstance(node, And):
        return " ".join(_within(child, (And, Or)) for child in node.children)
    if isinstance(node, Or):
        return " OR ".join(_within(child, (Or,)) for child in node.children)
    return ""


def _within(node: Node, bracketed: tuple[type, ...]) -> str:
    text = write_query(node)
    return f"({text})" if isinstance(node, bracketed) else text


def _is_run(text: str) -> bool:
    """Whether the text, typed by itself, is a run: no operator, no field, no sign."""
    tokens = tokenize_query(text, [])
    return len(tokens) == 1 and tokens[0].kind == "run" and text[0] not in "-－"


def _quoted(text: str) -> str:
    """In the first quotation marks that the text has none of."""
    opening, closing = next((q for q in _QUOTES if not set(q) & set(text)), _QUOTES[1])
    return opening + text + closing


def _label(node: Label) -> str:
    if node.field == "section":
        return node.text
    if node.field != "year" or (node.low is None and node.high is None):
        return _quoted(node.text)
    low = "" if node.low is None else str(node.low)
    high = "" if node.high is None else str(node.high)
    return low if low == high else f"{low}..{high}"
