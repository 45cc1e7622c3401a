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
from search.labels import SECTION_LABELS
from search.query import (
    And,
    Everything,
    InField,
    Label,
    Literal,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Prefix,
    Run,
    TextField,
    Together,
)
from search.request import UNLABELLED, Field
from search.results import Notice, Span


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
    expansions: int = 256
    """Words that one prefix may stand for (applied by the engine)."""


BOUNDS: Final = QueryBounds()


class Parsed(NamedTuple):
    tree: Node
    notices: tuple[Notice, ...]


class _Token(NamedTuple):
    kind: str
    """``run phrase literal open close or and not near field``."""
    text: str
    start: int
    end: int
    extra: str = ""
    """A field's name, or how near."""


_TEXT_FIELDS: Final[dict[str, TextField]] = {
    "标题": "title",
    "title": "title",
    "小标题": "heading",
    "heading": "heading",
}
_LABEL_FIELDS: Final[dict[str, Field]] = {
    "机关": "agency",
    "agency": "agency",
    "年份": "year",
    "年度": "year",
    "year": "year",
    "章节": "section",
    "section": "section",
    "类别": "kind",
    "kind": "kind",
    "地区": "region",
    "region": "region",
}
_FIELD: Final = re.compile(
    "(" + "|".join([*_TEXT_FIELDS, *_LABEL_FIELDS]) + ")[:：]", re.IGNORECASE
)
_NEAR: Final = re.compile("(?:NEAR|ＮＥＡＲ|邻近)(?:[/／](\\d{1,4}))?$")
_DEFAULT_DISTANCE: Final = 10
_ORS: Final = frozenset(("OR", "ＯＲ", "或者"))
_ANDS: Final = frozenset(("AND", "ＡＮＤ", "并且"))
_NOTS: Final = frozenset(("NOT", "ＮＯＴ"))
_TOGETHER: Final[dict[str, Together]] = {"同句": "sentence", "同段": "paragraph"}
_QUOTES: Final = {'"': '"', "“": "”", "＂": "＂", "「": "」", "『": "』"}
_BREAKS: Final = frozenset("()（）|｜" + "".join(_QUOTES))
_YEARS: Final = re.compile("^(\\d{4})?(?:(\\.\\.|…|—|–|~|～|-)(\\d{4})?)?$")


def parse_query(text: str, bounds: QueryBounds = BOUNDS) -> Parsed:
    """The tree of a typed query, and remarks on it.  Raises nothing."""
    notices: list[Notice] = []
    # lone surrogates stand for no character, and nothing could be said of them
    text = text.encode("utf-8", "replace").decode("utf-8")
    if len(text) > bounds.length:
        notices.append(
            Notice(
                "too_long",
                f"检索式超过 {bounds.length} 字，只用了前 {bounds.length} 字。",
                (bounds.length, len(text)),
            )
        )
        text = text[: bounds.length]
    tokens = _tokens(text, notices)
    tree = _Parser(tokens, notices, bounds).parse()
    return Parsed(tree, tuple(notices))


def _tokens(text: str, notices: list[Notice]) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    size = len(text)
    while at < size:
        c = text[at]
        if c.isspace():
            at += 1
        elif c in "(（":
            found.append(_Token("open", c, at, at + 1))
            at += 1
        elif c in ")）":
            found.append(_Token("close", c, at, at + 1))
            at += 1
        elif c in "|｜":
            found.append(_Token("or", c, at, at + 1))
            at += 1
        elif c in "=＝" and at + 1 < size and text[at + 1] in _QUOTES:
            end = _quoted(text, at + 1, notices)
            found.append(_Token("literal", _inside(text, at + 1, end), at, end))
            at = end
        elif c in _QUOTES:
            end = _quoted(text, at, notices)
            found.append(_Token("phrase", _inside(text, at, end), at, end))
            at = end
        elif (
            c in "-－" and _starts_clause(text, at) and at + 1 < size and not text[at + 1].isspace()
        ):
            found.append(_Token("not", c, at, at + 1))
            at += 1
        elif field := _FIELD.match(text, at):
            found.append(_Token("field", field[0], at, field.end(), field[1].lower()))
            at = field.end()
        else:
            end = at + 1
            while end < size and not text[end].isspace() and text[end] not in _BREAKS:
                end += 1
            found.append(_run(text[at:end], at, end))
            at = end
    return found


def _run(word: str, start: int, end: int) -> _Token:
    if word in _ORS:
        return _Token("or", word, start, end)
    if word in _ANDS:
        return _Token("and", word, start, end)
    if word in _NOTS:
        return _Token("not", word, start, end)
    if word in _TOGETHER:
        return _Token("near", word, start, end, _TOGETHER[word])
    if match := _NEAR.match(word):
        return _Token("near", word, start, end, match[1] or str(_DEFAULT_DISTANCE))
    return _Token("run", word, start, end)


def _starts_clause(text: str, at: int) -> bool:
    return at == 0 or text[at - 1].isspace() or text[at - 1] in "(（|｜-－"


