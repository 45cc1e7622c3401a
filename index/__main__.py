"""``python -m index build | check | stats | files``: thin; each command is one function elsewhere.

Exit status: build 0 when all that could be read was indexed, 1 when it was refused or failed,
130 when interrupted; check 0 sound, 1 damaged, 2 no index; stats and files likewise.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from corpus.errors import CorpusError, system_reason
from index.builder import Built, build_index
from index.errors import IndexProblem, NoIndex
from index.files import collected_files, format_files
from index.generations import served_generation
from index.manifest import forget_verified
from index.progress import ProgressBar
from index.snapshot import open_snapshot
from index.statistics import format_statistics, statistics

DEFAULT_INDEX_DIR: Final = Path("var/index")


def make_parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    parser = argparse.ArgumentParser(prog="python -m index", description="建立、检查、统计索引")
    commands = parser.add_subparsers(dest="command", required=True)
    build = commands.add_parser("build", help="读取文件夹，更新索引")
    build.add_argument("folders", nargs="+", type=Path, metavar="文件夹")
    build.add_argument("--all", action="store_true", dest="keep_all", help="不是年度报告的也收录")
    build.add_argument("--prune", action="store_true", help="允许一次移除超过五分之一的报告")
    check = commands.add_parser("check", help="核对索引的每一个字节")
    stats = commands.add_parser("stats", help="报告、段落、字符数和各部分大小")
    files = commands.add_parser("files", help="每个文件收录成了哪份报告，来自哪个文件夹")
    files.add_argument("--json", action="store_true", help="以 JSON 输出")
    for command in (build, check, stats, files):
        command.add_argument(
            "--index-dir", type=Path, default=DEFAULT_INDEX_DIR, help="索引目录（默认 var/index）"
        )
    return parser


def _summary(built: Built) -> str:
    lines = []
    if built.changed:
        lines.append(f"已建立索引 {built.generation}。")
    else:
        lines.append(f"没有变化，沿用索引 {built.generation}。")
    lines.append(
        f"收录报告 {built.held} 份（本次写入 {built.added} 份，移除 {built.removed} 份），"
        f"文件 {built.files} 个，其中 {built.unchanged} 个未变、未重读。"
    )
    if built.merged or built.versions:
        lines.append(
            f"合并相同文本的文件 {built.merged} 个，同机关同年度的不同版本 {built.versions} 份。"
        )
    if built.problems:
        lines.append(f"需要留意的 {len(built.problems)} 条，见 {built.problems_path}")
    return "\n".join(lines)


def _outcome(index_dir: Path, before: str) -> str:
    """What became of an index whose build broke off, perhaps after the new one was served."""
    now = served_generation(index_dir)
    return "原有索引没有改动。" if now == before else f"新的索引 {now} 已经建成，可以检索。"


def _build(args: argparse.Namespace) -> int:
    before = served_generation(args.index_dir)
    try:
        built = build_index(
            args.folders,
            args.index_dir,
            keep_all=args.keep_all,
            prune=args.prune,
            progress=ProgressBar(sys.stderr).show,
        )
    except KeyboardInterrupt:
        print(f"\n已中断；{_outcome(args.index_dir, before)}", file=sys.stderr)
        return 130
    except OSError as problem:
        where = f"{problem.filename}：" if problem.filename else ""
        reason = system_reason(problem)
        outcome = _outcome(args.index_dir, before)
        print(f"\n未能建立索引：{where}{reason}；{outcome}", file=sys.stderr)
        return 1
    print(_summary(built))
    return 0


def _check(args: argparse.Namespace) -> int:
    forget_verified()
    snapshot = open_snapshot(args.index_dir, for_queries=False)
    for segment in snapshot.segments:
        segment.container.verify()
    print(f"索引 {snapshot.generation} 完好。")
    return 0


def _stats(args: argparse.Namespace) -> int:
    print(format_statistics(statistics(open_snapshot(args.index_dir, for_queries=False))))
    return 0


def _files(args: argparse.Namespace) -> int:
    collected = collected_files(args.index_dir)
    print(json.dumps(asdict(collected)) if args.json else format_files(collected))
    return 0


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; gives the exit status."""
    args = make_parser().parse_args(argv)
    commands = {"build": _build, "check": _check, "stats": _stats, "files": _files}
    command = commands[args.command]
    try:
        return command(args)
    except NoIndex as problem:
        print(problem, file=sys.stderr)
        return 2
    except (IndexProblem, CorpusError) as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
