"""Cleaned text → a labelled ``Report``: the order in which labels are read.

Each label's rules stand in a file of its own; here they only meet.  Ids are given later, by
``corpus.collection``.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from corpus.agency import AgencyFound, describe_agency, find_agency, find_work_agency
from corpus.dates import find_dates
from corpus.model import UNKNOWN, CleanText, Provenance, Report, Section, Source
from corpus.outline import find_outline
from corpus.passages import cut_passages
from corpus.published import find_published
from corpus.script import simplified
from corpus.series import find_series
from corpus.title import TitleFound, find_title, title_of_page
from corpus.year import YearFound, find_year

_DOCUMENT_NUMBER: Final = re.compile(
    "[\u4e00-\u9fff]{1,12}[〔\\[（(【](?:19|20)\\d\\d[〕\\])）】]\\s?(?:第)?\\d{1,4}\\s?号"
)


def label_report(
    clean: CleanText,
    *,
    file_name: str,
    sources: tuple[Source, ...] = (),
    overrides: Mapping[str, str] | None = None,
) -> Report:
    """The report without an id; what nothing said stays unknown.

    ``overrides`` are the fields of a row of ``metadata.csv``: title, agency, year, published,
    url; empty ones are ignored.
    """
    given = {name: value.strip() for name, value in (overrides or {}).items() if value.strip()}
    text = simplified(clean.text)
    outline = find_outline(text, "fazhi", None)
    first = outline[0].start if outline else len(text)
    printed = find_title(text, first if first > 0 else len(text), clean.page_title)
    of_page = title_of_page(clean.page_title) if clean.page_title and not printed else None
    title = given.get("title") or (printed.title if printed else of_page)
    body_start = printed.end if printed else 0
    series, reason = find_series(title, text, outline)
    published, published_from = find_published(text, clean.page_published, clean.cuts)
    if "published" in given and (dates := find_dates(given["published"])):
        published = dates[0][2].isoformat()
        published_from = Provenance("metadata.csv", "read", given["published"])
    year = find_year(title, text, body_start, outline, series, published, file_name)
    if given.get("year", "").isdigit():
        year = YearFound(int(given["year"]), Provenance("metadata.csv", "read", given["year"]))
    # Categories depend on series and year, which needed the headings first.
    outline = _as_printed(find_outline(text, series, year.year), text, clean.text)
    agency = _agency(given, title, text, body_start, series)
    if printed and text != clean.text:
        title = given.get("title") or _printed_title(printed, text, clean.text)
        agency = _with_printed_name(agency, text, clean.text)
    shown, title_from = _shown_title(given, title, of_page, agency, year, series, clean)
    number = _DOCUMENT_NUMBER.search(text[: max(first, 200)])
    if "url" in given:
        sources = tuple(Source(s.path, s.sha256, s.size, given["url"]) for s in sources)
    return Report(
        series=series,
        title=shown,
        agency=agency.name,
        aliases=agency.aliases,
        kind=agency.kind,
        region=agency.region,
        year=year.year,
        published=published,
        document_number=number[0] if number else None,
        text=clean.text,
        outline=outline,
        passages=cut_passages(clean.text, outline),
        sources=sources,
        provenance={
            "title": title_from,
            "agency": agency.provenance,
            "kind": _follows_agency(agency.kind, agency),
            "region": agency.region_provenance,
            "year": year.provenance,
            "published": published_from,
            "document_number": Provenance("title", "read", number[0]) if number else UNKNOWN,
        },
        notes=(*((reason,) if reason else ()), *_outline_notes(outline)),
    )


def _as_printed(outline: tuple[Section, ...], simple: str, printed: str) -> tuple[Section, ...]:
    """The outline found in ``simple`` with its headings as ``printed`` has them."""
    if simple == printed:
        return outline
    found = []
    for section in outline:
        at = simple.find(section.heading, section.start, section.end)
        heading = printed[at : at + len(section.heading)] if at >= 0 else section.heading
        at = simple.find(section.number, section.start, section.end)
        number = printed[at : at + len(section.number)] if at >= 0 else section.number
        found.append(replace(section, heading=heading, number=number))
    return tuple(found)


def _printed_title(found: TitleFound, simple: str, printed: str) -> str:
    """The title as printed; its words stand without blanks."""
    places = [i for i in range(found.start, found.end) if not simple[i].isspace()]
    at = "".join(simple[i] for i in places).find(found.title)
    if at < 0:
        return found.title
    return "".join(printed[i] for i in places[at : at + len(found.title)])


def _with_printed_name(agency: AgencyFound, simple: str, printed: str) -> AgencyFound:
    """The agency with its name in traditional characters, where so printed, as an alias."""
    at = simple.find(agency.name) if agency.name else -1
    name = printed[at : at + len(agency.name or "")] if at >= 0 else agency.name
    if name is None or name == agency.name:
        return agency
    return agency._replace(aliases=(*agency.aliases, name))


def _agency(
    given: Mapping[str, str], title: str | None, text: str, body_start: int, series: str
) -> AgencyFound:
    if "agency" in given:
        return describe_agency(
            given["agency"], None, text, Provenance("metadata.csv", "read", given["agency"])
        )
    if series == "work":
        return find_work_agency(title, text, body_start)
    return find_agency(title, text, body_start)


def _follows_agency(kind: str | None, agency: AgencyFound) -> Provenance:
    if kind is None:
        return UNKNOWN
    return Provenance(agency.provenance.origin, agency.provenance.certainty, kind)


def _shown_title(
    given: Mapping[str, str],
    title: str | None,
    of_page: str | None,
    agency: AgencyFound,
    year: YearFound,
    series: str,
    clean: CleanText,
) -> tuple[str, Provenance]:
    if "title" in given:
        return given["title"], Provenance("metadata.csv", "read", given["title"])
    if title is not None:
        return title, Provenance("page" if title == of_page else "title", "read", title)
    if series == "other" or (agency.name is None and year.year is None):
        first = next((line.strip() for line in clean.text.split("\n") if line.strip()), "")
        shown = (
            clean.page_title or (first[:40] + ("…" if len(first) > 40 else "")) or "（空白文件）"
        )
        return shown, Provenance("page" if clean.page_title else "none", "inferred", shown)
    kind = "政府工作报告" if series == "work" else "法治政府建设情况报告"
    when = f"{year.year}年" if year.year is not None else ""
    shown = f"{agency.name or ''}{when}{kind}（标题缺失，据正文推断）"
    return shown, Provenance("none", "inferred", "")


def _outline_notes(outline: tuple[Section, ...]) -> tuple[str, ...]:
    """Numbers that are skipped or repeated among the first-level headings."""
    numbers = [section for section in outline if section.level == 1 and section.number]
    notes = []
    for before, after in itertools.pairwise(numbers):
        if before.number == after.number:
            notes.append(f"小标题编号重复：{after.number}、{after.heading}")
    return tuple(notes)
