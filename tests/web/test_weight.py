"""What a page of results weighs with thousands of agencies held (bar: 120 KB)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Flask

from search.request import SearchRequest
from search.results import Facet, FacetValue, ResultPage, Snippet

BAR = 120_000


def test_results_page_with_its_styles_and_scripts(
    make_site: Callable[..., Flask], engine: Any
) -> None:
    small = engine.search(SearchRequest(query="放管服", size=20))
    text = "持续深化放管服改革，" * 20
    hits = tuple(
        replace(
            hit,
            report_id=f"{n:010x}",
            heading=(
                "一、全面推进依法行政的主要举措和成效",
                "（二）持续深化放管服改革优化营商环境",
            ),
            snippets=(Snippet(text, tuple((4 + 10 * i, 7 + 10 * i) for i in range(6))),),
        )
        for n, hit in enumerate((small.hits * 2)[:20])
    )
    names = [f"云江省澜州市第{n}号很长名称的人民政府工作部门" for n in range(3000)]
    agencies = tuple(FacetValue(name, name, 3000 - n) for n, name in enumerate(names[:100]))
    years = tuple(FacetValue(str(y), f"{y}", 900) for y in range(2024, 1954, -1))
    facets = {
        **small.facets,
        "agency": Facet("agency", agencies, 3000),
        "region": Facet("region", agencies, 3000),
        "year": Facet("year", years, len(years)),
    }
    answer: ResultPage = replace(small, hits=hits, facets=facets)
    engine.search = lambda request: answer
    client = make_site().test_client()
    url = "/search?q=放管服 营商环境&agency=云江省澜州市教育局&year=2019.."
    page = client.get(url)
    weight = len(page.data)
    for asset in re.findall(r'(?:src|href)="(/static/[^"]+\.(?:css|js)[^"]*)"', page.text):
        with client.get(asset) as part:
            weight += len(part.data)
    assert page.text.count('class="hit"') == 20
    assert weight <= BAR, weight
