"""``docs/views.md`` is true: examples give what they say, every view is there, bounds hold."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from index.builder import build_index
from search import open_engine
from search.__main__ import VIEWS, main
from search.request import MAX_OFFSET, MAX_SIZE
from search.whoosh_engine import concordance, neighbours, suggest
from web import Settings, create_app

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "views.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")
COMMANDS = re.findall(r"```console\n\$ python -m search (.+)\n((?:.*\n)*?)```", TEXT)
REQUESTS = re.findall(r"```http\nGET (\S+)\n(.+)\n```", TEXT)


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory, project_dir: Path) -> Path:
    index_dir: Path = tmp_path_factory.mktemp("views") / "index"
    build_index([project_dir / "corpus" / "samples"], index_dir)
    return index_dir


@pytest.fixture(scope="module")
def client(samples: Path) -> Iterator[FlaskClient]:
    engine = open_engine(samples)
    yield create_app(engine).test_client()
    engine.close()


def matches(line: str, wanted: str) -> bool:
    """Whether a line is the one of the document, where … stands for anything."""
    return re.fullmatch(".*".join(map(re.escape, wanted.split("…"))), line) is not None


@pytest.mark.parametrize(("typed", "shown"), COMMANDS, ids=range(len(COMMANDS)))
def test_a_command_prints_what_the_document_shows(samples: Path, typed: str, shown: str) -> None:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main([*shlex.split(typed), "--index-dir", str(samples)]) == 0
    lines = out.getvalue().splitlines()
    at = 0
    for wanted in shown.splitlines():
        if wanted == "…":
            continue
        at = next((i + 1 for i in range(at, len(lines)) if matches(lines[i], wanted)), 0)
        assert at, wanted


def within(wanted: Any, found: Any) -> bool:
    """Whether the JSON of the document is a part of what was answered."""
    if isinstance(wanted, dict):
        return all(name in found and within(own, found[name]) for name, own in wanted.items())
    if isinstance(wanted, list):
        return len(wanted) <= len(found) and all(map(within, wanted, found))
    return bool(wanted == found)


@pytest.mark.parametrize(("url", "shown"), REQUESTS, ids=range(len(REQUESTS)))
def test_a_request_answers_what_the_document_shows(
    client: FlaskClient, url: str, shown: str
) -> None:
    answer = client.get(url)
    assert answer.status_code == 200
    assert within(json.loads(shown), answer.get_json()), answer.text


def test_every_view_has_a_row_and_an_example() -> None:
    for view in VIEWS:
        assert f"`--view {view}`" in TEXT
    headings = re.findall(r"^## (.+)$", TEXT, re.MULTILINE)
    assert headings == re.findall(r"^\| (?!看法|-)([^|]+) \|", TEXT, re.MULTILINE)
    parts = re.split(r"^## .+$", TEXT, flags=re.MULTILINE)[1:]
    assert all("```" in part for part in parts)


def test_the_bounds_are_those_of_the_code(client: FlaskClient) -> None:
    settings = Settings()
    for bound in (
        f"第 {MAX_OFFSET:,} 个之后用 `cursor`",
        f"只排前 {concordance.MOST_SORTED:,} 处",
        f"网站一次比较 {settings.trend_phrases} 个说法",
        f"网站 {settings.export_rows:,} 行（`FAZHI_EXPORT_ROWS`）",
        f"最常见的 {suggest.MOST_WORDS:,} 个词",
        f"最少见的 {neighbours.MOST_WORDS} 个词",
        f"| 一个段落 | {MAX_SIZE} |",
    ):
        assert bound in TEXT
    assert len(client.get("/api/v1/suggest?q=行").get_json()["suggestions"]) == 10
