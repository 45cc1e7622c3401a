"""Takes a page's furniture off a report's text; every word of the report stays.

Lines go only where they are unmistakable: a page number, a printing footer, or a menu, share bar
or site footer at the head or the tail.  Each cut is kept with its reason, so that
``python -m corpus inspect`` can show it.
"""

from __future__ import annotations

import re
from typing import Final

from corpus.dates import find_dates, plain_digits
from corpus.model import CleanText, Cut
from corpus.readers.raw import RawText

_BOOKMARK: Final = re.compile(r"\[bookmark:[^\]\n]{0,40}\]")
_INVISIBLE: Final = re.compile(
    "[\u200b\u200c\u200d\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad\x7f-\x9f]"
)
_PAGE_NUMBER: Final = re.compile(
    r"^\s*(?:[-—–－─]{1,3}\s*\d{1,3}\s*[-—–－─]{1,3}|第\s*\d{1,3}\s*页(?:\s*[,，/]?\s*共\s*\d{1,3}\s*页)?|\d{1,3}\s*/\s*\d{1,3})\s*$"
)
_PRINTING: Final = re.compile(
    r"^\s*[\u4e00-\u9fff（）()、 \u3000]{0,40}(?:19|20)\d\d年\d{1,2}月\d{1,2}日[ \u3000]*印发\s*$"
)
_CLOCK: Final = re.compile(
    r"^\s*(?:今天是|现在是|当前时间)[:：]?\s*(?:19|20)\d\d\s*[年/-].{0,40}$"
    r"|^\s*(?:19|20)\d\d[年/-]\d{1,2}[月/-]\d{1,2}日?\s*"
    r"(?:星期[一二三四五六日天]\s*(?:\d{1,2}:\d{2}(?::\d{2})?)?|\d{1,2}:\d{2}(?::\d{2})?)\s*$"
)
"""A bare date is no clock: it may be the signature's."""
_DATE_HINT: Final = re.compile("发布(?:日期|时间)|成文日期|公开日期|发文日期|发稿时间|时间|日期")

_FURNITURE: Final = re.compile(
    r"首页|机构概况|无障碍|长者模式|长者版|设为首页|加入收藏|繁体|简体|English|登录|注册|"
    r"当前位置|您(?:现在)?(?:的|所在(?:的)?)位置|位置[:：]|今天是|"
    r"字体[:：]?\s*[【\[（(]?\s*大|字号|浏览(?:次数|量)|点击(?:数|量|率)|阅读(?:次数|量)|访问量|"
    r"打印(?:本页|此页|文章)?|关闭(?:窗口|本页)?|【关闭】|分享(?:到)?|微信|微博|扫一扫|二维码|QQ空间|"
    r"信息来源|文章来源|来源[:：]|作者[:：]|责任编辑|编辑[:：]|审核[:：]|发布(?:日期|时间|机构|人)[:：]|"
    r"索引号|主题分类|发文机关|成文日期|公开方式|有效性[:：]|文号[:：]|公开范围|"
    r"上一[篇条页]|下一[篇条页]|相关(?:链接|阅读|文章|附件|新闻)|返回顶部|关于我们|联系我们|联系方式|网站地图|"
    r"网站声明|隐私|使用帮助|友情链接|版权所有|主办(?:单位)?[:：]|承办(?:单位)?[:：]|技术支持|"
    r"ICP备|公网安备|网站标识码|政府网站找错|党政机关|地址[:：].*(?:邮编|电话)|建议使用.*(?:分辨率|浏览)|"
    r"国务院部门网站|地方政府网站|部门网站$|政府网站$|其他网站$|字库未存字|扫码|附件下载|Copyright"
)
_STRONG_TAIL: Final = re.compile(
    r"版权所有|ICP备|公网安备|网站标识码|上一[篇条]|下一[篇条]|相关链接|责任编辑|打印本页|【打印|关闭窗口|网站地图|"
    r"主办(?:单位)?[:：]|国务院部门网站|分享到|扫一扫|Copyright|相关阅读|相关新闻|关于我们|历年国务院政府工作报告"
)
_CONTENT: Final = re.compile("[。；！？;]|[，,].*[，,]")
_SIGNATURE: Final = re.compile(
    r"^[\u4e00-\u9fff（）()、 \u3000]{2,40}(?:政府|局|委员会|委|厅|部|办公室|办事处|院|会|处|队)$"
)
_ATTACHMENT: Final = re.compile("^\\s*附(?:件|表|注)?\\d*[:：]|^\\s*注[:：]")
_WRAP_WIDTH: Final = (16, 60)


