"""A report's text → blocks."""

from __future__ import annotations

from typing import Any

from search.results import OutlineEntry, PassagePlace, ReportDocument, ReportSummary
from web.reading import read_blocks


def document(text: str, outline: list[OutlineEntry], passages: list[PassagePlace]) -> Any:
    summary = ReportSummary("id", "fazhi", "标题", None, (), None, (), None, None, len(text), "")
    return ReportDocument(summary, text, tuple(outline), tuple(passages), (), {}, None)


def joined(blocks: Any) -> str:
    return "".join(run.text for b in blocks for run in (*b.heading, *b.body))


def test_blocks_hold_the_whole_text_in_order(engine: Any) -> None:
    for one in engine.documents:
        reading = read_blocks(one)
        assert joined(reading.blocks) == one.text.replace("\n", "")
        ids = [i for b in reading.blocks for i in (b.id, *b.anchors)]
        assert len(ids) == len(set(ids))
        assert {entry.anchor for entry in reading.outline} <= set(ids)
        assert {place.passage for place in one.passages} <= set(ids)


def test_a_report_on_one_line_is_cut_at_its_sections() -> None:
    text = "开头。一、成效 做了甲。二、不足 差了乙。"
    first, second = text.index("一、"), text.index("二、")
    reading = read_blocks(
        document(
            text,
            [
                OutlineEntry("一", "成效", 1, "achievements", first, second),
                OutlineEntry("二", "不足", 1, "shortcomings", second, len(text)),
            ],
            [
                PassagePlace("s0", 0, first, "other", "a"),
                PassagePlace("s1", first, second, "achievements", "b"),
                PassagePlace("s2", second, len(text), "shortcomings", "c"),
            ],
        )
    )
    assert joined(reading.blocks) == text
    assert [(b.id, b.level) for b in reading.blocks] == [("s0-1", 0), ("s1-1", 1), ("s2-1", 1)]
    assert reading.blocks[1].heading[0].text == "一、成效 "
    assert reading.blocks[1].body[0].text == "做了甲。"
    assert [link.anchor for link in reading.outline] == ["s1", "s2"]


def test_a_paragraph_cut_into_passages_is_marked_in_part() -> None:
    text = "一、成效\n甲句。乙句。"
    cut = text.index("乙")
    one = document(
        text,
        [OutlineEntry("一", "成效", 1, "achievements", 0, len(text))],
        [
            PassagePlace("s1p1", 0, cut, "achievements", "a"),
            PassagePlace("s1p2", cut, len(text), "achievements", "b"),
        ],
    )
    reading = read_blocks(one, marks=[(cut - 1, cut + 1)], target="s1p2")
    runs = reading.blocks[1].body
    assert [(run.text, run.here, run.spans) for run in runs] == [
        ("甲句。", False, ((2, 3),)),
        ("乙句。", True, ((0, 1),)),
    ]
    assert reading.blocks[0].anchors[0] == "s1"


def test_marks_are_counted_by_section(engine: Any) -> None:
    one = engine.documents[0]
    marks = engine.marks(one.summary.id, "放管服")
    reading = read_blocks(one, marks)
    counts = {link.label: link.marks for link in reading.outline}
    assert counts["（一）推进放管服改革"] == counts["一、主要举措和成效"] == 2
    assert sum(b.marks for b in reading.blocks) == 2


def test_a_heading_that_is_a_whole_sentence_is_known() -> None:
    text = "一、安排\n（一）印发清单，定期公布。\n（二）加强培训。全年两次。"
    first, second, third = (text.index(mark) for mark in ("一、", "（一）", "（二）"))
    reading = read_blocks(
        document(
            text,
            [
                OutlineEntry("一", "安排", 1, "plans", first, len(text)),
                OutlineEntry("一", "印发清单，定期公布", 2, "plans", second, third),
                OutlineEntry("二", "加强培训", 2, "plans", third, len(text)),
            ],
            [PassagePlace("s1", 0, len(text), "plans", "h")],
        )
    )
    assert [block.sentence for block in reading.blocks] == [False, True, False]
