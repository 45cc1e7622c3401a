"""Two reports side by side."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from web.compare import align, compare, lay_out

sentences = st.lists(
    st.text("甲乙丙丁戊", min_size=1, max_size=8).map(lambda s: s + "。"), max_size=8
)


def test_kept_changed_new_dropped() -> None:
    left = ["工作平稳有序开展。", "共办理案件12件，办结率百分之九十。", "规范裁量。"]
    right = ["工作平稳有序开展。", "共办理案件13件，办结率百分之九十。", "推行清单管理办法试点。"]
    found = align(left, right)
    assert [p.change for p in found] == ["kept", "changed", "dropped", "new"]
    changed = found[1]
    assert [changed.left[a:b] for a, b in changed.left_spans] == ["2"]
    assert [changed.right[a:b] for a, b in changed.right_spans] == ["3"]


@settings(max_examples=60)
@given(sentences, sentences)
def test_every_sentence_stands_once_and_in_order(left: list[str], right: list[str]) -> None:
    found = align(left, right)
    assert [p.left for p in found if p.left] == left
    assert [p.right for p in found if p.right] == right
    rows = lay_out(found)
    assert [a.left for a, _ in rows if a and a.left] == left
    assert [b.right for _, b in rows if b and b.right] == right


def test_sections_stand_in_the_regulations_order(engine: Any) -> None:
    found = compare(engine.documents[1], engine.documents[2])
    assert [one.category for one in found] == [
        "achievements", "shortcomings", "leadership", "plans", "other",
    ]  # fmt: skip
    assert found[1].counts == {"kept": 2}
