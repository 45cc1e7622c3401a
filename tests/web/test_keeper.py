"""The keeper's page over a real index of a few invented files: labels, problems, builds.

Builds are stand-ins but where the real one is meant.  Who is let in: ``test_keeper_guard.py``.
"""

from __future__ import annotations

import csv
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from search import open_engine
from web.keeper import commands, create_keeper
from web.keeper.builds import AlreadyBuilding, Builds
from web.keeper.commands import Collection
from web.keeper.desk import Desk
from web.settings import Settings

MakeKeeper = Callable[..., FlaskClient]

TOKEN = "a-token-for-the-tests"
ORIGIN = {"Origin": "http://localhost"}

SLEEPS = "import time; print('19% 读取文件 3/8，5 份/秒，剩余约 1 秒', flush=True); time.sleep(60)"
FAILS = "import sys; print('这里出了错 <b>。', file=sys.stderr); sys.exit(1)"


def stand_in(program: str) -> Builds:
    """Builds that run a program of ours instead."""
    return Builds((sys.executable, "-c", program))


def until(found: Callable[[], bool]) -> None:
    """Wait for something that comes soon."""
    deadline = time.monotonic() + 120
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def make_keeper(kept: tuple[Path, Path]) -> Iterator[MakeKeeper]:
    """A client of the page over the index, that was let in."""
    _, index_dir = kept
    opened: list[Any] = []

    def make(builds: Builds | None = None) -> FlaskClient:
        engine = open_engine(index_dir)
        desk = Desk(index_dir, engine.generation, builds)
        opened.extend((engine, desk.builds))
        settings = Settings(index_dir=str(index_dir))
        client = create_keeper(engine, settings, TOKEN, desk).test_client()
        assert client.post("/enter", data={"token": TOKEN}, headers=ORIGIN).status_code == 303
        return client

    yield make
    for one in opened:
        one.close()


