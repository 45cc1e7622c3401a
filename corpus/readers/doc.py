"""Old Word files, through antiword where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from corpus.errors import ReadError
from corpus.readers.raw import RawText

TIME_LIMIT_S = 30


def read(data: bytes) -> RawText:
    """The document's text.  Raises ReadError ``needs_antiword``, ``damaged`` or ``no_text``."""
    program = shutil.which("antiword")
    if program is None:
        raise ReadError(
            "needs_antiword",
            "读取旧版 .doc 文件需要 antiword，本机没有安装",
            "请安装 antiword（Debian/Ubuntu：apt-get install antiword），或另存为 .docx。",
        )
    with tempfile.TemporaryDirectory(prefix="fazhi-doc-") as folder:
        path = Path(folder, "report.doc")
        path.write_bytes(data)
        try:
            done = subprocess.run(
                [program, "-m", "UTF-8.txt", "-w", "0", str(path)],
                capture_output=True,
                timeout=TIME_LIMIT_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ReadError("damaged", "antiword 读取超时", "请另存为 .docx。") from None
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().split("\n")[-1]
        said = said.replace(str(path), "文件")[:120]
        raise ReadError("damaged", f"antiword 无法读取：{said}", "请另存为 .docx。")
    return RawText(done.stdout.decode("utf-8", "replace").replace("\ufffd", ""), "doc")
