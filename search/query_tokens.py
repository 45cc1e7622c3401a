"""Typed text → tokens: words, quotations, brackets, operators and the names of fields.

What they mean together is ``search.query_parser``'s.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from search.query import TextField, Together
from search.request import Field
from search.results import Notice


class Token(NamedTuple):
    kind: str
    """``run phrase literal open close or and not near field``."""
    text: str
    start: int
    end: int
    extra: str = ""
    """A field's name, or how near."""


TEXT_FIELDS: Final[dict[str, TextField]] = {
    "标题": "title",
    "title": "title",
    "小标题": "heading",
    "heading": "heading",
}
LABEL_FIELDS: Final[dict[str, Field]] = {
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
LIKE: Final = frozenset(("相近", "like"))
_FIELD: Final = re.compile(
    "(" + "|".join([*TEXT_FIELDS, *LABEL_FIELDS, *sorted(LIKE)]) + ")[:：]", re.IGNORECASE
)
_NEAR: Final = re.compile("(?:NEAR|ＮＥＡＲ|邻近)(?:[/／](\\d*))?$")
_DEFAULT_DISTANCE: Final = 10
_FARTHEST: Final = 9_999
"""More than any passage has characters."""
_ORS: Final = frozenset(("OR", "ＯＲ", "或者"))
_ANDS: Final = frozenset(("AND", "ＡＮＤ", "并且"))
_NOTS: Final = frozenset(("NOT", "ＮＯＴ"))
_TOGETHER: Final[dict[str, Together]] = {"同句": "sentence", "同段": "paragraph"}
_MEANT: Final = {
    "or": "OR", "and": "AND", "not": "NOT", "或": "OR（或者）", "且": "AND（并且）",
    "&": "AND（并且）", "&&": "AND（并且）", "＆": "AND（并且）", "＆＆": "AND（并且）",
}  # fmt: skip
"""Words that stand alone and are often meant as operators; they are searched, and told."""
_MEANT_NEAR: Final = re.compile("(?:near|ｎｅａｒ)[/／]?(\\d*)$", re.IGNORECASE)
_QUOTES: Final = {'"': '"', "“": "”", "＂": "＂", "「": "」", "『": "』"}
_OPENINGS: Final = frozenset("(（" + "".join(_QUOTES))
_BREAKS: Final = frozenset("()（）|｜" + "".join(_QUOTES))
_BEFORE_CLAUSES: Final = frozenset("()（）|｜-－" + "".join(_QUOTES.values()))


def tokenize_query(text: str, notices: list[Notice]) -> list[Token]:
    """The tokens, in order; remarks are added to ``notices``."""
    found: list[Token] = []
    at = 0
    size = len(text)
    while at < size:
        c = text[at]
        if c.isspace():
            at += 1
        elif c in "(（":
            found.append(Token("open", c, at, at + 1))
            at += 1
        elif c in ")）":
            found.append(Token("close", c, at, at + 1))
            at += 1
        elif c in "|｜":
            end = at + 2 if text[at + 1 : at + 2] in ("|", "｜") else at + 1
            found.append(Token("or", text[at:end], at, end))
            at = end
        elif c in "=＝" and at + 1 < size and text[at + 1] in _QUOTES:
            end = _quoted(text, at + 1, notices)
            found.append(Token("literal", _inside(text, at + 1, end), at, end))
            at = end
        elif c in _QUOTES and not text[at + 1 :].strip():
            notices.append(Notice("not_understood", f"引号 {c} 没有配对，已忽略。", (at, at + 1)))
            at = size
        elif c in _QUOTES:
            end = _quoted(text, at, notices)
            found.append(Token("phrase", _inside(text, at, end), at, end))
            at = end
        elif (
            c in "-－" and _starts_clause(text, at) and at + 1 < size and not text[at + 1].isspace()
        ):
            found.append(Token("not", c, at, at + 1))
            at += 1
        elif field := _FIELD.match(text, at):
            found.append(Token("field", field[0], at, field.end(), field[1].lower()))
            at = field.end()
        else:
            end = at + 1
            while end < size and not text[end].isspace() and text[end] not in _BREAKS:
                end += 1
            found.append(_run(text[at:end], at, end, notices, found))
            if text[end - 1] in "-－=＝" and text[end : end + 1] in _OPENINGS:
                message = f"“{text[end - 1]}”按普通文字检索；作运算符时前面要有空白。"
                notices.append(Notice("hint", message, (end - 1, end)))
            at = end
    return found


def _run(word: str, start: int, end: int, notices: list[Notice], before: list[Token]) -> Token:
    if word in _ORS:
        return Token("or", word, start, end)
    if word in _ANDS:
        return Token("and", word, start, end)
    if word in _NOTS:
        return Token("not", word, start, end)
    if word in _TOGETHER:
        return Token("near", word, start, end, _TOGETHER[word])
    if match := _NEAR.match(word):
        distance = min(int(match[1][:5]), _FARTHEST) if match[1] else _DEFAULT_DISTANCE
        return Token("near", word, start, end, str(distance))
    if hint := _hint(word, bool(before)):
        notices.append(Notice("hint", f"“{word}”按普通词检索；{hint}", (start, end)))
    return Token("run", word, start, end)


def _hint(word: str, follows: bool) -> str:
    """What to write instead, where a word was perhaps meant as an operator or has one within;
    ``follows``: whether something stands before it."""
    if meant := _MEANT.get(word.lower()):
        return f"作运算词时请写成 {meant}。"
    if near := _MEANT_NEAR.match(word):
        return f"作运算词时请写成 NEAR/{near[1] or _DEFAULT_DISTANCE}。"
    if word in ("-", "－"):
        return "要排除一个词，“-”与它之间不能有空白。"
    if "*" in word.rstrip("*＊").replace("＊", "*"):
        return "“*”只能写在词尾。"
    for how in _TOGETHER:
        # 同句话 is a word; 执法同句监督 is a slip
        if how in word[1:] or (follows and word.startswith(how)):
            return f"作运算词时，“{how}”前后都要有空白。"
    return ""


def _starts_clause(text: str, at: int) -> bool:
    return at == 0 or text[at - 1].isspace() or text[at - 1] in _BEFORE_CLAUSES


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
