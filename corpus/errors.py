"""What can go wrong here.

CorpusError
├── ReadError           a file that cannot be read: code, reason, advice
├── OverridesError      a metadata.csv that cannot be used: file, line
├── LabelsRefused       labels that may not be written: by column
├── RowChanged          a row that is not as it was shown
├── OldCatalog          a catalog written by other rules
└── TooManyGone         more reports would go than the guard lets pass: counts
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from pathlib import Path

_SYSTEM = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOENT: "文件不存在",
    errno.EIO: "磁盘读取错误",
    errno.ENOSPC: "磁盘已满",
    errno.EROFS: "磁盘只读",
    errno.EISDIR: "这是文件夹",
    errno.ENOTDIR: "这不是文件夹",
    errno.ENAMETOOLONG: "文件名过长",
    errno.ELOOP: "链接绕成了圈",
    errno.ESTALE: "网络文件夹已断开",
}


def system_reason(error: OSError) -> str:
    """What the operating system objects to, in Chinese where the case is a usual one."""
    return _SYSTEM.get(error.errno or 0, error.strerror or type(error).__name__)


class CorpusError(Exception):
    """Anything this package refuses; the message is in Chinese, for the librarian."""


class ReadError(CorpusError):
    """A file that cannot be read; ``code`` is stable, ``reason`` and ``advice`` are Chinese."""

    def __init__(self, code: str, reason: str, advice: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.advice = advice

    def __reduce__(self) -> tuple[type[ReadError], tuple[str, str, str]]:
        return ReadError, (self.code, self.reason, self.advice)


class OverridesError(CorpusError):
    """A ``metadata.csv`` that cannot be used."""

    def __init__(self, path: str, line: int, reason: str) -> None:
        super().__init__(f"{path} 第 {line} 行：{reason}")
        self.path = path
        self.line = line
        self.reason = reason


class LabelsRefused(CorpusError):
    """Labels that may not be written; ``problems`` says why, by column."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("；".join(problems.values()))
        self.problems = problems


class RowChanged(CorpusError):
    """A row of a ``metadata.csv`` that is not as it was when it was shown."""

    def __init__(self, table: Path) -> None:
        super().__init__(f"{table} 中的这一行已被改动，请核对现有内容后再写入。")
        self.table = table


class OldCatalog(CorpusError):
    """A catalog whose rows were written by other rules than these."""

    def __init__(self) -> None:
        super().__init__(
            "索引由另一版本的程序建立，文件清单无法读取。请先运行 python -m index build 文件夹。"
        )


class TooManyGone(CorpusError):
    """More than the allowed share of the folders' reports would be removed."""

    def __init__(self, gone: int, held: int) -> None:
        super().__init__(
            f"这些文件夹中原有 {held} 个报告文件，现在有 {gone} 个不见了或读不出来了"
            "（超过 20%），为防误删已停止。请检查文件夹路径；确要移除，请加 --prune 再执行一次。"
        )
        self.gone = gone
        self.held = held
