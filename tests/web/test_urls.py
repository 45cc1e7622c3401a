"""SearchRequest ↔ query string."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from search.request import FIELDS, SORTS, FieldFilter, SearchRequest
from search.views import CONCORDANCE_SORTS
from web import urls
from web.urls import Address, BadParameter, FacetLinks

words = (
    st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda s: s and not s.startswith("-"))
)
years = st.integers(1900, 2100)
sections = st.sampled_from(
    ["achievements", "shortcomings", "leadership", "plans", "other", "未识别"]
)


@st.composite
def filters(draw: st.DrawFn, field: str) -> FieldFilter:
    if field == "year":
        values = st.one_of(years.map(str), st.just("未识别"))
    else:
        values = sections if field == "section" else words
    ranges: list[tuple[int | None, int | None]] = []
    if field == "year":
        low, high = draw(years), draw(years)
        if low < high:
            ranges = draw(st.sampled_from([[], [(low, high)], [(low, None)], [(None, high)]]))
    return FieldFilter(
        include=tuple(sorted(draw(st.sets(values, max_size=3)))),
        exclude=tuple(sorted(draw(st.sets(values, max_size=2)))),
        ranges=tuple(ranges),
    )


@st.composite
def addresses(draw: st.DrawFn) -> Address:
    chosen = {f: c for f in FIELDS if (c := draw(filters(f)))}
    tab = draw(st.sampled_from(urls.TABS))
    order = draw(st.sampled_from(CONCORDANCE_SORTS)) if tab == "concordance" else "text"
    request = SearchRequest(
        query=draw(st.one_of(st.just(""), words)),
        within=draw(st.one_of(st.just(""), words)),
        filters=chosen,
        scope=draw(st.sampled_from(["passage", "report"])),
        sort=draw(st.sampled_from(SORTS)),
        view="passages" if tab == "passages" else "reports",
        page=draw(st.integers(1, 500)),
        size=draw(st.integers(1, 100)),
        facet_prefix={"agency": draw(words)} if draw(st.booleans()) else {},
    )
    return Address(request, tab, order)


def read(url: str) -> Address:
    """The address as a server would read it."""
    from_url = url.partition("?")[2]
    # Werkzeug's own parser stands for the browser and the server.
    return urls.parse_address(Request(EnvironBuilder(query_string=from_url).get_environ()).args)


@given(addresses())
def test_what_is_written_reads_back(address: Address) -> None:
    url = urls.write(address)
    assert read(url) == address
    assert urls.write(read(url)) == url


@given(addresses(), st.sampled_from([f for f in FIELDS if f != "year"]), words)
def test_facet_links_equal_the_slow_way(address: Address, field: str, value: str) -> None:
    links = FacetLinks(address, field, 20)  # type: ignore[arg-type]
    toggled = urls.toggled(address, field, value)  # type: ignore[arg-type]
    excluded = urls.excluded(address, field, value)  # type: ignore[arg-type]
    assert links.toggle(value) == urls.write(toggled)
    assert links.exclude(value) == urls.write(excluded)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("year=2021", FieldFilter(include=("2021",))),
        ("year=2019..2022", FieldFilter(ranges=((2019, 2022),))),
        ("year=2019..", FieldFilter(ranges=((2019, None),))),
        ("year=..2019", FieldFilter(ranges=((None, 2019),))),
        ("year=2019..2019", FieldFilter(include=("2019",))),
        ("year=-2020", FieldFilter(exclude=("2020",))),
        ("year=-2019..2021", FieldFilter(exclude=("2019", "2020", "2021"))),
        ("year=2021&year=2020&year=2021", FieldFilter(include=("2020", "2021"))),
        ("year=", FieldFilter()),
        ("year=%E6%9C%AA%E8%AF%86%E5%88%AB", FieldFilter(include=("未识别",))),
    ],
)
def test_years(query: str, expected: FieldFilter) -> None:
    assert read("?" + query).request.filters.get("year", FieldFilter()) == expected


@pytest.mark.parametrize(
    "query",
    [
        "year=abc", "year=20211", "year=2022..2019", "year=..", "year=-2019..", "page=0", "page=-1",
        "page=x", "page=%EF%BC%91", "size=0", "size=101", "size=1e2", "sort=best", "scope=all",
        "view=grid", "section=achievement", "q=a&q=b", "page=1&page=2",
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_so_in_chinese(query: str) -> None:
    with pytest.raises(BadParameter) as caught:
        read("?" + query)
    assert any("一" <= c <= "鿿" for c in caught.value.message)


def test_addresses_are_short_and_readable() -> None:
    address = Address(
        SearchRequest(
            query='"首违不罚"',
            filters={
                "agency": FieldFilter(include=("澜州市教育局",)),
                "year": FieldFilter(ranges=((2019, 2022),)),
                "section": FieldFilter(exclude=("other",)),
            },
        )
    )
    short = "/search?q=%22首违不罚%22&agency=澜州市教育局&year=2019..2022&section=-other"
    assert urls.write(address) == short


def test_an_excluded_name_and_a_name_with_a_hyphen_differ() -> None:
    found = urls.parse_filter("agency", ["-甲局", "=-乙局"])
    assert found == FieldFilter(include=("-乙局",), exclude=("甲局",))


def test_too_many_parameters_are_refused() -> None:
    with pytest.raises(BadParameter):
        urls.parse_address(MultiDict([("agency", str(i)) for i in range(201)]))
