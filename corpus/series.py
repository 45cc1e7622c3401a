"""Which series a text belongs to, and whether it is a report at all (DESIGN §2).

A title decides where there is one; else the first sentences and the headings.  Plans, notices,
news and interpretations *about* reports are ``other``, with the reason in Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from corpus.model import Section, Series

_TOPIC: Final = (
    "法治政府建设|依法行政|法治建设|依法治[省市县区镇]|法治(?:政府)?工作|法治单位|法治机关"
)
_TRADE: Final = re.compile(
    "法治(?!政府)[\u4e00-\u9fff]{2}(?:建设)?(?:工作)?(?:的)?(?:情况)?(?:的)?(?:报告|总结|汇报|情况)"
)
"""法治公安, 法治税务, 法治水利 …: one trade's own report."""
_FAZHI_TITLE: Final = re.compile(
    rf"(?:{_TOPIC}).*(?:报告|总结|汇报|情况)|(?:报告|总结|情况).*(?:{_TOPIC})"
)
_WORK_TITLE: Final = re.compile("政府工作(?:的)?报告")
_DISCLOSURE_TITLE: Final = re.compile("政府信息公开.*报告")
_NOT_A_REPORT: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    (
        "计划或要点",
        re.compile(
            "(?:工作)?(?:计划|要点|方案|规划|任务分工|分工方案|责任清单|安排)(?:[（(].*[)）])?$"
        ),
    ),
    (
        "通知或意见",
        re.compile(
            "的?(?:通知|通告|公告|意见|公示|办法|规定|函|批复|决定|复函|通报)(?:[（(].*[)）])?$"
        ),
    ),
    ("解读或问答", re.compile("解读|问答|一图读懂|图解|访谈|发布会|答记者问")),
    (
        "新闻",
        re.compile(
            "(?:召开|举行|举办|开展|印发|发布|公布|出台|听取|审议|部署|启动|获评|荣获|报送).{0,30}(?:会|会议|活动|培训|报告|工作|督察|创建|示范)$"
        ),
    ),
    ("半年或季度材料", re.compile("上半年|下半年|季度|半年")),
    ("评论或文章", re.compile("^(?:论|谈|浅谈|浅析|关于.{0,20}的?思考)|研究$|述评|观察$|评论$")),
    (
        "督察或考核材料",
        re.compile("(?:督察|考核|评估|评查|述职述法|述法)(?:.{0,14})(?:报告|情况|方案|通报)$"),
    ),
    ("汇编目录", re.compile("(?:目录|汇编|一览表|清单|统计表)$")),
)
_NEWS_BODY: Final = re.compile(
    "(?:本报讯|本网讯|记者[ 　]?[\u4e00-\u9fff]{2,4}[ 　]?(?:报道|摄|）)|近日[，,]|日前[，,]"
    "|(?:今天|昨日|\\d{1,2}日)(?:上午|下午))"
)
_BODY_FAZHI: Final = re.compile(
    rf"(?:{_TOPIC})[^。]{{0,60}}(?:报告|汇报|总结)(?:如下|于后)?|(?:报告|汇报|总结)如下"
)
_BODY_WORK: Final = re.compile(
    "向(?:大会|全国人民代表大会|第[^。]{1,20}会议)?.{0,12}(?:作政府工作(?:的)?报告|报告(?:本届)?政府(?:过去.{0,4})?(?:的)?工作)|报告政府工作"
)
_DELIVERED: Final = re.compile(
    "代表(?:国务院|[\u4e00-\u9fff]{0,8}人民政府)[，,]?[^。\\n]{0,20}向[^。\\n]{0,24}(?:会议|大会)[^。\\n]{0,40}报告"
    "|在第[一二三四五六七八九十]{1,3}届全国人民代表大会第[一二三四五六七八九十]{1,3}次会议上[\\s\\S]{0,120}代表国务院"
)
_RESCUED: Final = ("新闻", "督察或考核材料")
"""Patterns that the reports' own titles meet too (X局开展法治政府建设工作情况报告)."""
_PLAN_TAIL: Final = re.compile(
    "(?:和|暨|及|以及|与|、)(?:20\\d\\d年度?|下一?年度?|明年|下一?步|下一阶段)[^和暨]{0,16}"
    "(?:计划|安排|打算|要点|思路|设想)(?:的?(?:报告|汇报))?$"
)
_HEADING_FAZHI: Final = re.compile(_TOPIC + "|第一责任人")


