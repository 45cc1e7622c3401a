"""The printed title of a report: split over lines, doubled, in 书名号, or missing.

Looks only above the first heading.  What a title says (agency, year) is read in
``corpus.agency`` and ``corpus.year``.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from corpus.dates import YEAR_NUMBER, plain_digits

LONGEST_TITLE: Final = 90
_LINES: Final = 14
"""Lines from the top that may hold a title."""

_TOPIC: Final = "法治政府|依法行政|法治建设|依法治[省市县区镇]|法治工作|政府工作|政府信息公开|法治"
_END: Final = (
    "(?:报告|工作总结|总结|情况汇报|工作汇报|汇报|情况|计划|要点|方案|通知|规划|安排|打算|思路|设想|解读"
    "|意见|公告|函|公示|通报|研究|问答|图解)"
    "(?:[（(][^（）()]{1,24}[)）]|[—－]{1,2}[\u4e00-\u9fff]{3,30})?"
)
_WHOLE: Final = re.compile(rf"^(?=.*(?:{_TOPIC})).*{_END}$")
_SENTENCE: Final = re.compile("[。；;!！]|[，,].*[，,]|如下[:：]?$|^现将|^各位代表")
_WORK: Final = re.compile("^(?:(?:19|20)\\d\\d年)?.{0,16}政府工作报告(?:（[^）]{1,6}）)?")


_DELIVERED: Final = re.compile("各位代表")
_OTHER_REPORT: Final = re.compile("关于.{4,60}的报告$")
_NUMBER_LINE: Final = re.compile(
    "[^，。]{1,20}[〔\\[（(【](?:19|20)\\d\\d[〕\\])）】]第?\\d{1,4}号(?:签发人[:：].*)?$"
)


_ATTACHMENT: Final = re.compile("附[件表]?\\d{0,2}[:：]?$|[\u4e00-\u9fff]{2,30}文件$")
_ASIDE: Final = re.compile("[（(]?(?:发布|来源|时间|日期|索引|文号)")
_NAME_LABEL: Final = re.compile(
    "^(?:附件\\d{0,2}|(?:信息|文件|公文|文章)?"
    "(?:名[ \u3000]{0,4}称|标[ \u3000]{0,4}题|题[ \u3000]{0,4}名))"
    "[ \u3000]*[:：][ \u3000]*"
)
"""The label in a page's index table; what it names is the title."""
_CELL: Final = re.compile("[^：:（(《]{1,8}(?<![局厅委办府院处])[:：]")
"""A label of a page's index table (索引号：, 发布机构：), where no title begins; 某某局：… may."""
_ANNOUNCING: Final = re.compile("如下|于后|现将|报告[：:]$|汇报[：:]$")
_NUMBER_TAIL: Final = re.compile("[ \u3000]+\\S{1,10}[〔\\[（(]20\\d\\d[〕\\])）]第?\\d{1,4}号$")


_TOPIC_FIRST: Final = re.compile(f"(?:关于|{YEAR_NUMBER}年|法治|依法|推进)")
"""A title's second line that names no agency of its own."""


class TitleFound(NamedTuple):
    title: str
    start: int
    end: int
    """The span of the lines that print it."""


def find_title(text: str, limit: int, page_title: str | None = None) -> TitleFound | None:
    """The title, with where it stands before ``limit`` (the first heading), or None.  Where a page
    says what it is called, what stands above that line is the site's."""
    lines = _top_lines(text, limit)
    called = _clean(page_title or "")
    own = [i for i, (_, line) in enumerate(lines) if _is_called(_clean(line.strip()), called)]
    for first in (*own, *range(len(lines))):
        start, line = lines[first]
        if _NUMBER_LINE.match(_clean(line)) or _ATTACHMENT.match(_clean(line)):
            continue
        if work := _work_title(line):
            return TitleFound(work, start, start + len(line))
        joined = ""
        for last in range(first, min(first + 4, len(lines))):
            piece = _NUMBER_TAIL.sub("", _NAME_LABEL.sub("", lines[last][1].strip()))
            if not piece or len(joined) + len(piece) > LONGEST_TITLE:
                break
            if not any(map(str.isalnum, piece)):
                break  # a rule drawn with dashes under a letterhead
            if _SENTENCE.search(piece) or _ASIDE.match(piece) or _CELL.match(_clean(piece)):
                break
            joined += _clean(piece)
            if _WHOLE.match(_bare(joined)):
                end = lines[last][0] + len(lines[last][1])
                found = TitleFound(_bare(joined), start, end)
                return _prefer_shorter(found, lines, first, last)
    if lines and _DELIVERED.search(text[:600]) and _OTHER_REPORT.match(_clean(lines[0][1].strip())):
        start, line = lines[0]
        return TitleFound(_clean(line.strip()), start, start + len(line))
    return None


