"""``docs/query-language.md`` is true: each example is read as it says, and the bounds are these."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.hostile_queries import hostile_queries
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
    describe,
    iter_leaves,
)
from search.query_parser import BOUNDS, MOST_NOTICES, QueryBounds, parse_query
from search.query_writer import write_query

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "query-language.md"
EXAMPLES = re.findall(r"^\| `([^`]+)` \| ", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)

MEANINGS: dict[str, str] = {
    "法治政府": "法治政府",
    "法治政府 营商环境": "(法治政府 & 营商环境)",
    "法治政府 AND 营商环境": "(法治政府 & 营商环境)",
    "法治政府 并且 营商环境": "(法治政府 & 营商环境)",
    '"首违不罚"': '"首违不罚"',
    "“首违不罚”": '"首违不罚"',
    '="“三项制度”"': '="“三项制度”"',
    "首违不罚 OR 轻微免罚": "(首违不罚 | 轻微免罚)",
    "首违不罚｜轻微免罚": "(首违不罚 | 轻微免罚)",
    "首违不罚 或者 轻微免罚": "(首违不罚 | 轻微免罚)",
    "营商环境 -罚款": "(营商环境 & -罚款)",
    "营商环境 NOT 罚款": "(营商环境 & -罚款)",
    "（首违不罚 OR 轻微免罚） 清单": "((首违不罚 | 轻微免罚) & 清单)",
    "执法 同句 监督": "[执法 sentence 监督]",
    "执法 同段 监督": "[执法 paragraph 监督]",
    "执法 NEAR/20 监督": "[执法 near20 监督]",
    "执法 邻近/20 监督": "[执法 near20 监督]",
    "监督*": "监督*",
    "相近:谁来监督行政执法？": "~谁来监督行政执法？",
    "标题:法治政府": "title:法治政府",
    "小标题:存在的不足": "heading:存在的不足",
    "机关:司法局": "agency=司法局",
    "年份:2019..2023": "year=2019..2023",
    "章节:存在的不足和原因": "section=shortcomings",
    "类别:司法": "kind=司法",
    "地区:重庆市": "region=重庆市",
}
FURTHER: dict[str, str] = {
    # binding: NOT, then nearness, then AND, then OR
    "甲 乙 OR 丙": "((甲 & 乙) | 丙)",
    "甲 OR 乙 丙": "(甲 | (乙 & 丙))",
    "甲 乙 同句 丙": "(甲 & [乙 sentence 丙])",
    "甲 同句 乙 OR 丙": "([甲 sentence 乙] | 丙)",
    "-甲 乙": "(-甲 & 乙)",
    "-甲 OR 乙": "(-甲 | 乙)",
    "-(甲 OR 乙) 丙": "(-(甲 | 乙) & 丙)",
    "甲 同句 乙 同段 丙": "[[甲 sentence 乙] paragraph 丙]",
    "甲 同句 (乙 OR 丙)": "[甲 sentence (乙 | 丙)]",
    "--甲": "甲",
    "-(-甲)": "--甲",
    # full-width forms
    "－甲": "-甲",
    "甲 ＯＲ 乙": "(甲 | 乙)",
    "甲　乙": "(甲 & 乙)",
    "（甲）": "甲",
    "监督＊": "监督*",
    "＝“甲”": '="甲"',
    "＂甲＂": '"甲"',
    "「甲」": '"甲"',
    "『甲』": '"甲"',
    "标题：甲": "title:甲",
    "年份：２０１９．．２０２１": "year=2019..2021",
    # fields in English, years in all their forms
    "title:甲": "title:甲",
    "HEADING:甲": "heading:甲",
    '标题:"甲乙"': 'title:"甲乙"',
    "agency:甲": "agency=甲",
    "year:2021": "year=2021..2021",
    "年份:2021年": "year=2021..2021",
    "年份:2019..": "year=2019..None",
    "年份:..2019": "year=None..2019",
    "年份:2019-2021": "year=2019..2021",
    "年份:2021..2019": "year=2019..2021",
    "年份:2019年-2021年": "year=2019..2021",
    "年份:2019至2021": "year=2019..2021",
    "年份：2019。。2021": "year=2019..2021",
    "年份:2019……": "year=2019..None",
    "年份:——2021": "year=None..2021",
    "章节:第一责任人": "section=leadership",
    # nearness without a number, and with one that is more than any passage has
    "甲 NEAR 乙": "[甲 near10 乙]",
    "甲 NEAR/ 乙": "[甲 near10 乙]",
    "甲 邻近／５ 乙": "[甲 near5 乙]",
    "甲 NEAR/123456 乙": "[甲 near9999 乙]",
    "甲 并且 乙 或者 丙": "((甲 & 乙) | 丙)",
    "甲 AND NOT 乙": "(甲 & -乙)",
    "section:plans": "section=plans",
    'like:"甲乙 丙"': "~甲乙 丙",
    "-相近:甲": "-~甲",
    "标题:(甲 OR 乙)": "(title:甲 | title:乙)",
    "标题:(甲 乙)": "(title:甲 & title:乙)",
    # signs inside a run are text
    "2020-2021": "2020-2021",
    "a-b": "a-b",
    "甲-乙": "甲-乙",
    "同句话": "同句话",
    "NEARBY": "NEARBY",
    "“甲“乙”丙”": '"甲“乙”丙"',
    "甲\n乙": "(甲 & 乙)",
}
MENDED: dict[str, str] = {
    "(甲": "甲",
    "甲)": "甲",
    "((甲 乙)": "(甲 & 乙)",
    "甲 OR": "甲",
    "OR 甲": "甲",
    "甲 OR OR 乙": "(甲 | 乙)",
    "甲 同句": "甲",
    "同句 甲": "甲",
    "甲 NOT": "甲",
    '"甲': '"甲"',
    "“甲": '"甲"',
    "年份:去年": "去年",
    "章节:没有的": "没有的",
    "标题: 甲": "甲",
    "甲 同句 -乙": "(甲 & -乙)",
    "甲 同句 (乙 丙)": "(甲 & (乙 & 丙))",
    "甲) OR 乙": "(甲 | 乙)",
    "甲 OR ) 乙": "(甲 | 乙)",
    "甲 AND": "甲",
    "甲 OR AND 乙": "(甲 | 乙)",
    "甲 or 乙": "(甲 & or & 乙)",
    "甲 同句 标题:乙": "(甲 & title:乙)",
    "《》 甲": "甲",
}


def shown(node: Node) -> str:
    """The tree on one line."""
    if isinstance(node, Run):
        return node.text
    if isinstance(node, Phrase):
        return f'"{node.text}"'
    if isinstance(node, Literal):
        return f'="{node.text}"'
    if isinstance(node, Prefix):
        return f"{node.text}*"
    if isinstance(node, Like):
        return f"~{node.text}"
    if isinstance(node, InField):
        return f"{node.field}:{shown(node.leaf)}"
    if isinstance(node, Label):
        value = f"{node.low}..{node.high}" if node.field == "year" else node.text
        return f"{node.field}={value}"
    if isinstance(node, Not):
        return f"-{shown(node.child)}"
    if isinstance(node, Near):
        how = f"near{node.distance}" if node.how == "near" else node.how
        return f"[{shown(node.left)} {how} {shown(node.right)}]"
    if isinstance(node, And | Or):
        return (
            "(" + (" & " if isinstance(node, And) else " | ").join(map(shown, node.children)) + ")"
        )
    return "everything"


def test_every_example_is_tested_and_every_test_is_an_example() -> None:
    assert list(MEANINGS) == EXAMPLES


@pytest.mark.parametrize(("typed", "meant"), (MEANINGS | FURTHER).items())
def test_is_read_as_meant(typed: str, meant: str) -> None:
    parsed = parse_query(typed)
    assert shown(parsed.tree) == meant
    assert parsed.notices == ()


@pytest.mark.parametrize(("typed", "meant"), MENDED.items())
def test_a_slip_is_mended_and_told(typed: str, meant: str) -> None:
    parsed = parse_query(typed)
    assert shown(parsed.tree) == meant
    assert parsed.notices
    assert all(notice.span is not None for notice in parsed.notices)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("年份:2021", "年度为2021"),
        ("年份:2019..2021", "年度在2019—2021之间"),
        ("年份:2019..", "年度为2019及以后"),
        ("年份:..2021", "年度为2021及以前"),
        ("年份:未识别", "年度未识别"),
        ("-机关:未识别", "不要（机关未识别）"),
        ("章节:plans", "章节为“下一年度安排”"),
        ("机关:司法局", "机关含“司法局”"),
        ("地区:重庆", "地区含“重庆”"),
    ],
)
def test_how_a_field_was_understood(typed: str, said: str) -> None:
    assert describe(parse_query(typed).tree) == said


@pytest.mark.parametrize("typed", [*MEANINGS, *FURTHER, *MENDED])
def test_what_is_written_back_is_read_the_same(typed: str) -> None:
    meant = shown(parse_query(typed).tree)
    written = write_query(parse_query(typed).tree)
    again = parse_query(written)
    assert shown(again.tree).replace("“", "").replace("”", "") == meant.replace("“", "").replace(
        "”", ""
    )
    assert all(notice.code == "hint" for notice in again.notices)


def shape(node: Node) -> object:
    """The tree without spans, and without what sets a run of no words apart from a phrase."""
    if isinstance(node, And | Or):
        return type(node).__name__, *map(shape, node.children)
    if isinstance(node, Not):
        return "Not", shape(node.child)
    if isinstance(node, Near):
        return node.how, node.distance, shape(node.left), shape(node.right)
    if isinstance(node, InField):
        return node.field, shape(node.leaf)
    if isinstance(node, Label):
        years = node.field == "year" and (node.low, node.high) != (None, None)
        return node.field, node.low, node.high, "" if years else node.text
    if isinstance(node, Run | Phrase):
        return node.folded
    return type(node).__name__, getattr(node, "folded", "")


def test_whatever_is_typed_can_be_written_back() -> None:
    free = QueryBounds(length=10**5, clauses=10**4, depth=200, nearnesses=10**4)
    for typed in hostile_queries(2_000, seed=5):
        tree = parse_query(typed).tree
        assert shape(parse_query(write_query(tree), free).tree) == shape(tree), typed


def test_a_flood_of_slips_is_counted() -> None:
    notices = parse_query("甲" + ")" * 900).notices
    assert len(notices) == MOST_NOTICES + 1
    assert notices[-1].message == f"另有 {900 - MOST_NOTICES} 处没有看懂，已忽略。"
    assert notices[-1].span == (1 + MOST_NOTICES, 901)


@pytest.mark.parametrize("typed", ["", " ", "　", "()", "“”", "《》", "、"])
def test_nothing_asked_is_everything(typed: str) -> None:
    assert shown(parse_query(typed).tree) == "everything"


def test_half_a_character_is_none_and_moves_nothing() -> None:
    parsed = parse_query("甲\ud800 乙\udfff\ud800*")
    leaves = list(iter_leaves(parsed.tree))
    assert [leaf.folded for leaf in leaves] == ["甲\ufffd", "乙\ufffd\ufffd"]  # type: ignore[union-attr]
    assert [leaf.span for leaf in leaves] == [(0, 2), (3, 7)]  # type: ignore[union-attr]
    assert parsed.notices == ()


def test_leaves_say_where_they_stand_in_the_query() -> None:
    typed = '甲乙 "丙丁" OR 戊*'
    spans = [leaf.span for leaf in iter_leaves(parse_query(typed).tree)]  # type: ignore[union-attr]
    assert [typed[s:e] for s, e in spans] == ["甲乙", '"丙丁"', "戊*"]


def test_the_bounds_are_those_of_the_document() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for line in (
        f"| 长度 | {BOUNDS.length} 字 |",
        f"| 检索词 | {BOUNDS.clauses} 个 |",
        f"| 同句、同段、NEAR | {BOUNDS.nearnesses} 个 |",
        f"| 括号层数 | {BOUNDS.depth} 层 |",
    ):
        assert line in text
