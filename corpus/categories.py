"""The category of a first-level section, from the wording of its heading and its place.

Source of the four categories: 法治政府建设与责任落实督察工作规定 (2019), which prescribes what a
report contains; the wordings are those met in published reports.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from typing import Final

from corpus.model import Category, Series

_LEADERSHIP: Final = re.compile(
    "第一责任人|领导(?:干部|班子)?履职|述法|党政(?:主要|主)?负责人|主要(?:负责人|负责同志|领导).{0,12}(?:履行|履职|职责|述法)"
)
_SHORTCOMINGS: Final = re.compile(
    "不足|问题|困难|难点|短板|差距|薄弱|瓶颈|欠缺|有待(?:加强|提高|改进)"
)
_DEEDS: Final = re.compile("问题(?:导向|整改)|(?:解决|破解|化解|整治).{0,6}(?:问题|难点|短板)")
"""问题导向, 解决问题 and the like are deeds, not confessions."""
_PLANS: Final = re.compile(
    "下一?步|下一?阶段|下一年|下年度?|来年|明年|今后|打算|工作计划|工作安排|主要安排|思路|展望|规划"
    "|努力方向|改进措施|工作目标|重点任务|政策取向|总体要求|主要任务|工作任务|建议"
)
_OTHER: Final = re.compile("其他|其它|附件|附表|需要(?:报告|说明)|补充说明")
_ACHIEVEMENTS: Final = re.compile(
    "举措|成效|成绩|做法|情况|完成|进展|回顾|总结|措施|亮点|成果|经验|特色|落实|推进|开展"
)
_YEAR: Final = re.compile("(20[0-9]{2})年")


def categorize(headings: Sequence[str], series: Series, year: int | None) -> tuple[Category, ...]:
    """The category of each first-level heading, in order."""
    found: list[Category] = []
    met: set[Category] = set()
    for heading in headings:
        category = (
            _categorize_work(heading, year, found)
            if series == "work"
            else _categorize(heading, year, met)
        )
        found.append(category)
        met.add(category)
    return tuple(found)


_CHILD_SHORTCOMINGS: Final = re.compile(
    "(?:工作中?|当前|目前|仍然?|还)?存在的?(?:主要)?(?:问题|不足|困难|短板)(?:[和与及]?.{0,4}"
    "(?:问题|不足|困难|短板|原因))?(?:分析)?"
)
_CHILD_PLANS: Final = re.compile("(?:20\\d\\d年|下一?步|下一?年度?).{0,12}(?:打算|安排|计划|思路)")


def categorize_child(heading: str, above: Category) -> Category:
    """The category of a second-level section: its parent's, unless its own words are another
    category's and nothing else."""
    if above not in ("achievements", "other"):
        return above
    if "第一责任人" in heading:
        return "leadership"
    if _CHILD_SHORTCOMINGS.fullmatch(heading):
        return "shortcomings"
    return "plans" if _CHILD_PLANS.fullmatch(heading) else above


def _categorize(heading: str, year: int | None, before: Set[Category]) -> Category:
    if _LEADERSHIP.search(heading):
        return "leadership"
    shortcoming = _SHORTCOMINGS.search(heading)
    plan = _PLANS.search(heading)
    deed = _DEEDS.search(heading)
    if shortcoming and not deed and (not plan or shortcoming.start() < plan.start()):
        return "shortcomings"
    if plan:
        return "plans"
    named = _YEAR.search(heading)
    if named and year is not None and int(named[1]) > year:
        return "plans"
    if _OTHER.search(heading):
        return "other"
    if _ACHIEVEMENTS.search(heading) or not before or "plans" not in before:
        # Without a word that tells, what stands before the shortcomings is what was done.
        return (
            "achievements"
            if "shortcomings" not in before or _ACHIEVEMENTS.search(heading)
            else "other"
        )
    return "other"


def _categorize_work(heading: str, year: int | None, before: Sequence[Category]) -> Category:
    if re.search("回顾|过去.{0,3}年|上一年|去年|成就|基本总结", heading):
        return "achievements"
    if _PLANS.search(heading):
        return "plans"
    if named := _YEAR.search(heading):
        return "plans" if year is not None and int(named[1]) >= year else "achievements"
    if not before:
        return "achievements"
    return before[-1] if before[-1] == "plans" else "other"
