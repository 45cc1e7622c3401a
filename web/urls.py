"""SearchRequest to and from the query string: a bookmark's meaning lives here alone.

The grammar (DESIGN §8): ``q agency year section kind region scope sort page size view``;
repeated fields are OR; ``year=2019..2022`` is a range, open at either end; a value that begins
with ``-`` is excluded, one that truly begins with ``-`` or ``=`` is written after a ``=``.
Beyond those: ``within`` (search within results), ``cursor``, ``find.<field>`` (only facet
values that contain this), ``order`` (of the concordance).

What is written is canonical and short: defaults are left out, fields stand in a fixed order,
values are sorted, Han characters stay readable (browsers encode them on the way).  No HTML here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol, TypeAlias, TypeVar, get_args
from urllib.parse import quote

from search import filter_text
from search.errors import RequestError
from search.labels import field_label
from search.request import (
    FIELDS,
    MAX_SIZE,
    SORTS,
    Field,
    FieldFilter,
    Scope,
    SearchRequest,
)
from search.views import CONCORDANCE_SORTS, ConcordanceSort
from search.visible import well_formed
from web.i18n import translate

Tab: TypeAlias = Literal["reports", "passages", "concordance", "trend", "matrix", "spread"]
TABS: tuple[Tab, ...] = get_args(Tab)
SCOPES: tuple[Scope, ...] = get_args(Scope)
EMPTY = FieldFilter()
MAX_PARAMETERS = 200
"""Values a query string may carry; more is somebody's mistake or attack."""
MAX_PAGE = 999_999_999
"""Past any collection's last page, which is an empty list and no error."""
_T = TypeVar("_T", bound=str)


class BadParameter(ValueError):
    """A parameter that cannot be read; carries its name, its value, and why in Chinese."""

    def __init__(self, name: str, value: str, message: str) -> None:
        super().__init__(message)
        self.name = name
        self.value = value
        self.message = message


class Arguments(Protocol):
    """What we need of Werkzeug's ``MultiDict``."""

    def getlist(self, key: str, /) -> list[str]: ...
    def keys(self) -> Iterable[str]: ...


@dataclass(frozen=True, slots=True)
class Address:
    """A page of results: the question and the side it is seen from."""

    request: SearchRequest
    tab: Tab = "reports"
    order: ConcordanceSort = "text"

    def with_(self, **changes: object) -> Address:
        """The address with parts of its request changed, back on page 1 unless told."""
        fresh: dict[str, object] = {"page": 1, "cursor": None, **changes}
        return replace(self, request=self.request.with_(**fresh))

    def on(self, tab: Tab) -> Address:
        """The same question on another tab, from its first page."""
        return Address(_for_tab(self.request.with_(page=1, cursor=None), tab), tab, "text")


# ------------------------------------------------------------------ reading


def parse_address(args: Arguments, *, tab: Tab = "reports", size: int = 20) -> Address:
    """The address a query string means.  ``tab`` and ``size`` are the defaults of the place
    that reads it.  Raises ``BadParameter``."""
    if sum(len(args.getlist(key)) for key in set(args.keys())) > MAX_PARAMETERS:
        raise BadParameter("", "", f"参数过多，最多 {MAX_PARAMETERS} 个。")
    chosen = _choice(args, "view", TABS, tab)
    request = SearchRequest(
        query=_clean(_one(args, "q")),
        filters=_filters(args),
        scope=_choice(args, "scope", SCOPES, "passage"),
        sort=_choice(args, "sort", SORTS, "relevance"),
        page=_number(args, "page", 1, MAX_PAGE, 1),
        size=_number(args, "size", 1, MAX_SIZE, size),
        cursor=_one(args, "cursor") or None,
        facet_prefix={
            field: text for field in FIELDS if (text := _clean(_one(args, f"find.{field}")))
        },
        within=_clean(_one(args, "within")),
    )
    order = _choice(args, "order", CONCORDANCE_SORTS, "text")
    return Address(_for_tab(request, chosen), chosen, order if chosen == "concordance" else "text")


def _for_tab(request: SearchRequest, tab: Tab) -> SearchRequest:
    return request.with_(view="passages" if tab == "passages" else "reports")


def _clean(text: str) -> str:
    """The text without blanks around it and without lone surrogates."""
    return well_formed(text).strip()


def _one(args: Arguments, name: str) -> str:
    values = [value for value in args.getlist(name) if value.strip()]
    if len(values) > 1:
        raise BadParameter(name, values[1], f"参数 {name} 只能出现一次。")
    return values[0] if values else ""


