"""The Chinese names of fields and section categories, one place for every view."""

from __future__ import annotations

from corpus.folding import fold_query
from search.request import UNLABELLED, Field

FIELD_LABELS: dict[Field, str] = {
    "agency": "机关",
    "year": "年度",
    "section": "章节",
    "kind": "类别",
    "region": "地区",
}

SECTION_LABELS: dict[str, str] = {
    "achievements": "主要举措和成效",
    "shortcomings": "存在的不足和原因",
    "leadership": "党政主要负责人履职",
    "plans": "下一年度安排",
    "other": "其他",
}
"""Category codes of DESIGN §2; ``leadership`` is shortened for lists."""

_SECTION_NAMES = {
    **SECTION_LABELS,
    "leadership": "党政主要负责人履行推进法治建设第一责任人职责情况 党政主要负责人履职",
}
"""The regulation's words (法治政府建设与责任落实督察工作规定), of which any part will do."""

SERIES_LABELS: dict[str, str] = {
    "fazhi": "法治政府建设年度报告",
    "work": "政府工作报告",
    "disclosure": "政府信息公开年度报告",
    "other": "其他文件",
}


def field_label(field: str) -> str:
    """The field's name for people; the field itself when it has none."""
    return FIELD_LABELS.get(field, field)  # type: ignore[call-overload, no-any-return]


def section_label(code: str) -> str:
    """The category's name for people."""
    return SECTION_LABELS.get(code, UNLABELLED)


def section_code(text: str) -> str | None:
    """The category of a code, or of any part of its name of two characters or more; None when it
    is neither."""
    folded = fold_query(text)
    for code, name in _SECTION_NAMES.items():
        if folded == code or (len(folded) > 1 and folded in fold_query(name)):
            return code
    return None
