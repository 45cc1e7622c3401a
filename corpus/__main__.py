"""``python -m corpus inspect FILE``: what is read from a file, what was cut, where labels stand.
``python -m corpus label FILE``: its row of ``metadata.csv``, shown or written.

Parses arguments, calls ``corpus.reading``'s parts or ``corpus.override_rows`` and
prints; decides nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from corpus.errors import CorpusError, LabelsRefused, ReadError, RowChanged, system_reason
from corpus.finding import container_of
from corpus.labelling import label_report
from corpus.model import CleanText, Report
from corpus.override_rows import SHOWN, find_place, write_row
from corpus.overrides import COLUMNS
from corpus.readers import read_bytes
from corpus.readers.archive import iter_members

_LABELS = {
    "title": "标题",
    "agency": "机关",
    "kind": "机关类别",
    "region": "地区",
    "year": "年度",
    "published": "发布日期",
    "document_number": "文号",
}
_CERTAINTY = {"read": "原文", "inferred": "推断", "unknown": "未识别"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; gives the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m corpus", description="查看一个文件的识别结果，写入它的标签"
    )
    commands = parser.add_subparsers(dest="command", required=True)
    inspect = commands.add_parser("inspect", help="清理后的文字、各项标注及其出处、删去的内容")
    inspect.add_argument("file", type=Path, help="文件，或这些文件的 zip")
    inspect.add_argument("--json", action="store_true", help="以 JSON 输出")
    label = commands.add_parser("label", help="查看或写入一个文件在 metadata.csv 中的一行")
    label.add_argument("file", help="文件；压缩包中的写作 包.zip!名称")
    label.add_argument("--under", type=Path, metavar="文件夹", help="收录的文件夹（默认文件所在）")
    for column, shown in SHOWN.items():
        label.add_argument(f"--{column}", metavar=shown, help="留空（如 --year=）即由程序识别")
    label.add_argument("--replacing", metavar="编号", help="只在这一行还是所见的样子时写入")
    label.add_argument("--json", action="store_true", help="以 JSON 输出")
    options = parser.parse_args(arguments)
    return _inspect(options) if options.command == "inspect" else _label(options)


def _label(options: argparse.Namespace) -> int:
    given = Path(options.file).absolute().as_posix()
    container = container_of(given)
    folder = Path(container).parent.resolve()
    file = (folder / Path(container).name).as_posix() + given.removeprefix(container)
    root = options.under.resolve() if options.under else folder
    values = {c: v for c in COLUMNS if (v := getattr(options, c)) is not None}
    try:
        if values:
            place = write_row(file, root, values, options.replacing)
        else:
            place = find_place(file, root)
    except (CorpusError, OSError) as error:
        reason = str(error)
        if isinstance(error, OSError):
            reason = f"{error.filename or file}：无法读写（{system_reason(error)}）"
        if options.json:
            code = {LabelsRefused: "labels", RowChanged: "changed"}.get(type(error), "failed")
            problems = error.problems if isinstance(error, LabelsRefused) else {}
            print(json.dumps({"error": {"code": code, "message": reason, "labels": problems}}))
        print(reason, file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(asdict(place), default=str))
        return 0
    where = f"{place.table} 第 {place.line} 行" if place.line else f"{place.table} 中还没有这个文件"
    print("\n".join([where, *(f"  {SHOWN[c]}：{v}" for c, v in place.values.items())]))
    return 0


def _inspect(options: argparse.Namespace) -> int:
    """The exit status: 0 when every part of the file could be read, 1 otherwise."""
    try:
        data = options.file.read_bytes()
    except OSError as error:
        print(f"{options.file}：无法打开（{system_reason(error)}）", file=sys.stderr)
        return 1
    status = 0
    found: list[dict[str, object]] = []
    try:
        members: list[tuple[str, bytes | ReadError]] = (
            list(iter_members(data))
            if options.file.suffix.lower() == ".zip"
            else [(options.file.name, data)]
        )
    except ReadError as error:
        members = [(options.file.name, error)]
    for name, member in members:
        try:
            if isinstance(member, ReadError):
                raise member
            clean = read_bytes(member, name)
        except ReadError as error:
            status = 1
            found.append({"file": name, "code": error.code, "reason": error.reason})
            print(f"{name}：{error.reason}。{error.advice}", file=sys.stderr)
            continue
        report = label_report(clean, file_name=name.rsplit("/", 1)[-1])
        if options.json:
            found.append({"file": name, "clean": asdict(clean), "report": asdict(report)})
        else:
            _print(name, clean, report)
    if options.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    return status


def _print(name: str, clean: CleanText, report: Report) -> None:
    print(f"文件：{name}（编码 {clean.encoding or '无'}）\n系列：{report.series}\n\n标注")
    for key, shown in _LABELS.items():
        value = getattr(report, key)
        value = "/".join(value) if isinstance(value, tuple) else value
        origin = report.provenance.get(key)
        where = f"{_CERTAINTY[origin.certainty]}，{origin.origin}" if origin else "无出处"
        evidence = f"：{origin.evidence}" if origin and origin.evidence else ""
        print(f"  {shown}：{value or '未识别'}（{where}{evidence}）")
    for note in report.notes:
        print(f"  备注：{note}")
    print(f"\n删去的内容（{len(clean.cuts)} 处）")
    for cut in clean.cuts:
        print(f"  [{cut.reason}] {cut.text}")
    print(f"\n清理后的文字（{len(clean.text)} 字）\n{clean.text}")


if __name__ == "__main__":
    sys.exit(main())
