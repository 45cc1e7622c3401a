"""All hits of a search as CSV, JSON Lines or Markdown, one piece at a time.

Each writer takes an iterator of hits and yields text, so a hundred thousand rows never stand
in memory together.  Every export names its query, filters, counts and the index it came
from.  Where the pieces go (a response, a file) is the caller's business.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal, TypeAlias

from search.citations import Citation, format_citation
from search.labels import field_label, section_label
from search.request import FIELDS, FieldFilter, SearchRequest
from search.results import Hit, Total
from search.visible import visible

ExportFormat: TypeAlias = Literal["csv", "jsonl", "md"]
EXPORT_FORMATS: tuple[ExportFormat, ...] = ("csv", "jsonl", "md")

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")

_LIST = re.compile(r"^(\s*(?:[0-9]+(?=[.)]))?)([-+.)])")
"""The beginning of what Markdown would read as an item of a list."""

_COLUMNS = (
    "报告编号", "段落", "标题", "机关", "年度", "章节", "小标题", "出现次数", "摘录", "发布日期",
    "引文", "链接",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ExportHead:
    """What an export says of itself."""

    request: SearchRequest
    total: Total
    generation: str
    built: str
    """ISO time of the index."""
    site: str = ""
    """Put before each permanent link: ``https://example.org``; empty leaves them relative."""
    exported: datetime.date = datetime.date.min
    most: int = 0
    """Rows at the most; 0 for all."""

    @property
    def rows(self) -> int:
        """How many rows there will be."""
        return min(self.total.passages, self.most or self.total.passages)


def export(head: ExportHead, hits: Iterable[Hit], kind: ExportFormat) -> Iterator[str]:
    """The export as pieces of text, in order; joined they are the file (UTF-8, BOM included)."""
    writers = {"csv": _csv, "jsonl": _jsonl, "md": _markdown}
    return writers[kind](head, islice(hits, head.most or None))


def describe_filters(request: SearchRequest) -> str:
    """The filters in Chinese words, empty when there are none."""
    parts = [
        f"{field_label(field)}：{_describe_filter(field, request.filters[field])}"
        for field in FIELDS
        if request.filters.get(field)
    ]
    if request.within:
        parts.append(f"结果中再搜：{request.within}")
    if request.scope == "report":
        parts.append("范围：整份报告")
    return "；".join(parts)


def _describe_filter(field: str, chosen: FieldFilter) -> str:
    def name(value: str) -> str:
        return section_label(value) if field == "section" else value

    words = [name(value) for value in chosen.include]
    words += [_describe_range(low, high) for low, high in chosen.ranges]
    words += [f"排除 {name(value)}" for value in chosen.exclude]
    return "、".join(words)


def _describe_range(low: int | None, high: int | None) -> str:
    if low is None:
        return f"{high} 及以前"
    return f"{low} 及以后" if high is None else f"{low}—{high}"


def head_pairs(head: ExportHead) -> list[tuple[str, str]]:
    """What was asked, what was found, of which index and when: names and values."""
    total = head.total
    return [
        ("检索式", head.request.query or "（全部）"),
        ("筛选", describe_filters(head.request) or "无"),
        ("结果", f"{total.reports} 份报告，{total.passages} 个段落，{total.occurrences} 处"),
        ("索引", f"{head.generation}（{head.built}）"),
        ("导出日期", head.exported.isoformat()),
    ]


def _rows_pair(head: ExportHead) -> tuple[str, str]:
    cut = head.rows < head.total.passages
    return "行数", f"{head.rows}" + ("，已达上限，不是全部" if cut else "")


def _csv(head: ExportHead, hits: Iterable[Hit]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)

    def row(cells: Iterable[object]) -> str:
        writer.writerow([harmless(cell) for cell in cells])
        text = buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
        return text

    yield "\ufeff"  # Excel reads UTF-8 only with a byte order mark
    yield row(_COLUMNS)
    for hit, citation in _cited(head, hits):
        yield row(
            (
                hit.report_id,
                hit.passage,
                hit.title,
                hit.agency or "未识别",
                "未识别" if hit.year is None else hit.year,
                section_label(hit.section),
                " › ".join(hit.heading),
                hit.occurrences,
                _excerpt(hit),
                hit.published or "",
                citation,
                head.site + hit.url,
            )
        )
    # After the rows, so that the first line is the header every reader expects.
    yield row(())
    for name, value in (*head_pairs(head), _rows_pair(head)):
        yield row((name, value))


