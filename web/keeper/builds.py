"""Building anew: the build command as a process, one at a time, and how far it has come.

What it prints is all that is known of it: its lines of progress, then its summary or its reason.
The output goes to a file without a name, so a build never waits for a reader.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Literal

from web.keeper.commands import ROOT, environment

Phase = Literal["none", "running", "done", "failed", "stopped"]

COMMAND = (sys.executable, "-m", "index", "build")
MESSAGES = 20
"""Lines shown of what a build said at its end."""
PATIENCE_S = 15.0
"""How long a build may take to stop before it is killed; what is served never changes by it."""

_PROGRESS = re.compile(r"(?P<percent>\d+)% (?P<what>[^，]+)，(?P<pace>.+)")


def _heed_interrupts() -> None:
    """A shell starts what runs in the background deaf to SIGINT, and children inherit that; then
    no build could be stopped."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class AlreadyBuilding(Exception):
    """One build at a time."""


@dataclass(frozen=True, slots=True)
class BuildState:
    """How the last build that was started here stands."""

    phase: Phase = "none"
    what: str = ""
    """What it is at, in Chinese; empty before its first line."""
    percent: int = 0
    """Done of the whole build."""
    pace: str = ""
    messages: tuple[str, ...] = ()
    began: datetime | None = None
    stopping: bool = False

    @property
    def running(self) -> bool:
        return self.phase == "running"


class Builds:
    """Starts builds, watches them and stops them.  Safe to share between threads."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._command = tuple(command)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        # closed by ``close``
        self._log: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._began: datetime | None = None
        self._stopping = False
        self.count = 0
        """Builds started so far."""

    def start(self, arguments: Sequence[str]) -> None:
        """Run the command with these arguments.  Raises AlreadyBuilding and OSError."""
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                raise AlreadyBuilding
            self._log.seek(0)
            self._log.truncate()
            # A session of its own: Ctrl-C in the terminal reaches it through ``close`` alone.
            self._process = subprocess.Popen(
                [*self._command, *arguments],
                cwd=ROOT,
                env=environment(),
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_heed_interrupts,
            )
            self._began = datetime.now().astimezone()
            self._stopping = False
            self.count += 1

    def state(self) -> BuildState:
        """How it stands now."""
        with self._lock:
            process = self._process
            if process is None:
                return BuildState()
            status = process.poll()
            output = os.pread(self._log.fileno(), os.fstat(self._log.fileno()).st_size, 0)
            began, stopping = self._began, self._stopping
        lines = output.decode("utf-8", "replace").splitlines()
        progress = [match for line in lines if (match := _PROGRESS.fullmatch(line))]
        said = [line for line in lines if line.strip() and not _PROGRESS.fullmatch(line)]
        phase: Phase = "running"
        if status is not None:
            phase = "done" if status == 0 else "stopped" if stopping else "failed"
        last: Mapping[str, str] = progress[-1].groupdict() if progress else {}
        return BuildState(
            phase=phase,
            what=last.get("what", ""),
            percent=int(last.get("percent", "0")),
            pace=last.get("pace", ""),
            messages=tuple(said[-MESSAGES:]),
            began=began,
            stopping=stopping,
        )

    def stop(self) -> None:
        """Ask the build to stop, as Ctrl-C does; harmless when none runs."""
        self._signal(signal.SIGINT)

    def close(self) -> None:
        """Stop the build and see it gone.  Nothing is asked of this afterwards."""
        self.stop()
        if self._process is not None:
            try:
                self._process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self._signal(signal.SIGKILL)
                self._process.wait()
        self._log.close()

    def _signal(self, number: signal.Signals) -> None:
        with self._lock:
            process = self._process
            if process is None or process.poll() is not None:
                return
            self._stopping = True
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, number)
