"""A real Chromium, and the site really listening.

The site runs over the plain engine, once over a real index.  Tests skip where there is no
Chromium, unless FAZHI_REQUIRE_BROWSER=1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from search import open_engine
from web import create_app

# Generous, for machines that do much else; no test waits for what is there.
expect.set_options(timeout=30_000)

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing on the terminal."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if os.environ.get("FAZHI_REQUIRE_BROWSER") == "1":
            pytest.fail("Chromium must be here, and is not")
        pytest.skip("needs Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def listening(app: Flask) -> Iterator[str]:
    """The site, really listening; its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def address(make_site: Callable[..., Flask]) -> Iterator[str]:
    """The site over the plain engine."""
    with listening(make_site()) as found:
        yield found


@pytest.fixture(scope="module")
def whole_street(project_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site over a real index of the sample reports."""
    index = tmp_path_factory.mktemp("index")
    samples = project_dir / "corpus" / "samples"
    command = [sys.executable, "-m", "index", "build", str(samples), "--index-dir", str(index)]
    subprocess.run(command, cwd=project_dir, check=True, capture_output=True)
    engine = open_engine(index)
    with listening(create_app(engine)) as found:
        yield found
    engine.close()


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens a page of the site; fails the test on a script error or a request elsewhere."""
    contexts = []
    faults: list[str] = []

    def open_(path: str, *, scripts: bool = True, width: int = 1440, **more: Any) -> Page:
        context = browser.new_context(
            java_script_enabled=scripts,
            viewport={"width": width, "height": 900},
            base_url=address,
            locale="zh-CN",
            **more,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda message: (
                faults.append(message.text) if "Content Security Policy" in message.text else None
            ),
        )
        page.on(
            "request",
            lambda request: (
                faults.append(request.url)
                if not request.url.startswith((address, "blob:", "data:"))
                else None
            ),
        )
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert faults == []
