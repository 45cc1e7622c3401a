"""Parameters of the JSON interface: one declaration describes each and refuses what it is not.

A ``Parameter`` carries a JSON Schema of a small kind (strings with a pattern or a set of values,
integers with bounds, lists of strings); ``describe`` puts it into the OpenAPI document, ``check``
holds a request to the very same schema.  What a value means is read by ``web.urls``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from search.labels import FIELD_LABELS, SECTION_LABELS
from search.request import FIELDS, MAX_SIZE, SORTS, UNLABELLED
from search.views import CONCORDANCE_SORTS
from search.years import RANGE, YEAR, YEARS
from web.urls import MAX_PAGE, SCOPES, Arguments, BadParameter

Json: TypeAlias = dict[str, Any]

MAX_VALUES = 100
"""Values one repeated parameter may have."""
MAX_FACET_SIZE = 1000
MAX_WIDTH = 200


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of one operation.  A blank value counts as none given, as in a form."""

    name: str
    schema: Json
    description: str
    place: Literal["query", "path"] = "query"
    required: bool = False
    expects: str = ""
    """How a value is written, in words, where the schema has a pattern."""

    @property
    def described(self) -> str:
        """What it means and how it is written."""
        return "；".join(filter(None, (self.description, self.expects)))

    def describe(self) -> Json:
        """The parameter as OpenAPI's Parameter Object."""
        found: Json = {
            "name": self.name,
            "in": self.place,
            "description": self.described,
            "schema": self.schema,
        }
        if self.required or self.place == "path":
            found["required"] = True
        elif self.schema["type"] == "integer" or "enum" in self.schema:
            found["allowEmptyValue"] = True
        if self.schema["type"] == "array":
            found["style"], found["explode"] = "form", True
        return found

    def check(self, typed: Sequence[str]) -> None:
        """Raises ``BadParameter`` when the values of a request are not as described."""
        if self.schema["type"] == "array":
            self._check_list(typed)
            return
        values = _given(typed)
        if len(values) > 1:
            raise BadParameter(self.name, values[1], f"参数 {self.name} 只能出现一次。")
        if self.required and not values:
            raise BadParameter(
                self.name, "", f"缺少参数 {self.name}（{self.description}），请补上。"
            )
        for value in values:
            self._check_value(self.schema, value)

    def _check_list(self, values: Sequence[str]) -> None:
        most = self.schema["maxItems"]
        if len(values) > most:
            raise BadParameter(
                self.name,
                values[most],
                f"参数 {self.name} 最多 {most} 个，这里有 {len(values)} 个。",
            )
        if len(values) < self.schema.get("minItems", 0):
            raise BadParameter(self.name, "", f"请至少给出一个 {self.name}（{self.description}）。")
        for value in values:
            self._check_value(self.schema["items"], value)

    def _check_value(self, schema: Json, value: str) -> None:
        if schema["type"] == "integer":
            low, high = schema["minimum"], schema["maximum"]
            if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
                raise self._refused(value, f"应为 {low} 到 {high} 之间的整数")
        elif "enum" in schema:
            if value not in schema["enum"]:
                raise self._refused(value, f"只能是：{'、'.join(schema['enum'])}")
        elif len(value) > schema.get("maxLength", len(value)):
            raise self._refused(value, f"最长 {schema['maxLength']} 个字")
        elif "pattern" in schema and not re.search(schema["pattern"], value):
            raise self._refused(value, f"应{self.expects}")

    def _refused(self, value: str, why: str) -> BadParameter:
        shown = value if len(value) <= 40 else value[:40] + "…"
        return BadParameter(self.name, value, f"参数 {self.name} 的值“{shown}”不可用：{why}。")


def _given(typed: Sequence[str]) -> list[str]:
    return [value.strip() for value in typed if value.strip()]


def check_all(declared: Iterable[Parameter], args: Arguments, path: Mapping[str, str]) -> list[str]:
    """Names in ``args`` that nothing declares.  Raises ``BadParameter`` for a wrong value."""
    names = set()
    for one in declared:
        if one.place == "path":
            one.check([path[one.name]])
        else:
            names.add(one.name)
            one.check(args.getlist(one.name))
    return sorted(set(args.keys()) - names)


# ------------------------------------------------------------------ kinds of schema


def integer(low: int, high: int, default: int) -> Json:
    """The schema of a bounded whole number."""
    return {"type": "integer", "minimum": low, "maximum": high, "default": default}


def choice(values: Sequence[str], default: str | None = None) -> Json:
    """The schema of one of a few words."""
    found: Json = {"type": "string", "enum": list(values)}
    if default is not None:
        found["default"] = default
    return found


