"""How far a build has come: what each phase has to do and has done, told as one share of the whole.

What people see of it is ``progress``' matter; what a segment does between its first and last byte,
``codec.tasks``'.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from corpus.reading import Progress as ReadingProgress

Phase: TypeAlias = Literal["read", "resolve", "cut", "write", "merge", "serve", "done"]
"""Reading files; finding which reports they make; cutting words; writing segments; merging them;
proving, flushing and serving the generation; all done."""
COSTS: Final = {"cut": 0.8, "write": 0.65, "merge": 0.13, "serve": 0.02}
"""Microseconds that a character takes in each phase, of one process in ``cut`` and of the whole
machine in the others; measured (``docs/decisions/generations.md``).  Their ratios count."""
READING: Final = 0.5
"""Share of a build that reading files takes where there are any to read: how much it reads is
known only afterwards."""
SURE: Final = 0.03
"""From this part on, the time that cutting and what follows took tells what is left."""
NEARLY: Final = 0.999
"""The largest share before the end."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build has come."""

    phase: Phase
    """What it is at."""
    share: float
    """Done of the whole build; never less than was told before, and 1 only when what was built is
    served, or there was nothing to build."""
    done: int
    """Files read, or reports cut, so far."""
    total: int
    """Of so many; 0 in other phases."""
    rate: float
    """Files, or stored characters cut, a second; 0 in other phases."""
    left_s: float | None
    """Seconds to go, as far as can be told; None: it cannot."""
    elapsed_s: float


class Work:
    """Counts the work of one build, in characters, and tells whoever watches, one call at a time
    though threads share it.  A watcher that fails is told no more."""

    def __init__(
        self,
        tell: Callable[[Progress], None] | None = None,
        *,
        processes: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tell_watcher = tell
        self._clock = clock
        self._lock = threading.RLock()
        self._costs = dict(COSTS)
        self._costs["cut"] /= processes or len(os.sched_getaffinity(0))
        self._expected = dict.fromkeys(COSTS, 0.0)
        self._done = dict.fromkeys(COSTS, 0.0)
        self._reports = self._reports_done = 0
        self._read_share = 0.0
        self._read_s = 0.0
        self._share = 0.0
        self._began = clock()
        self._planned_at: float | None = None

    def read(self, progress: ReadingProgress) -> None:
        """Files read."""
        with self._lock:
            done = progress.done / progress.total if progress.total else 1.0
            self._read_share, self._read_s = READING * done, progress.elapsed_s
            left = progress.elapsed_s * (1 / self._read_share - 1) if done else None
            self._tell("read", left, progress.done, progress.total, progress.rate)

    def resolve(self) -> None:
        """All is read; which reports there are is being found out."""
        with self._lock:
            self._tell("resolve", self._rest_of_reading())

    def plan(self, reports: int, characters: int) -> None:
        """So many more to be cut and written."""
        with self._lock:
            self._start()
            self._reports += reports
            self._expected["cut"] += characters
            self._expected["write"] += characters

    def expect(self, phase: Phase, characters: float) -> None:
        """What a phase will have to do in all, as far as is known now."""
        with self._lock:
            self._start()
            self._expected[phase] = characters

    def expected(self, phase: Phase) -> float:
        """Characters a phase will have to do in all, as far as is known now."""
        return self._expected[phase]

    def settle(self, *phases: Phase) -> None:
        """The phases are over: what was expected of them and did not come will not."""
        with self._lock:
            for phase in phases:
                self._expected[phase] = self._done[phase]

    def cut(self, reports: int, characters: int) -> None:
        """Reports cut."""
        with self._lock:
            self._reports_done += reports
            self.advance("cut", characters)

    def advance(self, phase: Phase, characters: float) -> None:
        """So many more have gone through the phase."""
        with self._lock:
            self._start()
            self._done[phase] += characters
            total = done = 0.0
            for own, cost in self._costs.items():
                done += cost * self._done[own]
                # reports of another segmenter's index may be more than was planned
                total += cost * max(self._done[own], self._expected[own])
            part = done / total if total else 0.0
            elapsed = self._clock() - (self._planned_at or 0.0)
            left = elapsed * (1 / part - 1) if part >= SURE else self._rest_of_reading()
            whole = self._read_share + (1 - self._read_share) * part
            self._share = max(self._share, min(whole, NEARLY))
            if phase == "cut":
                rate = self._done["cut"] / elapsed if elapsed > 0 else 0.0
                total_reports = max(self._reports, self._reports_done)
                self._tell(phase, left, self._reports_done, total_reports, rate)
            else:
                self._tell(phase, left)

    def finish(self) -> None:
        """The generation is served, or there was nothing to do."""
        with self._lock:
            self._share = 1.0
            self._tell("done", 0.0)

    def _start(self) -> None:
        if self._planned_at is None:
            self._planned_at = self._clock()

    def _rest_of_reading(self) -> float | None:
        return self._read_s * (1 / READING - 1) if self._read_s else None

    def _tell(
        self, phase: Phase, left_s: float | None, done: int = 0, total: int = 0, rate: float = 0.0
    ) -> None:
        self._share = max(self._share, self._read_share)
        if self._tell_watcher is None:
            return
        elapsed = self._clock() - self._began
        try:
            self._tell_watcher(Progress(phase, self._share, done, total, rate, left_s, elapsed))
        except Exception:  # a closed pipe, a full log: no reason to give the build up
            self._tell_watcher = None
