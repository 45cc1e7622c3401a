"""The files of a folder: what there is to read, before any of it is read.

Hidden files, lock files and links to folders are left alone; a ``metadata.csv`` speaks for the
files beside and below it.  Whether a file has changed is ``corpus.catalog``'s to say.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from corpus import overrides as metadata
from corpus.errors import OverridesError
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


def file_hash(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def container_of(path: str) -> str:
    """The file that is read for a path: the zip for ``archive.zip!name``, else the file."""
    member = None if Path(path).exists() else _MEMBER.match(path)
    return member[1] if member else path


def find_files(root: Path, problems: list[Problem]) -> Iterator[Found]:
    """Files below a folder (or the file itself), in order of name; links to folders are not
    followed, so nothing is met twice."""
    if root.is_file():
        if one := _stat(root, root, root.name, {}):
            yield one
        return
    given: dict[str, dict[str, dict[str, str]]] = {}
    for folder, folders, names in os.walk(root, onerror=_raise):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if metadata.NAME in names:
            try:
                rows = metadata.read_overrides(Path(folder, metadata.NAME))
                for name, values in rows.items():
                    given.setdefault(container_of(name), {})[name] = values
            except OverridesError as error:
                problems.append(
                    Problem(
                        f"{root.name}/{metadata.NAME}",
                        "find",
                        str(error),
                        "更正后重新运行；本次未使用这个文件。",
                        "overrides",
                    )
                )
        for name in sorted(names):
            if name == metadata.NAME or name.startswith((".", "~$")):
                continue
            path = Path(folder, name)
            shown = f"{root.name}/{path.relative_to(root).as_posix()}"
            if not name.lower().endswith(_HEARD_OF) and "." in name:
                problems.append(
                    Problem(
                        shown,
                        "find",
                        f"不支持 {path.suffix} 文件",
                        "如是报告，请另存为 .docx 或 .txt。",
                        "unknown_format",
                    )
                )
                continue
            if one := _stat(path, root, shown, given.get(path.as_posix(), {})):
                yield one


def _raise(error: OSError) -> None:
    raise error


def _stat(
    path: Path, root: Path, shown: str, overrides: Mapping[str, Mapping[str, str]]
) -> Found | None:
    try:
        status = path.stat()
    except OSError:
        return None  # gone between listing and looking
    if not path.is_file():
        return None
    return Found(
        path.as_posix(),
        root.as_posix(),
        shown,
        status.st_size,
        status.st_mtime_ns,
        json.dumps(overrides, ensure_ascii=False, sort_keys=True),
    )
