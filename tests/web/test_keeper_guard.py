"""Who is let in to the keeper's page, and from where; nothing here needs an index."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from web.keeper import commands, create_keeper, guard
from web.keeper.builds import Builds
from web.keeper.commands import CollectedFile, Collection
from web.keeper.desk import Desk
from web.settings import SettingError, Settings

MakeKeeper = Callable[..., FlaskClient]

TOKEN = "a-token-for-the-tests"
ORIGIN = {"Origin": "http://localhost"}
PATH = "/报告/无标签.txt"
FILE = CollectedFile(PATH, "/报告", "报告/无标签.txt", "report", "", "x", True, None, None, None)


@pytest.fixture
def builds() -> Iterator[Builds]:
    """Builds that only wait."""
    made = Builds((sys.executable, "-c", "import time; time.sleep(60)"))
    yield made
    made.close()


@pytest.fixture
def make_keeper(
    engine: Any, builds: Builds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> MakeKeeper:
    """A client of the page over the plain engine, let in unless told otherwise; whatever command
    it runs fails the test."""

    def run(*arguments: Any) -> None:
        raise AssertionError(arguments)

    held = Collection(engine.generation(), ("/报告",), False, {PATH: FILE})
    monkeypatch.setattr(commands, "collect", lambda index_dir: held)
    monkeypatch.setattr(commands, "_run", run)

    def make(*, inside: bool = True, **more: Any) -> FlaskClient:
        desk = Desk(tmp_path, engine.generation, builds)
        client = create_keeper(engine, Settings(**more), TOKEN, desk).test_client()
        if inside:
            assert client.post("/enter", data={"token": TOKEN}, headers=ORIGIN).status_code == 303
        return client

    return make


def text_of(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def post(client: FlaskClient, path: str, **data: str) -> TestResponse:
    return client.post(path, data=data, headers=ORIGIN)


PATHS = ("/", "/unlabelled", "/problems", "/label?file=x", "/build", "/nothing")


@pytest.mark.parametrize("path", PATHS)
def test_nobody_sees_anything_without_the_token(make_keeper: MakeKeeper, path: str) -> None:
    client = make_keeper(inside=False)
    client.set_cookie("fazhi-keeper", "")
    answer = client.get(path)
    assert answer.status_code == 401
    assert "口令" in text_of(answer)
    assert "无标签" not in text_of(answer)
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/label", "/build", "/build/stop", "/leave"])
def test_nobody_does_anything_without_the_token(
    make_keeper: MakeKeeper, builds: Builds, path: str
) -> None:
    client = make_keeper(inside=False)
    assert post(client, path).status_code == 401
    client.set_cookie("fazhi-keeper", TOKEN)  # the cookie is not the token
    assert post(client, path).status_code == 401
    assert builds.state().phase == "none"


@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN + "x", "口令", "\ud800"])
def test_a_wrong_token_opens_nothing(make_keeper: MakeKeeper, token: str) -> None:
    client = make_keeper(inside=False)
    data = f"token={token}".encode("utf-8", "surrogatepass")
    form = "application/x-www-form-urlencoded"
    answer = client.post("/enter", data=data, headers=ORIGIN, content_type=form)
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers
    assert 'role="alert"' in text_of(answer)
    assert client.get("/").status_code == 401


def test_token_and_cookie_are_compared_in_constant_time(
    make_keeper: MakeKeeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_keeper(inside=False)
    seen = []
    real = secrets.compare_digest

    def spy(one: bytes, other: bytes) -> bool:
        seen.append(one)
        return real(one, other)

    monkeypatch.setattr(secrets, "compare_digest", spy)
    post(client, "/enter", token="guess")
    client.set_cookie("fazhi-keeper", "guessed")
    client.get("/")
    assert seen == [b"guess", b"guessed"]


def test_the_cookie_is_for_this_page_alone_and_leaving_ends_it(make_keeper: MakeKeeper) -> None:
    client = make_keeper(inside=False)
    cookie = post(client, "/enter", token=TOKEN).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert TOKEN not in cookie
    value = cookie.split("=", 1)[1].split(";")[0]
    assert client.get("/").status_code == 200
    post(client, "/leave")
    client.set_cookie("fazhi-keeper", value)
    assert client.get("/").status_code == 401


@pytest.mark.parametrize("path", ["/enter", "/label", "/build", "/build/stop", "/leave"])
@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "",
        "http://evil.example",
        "https://localhost",
        "http://localhost:8000",
        "http://localhost.evil.example",
        "http://localhost/",
    ],
)
def test_what_changes_something_comes_from_this_page(
    make_keeper: MakeKeeper, builds: Builds, path: str, origin: str | None
) -> None:
    client = make_keeper()
    headers = {} if origin is None else {"Origin": origin}
    data = {"token": TOKEN, "file": PATH, "year": "2021"}
    answer = client.post(path, data=data, headers=headers)
    assert answer.status_code == 403
    assert "不是从本页面发出的" in text_of(answer)
    assert "Set-Cookie" not in answer.headers
    assert builds.state().phase == "none"
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("path", ["/", "/static/site.css", "/nothing"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "localhost.evil.example", ""])
def test_a_name_that_was_made_to_point_here_is_refused(
    make_keeper: MakeKeeper, path: str, host: str
) -> None:
    client = make_keeper()
    assert client.get(path, headers={"Host": host}).status_code == 400
    own = {"Host": host, "Origin": f"http://{host}"}
    assert client.post("/build", headers=own).status_code == 400


def test_names_that_are_ours(make_keeper: MakeKeeper) -> None:
    client = make_keeper(keeper_trusted_hosts=("nas.example",), keeper_host="192.168.1.5")
    for host in ("localhost:8410", "127.0.0.1:8410", "[::1]:8410", "nas.example", "192.168.1.5:1"):
        assert client.get("/", headers={"Host": host}).status_code in {200, 401}
    assert client.get("/", headers={"Host": "192.168.1.6"}).status_code == 400
    assert "FAZHI_KEEPER_TRUSTED_HOSTS" in text_of(client.get("/", headers={"Host": "a.example"}))


def test_every_answer_is_guarded(make_keeper: MakeKeeper) -> None:
    client = make_keeper()
    for answer in (client.get("/"), client.get("/nothing"), client.post("/build")):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "no-store"
        # with "no-referrer" a browser would send "Origin: null" with our own forms
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert " style=" not in text_of(answer)
        assert "<script>" not in text_of(answer)


def test_a_token_chosen_has_to_be_long() -> None:
    assert guard.choose_token(Settings(keeper_token=TOKEN)) == TOKEN
    assert len(guard.choose_token(Settings())) >= 32
    assert guard.choose_token(Settings()) != guard.choose_token(Settings())
    with pytest.raises(SettingError) as refused:
        guard.choose_token(Settings(keeper_token="short"))
    assert "short" not in str(refused.value)


def test_the_site_knows_nothing_of_it(make_site: Callable[..., Any]) -> None:
    client = make_site(keeper_port=8001, keeper_token=TOKEN).test_client()
    for path in ("/enter", "/unlabelled", "/problems", "/label", "/build", "/build/stop"):
        assert client.get(path).status_code == 404
        assert client.post(path, data={"token": TOKEN}, headers=ORIGIN).status_code in {404, 405}
    assert "8001" not in text_of(client.get("/"))