def _choice(args: Arguments, name: str, allowed: Sequence[_T], default: _T) -> _T:
    text = _one(args, name)
    if not text:
        return default
    for value in allowed:
        if value == text:
            return value
    raise BadParameter(name, text, f"参数 {name} 只能是：{'、'.join(allowed)}。")


def _number(args: Arguments, name: str, low: int, high: int, default: int) -> int:
    text = _one(args, name)
    if not text:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
        raise BadParameter(name, text, f"参数 {name} 应为 {low} 到 {high} 之间的整数。")
    return int(text)


def _filters(args: Arguments) -> dict[Field, FieldFilter]:
    found: dict[Field, FieldFilter] = {}
    for field in FIELDS:
        chosen = parse_filter(field, args.getlist(field))
        if chosen:
            found[field] = chosen
    return found


def parse_filter(field: Field, values: Iterable[str]) -> FieldFilter:
    """One field's filter.  Raises ``BadParameter``."""
    try:
        return filter_text.parse_filter(field, map(_clean, values))
    except RequestError as error:
        raise BadParameter(error.field, error.value, str(error)) from error


# ------------------------------------------------------------------ writing


def pairs(address: Address, *, tab: Tab = "reports", size: int = 20) -> list[tuple[str, str]]:
    """Names and values of the address in canonical order, defaults left out."""
    request = address.request
    found: list[tuple[str, str]] = []
    if request.query:
        found.append(("q", request.query))
    if request.within:
        found.append(("within", request.within))
    for field in FIELDS:
        found += filter_pairs(field, request.filters.get(field, EMPTY))
    if request.scope != "passage":
        found.append(("scope", request.scope))
    if address.tab != tab:
        found.append(("view", address.tab))
    if address.order != "text":
        found.append(("order", address.order))
    if request.sort != "relevance":
        found.append(("sort", request.sort))
    for field in FIELDS:
        if text := request.facet_prefix.get(field):
            found.append((f"find.{field}", text))
    if request.size != size:
        found.append(("size", str(request.size)))
    if request.cursor:
        found.append(("cursor", request.cursor))
    elif request.page != 1:
        found.append(("page", str(request.page)))
    return found


def filter_pairs(field: Field, chosen: FieldFilter) -> list[tuple[str, str]]:
    """One field's values as they stand in a query string."""
    found: list[tuple[str, str]] = [(field, _include(value)) for value in chosen.include]
    found += [
        (field, f"{'' if low is None else low}..{'' if high is None else high}")
        for low, high in chosen.ranges
    ]
    return found + [(field, f"-{value}") for value in chosen.exclude]


def _include(value: str) -> str:
    return f"={value}" if value.startswith(("-", "=")) else value


def write(address: Address, path: str = "/search", *, tab: Tab = "reports", size: int = 20) -> str:
    """The canonical address from the site's root."""
    return join(path, pairs(address, tab=tab, size=size))


def join(path: str, named: Iterable[tuple[str, str]]) -> str:
    """``path?name=value&…``, without ``?`` when there is nothing to carry."""
    text = "&".join(f"{quote_value(name)}={quote_value(value)}" for name, value in named)
    return f"{path}?{text}" if text else path


_PLAIN = re.compile(r"[^A-Za-z0-9\-._~/:,*@“”‘’、。；：，！？《》（）\u4e00-\u9fff]+")


def quote_value(text: str) -> str:
    """The text for a query string: Han characters and their punctuation as they are, all else
    that is not unreserved percent-encoded (UTF-8), blanks as ``+``."""
    return _PLAIN.sub(lambda m: quote(m[0], safe=" ").replace(" ", "+"), text)


# ------------------------------------------------------------------ changes


def toggled(address: Address, field: Field, value: str) -> Address:
    """The address with the value chosen, or no longer chosen."""
    chosen = address.request.filters.get(field, EMPTY)
    if value in chosen.include:
        include = tuple(v for v in chosen.include if v != value)
    else:
        include = tuple(sorted((*chosen.include, value)))
    exclude = tuple(v for v in chosen.exclude if v != value)
    return filtered(address, field, replace(chosen, include=include, exclude=exclude))


