"""The headings of a report, as nesting sections (DESIGN §2).

A heading is known by its mark: 一、 (``cn``), （一） (``cn_bracket``), 1. (``arabic``) and （1）
(``arabic_bracket``).  Marks at the start of a line are taken as they come, whatever number they
print; inside running text only in sequence and only after a stop, and only where the lines do
not already tell.  一是… 二是… are not headings.  What a section is about is
``corpus.categories``'s business; cutting into passages is ``corpus.passages``'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from corpus.categories import categorize
from corpus.model import Section, Series

Mark: TypeAlias = Literal["cn", "cn_bracket", "arabic", "arabic_bracket", "bare"]

_DIGITS: Final = "一二三四五六七八九十"
_CN: Final = rf"[{_DIGITS}]{{1,3}}"
_BLANK: Final = r"[ \t\u3000\u00a0]*"
_LINE_MARKS: Final[tuple[tuple[Mark, re.Pattern[str]], ...]] = (
    ("cn", re.compile(rf"^{_BLANK}(?:第({_CN})部分|(?:第)?({_CN})){_BLANK}[、．.，,:：]", re.M)),
    ("cn_bracket", re.compile(rf"^{_BLANK}[（(]{_BLANK}({_CN}){_BLANK}[)）][、.．]?", re.M)),
    ("arabic", re.compile(rf"^{_BLANK}(\d{{1,2}}){_BLANK}[.．、](?!\d)", re.M)),
    ("arabic_bracket", re.compile(rf"^{_BLANK}[（(]{_BLANK}(\d{{1,2}}){_BLANK}[)）]", re.M)),
)
_INLINE_CN: Final = re.compile(rf"(?<=[。！？；：!?;:\s])({_CN})、")
_INLINE_BRACKET: Final = re.compile(rf"[（(]({_CN})[)）]")
_STOP: Final = re.compile(r"[。！？；!?;：:\n]")
_BARE: Final = re.compile(
    r"^[ \t\u3000]*("
    r"(?:20\d\d年(?:度)?)?(?:推进)?(?:法治政府建设)?(?:的)?"
    r"(?:主要(?:举措|做法|工作)(?:和|及|与)?(?:成效|成绩|取得的成效)?"
    r"|工作(?:开展|完成|进展)情况|存在的?(?:主要)?(?:问题|不足|困难)(?:(?:和|及|与)(?:不足|原因|问题|困难))?"
    r"|下一?步(?:工作)?(?:打算|计划|安排|思路|举措)|(?:20\d\d年|下一年度?)(?:工作)?(?:主要)?(?:打算|计划|安排|思路))"
    r")[ \t\u3000]*$",
    re.M,
)
"""A first-level heading that lost its number: nothing but the genre's own words on a line."""
LONGEST_HEADING: Final = 80


@dataclass(frozen=True, slots=True)
class _Heading:
    mark: Mark
    start: int
    text_start: int
    number: str
    value: int


def find_outline(text: str, series: Series, year: int | None) -> tuple[Section, ...]:
    """Sections in order of start, parents before children; offsets in ``text``."""
    headings = _find_headings(text)
    if not headings:
        return ()
    levels = _levels(headings)
    nested = _nest(headings, levels)
    return tuple(_sections(text, nested, series, year))


def chinese_number(numeral: str) -> int:
    """一 to 九十九 as an integer; 0 for what is none."""
    if numeral.isdigit():
        return int(numeral)
    if "十" in numeral:
        tens, _, ones = numeral.partition("十")
        if len(tens) > 1 or len(ones) > 1 or "十" in ones:
            return 0
        return (_DIGITS.index(tens) + 1 if tens else 1) * 10 + (
            _DIGITS.index(ones) + 1 if ones else 0
        )
    return _DIGITS.index(numeral) + 1 if len(numeral) == 1 else 0


def _line_headings(text: str) -> list[_Heading]:
    found = []
    for mark, pattern in _LINE_MARKS:
        for match in pattern.finditer(text):
            number = next(group for group in match.groups() if group)
            value = chinese_number(number)
            end = text.find("\n", match.end())
            rest = text[match.end() : end if end >= 0 else len(text)]
            if value and rest.strip():
                found.append(_Heading(mark, match.start(), match.end(), number, value))
    return sorted(found, key=lambda heading: heading.start)


def _find_headings(text: str) -> list[_Heading]:
    headings = _line_headings(text)
    tops = [h for h in headings if h.mark == "cn"]
    if len(tops) < 2:
        tops = _inline_tops(text, tops)
    else:
        tops = _fill_tops(text, tops)
    if tops:
        headings = [h for h in headings if h.mark != "cn"] + tops
        headings += _bare_tops(text, headings)
        headings += _inline_brackets(text, sorted(tops, key=lambda h: h.start), headings)
    return sorted(headings, key=lambda heading: heading.start)


def _inline_tops(text: str, known: list[_Heading]) -> list[_Heading]:
    """一、 二、 三、 … in sequence inside running text; ``known`` when there are not two."""
    found: list[_Heading] = []
    for match in _INLINE_CN.finditer("\n" + text):
        start = match.start() - 1
        if chinese_number(match[1]) == len(found) + 1 and not _in_quotes(text, start):
            found.append(_Heading("cn", start, match.end() - 1, match[1], len(found) + 1))
    return found if len(found) >= 2 else known


