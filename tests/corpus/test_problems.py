"""Every code that a librarian can meet in ``problems.csv`` is in the documentation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

CODE = re.compile("[a-z]+(?:_[a-z]+)*")


def last_words(call: ast.Call) -> Iterator[str]:
    """The code that a call gives: ReadError's first argument, a Problem's last."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    place = {"ReadError": 0, "Problem": -1, "_problem": -1, "_lost": 1, "_failed": 3}.get(name)
    if place is not None and call.args:
        for one in ast.walk(call.args[place]):
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield one.value


@pytest.fixture(scope="module")
def codes(project_dir: Path) -> set[str]:
    found = {"series_other", "series_disclosure"}
    for path in (project_dir / "corpus").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                found.update(word for word in last_words(node) if CODE.fullmatch(word))
    return found


def test_every_code_is_documented(codes: set[str], project_dir: Path) -> None:
    page = (project_dir / "docs" / "collecting.md").read_text("utf-8")
    table = "\n".join(line for line in page.split("\n") if line.startswith("| `"))
    assert len(codes) >= 15
    assert codes == set(re.findall("`([a-z_]+)`", table))