def harmless(cell: object) -> object:
    """The cell such that no spreadsheet reads it as a formula.

    Source: OWASP, CSV Injection: cells beginning with = + - @, tab or carriage return.
    """
    if not isinstance(cell, str):
        return cell
    text = visible(cell)
    starts = text.startswith(("\t", "\n")) or text.lstrip().startswith(_FORMULA_STARTS)
    return "'" + text if starts else text


def _jsonl(head: ExportHead, hits: Iterable[Hit]) -> Iterator[str]:
    request = head.request
    about = {
        "query": request.query,
        "within": request.within,
        "scope": request.scope,
        "sort": request.sort,
        "filters": {
            field: {
                "include": chosen.include,
                "exclude": chosen.exclude,
                "ranges": chosen.ranges,
            }
            for field, chosen in request.filters.items()
        },
        "total": {
            "reports": head.total.reports,
            "passages": head.total.passages,
            "occurrences": head.total.occurrences,
        },
        "rows": head.rows,
        "generation": head.generation,
        "built": head.built,
        "exported": head.exported.isoformat(),
    }
    yield json.dumps({"about": about}, ensure_ascii=False) + "\n"
    for hit, citation in _cited(head, hits):
        record = {
            "report_id": hit.report_id,
            "passage": hit.passage,
            "hash": hit.hash,
            "title": hit.title,
            "agency": hit.agency,
            "year": hit.year,
            "section": hit.section,
            "heading": hit.heading,
            "occurrences": hit.occurrences,
            "snippets": [{"text": s.text, "spans": s.spans} for s in hit.snippets],
            "published": hit.published,
            "citation": citation,
            "url": head.site + hit.url,
        }
        yield json.dumps(record, ensure_ascii=False) + "\n"


def _markdown(head: ExportHead, hits: Iterable[Hit]) -> Iterator[str]:
    yield f"# 检索结果：{_md(head.request.query or '（全部）')}\n\n"
    for name, value in (*head_pairs(head), _rows_pair(head)):
        yield f"- {name}：{_md(value)}\n"
    report = None
    for hit in hits:
        if hit.report_id != report:
            report = hit.report_id
            yield f"\n## {_md(hit.title)}\n\n{_md(cite_hit(head, hit))}\n"
        place = " › ".join(hit.heading) or hit.passage
        yield f"\n### [{_md(place)}]({head.site}{hit.url}) · {hit.occurrences} 处\n\n"
        for snippet in hit.snippets:
            marked = _LIST.sub(r"\1\\\2", _marked(snippet.text, snippet.spans))
            yield f"> {marked}\n\n"


def _cited(head: ExportHead, hits: Iterable[Hit]) -> Iterator[tuple[Hit, str]]:
    """Each hit with its report's citation, made once for hits of one report in a row."""
    report, citation = "", ""
    for hit in hits:
        if hit.report_id != report:
            report, citation = hit.report_id, cite_hit(head, hit)
        yield hit, citation


def citation_of(head: ExportHead, hit: Hit) -> Citation:
    """The hit's report, with its address, as it is cited."""
    return Citation(
        key=hit.report_id,
        agency=hit.agency,
        title=hit.title,
        year=hit.year,
        published=hit.published,
        url=f"{head.site}/reports/{hit.report_id}",
        accessed=head.exported,
    )


def cite_hit(head: ExportHead, hit: Hit) -> str:
    """The hit's report in GB/T 7714, with the address of the report."""
    return format_citation(citation_of(head, hit), "gbt7714")


def _excerpt(hit: Hit) -> str:
    return " … ".join(" ".join(snippet.text.split()) for snippet in hit.snippets)


def _md(text: str) -> str:
    """The text on one line, with what Markdown would read escaped."""
    return _md_piece(" ".join(text.split()))


def _marked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    parts = []
    at = 0
    for start, end in spans:
        start = max(start, at)
        if end > start:
            parts += [_md_piece(text[at:start]), "**", _md_piece(text[start:end]), "**"]
            at = end
    parts.append(_md_piece(text[at:]))
    return "".join(parts)


def _md_piece(text: str) -> str:
    text = visible(text)
    return "".join("\\" + c if c in "\\`*_{}[]<>#|&~" else (" " if c == "\n" else c) for c in text)
