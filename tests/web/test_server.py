"""``python -m web`` over a real index: it starts, says where, follows new builds, stops."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import pytest


def build(project_dir: Path, folder: Path, index: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "index", "build", str(folder), "--index-dir", str(index)],
        cwd=project_dir,
        check=True,
        capture_output=True,
    )


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


@pytest.fixture
def reports(project_dir: Path, tmp_path: Path) -> Path:
    """A folder with four of the sample reports."""
    folder = tmp_path / "reports"
    folder.mkdir()
    for path in sorted((project_dir / "corpus" / "samples").glob("lanxi-shengtai_202[0-3].txt")):
        shutil.copy(path, folder)
    assert len(list(folder.iterdir())) == 4
    return folder


@pytest.fixture
def served(project_dir: Path, reports: Path, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The site as a process of its own: its address, and the index it serves."""
    index = tmp_path / "index"
    build(project_dir, reports, index)
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "web", "--index-dir", str(index), "--port", str(port)],
        cwd=project_dir,
        stdout=subprocess.PIPE,
        start_new_session=True,
        text=True,
        encoding="utf-8",
        env=dict(os.environ, PYTHONIOENCODING="utf-8"),
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert "网站已就绪" in line
        assert f"http://127.0.0.1:{port}/" in line
        yield f"http://127.0.0.1:{port}", index
    finally:
        os.kill(process.pid, signal.SIGTERM)
        process.wait(10)
        # A worker that never came up would have to be killed.
        assert "refused" not in process.stdout.read()
        process.stdout.close()


def total(address: str, query: str) -> int:
    with urlopen(f"{address}/api/v1/search?q={quote(query)}", timeout=30) as answer:
        found: int = json.load(answer)["total"]["reports"]
        return found


def test_it_serves_and_follows_new_builds(
    served: tuple[str, Path], reports: Path, project_dir: Path
) -> None:
    address, index = served
    assert total(address, "") == 4
    with urlopen(f"{address}/search?q={quote('生态环境')}", timeout=30) as page:
        assert "份报告" in page.read().decode("utf-8")
    shutil.copy(project_dir / "corpus" / "samples" / "lanxi-shengtai_2024.txt", reports)
    build(project_dir, reports, index)
    deadline = time.monotonic() + 20
    while total(address, "") != 5:
        assert time.monotonic() < deadline, "the new build was not picked up"
        time.sleep(0.2)


@pytest.mark.parametrize("kind", ["missing", "port"])
def test_what_is_wrong_is_said_in_chinese(
    project_dir: Path, tmp_path: Path, kind: str, reports: Path
) -> None:
    index = tmp_path / "index"
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        if kind == "port":
            build(project_dir, reports, index)
        port = taken.getsockname()[1]
        found = subprocess.run(
            [sys.executable, "-m", "web", "--index-dir", str(index), "--port", str(port)],
            cwd=project_dir,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            env=dict(os.environ, PYTHONIOENCODING="utf-8"),
        )
    assert found.returncode == 2
    assert ("无法打开索引" if kind == "missing" else "无法监听") in found.stderr
    assert "Traceback" not in found.stderr


FORKING = """
import sys
from web import server
from web.settings import Settings
server._serve_granian = server._serve_waitress = lambda *_: print("encodings.idna" in sys.modules)
server.serve(Settings(port=int(sys.argv[1])), print)
"""


def test_workers_are_forked_when_host_names_can_be_encoded(project_dir: Path) -> None:
    # One forked while a thread imports the codec would wait for ever, and the rest do its work.
    command = [sys.executable, "-c", FORKING, str(free_port())]
    found = subprocess.run(command, cwd=project_dir, capture_output=True, text=True, check=True)
    assert found.stdout == "True\n"


LOADING = """
import os, sys, time
from web import server
from web.settings import Settings
def slowly():
    os.write(1, b"loading")
    time.sleep(60)
server.application = slowly
server.serve(Settings(port=int(sys.argv[1]), workers=1), print)
"""


def test_a_worker_that_still_opens_its_index_can_be_stopped(project_dir: Path) -> None:
    command = [sys.executable, "-c", LOADING, str(free_port())]
    with subprocess.Popen(command, cwd=project_dir, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.read(7) == b"loading"
        process.terminate()
        said, _ = process.communicate(timeout=30)
    assert b"refused" not in said