class SeriesFound(NamedTuple):
    series: Series
    reason: str
    """In Chinese, why it is no report; empty for the others."""


def find_series(title: str | None, text: str, outline: Sequence[Section]) -> SeriesFound:
    """The series of a text, from its title or, without one, from how it begins."""
    opening = text[:1_500]
    if template := _TEMPLATE.search(opening[:300]):
        return SeriesFound("other", f"像是模板：{template[0]}")
    if title:
        plain = "".join(title.split())
        # a letter that only sends the report has no headings
        bare = re.sub("(?<=报告|总结|情况)的函$", "", plain) if outline else plain
        bare = _without_plan(re.sub("[（(][^（）()]*[)）]$", "", bare))
        if _WORK_TITLE.search(plain) and not re.search("解读|问答|热议|审议|讨论|精神", plain):
            return SeriesFound("work", "")
        for name, pattern in _NOT_A_REPORT:
            if pattern.search(bare) and not (name in _RESCUED and _plain_report(bare, outline)):
                return SeriesFound("other", f"标题像是{name}：{plain}")
        if _DISCLOSURE_TITLE.search(plain):
            return SeriesFound("disclosure", "")
        if _FAZHI_TITLE.search(plain) or _TRADE.search(plain):
            if _NEWS_BODY.search(text[len(title) : len(title) + 200]) and not outline:
                return SeriesFound("other", f"正文像是新闻报道：{plain}")
            return SeriesFound("fazhi", "")
    if _BODY_WORK.search(opening) or _DELIVERED.search(opening[:400]):
        return SeriesFound("work", "")
    if not title and (official := _OFFICIAL.search(text[:600])):
        return SeriesFound("other", f"标题像是公文：{official[1]}")
    headings = " ".join(section.heading for section in outline if section.level == 1)
    categories = {section.category for section in outline if section.level == 1}
    on_topic = _HEADING_FAZHI.search(headings) or (
        _BODY_FAZHI.search(opening) and re.search(_TOPIC, opening)
    )
    if on_topic and len(categories - {"other"}) >= 2:
        return SeriesFound("fazhi", "")
    if not title and re.search(_TOPIC, opening) and {"achievements", "shortcomings"} <= categories:
        return SeriesFound("fazhi", "")
    if title:
        return SeriesFound("other", f"标题不属于已知的报告系列：{''.join(title.split())}")
    return SeriesFound("other", "没有标题，正文也不像年度报告")


def _without_plan(title: str) -> str:
    """2021年工作总结和2022年工作计划 without the plan: such a text is a report first."""
    rest = _PLAN_TAIL.sub("", title)
    return rest if re.search("总结|情况|报告|汇报", rest) else title


_OFFICIAL: Final = re.compile(
    r"^[ \u3000]*([^\n。]{4,60}(?:的(?:通知|决定|意见|批复|公告|通报|命令)"
    r"|条例|办法|规定|规则))[ \u3000]*$",
    re.M,
)
_TEMPLATE: Final = re.compile("[（(](?:参考)?(?:模板|范本|样本|样式|格式|提纲)[)）]")
_REPORT_END: Final = re.compile(
    rf"(?:{_TOPIC})(?:工作)?(?:的)?(?:自查|年度|总结|情况|工作|落实|推进|开展|进展|完成)*(?:的)?(?:报告|总结|汇报|情况)(?:的报告)?$"
)


def _plain_report(title: str, outline: Sequence[Section]) -> bool:
    """Whether the title ends as the reports' own titles do.  某市发布…报告 may head either the
    report or the news of it, which has no headings."""
    told = "召开|印发|听取|审议|通知" + ("" if outline else "|发布|公布|出台")
    return bool(_REPORT_END.search(title)) and not re.search(told, title)
