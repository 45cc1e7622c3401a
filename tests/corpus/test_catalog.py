"""A second build reads what changed, keeps ids through moves, and loses no file."""

from __future__ import annotations

import csv
import errno
import os
import random
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.catalog import Catalog, Changes
from corpus.errors import ReadError, TooManyGone
from corpus.problems import write_problems


def write(folder: Path, year: int) -> Path:
    path = folder / f"{year}.txt"
    path.write_text(
        f"云江市司法局{year}年法治政府建设年度报告\n{year}年，云江市司法局依法履职。\n"
        f"一、主要举措和成效\n全年办理案件{year * 3}件。\n二、存在的不足\n力量仍然薄弱。\n",
        encoding="utf-8",
    )
    return path


def build(
    state: Path, *folders: Path, prune: bool = False, keep_all: bool = False
) -> tuple[int, Changes]:
    with Catalog(state) as catalog:
        plan = catalog.plan(folders, prune=prune)
        catalog.read(plan, processes=1)
        changes = catalog.resolve(keep_all=keep_all)
        assert len(list(catalog.reports(changes))) == len(changes.add)
        catalog.save()
    return len(plan.changed), changes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "files"
    path.mkdir()
    for year in range(2014, 2024):
        write(path, year)
    return path


def test_only_what_changed_is_read(folder: Path, tmp_path: Path) -> None:
    state = tmp_path / "c.sqlite"
    assert build(state, folder)[1].held == 10
    read, changes = build(state, folder)
    assert (read, list(changes.add), changes.remove) == (0, [], frozenset())
    path = folder / "2020.txt"
    path.write_text(path.read_text("utf-8") + "三、下一步\n加强培训。\n", encoding="utf-8")
    read, changes = build(state, folder)
    assert (read, len(changes.add)) == (1, 1)


def test_a_moved_file_keeps_its_id(folder: Path, tmp_path: Path) -> None:
    state = tmp_path / "c.sqlite"
    build(state, folder)
    for path in list(folder.iterdir()):
        path.rename(folder / f"x{path.name}")
    _, changes = build(state, folder)
    assert changes.held == 10
    assert not changes.remove


def test_a_loss_is_refused_without_prune(folder: Path, tmp_path: Path) -> None:
    state = tmp_path / "c.sqlite"
    build(state, folder)
    for year in (2014, 2015, 2016):
        (folder / f"{year}.txt").unlink()
    with pytest.raises(TooManyGone):
        build(state, folder)
    assert len(build(state, folder, prune=True)[1].remove) == 3


def test_what_cannot_be_read_is_listed(folder: Path, tmp_path: Path) -> None:
    (folder / "bad.pdf").write_bytes(b"%PDF-1.4 nothing")
    (folder / "~$lock.docx").write_bytes(b"x")
    _, changes = build(tmp_path / "c.sqlite", folder)
    assert [p.path for p in changes.problems if p.stage == "read"] == ["files/bad.pdf"]


def test_a_new_row_of_metadata_relabels(folder: Path, tmp_path: Path) -> None:
    state = tmp_path / "c.sqlite"
    build(state, folder)
    (folder / "metadata.csv").write_text("file,year\n2020.txt,2011\n", encoding="utf-8")
    read, changes = build(state, folder)
    assert read == 1
    assert len(changes.moved) == 1


def test_all_can_be_asked_for_and_taken_back(folder: Path, tmp_path: Path) -> None:
    (folder / "plan.txt").write_text(
        "云江市司法局2023年法治政府建设工作计划\n2023年，计划开展以下工作。\n一、加强培训\n全年四次。\n",
        encoding="utf-8",
    )
    state = tmp_path / "c.sqlite"
    _, changes = build(state, folder)
    assert changes.held == 10
    assert [p.code for p in changes.problems if p.stage == "select"] == ["series_other"]
    read, changes = build(state, folder, keep_all=True)
    assert (read, changes.held, len(changes.add)) == (0, 11, 1)
    read, changes = build(state, folder)
    assert (read, changes.held, len(changes.remove)) == (0, 10, 1)


def test_a_name_with_an_exclamation_mark_is_a_name(folder: Path, tmp_path: Path) -> None:
    (folder / "2014.txt").rename(folder / "重要!2014.txt")
    state = tmp_path / "c.sqlite"
    _, changes = build(state, folder)
    assert changes.held == 10
    assert build(state, folder)[0] == 0


