"""Which rows are one report: the rules of DESIGN §3, whatever the order."""

from __future__ import annotations

from itertools import permutations

from corpus.collection import Row, resolve, text_key
from corpus.identity import base_id, passage_hash

TEXT = "".join(
    f"第{i}项工作按照计划推进，全年办理案件{i * 37}件，群众评价良好。" for i in range(60)
)


def row(path: str, text: str, year: int | None, agency: str | None) -> Row:
    return Row(path, "fazhi", year, agency, None, *text_key(text))


def ids(*rows: Row) -> dict[str, str]:
    return {path: group.id for path, group in resolve(rows).by_path.items()}


def test_last_years_report_with_one_digit_changed_stays_a_report() -> None:
    other = TEXT.replace("办理案件37件", "办理案件38件")
    found = ids(row("a", TEXT, 2020, "云江市司法局"), row("b", other, 2021, "云江市司法局"))
    assert found["a"] != found["b"]


def test_agencies_with_one_text_stay_apart() -> None:
    found = ids(row("a", TEXT, 2020, "云江市司法局"), row("b", TEXT, 2020, "临湖市司法局"))
    assert found["a"] != found["b"]


def test_one_report_on_two_sites_is_one() -> None:
    other = TEXT.replace("办理案件37件", "办理案件38件")
    found = ids(row("a", TEXT, 2020, "云江市司法局"), row("b", other, 2020, "云江市司法局"))
    assert found["a"] == found["b"] == base_id("fazhi", 2020, "云江市司法局")


def test_an_unknown_year_never_bridges_two_years() -> None:
    rows = [row("a", TEXT, 2020, "甲"), row("b", TEXT, 2021, "甲"), row("c", TEXT, None, "甲")]
    answers = [ids(*order) for order in permutations(rows)]
    assert all(one == answers[0] for one in answers)
    assert len(set(answers[0].values())) == 3


def test_an_unknown_year_joins_the_only_report_that_fits() -> None:
    found = ids(row("a", TEXT, 2020, "甲"), row("c", TEXT, None, "甲"))
    assert found["a"] == found["c"]


def test_another_text_is_a_version_under_the_base_id() -> None:
    found = ids(row("a", TEXT, 2020, "甲"), row("b", TEXT[::-1], 2020, "甲"))
    base = base_id("fazhi", 2020, "甲")
    assert sorted(found.values())[0] == base
    assert sorted(found.values())[1].startswith(base + "-")


def test_blanks_do_not_change_a_passage_hash() -> None:
    assert passage_hash("依法 行政\n") == passage_hash("依法行政") != passage_hash("依法执政")


def test_moving_files_gives_no_link_another_text() -> None:
    texts = [TEXT, TEXT[::-1], TEXT[5:] + TEXT[:5], TEXT.replace("计划", "方案")]
    before = ids(*(row(f"{i}", text, 2020, "甲") for i, text in enumerate(texts)))
    after = ids(*(row(f"{9 - i}", text, 2020, "甲") for i, text in enumerate(texts)))
    assert {i: before[f"{i}"] for i in range(4)} == {i: after[f"{9 - i}"] for i in range(4)}
