"""What the JSON interface answers, as JSON Schemas; the forms themselves are ``search.to_json``.

All keys listed are always there.  The objects are open: a later release may add keys and renames
none.  A test holds every answer to these, and to having no key that is not listed here.
"""

from __future__ import annotations

from typing import Any, TypeAlias, get_args

from search.labels import SECTION_LABELS
from search.request import FIELDS, UNLABELLED
from search.results import NoticeCode

Json: TypeAlias = dict[str, Any]

TEXT: Json = {"type": "string"}
COUNT: Json = {"type": "integer", "minimum": 0}
NUMBER: Json = {"type": "number"}
FLAG: Json = {"type": "boolean"}
MAYBE_TEXT: Json = {"type": ["string", "null"]}
MAYBE_YEAR: Json = {"type": ["integer", "null"], "description": "null：未识别"}
MAYBE_SPAN: Json = {"type": ["array", "null"], "items": COUNT, "minItems": 2, "maxItems": 2}
TAKEN: Json = {
    "type": "string",
    "format": "date-time",
    "description": "这份报告（照现在的文字和标签）收录的时间",
}
SPAN: Json = {
    "type": "array",
    "items": COUNT,
    "minItems": 2,
    "maxItems": 2,
    "description": "[起, 止)，以字符（Unicode 码位）计",
}
CATEGORY: Json = {"type": "string", "enum": [*SECTION_LABELS, UNLABELLED]}
CHANGE: Json = {"type": "string", "enum": ["kept", "changed", "new", "dropped"]}


def reference(name: str) -> Json:
    """A reference to one of ``SCHEMAS``."""
    return {"$ref": f"#/components/schemas/{name}"}


def _array(items: Json) -> Json:
    return {"type": "array", "items": items}


def _object(properties: Json, description: str = "", optional: Json | None = None) -> Json:
    found: Json = {
        "type": "object",
        "required": list(properties),
        "properties": {**properties, **(optional or {})},
    }
    if description:
        found["description"] = description
    return found


_GENERATION: Json = {"type": "string", "description": "索引的代；更新后改变，游标随之失效"}
_CURSOR: Json = {"type": ["string", "null"], "description": "下一页的 cursor；null：没有了"}
_NOTICES = _array(reference("Notice"))
_TOTAL = reference("Total")
_IGNORED: Json = {**_array(TEXT), "description": "不认识、因而没有用到的参数名"}
_PAGED: Json = {"page": COUNT, "size": COUNT}


def _answer(properties: Json, description: str) -> Json:
    return _object({"generation": _GENERATION, **properties, "ignored": _IGNORED}, description)


_PLACE: Json = {
    "report_id": TEXT,
    "passage": TEXT,
    "hash": {"type": "string", "description": "段落文字的短摘要，链接中的 h"},
    "title": TEXT,
    "agency": MAYBE_TEXT,
    "year": MAYBE_YEAR,
    "section": CATEGORY,
    "heading": {**_array(TEXT), "description": "小标题，由外到内，照原文"},
    "url": {"type": "string", "description": "长期有效的地址，从网站根目录起"},
    "published": MAYBE_TEXT,
    "taken": TAKEN,
}
_SUMMARY: Json = {
    "id": TEXT,
    "title": TEXT,
    "agency": MAYBE_TEXT,
    "aliases": _array(TEXT),
    "year": MAYBE_YEAR,
    "series": TEXT,
    "kind": MAYBE_TEXT,
    "region": _array(TEXT),
    "published": MAYBE_TEXT,
    "taken": TAKEN,
    "characters": COUNT,
    "url": TEXT,
}
_COUNTED: Json = {"value": {"type": ["string", "integer"]}, "label": TEXT, "count": COUNT}
_PASSAGE: Json = {
    "passage": TEXT,
    "start": COUNT,
    "end": COUNT,
    "section": CATEGORY,
    "heading": _array(TEXT),
    "hash": TEXT,
}
_SENTENCE: Json = {"anyOf": [reference("Sentence"), {"type": "null"}]}
_MAYBE_HIT: Json = {"anyOf": [reference("Hit"), {"type": "null"}]}

