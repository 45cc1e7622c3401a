"""Which places of a text are headings, and what they print (DESIGN §2).

A heading is known by its mark: 第一部分 (``part``), 一、 (``cn``), （一） (``cn_bracket``), 1.
(``arabic``), （1） (``arabic_bracket``), or, having lost its number, by the genre's own words
alone on a line (``bare``).  Marks at the start of a line are taken as they come, whatever number
they print; inside running text only in sequence, only after a stop, and only where the lines do
not already tell.  一是… 二是… are not headings.  Nesting is ``corpus.outline``'s business.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Mark: TypeAlias = Literal["part", "cn", "cn_bracket", "arabic", "arabic_bracket", "bare"]

LONGEST_HEADING: Final = 80

_DIGITS: Final = "一二三四五六七八九十"
_CN: Final = rf"[{_DIGITS}]{{1,3}}"
_BLANK: Final = r"[ \t\u3000\u00a0]{0,12}"
_LINE_MARKS: Final[tuple[tuple[Mark, re.Pattern[str]], ...]] = (
    ("part", re.compile(rf"^{_BLANK}第({_CN})(?:部分|章){_BLANK}[、．.，,:：]?", re.M)),
    ("cn", re.compile(rf"^{_BLANK}({_CN}){_BLANK}[、．.，,:：]", re.M)),
    ("cn_bracket", re.compile(rf"^{_BLANK}[（(]{_BLANK}({_CN}){_BLANK}[)）][、.．]?", re.M)),
    ("arabic", re.compile(rf"^{_BLANK}([0-9０-９]{{1,2}}){_BLANK}[.．、](?![0-9０-９])", re.M)),
    (
        "arabic_bracket",
        re.compile(rf"^{_BLANK}[（(]{_BLANK}([0-9０-９]{{1,2}}){_BLANK}[)）]", re.M),
    ),
)
_ORDINAL: Final = re.compile(rf"^{_BLANK}第({_CN})[、，,:：]", re.M)
"""第一、 heads a section only where no 一、 does: else it counts inside a paragraph."""
_SPACED: Final = re.compile(rf"^{_BLANK}({_CN})[ \t\u3000]+(?=[^\s。；]{{4,40}}$)", re.M)
"""一 主要举措和成效: the stop after the number was lost."""
_INLINE_CN: Final = re.compile(rf"(?<![{_DIGITS}])({_CN})、")
_INLINE_BRACKET: Final = re.compile(rf"[（(]({_CN})[)）]")
_BREAKS: Final = "。！？!?；;：: \u3000\n\t"
"""What may stand before a heading inside running text."""
_STOP: Final = re.compile(r"[。！？；!?;：:\n]")
_RUN_ON: Final = re.compile("^.{4,60}?(?<![统唯专同万之])(?=一是)")
"""存在的问题一是…: the paragraph goes on without a stop."""
_BLANK_AFTER: Final = re.compile(
    "^\\S{2,40}?(?:举措|成效|做法|问题|不足|打算|安排|计划|情况|思路|原因)(?=[ \u3000]+\\S)"
)
"""On a single line a blank may be all that parts heading from paragraph."""
_GENRE: Final = re.compile("举措|成效|做法|问题|不足|打算|安排|计划|情况|职责|思路|回顾|总结")
_BARE: Final = re.compile(
    r"^[ \t\u3000]{0,12}("
    r"(?:20\d\d年(?:度)?)?(?:推进)?(?:法治政府建设)?(?:的)?"
    r"(?:主要(?:举措|做法|工作)(?:和|及|与)?(?:成效|成绩|取得的成效)?"
    r"|工作(?:开展|完成|进展)情况"
    r"|存在的?(?:主要)?(?:问题|不足|困难)(?:(?:和|及|与)(?:不足|原因|问题|困难))?"
    r"|下一?步(?:工作)?(?:打算|计划|安排|思路|举措)"
    r"|(?:20\d\d年|下一年度?)(?:工作)?(?:主要)?(?:打算|计划|安排|思路))"
    r")[：:]?[ \t\u3000]{0,12}$",
    re.M,
)


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading's mark and place."""

    mark: Mark
    start: int
    text_start: int
    """Where its words begin, after the number and its stop."""
    number: str
    value: int


