"""How sections become passages, and where a long one is cut."""

from __future__ import annotations

from corpus.outline import find_outline
from corpus.passages import LONGEST, cut_passages


def ids(text: str) -> list[str]:
    return [passage.id for passage in cut_passages(text, find_outline(text, "fazhi", 2021))]


def test_ids_follow_the_outline() -> None:
    text = "标题\n一、举措\n（一）学法\n甲。\n（二）执法\n乙。\n二、不足\n丙。\n三、打算\n丁。"
    assert ids(text) == ["s0", "s1.0", "s1.1", "s1.2", "s2", "s3"]


def test_ordinals_count_headings_as_found() -> None:
    assert ids("标题\n一、举措\n甲。\n三、不足\n乙。\n三、打算\n丙。") == ["s0", "s1", "s2", "s3"]


def test_a_text_without_headings_is_one_passage() -> None:
    assert ids("标题\n正文。") == ["s0"]


def test_blanks_before_the_first_heading_are_no_passage() -> None:
    passages = cut_passages(
        "\n 一、举措\n甲。\n二、不足\n乙。",
        find_outline("\n 一、举措\n甲。\n二、不足\n乙。", "fazhi", 2021),
    )
    assert [passage.id for passage in passages] == ["s1", "s2"]
    assert passages[0].start == 0


def test_long_sections_are_cut_at_paragraphs_then_sentences() -> None:
    paragraph = "甲" * 399 + "\n"
    passages = cut_passages(paragraph * 4, ())
    assert [(p.id, p.end - p.start) for p in passages] == [("s0p1", 800), ("s0p2", 800)]
    sentence = "乙" * 299 + "。"
    passages = cut_passages(sentence * 5, ())
    assert [p.end - p.start for p in passages] == [900, 600]
    assert [p.end - p.start for p in cut_passages("丙" * 2_500, ())] == [LONGEST, LONGEST, 500]


def test_heading_paths_are_printed_with_numbers() -> None:
    text = "标题\n一、举措\n（一）学法\n甲。\n二、不足\n乙。"
    passages = cut_passages(text, find_outline(text, "fazhi", 2021))
    assert [p.headings for p in passages] == [
        (),
        ("一、举措",),
        ("一、举措", "（一）学法"),
        ("二、不足",),
    ]
