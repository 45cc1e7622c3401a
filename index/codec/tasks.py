"""Encoding in tasks side by side, and how far they have come.

What the tasks are belongs to ``writer`` and ``merge``, and what a watcher is told of them to
``index.work``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeAlias

Tick: TypeAlias = Callable[[float], None]
"""Called, from whatever thread, with the share of its work that a function has done since it
called last.  What is not told when it returns is its caller's to add."""


def ignore(share: float) -> None:
    """For those whom nobody watches."""


class Portion:
    """A part of some work, as a ``Tick``: tells its shares of the whole, and never more in all
    than the whole has for it."""

    def __init__(self, tick: Tick, share: float) -> None:
        self._tick = tick
        self._share = share
        self._left = 1.0

    def __call__(self, share: float) -> None:
        own = min(share, self._left)
        self._left -= own
        self._tick(own * self._share)

    def finish(self) -> None:
        """Add what was not told."""
        self(self._left)


class Task(NamedTuple):
    """One piece of encoding."""

    call: Callable[[Tick], Mapping[str, Any]]
    """Makes its sections."""
    cost: float
    """What it takes, in whatever unit the others' is in."""


def in_threads(tasks: Mapping[str, Task], tick: Tick = ignore) -> dict[str, Any]:
    """The sections that the tasks make, each under its task's name: what follows ``.`` in that
    is of no account but for order.  Sorting and compressing let go of the interpreter, so two
    cores have work."""
    total = sum(task.cost for task in tasks.values()) or 1.0

    def run(task: Task) -> Mapping[str, Any]:
        own = Portion(tick, task.cost / total)
        values = task.call(own)
        own.finish()
        return values

    sections: dict[str, Any] = {}
    with ThreadPoolExecutor(max_workers=2) as pool:
        futures = {name: pool.submit(run, task) for name, task in tasks.items()}
        for name, future in futures.items():
            prefix = name.partition(".")[0]
            sections |= {f"{prefix}.{part}": values for part, values in future.result().items()}
    return sections
