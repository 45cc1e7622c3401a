"""When a report was published: signature, a labelled date, the page's own, the printing footer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from corpus.dates import find_dates, plain_digits
from corpus.model import UNKNOWN, Cut, Provenance

_LABELLED: Final = re.compile(
    "(?:成文|发文|生成|发布|公开|公布|印发|更新|落款|录入)?"
    "(?:日期|时间)[】\\]]?[ \\u3000]*[:：]?[ \\u3000]*"
    "|(?:发布|发表|公布)于?[ \\u3000]*[:：][ \\u3000]*"
)
_PRINTED: Final = re.compile("印发|印制")
_SENTENCE: Final = re.compile("[。，；,;]")
_AUTHOR: Final = re.compile("[\u4e00-\u9fff·（）() \u3000、]*")
_TOP_LINES: Final = 12
_LAST_LINES: Final = 16
_LONGEST_LINE: Final = 80


class PublishedFound(NamedTuple):
    date: str | None
    """ISO text."""
    provenance: Provenance


def find_published(
    text: str, page_published: str | None, cuts: Sequence[Cut] = ()
) -> PublishedFound:
    """The date of the signature, or else a labelled one (成文日期：…), the page's own, one in
    brackets under the title, the printing footer's."""
    top = [line.strip() for line in text[:3_000].split("\n") if line.strip()][:_TOP_LINES]
    last = [line.strip() for line in text[-3_000:].split("\n") if line.strip()][-_LAST_LINES:]
    for line in reversed(last):
        if (iso := _whole_line(line)) and not _LABELLED.search(line) and line not in top[:2]:
            return PublishedFound(iso, Provenance("signature", "read", line))
    for line in (*top, *last):
        if iso := _labelled(line):
            return PublishedFound(iso, Provenance("page", "read", line[:_LONGEST_LINE]))
    if page_published and (found := find_dates(page_published)):
        return PublishedFound(found[0][2].isoformat(), Provenance("page", "read", page_published))
    for line in top:
        if iso := _whole_line(line.strip("（）()【】[]")):
            return PublishedFound(iso, Provenance("page", "read", line))
    return _from_cuts(cuts, _printing_footer(last))


def _from_cuts(cuts: Sequence[Cut], footer: PublishedFound) -> PublishedFound:
    """A date among the lines that cleaning took off: labelled, or alone and the only one."""
    lines = [line.strip() for cut in cuts for line in cut.text.split("\n")]
    for line in lines:
        if iso := _labelled(line) or _bylined(line):
            return PublishedFound(iso, Provenance("page", "read", line[:_LONGEST_LINE]))
    if footer.date is not None:
        return footer
    if (found := _printing_footer(lines)).date is not None:
        return found
    alone = {iso: line for line in lines if (iso := _whole_line(line))}
    if len(alone) == 1:
        iso, line = alone.popitem()
        return PublishedFound(iso, Provenance("page", "inferred", line))
    return footer


def _bylined(line: str) -> str | None:
    """The date of 2024-01-08 作者：… or 来源：… 2024-01-08 10:15."""
    if len(line) > _LONGEST_LINE or not re.search("作者|来源|发布(?:者|人|机构|单位)|编辑", line):
        return None
    dates = find_dates(line)
    return dates[0][2].isoformat() if len(dates) == 1 else None


def _whole_line(line: str) -> str | None:
    """The date of a line that holds nothing else, but for a name in front of it."""
    if len(line) > _LONGEST_LINE or _PRINTED.search(line) or _SENTENCE.search(line):
        return None
    dates = find_dates(line)
    if len(dates) != 1:
        return None
    start, end, date = dates[0]
    # A clock (2024年5月6日 星期一) or a list of them is no signature.
    if line[end:].strip(" \u3000）)") or not _AUTHOR.fullmatch(line[:start]):
        return None
    if re.search("今天|现在|星期|当前", line):
        return None
    return date.isoformat()


def _labelled(line: str) -> str | None:
    plain = plain_digits(line[:200])
    for match in _LABELLED.finditer(plain):
        for start, _, date in find_dates(plain[match.end() : match.end() + 24]):
            if start <= 1:
                return date.isoformat()
    return None


def _printing_footer(last: Sequence[str]) -> PublishedFound:
    for line in reversed(last):
        if len(line) > _LONGEST_LINE or not _PRINTED.search(line) or _SENTENCE.search(line):
            continue
        if dates := find_dates(line):
            return PublishedFound(dates[-1][2].isoformat(), Provenance("footer", "read", line))
    return PublishedFound(None, UNKNOWN)
