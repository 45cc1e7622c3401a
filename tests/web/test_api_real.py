"""The JSON interface over the real engine: every list is walked from end to end."""

from __future__ import annotations

import html
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from search import SearchRequest, open_engine
from search.engine import Engine
from search.request import FIELDS, MAX_OFFSET, SORTS
from web import create_app

NUMERALS = "一二三四五六七八九"


def get(client: FlaskClient, url: str, **named: object) -> Any:
    response = client.get(f"/api/v1/{url}", query_string=named or None)
    assert response.status_code == 200, response.text
    return response.get_json()


@pytest.fixture(scope="module")
def client(sample_engine: Engine) -> FlaskClient:
    return create_app(sample_engine).test_client()


def walked(client: FlaskClient, question: dict[str, object]) -> list[dict[str, Any]]:
    """Every page of a search by its cursor."""
    pages = [get(client, "search", **question)]
    while cursor := pages[-1]["next_cursor"]:
        pages.append(get(client, "search", **question, cursor=cursor))
    return pages


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("view", ["passages", "reports"])
def test_the_cursor_gives_every_hit_once(
    client: FlaskClient, sample_engine: Engine, sort: Any, view: Any
) -> None:
    pages = walked(client, {"q": "执法", "sort": sort, "view": view, "size": 40})
    hits = [(hit["report_id"], hit["passage"]) for page in pages for hit in page["hits"]]
    asked = SearchRequest("执法", sort=sort, view=view)
    assert hits == [(hit.report_id, hit.passage) for hit in sample_engine.stream(asked).hits]
    assert len(hits) == pages[0]["total"]["passages"] > 80
    assert (
        sum(h["occurrences"] for p in pages for h in p["hits"])
        == (pages[0]["total"]["occurrences"])
    )
    by_page = [get(client, "search", q="执法", sort=sort, view=view, size=40, page=n + 1)
               for n in range(len(pages))]  # fmt: skip
    assert [page["hits"] for page in by_page] == [page["hits"] for page in pages]


@pytest.mark.parametrize(
    ("path", "rows", "total"),
    [
        ("facets/agency", "values", "total_values"),
        ("facets/region", "values", "total_values"),
        ("concordance", "lines", "sorted_occurrences"),
        ("matrix", "rows", "total_agencies"),
        ("spread", "adoptions", "total_agencies"),
        ("reports", "reports", "total"),
    ],
)
def test_a_list_is_whole_and_ends(client: FlaskClient, path: str, rows: str, total: str) -> None:
    found: list[Any] = []
    page = 1
    while part := get(client, path, q="首违不罚", size=3, page=page)[rows]:
        found += part
        page += 1
    body = get(client, path, q="首违不罚", size=100)
    assert (body["page"], body["size"]) == (1, 100)
    assert found == body[rows] + (found[100:] if body[total] > 100 else [])
    assert len(found) == body[total] > 6
    assert get(client, path, q="首违不罚", page=999_999_999)[rows] == []


def test_views_agree(client: FlaskClient) -> None:
    for asked in (
        {"q": '"首违不罚"'},
        {"q": "营商环境 OR 放管服", "year": "2020..2022"},
        {"q": "执法 同句 监督", "section": ["achievements", "-plans"], "kind": "-司法"},
        {"q": "公示", "within": "记录", "scope": "report"},
    ):
        whole = get(client, "search", **asked)
        total = whole["total"]
        assert total["passages"] > 0
        for path in ("explain", "concordance", "matrix", "spread"):
            assert get(client, path, **asked)["total"] == total, (path, asked)
        (trend,) = get(client, "trend", **asked)["trends"]
        assert trend["total"] == total
        assert sum(row["reports"] for row in trend["years"]) == total["reports"]
        for field, values in whole["facets"].items():
            own = get(client, f"facets/{field}", **asked)
            assert own["total_values"] == whole["facet_totals"][field]
            assert own["values"][: len(values)] == values


def test_neighbours_and_similar_lead_to_passages_that_are_there(client: FlaskClient) -> None:
    hit = get(client, "search", q='"首违不罚"', year=2022, size=1)["hits"][0]
    base = f"reports/{hit['report_id']}/{hit['passage']}"
    beside = get(client, f"{base}/neighbours")
    assert beside["previous_year"]["year"] == 2021
    assert beside["next_year"]["year"] == 2023
    assert beside["before"]["report_id"] == beside["after"]["report_id"] == hit["report_id"]
    like = get(client, f"{base}/similar", size=3)["hits"]
    assert len(like) == 3
    for other in [*like, *(beside[name] for name in ("previous_year", "before", "after"))]:
        own = get(client, other["url"].removeprefix("/"))
        assert (own["state"], own["report"]["id"]) == ("same", other["report_id"])


