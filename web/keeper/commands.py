"""Commands of ``index`` and ``corpus``, run as processes; their JSON as values."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
"""Where the packages lie."""
PATIENCE_S = 120


class CommandFailed(Exception):
    """A command that did not do what it was asked; the message is its own, in Chinese."""


class LabelsRefused(CommandFailed):
    """Labels that may not be written; ``problems`` says why, by column."""

    def __init__(self, message: str, problems: Mapping[str, str]) -> None:
        super().__init__(message)
        self.problems = problems


class RowChanged(CommandFailed):
    """The row is not as it was when it was shown."""


@dataclass(frozen=True, slots=True)
class CollectedFile:
    """A file as the index's last build read it; see ``corpus.listing.ListedFile``."""

    path: str
    root: str
    shown: str
    outcome: str
    reason: str
    report: str | None
    primary: bool
    agency: str | None
    year: int | None
    published: str | None

    @property
    def takes_labels(self) -> bool:
        """Whether a row of ``metadata.csv`` can speak for it: it could be read, and its
        folder was given, not the file alone."""
        return self.outcome != "problem" and self.path != self.root

    @property
    def lacks(self) -> tuple[str, ...]:
        """Labels nothing said."""
        named = (("机关", self.agency), ("年度", self.year))
        return tuple(name for name, value in named if value is None)


@dataclass(frozen=True, slots=True)
class Collection:
    """What a generation was built from; see ``index.files.CollectedFiles``."""

    generation: str
    folders: tuple[str, ...]
    keep_all: bool
    files: Mapping[str, CollectedFile]
    """By path."""

    def unlabelled(self) -> list[CollectedFile]:
        """Files whose report lacks a label, by path."""
        return [one for one in self.files.values() if one.primary and one.lacks]


@dataclass(frozen=True, slots=True)
class Row:
    """A file's row of ``metadata.csv``, there or to be; see ``corpus.override_rows.Place``."""

    file: str
    table: str
    line: int | None
    values: Mapping[str, str]
    seen: str


def environment() -> dict[str, str]:
    """What a command gets to know: everything but the token, and to speak UTF-8 at once."""
    known = {name: value for name, value in os.environ.items() if name != "FAZHI_KEEPER_TOKEN"}
    return {**known, "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"}


def collect(index_dir: Path) -> Collection:
    """The files of the generation now served.  Raises CommandFailed."""
    found = _json("index", "files", "--json", "--index-dir", str(index_dir))
    files = {one["path"]: CollectedFile(**one) for one in found["files"]}
    return Collection(found["generation"], tuple(found["folders"]), found["keep_all"], files)


def read_row(file: CollectedFile) -> Row:
    """The file's row as it stands on disk.  Raises CommandFailed."""
    return Row(**_json("corpus", "label", "--json", "--under", file.root, "--", file.path))


def write_row(file: CollectedFile, values: Mapping[str, str], seen: str) -> Row:
    """Write the labels over the row that was seen.  Raises LabelsRefused, RowChanged and
    CommandFailed; then nothing was written."""
    labels = [f"--{column}={value}" for column, value in values.items()]
    asked = [*labels, f"--replacing={seen}", "--json", "--under", file.root, "--", file.path]
    return Row(**_json("corpus", "label", *asked))


def _json(module: str, *arguments: str) -> Any:
    done = _run(module, arguments)
    try:
        found = json.loads(done.stdout)
    except ValueError:
        said = done.stderr.strip().splitlines()[-3:]
        raise CommandFailed("\n".join(said) or f"命令以状态 {done.returncode} 结束。") from None
    if "error" not in found:
        return found
    error = found["error"]
    if error["code"] == "labels":
        raise LabelsRefused(error["message"], error["labels"])
    raise (RowChanged if error["code"] == "changed" else CommandFailed)(error["message"])


def _run(module: str, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            stdin=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
            timeout=PATIENCE_S,
        )
    except subprocess.TimeoutExpired:
        raise CommandFailed(f"命令在 {PATIENCE_S} 秒内没有结束。") from None
