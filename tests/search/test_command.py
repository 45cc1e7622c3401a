"""``python -m search``: every option, what it prints, its exit statuses and its errors."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.folding import fold
from corpus.model import Report
from index.generations import build_lock
from index.update import update_index
from search.__main__ import VIEWS, main
from search.citations import CITATION_STYLES
from search.export import EXPORT_FORMATS
from search.request import FIELDS, SORTS
from search.views import CONCORDANCE_SORTS
from tests.reports import build_report

ROWS = 400
Run = Callable[..., str]


def make_report(name: str, agency: str | None, year: int | None, texts: list[str]) -> Report:
    known = agency == "甲县司法局"
    return build_report(
        texts,
        id=name,
        agency=agency,
        kind="司法" if known else None,
        region=("江南省", "甲县") if known else (),
        year=year,
        categories=("achievements", "plans"),
        headings=[("一、举措",)],
    )


@pytest.fixture(scope="module")
def index_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("command") / "index"
    reports = [
        make_report("a", "甲县司法局", 2020, ["推行首违不罚清单。", "首违不罚，首违不罚。"]),
        make_report("b", "乙县公安局", 2021, ["推行清单。", "落实首违不罚。"]),
        make_report("c", None, None, ["首违不罚。"]),
        make_report("long", "丙市法院", 2022, ["冗长的段落写了又写。" * 30] * ROWS),
    ]
    with build_lock(folder):
        update_index(folder, reports, processes=1)
    return folder


@pytest.fixture
def run(index_dir: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: str, status: int = 0) -> str:
        assert main(["--index-dir", str(index_dir), *arguments]) == status
        out, err = capsys.readouterr()
        assert bool(err) == bool(status)
        return err if status else out

    return command


def count(shown: str) -> tuple[int, int, int]:
    found = re.match(r"(\d+) 份报告 · (\d+) 个段落 · (\d+) 处", shown)
    assert found, shown
    return int(found[1]), int(found[2]), int(found[3])


def test_the_list_says_how_many_and_marks_the_places(run: Run) -> None:
    shown = run('"首违不罚"')
    assert count(shown) == (3, 4, 5)
    assert "推行【首违不罚】清单。" in shown
    assert "甲县司法局 · 2020 · 主要举措和成效 · 1 处 · /reports/a/s0?h=" in shown
    assert "未识别 · 未识别" in shown


@pytest.mark.parametrize(
    ("queries", "passages"),
    [
        (['"首违不罚"', '"清单"'], 1),
        (['"首违不罚" OR "落实"', '"清单"'], 1),  # not: or (落实 and 清单)
        (['"清单"', '"首违不罚" OR "落实"'], 1),
        (['"清单"', "OR", '"落实"'], 3),  # a query the shell has cut
        (['"首违不罚"', '-"清单" -"落实"'], 2),
    ],
)
def test_several_queries_are_all_asked(run: Run, queries: list[str], passages: int) -> None:
    assert count(run("--", *queries))[1] == passages


@pytest.mark.parametrize(
    ("arguments", "passages"),
    [
        (["--year", "2020"], 2),
        (["--year", "2020..2021"], 3),
        (["--year", "2020", "--year", "未识别"], 3),
        (["--year", "-2020"], 2),
        (["--agency", "甲县司法局"], 2),
        (["--agency", "-甲县司法局"], 2),
        (["--agency=-甲县司法局"], 2),
        (["--section", "plans"], 2),
        (["--section", "-plans"], 2),
        (["--kind", "司法"], 2),
        (["--region", "江南省"], 2),
        (["--region", "-江南省/甲县"], 2),
        (["--within", "清单"], 1),
        (["--scope", "report", "--within", "清单"], 4),
        (["--year", "2021", "--section", "plans"], 1),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_filters_and_scope(run: Run, arguments: list[str], passages: int) -> None:
    assert json.loads(run('"首违不罚"', *arguments, "--json"))["total"]["passages"] == passages


@pytest.mark.parametrize("sort", SORTS)
def test_sorts(run: Run, sort: str) -> None:
    hits = json.loads(run('"首违不罚"', "--sort", sort, "--json"))["hits"]
    first = {"relevance": "a", "-year": "b", "year": "a", "agency": "b", "first": "a"}
    first["-taken"] = "b"  # one build: as by year
    first = first[sort]
    assert hits[0]["report_id"] == first


def test_pages_and_sizes(run: Run) -> None:
    second = json.loads(run("冗长", "--size", "7", "--page", "58", "--json"))
    assert [hit["passage"] for hit in second["hits"]] == ["s399"]
    assert json.loads(run("冗长", "--page", "999", "--json"))["hits"] == []


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_as_text_and_as_json(run: Run, view: str) -> None:
    assert "首违不罚" in run('"首违不罚"', "--view", view) or view in ("matrix", "spread")
    found = json.loads(run('"首违不罚"', "--view", view, "--json"))
    total = (found[0] if view == "trend" else found)["total"]
    assert total == {"reports": 3, "passages": 4, "occurrences": 5}


def test_the_views_say_what_they_count(run: Run) -> None:
    assert "2020\t1\t1\t100.0%\t3\t" in run('"首违不罚"', "--view", "trend")
    assert run('"首违不罚"', "--view", "matrix").splitlines()[0].split("\t") == [
        "机关", "2020", "2021", "2022", "未识别", "合计",
    ]  # fmt: skip
    assert run('"首违不罚"', "--view", "spread").startswith("3 个机关用过（共收录 4 个机关）\n")
    assert run('"首违不罚"', "--view", "concordance").splitlines()[0] == "5 处"


@pytest.mark.parametrize("order", CONCORDANCE_SORTS)
def test_orders_of_the_concordance(run: Run, order: str) -> None:
    found = json.loads(run("首违不罚", "--view", "concordance", "--order", order, "--json"))
    assert len(found["lines"]) == 5
    lefts = [fold(line["left"]).strip("\n")[::-1] for line in found["lines"]]
    if order == "left":
        assert lefts == sorted(lefts)


def test_several_queries_are_one_question_but_lines_of_a_trend(run: Run) -> None:
    assert count(run("首违不罚", "清单")) == (1, 1, 2)
    both = json.loads(run("首违不罚", "清单", "--view", "trend", "--json"))
    assert [one["query"] for one in both] == ["首违不罚", "清单"]


def test_a_query_may_begin_with_a_sign(run: Run) -> None:
    assert count(run("--json", "--", '-"首违不罚"') and run("--", '-"首违不罚"')) == (
        2,
        ROWS + 1,
        0,
    )


@pytest.mark.parametrize("kind", EXPORT_FORMATS)
def test_formats_hold_every_hit_and_say_what_they_are(run: Run, kind: str) -> None:
    text = run('"首违不罚"', "--year=..2021", "--format", kind, "--site", "https://example.org")
    assert text == run(
        '"首违不罚"', "--year=..2021", "--export", kind, "--site=https://example.org"
    )
    assert len(re.findall(r"https://example\.org/reports/\w+/s\d\?h=", text)) == 3
    for word in ("首违不罚", "2021", "000001"):
        assert word in text
    if kind == "csv":
        table = list(csv.reader(io.StringIO(text)))
        assert ["结果", "2 份报告，3 个段落，4 处"] in table
        assert ["行数", "3"] in table


def test_a_trend_as_csv_says_what_was_asked_of_what(run: Run) -> None:
    asked = ['"首违不罚"', "=清单", "--year=..2021", "--year=未识别", "--view=trend"]
    text = run(*asked, "--format", "csv")
    assert text.startswith("\ufeff说法,年度,")
    table = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert table[1] == ['"首违不罚"', "2020", "1", "1", "1.0000", "3", table[1][6]]
    assert table[4][0] == "'=清单"
    assert table[7] == []
    assert table[8:11] == [
        ["筛选", "年度：未识别、2021 及以前"],
        ['结果："首违不罚"', "3 份报告，4 个段落，5 处"],
        ["结果：=清单", "2 份报告，2 个段落，2 处"],
    ]
    assert table[11][0] == "索引"
    assert table[11][1].startswith("000001")
    assert table[12][0] == "导出日期"


@pytest.mark.parametrize("style", CITATION_STYLES)
def test_citations_are_one_a_report(run: Run, style: str) -> None:
    text = run('"首违不罚"', "--cite", style, "--site", "https://example.org")
    assert text.count("https://example.org/reports/") == 3


def test_nothing_found_says_what_to_drop(run: Run) -> None:
    shown = run('"首违不罚"', "冗长", "--year", "2020")
    assert count(shown) == (0, 0, 0)
    assert "含短语“首违不罚”：3 份报告，5 处" in shown
    assert "不限年度：0 份报告，0 处" in shown


def test_what_was_not_understood_is_told(run: Run) -> None:
    assert "注意：“(”：括号没有配对，已补上。" in run("(首违不罚")


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_tells_it(run: Run, view: str) -> None:
    shown = run("(首违不罚", "清单", "--view", view, "--kind=航天")
    assert "注意：“(”：括号没有配对，已补上。\n" in shown
    assert shown.count("注意：没有收录类别为“航天”的报告。\n") == 1


# ---------------------------------------------------------------- errors


def test_help_is_chinese_and_names_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    text = capsys.readouterr().out
    for name in (*FIELDS, "index-dir", "within", "scope", "sort", "view", "order", "page", "size",
                 "json", "format", "cite", "site", "help"):  # fmt: skip
        assert f"--{name}" in text
    for choice in (*SORTS, *VIEWS, *EXPORT_FORMATS, *CITATION_STYLES, *CONCORDANCE_SORTS):
        assert choice in text
    assert not re.search(r"\b(usage|options|positional|show|default)\b", text)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "缺少：检索式"),
        (["法", "--sort", "大小"], "--sort：没有“大小”；可用：relevance、-year、year"),
        (["法", "--page", "一"], "--page：“一”不是整数。"),
        (["法", "--size"], "--size：后面要有一个值。"),
        (["法", "--size", "--json"], "--size：后面要有一个值。"),
        (["法", "--yaer", "2020"], "不认识的参数：--yaer"),
        (["法", "--json", "--format", "csv"], "不能与 --json 同用。"),
        (["法", "--format", "xls"], "没有“xls”；可用：csv、jsonl、md"),
        (["法", "--format", "csv", "--view", "matrix"], "--format 不能与 --view matrix 同用"),
        (["法", "--format", "md", "--view", "trend"], "--view trend 只有 csv 格式。"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_arguments_are_told_in_chinese(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    error = capsys.readouterr().err
    assert said in error
    assert "用 python -m search --help 查看用法。" in error
    assert not re.search(r"argument|invalid|expected|required|error", error)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--year", "去年"], "看不懂年度“去年”"),
        (["--year", "2022..2019"], "起始年晚于截止年"),
        (["--section", "结尾"], "没有“结尾”这一章节类别；可用：achievements"),
        (["--page", "0"], "页码从 1 起。"),
        (["--size", "101"], "每页的段落数应在 1 至 100 之间。"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_answered_is_status_1(run: Run, arguments: list[str], said: str) -> None:
    assert said in run("法", *arguments, status=1)


def test_no_index_says_how_to_make_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["法", "--index-dir", str(tmp_path)]) == 1
    assert "python -m index build" in capsys.readouterr().err


def start(index_dir: Path, project_dir: Path, stdout: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "search", "冗长", "--format=csv", "--index-dir", str(index_dir)],
        cwd=project_dir,
        stdout=stdout,  # type: ignore[arg-type]
        stderr=subprocess.PIPE,
    )


def test_a_reader_that_has_enough_is_no_error(index_dir: Path, project_dir: Path) -> None:
    with start(index_dir, project_dir, subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline().startswith(b"\xef\xbb\xbf")
        process.stdout.close()
        assert process.stderr
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_a_full_disk_is_told(index_dir: Path, project_dir: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with open("/dev/full", "wb") as full, start(index_dir, project_dir, full) as process:
        assert process.stderr
        assert process.stderr.read().decode().startswith("无法写出结果：")
    assert process.returncode == 1
