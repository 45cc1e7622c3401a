"""``python -m search``: a question on the command line.  Parse, ask, print; no more."""

from __future__ import annotations

import argparse
import datetime
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from corpus.command_line import CommandParser
from search import open_engine
from search.citations import CITATION_STYLES
from search.engine import Engine
from search.errors import SearchError
from search.export import EXPORT_FORMATS, ExportHead, export
from search.export_citations import export_citations
from search.export_trend import export_trend
from search.filter_text import parse_filters
from search.labels import section_label
from search.query import Or
from search.query_parser import parse_query
from search.request import FIELDS, MAX_SIZE, SORTS, UNLABELLED, SearchRequest
from search.results import Notice, ResultPage, Snippet, Trend
from search.to_json import (
    concordance_json,
    matrix_json,
    page_json,
    spread_json,
    trend_json,
)
from search.views import CONCORDANCE_SORTS
from search.visible import well_formed

FORMATS = {"passages": EXPORT_FORMATS, "reports": EXPORT_FORMATS, "trend": ("csv",)}
"""What each view can be exported as; the others are pages."""
VIEWS = ("passages", "reports", "concordance", "trend", "matrix", "spread")


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 answered, 1 cannot be answered, 2 wrong arguments."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.format and options.view not in FORMATS:
        parser.error(f"--format 不能与 --view {options.view} 同用；可用 --json。")
    if options.format and options.format not in FORMATS[options.view]:
        parser.error(f"--view {options.view} 只有 {'、'.join(FORMATS[options.view])} 格式。")
    if isinstance(sys.stdout, io.TextIOWrapper):  # the same bytes whatever the system's habits
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    try:
        engine = open_engine(options.index_dir)
        try:
            for piece in _answer(engine, options):
                sys.stdout.write(piece)
            sys.stdout.flush()
        finally:
            engine.close()
    except SearchError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader had enough
        _drop_output()
    except OSError as error:
        _drop_output()
        print(f"无法写出结果：{error.strerror}。", file=sys.stderr)
        return 1
    return 0


