"""The JSON interface described in OpenAPI 3.1, made from the code that serves it.

An ``Operation`` is declared once, beside the function that answers it (``web.views.api``): the
route, the parameters that are checked, the schema the answer has.  This module only writes that
down.  Served at ``/api/v1/openapi.json``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from web.api_schemas import SCHEMAS, reference
from web.parameters import Parameter
from web.settings import Settings

Json: TypeAlias = dict[str, Any]

VERSION = "1.1.0"
ROOT = "/api/v1"

_DESCRIPTION = """\
法治政府建设年度报告的检索、全文和历年统计。只读，无需密钥；
页面上的一切都有对应的 JSON，参数与页面地址相同。
每个答复都注明索引的代（generation）；没有用到的参数列在 ignored 里。
数目都是准确值，单位写明：报告、段落、处。带例子的说明见 /api。"""

_FAILURES = {
    400: "参数的值不可用；message 说明是哪一个、错在哪里、怎样改",
    404: "没有这份报告、这个段落",
    410: "这份报告曾经收录，现已移除",
    414: "地址过长",
    431: "请求头过大",
    503: "索引不可用",
}
_ALWAYS = (400, 414, 431, 503)


@dataclass(frozen=True, slots=True)
class Operation:
    """One address of the interface."""

    rule: str
    """Below ``ROOT``, as Flask writes it."""
    name: str
    summary: str
    answer: str
    """Name of the answer's schema."""
    parameters: Callable[[Settings], Sequence[Parameter]]
    of_report: bool
    """Whether it names a report, which may be unknown (404), gone (410) or renamed (301)."""
    example: str
    """Path and query below ``ROOT``; ``{report_id}`` and the like stand for what is held."""

    @property
    def path(self) -> str:
        """The route as OpenAPI writes it: ``/reports/{report_id}``."""
        return re.sub(r"<(\w+)>", r"{\1}", self.rule)

    @property
    def needs(self) -> set[str]:
        """Names that stand for something held in the example."""
        return set(re.findall(r"{(\w+)}", self.example))

    def describe(self, settings: Settings) -> Json:
        """The operation as OpenAPI's Operation Object."""
        statuses = sorted({*_ALWAYS, *((404, 410) if self.of_report else ())})
        responses: Json = {
            "200": {
                "description": SCHEMAS[self.answer]["description"],
                "headers": {"ETag": {"schema": {"type": "string"}}},
                "content": _content(self.answer),
            },
            "304": {"description": "与 If-None-Match 所说的相同"},
        }
        if self.of_report:
            responses["301"] = {
                "description": "报告的编号已更正",
                "headers": {"Location": {"schema": {"type": "string"}, "required": True}},
                "content": _content("Moved"),
            }
        for status in statuses:
            responses[str(status)] = {
                "description": _FAILURES[status],
                "content": _content("Error"),
            }
        return {
            "operationId": self.name,
            "summary": self.summary,
            "parameters": [one.describe() for one in self.parameters(settings)],
            "responses": responses,
        }


def _content(schema: str) -> Json:
    return {"application/json": {"schema": reference(schema)}}


def describe(operations: Iterable[Operation], settings: Settings) -> Json:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": settings.site_name,
            "version": VERSION,
            "description": _DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": {ROOT + one.path: {"get": one.describe(settings)} for one in operations},
        "components": {"schemas": SCHEMAS},
    }
