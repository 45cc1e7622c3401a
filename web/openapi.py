"""The JSON interface described in OpenAPI 3.1, made from the code that serves it.

Parameters come from the vocabularies of ``search.request``; the routes listed are checked by a test
against those the application has.  Served at ``/api/v1/openapi.json``.
"""

from __future__ import annotations

from typing import Any

from search.labels import FIELD_LABELS, SECTION_LABELS
from search.request import FIELDS, MAX_SIZE, SORTS, UNLABELLED
from web import urls

Json = dict[str, Any]

VERSION = "1.0.0"


def _parameter(name: str, schema: Json, description: str, *, place: str = "query") -> Json:
    found: Json = {"name": name, "in": place, "schema": schema, "description": description}
    if place == "path":
        found["required"] = True
    if schema.get("type") == "array":
        found["style"], found["explode"] = "form", True
    return found


def _strings(pattern: str | None = None) -> Json:
    item: Json = {"type": "string", "maxLength": 200}
    if pattern:
        item["pattern"] = pattern
    return {"type": "array", "items": item, "maxItems": 20}


_SECTION = "|".join([*SECTION_LABELS, UNLABELLED])
_PATTERNS = {
    "year": f"^(-?([0-9]{{4}}|{UNLABELLED})|[0-9]{{4}}\\.\\.|\\.\\.[0-9]{{4}})$",
    "section": f"^-?({_SECTION})$",
}


def _filters() -> list[Json]:
    return [
        _parameter(
            field,
            _strings(_PATTERNS.get(field)),
            f"{FIELD_LABELS[field]}；重复为“或”，以 - 开头为排除"
            + ("；2019..2022 为范围" if field == "year" else ""),
        )
        for field in FIELDS
    ]


_QUERY = _parameter("q", {"type": "string", "maxLength": 2000}, "检索式；空为全部段落")
_PAGE = _parameter("page", {"type": "integer", "minimum": 1, "maximum": 1_000_000}, "页，从 1 起")
_SIZE = _parameter("size", {"type": "integer", "minimum": 1, "maximum": MAX_SIZE}, "每页条数")
_ID = _parameter("report_id", {"type": "string", "minLength": 1}, "报告编号", place="path")


def _object(properties: Json, *, open_: bool = True) -> Json:
    return {
        "type": "object",
        "required": list(properties),
        "properties": properties,
        "additionalProperties": open_,
    }


def _array(items: Json) -> Json:
    return {"type": "array", "items": items}


_TEXT: Json = {"type": "string"}
_COUNT: Json = {"type": "integer", "minimum": 0}
_MAYBE_TEXT: Json = {"type": ["string", "null"]}
_MAYBE_YEAR: Json = {"type": ["integer", "null"]}
_SPAN: Json = {"type": "array", "items": _COUNT, "minItems": 2, "maxItems": 2}
_TOTAL = _object({"reports": _COUNT, "passages": _COUNT, "occurrences": _COUNT})

