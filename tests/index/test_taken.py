"""When a report was taken into the index: told at its build, and kept until its text or labels
change, whatever becomes of its segment, its files or its id."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Set
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.model import Passage, Report, Source
from index import update
from index.analysis.segmenter import Segmenter
from index.builder import build_index
from index.generations import build_lock
from index.snapshot import open_snapshot
from index.update import update_index

MakeReport = Callable[..., Report]


def times(index_dir: Path) -> dict[str, int]:
    """By id of each report that is held, when it was taken in."""
    snapshot = open_snapshot(index_dir, for_queries=False)
    found = {}
    for own in snapshot.report_ids():
        place = snapshot.find_report(own)
        assert place is not None
        found[own] = int(place[0].taken[place[1]])
    return found


def change(
    index_dir: Path, now: int, add: Iterable[Report] = (), remove: Set[str] = frozenset()
) -> dict[str, int]:
    """The times after an update; ``remove`` need not name what is added."""
    added = [*add]
    gone = remove | {report.id for report in added}
    with build_lock(index_dir):
        update_index(index_dir, added, gone, segment_limit=1_000, processes=1, now=now)
    return times(index_dir)


def test_one_time_a_build_through_merges_and_deletions(
    tmp_path: Path, make_report: MakeReport
) -> None:
    expected: dict[str, int] = {}
    for now in range(100, 112):
        new = [make_report([f"{now}法治政府{i}。" * 9], report_id=f"r{now}.{i}") for i in range(3)]
        gone = {f"r{now - 2}.1"} & set(expected)
        for own in gone:
            del expected[own]
        expected |= {report.id: now for report in new}
        assert change(tmp_path, now, new, gone) == expected
    assert len(open_snapshot(tmp_path).segments) < 12  # some were merged


def test_the_time_belongs_to_text_and_labels(tmp_path: Path, make_report: MakeReport) -> None:
    own = make_report(["法治政府。", "首违不罚。"], report_id="a")
    assert change(tmp_path, 1, [own]) == {"a": 1}
    moved = replace(own, sources=(Source("elsewhere.txt", "1" * 64, 9),), notes=("另有副本",))
    assert change(tmp_path, 2, [moved]) == {"a": 1}
    cut = replace(moved, passages=(Passage("s0", 0, len(own.text), "plans", ()),))
    assert change(tmp_path, 3, [cut]) == {"a": 1}
    labelled = replace(cut, year=2020)
    assert change(tmp_path, 4, [labelled]) == {"a": 4}
    text = labelled.text.replace("罚", "办")
    assert change(tmp_path, 5, [replace(labelled, text=text)]) == {"a": 5}


def test_a_text_that_gets_another_id_keeps_its_time(
    tmp_path: Path, make_report: MakeReport
) -> None:
    """As an older version does when a newer one takes the id."""
    old = make_report(["法治政府。"], report_id="a")
    change(tmp_path, 1, [old])
    new = make_report(["法治政府建设。"], report_id="a")
    assert change(tmp_path, 2, [new, replace(old, id="a-old")]) == {"a": 2, "a-old": 1}


def test_what_was_removed_is_taken_anew(tmp_path: Path, make_report: MakeReport) -> None:
    own = [make_report(["法治政府。"], report_id=name) for name in "ab"]
    change(tmp_path, 1, own)
    change(tmp_path, 2, remove={"a"})
    assert change(tmp_path, 3, own[:1]) == {"a": 3, "b": 1}


def test_words_cut_otherwise_are_no_news(
    tmp_path: Path, make_report: MakeReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = [make_report([f"法治政府{i}。"], report_id=f"r{i}") for i in range(4)]
    change(tmp_path, 1, own[:2])
    change(tmp_path, 2, own[2:])
    before = {segment.name for segment in open_snapshot(tmp_path).segments}
    with monkeypatch.context() as patch:
        patch.setattr(update, "open_segmenter", lambda: NAMED_OTHERWISE)
        changed = replace(own[1], year=1999)
        found = change(tmp_path, 3, [changed], {"r3"})
    assert found == {"r0": 1, "r1": 3, "r2": 2}
    after = {segment.name for segment in open_snapshot(tmp_path, for_queries=False).segments}
    assert not before & after


class _NamedOtherwise:
    name = "another"


NAMED_OTHERWISE: Segmenter = _NamedOtherwise()  # type: ignore[assignment]

TEXT = """{agency}2021年法治政府建设情况报告

一、主要举措和成效
{body}
二、存在的不足和原因
执法力量仍然不足。
"""


def test_a_build_of_files(tmp_path: Path) -> None:
    """Touched, moved and copied files, other folders and rebuilds are no news; text is."""
    folder, index_dir = tmp_path / "reports", tmp_path / "index"
    folder.mkdir()

    def write(name: str, agency: str, more: str = "") -> None:
        body = "".join(f"{agency}第{i}项工作已经完成。" for i in range(20)) + more
        (folder / name).write_text(TEXT.format(agency=agency, body=body), encoding="utf-8")

    def build(now: int) -> dict[str, int]:
        """By agency."""
        build_index([folder], index_dir, processes=1, prune=True, now=now)
        snapshot = open_snapshot(index_dir)
        found = {}
        for own, taken in times(index_dir).items():
            place = snapshot.find_report(own)
            assert place is not None
            found[(place[0].report(place[1]).agency or "")[-6:]] = taken
        return found

    first, second, third = "云江省水务厅", "云江省林业厅", "云江省粮食局"
    write("a.txt", first)
    write("b.txt", second)
    assert build(1) == {first: 1, second: 1}
    write("c.txt", third)
    assert build(2) == {first: 1, second: 1, third: 2}
    os.utime(folder / "a.txt", (1, 1))
    (folder / "b.txt").rename(folder / "moved.txt")
    write("copy of c.txt", third)
    assert build(3) == {first: 1, second: 1, third: 2}
    write("a.txt", first, "又推行首违不罚。")
    assert build(4) == {first: 4, second: 1, third: 2}
    (folder / "metadata.csv").write_text("file,published\nmoved.txt,2022-02-01\n", encoding="utf-8")
    assert build(5) == {first: 4, second: 5, third: 2}
