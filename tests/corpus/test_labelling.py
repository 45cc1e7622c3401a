"""Labels over the invented cases, the real reports, and texts that no one would write."""

from __future__ import annotations

import csv
import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.labels import Case, load_cases, read_label, score_cases
from corpus.gazetteer import candidates, every_place
from corpus.labelling import label_report
from corpus.model import CleanText, Report
from corpus.readers import read_bytes

CASES = load_cases()

GENRE = st.sampled_from(
    [
        *"一二三、（）()。，；\n 　〔〕《》-年月日号",
        "一、",
        "（二）",
        "（3）",
        "1.",
        "2021年",
        "二〇二一年",
        "2021年12月17日",
        "20xx年",
        "南京市",
        "鼓楼区",
        "三都镇",
        "人民政府",
        "司法局",
        "法治政府建设",
        "报告",
        "各位代表",
        "一是",
        "存在的问题",
        "印发",
    ]
)


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_case_gets_its_labels(case: Case) -> None:
    report = label_report(case.clean, file_name=case.file_name)
    got = {label: read_label(report, label) for label in case.expect if label != "certainty"}
    want = {label: value for label, value in case.expect.items() if label != "certainty"}
    assert got == want, case.trap
    for label, certainty in case.expect.get("certainty", {}).items():
        assert report.provenance[label].certainty == certainty
    assert_partition(report)


def test_cases_are_many_and_none_is_confidently_wrong() -> None:
    scores = score_cases(CASES)
    assert len(CASES) >= 80
    assert scores["year"].confident_wrong == scores["agency"].confident_wrong == 0


@pytest.mark.parametrize(
    "opening",
    [
        "{0}2021年度法治政府建设情况报告\n{1}",
        "2021年度法治政府建设情况报告\n{1}\n{0}\n2022年1月5日",
        "2021年度法治政府建设情况报告\n2021年，{0}坚持以人民为中心，扎实工作。\n{1}",
    ],
    ids=["title", "signature", "sentence"],
)
def test_every_division_is_named_and_placed(opening: str) -> None:
    """全椒县, 无为市, 公安县, 山海关区, 将乐县, 市中区: names that hold words of the rules."""
    body = "一、主要工作\n学法五次。\n二、存在的问题\n人员偏少。\n三、下步打算\n补齐人员。"
    wrong = []
    for place in every_place():
        alone = len({other.path for other in candidates(place.name)}) == 1
        text = opening.format(place.name + "司法局", body)
        report = label_report(CleanText(text), file_name="x.txt")
        named = (report.agency or "").endswith(place.name + "司法局")
        if not named or report.region != (place.path if alone else ()):
            wrong.append((place.path, report.agency, report.region))
    assert wrong == []


def test_five_real_reports(shared_dir: Path) -> None:
    folder = shared_dir / "corpora" / "reports"
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    for name, want in expected.items():
        if name.startswith("_"):
            continue
        clean = read_bytes((folder / name).read_bytes(), name)
        report = label_report(clean, file_name=name)
        assert report.title == (want["title"] or want["title_shown"])
        assert report.agency == want["agency"]
        assert set(want.get("agency_aliases", ())) <= set(report.aliases)
        assert report.kind == want["agency_kind"]
        assert list(report.region) == want["region"]
        assert (report.year, report.published) == (want["year"], want["published"])
        tops = [section for section in report.outline if section.level == 1]
        assert [section.category for section in tops] == [s["category"] for s in want["sections"]]
        for top, section in zip(tops, want["sections"], strict=True):
            assert f"{top.number}、{top.heading}" == section["heading"]
            numbers = [
                child.number
                for child in report.outline
                if child.level == 2 and top.start <= child.start < top.end
            ]
            assert numbers == section["subsections"]
        for dirt in want.get("must_not_contain", ()):
            assert dirt not in report.text
        assert_partition(report)


def test_state_council_reports_carry_the_year_delivered(shared_dir: Path) -> None:
    folder = shared_dir / "corpora" / "state_council_work_reports"
    with (folder / "index.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len(rows) == 57
    for row in rows:
        clean = read_bytes((folder / row["file"]).read_bytes(), row["file"])
        # a name that tells nothing: the year is in the text
        report = label_report(clean, file_name="report.txt")
        assert (report.series, report.agency, report.year) == (
            "work",
            "国务院",
            int(row["year"]),
        ), row["file"]
        assert_partition(report)


def test_overrides_win_and_say_so() -> None:
    report = label_report(
        CleanText("甲乙局2020年法治政府建设报告\n一、情况\n好。"),
        file_name="x.txt",
        overrides={
            "title": "新标题",
            "agency": "如东县司法局",
            "year": "2021",
            "published": "2022年1月5日",
        },
    )
    assert (report.title, report.agency, report.year) == ("新标题", "如东县司法局", 2021)
    assert report.published == "2022-01-05"
    assert report.region == ("江苏省", "南通市", "如东县")
    for label in ("title", "agency", "year", "published"):
        assert report.provenance[label].origin == "metadata.csv"


@settings(max_examples=150, deadline=None)
@given(st.lists(GENRE, max_size=120).map("".join))
def test_any_text_of_the_genre_is_labelled(text: str) -> None:
    assert_partition(label_report(CleanText(text), file_name="x.txt"))


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=300), st.text(max_size=40))
def test_any_text_at_all_is_labelled(text: str, file_name: str) -> None:
    assert_partition(label_report(CleanText(text), file_name=file_name))


@pytest.mark.parametrize(
    "unit",
    [
        "全面推进依法行政和法治政府建设工作",
        "一、",
        "（一）",
        "一、甲\n（一）乙\n1.丙\n",
        "1.甲\n",
        "2021年12月17日",
        "某某市人民政府",
        "南京市鼓楼区司法局",
        "《",
        "一",
        " ",
        "\n",
        "报告如下",
    ],
)
def test_work_grows_with_the_text_and_no_faster(unit: str) -> None:
    label_report(CleanText("预热"), file_name="x.txt")

    def took(characters: int) -> float:
        clean = CleanText(unit * (characters // len(unit)))
        start = time.process_time()
        label_report(clean, file_name="x.txt")
        return time.process_time() - start

    # Eight times the text: a quadratic step would take sixty-four times as long.
    assert took(160_000) < 24 * took(20_000) + 0.2


def assert_partition(report: Report) -> None:
    """Passages follow each other from the first character to the last, each with an id."""
    at = 0
    for passage in report.passages:
        assert passage.start == at
        assert passage.end > at or not report.text
        assert passage.end - passage.start <= 1_000
        at = passage.end
    assert at == len(report.text)
    ids = [passage.id for passage in report.passages]
    assert len(set(ids)) == len(ids)
    ends = [section.end for section in report.outline]
    assert all(0 < end <= len(report.text) for end in ends)
