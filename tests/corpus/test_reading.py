"""One bad file never stops the others: hangs, crashes, files that are not there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from corpus import reading
from corpus.model import CleanText
from corpus.reading import Progress, Task, read_files

TEXT = (
    "临湖市司法局2021年法治政府建设年度报告\n2021年，临湖市司法局依法履职。\n"
    "一、主要举措\n办案3件。\n"
)


def tasks(folder: Path, *names: str) -> list[Task]:
    made = []
    for name in names:
        path = folder / name
        if not path.exists():
            path.write_text(TEXT, encoding="utf-8")
        made.append(Task(path.as_posix(), f"files/{name}", {}))
    return made


@pytest.fixture
def troublesome(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files named hang.txt never end, those named crash.txt end the process, and those named
    fault.txt meet a fault of ours."""
    real = reading.read_bytes

    def read_bytes(data: bytes, name: str) -> CleanText:
        if name.endswith("hang.txt"):
            time.sleep(60)
        if name.endswith("crash.txt"):
            os._exit(9)
        if name.endswith("fault.txt"):
            raise RuntimeError("no such thing")
        return real(data, name)

    monkeypatch.setattr(reading, "read_bytes", read_bytes)


@pytest.mark.usefixtures("troublesome")
def test_trouble_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    names = ("a.txt", "hang.txt", "b.txt", "crash.txt", "c.txt", "fault.txt", "d.txt")
    seen: list[Progress] = []
    found = list(
        read_files(tasks(tmp_path, *names), processes=2, progress=seen.append, time_limit_s=1.0)
    )
    codes = {outcome.shown: outcome.error.code if outcome.error else "" for outcome in found}
    assert codes == {
        "files/a.txt": "",
        "files/b.txt": "",
        "files/c.txt": "",
        "files/d.txt": "",
        "files/hang.txt": "timeout",
        "files/crash.txt": "crashed",
        "files/fault.txt": "internal",
    }
    assert (seen[-1].done, seen[-1].total) == (7, 7)
    assert seen[-1].rate > 0


def test_a_file_that_went_away_is_told(tmp_path: Path) -> None:
    task = Task((tmp_path / "gone.txt").as_posix(), "files/gone.txt", {})
    (outcome,) = read_files([task])
    assert outcome.error is not None
    assert outcome.error.code == "unreadable"


def test_members_of_a_zip_are_outcomes_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x/1.txt", TEXT)
        archive.writestr("2.txt", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99))
    rows = {f"{path.as_posix()}!x/1.txt": {"agency": "云江市司法局"}}
    found = list(read_files([Task(path.as_posix(), "files/a.zip", rows)]))
    assert {outcome.container for outcome in found} == {path.as_posix()}
    by_name = {outcome.shown: outcome for outcome in found}
    report = by_name["files/a.zip!x/1.txt"].report
    assert report is not None
    assert report.agency == "云江市司法局"
    assert by_name["files/a.zip!2.txt"].error is not None


@pytest.mark.usefixtures("troublesome")
def test_a_member_that_hangs_or_crashes_costs_no_other(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    names = ("a.txt", "hang.txt", "b.txt", "crash.txt", "c.txt")
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, TEXT)
    seen: list[Progress] = []
    task = Task(path.as_posix(), "files/a.zip", {})
    found = list(read_files([task], progress=seen.append, time_limit_s=1.0))
    assert [(outcome.shown, outcome.error.code if outcome.error else "") for outcome in found] == [
        ("files/a.zip!a.txt", ""),
        ("files/a.zip!hang.txt", "timeout"),
        ("files/a.zip!b.txt", ""),
        ("files/a.zip!crash.txt", "crashed"),
        ("files/a.zip!c.txt", ""),
    ]
    assert [progress.done for progress in seen] == [1]


@pytest.mark.usefixtures("troublesome")
def test_a_zip_of_crashes_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_TROUBLES", 2)
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(9):
            archive.writestr(f"{number}/crash.txt", TEXT)
    found = list(read_files([Task(path.as_posix(), "files/a.zip", {})]))
    assert [outcome.shown for outcome in found] == [
        *(f"files/a.zip!{number}/crash.txt" for number in range(3)),
        "files/a.zip",
    ]


def test_no_tasks_no_outcomes() -> None:
    assert list(read_files([])) == []


def test_leaving_early_ends_the_workers(tmp_path: Path) -> None:
    outcomes = read_files(tasks(tmp_path, *(f"{n}.txt" for n in range(20))), processes=2)
    next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]
    children = subprocess.run(
        ["ps", "--ppid", str(os.getpid()), "-o", "comm="], capture_output=True, text=True
    ).stdout.split()
    assert not [name for name in children if "python" in name]


_ENDLESS = """
import sys, time
from pathlib import Path
from corpus import reading
from corpus.reading import Task, read_files
reading._steps = lambda task: time.sleep(0.2) or []
tasks = [Task(f"/nowhere/{n}.txt", "x", {}) for n in range(1000)]
print("begun", flush=True)
list(read_files(tasks, processes=2))
"""


def test_workers_do_not_outlive_a_killed_parent(project_dir: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", _ENDLESS], cwd=project_dir, stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    parent.stdout.readline()
    children: list[str] = []
    for _ in range(50):
        children = subprocess.run(
            ["ps", "--ppid", str(parent.pid), "-o", "pid="], capture_output=True, text=True
        ).stdout.split()
        if len(children) == 2:
            break
        time.sleep(0.1)
    assert len(children) == 2
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    for _ in range(50):
        alive = [pid for pid in children if Path(f"/proc/{pid}").exists()]
        if not alive:
            break
        time.sleep(0.1)
    assert alive == []
