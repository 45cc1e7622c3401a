"""What stands beside a passage, what is like it, and keywords in context."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.model import Category, Report, Series
from index.generations import build_lock
from index.update import update_index
from search import open_engine
from search.engine import Engine
from search.request import SearchRequest
from search.views import CONCORDANCE_SORTS
from search.whoosh_engine import concordance
from tests.reports import build_report

Parts = list[tuple[Category, str]]
FIRST: Parts = [
    ("other", "某县年报。"),
    ("achievements", "推行柔性执法，发布免罚清单。"),
    ("achievements", "开展普法宣传，建成法治广场。"),
    ("plans", "扩大免罚清单。"),
]


def make_report(
    name: str, agency: str | None, year: int | None, parts: Parts, series: Series = "fazhi"
) -> Report:
    return build_report(
        [text for _, text in parts],
        id=name,
        series=series,
        title=f"{name}年报",
        agency=agency,
        year=year,
        categories=[category for category, _ in parts],
    )


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    index_dir: Path = tmp_path_factory.mktemp("beside") / "index"
    work: Parts = [("achievements", "开展普法宣传，建成法治广场。")]
    reports = [
        make_report("a18", "某县", 2018, FIRST),
        make_report("a20", "某县", 2020, FIRST),
        make_report("a21work", "某县", 2021, work, "work"),
        make_report(
            "a22",
            "某县",
            2022,
            [
                ("achievements", "普法宣传进广场，建成法治公园。"),
                ("achievements", "清单之外，柔性执法，免罚清单再发布。"),
                ("shortcomings", "推行柔性执法，发布免罚清单。"),
            ],
        ),
        make_report("b20", "乙县", 2020, [("achievements", "柔性执法与免罚清单并行。")]),
        make_report("b21", "乙县", 2021, [("achievements", "甲乙丙丁。")]),
        make_report("x", None, None, [("achievements", "免罚清单，免罚清单；\n“免罚、清单”。")]),
    ]
    with build_lock(index_dir):
        update_index(index_dir, reports[:3], processes=1)
        update_index(index_dir, reports[3:], processes=1)
    opened = open_engine(index_dir)
    yield opened
    opened.close()


# ---------------------------------------------------------------- beside


def beside(engine: Engine, report: str, passage: str) -> list[str | None]:
    found = engine.neighbours(report, passage)
    assert found
    return [
        None if hit is None else f"{hit.report_id}/{hit.passage}"
        for hit in (found.previous_year, found.next_year, found.before, found.after)
    ]


@pytest.mark.parametrize(
    ("report", "passage", "expected"),
    [
        # the nearest year held, not the next by the calendar; another series is passed over
        ("a20", "s1", ["a18/s1", "a22/s1", "a20/s0", "a20/s2"]),
        ("a20", "s2", ["a18/s2", "a22/s0", "a20/s1", "a20/s3"]),
        ("a20", "s3", ["a18/s3", None, "a20/s2", None]),  # no plans in 2022
        ("a18", "s0", [None, "a20/s0", None, "a18/s1"]),
        ("a22", "s2", [None, None, "a22/s1", None]),  # shortcomings in no other year
        ("a21work", "s0", [None, None, None, None]),
        ("x", "s0", [None, None, None, None]),
    ],
)
def test_the_same_section_of_the_years_beside(
    engine: Engine, report: str, passage: str, expected: list[str | None]
) -> None:
    assert beside(engine, report, passage) == expected


def test_nothing_stands_beside_what_is_not_held(engine: Engine) -> None:
    assert engine.neighbours("a20", "s9") is None
    assert engine.neighbours("nobody", "s0") is None
    assert engine.similar("nobody", "s0") == ()


def test_the_most_alike_come_first_and_never_from_the_same_report(engine: Engine) -> None:
    found = engine.similar("a20", "s1")
    assert found[0].report_id in ("a18", "a22")
    assert "a20" not in {hit.report_id for hit in found}
    assert {hit.report_id for hit in found} >= {"a18", "a22", "b20"}
    assert "b21" not in {hit.report_id for hit in found}
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    assert all(hit.occurrences for hit in found)
    assert len(engine.similar("a20", "s1", size=1)) == 1
    assert engine.similar("b21", "s0") == ()  # its words stand nowhere else


# ---------------------------------------------------------------- keywords in context


def test_a_line_shows_the_key_and_what_stands_around_it(engine: Engine) -> None:
    request = SearchRequest('"免罚清单"', size=100)
    found = engine.concordance(request, width=4)
    mine = [(one.left, one.key, one.right) for one in found.lines if one.hit.report_id == "x"]
    assert mine == [
        ("", "免罚清单", "，免罚清"),
        ("罚清单，", "免罚清单", "； “免"),
        ("单； “", "免罚、清单", "”。"),
    ]


@pytest.mark.parametrize("order", CONCORDANCE_SORTS)
def test_orders(engine: Engine, order: str) -> None:
    request = SearchRequest('"清单"', size=100)
    lines = engine.concordance(request, order=order).lines  # type: ignore[arg-type]
    assert len(lines) == engine.search(request).total.occurrences
    keys = {
        "text": [one.hit.report_id for one in lines],
        "left": [plain(one.left)[::-1] for one in lines],
        "right": [plain(one.right) for one in lines],
        "year": [one.hit.year or 9999 for one in lines],
        "-year": [-(one.hit.year or -9999) for one in lines],
        "agency": [one.hit.agency or "\uffff" for one in lines],
    }[order]
    assert keys == sorted(keys)


def plain(text: str) -> str:
    """The surroundings as an order compares them, for the characters of these texts."""
    for stored, folded in (("，", ","), ("；", ";"), ("“", ""), ("”", ""), ("、", "")):
        text = text.replace(stored, folded)
    return text


def test_the_order_by_what_stands_beside_is_bounded_and_says_so(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(concordance, "MOST_SORTED", 5)
    request = SearchRequest('"清单"', size=100)
    total = engine.search(request).total
    found = engine.concordance(request, order="left")
    assert found.bounded
    assert found.sorted_occurrences == len(found.lines) == 5
    assert found.total == total
    whole = engine.concordance(request, order="text")
    assert not whole.bounded
    assert len(whole.lines) == total.occurrences > 5
