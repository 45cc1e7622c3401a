"""Who is let in: those who have given the token, from this very page, under a name of our own.

- The host must be one of ours: a page elsewhere whose name was made to point here (DNS
  rebinding) is refused before anything else.
- What changes something must come from this page: ``Origin`` is required and must be ours.
- The token is given once, in a form; a cookie then stands for it until the server stops or
  somebody leaves.  The cookie is not the token, and no address ever carries either.

Source: OWASP Cheat Sheets on CSRF Prevention and Session Management.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from flask import Flask, Response, make_response, redirect, render_template, request
from werkzeug.exceptions import Forbidden, SecurityError
from werkzeug.wrappers import Response as Answer

from web.errors import Failure, answer
from web.settings import SettingError, Settings

COOKIE = "fazhi-keeper"
SHORTEST_TOKEN = 16
"""Characters; what somebody chooses must not be found by trying."""

_HERE = ("localhost", "127.0.0.1", "[::1]")
_SAFE = {"GET", "HEAD"}


def own_names(settings: Settings) -> list[str]:
    """The names under which the page answers, whatever the port."""
    own = settings.keeper_host
    listening = [] if own in {"0.0.0.0", "::"} else [f"[{own}]" if ":" in own else own]
    return [*_HERE, *listening, *settings.keeper_trusted_hosts]


def host_name(header: str) -> str:
    """The name in a ``Host`` header, without the port."""
    name, colon, port = header.lower().rpartition(":")
    return name if colon and port.isdigit() else header.lower()


def choose_token(settings: Settings) -> str:
    """The token of the settings, or a new one.  Raises ``SettingError`` for one too short."""
    token = settings.keeper_token
    if not token:
        return secrets.token_urlsafe(24)
    if len(token) < SHORTEST_TOKEN:
        raise SettingError("FAZHI_KEEPER_TOKEN", "…", f"至少 {SHORTEST_TOKEN} 个字符")
    return token


class _Sessions:
    """The one session there is; leaving ends it everywhere."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        self.value = secrets.token_urlsafe(32)


def same(one: str, other: str) -> bool:
    """Whether they are equal, in a time that does not tell where they differ."""
    return secrets.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def register(app: Flask, token: str, names: Sequence[str]) -> None:
    """Puts the guard before everything, and the door beside it."""
    sessions = _Sessions()
    own = {name.lower() for name in names}

    @app.before_request
    def admit() -> Response | None:
        if host_name(request.headers.get("Host", "")) not in own:
            raise SecurityError
        if request.method not in _SAFE and request.headers.get("Origin") != _own_origin():
            raise Forbidden
        if request.endpoint in {"static", "enter"}:
            return None
        if same(request.cookies.get(COOKIE, ""), sessions.value):
            return None
        return _door(401)

    @app.post("/enter", endpoint="enter")
    def enter() -> Answer:
        if not same(request.form.get("token", ""), token):
            return _door(401, "口令不对。请原样复制启动时显示的（或设置中的）口令。")
        response = redirect("/", 303)
        response.set_cookie(
            COOKIE, sessions.value, httponly=True, samesite="Strict", secure=request.is_secure
        )
        return response

    @app.post("/leave", endpoint="leave")
    def leave() -> Answer:
        sessions.renew()
        response = redirect("/", 303)
        response.delete_cookie(COOKIE, httponly=True, samesite="Strict")
        return response

    @app.errorhandler(Forbidden)
    def refused(error: Forbidden) -> Response:
        advice = "请在本页面中操作，不要从别的网站或程序提交。"
        return answer(Failure(403, "origin", "没有执行", "这个请求不是从本页面发出的。", advice))

    @app.errorhandler(SecurityError)
    def rebound(error: SecurityError) -> Response:
        message = "这个主机名不是管理页的。"
        advice = "请用 127.0.0.1 或 localhost 打开，或在 FAZHI_KEEPER_TRUSTED_HOSTS 中写明主机名。"
        return answer(Failure(400, "host", "没有打开", message, advice))

    @app.after_request
    def private(response: Response) -> Response:
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        # Under "no-referrer" a browser sends its forms with "Origin: null" (Fetch standard).
        response.headers["Referrer-Policy"] = "same-origin"
        return response


def _own_origin() -> str:
    return request.host_url.rstrip("/")


def _door(status: int, problem: str = "") -> Response:
    return make_response(render_template("keeper/door.html", problem=problem), status)