def _drop_output() -> None:
    """What is left goes nowhere, so that Python's end does not try to write it again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="python -m search",
        description="检索报告。检索式的写法见 docs/query-language.md，各种看法见 docs/views.md。",
        epilog="以 - 开头的检索式写在 -- 之后：python -m search -- '-罚款'",
    )
    parser.add_argument(
        "query",
        nargs="+",
        metavar="检索式",
        help="如 '\"首违不罚\" 营商环境'；多个之间是“并且”，在 --view trend 中各成一行",
    )
    parser.add_argument(
        "--index-dir",
        type=Path,
        default=Path("var/index"),
        metavar="目录",
        help="索引目录（默认 var/index）",
    )
    for field, name, help_text in (
        ("year", "年度", "2021、2019..2022 或 未识别；可多次给出"),
        ("agency", "机关", "机关名称"),
        ("section", "章节", "achievements、shortcomings、leadership、plans、other"),
        ("kind", "类别", "机关类别，如 城市管理"),
        ("region", "地区", "如 重庆市/南岸区"),
    ):
        help_text += "；前面加 - 为排除，如 " + f"--{field}=-…"
        parser.add_argument(f"--{field}", action="append", default=[], metavar=name, help=help_text)
    parser.add_argument("--within", default="", metavar="检索式", help="在结果中再搜")
    _choice(parser, "--scope", ("passage", "report"), "各词同在一个段落，还是一份报告")
    _choice(parser, "--sort", SORTS, "排序")
    _choice(parser, "--view", VIEWS, "看法")
    _choice(parser, "--order", CONCORDANCE_SORTS, "逐处排列（--view concordance）的次序")
    parser.add_argument("--page", type=int, default=1, metavar="页", help="页码，从 1 起")
    parser.add_argument(
        "--size", type=int, default=10, metavar="个", help=f"每页个数，至多 {MAX_SIZE}（默认 10）"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="输出 JSON，与网站接口相同")
    form.add_argument(
        "--format",
        "--export",
        choices=EXPORT_FORMATS,
        metavar="格式",
        help=f"导出全部结果：{'、'.join(EXPORT_FORMATS)}；--view trend 只有 csv",
    )
    form.add_argument(
        "--cite",
        choices=CITATION_STYLES,
        metavar="格式",
        help=f"输出结果所在报告的引文：{'、'.join(CITATION_STYLES)}",
    )
    parser.add_argument(
        "--site",
        default="",
        metavar="网址",
        help="导出和引文中链接的网站地址，如 https://example.org",
    )
    return parser


def _choice(
    parser: argparse.ArgumentParser, name: str, choices: Sequence[str], help_text: str
) -> None:
    help_text += f"：{'、'.join(choices)}（默认 {choices[0]}）"
    parser.add_argument(name, choices=choices, default=choices[0], metavar="…", help=help_text)


def _answer(engine: Engine, options: argparse.Namespace) -> Iterator[str]:
    queries = [well_formed(text) for text in options.query]
    request = SearchRequest(
        query=_all_of(queries),
        filters=parse_filters({name: getattr(options, name) for name in FIELDS}),
        scope=options.scope,
        sort=options.sort,
        view="reports" if options.view == "reports" else "passages",
        page=options.page,
        size=options.size,
        within=options.within,
    )
    if options.format and options.view == "trend":
        yield export_trend(engine, queries, request, datetime.date.today())
    elif options.format or options.cite:
        found = engine.stream(request.with_(snippets=not options.cite))
        head = ExportHead(
            request,
            found.total,
            found.generation,
            found.built,
            options.site,
            datetime.date.today(),
        )
        if options.cite:
            yield from export_citations(head, found.hits, options.cite)
        else:
            yield from export(head, found.hits, options.format)
    elif options.view == "trend":
        trends = engine.trend(queries, request.filters, scope=request.scope, within=request.within)
        if options.json:
            yield _json([trend_json(one) for one in trends])
        else:
            yield _trends(trends)
            yield from _remarks(notice for one in trends for notice in one.notices)
    elif options.view == "matrix":
        yield from _matrix(engine, request, options.json)
    elif options.view == "spread":
        yield from _spread(engine, request, options.json)
    elif options.view == "concordance":
        yield from _concordance(engine, request, options)
    else:
        yield from _list(engine, request, options.json)


def _all_of(queries: Sequence[str]) -> str:
    """Several queries as one that asks for all; an OR stays within its own."""
    if len(queries) == 1:
        return queries[0]
    trees = [parse_query(text).tree for text in queries]
    return " ".join(
        f"({text})" if isinstance(tree, Or) else text
        for text, tree in zip(queries, trees, strict=True)
    )


def _list(engine: Engine, request: SearchRequest, as_json: bool) -> Iterator[str]:
    page = engine.search(request)
    if as_json:
        yield _json(page_json(page))
        return
    yield from _page(page)
    if not page.total.passages:
        if page.understood:
            yield f"理解为：{page.understood}\n"
        for one in engine.explain(request):
            yield f"{one.label}：{one.total.reports} 份报告，{one.total.occurrences} 处\n"
        for text in engine.did_you_mean(request):
            yield f"您要找的是不是：{text}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _page(page: ResultPage) -> Iterator[str]:
    total = page.total
    yield f"{total.reports} 份报告 · {total.passages} 个段落 · {total.occurrences} 处"
    yield f"（{page.took_ms:.1f} 毫秒）\n"
    yield from _remarks(page.notices)
    for hit in page.hits:
        year = UNLABELLED if hit.year is None else hit.year
        yield f"\n{hit.title}\n  {hit.agency or UNLABELLED} · {year} · {section_label(hit.section)}"
        yield f" · {hit.occurrences} 处 · {hit.url}\n"
        if hit.heading:
            yield f"  {' › '.join(hit.heading)}\n"
        for snippet in hit.snippets:
            yield f"    {_marked(snippet)}\n"


def _remarks(notices: Iterable[Notice]) -> Iterator[str]:
    """What was not understood; below a table, so that its lines stay together."""
    for message in dict.fromkeys(notice.message for notice in notices):
        yield f"注意：{message}\n"


def _marked(snippet: Snippet) -> str:
    before, after = ("\033[1;33m", "\033[0m") if sys.stdout.isatty() else ("【", "】")
    parts = []
    at = 0
    for start, end in snippet.spans:
        parts += [snippet.text[at:start], before, snippet.text[start:end], after]
        at = end
    text = " ".join(("".join(parts) + snippet.text[at:]).split())
    return f"{'…' if snippet.cut_before else ''}{text}{'…' if snippet.cut_after else ''}"


def _trends(trends: Sequence[Trend]) -> str:
    lines = []
    for trend in trends:
        lines.append(f"{trend.query}：{trend.total.reports} 份报告，{trend.total.occurrences} 处")
        lines.append("年度\t报告\t收录\t占比\t次数\t每万字")
        for row in trend.rows:
            year = UNLABELLED if row.year is None else row.year
            rates = f"{row.share:.1%}", f"{row.per_10k:.2f}"
            share, per_10k = rates if row.held else ("", "")  # of nothing held there is no share
            lines.append(
                f"{year}\t{row.reports}\t{row.held}\t{share}\t{row.occurrences}\t{per_10k}"
            )
    return "\n".join(lines) + "\n"


def _concordance(
    engine: Engine, request: SearchRequest, options: argparse.Namespace
) -> Iterator[str]:
    found = engine.concordance(request, order=options.order)
    if options.json:
        yield _json(concordance_json(found))
        return
    yield f"{found.total.occurrences} 处"
    yield f"，只排了前 {found.sorted_occurrences} 处\n" if found.bounded else "\n"
    for line in found.lines:
        left = "　" * max(0, 30 - len(line.left)) + line.left
        yield f"{left}【{line.key}】{line.right}  {line.hit.url}\n"
    yield from _remarks(found.notices)


def _matrix(engine: Engine, request: SearchRequest, as_json: bool) -> Iterator[str]:
    found = engine.matrix(request)
    if as_json:
        yield _json(matrix_json(found))
        return
    years = [UNLABELLED if year is None else str(year) for year in found.years]
    yield "\t".join(["机关", *years, "合计"]) + "\n"
    for row in found.rows:
        cells = [f"{c.reports}/{c.held}" for c in (*row.cells, row.total)]
        yield "\t".join([row.agency or UNLABELLED, *cells]) + "\n"
    yield from _remarks(found.notices)


def _spread(engine: Engine, request: SearchRequest, as_json: bool) -> Iterator[str]:
    found = engine.spread(request)
    if as_json:
        yield _json(spread_json(found))
        return
    yield f"{found.total_agencies} 个机关用过（共收录 {found.held_agencies} 个机关）\n"
    yield "机关\t首次\t最近\t报告\t次数\t后来不提\n"
    for one in found.adoptions:
        dropped = "是" if one.dropped else ""
        yield (
            f"{one.agency or UNLABELLED}\t{one.first_year or ''}\t{one.last_year or ''}\t"
            f"{one.reports}\t{one.occurrences}\t{dropped}\n"
        )
    yield from _remarks(found.notices)


if __name__ == "__main__":
    sys.exit(main())