def test_what_is_not_held_can_be_chosen(client: FlaskClient) -> None:
    """Every field, with the unknown among what is chosen and fewer values shown than chosen."""
    for field in FIELDS:
        for value in ("未识别", "-未识别", "=未识别"):
            body = get(client, "search", **{field: value}, facet_size=1)
            chosen = [one for one in body["facets"][field] if one["value"] == "未识别"]
            assert len(chosen) == 1
            assert chosen[0]["selected"] is not chosen[0]["excluded"]


def test_a_cursor_of_another_index_is_told(client: FlaskClient) -> None:
    for cursor in ("x", "0.1", "0.", ".1", "0.-1", "0.1.1", "0.１", "9" * 200, "！"):
        response = client.get("/api/v1/search", query_string={"cursor": cursor})
        assert response.status_code == 400, cursor
        error = response.get_json()["error"]
        assert error["code"] == "cursor_expired"
        assert ("索引已更新" in error["message"]) == (cursor == "0.1")


# ------------------------------------------------------------------ past 10,000


def numeral(n: int) -> str:
    tens, ones = divmod(n, 10)
    before = "" if tens == 0 else ("十" if tens == 1 else NUMERALS[tens - 1] + "十")
    return before + (NUMERALS[ones - 1] if ones else "")


@pytest.fixture(scope="module")
def large(project_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Four reports of some 2,700 passages each."""
    folder = tmp_path_factory.mktemp("large")
    for year in range(2020, 2024):
        lines = [f"云江省司法厅{year}年法治政府建设年度报告"]
        for section in range(1, 31):
            lines.append(f"{numeral(section)}、第{section}方面工作")
            lines += [f"（{numeral(part)}）推进事项{part}。办结{year}件。" for part in range(1, 91)]
        (folder / f"{year}.txt").write_text("\n".join(lines), encoding="utf-8")
    index = folder / "index"
    command = [sys.executable, "-m", "index", "build", str(folder), "--index-dir", str(index)]
    subprocess.run(command, cwd=project_dir, check=True, capture_output=True)
    engine = open_engine(index)
    yield create_app(engine).test_client()
    engine.close()


QUESTIONS: tuple[dict[str, object], ...] = ({"q": "推进事项"}, {"q": "", "sort": "year"})


@pytest.mark.parametrize("question", QUESTIONS, ids=("q", "all"))
def test_the_cursor_goes_on_past_ten_thousand(
    large: FlaskClient, question: dict[str, object]
) -> None:
    pages = walked(large, {**question, "size": 100, "facet_size": 0})
    hits = [(hit["report_id"], hit["passage"]) for page in pages for hit in page["hits"]]
    assert len(hits) == len(set(hits)) == pages[0]["total"]["passages"] > MAX_OFFSET
    assert all(page["facets"] == {} for page in pages)


def test_a_line_of_the_explanation_leads_to_what_it_counts(client: FlaskClient) -> None:
    question = {"q": '"首违不罚" "无此"', "agency": "岚溪市生态环境局", "year": "2021"}
    page = client.get("/search", query_string=question).text
    lines = re.findall(
        r'<th scope="row"><a href="([^"]+)">[^<]+</a></th><td>([\d,]+)</td><td>([\d,]+)</td>', page
    )
    assert len(lines) == 2
    for url, reports, passages in lines:
        found = get(client, html.unescape(url).removeprefix("/"))["total"]
        assert [found["reports"], found["passages"]] == [int(reports), int(passages)]


def test_a_feed_has_as_many_reports_as_it_may(client: FlaskClient, sample_engine: Engine) -> None:
    """Also where the first hundred passages are those of a few reports."""
    page = client.get("/search/feed.xml", query_string={"q": "法"})
    name = "{http://www.w3.org/2005/Atom}"
    entries = ElementTree.fromstring(page.data).findall(f"{name}entry")
    ids = [(entry.findtext(f"{name}id") or "").rpartition("/")[2] for entry in entries]
    newest = sample_engine.stream(SearchRequest("法", sort="-taken", view="reports")).hits
    assert ids == list(dict.fromkeys(hit.report_id for hit in newest))[:50]
    assert len(ids) == 50


def test_a_page_tells_once_that_a_filter_names_nobody(client: FlaskClient) -> None:
    """Where nothing is found it says so with links to names alike, so the remark is left out."""
    assert client.get("/search?q=&agency=无此机关").text.count("没有收录") == 1
    beside = client.get("/search?q=").get_data(as_text=True)
    assert "没有收录" not in beside
