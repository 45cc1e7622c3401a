"""What can go wrong here.

CorpusError
├── ReadError           a file that cannot be read: code, reason, advice
├── OverridesError      a metadata.csv that cannot be used: file, line
└── TooManyGone         more reports would go than the guard lets pass: counts
"""

from __future__ import annotations


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


class TooManyGone(CorpusError):
    """More than the allowed share of the folders' reports would be removed."""

    def __init__(self, gone: int, held: int) -> None:
        super().__init__(
            f"这些文件夹中原有 {held} 份报告，现在有 {gone} 份的文件不见了（超过 20%），"
            "为防误删已停止。请检查文件夹路径；确要移除，请加 --prune 再执行一次。"
        )
        self.gone = gone
        self.held = held