def clean_text(raw: RawText) -> CleanText:
    """The report's words, with each stretch that was taken away."""
    cuts = list(raw.cuts)
    text = raw.text.replace("\u2028", "\n").replace("\u2029", "\n").replace("\x85", "\n")

    def bookmark(match: re.Match[str]) -> str:
        cuts.append(Cut("bookmark", match[0]))
        return ""

    text = _BOOKMARK.sub(bookmark, text)
    text = _INVISIBLE.sub("", text)
    lines = [line.rstrip(" \t\u3000\u00a0") for line in text.split("\n")]
    lines = [line for line in lines if line.strip(" \t\u3000\u00a0")]
    published = raw.page_published
    lines, found = _without_printing(lines, cuts)
    lines = _without_tail(lines, cuts)
    lines, hinted = _without_head(lines, cuts)
    published = published or hinted or found
    lines = _without_doubles(lines, cuts)
    lines = _unwrapped(lines)
    lines = [_unspaced(line) for line in lines]
    return CleanText(
        "\n".join(lines),
        tuple(cuts),
        raw.encoding,
        raw.page_title,
        published,
        raw.page_url,
    )


def _without_printing(lines: list[str], cuts: list[Cut]) -> tuple[list[str], str | None]:
    """Without page numbers and printing footers, wherever they stand; the footer's date."""
    kept = []
    date = None
    for line in lines:
        plain = plain_digits(line)
        if _PAGE_NUMBER.match(plain):
            cuts.append(Cut("page_number", line.strip()))
        elif _PRINTING.match(plain):
            cuts.append(Cut("printing_footer", line.strip()))
            dates = find_dates(plain)
            date = dates[-1][2].isoformat() if dates else date
        else:
            kept.append(line)
    return kept, date


def _without_tail(lines: list[str], cuts: list[Cut]) -> list[str]:
    """Without the site's footer: the short lines at the end, from the first that is furniture,
    where any of them is unmistakable."""
    first = len(lines)
    while first > 1 and _is_loose(lines[first - 1]):
        first -= 1
    for at in range(first, len(lines)):
        line = lines[at]
        if _SIGNATURE.match(line.strip()) or _is_date(line) or _ATTACHMENT.match(line):
            continue
        rest = lines[at:]
        if any(_STRONG_TAIL.search(other) for other in rest) and (
            _FURNITURE.search(line) or _STRONG_TAIL.search(line)
        ):
            cuts.append(Cut("site_footer", "\n".join(other.strip() for other in rest)))
            return lines[:at]
    return lines


def _is_loose(line: str) -> bool:
    """Whether the line could be furniture: no sentence ends or goes on in it."""
    plain = line.strip()
    if _STRONG_TAIL.search(plain) and len(plain) <= 120:
        return True
    return len(plain) <= 80 and not _CONTENT.search(plain)


def _is_date(line: str) -> bool:
    plain = "".join(plain_digits(line).split())
    dates = find_dates(plain)
    return len(dates) == 1 and dates[0][1] - dates[0][0] >= len(plain) - 2


def _without_head(lines: list[str], cuts: list[Cut]) -> tuple[list[str], str | None]:
    """Without the menus above the text and the line of date, source and type size under its
    title; the published date, where such a line says one."""
    limit = 0
    while limit < min(len(lines), 25) and not _begins_text(lines[limit]):
        limit += 1
    kept = []
    published = None
    taken = []
    for at, line in enumerate(lines):
        plain = line.strip()
        if at < limit and (_FURNITURE.search(plain) or _CLOCK.match(plain_digits(plain))):
            if _is_titlelike(plain):
                kept.append(line)
                continue
            taken.append(plain)
            if _DATE_HINT.search(plain) and not plain.startswith(("今天", "现在")):
                dates = find_dates(plain)
                if dates and published is None:
                    published = dates[0][2].isoformat()
            continue
        kept.append(line)
    if taken:
        cuts.append(Cut("menu", "\n".join(taken)))
        kept = _without_site_names(kept, limit - len(taken), cuts)
    return kept, published


