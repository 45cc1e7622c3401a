"""A second build reads what changed, keeps ids through moves, and loses no file."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.catalog import Catalog, Changes
from corpus.errors import TooManyGone


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
