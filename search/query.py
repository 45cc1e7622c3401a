"""The query tree: what a typed query means, before anything is looked up.

Leaves carry the characters as typed, their folded form, and where they stand in the query.
Reading text into a tree is ``search.query_parser``'s work, answering it an engine's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal as OneOf
from typing import TypeAlias

from search.labels import section_label
from search.request import UNLABELLED, Field
from search.results import Span

TextField: TypeAlias = OneOf["title", "heading"]
Together: TypeAlias = OneOf["sentence", "paragraph", "near"]
NOWHERE: Span = (0, 0)


@dataclass(frozen=True, slots=True)
class Everything:
    """Every passage: the empty query."""


@dataclass(frozen=True, slots=True)
class Run:
    """Characters typed together without quotes: as they stand, or all their words."""

    text: str
    folded: str
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Word:
    """One word of the index, as an ordinary term query; not typed, but built."""

    folded: str
    text: str = ""
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Phrase:
    """Characters that stand together, as folded."""

    text: str
    folded: str
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Literal:
    """Characters that stand in the stored text exactly as typed."""

    text: str
    folded: str
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Prefix:
    """Any word that begins so."""

    text: str
    folded: str
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Like:
    """Any word of a sentence, single characters apart; what is most like it ranks first."""

    text: str
    folded: str
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class InField:
    """A run, phrase or prefix in the report's title or the passage's heading path."""

    field: TextField
    leaf: Run | Phrase | Prefix
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class Label:
    """Passages by a label: years in a range, or a field that has or contains the text."""

    field: Field
    text: str
    low: int | None = None
    high: int | None = None
    span: Span = NOWHERE


@dataclass(frozen=True, slots=True)
class And:
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    child: Node


@dataclass(frozen=True, slots=True)
class Near:
    """Both in one sentence, one paragraph, or with at most ``distance`` folded characters
    between, in either order, not overlapping, in one passage."""

    how: Together
    left: Node
    right: Node
    distance: int = 0


TextLeaf: TypeAlias = Run | Word | Phrase | Literal | Prefix | Like
Node: TypeAlias = Everything | TextLeaf | InField | Label | And | Or | Not | Near


def iter_leaves(node: Node) -> Iterator[Node]:
    """Every leaf, in order."""
    stack = [node]
    while stack:
        top = stack.pop()
        if isinstance(top, And | Or):
            stack.extend(reversed(top.children))
        elif isinstance(top, Not):
            stack.append(top.child)
        elif isinstance(top, Near):
            stack += [top.right, top.left]
        else:
            yield top


def iter_clauses(tree: Node) -> Iterator[Node]:
    """What is counted alone when nothing is found: each clause, each side of what must stand near
    another, for a phrase alone what it would be without its quotation marks, and for a prefix the
    characters wherever they stand."""
    if isinstance(tree, Prefix):
        yield Phrase(tree.text, tree.folded, tree.span)
    elif isinstance(tree, Phrase):
        yield Run(tree.text, tree.folded, tree.span)
    elif isinstance(tree, Literal):
        yield Phrase(tree.text, tree.folded, tree.span)
    elif isinstance(tree, And):
        for clause in tree.children:
            yield clause
            yield from _sides(clause)
    else:
        yield from _sides(tree)


def _sides(node: Node) -> Iterator[Node]:
    if isinstance(node, Near):
        for side in (node.left, node.right):
            yield from _sides(side) if isinstance(side, Near) else (side,)


_HOW: dict[Together, str] = {"sentence": "在同一句", "paragraph": "在同一段"}
_FIELD: dict[str, str] = {
    "title": "标题",
    "heading": "小标题",
    "agency": "机关",
    "year": "年度",
    "section": "章节",
    "kind": "类别",
    "region": "地区",
}


def describe(node: Node) -> str:
    """The query in Chinese words, for “how this was understood”."""
    if isinstance(node, Everything):
        return "全部段落"
    if isinstance(node, Run):
        return f"含“{node.text}”或其全部词语"
    if isinstance(node, Word):
        return f"含词“{node.folded}”"
    if isinstance(node, Phrase):
        return f"含短语“{node.text}”"
    if isinstance(node, Literal):
        return f"逐字含“{node.text}”"
    if isinstance(node, Prefix):
        return f"含以“{node.text}”开头的词"
    if isinstance(node, Like):
        return f"与“{node.text}”相近（含其中任一词语）"
    if isinstance(node, InField):
        return f"{_FIELD[node.field]}{describe(node.leaf)}"
    if isinstance(node, Label):
        return _FIELD[node.field] + _describe_label(node)
    if isinstance(node, Not):
        return f"不要（{describe(node.child)}）"
    if isinstance(node, Near):
        how = _HOW.get(node.how) or f"相隔不超过 {node.distance} 字"
        return f"（{describe(node.left)}）与（{describe(node.right)}）{how}"
    joint = "，并且" if isinstance(node, And) else "，或者"
    parts = [
        f"（{describe(child)}）" if isinstance(child, And | Or) else describe(child)
        for child in node.children
    ]
    return joint.join(parts)


def _describe_label(node: Label) -> str:
    if node.text == UNLABELLED:
        return UNLABELLED
    if node.field == "section":
        return f"为“{section_label(node.text)}”"
    if node.field != "year":
        return f"含“{node.text}”"
    if node.low is None or node.high is None:
        return f"为{node.high}及以前" if node.low is None else f"为{node.low}及以后"
    return f"为{node.low}" if node.low == node.high else f"在{node.low}—{node.high}之间"