SCHEMAS: Json = {
    "Error": _object({"error": _object({"code": TEXT, "message": TEXT})}, "出错"),
    "Moved": _object({"moved": TEXT}, "报告的编号已更正；新地址见 Location"),
    "Total": _object(
        {"reports": COUNT, "passages": COUNT, "occurrences": COUNT},
        "报告、段落、出现处，均为准确值",
    ),
    "Notice": _object(
        {
            "code": {"type": "string", "enum": list(get_args(NoticeCode))},
            "message": TEXT,
            "span": MAYBE_SPAN,
        },
        "对检索式或筛选的说明",
    ),
    "Hit": _object(
        {
            **_PLACE,
            "score": NUMBER,
            "occurrences": COUNT,
            "snippets": _array(_object({"text": TEXT, "spans": _array(SPAN)})),
        },
        "一个命中的段落",
    ),
    "Place": _object(_PLACE, "一个段落，不带摘录"),
    "FacetValue": _object({**_COUNTED, "selected": FLAG, "excluded": FLAG}),
    "SearchResult": _answer(
        {
            "query": TEXT,
            "understood": {"type": "string", "description": "检索式的读法"},
            "notices": _NOTICES,
            "total": _TOTAL,
            "took_ms": NUMBER,
            "next_cursor": _CURSOR,
            "hits": _array(reference("Hit")),
            "facets": _object({}, "", {f: _array(reference("FacetValue")) for f in FIELDS}),
            "facet_totals": {
                **_object({}, "", dict.fromkeys(FIELDS, COUNT)),
                "description": "各栏共有多少个值",
            },
        },
        "一页检索结果",
    ),
    "Explanation": _answer(
        {
            "query": TEXT,
            "understood": TEXT,
            "notices": _NOTICES,
            "total": _TOTAL,
            "clauses": _array(
                _object(
                    {
                        "label": TEXT,
                        "query": TEXT,
                        "field": MAYBE_TEXT,
                        "value": MAYBE_TEXT,
                        "total": _TOTAL,
                    }
                )
            ),
            "did_you_mean": _array(TEXT),
        },
        "检索式怎样理解；每个条件单独能找到多少，去掉每个筛选又有多少",
    ),
    "Concordance": _answer(
        {
            "total": _TOTAL,
            "notices": _NOTICES,
            "sorted_occurrences": COUNT,
            "bounded": {**FLAG, "description": "处数超过排序的上限，只排了 sorted_occurrences 处"},
            **_PAGED,
            "lines": _array(_object({**_PLACE, "left": TEXT, "key": TEXT, "right": TEXT})),
        },
        "逐处：每一处及其左右文字",
    ),
    "Cell": _object({"reports": COUNT, "held": COUNT, "occurrences": COUNT}),
    "Matrix": _answer(
        {
            "total": _TOTAL,
            "notices": _NOTICES,
            "total_agencies": COUNT,
            **_PAGED,
            "years": _array(MAYBE_YEAR),
            "columns": _array(reference("Cell")),
            "rows": _array(
                _object(
                    {
                        "agency": MAYBE_TEXT,
                        "cells": _array(reference("Cell")),
                        "total": reference("Cell"),
                    }
                )
            ),
        },
        "机关×年度；cells 与 years 一一对应",
    ),
    "Spread": _answer(
        {
            "total": _TOTAL,
            "notices": _NOTICES,
            "total_agencies": COUNT,
            "held_agencies": COUNT,
            "held_reports": COUNT,
            **_PAGED,
            "adoptions": _array(
                _object(
                    {
                        "agency": MAYBE_TEXT,
                        "first_year": MAYBE_YEAR,
                        "last_year": MAYBE_YEAR,
                        "years": _array({"type": "integer"}),
                        "held": _array({"type": "integer"}),
                        "reports": COUNT,
                        "occurrences": COUNT,
                        "dropped": FLAG,
                        "first_hit": reference("Place"),
                    }
                )
            ),
            "years": _array(
                _object(
                    {"year": MAYBE_YEAR, "new_agencies": COUNT, "agencies": COUNT, "held": COUNT}
                )
            ),
        },
        "传播：谁先用，谁跟进，谁不再用",
    ),
    "Facet": _answer(
        {
            "field": {"type": "string", "enum": list(FIELDS)},
            "total_values": COUNT,
            **_PAGED,
            "values": _array(reference("FacetValue")),
        },
        "一个筛选栏的全部取值，可分页、可查找",
    ),
    "TrendList": _answer(
        {
            "trends": _array(
                _object(
                    {
                        "query": TEXT,
                        "total": _TOTAL,
                        "notices": _NOTICES,
                        "years": _array(
                            _object(
                                {
                                    "year": MAYBE_YEAR,
                                    "reports": COUNT,
                                    "held": COUNT,
                                    "share": NUMBER,
                                    "occurrences": COUNT,
                                    "characters": COUNT,
                                    "per_10k": NUMBER,
                                }
                            )
                        ),
                    }
                )
            ),
        },
        "各个说法历年的报告数、占比、处数、每万字处数",
    ),
    "Suggestions": _answer(
        {
            "suggestions": _array(
                _object(
                    {
                        "text": TEXT,
                        "kind": {"type": "string", "enum": ["word", "phrase", "agency"]},
                        "count": COUNT,
                    }
                )
            )
        },
        "补全",
    ),
    "Overview": _answer(
        {
            "built": TEXT,
            "total": _TOTAL,
            "characters": COUNT,
            "facets": _object({}, "", {field: _array(_object(_COUNTED)) for field in FIELDS}),
            "newest": _array(reference("ReportSummary")),
        },
        "收录概况",
    ),
    "ReportSummary": _object(_SUMMARY, "一份报告的标签"),
    "ReportList": _answer(
        {"total": COUNT, **_PAGED, "reports": _array(reference("ReportSummary"))},
        "报告列表",
    ),
    "Report": _answer(
        {
            **_SUMMARY,
            "document_number": MAYBE_TEXT,
            "sources": _array(_object({"path": TEXT, "sha256": TEXT, "url": MAYBE_TEXT})),
            "text": TEXT,
            "outline": _array(
                _object(
                    {
                        "number": TEXT,
                        "heading": TEXT,
                        "level": COUNT,
                        "category": CATEGORY,
                        "start": COUNT,
                        "end": COUNT,
                    }
                )
            ),
            "passages": _array(_object(_PASSAGE)),
            "provenance": {
                "type": "object",
                "description": "每个标签从哪里读出；certainty 为 inferred 的是推断",
                "additionalProperties": _object(
                    {"origin": TEXT, "certainty": TEXT, "evidence": TEXT}
                ),
            },
            "versions": _array(reference("ReportSummary")),
            "same_agency": _array(reference("ReportSummary")),
            "notes": _array(TEXT),
            "marks": {**_array(SPAN), "description": "q 在 text 中的各处"},
        },
        "一份报告：标签、全文、目录、段落；偏移量都以 text 的字符计",
    ),
    "Passage": _answer(
        {
            "state": {"type": "string", "enum": ["same", "moved", "changed"]},
            "report": reference("ReportSummary"),
            **_PASSAGE,
            "text": TEXT,
            "url": TEXT,
        },
        "一个段落；state 说明它与链接中的 h 是否还是同一段文字",
    ),
    "Similar": _answer({"hits": _array(reference("Hit"))}, "其他报告中最相近的段落"),
    "Neighbours": _answer(
        {
            "previous_year": _MAYBE_HIT,
            "next_year": _MAYBE_HIT,
            "before": _MAYBE_HIT,
            "after": _MAYBE_HIT,
        },
        "同一机关上、下一年度的同一章节，以及前后相邻的段落",
    ),
    "Link": _answer(
        {
            "state": {
                "type": "string",
                "enum": ["same", "moved", "changed", "lost", "gone", "unknown"],
            },
            "url": MAYBE_TEXT,
        },
        "一个链接现在的状况",
    ),
    "Sentence": _object({"text": TEXT, "spans": _array(SPAN)}, "一句；spans 是另一份中没有的文字"),
    "Comparison": _answer(
        {
            "a": reference("ReportSummary"),
            "b": reference("ReportSummary"),
            "totals": reference("ChangeCounts"),
            "sections": _array(
                _object(
                    {
                        "category": CATEGORY,
                        "counts": reference("ChangeCounts"),
                        "pairs": _array(
                            _object({"change": CHANGE, "a": _SENTENCE, "b": _SENTENCE})
                        ),
                    }
                )
            ),
        },
        "两份报告逐章对照：保留、改动、新增、删去的句子",
    ),
    "ChangeCounts": _object({"kept": COUNT, "changed": COUNT, "new": COUNT, "dropped": COUNT}),
}
