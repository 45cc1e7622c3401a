"""What became of every file: the rows of a catalog, read without changing it."""

from __future__ import annotations

import pickle
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from corpus.catalog import STATE_VERSION
from corpus.collection import Row
from corpus.errors import OldCatalog


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file, or a member of a zip, as the last build read it."""

    path: str
    """Absolute POSIX path; a zip member after ``!``."""
    root: str
    """The folder (or file) that was given to the build."""
    shown: str
    """As ``problems.csv`` shows it."""
    outcome: str
    """``report``, ``not_a_report`` or ``problem``."""
    reason: str
    """In Chinese, why it is no report; empty for one."""
    report: str | None
    """Id of the report it is held as."""
    primary: bool
    """Whether its text and labels are the ones that are held."""
    agency: str | None
    year: int | None
    published: str | None


def list_files(catalog: Path) -> list[ListedFile]:
    """Every file, by path.  Raises OldCatalog, and ``sqlite3.DatabaseError`` for what is none."""
    address = f"{catalog.resolve().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as db:
        version = db.execute("select value from state where name = 'version'").fetchone()
        if version is None or version[0] != str(STATE_VERSION):
            raise OldCatalog
        primaries = {path for (path,) in db.execute("select path from reports")}
        found = []
        for path, root, shown, outcome, reason, report, blob in db.execute(
            "select path, root, shown, outcome, reason, report_id, row from files order by path"
        ):
            row: Row | None = pickle.loads(blob) if blob else None
            found.append(
                ListedFile(
                    path,
                    root,
                    shown,
                    outcome,
                    reason or "",
                    report,
                    report is not None and path in primaries,
                    row.agency if row else None,
                    row.year if row else None,
                    row.published if row else None,
                )
            )
        return found