def find_headings(text: str) -> list[Heading]:
    """Headings in order of start."""
    found = _line_headings(text)
    tops = _without_contents(text, [h for h in found if h.mark == "cn"])
    others = [h for h in found if h.mark != "cn"]
    if not tops:
        tops = list(_marked(text, _ORDINAL, "cn"))
    tops = _fill_tops(text, tops) if len(tops) > 1 else _inline_tops(text, tops)
    if not tops:
        bare = list(_bare_tops(text, others))
        return sorted([*others, *(bare if len(bare) > 1 else [])], key=_start)
    tops += _bare_tops(text, [*tops, *others])
    tops.sort(key=_start)
    brackets = [h for h in others if h.mark == "cn_bracket"]
    others += _inline_brackets(text, tops, brackets)
    return sorted([*tops, *others], key=_start)


def heading_text(text: str, heading: Heading, limit: int) -> str:
    """A heading's words as printed, up to the first stop or line end before ``limit``."""
    limit = min(limit, heading.text_start + 4 * LONGEST_HEADING)
    stop = _STOP.search(text, heading.text_start, limit)
    found = text[heading.text_start : stop.start() if stop else limit].strip()
    if run_on := _RUN_ON.match(found) or _BLANK_AFTER.match(found):
        found = run_on[0].rstrip("，, 、")
    if len(found) > LONGEST_HEADING:
        comma = re.search("[，,]", found[:41])
        found = found[: comma.start()] if comma else found[:40]
    return found


def chinese_number(numeral: str) -> int:
    """一 to 九十九 (or 1 to 99) as an integer; 0 for what is none."""
    if numeral.isdecimal():
        return int(numeral)
    if "十" in numeral:
        tens, _, ones = numeral.partition("十")
        if len(tens) > 1 or len(ones) > 1 or "十" in ones:
            return 0
        return (_DIGITS.index(tens) + 1 if tens else 1) * 10 + (
            _DIGITS.index(ones) + 1 if ones else 0
        )
    return _DIGITS.index(numeral) + 1 if len(numeral) == 1 else 0


def _start(heading: Heading) -> int:
    return heading.start


def _marked(text: str, pattern: re.Pattern[str], mark: Mark) -> Iterator[Heading]:
    for match in pattern.finditer(text):
        value = chinese_number(match[1])
        if value and text[match.end() : match.end() + LONGEST_HEADING].split("\n", 1)[0].strip():
            yield Heading(mark, match.start(), match.end(), match[1], value)


def _line_headings(text: str) -> list[Heading]:
    found = [h for mark, pattern in _LINE_MARKS for h in _marked(text, pattern, mark)]
    taken = {h.start for h in found}
    found += (h for h in _marked(text, _SPACED, "cn") if h.start not in taken)
    return sorted(found, key=_start)


def _without_contents(text: str, tops: list[Heading]) -> list[Heading]:
    """Without a table of contents: headings with nothing below that stand again further on."""
    lines = [text[h.text_start : h.text_start + LONGEST_HEADING].split("\n", 1)[0] for h in tops]
    words = [re.sub(r"[\s.…·\d]+$", "", line) for line in lines]
    last = {word: i for i, word in enumerate(words)}
    kept = []
    for i, heading in enumerate(tops):
        after = tops[i + 1].start if i + 1 < len(tops) else len(text)
        empty = not text[heading.text_start + len(lines[i]) : after].strip()
        if not (empty and last[words[i]] != i):
            kept.append(heading)
    return kept


