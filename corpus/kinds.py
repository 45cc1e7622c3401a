"""Kinds of agency, read from the office's own words in its name (城市管理, 司法, 人民政府 …).

The list follows the departments that the State Council's institutions and their local
counterparts have had since the reform of 2018, and the names before it that reports still
print.  Source: 国务院关于机构设置的通知 (国发〔2018〕6号) and (国发〔2023〕5号).
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

MINISTRY: Final = (
    "(?:外交|教育|科学技术|科技|工业和信息化|公安|国家安全|民政|司法|财政|人力资源社会保障"
    "|自然资源|生态环境|住房城乡建设|住房和城乡建设|交通运输|水利|农业农村|商务|文化和旅游"
    "|退役军人事务|应急管理)部"
)
"""A ministry's name before its local office's: 财政部四川监管局.  Source: 国发〔2018〕6号."""
_HOSPITAL: Final = (
    "(?:第[一二三四五六七八九十]{1,2})?"
    "(?:人民|中心|中|妇幼保健|中西医结合|精神卫生)?(?:医院|保健院)"
)
_TABLE: Final[tuple[tuple[str, str], ...]] = (
    # The first pattern that is found decides, so the narrower stand before the wider.
    (
        "群众团体",
        "残疾人联合会|总工会|妇女联合会|共青团|工商业联合会|红十字会|科学技术协会|文学艺术界联合会",
    ),
    ("城市管理", "城市管理|城管(?!理)|综合(?:行政)?执法|行政执法局"),
    ("发展改革", "发展(?:和|与)?改革|发改"),
    ("工业和信息化", "工业(?:和|与)信息化|经济(?:和|与)信息化|经信|工信"),
    ("教育", "教育|教体|(?:第[一二三四五六七八九十]{1,3})?(?:实验|高级)?[中小]学|学校"),
    ("科技", "科学技术|科技"),
    ("民族宗教", "民族(?:宗教)?事务|民族(?:和)?宗教|宗教事务|民宗"),
    ("公安", "公安"),
    ("国家安全", "国家安全"),
    ("民政", "(?<!人)民政"),
    ("司法", "司法|法制(?:办|局)"),
    ("财政", "财政"),
    (
        "人力资源社会保障",
        "人力资源(?:和|与)?社会保障|人社|劳动(?:和|与)?(?:社会)?保障|劳动人事|人事局",
    ),
    ("自然资源", "自然资源(?:和规划)?|规划(?:和|与)自然资源|国土资源|国土局|自规"),
    ("生态环境", "生态环境|环境保护|环保"),
    (
        "住房城乡建设",
        "住房(?:和|与)?城乡建设(?:和交通)?|住房(?:保障)?(?:和|与)?房产|城乡建设|住建|建设局|建设委员会|房产|房地产",
    ),
    ("交通运输", "交通运输|交通|公路|铁路|民用航空|港航"),
    ("水利", "水利|水务"),
    ("农业农村", "农业农村|农业[局厅委]|农牧|农业机械|畜牧"),
    ("商务", "商务"),
    (
        "文化旅游",
        "文化(?:和|与)?(?:广电)?旅游|文化广电|文旅|文化体育|文化[局厅]|旅游(?:发展)?[局委]|广播电[视影]|广电|新闻出版",
    ),
    (
        "卫生健康",
        "卫生健康|卫生(?:和)?(?:人口)?计(?:划)?生(?:育)?|卫生[局厅]|卫健|卫计|(?:人口(?:和|与)?)?计(?:划)?生(?:育)?"
        f"|{_HOSPITAL}|疾病预防控制|疾控",
    ),
    ("退役军人", "退役军人"),
    ("应急管理", "应急管理|应急[局厅]|安全生产监督|安监|(?:矿山|煤矿)安全监察"),
    ("审计", "审计"),
    ("国资监管", "国有资产监督管理|国资委"),
    ("市场监管", "市场监督管理|市场监管|市监|工商行政管理|工商局|质量技术监督|质监"),
    ("知识产权", "知识产权"),
    ("药品监管", "药品监督管理|食品药品|食药监|药监"),
    ("体育", "体育"),
    ("统计", "统计"),
    ("医疗保障", "医疗保障|医保"),
    ("林业草原", "林业(?:和|与)?草原|林业|园林|林草"),
    ("乡村振兴", "乡村振兴|扶贫"),
    ("信访", "信访"),
    ("政务服务", "政务服务|行政审批|大数据|数据资源|数据"),
    ("金融", "地方金融|金融|银行|银保监|证监|外汇管理"),
    ("税务", "税务|[国地]税"),
    ("气象", "气象"),
    ("消防救援", "消防救援|消防"),
    ("人民防空", "人民防空|国防动员|人防|民防|国动办"),
    ("机关事务", "机关事务"),
    ("粮食和物资储备", "粮食(?:和|与)物资储备|粮食"),
    ("能源", "能源"),
    ("海关", "海关"),
    ("海事", "海事"),
    ("邮政", "邮政"),
    ("档案", "档案"),
    ("烟草", "烟草专卖"),
    ("地震", "地震"),
    ("外事", "外事"),
    ("侨务", "侨务"),
    ("供销合作", "供销合作"),
    ("机构编制", "机构编制|编办"),
    ("网信", "网络安全和信息化|互联网信息"),
    ("公积金", "住房公积金"),
    ("依法治理", "依法治[省市县区]"),
    (
        "开发区",
        "(?:开发|高新|新|产业园|保税|示范|风景|度假|试验)区?(?:技术)?(?:产业)?(?:开发)?区?管理?委员会|(?<!监督)管理委员会$|管委会",
    ),
)

_GOVERNMENT: Final = re.compile("(?:人民政府(?:办公厅|办公室)?|行政公署)$")
"""A prefecture or league without a people's congress has a 行政公署 in a government's place."""
_STREET: Final = re.compile("街道(?:办事处|办)?$")
_COURT: Final = re.compile(
    "(?:(?:最高|高级|中级)?人民|铁路运输|海事|知识产权|金融|互联网)?(?P<body>法院|检察院)$"
)
_BY_ENDING: Final = (
    ("高等院校", re.compile("[\u4e00-\u9fff]{2,}(?:大学|学院|高等专科学校)$")),
    ("国有企业", re.compile("公司$")),
)
"""Bodies whose own name stands before any word of the table: 云南农业大学 is no bureau of
agriculture."""
_CORPS: Final = re.compile("生产建设兵团|第[一二三四五六七八九十]{1,3}(?:师|团)|兵团")
"""The corps' divisions and regiments govern by themselves.  Source: 新疆生产建设兵团的历史与发展
(white paper, 2014)."""


class Office(NamedTuple):
    """The part of an agency's name that is not a region."""

    kind: str
    start: int
    """Where the office's words begin in the name."""


_PATTERNS: Final = tuple((kind, re.compile(words)) for kind, words in _TABLE)


def find_office(name: str) -> Office | None:
    """The office that an agency's name names, or None when it names none we know."""
    if name == "国务院":
        return Office("国务院", 0)
    if match := _GOVERNMENT.search(name):
        return Office("人民政府", match.start())
    if match := _STREET.search(name):
        return Office("街道办事处", match.start())
    if match := _COURT.search(name):
        return Office(match["body"], match.start())
    for kind, ending in _BY_ENDING:
        if ending.search(name):
            return Office(kind, 0)
    best: tuple[int, int, str] | None = None
    for order, (kind, pattern) in enumerate(_PATTERNS):
        if match := pattern.search(name):
            found = (match.start(), order, kind)
            if best is None or found < best:
                best = found
    if best is None:
        return Office("兵团", 0) if _CORPS.search(name) else None
    start, _, kind = best
    return Office(kind, start)
