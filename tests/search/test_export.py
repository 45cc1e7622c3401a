from __future__ import annotations

import csv
import datetime
import io
import json
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from itertools import repeat

import pytest

from search.export import EXPORT_FORMATS, ExportHead, describe_filters, export, harmless
from search.request import FieldFilter, SearchRequest
from search.results import Hit, Snippet, Total

REQUEST = SearchRequest(
    query='"首违不罚"',
    filters={
        "year": FieldFilter(ranges=((2019, 2022),)),
        "section": FieldFilter(include=("plans",)),
        "agency": FieldFilter(exclude=("甲局",)),
    },
)
HEAD = ExportHead(
    REQUEST,
    Total(2, 3, 5),
    "000007",
    "2026-11-24T08:00:00",
    "https://example.org",
    datetime.date(2026, 11, 24),
)


def hit(number: int, agency: str | None = "=乙局", year: int | None = 2021) -> Hit:
    return Hit(
        report_id=f"r{number}",
        passage="s4.1",
        hash="abcd",
        title=f"报告{number}",
        agency=agency,
        year=year,
        section="plans",
        heading=("四、安排", "（一）执法"),
        score=1.0,
        occurrences=2,
        taken="2026-11-20T08:00:00+00:00",
        snippets=(Snippet("推行首违不罚，\n用好*清单*", ((2, 6),)),),
    )


def test_csv_opens_in_a_spreadsheet_and_holds_every_hit() -> None:
    text = "".join(export(HEAD, [hit(1), hit(2, None, None)], "csv"))
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text[1:])))
    assert rows[0][:5] == ["报告编号", "段落", "标题", "机关", "年度"]
    assert rows[1][3] == "'=乙局"
    assert rows[2][3:5] == ["未识别", "未识别"]
    assert rows[1][-1] == "https://example.org/reports/r1/s4.1?h=abcd"
    cited = "报告2[R/OL]. [2026-11-24]. https://example.org/reports/r2."
    assert dict(zip(rows[0], rows[2], strict=True))["引文"] == cited
    about = {row[0]: row[1] for row in rows[4:]}
    assert about["检索式"] == '"首违不罚"'
    assert about["筛选"] == "机关：排除 甲局；年度：2019—2022；章节：下一年度安排"
    assert about["结果"] == "2 份报告，3 个段落，5 处"
    assert about["索引"] == "000007（2026-11-24T08:00:00）"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", " =1", "　=1", "＝1"])
def test_cells_that_look_like_formulas_are_made_harmless(cell: str) -> None:
    assert harmless(cell) == "'" + cell


def test_ordinary_cells_stay() -> None:
    assert [harmless(cell) for cell in ("甲", "2019-2022", 7, "")] == ["甲", "2019-2022", 7, ""]


def test_json_lines_say_what_they_are_first() -> None:
    lines = [json.loads(line) for line in "".join(export(HEAD, [hit(1)], "jsonl")).splitlines()]
    assert lines[0]["about"]["total"] == {"reports": 2, "passages": 3, "occurrences": 5}
    assert lines[0]["about"]["filters"]["year"]["ranges"] == [[2019, 2022]]
    assert lines[1]["snippets"][0]["spans"] == [[2, 6]]


def test_every_row_carries_its_citation() -> None:
    dated = replace(hit(1), published="2022-01-10")
    record = json.loads("".join(export(HEAD, [dated], "jsonl")).splitlines()[1])
    assert record["published"] == "2022-01-10"
    assert record["citation"] == (
        "=乙局. 报告1[R/OL]. (2022-01-10)[2026-11-24]. https://example.org/reports/r1."
    )
    row = list(csv.reader(io.StringIO("".join(export(HEAD, [dated], "csv")))))[1]
    assert row[9:11] == ["2022-01-10", "'" + record["citation"]]


def test_markdown_marks_matches_and_escapes_the_rest() -> None:
    text = "".join(export(HEAD, [hit(1), hit(1)], "md"))
    assert "> 推行**首违不罚**， 用好\\*清单\\*" in text
    assert text.count("## 报告1\n") == 1
    assert r"\[R/OL\]" in text


@pytest.mark.parametrize("kind", EXPORT_FORMATS)
def test_nothing_is_read_ahead(kind: str) -> None:
    taken = 0

    def hits() -> Iterator[Hit]:
        nonlocal taken
        for number in range(1000):
            taken += 1
            yield hit(number)

    pieces = export(HEAD, hits(), kind)  # type: ignore[arg-type]
    for _ in range(20):
        next(pieces)
    assert taken <= 20


@pytest.mark.parametrize(("kind", "rows"), [("csv", 100_000), ("jsonl", 20_000), ("md", 20_000)])
def test_a_hundred_thousand_rows_never_stand_in_memory(kind: str, rows: int) -> None:
    one = hit(1)
    size = 0
    tracemalloc.start()
    try:
        for piece in export(HEAD, repeat(one, rows), kind):  # type: ignore[arg-type]
            size += len(piece)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert size > 60 * rows
    assert peak < 500_000


@pytest.mark.parametrize("kind", EXPORT_FORMATS)
def test_every_export_says_what_was_asked_of_what_and_when(kind: str) -> None:
    asked = REQUEST.with_(query='="甲"', within="-乙", scope="report")
    head = replace(HEAD, request=asked, most=2)
    text = "".join(export(head, [hit(1), hit(2), hit(3)], kind))  # type: ignore[arg-type]
    assert "r2" in text
    assert "r3" not in text
    if kind == "jsonl":
        about = json.loads(text.splitlines()[0])["about"]
        assert about["query"] == '="甲"'
        assert (about["within"], about["scope"]) == ("-乙", "report")
        assert (about["rows"], about["total"]["passages"]) == (2, 3)
        assert about["generation"] == "000007"
        assert about["exported"] == "2026-11-24"
        return
    for word in ("结果中再搜：-乙", "范围：整份报告", "年度：2019—2022", "2 份报告，3 个段落，5 处",
                 "2，已达上限，不是全部", "000007（2026-11-24T08:00:00）"):  # fmt: skip
        assert word in text
    if kind == "csv":
        about_rows = list(csv.reader(io.StringIO(text)))
        assert ["检索式", '\'="甲"'] in about_rows
        assert all(not cell.startswith(("=", "+", "-", "@")) for row in about_rows for cell in row)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1. 甲", r"> 1\. 甲"),
        ("- 甲", r"> \- 甲"),
        ("<b>&amp;~~甲~~", r"> \<b\>\&amp;\~\~甲\~\~"),
        ("[甲](x)", r"> \[甲\](x)"),
    ],
)
def test_markdown_reads_nothing_into_a_text(text: str, shown: str) -> None:
    one = replace(hit(1), snippets=(Snippet(text, ()),))
    assert shown + "\n" in "".join(export(HEAD, [one], "md"))


def test_no_filters_are_described_as_nothing() -> None:
    assert describe_filters(SearchRequest()) == ""
