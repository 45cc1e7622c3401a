"""Text and spans → HTML."""

from __future__ import annotations

import html
import re
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.markup import marked, marked_all, plain, unbroken


def shown(markup: str) -> str:
    """What a reader sees: the HTML without its tags."""
    return html.unescape(re.sub(r"</?mark>", "", markup))


@pytest.mark.parametrize(
    ("text", "spans", "expected"),
    [
        ("推进放管服改革", [(2, 5)], "推进<mark>放管服</mark>改革"),
        ("人人人", [(0, 2), (1, 3)], "<mark>人人人</mark>"),
        ("甲乙", [(0, 1), (1, 2)], "<mark>甲乙</mark>"),
        ("甲", [], "甲"),
        ("甲", [(-3, 1), (5, 9), (1, 1)], "<mark>甲</mark>"),
        ("甲\u202e乙", [(1, 2)], "甲乙"),
        ("a<b>&c", [(1, 4)], "a<mark>&lt;b&gt;</mark>&amp;c"),
        ("甲\ufff9乙\ufffa丙\ufffb", [(0, 2)], "<mark>甲</mark>乙丙"),
        ("5>3", [(2, 3)], "5&gt;<mark>3</mark>"),
        ("</mark><script>x</script>", [], "&lt;/mark&gt;&lt;script&gt;x&lt;/script&gt;"),
    ],
)
def test_marks(text: str, spans: list[tuple[int, int]], expected: str) -> None:
    assert marked(text, spans) == expected


def test_controls_and_bidi_go_and_lone_surrogates_too() -> None:
    assert plain("甲\x00\u202e乙\u2066\x07丙\ud800\n") == "甲乙丙\n"
    assert marked("甲\u202e乙", [(0, 3)]) == "<mark>甲乙</mark>"


@given(
    st.text(max_size=60), st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70)), max_size=6)
)
def test_nothing_but_marks_and_nothing_lost(text: str, spans: list[tuple[int, int]]) -> None:
    found = marked(text, spans, cap=7)
    assert not re.search(r"<(?!/?mark>)", found)
    assert shown(found) == plain(text)


@given(
    st.lists(
        st.tuples(
            st.text(max_size=40) | st.sampled_from(("<mark></mark>", "\ufffa", "\ufffb\ufff9")),
            st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=3),
        ),
        max_size=8,
    )
)
def test_many_together_equal_each_alone(pieces: list[tuple[str, list[tuple[int, int]]]]) -> None:
    assert marked_all(pieces, cap=20) == [marked(text, spans, cap=20) for text, spans in pieces]


def test_a_long_text_is_not_lost() -> None:
    text = "</mark " * 3000
    assert shown(marked(text, [(3, 30_000)])) == text


def test_threads_do_not_disturb_each_other() -> None:
    wrong: list[str] = []

    def work(character: str) -> None:
        for _ in range(100):
            if marked(character * 50, [(0, 50)]) != f"<mark>{character * 50}</mark>":
                wrong.append(character)

    threads = [threading.Thread(target=work, args=(c,)) for c in "甲乙丙丁"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_year_in_a_heading_stays_on_one_line() -> None:
    assert unbroken("关于2023年度<b>的报告") == (
        '关于<span class="nobr">2023年度</span>&lt;b&gt;的报告'
    )
    assert unbroken("12023年\u202e") == "12023年"
