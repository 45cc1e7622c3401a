"""The keeper's page as a process beside the site's.

``beside`` is what ``python -m web`` wraps around the site; ``run`` is that process.  One process,
a few threads: the build it watches is its own state.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from types import FrameType

import waitress

from search import open_engine
from web.keeper import create_keeper
from web.keeper.builds import PATIENCE_S
from web.keeper.commands import ROOT
from web.keeper.desk import Desk
from web.keeper.guard import choose_token
from web.settings import SettingError, Settings

THREADS = 4


@contextlib.contextmanager
def beside(settings: Settings) -> Iterator[Settings]:
    """Runs the keeper's page, when it is enabled, as long as the site; gives the settings the
    site is to have, which know no token.  Raises ``SettingError`` for what cannot be served."""
    public = replace(settings, keeper_token="")
    if not settings.keeper_port:
        yield public
        return
    _check(settings)
    own = replace(settings, keeper_token=choose_token(settings))
    process = subprocess.Popen(
        [sys.executable, "-m", "web.keeper", str(os.getpid())],
        stdin=subprocess.DEVNULL,
        env={**os.environ, **own.to_environment(), "PYTHONPATH": _path()},
    )
    try:
        yield public
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            process.wait(PATIENCE_S + 5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _path() -> str:
    return os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))


def _check(settings: Settings) -> None:
    """Raises ``SettingError`` now rather than later in another process."""
    port = str(settings.keeper_port)
    if settings.keeper_port == settings.port:
        raise SettingError("FAZHI_KEEPER_PORT", port, "与网站不同的端口")
    family = socket.AF_INET6 if ":" in settings.keeper_host else socket.AF_INET
    with contextlib.closing(socket.socket(family, socket.SOCK_STREAM)) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((settings.keeper_host, settings.keeper_port))
        except (OSError, OverflowError) as error:
            where = f"{settings.keeper_host} 上空闲的端口（{error}）"
            raise SettingError("FAZHI_KEEPER_PORT", port, where) from None


def run(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT; then stops the build that runs, and ends."""
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    engine = open_engine(settings.index_dir)
    desk = Desk(settings.index_dir, engine.generation)
    try:
        app = create_keeper(engine, settings, settings.keeper_token, desk)
        server = waitress.create_server(
            app, host=settings.keeper_host, port=settings.keeper_port, threads=THREADS, ident=None
        )
        _announce(settings)
        server.run()
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)  # one is enough
        desk.builds.close()
        engine.close()


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


def _announce(settings: Settings) -> None:
    host = settings.keeper_host
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else f"[{host}]" if ":" in host else host
    print(f"管理页已就绪：http://{shown}:{settings.keeper_port}/", flush=True)
    print(f"管理页口令：{settings.keeper_token}", flush=True)
