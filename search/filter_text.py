"""Filters as they are typed, in an address or on the command line → ``FieldFilter``.

``2019..2022`` is a range, open at either end; a value that begins with ``-`` is excluded, one
that begins with ``=`` is taken as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from search.errors import RequestError
from search.labels import SECTION_LABELS, section_code
from search.request import FIELDS, UNLABELLED, Field, FieldFilter
from search.years import Years, parse_years

MOST_EXCLUDED_YEARS: Final = 100


def parse_filters(typed: Mapping[Field, Iterable[str]]) -> dict[Field, FieldFilter]:
    """The filters of all fields, empty ones left out.  Raises RequestError."""
    found = {field: parse_filter(field, typed.get(field, ())) for field in FIELDS}
    return {field: chosen for field, chosen in found.items() if chosen}


def parse_filter(field: Field, values: Iterable[str]) -> FieldFilter:
    """One field's filter.  Raises RequestError for a year or section that is none."""
    include: set[str] = set()
    exclude: set[str] = set()
    ranges: set[tuple[int | None, int | None]] = set()
    for typed in values:
        value = typed.strip()
        away = value.startswith("-")
        if away:
            value = value[1:].strip()
        elif value.startswith("="):
            value = value[1:]
        if not value:
            continue
        if field == "year" and value != UNLABELLED:
            low, high = _years(typed, value)
            if low is not None and low == high:
                (exclude if away else include).add(str(low))
            elif away:
                exclude.update(_years_between(typed, low, high))
            else:
                ranges.add((low, high))
            continue
        if field == "section" and value != UNLABELLED:
            code = section_code(value)
            if code is None:
                codes = "、".join(SECTION_LABELS)
                raise RequestError(field, typed, f"没有“{value}”这一章节类别；可用：{codes}。")
            value = code
        (exclude if away else include).add(value)
    return FieldFilter(
        include=tuple(sorted(include)),
        exclude=tuple(sorted(exclude)),
        ranges=tuple(sorted(ranges, key=lambda r: (r[0] or 0, r[1] or 9999))),
    )


def _years(typed: str, value: str) -> Years:
    years = parse_years(value)
    if years is None:
        raise RequestError(
            "year", typed, f"看不懂年度“{typed}”；请写成 2021、2019..2022、2019.. 或 {UNLABELLED}。"
        )
    low, high = years
    if low is not None and high is not None and low > high:
        raise RequestError("year", typed, f"年度范围“{typed}”的起始年晚于截止年。")
    return years


def _years_between(typed: str, low: int | None, high: int | None) -> list[str]:
    if low is None or high is None or high - low > MOST_EXCLUDED_YEARS:
        raise RequestError("year", typed, "排除年度时请写明起止两年，且不超过一百年。")
    return [str(year) for year in range(low, high + 1)]
