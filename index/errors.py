"""What can be wrong with an index, and what the user should do about it.

IndexProblem
├── NoIndex          nothing was ever built there
├── DamagedIndex     bytes differ from what was written
├── WrongVersion     written by another version of the format
│   └── WrongSegmenter   its words were cut by another segmenter
├── IndexLocked      another build is at work
├── DiskFull         what a build writes does not fit
├── WorkerLost       a process that helped to build was killed
└── SegmentFull      more folded characters than a segment may hold
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class IndexProblem(Exception):
    """Base of the package's errors; the message is for the user, in Chinese."""


class NoIndex(IndexProblem):
    """There is no index at ``path``."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} 里还没有索引。请先建立：python -m index build 文件夹")
        self.path = path


class DamagedIndex(IndexProblem):
    """The file at ``path`` is not what was written; ``detail`` says how."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(
            f"索引文件已损坏：{path}（{detail}）。请删除索引目录里的 current 和 generations"
            "（保留 ledger.jsonl，旧链接靠它）后重新建立，或从备份恢复；原始报告文件不受影响。"
        )
        self.path = path
        self.detail = detail


class WrongVersion(IndexProblem):
    """The index was written in format ``found``; this program reads ``expected``."""

    def __init__(self, path: Path, found: object, expected: int) -> None:
        super().__init__(
            f"索引 {path} 的格式版本是 {found}，本程序使用版本 {expected}。"
            "请删除索引目录里的 current 和 generations（保留 ledger.jsonl）后重新建立："
            "python -m index build 文件夹"
        )
        self.path = path
        self.found = found
        self.expected = expected


class WrongSegmenter(WrongVersion):
    """The words were cut by segmenter ``found``; queries here are cut by ``expected_name``."""

    def __init__(self, path: Path, found: str, expected: str) -> None:
        IndexProblem.__init__(
            self,
            f"索引 {path} 的分词器是“{found}”，本程序使用“{expected}”。"
            "请用本程序再运行一次 python -m index build 文件夹，索引会用新的分词器重写。",
        )
        self.path = path
        self.found = found
        self.expected_name = expected


class IndexLocked(IndexProblem):
    """Another process is building the same index."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"另一个建立索引的进程正在使用 {path}，请等它结束后再试。")
        self.path = path


class DiskFull(IndexProblem):
    """Writing the index at ``path`` failed for want of room; ``detail`` is the system's word."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(
            f"写入索引 {path} 时磁盘空间不足或超过文件大小限额（{detail}）；原有索引没有改动。"
            "请腾出空间后再运行一次。"
        )
        self.path = path
        self.detail = detail


class WorkerLost(IndexProblem):
    """The system killed a process that helped to build the index at ``path``."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"建立索引 {path} 的一个子进程被系统终止，多半是内存不足；原有索引没有改动。"
            "请关闭其他程序，或分几批文件夹建立。"
        )
        self.path = path


@contextmanager
def storage_problems(path: Path) -> Iterator[None]:
    """Turns a full disk and a lost worker, whoever met them, into DiskFull and WorkerLost."""
    try:
        yield
    except BrokenProcessPool:
        raise WorkerLost(path) from None
    except OSError as problem:
        if problem.errno in _FULL:
            raise DiskFull(path, problem.strerror or str(problem)) from problem
        raise
    except sqlite3.OperationalError as problem:
        if problem.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            raise DiskFull(path, str(problem)) from problem
        raise


class SegmentFull(IndexProblem):
    """A segment would hold ``count`` folded characters; at most ``limit`` are allowed."""

    def __init__(self, count: int, limit: int) -> None:
        super().__init__(f"一个索引段将有 {count} 个字符，超过上限 {limit}。")
        self.count = count
        self.limit = limit