def test_members_of_a_zip_come_and_go_with_it(folder: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        for year in (2024, 2025):
            path = write(tmp_path, year)
            archive.write(path, f"内/{year}.txt")
    (folder / "metadata.csv").write_text(
        "文件,机关\nmore.zip!内/2025.txt,云江市公安局\n", encoding="utf-8"
    )
    state = tmp_path / "c.sqlite"
    _, changes = build(state, folder)
    assert changes.held == 12
    assert any(group.primary.agency == "云江市公安局" for group in changes.add)
    assert build(state, folder)[0] == 0
    (folder / "more.zip").unlink()
    _, changes = build(state, folder)
    assert (changes.held, len(changes.remove)) == (10, 2)


def test_a_link_to_a_folder_above_is_not_followed(folder: Path, tmp_path: Path) -> None:
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    _, changes = build(tmp_path / "c.sqlite", folder)
    assert changes.held == 10


def test_a_metadata_file_that_cannot_be_used_is_a_problem(folder: Path, tmp_path: Path) -> None:
    (folder / "metadata.csv").write_text("file,year\n2020.txt,去年\n", encoding="utf-8")
    with Catalog(tmp_path / "c.sqlite") as catalog:
        plan = catalog.plan([folder])
    assert [(p.code, p.stage) for p in plan.problems] == [("overrides", "find")]
    assert "第 2 行" in plan.problems[0].reason


def test_problems_are_a_table_for_the_librarian(folder: Path, tmp_path: Path) -> None:
    (folder / "copy.txt").write_bytes((folder / "2020.txt").read_bytes())
    (folder / "junk.txt").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    _, changes = build(tmp_path / "c.sqlite", folder)
    path = tmp_path / "problems.csv"
    write_problems(path, changes.problems)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert set(rows[0]) == {"文件", "阶段", "原因", "建议", "代码"}
    assert {(row["文件"], row["代码"]) for row in rows} == {
        ("files/junk.txt", "binary"),
        ("files/copy.txt", "merged"),
    }
    assert all(row["原因"] and row["建议"] for row in rows)


def test_every_file_is_a_report_or_a_problem(folder: Path, tmp_path: Path) -> None:
    chooser = random.Random(5)
    whole = (folder / "2020.txt").read_bytes()
    for number in range(60):
        data = bytearray(whole[: chooser.randrange(len(whole))])
        for _ in range(chooser.randrange(4)):
            if data:
                data[chooser.randrange(len(data))] ^= 1 << chooser.randrange(8)
        suffix = chooser.choice([".txt", ".html", ".docx", ".pdf", ".doc", ".zip", ".xls"])
        (folder / f"x{number}{suffix}").write_bytes(data)
    names = {f"files/{path.name}" for path in folder.iterdir()}
    with Catalog(tmp_path / "c.sqlite") as catalog:
        plan = catalog.plan([folder])
        catalog.read(plan)
        changes = catalog.resolve(keep_all=True)
        held = {source.path for report in catalog.reports(changes) for source in report.sources}
    told = {problem.path for problem in (*plan.problems, *changes.problems)}
    assert held | told == names


def test_what_cannot_be_looked_at_is_told_and_kept(folder: Path, tmp_path: Path) -> None:
    state = tmp_path / "c.sqlite"
    below = folder / "below"
    below.mkdir()
    for year in (2011, 2012, 2013):
        write(below, year)
    assert build(state, folder)[1].held == 13

    def forbidden(path: Path) -> Iterator[None]:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    listing = os.scandir
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            os, "scandir", lambda path: forbidden(path) if path == str(below) else listing(path)
        )
        with Catalog(state) as catalog:
            plan = catalog.plan([folder])
    assert not plan.gone
    assert [(p.path, p.code) for p in plan.problems] == [("files/below", "unreadable")]
    assert "没有权限" in plan.problems[0].reason


def test_odd_things_among_the_files_are_told(folder: Path, tmp_path: Path) -> None:
    (folder / "broken.txt").symlink_to("nowhere")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    os.mkfifo(folder / "fifo.txt")
    Path(os.fsdecode(os.fsencode(folder) + "/全椒.txt".encode("gb18030"))).write_text("x")
    Path(os.fsdecode(os.fsencode(folder) + "/文件夹".encode("gb18030"))).mkdir()
    with Catalog(tmp_path / "c.sqlite") as catalog:
        plan = catalog.plan([folder])
        catalog.read(plan)
    assert {p.path: p.code for p in plan.problems} == {
        "files/broken.txt": "link",
        "files/loop": "link",
        "files/fifo.txt": "unreadable",
        "files/全椒.txt": "bad_name",
        "files/文件夹": "bad_name",
    }