def _is_called(line: str, page_title: str) -> bool:
    """Whether the page's title begins with a line that may be one."""
    return len(line) >= 8 and page_title.startswith(line) and bool(_WHOLE.match(_bare(line)))


def title_of_page(page_title: str) -> str | None:
    """The report's title in a page's, without the site's name behind it; only one that says more
    than which column of the site it is in."""
    found = _bare(_clean(re.split("[_|]|[ —－-]{1,3}(?=[^年]*$)", page_title.strip())[0]))
    if len(found) > LONGEST_TITLE or not _WHOLE.match(found) or _SENTENCE.search(found):
        return None
    return found if re.search(f"{YEAR_NUMBER}年", plain_digits(found)) else None


def is_addressee(line: str) -> bool:
    """Whether a line between title and text says whom the report is for: 某某市人民政府："""
    plain = line.strip()
    return len(plain) < 40 and plain.endswith(("：", ":")) and not _ANNOUNCING.search(plain)


def _prefer_shorter(
    found: TitleFound, lines: list[tuple[int, str]], first: int, last: int
) -> TitleFound:
    """The last line alone where it is a whole title itself, agency and all, and the lines before
    it are something else (a site's name, a document number)."""
    alone = _bare(_clean(lines[last][1].strip()))
    if first == last or not _WHOLE.match(alone):
        return found
    before = _clean("".join(line.strip() for _, line in lines[first:last]))
    numbered = re.search("[〔\\[（(]20\\d\\d[〕\\])）]|号$", before)
    # 启东市城市管理局 / 2021年法治政府建设情况报告: the first line is the agency and belongs to it.
    if not numbered and _TOPIC_FIRST.match(plain_digits(alone)):
        return found
    start, line = lines[last]
    return TitleFound(alone, start, start + len(line))


def _work_title(line: str) -> str | None:
    plain = _clean(line.strip())
    match = _WORK.match(plain)
    if not match or len(plain) > LONGEST_TITLE + 60 or "新闻" in match[0]:
        return None
    rest = plain[match.end() :]
    if rest and not rest.startswith(("——", "—", "－", "-", "（", "(")):
        return None
    return match[0]


def _top_lines(text: str, limit: int) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    at = 0
    while at < limit and len(found) < _LINES:
        end = text.find("\n", at)
        if end < 0:
            end = len(text)
        line = text[at:end]
        if head := _head_of_long_line(line):
            found.append((at, head))
        elif len(line) <= LONGEST_TITLE and line.strip():
            found.append((at, line))
        at = end + 1
    return found


def _head_of_long_line(line: str) -> str:
    """What may be the title at the head of a report that stands on one single line: it ends at
    a blank.  Empty for an ordinary line."""
    if len(line) <= LONGEST_TITLE and "。" not in line:
        return ""
    for gap in re.finditer("[ \u3000]+", line[: LONGEST_TITLE + 20]):
        if _WHOLE.match(_bare(_clean(line[: gap.start()]))):
            return line[: gap.start()]
    return line if line.startswith(("政府工作报告", "新华社")) else ""


def _clean(text: str) -> str:
    """Without blanks inside; titles are often spaced out for looks."""
    return re.sub("[ \t\u3000\u00a0]+", "", text)


def _bare(text: str) -> str:
    if text.startswith("《") and text.endswith("》") and text.count("《") == 1:
        return text[1:-1]
    return text
