"""``python -m index files``: what every file became."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from corpus.errors import OldCatalog
from index.__main__ import main
from index.builder import CATALOG, build_index
from index.errors import DamagedIndex
from index.files import collected_files

TEXT = "{title}\n\n一、主要举措和成效\n{more}全年平稳，执法规范。\n二、存在的不足\n力量不足。\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A labelled report, one without labels, a copy of it, and a notice."""
    made = tmp_path / "reports"
    made.mkdir()
    for name, title, more in (
        ("a.txt", "青山市司法局2021年法治政府建设情况报告", "甲。" * 20),
        ("b.txt", "法治政府建设情况报告", "乙丙丁。" * 20),
        ("c.txt", "法治政府建设情况报告", "乙丙丁。" * 20),
        ("d.txt", "关于召开会议的通知", "戊。" * 20),
    ):
        (made / name).write_text(TEXT.format(title=title, more=more), encoding="utf-8")
    (made / "e.pdf").write_bytes(b"no pdf")
    return made


def test_what_every_file_became(folder: Path, tmp_path: Path) -> None:
    index_dir = tmp_path / "index"
    build_index([folder], index_dir)
    found = collected_files(index_dir)
    assert (found.generation, found.folders, found.keep_all) == ("000001", [str(folder)], False)
    files = {Path(one.path).name: one for one in found.files}
    assert (files["a.txt"].agency, files["a.txt"].year) == ("青山市司法局", 2021)
    assert files["b.txt"].year is None
    assert files["b.txt"].report == files["c.txt"].report
    assert (files["b.txt"].primary, files["c.txt"].primary) == (True, False)
    assert files["d.txt"].outcome == "not_a_report"
    assert files["d.txt"].report is None
    assert (files["e.pdf"].outcome, files["e.pdf"].shown) == ("problem", "reports/e.pdf")
    assert files["e.pdf"].reason

    build_index([folder], index_dir, keep_all=True)
    assert collected_files(index_dir).keep_all


def test_a_file_given_alone_is_not_taken_for_its_folder(folder: Path, tmp_path: Path) -> None:
    index_dir = tmp_path / "index"
    build_index([folder / "a.txt"], index_dir)
    assert collected_files(index_dir).folders == [str(folder / "a.txt")]


def test_the_command(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    index_dir = tmp_path / "index"
    own = ["--index-dir", str(index_dir)]
    assert main(["files", *own]) == 2
    build_index([folder], index_dir)
    capsys.readouterr()
    assert main(["files", *own]) == 0
    assert "未识别\t未识别" in capsys.readouterr().out
    assert main(["files", *own, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["files"]) == 5


def test_an_old_or_damaged_catalog_is_refused(folder: Path, tmp_path: Path) -> None:
    index_dir = tmp_path / "index"
    build_index([folder], index_dir)
    catalog = index_dir / "current" / CATALOG
    with sqlite3.connect(catalog) as db:
        db.execute("update state set value = '0' where name = 'version'")
    with pytest.raises(OldCatalog):
        collected_files(index_dir)
    catalog.write_bytes(b"no database, but as long as a page of one would be" * 100)
    with pytest.raises(DamagedIndex):
        collected_files(index_dir)