@pytest.mark.parametrize("damage", [b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)])
def test_files_that_became_unreadable_count_as_lost(
    folder: Path, tmp_path: Path, damage: bytes
) -> None:
    state = tmp_path / "c.sqlite"
    build(state, folder)
    for year in (2014, 2015):
        (folder / f"{year}.txt").write_bytes(damage)
    build(tmp_path / "c.sqlite", folder)
    (folder / "2016.txt").write_bytes(damage)
    (folder / "2017.txt").write_bytes(damage)
    with pytest.raises(TooManyGone):
        build(state, folder)
    assert build(state, folder, prune=True)[1].held == 6


def test_new_rules_read_again_and_keep_what_other_folders_gave(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "c.sqlite"
    other = tmp_path / "other"
    other.mkdir()
    write(other, 2024)
    build(state, folder, other)
    monkeypatch.setattr("corpus.catalog.RULES_VERSION", 999)
    read, changes = build(state, folder)
    assert (read, changes.held, changes.remove) == (10, 11, frozenset())
    assert build(state, folder, other)[0] == 1


def test_one_bad_row_of_metadata_costs_no_other(folder: Path, tmp_path: Path) -> None:
    (folder / "metadata.csv").write_text(
        "file,year,agency\n2020.txt,去年,\n2021.txt,,云江市水利局\n没有.txt,2020,\n",
        encoding="utf-8",
    )
    with Catalog(tmp_path / "c.sqlite") as catalog:
        plan = catalog.plan([folder])
    assert [(p.path, p.code) for p in plan.problems] == [
        ("files/metadata.csv", "overrides"),
        ("files/没有.txt", "overrides"),
    ]
    given = {Path(one.path).name: one.overrides for one in plan.changed}
    assert "云江市水利局" in given["2021.txt"]
    assert given["2020.txt"] == "{}"


def test_two_members_of_one_name_are_two_files(folder: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(folder / "more.zip", "w") as archive:
        archive.writestr("a.txt", (folder / "2020.txt").read_bytes())
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.txt", (folder / "2021.txt").read_bytes())
        archive.writestr("table.xlsx", b"PK\x03\x04")
    _, changes = build(tmp_path / "c.sqlite", folder)
    assert {p.path: p.code for p in changes.problems} == {
        "files/more.zip!a.txt": "merged",
        "files/more.zip!a（2）.txt": "merged",
        "files/more.zip!table.xlsx": "unknown_format",
    }


def test_a_file_is_tried_again_once_its_trouble_may_be_gone(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "c.sqlite"
    (folder / "old.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "antiword" else which(name))
    assert [p.code for p in build(state, folder)[1].problems] == ["needs_antiword"]
    assert build(state, folder)[0] == 0
    monkeypatch.setattr(shutil, "which", lambda name: "/bin/false")
    read, changes = build(state, folder)
    assert (read, [p.code for p in changes.problems]) == (1, ["damaged"])


def test_problems_of_folders_not_built_this_time_still_stand(folder: Path, tmp_path: Path) -> None:
    state = tmp_path / "c.sqlite"
    other = tmp_path / "other"
    other.mkdir()
    (other / "page.css").write_text("x")
    build(state, folder, other)
    _, changes = build(state, folder)
    assert [(p.path, p.code) for p in changes.problems] == [("other/page.css", "unknown_format")]
    (other / "page.css").unlink()
    build(state, other)
    assert not build(state, folder)[1].problems


def test_a_report_that_must_be_written_anew_and_cannot_be_read_stops_the_build(
    folder: Path, tmp_path: Path
) -> None:
    state = tmp_path / "c.sqlite"
    build(state, folder)
    with Catalog(state) as catalog:
        (folder / "copy.txt").write_bytes((folder / "2020.txt").read_bytes())
        plan = catalog.plan([folder])
        catalog.read(plan)
        changes = catalog.resolve()
        (folder / "2020.txt").unlink()  # after it was looked at
        with pytest.raises(ReadError, match="读不出来"):
            list(catalog.reports(changes))
