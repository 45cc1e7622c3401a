"""``python -m web.keeper``: the keeper's page as a process of its own.

``python -m web`` starts it (``serving``); it lives until its standard input ends, so it never
outlives the site, and takes a build that it started with it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

from web.keeper.serving import run
from web.settings import Settings


def _follow_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_follow_parent, daemon=True).start()
    run(Settings.from_environment(os.environ))