SCHEMAS: Json = {
    "Error": _object({"error": _object({"code": _TEXT, "message": _TEXT})}, open_=False),
    "Total": _TOTAL,
    "Hit": _object(
        {
            "report_id": _TEXT,
            "passage": _TEXT,
            "title": _TEXT,
            "agency": _MAYBE_TEXT,
            "year": _MAYBE_YEAR,
            "section": _TEXT,
            "heading": _array(_TEXT),
            "url": _TEXT,
            "score": {"type": "number"},
            "snippets": _array(_object({"text": _TEXT, "spans": _array(_SPAN)})),
        }
    ),
    "FacetValue": _object(
        {
            "value": {"type": ["string", "integer"]},
            "label": _TEXT,
            "count": _COUNT,
            "selected": {"type": "boolean"},
        }
    ),
    "SearchResult": _object(
        {
            "query": _TEXT,
            "total": {"$ref": "#/components/schemas/Total"},
            "took_ms": {"type": "number"},
            "generation": _TEXT,
            "next_cursor": _MAYBE_TEXT,
            "hits": _array({"$ref": "#/components/schemas/Hit"}),
            "facets": _object(
                {field: _array({"$ref": "#/components/schemas/FacetValue"}) for field in FIELDS}
            ),
        }
    ),
    "ReportSummary": _object(
        {
            "id": _TEXT,
            "title": _TEXT,
            "agency": _MAYBE_TEXT,
            "year": _MAYBE_YEAR,
            "kind": _MAYBE_TEXT,
            "region": _array(_TEXT),
            "published": _MAYBE_TEXT,
        }
    ),
    "ReportList": _object(
        {"total": _COUNT, "reports": _array({"$ref": "#/components/schemas/ReportSummary"})}
    ),
    "Report": {
        "allOf": [
            {"$ref": "#/components/schemas/ReportSummary"},
            _object(
                {
                    "aliases": _array(_TEXT),
                    "sources": _array(_object({"path": _TEXT, "sha256": _TEXT})),
                    "text": _TEXT,
                    "outline": _array(
                        _object(
                            {
                                "number": _TEXT,
                                "heading": _TEXT,
                                "level": _COUNT,
                                "category": _TEXT,
                                "start": _COUNT,
                                "end": _COUNT,
                            }
                        )
                    ),
                    "passages": _array(
                        _object(
                            {"passage": _TEXT, "start": _COUNT, "end": _COUNT, "section": _TEXT}
                        )
                    ),
                }
            ),
        ]
    },
    "TrendList": _object(
        {
            "generation": _TEXT,
            "trends": _array(
                _object(
                    {
                        "query": _TEXT,
                        "total": {"$ref": "#/components/schemas/Total"},
                        "years": _array(
                            _object(
                                {
                                    "year": _MAYBE_YEAR,
                                    "reports": _COUNT,
                                    "held": _COUNT,
                                    "share": {"type": "number"},
                                    "occurrences": _COUNT,
                                    "per_10k": {"type": "number"},
                                }
                            )
                        ),
                    }
                )
            ),
        }
    ),
    "Link": _object(
        {
            "state": {"enum": ["same", "moved", "changed", "lost", "gone", "unknown"]},
            "url": _MAYBE_TEXT,
        }
    ),
    "Suggestions": _object(
        {"suggestions": _array(_object({"text": _TEXT, "kind": _TEXT, "count": _COUNT}))}
    ),
}


def _get(name: str, summary: str, parameters: list[Json], schema: str, *errors: int) -> Json:
    def content(reference: str) -> Json:
        return {"application/json": {"schema": {"$ref": f"#/components/schemas/{reference}"}}}

    responses: Json = {"200": {"description": "好", "content": content(schema)}}
    for status in (400, *errors):
        responses[str(status)] = {"description": "见 message", "content": content("Error")}
    if 410 in errors:
        responses["301"] = {"description": "报告的编号已更正，见 Location"}
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": parameters,
            "responses": responses,
        }
    }


def describe(trend_phrases: int) -> Json:
    """The document; ``trend_phrases`` is the setting that bounds one trend."""
    search = [
        _QUERY,
        *_filters(),
        _parameter("scope", {"enum": list(urls.SCOPES)}, "passage：同段；report：同一份报告"),
        _parameter("sort", {"enum": list(SORTS)}, "排序"),
        _parameter("view", {"enum": ["passages", "reports"]}, "逐段，或按报告聚在一起"),
        _parameter("within", {"type": "string", "maxLength": 2000}, "结果中再搜"),
        _PAGE,
        _SIZE,
    ]
    phrases: Json = {
        "type": "array",
        "items": {"type": "string", "minLength": 1, "maxLength": 200},
        "minItems": 1,
        "maxItems": trend_phrases,
    }
    many = {**_parameter("q", phrases, "一个或几个说法"), "required": True}
    passage = _parameter("passage", {"type": "string", "minLength": 1}, "段落", place="path")
    hash_ = _parameter("h", {"type": "string", "maxLength": 64}, "段落文字的短摘要")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "法治报告检索",
            "version": VERSION,
            "description": "法治政府建设年度报告的检索、全文和历年统计。只读，无需密钥。",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": {
            "/api/v1/search": _get("search", "检索", search, "SearchResult"),
            "/api/v1/reports": _get(
                "reports", "报告列表", [_PAGE, _SIZE, *_filters()], "ReportList"
            ),
            "/api/v1/reports/{report_id}": _get("report", "一份报告", [_ID], "Report", 404, 410),
            "/api/v1/trend": _get("trend", "历年", [many, *_filters()], "TrendList"),
            "/api/v1/links/{report_id}": _get("link", "链接的状况", [_ID, hash_], "Link", 404),
            "/api/v1/links/{report_id}/{passage}": _get(
                "passageLink", "段落链接的状况", [_ID, passage, hash_], "Link", 404
            ),
            "/api/v1/suggest": _get("suggest", "补全", [_QUERY], "Suggestions"),
        },
        "components": {"schemas": SCHEMAS},
    }