def _fill_tops(text: str, tops: list[_Heading]) -> list[_Heading]:
    """A first-level heading inside a paragraph, where the lines skip exactly its number."""
    filled = []
    for before, after in zip(tops, [*tops[1:], None], strict=True):
        filled.append(before)
        if after is None or after.value - before.value != 2:
            continue
        for match in _INLINE_CN.finditer(text, before.text_start, after.start):
            if chinese_number(match[1]) == before.value + 1:
                filled.append(
                    _Heading("cn", match.start(), match.end(), match[1], before.value + 1)
                )
                break
    return filled


def _bare_tops(text: str, headings: Sequence[_Heading]) -> Iterator[_Heading]:
    for match in _BARE.finditer(text):
        start = match.start()
        if any(h.start <= start < h.text_start + LONGEST_HEADING for h in headings):
            continue
        if match.start() == 0:
            continue
        yield _Heading("bare", start, match.start(1), "", 0)


def _inline_brackets(
    text: str, tops: Sequence[_Heading], headings: Sequence[_Heading]
) -> Iterator[_Heading]:
    """（一）（二） in sequence inside running text, in sections whose lines have none."""
    for top, after in zip(tops, [*tops[1:], None], strict=True):
        end = after.start if after else len(text)
        if any(h.mark == "cn_bracket" and top.start < h.start < end for h in headings):
            continue
        found: list[_Heading] = []
        for match in _INLINE_BRACKET.finditer(text, top.text_start, end):
            before = text[match.start() - 1]
            near_top = not found and match.start() - top.text_start <= LONGEST_HEADING
            if chinese_number(match[1]) == len(found) + 1 and (
                before in "。！？；!?;：:\n 　" or near_top
            ):
                found.append(
                    _Heading("cn_bracket", match.start(), match.end(), match[1], len(found) + 1)
                )
        if len(found) >= 2:
            yield from found


def _in_quotes(text: str, place: int) -> bool:
    line = text.rfind("\n", 0, place) + 1
    return text.count("《", line, place) > text.count("》", line, place)


_RANK: Final[dict[Mark, int]] = {
    "cn": 0,
    "bare": 0,
    "cn_bracket": 1,
    "arabic": 2,
    "arabic_bracket": 3,
}


def _levels(headings: Sequence[_Heading]) -> dict[Mark, int]:
    """The level of each kind of mark: those that occur, in the genre's order, from 1."""
    ranks = sorted({_RANK[h.mark] for h in headings})
    # Numbered items in a text without any heading above them are a list, not an outline, unless
    # they carry the whole text.
    return {mark: ranks.index(rank) + 1 for mark, rank in _RANK.items() if rank in ranks}


def _nest(
    headings: Sequence[_Heading], levels: dict[Mark, int]
) -> list[tuple[_Heading, int]]:
    """Each heading with its level.  （3） between （二） and （四） is the second level in
    disguise; 1. right under 一、 without （一） is a third-level item still."""
    nested: list[tuple[_Heading, int]] = []
    last_bracket = 0
    arabic_since = False
    for heading in headings:
        level = levels[heading.mark]
        if heading.mark in ("cn", "bare"):
            last_bracket, arabic_since = 0, False
        elif heading.mark == "cn_bracket":
            last_bracket, arabic_since = heading.value, False
        elif heading.mark == "arabic":
            arabic_since = True
        elif (
            "cn_bracket" in levels
            and (not arabic_since or heading.value == last_bracket + 1)
            and last_bracket
            and heading.value == last_bracket + 1
            and _follows(headings, heading)
        ):
            level = levels["cn_bracket"]
            last_bracket, arabic_since = heading.value, False
        nested.append((heading, level))
    return nested


def _follows(headings: Sequence[_Heading], heading: _Heading) -> bool:
    """Whether the next second-level or higher heading agrees that this one is of the second."""
    at = headings.index(heading)
    for after in headings[at + 1 :]:
        if after.mark == "cn_bracket":
            return after.value in (heading.value + 1, heading.value)
        if after.mark in ("cn", "bare"):
            return True
        if after.mark == "arabic_bracket":
            return False
    return True


def _heading_text(text: str, heading: _Heading, limit: int) -> str:
    line_end = text.find("\n", heading.text_start, limit)
    end = line_end if line_end >= 0 else limit
    stop = _STOP.search(text, heading.text_start, end)
    if stop:
        end = stop.start()
    found = text[heading.text_start : end].strip()
    if len(found) > LONGEST_HEADING:
        comma = re.search("[，,]", found)
        found = found[: comma.start()] if comma and comma.start() <= 40 else found[:40]
    return found


def _sections(
    text: str, nested: Sequence[tuple[_Heading, int]], series: Series, year: int | None
) -> Iterator[Section]:
    counts: list[int] = []
    tops = [h for h, level in nested if level == 1]
    top_texts = [_heading_text(text, h, _next_start(nested, h, len(text))) for h in tops]
    categories = categorize(top_texts, series, year)
    top = -1
    for i, (heading, level) in enumerate(nested):
        end = next((h.start for h, other in nested[i + 1 :] if other <= level), len(text))
        del counts[level:]
        counts += [0] * (level - len(counts))
        counts[level - 1] += 1
        if level == 1:
            top += 1
        category = categories[top] if top >= 0 else "other"
        yield Section(
            number=heading.number,
            heading=_heading_text(text, heading, _next_start(nested, heading, len(text))),
            level=level,
            category=category,
            start=heading.start,
            end=end,
            ordinal=tuple(counts),
        )


def _next_start(nested: Sequence[tuple[_Heading, int]], heading: _Heading, limit: int) -> int:
    return next((h.start for h, _ in nested if h.start > heading.start), limit)
