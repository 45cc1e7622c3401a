"""A build's progress on a terminal, or in lines for a log."""

from __future__ import annotations

import time
from typing import Final, TextIO

from corpus.reading import Progress as ReadingProgress

WIDTH: Final = 28
"""Cells of the bar."""
REDRAW_S: Final = 0.1
LINE_S: Final = 5.0
"""Seconds between two lines where nothing can be redrawn."""


class ProgressBar:
    """Shows reading, then writing.  Writes to ``out`` only."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._redraws = out.isatty()
        self._last = 0.0
        self._started = time.monotonic()
        self._total = self._done = self._characters = 0

    def reading(self, progress: ReadingProgress) -> None:
        """Files read."""
        self._show(
            "读取文件",
            progress.done,
            progress.total,
            f"{progress.rate:,.0f} 份/秒",
            progress.left_s,
        )

    def planned(self, total: int) -> None:
        """Reports there are to write."""
        self._total, self._done, self._characters = total, 0, 0
        self._started = time.monotonic()

    def writing(self, reports: int, characters: int) -> None:
        """Reports cut and collected."""
        self._done += reports
        self._characters += characters
        elapsed = max(time.monotonic() - self._started, 1e-9)
        # reports of another segmenter's index are written anew and were not planned
        total = max(self._total, self._done)
        left = (total - self._done) * elapsed / max(self._done, 1)
        self._show("建立索引", self._done, total, f"{self._characters / elapsed:,.0f} 字/秒", left)

    def _show(self, what: str, done: int, total: int, rate: str, left_s: float) -> None:
        now = time.monotonic()
        if now - self._last < (REDRAW_S if self._redraws else LINE_S) and done < total:
            return
        self._last = now
        share = done / total if total else 1.0
        text = f"{what} {done:,}/{total:,}（{share:.0%}），{rate}，剩余约 {_duration(left_s)}"
        if not self._redraws:
            print(text, file=self._out, flush=True)
            return
        bar = "█" * round(share * WIDTH)
        end = "\n" if done >= total else ""
        self._out.write(f"\r\033[K{bar:░<{WIDTH}} {text}{end}")
        self._out.flush()


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes} 分 {seconds} 秒" if minutes else f"{seconds} 秒"
