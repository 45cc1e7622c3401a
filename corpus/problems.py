"""``problems.csv``: every file that was not indexed or was merged, why, and what to do."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from corpus.collection import Resolution
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


def collection_problems(resolution: Resolution, shown: Mapping[str, str]) -> Iterator[Problem]:
    """What the librarian should know of reports that are held: merges, versions, labels that
    nothing said.  ``shown``: a file's name for people, by its path."""
    for group in resolution.groups:
        primary = shown[group.primary.path]
        for row in group.rows[1:]:
            how = "完全相同" if row.text_hash == group.primary.text_hash else "几乎相同"
            yield Problem(
                shown[row.path],
                "merge",
                f"与 {primary} {how}，合并为一份报告 {group.id}，两处来源均已记录",
                "如应分开，请在 metadata.csv 中写明各自的机关和年度。",
                "merged",
            )
        if group.version_of is not None:
            yield Problem(
                primary,
                "merge",
                f"与 {group.version_of} 同机关、同年度而文字不同，作为另一版本 {group.id} 收录",
                "如机关或年度识别有误，请在 metadata.csv 中更正。",
                "version",
            )
        row = group.primary
        if row.year is None or row.agency is None:
            lacks = "、".join(
                name for name, value in (("机关", row.agency), ("年度", row.year)) if value is None
            )
            yield Problem(
                primary,
                "label",
                f"未识别出{lacks}，已按“未识别”收录",
                "请在 metadata.csv 中补写。",
                "unlabelled",
            )
