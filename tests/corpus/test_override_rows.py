"""Rows of ``metadata.csv`` written one at a time, the others left byte for byte."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from corpus.__main__ import main
from corpus.errors import CorpusError, LabelsRefused, OverridesError, RowChanged
from corpus.finding import find_files
from corpus.model import Problem
from corpus.override_rows import find_place, write_row
from corpus.overrides import read_overrides


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with a report in it and one below."""
    made = tmp_path / "报告"
    (made / "深").mkdir(parents=True)
    for name in ("甲.txt", "深/乙.txt"):
        (made / name).write_text("内容", encoding="utf-8")
    return made


def of(root: Path, name: str) -> str:
    return (root / name).as_posix()


def test_a_new_table_stands_in_the_indexed_folder_and_opens_in_excel(root: Path) -> None:
    place = write_row(of(root, "深/乙.txt"), root, {"agency": "青山市司法局", "year": "2021"})
    assert (place.table, place.line) == (root / "metadata.csv", 2)
    data = place.table.read_bytes()
    assert data.startswith("\ufeff文件,标题,机关,年度,发布日期,网址\r\n".encode())
    assert data.endswith("深/乙.txt,,青山市司法局,2021,,\r\n".encode())
    assert read_overrides(place.table) == {
        of(root, "深/乙.txt"): {"agency": "青山市司法局", "year": "2021"}
    }
    assert sorted(one.name for one in root.iterdir()) == sorted(["甲.txt", "深", "metadata.csv"])


TABLE = (
    "备注,file,year,\u201c来源\u201d\n"
    '"两行\n备注, 有逗号",别的.txt,2019,"“甲”"\n'
    "\n"
    " 空格 ,甲.txt, 2020 ,老站\n"
    ",丙.txt,2018,x"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_other_rows_and_columns_stay_byte_for_byte(root: Path, encoding: str, end: str) -> None:
    table = root / "metadata.csv"
    table.write_bytes(TABLE.replace("\n", end).encode(encoding))
    place = write_row(of(root, "甲.txt"), root, {"year": "2021"})
    now = TABLE.replace(" 空格 ,甲.txt, 2020 ,老站", " 空格 ,甲.txt,2021,老站") + "\n"
    assert place.line == 5
    assert table.read_bytes() == now.replace("\n", end).encode(encoding)
    write_row(of(root, "深/乙.txt"), root, {"year": "2017"})
    assert table.read_bytes() == (now + ",深/乙.txt,2017,\n").replace("\n", end).encode(encoding)


def test_a_column_that_is_missing_is_added(root: Path) -> None:
    table = root / "metadata.csv"
    table.write_text("file,year\n别的.txt,2019\n甲.txt,2020\n", encoding="utf-8")
    write_row(of(root, "甲.txt"), root, {"agency": "青山市司法局", "title": "", "year": "2020"})
    assert table.read_text("utf-8") == ("file,year,机关\n别的.txt,2019\n甲.txt,2020,青山市司法局\n")


def test_the_row_that_speaks_is_the_one_written(root: Path) -> None:
    """The nearest table's last row wins, as it does for a build."""
    (root / "metadata.csv").write_text("file,year\n深/乙.txt,2011\n", encoding="utf-8")
    deep = root / "深" / "metadata.csv"
    deep.write_text("file,year\n乙.txt,2012\n乙.txt,2013\n", encoding="utf-8")
    place = find_place(of(root, "深/乙.txt"), root)
    assert (place.table, place.line, place.values) == (deep, 3, {"year": "2013"})
    write_row(place.file, root, {"year": "2014"}, place.seen)
    assert deep.read_text("utf-8") == "file,year\n乙.txt,2012\n乙.txt,2014\n"
    problems: list[Problem] = []
    found = {one.path: json.loads(one.overrides) for one in find_files(root, problems)}
    assert found[place.file] == {place.file: {"year": "2014"}}


def test_what_was_shown_has_to_be_there_still(root: Path) -> None:
    shown = find_place(of(root, "甲.txt"), root)
    (root / "metadata.csv").write_text("file,year\n甲.txt,2019\n", encoding="utf-8")
    with pytest.raises(RowChanged):
        write_row(of(root, "甲.txt"), root, {"year": "2021"}, shown.seen)
    assert "2019" in (root / "metadata.csv").read_text("utf-8")
    now = find_place(of(root, "甲.txt"), root)
    write_row(of(root, "甲.txt"), root, {"year": "2021"}, now.seen)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("year", "21", "四位数"),
        ("year", "2021年", "四位数"),
        ("year", "２０２１", "四位数"),
        ("year", "9" * 5000, "四位数"),
        ("published", "去年底", "2022-01-15"),
        ("published", "2022-02-30", "2022-01-15"),
        ("title", "长" * 201, "最多 200"),
        ("title", "两\n行", "换行"),
        ("agency", "甲\r局", "换行"),
        ("agency", "甲\u2028局", "换行"),
        ("title", '=HYPERLINK("http://a.example")', "公式"),
        ("agency", "@SUM(1)", "公式"),
        ("title", "＝1", "公式"),
        ("url", "javascript:alert(1)", "http"),
        ("url", "https://[", "http"),
        ("url", "https://a.example/ b", "http"),
        ("url", "https://", "http"),
        ("year", "", "至少"),
    ],
)
def test_labels_that_are_refused(root: Path, column: str, value: str, said: str) -> None:
    with pytest.raises(LabelsRefused) as refused:
        write_row(of(root, "甲.txt"), root, {column: value})
    assert said in "".join(refused.value.problems.values())
    assert not (root / "metadata.csv").exists()


