"""What the keeper's page works with: the collection's files, the problems, the build.

One for each application; views fetch it with ``desk()``.
"""

from __future__ import annotations

import csv
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, current_app

from web.keeper import commands
from web.keeper.builds import Builds, BuildState
from web.keeper.commands import CollectedFile, Collection, Row

_KEY = "fazhi-keeper"
PROBLEMS = "problems.csv"
CATCH_UP_S = 3.0
"""How long the engine may take to follow a new generation before the page is shown without."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A line of ``problems.csv``."""

    shown: str
    stage: str
    reason: str
    advice: str
    code: str


class Desk:
    """The state of one keeper's page."""

    def __init__(
        self, index_dir: str | Path, generation: Callable[[], str], builds: Builds | None = None
    ) -> None:
        self.index_dir = Path(index_dir).resolve()
        self.builds = builds or Builds()
        self._generation = generation
        self._lock = threading.Lock()
        self._known: tuple[tuple[str, int, bool], Collection] | None = None
        self._written: dict[str, int] = {}

    def collection(self) -> Collection:
        """The files of the generation now served, once the engine serves it too.  Raises
        CommandFailed."""
        key = (self._generation(), self.builds.count, self.builds.state().running)
        with self._lock:
            if self._known is not None and self._known[0] == key:
                return self._known[1]
            found = commands.collect(self.index_dir)
            deadline = time.monotonic() + CATCH_UP_S
            while self._generation() != found.generation and time.monotonic() < deadline:
                time.sleep(0.05)
            self._known = ((self._generation(), *key[1:]), found)
            return found

    def problems(self) -> list[Problem]:
        """The last build's; none before the first."""
        try:
            with (self.index_dir / PROBLEMS).open(encoding="utf-8-sig", newline="") as file:
                rows = list(csv.reader(file))[1:]
        except FileNotFoundError:
            return []
        return [Problem(*row) for row in rows if len(row) == 5]

    def build(self, collection: Collection, *, keep_all: bool, prune: bool) -> None:
        """Build anew from the folders the index knows and the disk still has.  Raises
        AlreadyBuilding and OSError."""
        folders = [one for one in collection.folders if Path(one).exists()]
        options = [name for name, on in (("--all", keep_all), ("--prune", prune)) if on]
        self.builds.start([*options, "--index-dir", str(self.index_dir), "--", *folders])

    def state(self) -> BuildState:
        """How the last build stands."""
        state = self.builds.state()
        if state.phase == "done":
            with self._lock:
                built = self.builds.count
                self._written = {k: n for k, n in self._written.items() if n >= built}
        return state

    def write(self, file: CollectedFile, values: dict[str, str], seen: str) -> Row:
        """Write labels; they count from the next build on.  Raises as ``commands.write_row``."""
        row = commands.write_row(file, values, seen)
        with self._lock:
            self._written[file.path] = self.builds.count
        return row

    def written(self) -> frozenset[str]:
        """Paths of files labelled here that no build has read since."""
        self.state()
        return frozenset(self._written)


def missing(folders: Sequence[str]) -> list[str]:
    """Folders that are not there now."""
    return [one for one in folders if not Path(one).exists()]


def attach_desk(app: Flask, own: Desk) -> None:
    """Gives the application its desk."""
    app.extensions[_KEY] = own


def desk() -> Desk:
    """The desk of the application that answers."""
    found: Desk = current_app.extensions[_KEY]
    return found
