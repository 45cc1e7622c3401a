"""``python -m web``: serves the site over an index.

Exit status 0 after an orderly stop, 2 when the index, a setting or the address is no good.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from search import open_engine
from search.errors import SearchError
from web.keeper.serving import beside
from web.server import serve
from web.settings import SettingError, Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until stopped; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m web", description="打开检索网站。")
    parser.add_argument("--index-dir", metavar="D", help="索引文件夹（默认 var/index）")
    parser.add_argument("--host", metavar="H", help="监听地址（默认 127.0.0.1）")
    parser.add_argument("--port", metavar="P", type=int, help="端口（默认 8000）")
    parser.add_argument("--workers", metavar="N", type=int, help="进程数（默认 2）")
    parser.add_argument("--keeper-port", metavar="P", type=int, help="管理页的端口（默认不开）")
    given = parser.parse_args(arguments)
    try:
        settings = Settings.from_environment(os.environ, **vars(given))
        # Opened once here so that a missing or damaged index is told now, in one line.
        open_engine(Path(settings.index_dir)).close()
        with beside(settings) as public:
            serve(public, _announce)
    except SettingError as error:
        print(error, file=sys.stderr)
        return 2
    except SearchError as error:
        print(f"无法打开索引 {settings.index_dir}：{error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"无法监听 {settings.host}:{settings.port}：{error.strerror}。", file=sys.stderr)
        print("该端口可能已被占用，请用 --port 换一个。", file=sys.stderr)
        return 2
    return 0


def _announce(address: str) -> None:
    print(f"网站已就绪：{address}（按 Ctrl+C 停止）", flush=True)


if __name__ == "__main__":
    sys.exit(main())
