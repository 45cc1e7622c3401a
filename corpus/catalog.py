"""Folders of files → what changed since the last build, and the reports to index.

    plan     look at the folders: which files are new, changed, the same, gone
    read     read those that are new or changed (``corpus.reading``), keep a row of each,
             and spool their reports to disk
    resolve  decide over all rows which files are one report and its id
             (``corpus.collection``); against the last build: what to index, remove, redirect
    reports  the reports to index, one at a time, from the spool or read again

The state is one SQLite file, which the index copies into each generation; memory holds small
keys only.  Nothing here knows how an index is written.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import shutil
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Final

from corpus.collection import Group, Resolution, Row, resolve, text_key
from corpus.errors import ReadError, TooManyGone
from corpus.finding import Found, find_files
from corpus.model import INDEXED_SERIES, Problem, Report, Source
from corpus.problems import collection_problems
from corpus.reading import Outcome, Progress, Task, read_files

STATE_VERSION: Final = 3
"""Of the tables.  Rows of another version are dropped and their files read again."""
RULES_VERSION: Final = 6
"""Raised when texts or labels are read by new rules: files of older ones are read again the next
time their folder is built, and held as they are until then."""
MOST_GONE: Final = 0.2
"""Share of the folders' reports that may go without ``prune``."""

_TABLES: Final = """
create table if not exists state(name text primary key, value text);
create table if not exists files(
    path text primary key, container text, root text, shown text, size integer, mtime integer,
    sha256 text, overrides text, outcome text, code text, reason text, advice text, row blob,
    source text, label text, report_id text);
create index if not exists files_by_container on files(container);
create index if not exists files_by_sha256 on files(sha256);
create table if not exists reports(id text primary key, digest text, path text);
create table if not exists not_looked_at(root text, path text, reason text, advice text, code text);
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """What reading there is to do."""

    changed: Sequence[Found]
    unchanged: int
    gone: Sequence[str]
    """Paths of files that were read in an earlier build and are not there now."""
    problems: Sequence[Problem]

    def __len__(self) -> int:
        return len(self.changed)


@dataclass(frozen=True, slots=True)
class Changes:
    """What the index has to do."""

    add: Sequence[Group]
    remove: frozenset[str]
    """Ids held before that are held no more."""
    moved: Mapping[str, str]
    """Removed ids and the id their file has now."""
    problems: Sequence[Problem]
    """All of the collection's, this build's and those still standing."""
    held: int
    """Reports after the build."""
    files: int
    """Files known after the build."""
    merged: int
    versions: int


class Catalog:
    """The state of a collection.  Use as a context manager; nothing is kept without ``save``."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path)
        self._db.executescript(_TABLES)
        version = self._db.execute("select value from state where name = 'version'").fetchone()
        if version is None or version[0] != str(STATE_VERSION):
            # what was read by other rules is read again; the ids that were given stay known
            self._db.executescript("drop table files;" + _TABLES)
        rules = self._db.execute("select value from state where name = 'rules'").fetchone()
        if rules is None or rules[0] != str(RULES_VERSION):
            self._db.execute("update files set size = -1")
        self._db.executemany(
            "insert or replace into state values (?, ?)",
            [("version", str(STATE_VERSION)), ("rules", str(RULES_VERSION))],
        )
        self._held: int | None = None
        self._roots: list[str] = []
        self._spool = sqlite3.connect("")  # a private temporary file, on disk
        self._db.execute(
            "create temp table had(path text primary key, report_id text, sha256 text)"
        )
        self._spool.execute("create table reports(path text primary key, report blob)")

    def __enter__(self) -> Catalog:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._db.close()
        self._spool.close()

    def save(self) -> None:
        """Keep all changes."""
        self._db.commit()

    def plan(self, folders: Sequence[Path], *, prune: bool = False) -> Plan:
        """What to read.  Raises OSError for a folder of those given that cannot be listed; what
        cannot be looked at below one is kept as it was."""
        problems: list[Problem] = []
        unseen: list[str] = []
        found: dict[str, Found] = {}
        roots = [folder.resolve() for folder in folders]
        for root in roots:
            first = len(problems)
            for one in find_files(root, problems, unseen):
                found.setdefault(one.path, one)
            self._keep_problems(root, problems[first:])
        changed = []
        unchanged = 0
        # the members of a zip share its size and time
        known = {
            path: (size, mtime, own)
            for path, size, mtime, own in self._db.execute(
                "select container, size, mtime, overrides from files"
            )
        }
        again = self._worth_another_try()
        for one in found.values():
            if (
                known.get(one.path) == (one.size, one.mtime, one.overrides)
                and one.path not in again
            ):
                unchanged += 1
            else:
                changed.append(one)
        gone = sorted(
            path
            for path in known
            if path not in found
            and any(Path(path).is_relative_to(root) for root in roots)
            and not any(Path(path).is_relative_to(one) for one in unseen)
        )
        self._roots = [root.as_posix() for root in roots]
        self._held = None if prune else self._reports_below(roots)
        return Plan(changed, unchanged, gone, problems)

    def _keep_problems(self, root: Path, problems: Sequence[Problem]) -> None:
        """Remember what could not be looked at, for builds of other folders to list."""
        self._db.execute("delete from not_looked_at where root = ?", (root.as_posix(),))
        self._db.executemany(
            "insert into not_looked_at values (?, ?, ?, ?, ?)",
            [(root.as_posix(), p.path, p.reason, p.advice, p.code) for p in problems],
        )

    def _worth_another_try(self) -> set[str]:
        """Files that are as they were, but whose trouble was not in them and is gone."""
        has_antiword = shutil.which("antiword") is not None
        return {
            path
            for path, code in self._db.execute(
                "select container, code from files where code in ('unreadable', 'needs_antiword')"
            )
            if (has_antiword if code == "needs_antiword" else os.access(path, os.R_OK))
        }

    def _reports_below(self, roots: Sequence[Path]) -> int:
        return sum(
            any(Path(container).is_relative_to(root) for root in roots)
            for (container,) in self._db.execute(
                "select container from files where report_id is not null"
            )
        )

    def read(
        self,
        plan: Plan,
        *,
        processes: int | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> None:
        """Read what the plan says.  The state is changed in memory of the database only until
        ``save``.  Raises TooManyGone, unless the plan was to ``prune``."""
        for path in plan.gone:
            self._replaced(path)
        by_path = {one.path: one for one in plan.changed}
        tasks = [Task(one.path, one.shown, json.loads(one.overrides)) for one in plan.changed]
        forgotten: set[str] = set()
        for outcome in read_files(tasks, processes=processes, progress=progress):
            own = by_path[outcome.container]
            if own.path not in forgotten:
                forgotten.add(own.path)
                self._replaced(own.path)
            self._keep(own, outcome)
        self._guard()

    def _guard(self) -> None:
        """Refuse when too many of the reports' files are gone or cannot be read any more; one that
        only moved, or has a copy, does not count."""
        (lost,) = self._db.execute(
            "select count(*) from had where report_id is not null and not exists "
            "(select 1 from files where outcome != 'problem' "
            "and (path = had.path or sha256 = had.sha256))"
        ).fetchone()
        if self._held is not None and lost > MOST_GONE * self._held:
            raise TooManyGone(lost, self._held)

    def _forget(self, container: str) -> None:
        self._db.execute("delete from files where container = ?", (container,))

    def _replaced(self, container: str) -> None:
        """The rows of a file about to be read again, but for the ids they had."""
        self._db.execute(
            "insert or replace into had select path, report_id, sha256 from files "
            "where container = ?",
            (container,),
        )
        self._forget(container)

    def _keep(self, found: Found, outcome: Outcome) -> None:
        report, error = outcome.report, outcome.error
        row = source = label = None
        kind, code, reason, advice = "problem", "", "", ""
        if error is not None:
            code, reason, advice = error.code, error.reason, error.advice
        if report is not None:
            kind = "report" if report.series in INDEXED_SERIES else "not_a_report"
            if kind == "not_a_report":
                code = f"series_{report.series}"
                reason = _not_a_report(report)
                advice = "如确是年度报告，请在 metadata.csv 中写明标题，或用 --all 收录全部文件。"
            digest, length, minima = text_key(report.text)
            row = pickle.dumps(
                Row(
                    outcome.path,
                    report.series,
                    report.year,
                    report.agency,
                    report.published,
                    digest,
                    length,
                    minima,
                )
            )
            source = json.dumps(
                [report.sources[0].path, outcome.sha256, outcome.size, report.sources[0].url]
            )
            label = _digest(report)
            self._spool.execute(
                "insert or replace into reports values (?, ?)",
                (outcome.path, zlib.compress(pickle.dumps(report), 1)),
            )
        before = self._db.execute(
            "select report_id from had where path = ?", (outcome.path,)
        ).fetchone()
        self._db.execute(
            "insert or replace into files values (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                outcome.path, outcome.container, found.root, outcome.shown, found.size, found.mtime,
                outcome.sha256, found.overrides, kind, code, reason, advice, row, source, label,
                before[0] if before else None,
            ),
        )  # fmt: skip

    def resolve(self, *, keep_all: bool = False) -> Changes:
        """Groups and ids over all files, held against what was indexed before."""
        wanted = "('report', 'not_a_report')" if keep_all else "('report')"
        rows: list[Row] = []
        sources: dict[str, str] = {}
        labels: dict[str, str] = {}
        for blob, source, label in self._db.execute(
            f"select row, source, label from files where outcome in {wanted} order by path"
        ):
            row: Row = pickle.loads(blob)
            rows.append(row)
            sources[row.path] = source
            labels[row.path] = label
        resolution = resolve(rows)
        before = dict(self._db.execute("select id, digest from reports").fetchall())
        now: dict[str, str] = {}
        add = []
        for group in resolution.groups:
            digest = hashlib.sha256(
                "\n".join(
                    [labels[group.primary.path], *(sources[row.path] for row in group.rows)]
                ).encode()
            ).hexdigest()
            now[group.id] = digest
            if before.get(group.id) != digest:
                add.append(group)
        remove = frozenset(before).difference(now)
        moved = self._moved(resolution, remove)
        problems = list(self._problems(resolution, keep_all=keep_all))
        self._db.execute("delete from reports")
        self._db.executemany(
            "insert into reports values (?, ?, ?)",
            [(g.id, now[g.id], g.primary.path) for g in resolution.groups],
        )
        self._db.execute("update files set report_id = null")
        self._db.executemany(
            "update files set report_id = ? where path = ?",
            [(group.id, path) for path, group in resolution.by_path.items()],
        )
        files = self._db.execute("select count(*) from files").fetchone()[0]
        return Changes(
            add=add,
            remove=remove,
            moved=moved,
            problems=problems,
            held=len(resolution.groups),
            files=files,
            merged=sum(len(group.rows) - 1 for group in resolution.groups),
            versions=sum(group.version_of is not None for group in resolution.groups),
        )

    def _moved(self, resolution: Resolution, remove: frozenset[str]) -> dict[str, str]:
        """Where the files of a removed id went."""
        moved: dict[str, str] = {}
        for path, report_id in self._db.execute(
            "select path, report_id from files where report_id is not null order by path"
        ):
            group = resolution.by_path.get(path)
            if report_id in remove and group is not None:
                moved.setdefault(report_id, group.id)
        return moved

    def _problems(self, resolution: Resolution, *, keep_all: bool) -> Iterator[Problem]:
        for root, shown, reason, advice, code in self._db.execute(
            "select * from not_looked_at order by root, path"
        ):
            if root not in self._roots:  # those of this plan are told by it
                yield Problem(shown, "find", reason, advice, code)
        for shown, kind, code, reason, advice in self._db.execute(
            "select shown, outcome, code, reason, advice from files "
            "where outcome != 'report' order by shown"
        ):
            if kind == "problem":
                yield Problem(shown, "read", reason, advice, code)
            elif not keep_all:
                yield Problem(shown, "select", reason, advice, code)
        shown_of = dict(self._db.execute("select path, shown from files").fetchall())
        yield from collection_problems(resolution, shown_of)

    def reports(self, changes: Changes) -> Iterator[Report]:
        """The reports to index, with ids and all their sources, one at a time."""
        for group in changes.add:
            yield self._report(group)

    def _report(self, group: Group) -> Report:
        path = group.primary.path
        stored = self._spooled(path) or self._read_again(path)
        report: Report = pickle.loads(zlib.decompress(stored))
        return replace(report, id=group.id, sources=tuple(self._sources(group)))

    def _spooled(self, path: str) -> bytes | None:
        found = self._spool.execute("select report from reports where path = ?", (path,)).fetchone()
        return found[0] if found else None

    def _read_again(self, path: str) -> bytes:
        """A file that did not change, but whose report has to be written anew.  Raises ReadError
        where it cannot be read any more."""
        container, shown, overrides = self._db.execute(
            "select container, shown, overrides from files where path = ?", (path,)
        ).fetchone()
        shown = shown.removesuffix(path.removeprefix(container))
        task = Task(container, shown, json.loads(overrides))
        for outcome in read_files([task], processes=1):
            if outcome.report is not None:
                self._spool.execute(
                    "insert or replace into reports values (?, ?)",
                    (outcome.path, zlib.compress(pickle.dumps(outcome.report), 1)),
                )
        stored = self._spooled(path)
        if stored is None:
            raise ReadError(
                "unreadable",
                f"{shown} 已经收录，现在却读不出来，索引没有改动；请恢复这个文件或其权限后重试。",
                "",
            )
        return stored

    def _sources(self, group: Group) -> Iterator[Source]:
        for row in group.rows:
            (source,) = self._db.execute(
                "select source from files where path = ?", (row.path,)
            ).fetchone()
            yield Source(*json.loads(source))


def _not_a_report(report: Report) -> str:
    if report.series == "disclosure":
        return "是政府信息公开年度报告，不在收录范围"
    return report.notes[0] if report.notes else "不是年度报告"


def _digest(report: Report) -> str:
    """Of everything the index holds of a report, but for its id and sources."""
    bare = replace(report, id="", sources=())
    return hashlib.sha256(repr(bare).encode("utf-8", "surrogatepass")).hexdigest()
