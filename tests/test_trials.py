"""``docs/trials.md`` stays true: every recorded command and address with exact counts, again."""

from __future__ import annotations

import html
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from index.builder import build_index
from search import __main__ as command
from search import open_engine
from web import create_app

COMMAND = "python -m search "
SITE = "http://127.0.0.1:8000"
LINE = re.compile(
    rf"^\| (\w+) \|.*\| `(?:{COMMAND}(.+?)|{SITE}(.+?))` \|.*"
    r"\| (\d+) reports · (\d+) passages · (\d+) occurrences \|$",
    re.MULTILINE,
)
ANSWER = re.compile(r"([\d,]+) 份报告 · ([\d,]+) 个段落 · ([\d,]+) 处")
TRIALS = LINE.findall(
    (Path(__file__).parents[1] / "docs" / "trials.md").read_text(encoding="utf-8")
)


def counts(text: str) -> list[int]:
    answer = ANSWER.search(re.sub(r"<[^>]+>", "", html.unescape(text)))
    assert answer, text[:200]
    return [int(number.replace(",", "")) for number in answer.groups()]


@pytest.fixture(scope="module")
def indexes(
    shared_dir: Path, project_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """The three indexes that the document builds."""
    var: Path = tmp_path_factory.mktemp("trials")
    corpora = shared_dir / "corpora"
    reports, council = corpora / "reports", corpora / "state_council_work_reports"
    samples = project_dir / "corpus" / "samples"
    for name, folders in (
        ("reports", [reports]),
        ("council", [council]),
        ("mixed", [reports, council, samples]),
    ):
        build_index(folders, var / name)
    return {f"var/{name}": var / name for name in ("reports", "council", "mixed")}


@pytest.fixture(scope="module")
def client(indexes: dict[str, Path]) -> Iterator[FlaskClient]:
    engine = open_engine(indexes["var/mixed"])
    yield create_app(engine).test_client()
    engine.close()


@pytest.fixture
def run(indexes: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> Callable[[str], str]:
    def run(typed: str) -> str:
        words = [str(indexes.get(word, word)) for word in shlex.split(typed)]
        assert command.main([*words, "--size", "1"]) == 0
        return capsys.readouterr().out

    return run


def test_the_document_has_trials() -> None:
    assert len(TRIALS) >= 20
    assert len({name for name, *_ in TRIALS}) == len(TRIALS)


@pytest.mark.parametrize(
    ("typed", "address", "expected"),
    [
        pytest.param(typed, address, [int(n) for n in numbers], id=name)
        for name, typed, address, *numbers in TRIALS
    ],
)
def test_a_trial_counts_as_recorded(
    run: Callable[[str], str], client: FlaskClient, typed: str, address: str, expected: list[int]
) -> None:
    if typed:
        assert counts(run(typed)) == expected
    else:
        page = client.get(address)
        assert page.status_code == 200
        assert counts(page.text) == expected