def test_file_names_no_spreadsheet_runs(root: Path) -> None:
    for name in ("=1+1.txt", "-甲.txt", " 空.txt", "逗,“号”.txt", "甲.zip!里/丁.txt"):
        place = write_row(of(root, name), root, {"year": "2021"})
        assert place.line is not None
        assert read_overrides(place.table)[of(root, name)] == {"year": "2021"}
    lines = (root / "metadata.csv").read_text("utf-8-sig").splitlines()
    assert not [line for line in lines if line.startswith(("=", "-", " "))]


@pytest.mark.parametrize(
    "table",
    [
        "name,year\n甲.txt,2019\n",
        "file,year\n丙.txt,2019,多出一格\n",
        "file,year\r丙.txt,2019\r",
    ],
    ids=["no file column", "more cells than columns", "old line ends"],
)
def test_a_table_that_would_suffer_is_left_alone(root: Path, table: str) -> None:
    path = root / "metadata.csv"
    path.write_bytes(table.encode())
    with pytest.raises(OverridesError):
        write_row(of(root, "甲.txt"), root, {"url": "https://a.example/", "year": "2021"})
    assert path.read_bytes() == table.encode()
    assert not [one for one in root.iterdir() if "part" in one.name]


def test_a_row_that_cannot_be_used_is_mended_or_left(root: Path) -> None:
    table = root / "metadata.csv"
    table.write_text("file,year\n丙.txt,去年\n甲.txt,21\n", encoding="utf-8")
    place = find_place(of(root, "甲.txt"), root)
    assert (place.line, place.values) == (3, {"year": "21"})
    write_row(of(root, "甲.txt"), root, {"year": "2021"}, place.seen)
    assert table.read_text("utf-8") == "file,year\n丙.txt,去年\n甲.txt,2021\n"


def test_neither_links_nor_files_elsewhere_are_written(root: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "别处.csv"
    elsewhere.write_text("file,year\n", encoding="utf-8")
    (root / "metadata.csv").symlink_to(elsewhere)
    with pytest.raises(OverridesError, match="链接"):
        write_row(of(root, "甲.txt"), root, {"year": "2021"})
    with pytest.raises(OverridesError, match="不在"):
        write_row("/etc/甲.txt", root, {"year": "2021"})
    with pytest.raises(OverridesError, match="不在"):
        write_row(of(root, "甲.txt"), root / "甲.txt", {"year": "2021"})
    assert elsewhere.read_text("utf-8") == "file,year\n"


def test_a_full_disk_leaves_the_table(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_row(of(root, "甲.txt"), root, {"year": "2021"})
    before = (root / "metadata.csv").read_bytes()

    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_row(of(root, "甲.txt"), root, {"year": "2022"})
    assert (root / "metadata.csv").read_bytes() == before
    assert len(list(root.iterdir())) == 3


@pytest.mark.parametrize("data", [b"\x00\x01\x02\xff" * 400, b'file,year\n"' + b"x" * 200_000])
def test_a_table_that_is_none_is_refused_and_stops_no_build(root: Path, data: bytes) -> None:
    (root / "metadata.csv").write_bytes(data)
    with pytest.raises(CorpusError):
        find_place(of(root, "甲.txt"), root)
    problems: list[Problem] = []
    assert len(list(find_files(root, problems))) == 2
    assert [one.code for one in problems] == ["overrides"]


def test_the_command(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = of(root, "深/乙.txt")
    assert main(["label", file, "--under", str(root)]) == 0
    assert "还没有" in capsys.readouterr().out
    assert main(["label", file, "--under", str(root), "--year=去年", "--json"]) == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["error"]["code"] == "labels"
    assert list(json.loads(said.out)["error"]["labels"]) == ["year"]
    assert "四位数" in said.err
    assert main(["label", file, "--under", str(root), "--year=2021", "--agency=甲局"]) == 0
    assert "第 2 行\n  机关：甲局\n  年度：2021" in capsys.readouterr().out
    assert main(["label", file, "--under", str(root), "--year=2022", "--replacing=x"]) == 1
    assert main(["label", file, "--under", str(root / "没有"), "--year=2022", "--json"]) == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["error"]["code"] == "failed"