def _quoted(text: str, at: int, notices: list[Notice]) -> int:
    """Where the quotation that opens at ``at`` ends; “ may hold “ within."""
    opening, closing = text[at], _QUOTES[text[at]]
    depth = 0
    for i in range(at, len(text)):
        if text[i] == opening and (opening != closing or i == at):
            depth += 1
        elif text[i] == closing:
            depth -= 1
            if depth == 0:
                return i + 1
    if opening != closing and (first := text.find(closing, at + 1)) >= 0:
        return first + 1
    notices.append(
        Notice(
            "not_understood",
            f"引号 {opening} 没有配对，其后的文字按一个短语检索。",
            (at, len(text)),
        )
    )
    return len(text)


def _inside(text: str, at: int, end: int) -> str:
    closed = end - at >= 2 and text[end - 1] == _QUOTES[text[at]]
    return text[at + 1 : end - 1 if closed else end]


class _Parser:
    """Recursive descent over the tokens; its depth is bounded."""

    def __init__(
        self, tokens: Sequence[_Token], notices: list[Notice], bounds: QueryBounds
    ) -> None:
        self._tokens = tokens
        self._notices = notices
        self._bounds = bounds
        self._at = 0
        self._clauses = 0
        self._nearnesses = 0
        self._depth = 0

    def parse(self) -> Node:
        parts: list[Node] = []
        while self._at < len(self._tokens):
            before = self._at
            if (node := self._or()) is not None:
                parts.append(node)
            token = self._peek()
            if token is not None and token.kind == "close":
                self._note(token, "多余的右括号，已忽略。")
                self._at += 1
            elif self._at == before:
                self._at += 1
        if not parts:
            return Everything()
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _peek(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _note(self, token: _Token, message: str) -> None:
        self._notices.append(
            Notice("not_understood", f"“{token.text}”：{message}", (token.start, token.end))
        )

    def _or(self) -> Node | None:
        parts = []
        while True:
            if (node := self._and()) is not None:
                parts.append(node)
            token = self._peek()
            if token is None or token.kind != "or":
                break
            self._at += 1
            after = self._peek()
            if node is None or after is None or after.kind in ("close", "or"):
                self._note(token, "两边都要有检索词，已忽略。")
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self) -> Node | None:
        parts = []
        while (token := self._peek()) is not None and token.kind not in ("or", "close"):
            if token.kind == "and":
                self._at += 1
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
        if self._clauses >= self._bounds.clauses:
            if self._clauses == self._bounds.clauses:
                self._clauses += 1
                self._notices.append(
                    Notice(
                        "too_many_clauses",
                        f"检索词超过 {self._bounds.clauses} 个，其余未用。",
                        (token.start, token.end),
                    )
                )
            return None
        self._clauses += 1
        return self._leaf(token)

    def _group(self, opening: _Token) -> Node | None:
        if self._depth >= self._bounds.depth:
            if not any(notice.code == "too_deep" for notice in self._notices):
                self._notices.append(
                    Notice(
                        "too_deep",
                        f"括号超过 {self._bounds.depth} 层，更深的括号已忽略。",
                        (opening.start, opening.end),
                    )
                )
            return None
        self._depth += 1
        node = self._or()
        self._depth -= 1
        token = self._peek()
        if token is not None and token.kind == "close":
            self._at += 1
        else:
            self._note(opening, "括号没有配对，已补上。")
        return node

    def _leaf(self, token: _Token) -> Run | Phrase | Literal | Prefix | None:
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
                    f"“{token.text}”只有标点或空白，检索时不计，已略去。",
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

    def _field(self, field: _Token) -> Node | None:
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

    def _field_group(self, field: _Token) -> Node | None:
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

    def _field_value(self, field: _Token, value: _Token) -> Node | None:
        span = (field.start, value.end)
        if field.extra in _TEXT_FIELDS:
            leaf = self._leaf(value._replace(kind="phrase" if value.kind != "run" else "run"))
            if leaf is None or isinstance(leaf, Literal):
                return None
            return InField(_TEXT_FIELDS[field.extra], leaf, span)
        name = _LABEL_FIELDS[field.extra]
        if name == "year":
            return self._years(field, value, span)
        if name == "section":
            code = _section(value.text)
            if code is None:
                self._note(value, "不是已知的章节，已按普通词检索。")
                return self._leaf(value)
            return Label("section", code, span=span)
        if not fold_query(value.text):
            self._note(value, "没有可检索的文字，已忽略。")
            return None
        return Label(name, value.text, span=span)

    def _years(self, field: _Token, value: _Token, span: Span) -> Node | None:
        text = value.text.translate(str.maketrans("０１２３４５６７８９．", "0123456789."))
        text = text.removesuffix("年")
        if text == UNLABELLED:
            return Label("year", UNLABELLED, span=span)
        match = _YEARS.match(text)
        if not match or not (match[1] or match[3]):
            self._note(value, "不是年份（如 2021 或 2019..2022），已按普通词检索。")
            return self._leaf(value)
        low = int(match[1]) if match[1] else None
        high = (int(match[3]) if match[3] else None) if match[2] else low
        if low is not None and high is not None and low > high:
            low, high = high, low
        return Label("year", text, low, high, span)


def _section(text: str) -> str | None:
    folded = fold_query(text)
    for code, label in SECTION_LABELS.items():
        if folded == code or (folded and folded in fold_query(label)):
            return code
    return None


def _has_places(node: Node) -> bool:
    """Whether the node is a word, a phrase, or an OR-group (or another nearness) of them."""
    if isinstance(node, Or):
        return all(_has_places(child) for child in node.children)
    return isinstance(node, Run | Phrase | Literal | Prefix | Near)
