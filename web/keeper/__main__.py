"""``python -m web.keeper PID``: the keeper's page as a process of its own.

``python -m web`` starts it (``serving``).  It ends when that process, its parent, is gone, however
that went, and takes a build that it started with it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time

from web.keeper.serving import run
from web.settings import Settings

LOOK_EVERY_S = 1.0


def _follow(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_S)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_follow, args=(int(sys.argv[1]),), daemon=True).start()
    run(Settings.from_environment(os.environ))