def with_loose_years(args: Arguments, address: Address) -> Address | None:
    """The address with the years of a form's two boxes (``from``, ``to``) in place of those it
    had; None where the query string has no such boxes.  Raises ``BadParameter``."""
    if not ({"from", "to"} & set(args.keys())):
        return None
    ends = [_one(args, name).strip() for name in ("from", "to")]
    kept = address.request.filters.get("year", EMPTY)
    years = FieldFilter(exclude=kept.exclude)
    if any(ends):
        low, high = sorted(ends) if all(ends) else ends
        years = parse_filter("year", [f"{low}..{high}", *(f"-{v}" for v in kept.exclude)])
    return filtered(address, "year", years)


def excluded(address: Address, field: Field, value: str) -> Address:
    """The address with the value excluded, or no longer excluded."""
    chosen = address.request.filters.get(field, EMPTY)
    if value in chosen.exclude:
        exclude = tuple(v for v in chosen.exclude if v != value)
    else:
        exclude = tuple(sorted((*chosen.exclude, value)))
    include = tuple(v for v in chosen.include if v != value)
    return filtered(address, field, replace(chosen, include=include, exclude=exclude))


def filtered(address: Address, field: Field, chosen: FieldFilter) -> Address:
    """The address with this filter for the field; an empty one takes it away."""
    filters = {f: c for f, c in address.request.filters.items() if f != field}
    if chosen:
        filters[field] = chosen
    return address.with_(filters=filters)


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in force, and the address without it."""

    name: str
    value: str
    excluded: bool
    url: str

    @property
    def label(self) -> str:
        return translate("{name}：", name=self.name) + self.value

    @property
    def words(self) -> str:
        """The value alone, with a word where it is excluded."""
        return f"{translate('不含')} {self.value}" if self.excluded else self.value


def chips(address: Address, label: Callable[[Field, str], str], size: int) -> list[Chip]:
    """The filters in force, in the order of the query string; ``label`` names a value."""
    found = []
    if within := address.request.within:
        url = write(address.with_(within=""), size=size)
        found.append(Chip(translate("结果中再搜"), within, False, url))
    for field in FIELDS:
        chosen = address.request.filters.get(field, EMPTY)
        name = translate(field_label(field))
        for value in chosen.include:
            url = write(toggled(address, field, value), size=size)
            found.append(Chip(name, label(field, value), False, url))
        for one in chosen.ranges:
            left = replace(chosen, ranges=tuple(r for r in chosen.ranges if r != one))
            url = write(filtered(address, field, left), size=size)
            found.append(Chip(name, range_label(one), False, url))
        for value in chosen.exclude:
            url = write(excluded(address, field, value), size=size)
            found.append(Chip(name, label(field, value), True, url))
    return found


def range_label(years: tuple[int | None, int | None]) -> str:
    """A range of years in words."""
    low, high = years
    if low is None:
        return translate("{year} 年及以前", year=high)
    if high is None:
        return translate("{year} 年及以后", year=low)
    return translate("{low}—{high} 年", low=low, high=high)


class FacetLinks:
    """Addresses of one field's values, made fast: a page of results carries hundreds.

    Everything but the field itself is written once.  ``toggle`` and ``exclude`` equal
    ``write(toggled(…))`` and ``write(excluded(…))``; a test holds them to it."""

    def __init__(self, address: Address, field: Field, size: int) -> None:
        fresh = address.with_()
        named = pairs(filtered(fresh, field, EMPTY), size=size)
        order = ["q", "within", *FIELDS]
        place = order.index(field)
        split = sum(1 for name, _ in named if name in order and order.index(name) < place)
        self._before = join("", named[:split])[1:]
        self._after = join("", named[split:])[1:]
        self._field = field
        self._chosen = address.request.filters.get(field, EMPTY)

    def toggle(self, value: str) -> str:
        chosen = self._chosen
        if not chosen:
            return self._whole(f"{self._field}={quote_value(_include(value))}")
        include = set(chosen.include) ^ {value}
        return self._write(include, set(chosen.exclude) - {value})

    def exclude(self, value: str) -> str:
        chosen = self._chosen
        if not chosen:
            return self._whole(f"{self._field}=-{quote_value(value)}")
        return self._write(set(chosen.include) - {value}, set(chosen.exclude) ^ {value})

    def _write(self, include: set[str], exclude: set[str]) -> str:
        chosen = FieldFilter(tuple(sorted(include)), tuple(sorted(exclude)), self._chosen.ranges)
        own = "&".join(f"{n}={quote_value(v)}" for n, v in filter_pairs(self._field, chosen))
        return self._whole(own)

    def _whole(self, own: str) -> str:
        text = "&".join(part for part in (self._before, own, self._after) if part)
        return f"/search?{text}" if text else "/search"
