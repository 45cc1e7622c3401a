"""The year a report is about, and when it was published (DESIGN §3).

In order: title, first sentence, headings, published year minus one (published January to June
only), file name; the last two are inferred.  A document number's year, a plan's year, ranges
and full dates are never the year.  A 政府工作报告 carries the year it was delivered.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from corpus.dates import find_dates, find_years, plain_digits
from corpus.model import UNKNOWN, Provenance, Section, Series

_MASKED: Final = re.compile(r"(?:19|20)[xX×*＊Ｘ]{1,2}年|[xX×*＊Ｘ]{4}年")
_DELIVERED: Final = re.compile("(?:在|于).{0,40}会议上|会议上")
_FOOTER_DATE: Final = re.compile("印发|发布|公开|成文")


class YearFound(NamedTuple):
    year: int | None
    provenance: Provenance


class PublishedFound(NamedTuple):
    date: str | None
    provenance: Provenance


NO_YEAR: Final = YearFound(None, UNKNOWN)


def find_published(text: str, page_published: str | None) -> PublishedFound:
    """The date of the signature (the last lines), or else the page's own, as ISO text."""
    lines = [line for line in text.rstrip().split("\n") if line.strip()][-6:]
    for line in reversed(lines[1:] if len(lines) > 1 else lines):
        plain = line.strip()
        if len(plain) > 60:
            continue
        dates = find_dates(plain)
        if dates and not re.search("[。，；]", plain):
            return PublishedFound(
                dates[-1][2].isoformat(), Provenance("signature", "read", plain)
            )
    if page_published:
        return PublishedFound(page_published, Provenance("page", "read", page_published))
    return PublishedFound(None, UNKNOWN)


def find_year(
    title: str | None,
    text: str,
    body_start: int,
    outline: Sequence[Section],
    series: Series,
    published: str | None,
    file_name: str,
) -> YearFound:
    """The year reported on (for ``work``: delivered), with where it was read."""
    if series == "work":
        found = _delivered(title, text, outline, published)
        return found if found.year is not None else _from_file_name(file_name)
    if title:
        if _MASKED.search(title):
            return NO_YEAR
        years = {year for year, _ in find_years(title)}
        if len(years) == 1:
            return YearFound(years.pop(), Provenance("title", "read", title))
    sentence = _first_sentence(text, body_start)
    if _MASKED.search(sentence):
        return NO_YEAR
    if (found_year := _from_sentence(sentence, published)) is not None:
        return YearFound(found_year, Provenance("first_sentence", "read", sentence[:60]))
    if (headed := _from_headings(outline)).year is not None:
        return headed
    if published:
        date = datetime.date.fromisoformat(published)
        if date.month <= 6:
            return YearFound(date.year - 1, Provenance("published", "inferred", published))
    return _from_file_name(file_name)


def _first_sentence(text: str, start: int) -> str:
    for line in text[start : start + 800].split("\n"):
        line = line.strip()
        if line and not (len(line) < 40 and line.endswith(("：", ":"))):
            stop = re.search("[。；;]", line)
            return line[: stop.end()] if stop else line[:200]
    return ""


def _from_sentence(sentence: str, published: str | None) -> int | None:
    years = find_years(sentence)
    if not years:
        return None
    year, at = years[0]
    # A sentence that opens with the year speaks of it; so does 现将2021年…情况报告如下.
    if at <= 8 or re.search("现将|报告如下|汇报如下|总结如下|情况如下", sentence[at - 6 if at > 6 else 0 :]):
        if published and year > int(published[:4]):
            return None
        return year
    distinct = {found for found, _ in years}
    return year if len(distinct) == 1 and at <= 60 else None


def _from_headings(outline: Sequence[Section]) -> YearFound:
    for section in outline:
        if section.level != 1:
            continue
        years = [year for year, _ in find_years(section.heading)]
        if not years:
            continue
        if section.category == "plans":
            # the plan of the year after
            return YearFound(
                years[0] - 1, Provenance("headings", "inferred", section.heading)
            )
        return YearFound(years[0], Provenance("headings", "read", section.heading))
    return NO_YEAR


def _delivered(
    title: str | None, text: str, outline: Sequence[Section], published: str | None
) -> YearFound:
    head = plain_digits(text[:600])
    for start, end, date in find_dates(head):
        if _DELIVERED.match(head[end : end + 60]) or head[max(0, start - 2) : start] == "——":
            return YearFound(date.year, Provenance("first_sentence", "read", head[start:end]))
    if title and (years := find_years(title)):
        return YearFound(years[0][0], Provenance("title", "read", title))
    first_line = head.split("\n", 1)[0]
    if "报告" in first_line and (years := find_years(first_line)):
        return YearFound(years[0][0], Provenance("title", "read", first_line))
    for section in outline:
        if section.level == 1 and (years := find_years(section.heading)):
            year = years[0][0]
            if section.category == "achievements":
                return YearFound(year + 1, Provenance("headings", "inferred", section.heading))
            return YearFound(year, Provenance("headings", "inferred", section.heading))
    if dates := find_dates(head):
        return YearFound(dates[0][2].year, Provenance("first_sentence", "inferred", head[:40]))
    if published:
        return YearFound(
            int(published[:4]), Provenance("published", "inferred", published)
        )
    return NO_YEAR


def _from_file_name(file_name: str) -> YearFound:
    stem = PurePosixPath(file_name.replace("!", "/")).stem
    years = {int(y) for y in re.findall(r"(?<!\d)((?:19|20)\d\d)(?!\d)", stem)}
    if len(years) == 1:
        year = years.pop()
        if 1949 <= year <= 2100:
            return YearFound(year, Provenance("file_name", "inferred", stem))
    return NO_YEAR