def text_of(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def unlabelled(folder: Path) -> str:
    return (folder / "深" / "无标签.txt").as_posix()


def post(client: FlaskClient, path: str, **data: str) -> TestResponse:
    return client.post(path, data=data, headers=ORIGIN)


# -- what is shown


def test_the_overview_counts(make_keeper: MakeKeeper, kept: tuple[Path, Path]) -> None:
    page = text_of(make_keeper().get("/"))
    for expected in ("000001", "4 份", "7 个", str(kept[0])):
        assert expected in page
    for stage in ("识别", "合并", "筛选", "读取"):
        assert f">{stage}</a>" in page


def test_problems_and_merges_by_stage(make_keeper: MakeKeeper) -> None:
    client = make_keeper()
    everything = text_of(client.get("/problems"))
    assert "完全相同" in everything
    assert "坏.pdf" in everything
    merged = text_of(client.get("/problems?stage=合并"))
    assert "完全相同" in merged
    assert "坏.pdf" not in merged
    assert "填写标签" in merged
    unreadable = text_of(client.get("/problems?stage=读取"))
    assert "坏.pdf" in unreadable
    assert "填写标签" not in unreadable
    assert "这一类没有" in text_of(client.get("/problems?stage=<b>"))


@pytest.mark.parametrize("page", ["0", "-1", "99999999999999999999", "x", "２", ""])
def test_a_page_that_is_none_is_the_nearest(make_keeper: MakeKeeper, page: str) -> None:
    assert "无标签.txt" in text_of(make_keeper().get(f"/unlabelled?page={page}"))


def test_a_command_that_fails_is_told(
    make_keeper: MakeKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_keeper()

    def broken(index_dir: Path) -> Collection:
        raise commands.CommandFailed("索引文件已损坏 <b>")

    monkeypatch.setattr(commands, "collect", broken)
    answer = client.get("/")
    assert answer.status_code == 500
    assert "索引文件已损坏 &lt;b&gt;" in text_of(answer)


# -- labels


def test_labels_are_written_and_kept_apart(
    make_keeper: MakeKeeper, kept: tuple[Path, Path]
) -> None:
    folder, _ = kept
    table = folder / "metadata.csv"
    table.write_text("备注,file,year\n老站,甲.txt,2020\n", encoding="utf-8")
    client = make_keeper()
    listed = text_of(client.get("/unlabelled"))
    assert "待填写" in listed
    form = text_of(client.get("/label", query_string={"file": unlabelled(folder)}))
    assert "近年来，我们推进" in form
    assert "新增一行" in form
    seen = form.split('name="seen" value="')[1].split('"')[0]
    given = {"agency": "云江省澜州市档案馆", "year": "2021", "published": "2022-01-15"}
    answer = post(client, "/label", file=unlabelled(folder), seen=seen, **given)
    assert answer.status_code == 303
    shown = text_of(client.get(answer.headers["Location"]))
    assert "第 3 行，重建索引之后生效" in shown
    assert 'value="云江省澜州市档案馆"' in shown
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][:3] == ["备注", "file", "year"]
    assert rows[1] == ["老站", "甲.txt", "2020"]
    assert rows[2][1:3] == ["深/无标签.txt", "2021"]
    assert "已填写，待重建" in text_of(client.get("/unlabelled"))


def test_a_row_the_librarian_wrote_is_shown_before_it_is_replaced(
    make_keeper: MakeKeeper, kept: tuple[Path, Path]
) -> None:
    folder, _ = kept
    table = folder / "metadata.csv"
    client = make_keeper()
    file = unlabelled(folder)
    form = text_of(client.get("/label", query_string={"file": file}))
    seen = form.split('name="seen" value="')[1].split('"')[0]
    table.write_text("file,agency\n深/无标签.txt,手写的机关\n", encoding="utf-8")
    written = table.read_bytes()

    for stale in (seen, ""):
        answer = post(client, "/label", file=file, seen=stale, agency="表单的机关")
        assert answer.status_code == 409
        assert "机关 手写的机关" in text_of(answer)
        assert 'value="表单的机关"' in text_of(answer)
        assert table.read_bytes() == written
    seen = text_of(answer).split('name="seen" value="')[1].split('"')[0]
    assert post(client, "/label", file=file, seen=seen, agency="表单的机关").status_code == 303
    assert "表单的机关" in table.read_text("utf-8")

    form = text_of(client.get("/label", query_string={"file": file}))
    assert 'value="表单的机关"' in form
    assert "将改写" in form


@pytest.mark.parametrize(
    "wrong",
    [
        {
            "year": ("21", "四位数"),
            "published": ("去年", "2022-01-15"),
            "title": ("长" * 201, "最多 200"),
            "agency": ("甲局\r\n别的.txt,乙局", "换行"),
            "url": ("javascript:alert(1)", "http"),
        },
        {"year": ("２０２１", "四位数"), "title": ("=cmd|' /C calc'!A0", "公式")},
        {"title": ("", "至少填写一项")},
    ],
    ids=["wrong", "formula", "empty"],
)
def test_a_wrong_label_is_said_beside_its_field(
    make_keeper: MakeKeeper, kept: tuple[Path, Path], wrong: dict[str, tuple[str, str]]
) -> None:
    folder, _ = kept
    client = make_keeper()
    file = unlabelled(folder)
    form = text_of(client.get("/label", query_string={"file": file}))
    seen = form.split('name="seen" value="')[1].split('"')[0]
    given = {column: value for column, (value, _) in wrong.items()}
    answer = post(client, "/label", file=file, seen=seen, **given)
    assert answer.status_code == 422
    page = text_of(answer)
    for column, (_, said) in wrong.items():
        assert said in page.split(f'id="{column}-problem">')[1].split("</p>")[0]
        assert f'href="#{column}"' in page
    assert not (folder / "metadata.csv").exists()


@pytest.mark.parametrize(
    "name",
    [
        "../别处/秘密.txt",
        "深/../甲.txt",
        "没有.txt",
        "坏.pdf",
        "metadata.csv",
        "深",
        "甲.txt\x00",
        "",
    ],
)
def test_only_files_the_index_knows_are_named(
    make_keeper: MakeKeeper, kept: tuple[Path, Path], name: str
) -> None:
    folder, _ = kept
    elsewhere = folder.parent / "别处"
    elsewhere.mkdir()
    (elsewhere / "秘密.txt").write_text("秘密", encoding="utf-8")
    client = make_keeper()
    for file in (name, f"{folder}/{name}", "/etc/passwd", "file:///etc/passwd"):
        assert client.get("/label", query_string={"file": file}).status_code == 404
        assert post(client, "/label", file=file, year="2021").status_code == 404
    assert not list(folder.parent.rglob("metadata.csv"))


def test_hostile_forms(make_keeper: MakeKeeper, kept: tuple[Path, Path]) -> None:
    folder, _ = kept
    client = make_keeper()
    file = unlabelled(folder)
    assert post(client, "/label", file=file, title="a\0b").status_code == 400
    assert post(client, "/label", file=file, title="x" * 100_000).status_code == 413
    # neither an option of the command nor markup
    answer = post(client, "/label", file=file, title="--under=/etc", seen="<script>")
    assert answer.status_code == 409
    assert "<script>" not in text_of(answer).split("<main")[1]
    assert not (folder / "metadata.csv").exists()


def test_a_table_that_cannot_be_used_is_told(
    make_keeper: MakeKeeper, kept: tuple[Path, Path]
) -> None:
    folder, _ = kept
    (folder / "metadata.csv").write_text("名称\n甲\n", encoding="utf-8")
    answer = make_keeper().get("/label", query_string={"file": unlabelled(folder)})
    assert answer.status_code == 500
    assert "缺少 file" in text_of(answer)


# -- the build


def test_progress_then_one_at_a_time_then_stopped(make_keeper: MakeKeeper) -> None:
    builds = stand_in(SLEEPS)
    client = make_keeper(builds)
    answer = post(client, "/build")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/build")
    until(lambda: builds.state().percent == 19)
    page = text_of(client.get("/build"))
    assert 'max="100" value="19"' in page
    assert "读取文件 3/8（19%）" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    again = post(client, "/build")
    assert again.status_code == 409
    assert "正在进行" in text_of(again)
    assert builds.count == 1
    assert "正在重建" in text_of(client.get("/"))
    post(client, "/build/stop")
    until(lambda: builds.state().phase == "stopped")
    assert "重建已停止" in text_of(client.get("/build"))
    post(client, "/build/stop")
    assert post(client, "/build").status_code == 303


def test_two_starts_at_the_same_moment() -> None:
    builds = stand_in(SLEEPS)
    try:
        builds.start([])
        with pytest.raises(AlreadyBuilding):
            builds.start([])
    finally:
        builds.close()


def test_a_build_that_fails_says_why(make_keeper: MakeKeeper) -> None:
    builds = stand_in(FAILS)
    client = make_keeper(builds)
    post(client, "/build")
    until(lambda: builds.state().phase == "failed")
    for path in ("/", "/build"):
        page = text_of(client.get(path))
        assert "重建没有完成，网站仍用原来的索引" in page
        assert "这里出了错 &lt;b&gt;。" in page


def test_a_build_that_will_not_stop_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.keeper.builds.PATIENCE_S", 0.2)
    deaf = """import signal, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
print('聋', flush=True)
time.sleep(60)
"""
    builds = stand_in(deaf)
    builds.start([])
    until(lambda: builds.state().messages == ("聋",))
    process = builds._process
    assert process is not None
    builds.close()
    assert process.returncode == -signal.SIGKILL


def test_a_build_knows_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAZHI_KEEPER_TOKEN", TOKEN)
    builds = stand_in("import os; print('FAZHI_KEEPER_TOKEN' in os.environ)")
    builds.start([])
    until(lambda: builds.state().phase == "done")
    assert builds.state().messages == ("False",)
    builds.close()


def test_the_real_build_labels_what_was_written(
    make_keeper: MakeKeeper, kept: tuple[Path, Path]
) -> None:
    folder, _ = kept
    client = make_keeper()
    file = unlabelled(folder)
    form = text_of(client.get("/label", query_string={"file": file}))
    seen = form.split('name="seen" value="')[1].split('"')[0]
    given = {"agency": "云江省澜州市档案馆", "year": "2021"}
    post(client, "/label", file=file, seen=seen, **given)
    assert "重建索引之后生效" in text_of(client.get("/"))
    post(client, "/build")
    until(lambda: "重建完成" in text_of(client.get("/build")))
    page = text_of(client.get("/"))
    assert "000002" in page
    assert "重建索引之后生效" not in page
    assert "没有。每份报告" in text_of(client.get("/unlabelled"))
    shown = text_of(client.get("/label", query_string={"file": file}))
    assert "云江省澜州市档案馆（来自 metadata.csv）" in shown


def test_refusals_of_the_real_build_are_shown(
    make_keeper: MakeKeeper, kept: tuple[Path, Path]
) -> None:
    folder, _ = kept
    client = make_keeper()
    for name in ("甲.txt", "乙.txt", "乙副本.txt"):
        (folder / name).unlink()
    post(client, "/build")
    until(lambda: "没有完成" in text_of(client.get("/build")))
    assert "为防误删已停止" in text_of(client.get("/build"))
    post(client, "/build", prune="on")
    until(lambda: "重建完成" in text_of(client.get("/build")))
    assert "移除 2 份" in text_of(client.get("/build"))


def test_a_folder_that_is_gone_is_told_and_left(
    make_keeper: MakeKeeper, kept: tuple[Path, Path]
) -> None:
    folder, _ = kept
    builds = stand_in(SLEEPS)
    client = make_keeper(builds)
    shutil.move(folder, folder.with_name("搬走了"))
    assert "找不到，跳过" in text_of(client.get("/"))
    answer = post(client, "/build")
    assert answer.status_code == 409
    assert "一个也找不到" in text_of(answer)
    assert builds.state().phase == "none"


def test_what_is_passed_to_the_command(make_keeper: MakeKeeper, kept: tuple[Path, Path]) -> None:
    folder, index_dir = kept
    builds = stand_in("import sys; print(sys.argv[1:])")
    client = make_keeper(builds)
    post(client, "/build", all="on", prune="on", folder="/etc")
    until(lambda: builds.state().phase == "done")
    expected = ["--all", "--prune", "--index-dir", str(index_dir), "--", str(folder)]
    assert builds.state().messages == (str(expected),)


def test_nothing_of_a_build_is_left_open() -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(3):
        builds = stand_in("pass")
        builds.start([])
        builds.close()
        builds.close()
    assert len(os.listdir("/proc/self/fd")) == before
