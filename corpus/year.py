"""The year a report is about (DESIGN §3); when it was published is ``corpus.published``'s.

In order: title, first sentence, headings, published year minus one (published January to June
only), file name; the last two are inferred.  今年 in the first sentence of a report published in
November or December is that year, inferred.  A document number's year, a plan's year, ranges
and full dates are never the year.  A 政府工作报告 carries the year it was delivered.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from corpus.dates import find_dates, find_years, plain_digits
from corpus.model import UNKNOWN, Certainty, Provenance, Section, Series
from corpus.title import is_addressee

_BOOKS: Final = re.compile("《[^》]*》")
_PLANNED: Final = re.compile(
    "(?:20\\d\\d年度?|下一?年度?|明年|下一?步)(?:(?!20\\d\\d)[^，,。]){0,16}?"
    "(?:计划|安排|打算|要点|思路|设想)"
)
"""A plan's year in a title such as 2021年工作总结和2022年工作计划."""
_RANGE: Final = re.compile("(?:19|20)\\d\\d年?(?:[—–~～\\-－]{1,2}|至|到|、|和)(?:19|20)\\d\\d")
_SEVERAL: Final = re.compile(
    "(?:近|过去)[两三四五六七八九十]年|[三四五]年来|“?十[一二三四五六]五”?(?:时期|期间)"
)
"""Several years at once, by name: 近五年, 十三五时期."""
_SHORT: Final = re.compile(r"(?<![\d第〔\[])([012]\d)年度")
"""21年度: the century left out."""
_THIS_YEAR: Final = re.compile("(?:^|[，。：:])(?:今年|本年度)")
_REPORTING: Final = re.compile(
    "[^。；\\n]{0,90}?(?:报告|汇报|总结|公布|公开|情况|通报)(?:如下|于后)"
)
_ASIDE: Final = re.compile(
    "(?:自|从|根据|按照?|依据|于|在|截[至止]|曾|获|到|至|与|较|比|同比)[^，。]{0,2}$"
)
_SINCE: Final = re.compile(
    "[^，。]{4,6}(?:以来|起|印发|出台|颁布)|[^，。]{4,14}?(?:荣获|获评|获得|被评|被授予|成立|组建|挂牌|视察|讲话)"
    "|\\S{4}年(?:[底初末]|[\\d一二三四五六七八九十]{1,2}月(?![\\d至到—-]))"
    "|\\S{4}年(?:[^，。]{0,6})(?:建成|实现|达到)"
)
"""A year of something that happened, or is to happen, and not of the report."""
_MASKED: Final = re.compile(r"(?:19|20)[xX×*＊Ｘ]{1,2}年|[xX×*＊Ｘ]{4}年")
_DELIVERED: Final = re.compile("(?:在|于).{0,40}会议上|会议上")


_BEGINS: Final = re.compile("(?:^|[。\\n])[ \u3000]*((?:19|20)\\d\\d)年(?:度)?[，,]")
"""A sentence that begins with its year: 2021年，…"""


class YearFound(NamedTuple):
    year: int | None
    provenance: Provenance


NO_YEAR: Final = YearFound(None, UNKNOWN)


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
        plain = plain_digits(_BOOKS.sub("", title) if _BOOKS.sub("", title) else title)
        if _MASKED.search(plain) or _RANGE.search(plain) or _SEVERAL.search(plain):
            return NO_YEAR
        years = {year for year, _ in find_years(_PLANNED.sub("", plain))}
        if len(years) == 1:
            return YearFound(years.pop(), Provenance("title", "read", title))
    opening = plain_digits(text[body_start : body_start + 800])
    sentence = _first_sentence(opening)
    if _MASKED.search(sentence):
        return NO_YEAR
    stated = _from_opening(opening, sentence)
    if stated is not None and not _too_soon(stated[0], published):
        return YearFound(stated[0], Provenance("first_sentence", stated[1], sentence[:60]))
    if (headed := _from_headings(outline)).year is not None:
        return headed
    if title and (short := _SHORT.search(plain_digits(title))):
        return YearFound(2000 + int(short[1]), Provenance("title", "inferred", short[0]))
    if published and published[5:7] in ("11", "12") and _THIS_YEAR.search(sentence):
        return YearFound(
            int(published[:4]), Provenance("first_sentence", "inferred", sentence[:60])
        )
    if published:
        date = datetime.date.fromisoformat(published)
        if date.month <= 6:
            return YearFound(date.year - 1, Provenance("published", "inferred", published))
    return _from_file_name(file_name)


def _first_sentence(opening: str) -> str:
    """The first sentence that addresses nobody."""
    for line in opening.split("\n"):
        line = line.strip()
        if line and not is_addressee(line):
            stop = re.search("[。；;]", line)
            return line[: stop.end()] if stop else line[:200]
    return ""


def _from_opening(opening: str, sentence: str) -> tuple[int, Certainty] | None:
    """The year that the opening says the report is about: 现将2021年…情况报告如下, or else the
    year with which the first sentence begins, or the only one it names near its start (inferred,
    but for 2021年度), or the only one with which a sentence begins."""
    for match in _REPORTING.finditer(opening):
        if (years := find_years(match[0])) and not _ASIDE.search(match[0][: years[-1][1]][-8:]):
            return years[-1][0], "read"
    years = [
        (year, at)
        for year, at in find_years(sentence)
        if not _ASIDE.search(sentence[max(0, at - 8) : at])
        and not _SINCE.match(sentence[at : at + 12])
    ]
    if not years:
        begun = {int(year) for year in _BEGINS.findall(opening[:300])}
        return (begun.pop(), "read") if len(begun) == 1 else None
    year, at = years[0]
    if at <= 1:
        return year, "read"
    if len({found for found, _ in years}) > 1 or at > 60:
        return None
    return year, "read" if re.match("\\S{4}年度", sentence[at:]) else "inferred"


def _too_soon(year: int, published: str | None) -> bool:
    """Whether a report on that year cannot have been published then: its year had hardly begun,
    so that the sentence speaks of something else (a plan, an award)."""
    if published is None:
        return False
    return published < f"{year}-03-01"


def _from_headings(outline: Sequence[Section]) -> YearFound:
    """The year in a first-level heading, or the one before the plan's."""
    tops = [section for section in outline if section.level == 1]
    dated = [(section, find_years(section.heading)) for section in tops]
    for section, years in dated:
        if years and section.category != "plans":
            return YearFound(years[0][0], Provenance("headings", "read", section.heading))
    for section, years in dated:
        if years:
            return YearFound(years[0][0] - 1, Provenance("headings", "inferred", section.heading))
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
        return YearFound(int(published[:4]), Provenance("published", "inferred", published))
    return NO_YEAR


def _from_file_name(file_name: str) -> YearFound:
    stem = PurePosixPath(file_name.replace("!", "/")).stem
    years = {int(y) for y in re.findall(r"(?<!\d)((?:19|20)\d\d)(?!\d)", stem)}
    if len(years) == 1:
        year = years.pop()
        if 1949 <= year <= 2100:
            return YearFound(year, Provenance("file_name", "inferred", stem))
    return NO_YEAR
