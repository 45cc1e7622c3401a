"""Typed text → query tree.  Every text gives a tree; what was not understood is a notice.

A hand-written parser of five levels (``docs/decisions``): OR, AND, 同句/同段/NEAR, NOT, and what
stands alone.  A slip is mended where it stands (a bracket that never closes, an operator
without an operand), never by giving up the rest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from corpus.folding import fold_query
from search.labels import SECTION_LABELS, section_code
from search.query import (
    And,
    Everything,
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
from search.query_tokens import LABEL_FIELDS, LIKE, TEXT_FIELDS, Token, tokenize_query
from search.request import UNLABELLED
from search.results import Notice, Span
from search.visible import well_formed
from search.years import parse_years


@dataclass(frozen=True, slots=True)
class QueryBounds:
    """How much one query may ask; each has a notice of its own."""

    length: int = 1_000
    """Characters that are read; the rest is left out."""
    clauses: int = 64
    """Leaves of the tree; further ones are left out."""
    depth: int = 16
    """Brackets within brackets; deeper ones are read as if they were not there."""
    nearnesses: int = 8
    """同句, 同段 and NEAR together; further ones are read as AND."""


BOUNDS: Final = QueryBounds()


class Parsed(NamedTuple):
    tree: Node
    notices: tuple[Notice, ...]


_LIST: Final = re.compile("[,，;；、]")
MOST_NOTICES: Final = 12
"""Remarks on one query; the rest is counted in one more."""


def parse_query(text: str, bounds: QueryBounds = BOUNDS) -> Parsed:
    """The tree of a typed query, and remarks on it.  Raises nothing."""
    notices: list[Notice] = []
    text = well_formed(text)
    if len(text) > bounds.length:
        notices.append(
            Notice(
                "too_long",
                f"检索式超过 {bounds.length} 字，只用了前 {bounds.length} 字。",
                (bounds.length, len(text)),
            )
        )
        text = text[: bounds.length]
    tokens = tokenize_query(text, notices)
    tree = _Parser(_balanced(tokens, notices, bounds.depth), notices, bounds).parse()
    return Parsed(tree, _few(notices))


def _balanced(tokens: Sequence[Token], notices: list[Notice], deepest: int) -> list[Token]:
    """The tokens without closing brackets that nothing opens, and without brackets too deep."""
    kept = []
    depth = 0
    for token in tokens:
        if token.kind == "close" and not depth:
            notices.append(_not_understood(token, "多余的右括号，已忽略。"))
            continue
        if token.kind == "open":
            depth += 1
            if depth == deepest + 1 and all(notice.code != "too_deep" for notice in notices):
                message = f"括号超过 {deepest} 层，更深的括号已忽略。"
                notices.append(Notice("too_deep", message, (token.start, token.end)))
        if token.kind not in ("open", "close") or depth <= deepest:
            kept.append(token)
        if token.kind == "close":
            depth -= 1
    return kept


def _not_understood(token: Token, message: str) -> Notice:
    return Notice("not_understood", f"“{token.text}”：{message}", (token.start, token.end))


def _few(notices: Sequence[Notice]) -> tuple[Notice, ...]:
    """At most ``MOST_NOTICES``, and one that counts the others."""
    rest = notices[MOST_NOTICES:]
    if not rest:
        return tuple(notices)
    spans = [notice.span for notice in rest if notice.span is not None]
    whole = (min(start for start, _ in spans), max(end for _, end in spans)) if spans else None
    more = Notice("not_understood", f"另有 {len(rest)} 处没有看懂，已忽略。", whole)
    return (*notices[:MOST_NOTICES], more)


class _Parser:
    """Recursive descent over the tokens, of which ``_balanced`` bounds the depth."""

    def __init__(self, tokens: Sequence[Token], notices: list[Notice], bounds: QueryBounds) -> None:
        self._tokens = tokens
        self._notices = notices
        self._bounds = bounds
        self._at = 0
        self._clauses = 0
        self._nearnesses = 0

    def parse(self) -> Node:
        parts: list[Node] = []
        while self._at < len(self._tokens):
            before = self._at
            if (node := self._or()) is not None:
                parts.append(node)
            if self._at == before:  # a bracket that closed a field's group too many
                self._at += 1
        if not parts:
            return Everything()
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _note(self, token: Token, message: str) -> None:
        self._notices.append(_not_understood(token, message))

    def _or(self) -> Node | None:
        parts = []
        told = False
        while True:
            if (node := self._and()) is not None:
                parts.append(node)
            token = self._peek()
            if token is None or token.kind != "or":
                break
            self._at += 1
            after = self._peek()
            lonely = node is None or after is None or after.kind in ("close", "or")
            if lonely and not told:
                self._note(token, "两边都要有检索词，已忽略。")
            told = lonely
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self) -> Node | None:
        parts: list[Node] = []
        while (token := self._peek()) is not None and token.kind not in ("or", "close"):
            if token.kind == "and":
                self._at += 1
                after = self._peek()
                if not parts or after is None or after.kind in ("or", "and", "close"):
                    self._note(token, "两边都要有检索词，已忽略。")
                continue
            if (node := self._near()) is not None:
                parts.append(node)
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _near(self) -> Node | None:
        left = self._not()
        while (token := self._peek()) is not None and token.kind == "near":
            self._at += 1
            after = self._peek()
            right = None
            if after is not None and after.kind not in ("or", "and", "close", "near"):
                right = self._not()
            if left is None or right is None:
                self._note(token, "两边都要有检索词，已忽略。")
                left = left if left is not None else right
                continue
            if not (_has_places(left) and _has_places(right)):
                self._note(token, "两边只能是词、短语或它们的“或”组合，已按“并且”检索。")
                left = And((left, right))
            elif self._nearnesses >= self._bounds.nearnesses:
                if self._nearnesses == self._bounds.nearnesses:
                    self._nearnesses += 1
                    most = self._bounds.nearnesses
                    message = f"同句、同段、NEAR 超过 {most} 个，其余按“并且”检索。"
                    span = (token.start, token.end)
                    self._notices.append(Notice("too_many_clauses", message, span))
                left = And((left, right))
            elif token.extra.isdigit():
                self._nearnesses += 1
                left = Near("near", left, right, int(token.extra))
            else:
                self._nearnesses += 1
                left = Near("sentence" if token.extra == "sentence" else "paragraph", left, right)
        return left

    def _not(self) -> Node | None:
        negative = False
        first = None
        while (token := self._peek()) is not None and token.kind == "not":
            first = first or token
            negative = not negative
            self._at += 1
        node = self._alone()
        if node is None:
            if first is not None:
                self._note(first, "后面没有检索词，已忽略。")
            return None
        return Not(node) if negative else node

    def _alone(self) -> Node | None:
        token = self._peek()
        if token is None or token.kind in ("or", "and", "close", "near"):
            return None
        self._at += 1
        if token.kind == "open":
            return self._group(token)
        if token.kind == "field":
            return self._field(token)
        return self._leaf(token) if self._has_room((token.start, token.end)) else None

    def _has_room(self, span: Span) -> bool:
        """Whether one more leaf may be; counts it."""
        self._clauses += 1
        if self._clauses == self._bounds.clauses + 1:
            message = f"检索词超过 {self._bounds.clauses} 个，其余未用。"
            self._notices.append(Notice("too_many_clauses", message, span))
        return self._clauses <= self._bounds.clauses

    def _group(self, opening: Token) -> Node | None:
        node = self._or()
        token = self._peek()
        if token is not None and token.kind == "close":
            self._at += 1
        else:
            self._note(opening, "括号没有配对，已补上。")
        return node

    def _leaf(self, token: Token) -> Run | Phrase | Literal | Prefix | None:
        span = (token.start, token.end)
        text = token.text
        starred = token.kind == "run" and text.endswith(("*", "＊"))
        if starred:
            text = text.rstrip("*＊")
        folded = fold_query(text)
        if not folded:
            self._notices.append(
                Notice(
                    "folds_to_nothing",
                    f"“{token.text}”里没有可检索的文字（空白、引号、书名号、顿号不计），已略去。",
                    span,
                )
            )
            return None
        if starred:
            return Prefix(text, folded, span)
        if token.kind == "phrase":
            return Phrase(text, folded, span)
        if token.kind == "literal":
            return Literal(text, folded, span)
        return Run(text, folded, span)

    def _field(self, field: Token) -> Node | None:
        value = self._peek()
        if value is None or value.start != field.end or value.kind not in (
            "run", "phrase", "literal", "near", "or", "and", "not", "open",
        ):  # fmt: skip
            self._note(field, "后面没有内容，已忽略。")
            return None
        if value.kind == "open":
            return self._field_group(field)
        self._at += 1
        return self._field_value(field, value)

    def _field_group(self, field: Token) -> Node | None:
        """标题:(甲 OR 乙): each value of the group in the field."""
        opening = self._tokens[self._at]
        self._at += 1
        values: list[Node] = []
        either = False
        while (token := self._peek()) is not None and token.kind != "close":
            self._at += 1
            if token.kind == "or":
                either = True
            elif token.kind in ("run", "phrase", "literal"):
                if (node := self._field_value(field, token)) is not None:
                    values.append(node)
            else:
                self._note(token, "字段的括号里只能有检索词和“OR”，已忽略。")
        if token is None:
            self._note(opening, "括号没有配对，已补上。")
        else:
            self._at += 1
        if not values:
            return None
        if len(values) == 1:
            return values[0]
        return Or(tuple(values)) if either else And(tuple(values))

    def _field_value(self, field: Token, value: Token) -> Node | None:
        span = (field.start, value.end)
        if not self._has_room(span):
            return None
        if field.extra in LIKE:
            return self._like(value, span)
        if field.extra in TEXT_FIELDS:
            leaf = self._leaf(value._replace(kind="phrase" if value.kind != "run" else "run"))
            if leaf is None or isinstance(leaf, Literal):
                return None
            return InField(TEXT_FIELDS[field.extra], leaf, span)
        name = LABEL_FIELDS[field.extra]
        if value.kind == "run" and len(values := _LIST.split(value.text)) > 1:
            several = f"{field.text}({' OR '.join(filter(None, values))})"
            message = f"“{value.text}”按一个值检索；几个值请写成 {several}。"
            self._notices.append(Notice("hint", message, span))
        if name == "year":
            return self._years(field, value, span)
        if name == "section":
            code = section_code(value.text)
            if code is None:
                known = "、".join(SECTION_LABELS.values())
                self._note(value, f"不是已知的章节（{known}），已按普通词检索。")
                return self._leaf(value)
            return Label("section", code, span=span)
        if not fold_query(value.text):
            self._note(value, "没有可检索的文字，已忽略。")
            return None
        return Label(name, value.text, span=span)

    def _like(self, value: Token, span: Span) -> Node | None:
        folded = fold_query(value.text)
        if not any(character.isalnum() for character in folded):
            self._note(value, "没有可检索的词语，已略去。")
            return None
        return Like(value.text, folded, span)

    def _years(self, field: Token, value: Token, span: Span) -> Node | None:
        if value.text == UNLABELLED:
            return Label("year", UNLABELLED, span=span)
        years = parse_years(value.text)
        if years is None:
            self._note(value, "不是年份（如 2021 或 2019..2022），已按普通词检索。")
            return self._leaf(value)
        low, high = years
        if low is not None and high is not None and low > high:
            low, high = high, low
        return Label("year", value.text, low, high, span)


def _has_places(node: Node) -> bool:
    """Whether the node is a word, a phrase, or an OR-group (or another nearness) of them."""
    if isinstance(node, Or):
        return all(_has_places(child) for child in node.children)
    return isinstance(node, Run | Phrase | Literal | Prefix | Near)
