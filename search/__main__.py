"""``python -m search``: a question on the command line.  Parse, ask, print; no more."""

from __future__ import annotations

import argparse
import datetime
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from search import open_engine
from search.citations import CITATION_STYLES, Citation, format_citation
from search.engine import Engine
from search.errors import SearchError
from search.export import EXPORT_FORMATS, ExportHead, export
from search.filter_text import parse_filters
from search.labels import section_label
from search.request import FIELDS, MAX_SIZE, SORTS, UNLABELLED, SearchRequest
from search.results import Hit, ResultPage, Snippet, Trend
from search.to_json import page_json, trend_json

VIEWS = ("passages", "reports", "trend", "matrix", "spread", "concordance")


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 answered, 1 cannot be answered, 2 wrong arguments."""
    options = _parser().parse_args(arguments)
    try:
        engine = open_engine(options.index_dir)
    except SearchError as error:
        print(error, file=sys.stderr)
        return 1
    try:
        for piece in _answer(engine, options):
            sys.stdout.write(piece)
    except SearchError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()  # the reader had enough
    finally:
        engine.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m search", description="检索报告。检索式的写法见 docs/query-language.md。"
    )
    parser.add_argument("query", nargs="+", metavar="检索式", help="如 '\"首违不罚\" 营商环境'")
    parser.add_argument("--index-dir", type=Path, default=Path("var/index"), help="索引目录")
    for field, help_text in (
        ("year", "年度，如 2021、2019..2022、-2020"),
        ("agency", "机关名称"),
        ("section", "章节：achievements、shortcomings、leadership、plans、other"),
        ("kind", "机关类别，如 城市管理"),
        ("region", "地区，如 重庆市/南岸区"),
    ):
        parser.add_argument(f"--{field}", action="append", default=[], help=help_text)
    parser.add_argument("--scope", choices=("passage", "report"), default="passage", help="范围")
    parser.add_argument("--sort", choices=SORTS, default="relevance", help="排序")
    parser.add_argument("--page", type=int, default=1, help="页码，从 1 起")
    parser.add_argument("--size", type=int, default=10, help=f"每页段落数，至多 {MAX_SIZE}")
    parser.add_argument("--view", choices=VIEWS, default="passages", help="看法")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    parser.add_argument("--export", choices=EXPORT_FORMATS, help="导出全部结果")
    parser.add_argument("--cite", choices=CITATION_STYLES, help="输出结果所在报告的引文")
    parser.add_argument("--site", default="", help="导出和引文中链接的网站地址")
    return parser


def _answer(engine: Engine, options: argparse.Namespace) -> Iterator[str]:
    request = SearchRequest(
        query=options.query[0],
        filters=parse_filters({name: getattr(options, name) for name in FIELDS}),
        scope=options.scope,
        sort=options.sort,
        page=options.page,
        size=options.size,
    )
    if options.export:
        page = engine.search(request.with_(size=1, facet_size=0))
        head = ExportHead(
            request,
            page.total,
            page.generation,
            engine.overview().built,
            options.site,
            datetime.date.today(),
        )
        yield from export(head, engine.iter_hits(request), options.export)
    elif options.cite:
        yield from _citations(engine, request, options)
    elif options.view == "trend":
        trends = engine.trend(options.query, request.filters)
        yield _json([trend_json(t) for t in trends]) if options.json else _trends(trends)
    elif options.view == "matrix":
        yield from _matrix(engine, request)
    elif options.view == "spread":
        yield from _spread(engine, request)
    elif options.view == "concordance":
        found = engine.concordance(request)
        for line in found.lines:
            yield f"{line.left:>30}【{line.key}】{line.right}  {line.hit.url}\n"
    else:
        page = engine.search(request.with_(view=options.view))
        yield _json(page_json(page)) if options.json else "".join(_page(page))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _page(page: ResultPage) -> Iterator[str]:
    total = page.total
    yield f"{total.reports} 份报告 · {total.passages} 个段落 · {total.occurrences} 处"
    yield f"（{page.took_ms:.1f} 毫秒）\n"
    for notice in page.notices:
        yield f"注意：{notice.message}\n"
    for hit in page.hits:
        year = UNLABELLED if hit.year is None else hit.year
        yield f"\n{hit.title}\n  {hit.agency or UNLABELLED} · {year} · {section_label(hit.section)}"
        yield f" · {hit.occurrences} 处 · {hit.url}\n"
        if hit.heading:
            yield f"  {' › '.join(hit.heading)}\n"
        for snippet in hit.snippets:
            yield f"    {_marked(snippet)}\n"


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
            lines.append(
                f"{year}\t{row.reports}\t{row.held}\t{row.share:.1%}\t"
                f"{row.occurrences}\t{row.per_10k:.2f}"
            )
    return "\n".join(lines) + "\n"


def _matrix(engine: Engine, request: SearchRequest) -> Iterator[str]:
    found = engine.matrix(request)
    years = [UNLABELLED if year is None else str(year) for year in found.years]
    yield "\t".join(["机关", *years, "合计"]) + "\n"
    for row in found.rows:
        cells = [f"{c.reports}/{c.held}" for c in (*row.cells, row.total)]
        yield "\t".join([row.agency or UNLABELLED, *cells]) + "\n"


def _spread(engine: Engine, request: SearchRequest) -> Iterator[str]:
    found = engine.spread(request)
    yield f"{found.total_agencies} 个机关用过（共收录 {found.held_agencies} 个机关）\n"
    yield "机关\t首次\t最近\t报告\t次数\t后来不提\n"
    for one in found.adoptions:
        dropped = "是" if one.dropped else ""
        yield (
            f"{one.agency or UNLABELLED}\t{one.first_year or ''}\t{one.last_year or ''}\t"
            f"{one.reports}\t{one.occurrences}\t{dropped}\n"
        )


def _citations(
    engine: Engine, request: SearchRequest, options: argparse.Namespace
) -> Iterator[str]:
    seen: set[str] = set()
    for hit in engine.iter_hits(request.with_(snippets=False)):
        if hit.report_id not in seen:
            seen.add(hit.report_id)
            text = format_citation(_citation(hit, options.site), options.cite)
            yield text if text.endswith("\n") else text + "\n"


def _citation(hit: Hit, site: str) -> Citation:
    return Citation(
        key=hit.report_id,
        agency=hit.agency,
        title=hit.title,
        year=hit.year,
        published=hit.published,
        url=f"{site}/reports/{hit.report_id}",
        accessed=datetime.date.today(),
    )


if __name__ == "__main__":
    sys.exit(main())
