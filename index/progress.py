"""A build's progress on a terminal, or in lines for a log.

How far the build is ``work`` says.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final, TextIO

from index.work import Phase, Progress

WIDTH: Final = 28
"""Cells of the bar."""
REDRAW_S: Final = 0.1
LINE_S: Final = 5.0
"""Seconds between two lines where nothing can be redrawn, but for the last."""
NAMES: Final[Mapping[Phase, str]] = {
    "read": "读取文件",
    "resolve": "归并报告",
    "cut": "切分词语",
    "write": "写入索引",
    "merge": "合并索引",
    "serve": "校验启用",
    "done": "完成",
}


class ProgressBar:
    """Shows what a build tells.  Writes to ``out`` only."""

    def __init__(self, out: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._out = out
        self._clock = clock
        self._redraws = out.isatty()
        self._last = float("-inf")
        self._phase: Phase | None = None

    def show(self, progress: Progress) -> None:
        """One state, unless another was shown a moment ago."""
        now = self._clock()
        # writing and cutting take turns: their names alone are worth no line of a log
        new = progress.phase != self._phase and (self._redraws or progress.phase == "done")
        if not new and now - self._last < (REDRAW_S if self._redraws else LINE_S):
            return
        self._last, self._phase = now, progress.phase
        text = format_progress(progress)
        if not self._redraws:
            print(text, file=self._out, flush=True)
            return
        bar = "█" * int(progress.share * WIDTH)
        end = "\n" if progress.phase == "done" else ""
        self._out.write(f"\r\033[K{bar:░<{WIDTH}} {text}{end}")
        self._out.flush()


def format_progress(progress: Progress) -> str:
    """One line: the share of the whole, rounded down; the phase; time to go.  The librarian's
    page reads it (``web.keeper.builds``)."""
    what = NAMES[progress.phase]
    if progress.total:
        what += f" {progress.done:,}/{progress.total:,}"
    parts = [f"{int(progress.share * 100)}% {what}"]
    if progress.rate:
        parts.append(f"{progress.rate:,.0f} {'份' if progress.phase == 'read' else '字'}/秒")
    if progress.phase == "done":
        parts.append(f"用时 {_duration(progress.elapsed_s)}")
    elif progress.left_s is None:
        parts.append("剩余时间待估")
    else:
        parts.append(f"剩余约 {_duration(max(progress.left_s, 1.0))}")
    return "，".join(parts)


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes} 分 {seconds} 秒" if minutes else f"{seconds} 秒"
