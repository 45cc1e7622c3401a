"""The production server: granian with WSGI workers of one thread, waitress where it is missing.

A worker is a process of its own: it reads its settings from the environment, opens its own
engine and never shares one.  Each engine follows new generations by itself.
"""

from __future__ import annotations

import codecs
import contextlib
import gc
import http.client
import importlib
import importlib.util
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from search import open_engine
from search.request import SearchRequest
from web import create_app
from web.settings import Settings
from web.site import site

START_SECONDS = 60
"""How long workers may take to open the index before the address is no longer announced."""

BACKPRESSURE = 64
"""Requests a worker takes on at once; the rest wait in the listening queue."""


def worker() -> Flask:
    """The application of a worker."""
    # Until granian takes over, what was inherited from its parent would swallow the order to stop.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    return application()


def application() -> Flask:
    """The application, from the settings in the environment."""
    _know_host_names()
    settings = Settings.from_environment(os.environ)
    app = create_app(open_engine(Path(settings.index_dir), settings.query_bounds), settings)
    _warm(app)
    return app


def _warm(app: Flask) -> None:
    """Makes what the first readers would wait for, and takes all that is there by now out of the
    collector's passes: a full one took 97 ms with 50,000 passages, in the middle of a request."""
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    with app.app_context():
        site().overview()
        site().engine.search(SearchRequest("法治"))
        site().engine.search(SearchRequest("法治 同句 政府"))
        site().engine.did_you_mean(SearchRequest("法制政府"))
    gc.collect()
    gc.freeze()


def serve(settings: Settings, listening: Callable[[str], None]) -> None:
    """Serves until told to stop; calls ``listening`` with the address once it answers.

    Raises ``OSError`` when the address cannot be had."""
    _know_host_names()
    _check_free(settings)
    os.environ.update(settings.to_environment())
    address = f"http://{_shown(settings.host)}:{settings.port}/"
    if importlib.util.find_spec("granian"):
        _serve_granian(settings, lambda: listening(address))
    else:  # no wheel for this machine
        _serve_waitress(settings, lambda: listening(address))


def _know_host_names() -> None:
    """Imports the codec that encodes host names, which Python does on first use.

    Used first while requests come in, the import can fail half-way, and Python then remembers
    that there is none; used first by the thread that waits for an answer, a worker forked
    meanwhile inherits a locked import and never starts."""
    codecs.lookup("idna")


def _serve_granian(settings: Settings, listening: Callable[[], None]) -> None:
    granian = importlib.import_module("granian")
    server = granian.Granian(
        "web.server:worker",
        address=settings.host,
        port=settings.port,
        interface=granian.constants.Interfaces.WSGI,
        workers=max(1, settings.workers),
        blocking_threads=1,
        backpressure=BACKPRESSURE,
        factory=True,
        websockets=False,
        log_level=granian.log.LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=3,
    )

    def started() -> None:
        threading.Thread(target=_when_answering, args=(settings, listening), daemon=True).start()

    server.on_startup(started)
    server.serve()


def _when_answering(settings: Settings, listening: Callable[[], None]) -> None:
    """Calls ``listening`` once a worker answers; workers open their index after the start."""
    host = "127.0.0.1" if settings.host in {"0.0.0.0", "::"} else settings.host
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        time.sleep(0.05)  # first of all: the workers are being forked
        connection = http.client.HTTPConnection(host, settings.port, timeout=START_SECONDS)
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("HEAD", "/robots.txt", headers={"Host": _own_name(settings)})
            connection.getresponse().read()
            listening()
            return


def _own_name(settings: Settings) -> str:
    """A host name the site answers to."""
    return settings.trusted_hosts[0].lstrip(".") if settings.trusted_hosts else "localhost"


def _serve_waitress(settings: Settings, listening: Callable[[], None]) -> None:
    waitress = importlib.import_module("waitress")
    server = waitress.create_server(
        application(), host=settings.host, port=settings.port, threads=max(2, settings.workers)
    )
    listening()
    server.run()


def _check_free(settings: Settings) -> None:
    """Raises ``OSError`` now, in words of ours, rather than later in a worker's log."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with contextlib.closing(socket.socket(family, socket.SOCK_STREAM)) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind((settings.host, settings.port))


def _shown(host: str) -> str:
    if host in {"0.0.0.0", "::"}:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
