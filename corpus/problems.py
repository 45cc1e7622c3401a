"""``problems.csv``: every file that was not indexed or was merged, why, and what to do."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from corpus.model import Problem, Stage

STAGES: Final[dict[Stage, str]] = {
    "find": "查找",
    "read": "读取",
    "clean": "清理",
    "label": "识别",
    "select": "筛选",
    "merge": "合并",
    "store": "入库",
}
HEADER: Final = ("文件", "阶段", "原因", "建议", "代码")


def write_problems(path: Path, problems: Iterable[Problem]) -> None:
    """Write the table, with a byte order mark so that Excel reads it; who reads it meanwhile has
    the old one or the new."""
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADER)
        for one in problems:
            rows.writerow((one.path, STAGES[one.stage], one.reason, one.advice, one.code))
    part.replace(path)
