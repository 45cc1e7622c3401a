"""Search behaviour as data: ``tests/cases/search/*.json`` (see the README there)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.model import Report
from index.generations import build_lock
from index.update import update_index
from search import open_engine
from search.engine import Engine
from search.filter_text import parse_filters
from search.request import SearchRequest
from search.results import ResultPage
from tests.reports import build_report

FOLDER = Path(__file__).resolve().parents[1] / "cases" / "search"
FILES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")}
CASES = [(name, case) for name, file in sorted(FILES.items()) for case in file["cases"]]


def make_report(given: dict[str, Any]) -> Report:
    region = given.get("region")
    return build_report(
        [text for _, text, *_ in given["passages"]],
        id=given["id"],
        title=given.get("title", f"{given['agency']}报告"),
        agency=given["agency"],
        aliases=given.get("aliases", ()),
        kind=given.get("kind"),
        region=region.split("/") if region else (),
        year=given["year"],
        published=given.get("published"),
        categories=[section for section, *_ in given["passages"]],
        headings=[headings[0] if headings else () for _, _, *headings in given["passages"]],
    )


@pytest.fixture(scope="module")
def engine_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Engine]]:
    """The engine over one file's collection, each report a segment of its own build; its
    ``taken`` is that build's time."""
    opened: dict[str, Engine] = {}

    def get(name: str) -> Engine:
        if name not in opened:
            index_dir: Path = tmp_path_factory.mktemp(name) / "index"
            with build_lock(index_dir):
                for given in FILES[name]["reports"]:
                    update_index(
                        index_dir, [make_report(given)], processes=1, now=given.get("taken", 0)
                    )
            opened[name] = open_engine(index_dir)
        return opened[name]

    yield get
    for engine in opened.values():
        engine.close()


def request_of(case: dict[str, Any]) -> SearchRequest:
    return SearchRequest(
        case["q"],
        parse_filters(case.get("filters", {})),
        scope=case.get("scope", "passage"),
        sort=case.get("sort", "relevance"),
        view=case.get("view", "passages"),
        within=case.get("within", ""),
        facet_prefix=case.get("find", {}),
        size=100,
    )


def places(page: ResultPage) -> list[str]:
    return [f"{hit.report_id}/{hit.passage}" for hit in page.hits]


@pytest.mark.parametrize(
    ("name", "case"), CASES, ids=[f"{n}-{number}" for number, (n, _) in enumerate(CASES)]
)
def test_case(engine_of: Callable[[str], Engine], name: str, case: dict[str, Any]) -> None:
    engine = engine_of(name)
    request = request_of(case)
    page = engine.search(request)
    found = dict(zip(places(page), page.hits, strict=True))
    assert {key: hit.occurrences for key, hit in found.items()} == case["hits"], case["q"]
    assert page.total.passages == len(case["hits"])
    assert page.total.reports == len({key.split("/")[0] for key in case["hits"]})
    assert page.total.occurrences == sum(case["hits"].values())
    for field, counts in case.get("facets", {}).items():
        assert {v.value: v.count for v in page.facets[field].values if v.count} == counts, field
        assert page.facets[field].total_values == len(counts), field
    for field, values in case.get("facet_order", {}).items():
        assert [v.value for v in page.facets[field].values] == values, field
    for key, pieces in case.get("marked", {}).items():
        marked = [s.text[a:b] for s in found[key].snippets for a, b in s.spans]
        assert marked == pieces
    order = list(found)
    if "order" in case:
        assert order == case["order"]
    for before, after in case.get("ahead", []):
        assert order.index(before) < order.index(after), (before, after)
    notices = [
        [notice.code, "" if notice.span is None else case["q"][slice(*notice.span)]]
        for notice in page.notices
    ]
    assert notices == case.get("notices", []), page.notices
    if "page" in case:
        asked = case["page"]
        some = engine.search(request.with_(page=asked["number"], size=asked["size"]))
        assert places(some) == asked["hits"]
        assert some.total == page.total


def test_every_case_says_what_it_asks_in_known_words() -> None:
    known = {
        "q", "hits", "filters", "scope", "sort", "view", "within", "find", "facets",
        "facet_order", "marked", "order", "ahead", "notices", "page", "why",
    }  # fmt: skip
    assert {key for _, case in CASES for key in case} <= known
    assert len(CASES) >= 220
