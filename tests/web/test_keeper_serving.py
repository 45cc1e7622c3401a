"""The keeper's page as ``python -m web`` serves it: a process and a port of its own."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from search import open_engine
from web.keeper.serving import beside
from web.settings import Settings


def ask(address: str, method: str, path: str, **headers: str) -> HTTPResponse:
    """One request; the body of a POST is in ``body``."""
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    body = headers.pop("body", None)
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def enter(keeper: str, token: str) -> str:
    """The cookie."""
    answer = ask(keeper, "POST", "/enter", Origin=keeper, body=urlencode({"token": token}))
    assert answer.status == 303
    return answer.headers["Set-Cookie"].split(";")[0]


def processes(about: str) -> list[str]:
    """Command lines that hold the text, zombies left out."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = entry.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if about in command:
            found.append(command)
    return found


def until_none(about: str) -> None:
    deadline = time.monotonic() + 30
    while left := processes(about):
        assert time.monotonic() < deadline, left
        time.sleep(0.1)


def test_it_is_on_its_own_port_alone(start_web: Callable[..., Any]) -> None:
    site, keeper, token, _ = start_web()
    cookie = enter(keeper, token)
    assert ask(keeper, "GET", "/unlabelled", Cookie=cookie).status == 200
    assert ask(keeper, "GET", "/unlabelled").status == 401
    assert ask(keeper, "GET", "/unlabelled", Cookie=cookie, Host="evil.example").status == 400
    assert ask(keeper, "GET", "/search").status == 401
    for path in ("/unlabelled", "/build", "/enter"):
        assert ask(site, "GET", path, Cookie=cookie).status == 404
        assert ask(site, "POST", path, Cookie=cookie, Origin=site).status in {404, 405}


def test_the_site_is_told_no_token() -> None:
    with beside(Settings(keeper_token="a-token-for-the-tests")) as public:
        assert public == Settings()


@pytest.mark.parametrize("how", ["ctrl-c", "killed"])
def test_a_build_ends_with_the_server_and_leaves_the_index(
    start_web: Callable[..., Any], kept: tuple[Path, Path], project_dir: Path, how: str
) -> None:
    folder, index_dir = kept
    model = (folder / "甲.txt").read_text(encoding="utf-8")
    for number in range(400):
        text = model.replace("水务", f"第{number}水务").replace("措施", str(number))
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    _, keeper, token, process = start_web()
    cookie = enter(keeper, token)
    assert ask(keeper, "POST", "/build", Origin=keeper, Cookie=cookie).status == 303
    assert processes(f"--index-dir {index_dir} -- ")
    if how == "ctrl-c":
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    else:
        process.kill()
    process.wait(60)
    until_none(f"--index-dir {index_dir} -- ")
    if how == "killed":
        os.killpg(process.pid, signal.SIGTERM)  # the site's workers outlive it
    check = [sys.executable, "-m", "index", "check", "--index-dir", str(index_dir)]
    assert subprocess.run(check, cwd=project_dir, capture_output=True).returncode == 0
    engine = open_engine(index_dir)
    assert (engine.generation(), engine.overview().total.reports) == ("000001", 4)
    engine.close()


@pytest.mark.parametrize("wrong", ["taken", "the site's", "token"])
def test_what_cannot_be_served_is_said_in_chinese(
    kept: tuple[Path, Path], project_dir: Path, wrong: str
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "web", "--index-dir", str(kept[1]), "--keeper-port", port]
        if wrong == "the site's":
            command += ["--port", port]
        environ = dict(os.environ, PYTHONIOENCODING="utf-8")
        if wrong == "token":
            taken.close()
            environ["FAZHI_KEEPER_TOKEN"] = "too-short"
        done = subprocess.run(
            command,
            cwd=project_dir,
            env=environ,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )
    assert done.returncode == 2
    assert ("FAZHI_KEEPER_TOKEN" if wrong == "token" else "FAZHI_KEEPER_PORT") in done.stderr
    assert "too-short" not in done.stderr
    assert "Traceback" not in done.stderr
