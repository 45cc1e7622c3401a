"""Facets as templates want them."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from search.results import Facet, FacetValue
from web import urls
from web.facets import facet_view, year_bars
from web.urls import Address


def address(*pairs: tuple[str, str]) -> Address:
    return urls.parse_address(MultiDict(pairs))


def facet(field: Any, *values: FacetValue) -> Facet:
    return Facet(field, values, len(values))


def test_regions_stand_under_those_that_hold_them(make_site: Callable[..., Flask]) -> None:
    found = facet(
        "region",
        FacetValue("乙省", "乙省", 9),
        FacetValue("甲省", "甲省", 8),
        FacetValue("甲省/丙市", "丙市", 7),
        FacetValue("未识别", "未识别", 6),
        FacetValue("甲省/丁市", "丁市", 5),
        FacetValue("甲省/丙市/戊县", "戊县", 4),
        FacetValue("乙省/己市", "己市", 3),
    )
    with make_site().test_request_context():
        view = facet_view(address(), found, limit=6, size=20)
        flat = facet_view(address(), found, limit=6, size=20, tree=False)
    assert [(v.depth, v.label) for v in view.values] == [
        (0, "乙省"),
        (0, "甲省"),
        (1, "丙市"),
        (2, "戊县"),
        (1, "丁市"),
        (0, "未识别"),
    ]
    assert [v.label for v in flat.values][2] == "甲省 › 丙市"
    assert unquote(view.values[3].url) == "/search?region=甲省/丙市/戊县"


def test_a_year_leaves_the_range_that_chose_it(make_site: Callable[..., Flask]) -> None:
    asked = address(("year", "2019..2022"), ("year", "-2021"))
    found = facet(
        "year",
        FacetValue("2022", "2022", 3, selected=True),
        FacetValue("2021", "2021", 3, selected=True, excluded=True),
        FacetValue("2018", "2018", 3),
    )
    with make_site().test_request_context():
        view = facet_view(asked, found, limit=9, size=20)
        bars = year_bars(asked, found, 20)
    in_range, out, other = view.values
    assert unquote(in_range.url) == "/search?year=2019..2022&year=-2021&year=-2022"
    assert (out.selected, out.excluded) == (False, True)
    assert unquote(out.exclude_url) == "/search?year=2019..2022"
    assert unquote(other.url) == "/search?year=2018&year=2019..2022&year=-2021"
    assert [bar.label for bar in bars if bar.selected] == ["2019", "2020", "2022"]


def test_a_filter_that_names_nobody_says_so_and_names_those_alike(client: FlaskClient) -> None:
    page = client.get("/search?q=放管服&agency=云江省澜州市教育&year=2021").text
    assert "没有收录名为“云江省澜州市教育”的机关。" in page
    near = re.search(r'名称相近的有：<a href="([^"]+)"[^>]*>云江省澜州市教育局</a>', page)
    assert near
    assert "year=2021" in near[1]
    assert "1</b> 份报告" in client.get(html.unescape(near[1])).text
    held = client.get("/search?q=绝无此语&agency=云江省澜州市教育局").text
    assert "没有收录名为" not in held
    nobody = client.get("/search?q=放管服&region=无此地").text
    assert "没有收录名为“无此地”的地区。</p>" in nobody
