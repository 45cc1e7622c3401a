"""Every report id ever issued, and where it went: links outlive what they point to.

The ledger lies beside the generations, not in them, and only ever grows: one JSON line an
event.  A generation's manifest says how many bytes of it belong to that generation, so lines
of a build that never came to be served do not count, and the next build cuts them off.
Deciding which report a removed one became belongs to ``builder``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Event = Literal["issued", "moved", "gone"]
Fate = Literal["current", "moved", "gone", "unknown"]


@dataclass(frozen=True, slots=True)
class Resolution:
    """What became of an id."""

    fate: Fate
    to: str | None = None
    """The id now served, for ``moved``."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: from now on ``id`` is served, or moved to ``to``, or gone."""

    event: Event
    id: str
    to: str | None = None


def whole_lines(path: Path) -> int:
    """Bytes of the file up to the end of its last whole line; 0 when there is no file."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return 0
    return raw.rfind(b"\n") + 1


def append(path: Path, entries: Iterable[Entry], size: int) -> int:
    """Cut the ledger to ``size`` bytes, append the entries, and see them safely on disk.
    Gives the new size."""
    lines = [
        json.dumps([entry.event, entry.id] + ([entry.to] if entry.to else []), ensure_ascii=False)
        + "\n"
        for entry in entries
    ]
    with path.open("ab") as file:
        file.truncate(size)
        file.seek(0, os.SEEK_END)
        file.write("".join(lines).encode())
        file.flush()
        os.fsync(file.fileno())
        return file.tell()


class Ledger:
    """The events up to ``size`` bytes, read.  An event counts until the next of the same id."""

    def __init__(self, path: Path, size: int | None = None) -> None:
        self._last: dict[str, Entry] = {}
        size = whole_lines(path) if size is None else size
        if not size:
            return
        with path.open("rb") as file:
            for line in file.read(size).splitlines():
                event, own, *rest = json.loads(line)
                self._last[own] = Entry(event, own, rest[0] if rest else None)

    def __len__(self) -> int:
        return len(self._last)

    def events(self) -> Mapping[str, Entry]:
        """The last event of each id."""
        return self._last

    def resolve(self, report_id: str) -> Resolution:
        """Follow the id to what is served now.  A chain that comes back to itself is gone."""
        seen: set[str] = set()
        own = report_id
        while own not in seen:
            seen.add(own)
            entry = self._last.get(own)
            if entry is None:
                return Resolution("unknown" if own == report_id else "gone")
            if entry.event == "gone" or (entry.event == "moved" and entry.to is None):
                return Resolution("gone")
            if entry.event == "issued":
                return Resolution("current") if own == report_id else Resolution("moved", own)
            own = entry.to or ""
        return Resolution("gone")
