"""Search behaviour as data: ``tests/cases/search/*.json`` (see the README there)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from corpus.model import Passage, Report, Source
from index.generations import build_lock
from index.update import update_index
from search import open_engine
from search.engine import Engine
from search.filter_text import parse_filters
from search.request import SearchRequest

FOLDER = Path(__file__).resolve().parents[1] / "cases" / "search"
FILES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")}
CASES = [(name, case) for name, file in sorted(FILES.items()) for case in file["cases"]]


def make_report(given: dict[str, Any]) -> Report:
    passages = []
    at = 0
    for number, (section, text, *headings) in enumerate(given["passages"]):
        path = tuple(headings[0]) if headings else ()
        passages.append(Passage(f"s{number}", at, at + len(text), section, path))
        at += len(text)
    region = given.get("region")
    return Report(
        series="fazhi",
        title=given.get("title", f"{given['agency']}报告"),
        agency=given["agency"],
        aliases=tuple(given.get("aliases", ())),
        kind=given.get("kind"),
        region=tuple(region.split("/")) if region else (),
        year=given["year"],
        published=None,
        document_number=None,
        text="".join(text for _, text, *_ in given["passages"]),
        outline=(),
        passages=tuple(passages),
        sources=(Source(f"{given['id']}.txt", "0" * 64, at),),
        id=given["id"],
    )


@pytest.fixture(scope="module")
def engine_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Engine]]:
    """The engine over one file's collection, each report a segment of its own build."""
    opened: dict[str, Engine] = {}

    def get(name: str) -> Engine:
        if name not in opened:
            index_dir: Path = tmp_path_factory.mktemp(name) / "index"
            with build_lock(index_dir):
                for given in FILES[name]["reports"]:
                    update_index(index_dir, [make_report(given)], processes=1)
            opened[name] = open_engine(index_dir)
        return opened[name]

    yield get
    for engine in opened.values():
        engine.close()


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{n}-{c['q']}" for n, c in CASES])
def test_case(engine_of: Callable[[str], Engine], name: str, case: dict[str, Any]) -> None:
    engine = engine_of(name)
    request = SearchRequest(
        case["q"],
        parse_filters(case.get("filters", {})),
        scope=case.get("scope", "passage"),
        sort=case.get("sort", "relevance"),
        size=100,
    )
    page = engine.search(request)
    found = {f"{hit.report_id}/{hit.passage}": hit for hit in page.hits}
    assert {key: hit.occurrences for key, hit in found.items()} == case["hits"]
    assert page.total.passages == len(case["hits"])
    assert page.total.reports == len({key.split("/")[0] for key in case["hits"]})
    assert page.total.occurrences == sum(case["hits"].values())
    for field, counts in case.get("facets", {}).items():
        assert {v.value: v.count for v in page.facets[field].values if v.count} == counts, field
    for key, pieces in case.get("marked", {}).items():
        marked = [s.text[a:b] for s in found[key].snippets for a, b in s.spans]
        assert marked == pieces
    if "order" in case:
        assert list(found) == case["order"]
