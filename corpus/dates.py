"""Dates and years as government documents print them.

2021年12月17日, 二〇二一年十二月十七日, ２０２１年, 2021-12-17, 2021/12/17, 2021.12.17.  Which date
means what is decided in ``corpus.year`` and ``corpus.published``.
"""

from __future__ import annotations

import datetime
import re
from typing import Final

_DIGIT_VALUES: Final = {c: i for i, c in enumerate("〇一二三四五六七八九")} | dict.fromkeys(
    "零○ＯO0", 0
)
_CN_DIGIT: Final = "〇○零一二三四五六七八九OＯ0"
_FULLWIDTH: Final = str.maketrans("０１２３４５６７８９", "0123456789")

YEAR_NUMBER: Final = rf"(?:(?:19|20)\d\d|[一二][{_CN_DIGIT}]{{3}})"
"""A year's digits: 2021, 二〇二一, and 二00九 as old typesetting has it."""
DATE: Final = re.compile(
    rf"(?<![\d〔\[【])(?P<year>{YEAR_NUMBER})[ \u3000]*"
    r"(?:年[ \u3000]*(?P<month>\d{1,2}|[元一二三四五六七八九十]{1,3})[ \u3000]*月[ \u3000]*"
    r"(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})[ \u3000]*日"
    r"|(?P<sep>[-/.])(?P<month2>\d{1,2})(?P=sep)(?P<day2>\d{1,2})(?!\d))"
)
YEAR: Final = re.compile(
    rf"(?<![\d〔\[【第])(?P<year>{YEAR_NUMBER})[ \u3000]*"
    "(?:年度|年(?!代|期|以来|前|后|内|龄|限))"
)


def plain_digits(text: str) -> str:
    """The text with full-width digits as ASCII; the length stays."""
    return text.translate(_FULLWIDTH)


def read_year(printed: str) -> int | None:
    """2021, 二〇二一 → 2021; None for what is no year of this or the last century."""
    printed = plain_digits(printed)
    if not printed.isascii():
        if any(c not in _DIGIT_VALUES for c in printed):
            return None
        printed = "".join(str(_DIGIT_VALUES[c]) for c in printed)
    year = int(printed)
    return year if 1949 <= year <= 2100 else None


def read_date(match: re.Match[str]) -> datetime.date | None:
    """The date of a match of ``DATE``, or None when there is no such day."""
    year = read_year(match["year"])
    month = _small_number(match["month"] or match["month2"])
    day = _small_number(match["day"] or match["day2"])
    if year is None:
        return None
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _small_number(printed: str) -> int:
    if printed.isdigit() and printed.isascii():
        return int(printed)
    if printed == "元":
        return 1
    tens, ten, ones = printed.rpartition("十")
    units = "一二三四五六七八九"
    if not ten:
        return units.index(printed) + 1 if printed in units else 0
    if len(tens) > 1 or len(ones) > 1:
        return 0
    high = units.index(tens) + 1 if tens else 1
    return high * 10 + (units.index(ones) + 1 if ones else 0)


def find_dates(text: str) -> list[tuple[int, int, datetime.date]]:
    """Every date in the text with its span, in order."""
    plain = plain_digits(text)
    found = []
    for match in DATE.finditer(plain):
        if (date := read_date(match)) is not None:
            found.append((match.start(), match.end(), date))
    return found


def find_years(text: str) -> list[tuple[int, int]]:
    """Every year printed as 2021年 or 2021年度, with where it begins; not those of titles in
    《》, of document numbers, of ranges (2021—2025年) or of full dates."""
    plain = _without_foreign_years(plain_digits(text))
    found = []
    for match in YEAR.finditer(plain):
        year = read_year(match["year"])
        if year is not None:
            found.append((year, match.start()))
    return found


_FOREIGN: Final = re.compile(
    r"《[^》\n]{0,80}》|〔[^〕\n]{0,8}〕|\[(?:19|20)\d\d\]|"
    r"(?:19|20)\d\d[ ]?年?[ ]?(?:[—–~～\-－]{1,2}|至|到|、)[ ]?(?:19|20)\d\d[ ]?年?"
)


def _without_foreign_years(text: str) -> str:
    return _FOREIGN.sub(lambda match: "\0" * len(match[0]), text)