def _without_site_names(lines: list[str], limit: int, cuts: list[Cut]) -> list[str]:
    """Without short lines above the title on a page that had menus: the site's name."""
    title = next(
        (i for i in range(min(limit, len(lines))) if _is_titlelike(lines[i].strip())), None
    )
    if not title:
        return lines
    above = [line.strip() for line in lines[:title]]
    joined = "".join(above) + lines[title].strip()
    own_title = lines[title].strip()
    # A title over two lines keeps its first: 某某局 / 2021年法治政府建设情况报告.
    if re.match("(?:关于|(?:19|20)\\d\\d年|法治|依法|推进)", own_title) and len(joined) < 60:
        return lines
    if all(len(line) <= 30 for line in above):
        cuts.append(Cut("site_name", "\n".join(above)))
        return lines[title:]
    return lines


def _begins_text(line: str) -> bool:
    return (len(line) > 60 and bool(_CONTENT.search(line))) or bool(
        re.match(r"\s*(?:一、|[（(]一[）)])", line)
    )


def _is_titlelike(line: str) -> bool:
    return bool(
        re.search(
            "(?:法治政府|依法行政|法治建设|政府工作|信息公开).{0,30}(?:报告|总结|情况|汇报)(?:[（(].{1,10}[)）])?》?$",
            line,
        )
    ) and not re.search("[>＞»›]|上一|下一|位置", line)


def _without_doubles(lines: list[str], cuts: list[Cut]) -> list[str]:
    """Without a title that is printed twice, or a whole text that is repeated."""
    half = len(lines) // 2
    bare = ["".join(line.split()) for line in lines]
    if len(lines) >= 4 and len(lines) % 2 == 0 and bare[:half] == bare[half:]:
        cuts.append(Cut("repeated_text", "\n".join(lines[half:])))
        lines, bare = lines[:half], bare[:half]
    kept = lines[:1]
    for at in range(1, len(lines)):
        near_top = at <= 6
        twin = bare[at] in bare[max(0, at - 4) : at]
        if near_top and twin and len(bare[at]) >= 8 and _is_titlelike(lines[at].strip()):
            cuts.append(Cut("doubled_title", lines[at].strip()))
            continue
        kept.append(lines[at])
    return kept


_NEW_PARAGRAPH: Final = re.compile(
    "^(?:[ \t\u3000]{2,}|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\\d]{1,3}[)）]"
    "|\\d{1,2}[.．、])"
)


def _unwrapped(lines: list[str]) -> list[str]:
    """Paragraphs put together again where every line was broken at the same width."""
    if len(lines) < 12:
        return lines
    lengths = sorted(len(line.strip()) for line in lines)
    width = lengths[int(len(lengths) * 0.9)]
    low, high = _WRAP_WIDTH
    full = [line for line in lines if abs(len(line.strip()) - width) <= 3]
    unended = [line for line in full if not re.search("[。！？：；!?:;]$", line)]
    indented = sum(bool(_NEW_PARAGRAPH.match(line)) for line in lines)
    if not (
        low <= width <= high and len(full) * 2 >= len(lines) and len(unended) * 3 >= len(lines)
    ):
        return lines
    if not indented:
        return lines
    out: list[str] = []
    for at, line in enumerate(lines):
        before = lines[at - 1] if at else ""
        # the first line of a paragraph is indented; a short line before ended the last one
        goes_on = (
            out
            and not _NEW_PARAGRAPH.match(line)
            and len(before.strip()) >= width - 4 - (2 if _NEW_PARAGRAPH.match(before) else 0)
            and not _is_titlelike(out[-1].strip())
        )
        if goes_on:
            out[-1] += line.strip()
        else:
            out.append(line)
    return out


_SPACED: Final = re.compile(
    "(?<![\u4e00-\u9fff])[\u4e00-\u9fff](?:[ \u3000][\u4e00-\u9fff]){3,}(?![\u4e00-\u9fff])"
)


def _unspaced(line: str) -> str:
    """Words set wide for looks, 法 治 政 府, closed up again."""
    return _SPACED.sub(lambda match: re.sub("[ \u3000]", "", match[0]), line)