def repeated(item: Json, *, least: int = 0, most: int = MAX_VALUES) -> Json:
    """The schema of a parameter that may stand several times."""
    found: Json = {"type": "array", "items": item, "maxItems": most}
    if least:
        found["minItems"] = least
    return found


def text(**bounds: Any) -> Json:
    """The schema of free text."""
    return {"type": "string", **bounds}


# ------------------------------------------------------------------ the parameters

_SOMETHING = r"\S"
QUERY = Parameter("q", text(), "检索式，写法见 /help；空为全部段落")
WITHIN = Parameter("within", text(), "在结果中再搜：第二个检索式，与 q 同时满足")
SCOPE = Parameter(
    "scope", choice(SCOPES, "passage"), "passage：各词在同一段落；report：在同一份报告"
)
SORT = Parameter(
    "sort",
    choice(SORTS, "relevance"),
    "relevance 相关，-year 年度由近到远，year 由远到近，agency 机关，first 最早出现，"
    "-taken 最近收录",
)
VIEW = Parameter(
    "view",
    choice(["passages", "reports"], "passages"),
    "passages：逐段；reports：同一份报告的段落排在一起",
)
ORDER = Parameter(
    "order",
    choice(CONCORDANCE_SORTS, "text"),
    "text 按报告，left 按左邻字，right 按右邻字，-year、year 按年度，agency 按机关",
)
WIDTH = Parameter("width", integer(1, MAX_WIDTH, 30), "左右各取多少字")
BY = Parameter("by", choice(["count", "name"], "count"), "count：报告多的在前；name：按名称")
FACET_PREFIX = Parameter("facet_prefix", text(maxLength=200), "只要含有这几个字的取值")
FACET_SIZE = Parameter(
    "facet_size", integer(0, MAX_FACET_SIZE, 50), "每个筛选栏最多给多少个取值；0：不要筛选栏"
)
CURSOR = Parameter(
    "cursor", text(maxLength=200), "上一页的 next_cursor；给出时不看 page，可以翻过一万条"
)
PAGE = Parameter("page", integer(1, MAX_PAGE, 1), "第几页，从 1 起；超出末页是空列表")
HASH = Parameter("h", text(maxLength=64), "段落文字的短摘要，即链接中的 h")
MARKED = Parameter("q", text(), "检索式；给出时 marks 是它在全文中的各处")
TYPED = Parameter("q", text(), "正在输入的文字")
REPORT_ID = Parameter("report_id", text(minLength=1), "报告编号", "path")
PASSAGE = Parameter("passage", text(minLength=1), "段落编号，如 s2.3", "path")
FIELD = Parameter("field", choice(FIELDS), "筛选栏", "path")
OLDER = Parameter("a", text(pattern=_SOMETHING), "较早一份报告的编号", required=True)
NEWER = Parameter("b", text(pattern=_SOMETHING), "较晚一份报告的编号", required=True)

_PATTERNS = {
    # what is excluded needs both its ends
    "year": f"^(=?({UNLABELLED}|{YEARS})?|-({UNLABELLED}|{YEAR}|{RANGE})?)$",
    "section": f"^[-=]?({'|'.join([*SECTION_LABELS, *SECTION_LABELS.values(), UNLABELLED])})?$",
}
_WRITTEN = {
    "year": "写作 2021、2019..2022（范围，可省一端；排除时两端都要）",
    "section": "用代码或全名："
    + "、".join(f"{code} {name}" for code, name in SECTION_LABELS.items()),
    "region": "由大到小用 / 连接，如 重庆市/南岸区",
}
FILTERS = tuple(
    Parameter(
        field,
        repeated(text(pattern=_PATTERNS[field]) if field in _PATTERNS else text(maxLength=200)),
        f"按{FIELD_LABELS[field]}筛选；重复为“或”，以 - 开头为排除，{UNLABELLED}也是一个取值",
        expects=_WRITTEN.get(field, ""),
    )
    for field in FIELDS
)
FINDS = tuple(
    Parameter(
        f"find.{field}",
        text(maxLength=200),
        f"{FIELD_LABELS[field]}栏只要含有这几个字的取值（facet_prefix）",
    )
    for field in FIELDS
)
QUESTION = (QUERY, WITHIN, *FILTERS, SCOPE)
"""What every view of one question takes."""


def size(default: int, unit: str) -> Parameter:
    """How many of them a page holds."""
    return Parameter("size", integer(1, MAX_SIZE, default), f"每页多少{unit}")


def phrases(most: int) -> Parameter:
    """Several queries at once."""
    schema = repeated(text(pattern=_SOMETHING), least=1, most=most)
    return Parameter("q", schema, "一个或几个检索式", required=True)
