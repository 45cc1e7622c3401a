"""The files of a folder: what there is to read, before any of it is read.

Hidden files and lock files are left alone; whatever else cannot be looked at is a ``Problem``.  A
``metadata.csv`` speaks for the files beside and below it.
Whether a file has changed is ``corpus.catalog``'s to say.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from corpus import overrides as metadata
from corpus.errors import OverridesError, system_reason
from corpus.model import Problem
from corpus.readers import SUFFIXES

_HEARD_OF: Final = (*SUFFIXES, ".rtf", ".wps", ".xls", ".xlsx", ".ppt", ".pptx", ".jpg", ".png")
"""Names that are looked at; those we cannot read are listed as problems."""
_MEMBER: Final = re.compile(r"(.+?\.zip)!", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """A file that was met."""

    path: str
    root: str
    """The folder that was given, or the file itself."""
    shown: str
    size: int
    mtime: int
    overrides: str
    """JSON of its rows of metadata.csv."""


def container_of(path: str) -> str:
    """The file that is read for a path: the zip for ``archive.zip!name``, else the file."""
    member = None if Path(path).exists() else _MEMBER.match(path)
    return member[1] if member else path


def find_files(
    root: Path, problems: list[Problem], unseen: list[str] | None = None
) -> Iterator[Found]:
    """Files below a folder (or the file itself), in order of name; links to folders are not
    followed, so nothing is met twice.

    ``unseen`` gets the paths, of files and folders, that are there and could not be looked at.
    Raises OSError for a ``root`` that cannot be listed.
    """
    hidden = [] if unseen is None else unseen
    if root.is_file():
        if one := _look(root, root, root.name, {}, problems, hidden):
            yield one
        return

    def forbidden(error: OSError) -> None:
        if Path(error.filename) == root:
            raise error
        hidden.append(Path(error.filename).as_posix())
        reason = f"文件夹无法打开（{system_reason(error)}）"
        problems.append(
            _problem(_shown(Path(error.filename), root), reason, _PERMISSION, "unreadable")
        )

    given: dict[str, dict[str, dict[str, str]]] = {}
    for folder, folders, names in os.walk(root, onerror=forbidden):
        folders[:] = [
            name
            for name in sorted(folders)
            if not name.startswith(".") and _may_enter(Path(folder, name), root, problems)
        ]
        if metadata.NAME in names:
            _read_overrides(Path(folder, metadata.NAME), root, given, problems)
        for name in sorted(names):
            if name == metadata.NAME or name.startswith((".", "~$")):
                continue
            path = Path(folder, name)
            shown = _shown(path, root)
            if not _is_printable(name):
                problems.append(_problem(shown, "文件名不是 UTF-8 编码", _RENAME, "bad_name"))
            elif not name.lower().endswith(_HEARD_OF) and "." in name:
                reason = f"不支持 {path.suffix} 文件"
                advice = "如是报告，请另存为 .docx 或 .txt。"
                problems.append(_problem(shown, reason, advice, "unknown_format"))
            elif one := _look(path, root, shown, given.pop(path.as_posix(), {}), problems, hidden):
                yield one
    for name in given:
        if not any(Path(name).is_relative_to(one) for one in hidden):
            reason = f"{metadata.NAME} 中写有这个文件，文件夹里却没有"
            advice = "请核对文件名；压缩包里的文件写作“压缩包.zip!文件名”。"
            problems.append(_problem(_shown(Path(name), root), reason, advice, "overrides"))


_PERMISSION: Final = "请检查权限；以前读到的内容保留不变。"
_RENAME: Final = "请改名后重新运行；在 Linux 上可用 convmv -f gbk -t utf-8 批量改名。"


def _problem(shown: str, reason: str, advice: str, code: str) -> Problem:
    return Problem(shown, "find", reason, advice, code)


def _shown(path: Path, root: Path) -> str:
    """The folder's name and the path below it, of bytes that are no UTF-8 as GBK has them."""
    below = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()
    shown = below if root.is_file() else f"{root.name}/{below}"
    return shown if _is_printable(shown) else os.fsencode(shown).decode("gb18030", "replace")


def _is_printable(name: str) -> bool:
    """Whether a name is text: Linux lets it be any bytes."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _may_enter(folder: Path, root: Path, problems: list[Problem]) -> bool:
    shown = _shown(folder, root)
    if not _is_printable(folder.name):
        problems.append(_problem(shown, "文件夹名不是 UTF-8 编码", _RENAME, "bad_name"))
        return False
    if folder.is_symlink():
        advice = "如需收录，请把它所指的文件夹写在命令里。"
        problems.append(_problem(shown, "这是指向文件夹的链接，没有进入", advice, "link"))
        return False
    return True


def _read_overrides(
    table: Path,
    root: Path,
    given: dict[str, dict[str, dict[str, str]]],
    problems: list[Problem],
) -> None:
    """Add the table's rows to those ``given`` by the tables above it."""
    shown = _shown(table, root)
    try:
        rows, wrong = metadata.usable_overrides(table)
    except OverridesError as error:
        advice = "更正后重新运行；本次未使用这个文件。"
        problems.append(_problem(shown, str(error), advice, "overrides"))
        return
    for one in wrong:
        advice = "更正后重新运行；本次未使用这一行。"
        problems.append(_problem(shown, str(one), advice, "overrides"))
    for name, values in rows.items():
        given.setdefault(container_of(name), {})[name] = values


def _look(
    path: Path,
    root: Path,
    shown: str,
    overrides: Mapping[str, Mapping[str, str]],
    problems: list[Problem],
    unseen: list[str],
) -> Found | None:
    try:
        status = path.stat()
    except OSError as error:
        if path.is_symlink():
            advice = "请放入文件本身。"
            problems.append(_problem(shown, "链接所指的文件不存在", advice, "link"))
        elif not isinstance(error, FileNotFoundError):  # else gone between listing and looking
            unseen.append(path.as_posix())
            reason = f"文件无法打开（{system_reason(error)}）"
            problems.append(_problem(shown, reason, _PERMISSION, "unreadable"))
        return None
    if not stat.S_ISREG(status.st_mode):
        problems.append(_problem(shown, "这不是普通文件", "请放入文件本身。", "unreadable"))
        return None
    return Found(
        path.as_posix(),
        root.as_posix(),
        shown,
        status.st_size,
        status.st_mtime_ns,
        json.dumps(overrides, ensure_ascii=False, sort_keys=True),
    )
