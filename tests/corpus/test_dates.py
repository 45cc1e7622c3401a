"""Dates and years in every form that documents print."""

from __future__ import annotations

import pytest

from corpus.dates import find_dates, find_years


@pytest.mark.parametrize(
    ("printed", "iso"),
    [
        ("2021年12月17日", "2021-12-17"),
        ("二〇二一年十二月十七日", "2021-12-17"),
        ("二○二二年元月二十日", "2022-01-20"),
        ("２０２１年１月６日", "2021-01-06"),
        ("2021 年 1 月 6 日", "2021-01-06"),
        ("2021-12-17", "2021-12-17"),
        ("2021/2/7", "2021-02-07"),
        ("2021.12.17", "2021-12-17"),
    ],
)
def test_one_day_in_many_forms(printed: str, iso: str) -> None:
    assert [date.isoformat() for _, _, date in find_dates(f"于{printed}，")] == [iso]


@pytest.mark.parametrize("printed", ["2021-02-30", "2021年13月1日", "〔2021〕3号", "12021-1-1"])
def test_no_such_day(printed: str) -> None:
    assert find_dates(printed) == []


@pytest.mark.parametrize(
    ("printed", "years"),
    [
        ("2021年工作", [2021]),
        ("二〇二一年度", [2021]),
        ("泰司发〔2022〕3号", []),
        ("2021—2025年规划", []),
        ("《2020年工作要点》", []),
        ("90年代", []),
    ],
)
def test_years_that_a_text_speaks_of(printed: str, years: list[int]) -> None:
    assert [year for year, _ in find_years(printed)] == years