def _inline_tops(text: str, known: list[Heading]) -> list[Heading]:
    """一、 二、 三、 … in sequence inside running text; ``known`` when there are not two."""
    found: list[Heading] = []
    for heading in _inline(text, 0, len(text)):
        expected = found[-1].value + 1 if found else 1
        if heading.value == expected or (
            # a number repeated or left out, where the words say that it is a heading
            found and heading.value in (expected - 1, expected + 1) and _is_genre(text, heading)
        ):
            found.append(heading)
    return found if len(found) > 1 else known


def _inline(text: str, start: int, end: int) -> Iterator[Heading]:
    for match in _INLINE_CN.finditer(text, start, end):
        at = match.start()
        value = chinese_number(match[1])
        after_stop = at == 0 or text[at - 1] in _BREAKS
        if value and after_stop and not _in_book_title(text, at):
            yield Heading("cn", at, match.end(), match[1], value)


def _is_genre(text: str, heading: Heading) -> bool:
    return bool(_GENRE.search(text, heading.text_start, heading.text_start + 30))


def _fill_tops(text: str, tops: list[Heading]) -> list[Heading]:
    """First-level headings inside paragraphs, where the lines skip exactly their numbers."""
    filled: list[Heading] = []
    value, start = 0, 0
    for after in [*tops, None]:
        missing = after.value - value - 1 if after else 1
        if missing > 0 and (after is None or missing <= 3):
            end = after.start if after else len(text)
            gap: list[Heading] = []
            for heading in _inline(text, start, end):
                expected = heading.value == value + len(gap) + 1 and len(gap) < missing
                if expected and _is_genre(text, heading):
                    gap.append(heading)
            filled += gap
        if after:
            filled.append(after)
            value, start = after.value, after.text_start
    return filled


def _bare_tops(text: str, headings: Sequence[Heading]) -> Iterator[Heading]:
    lines = {text.rfind("\n", 0, h.text_start) for h in headings}
    for match in _BARE.finditer(text):
        if match.start() > 0 and match.start() - 1 not in lines:
            yield Heading("bare", match.start(), match.start(1), "", 0)


def _inline_brackets(
    text: str, tops: Sequence[Heading], known: Sequence[Heading]
) -> Iterator[Heading]:
    """（一）（二） in sequence inside running text, in sections whose lines do not tell."""
    at = 0
    for top, after in zip(tops, [*tops[1:], None], strict=True):
        end = after.start if after else len(text)
        while at < len(known) and known[at].start < top.start:
            at += 1
        lines = []
        while at < len(known) and known[at].start < end:
            lines.append(known[at])
            at += 1
        if not lines:
            found = list(_inline_brackets_in(text, top.text_start, end, 0, near=True))
            if len(found) > 1:
                yield from found
            continue
        for before, following in zip([None, *lines[:-1]], lines, strict=True):
            value = before.value if before else 0
            missing = following.value - value - 1
            if 0 < missing <= 5:
                start = before.text_start if before else top.text_start
                gap = list(
                    _inline_brackets_in(text, start, following.start, value, near=before is None)
                )
                if len(gap) == missing:
                    yield from gap


def _inline_brackets_in(
    text: str, start: int, end: int, value: int, *, near: bool
) -> Iterator[Heading]:
    """（value + 1）, （value + 2） … after a stop; the first may stand right behind the words of
    the heading above where ``near``."""
    first = value
    for match in _INLINE_BRACKET.finditer(text, start, end):
        if chinese_number(match[1]) != value + 1:
            continue
        close = near and value == first and match.start() - start <= LONGEST_HEADING
        if close or text[match.start() - 1] in _BREAKS:
            value += 1
            yield Heading("cn_bracket", match.start(), match.end(), match[1], value)


def _in_book_title(text: str, place: int) -> bool:
    low = max(text.rfind("\n", max(0, place - 120), place) + 1, place - 120, 0)
    return text.count("《", low, place) > text.count("》", low, place)
