"""Concordance, matrix and spread agree with the list and link to it."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from search.engine import Engine
from search.results import Total
from search.views import Matrix, MatrixCell, MatrixRow
from web import charts, create_app
from web.views.sides import trimmed


def words(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize("view", ["reports", "passages", "concordance", "matrix", "spread"])
def test_every_side_says_the_same_three_numbers(client: FlaskClient, view: str) -> None:
    page = client.get(f"/search?q=首违不罚&year=2021..&view={view}").text
    assert "9 份报告 · 9 个段落 · 18 处" in words(page)


def test_concordance_lines_and_their_links(client: FlaskClient) -> None:
    page = client.get("/search?q=首违不罚&view=concordance&order=left").text
    assert page.count('<tr class="hit">') == 18
    first = re.search(r'class="key"><a href="([^"]+)"', page)
    assert first
    landed = client.get(html.unescape(first[1]))
    assert landed.status_code == 200
    assert "<mark>首违不罚</mark>" in landed.text


def test_matrix_tells_nothing_held_from_nothing_said(client: FlaskClient) -> None:
    page = client.get("/search?q=首违不罚&view=matrix").text
    assert page.count('<td class="s2">') == 9
    assert page.count('<td class="s0">0</td>') == 6
    cell = re.search(r'<td class="s2"><a href="([^"]+)"', page)
    assert cell
    assert "1 份报告 · 1 个段落 · 2 处" in words(client.get(html.unescape(cell[1])).text)


@pytest.mark.parametrize(
    ("occurrences", "held", "band"),
    [
        (0, 1, "0"),
        (1, 3, "1"),
        (3, 2, "1"),
        (2, 1, "2"),
        (3, 1, "3–4"),
        (4, 1, "3–4"),
        (9, 1, "5–9"),
        (99, 2, "10+"),
    ],
)
def test_shades_go_by_places_a_report(occurrences: int, held: int, band: str) -> None:
    assert charts.BANDS[charts.shade(occurrences, held)] == band


def test_a_matrix_has_no_blank_years_at_its_ends(client: FlaskClient) -> None:
    agency = quote("云江省澜州市教育局")
    page = client.get(f"/search?q=首违不罚&view=matrix&agency={agency}").text
    whole = client.get("/search?q=首违不罚&view=matrix").text
    years = r'<th scope="col">(\d{4})</th>'
    assert re.findall(years, page) == ["2019", "2020", "2021", "2022", "2023"]
    assert re.findall(years, whole) == ["2019", "2020", "2021", "2022", "2023"]


def test_blank_years_go_and_used_ones_stay() -> None:
    blank, held, used = MatrixCell(0, 0, 0), MatrixCell(0, 1, 0), MatrixCell(1, 1, 4)
    row = MatrixRow("甲", (blank, held, used, blank, blank), used)
    others = MatrixCell(0, 9, 0)
    found = Matrix(
        years=(2018, 2019, 2020, 2021, None),
        rows=(row,),
        columns=(others, others, used, others, others),
        total=Total(1, 1, 4),
        total_rows=1,
        page=1,
        size=50,
    )
    shown = trimmed(found)
    assert shown.years == (2019, 2020, None)
    assert shown.rows[0].cells == (held, used, blank)
    assert shown.columns == (others, used, others)
    elsewhere = replace(found, columns=(used, others, used, others, others))
    assert trimmed(elsewhere).years == (2018, 2019, 2020, None), "another page's agency used it"


def test_spread_names_who_used_it_when(client: FlaskClient) -> None:
    page = client.get("/search?q=首违不罚&view=spread").text
    assert "3 个机关用过，共收录 3 个机关的 16 份报告" in words(page)
    assert page.count('class="used"') == 9


def test_spread_begins_with_the_first_year_of_use(sample_engine: Engine) -> None:
    client = create_app(sample_engine).test_client()
    page = client.get("/search?q=首违不罚&view=spread").text
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    assert re.findall(r'<th scope="row">([^<]*)</th>', table) == ["2021", "2022", "2023", "2024"]


def test_sides_that_need_a_query_are_not_offered_without_one(client: FlaskClient) -> None:
    assert "view=matrix" not in client.get("/search").text
    assert client.get("/search?view=concordance").status_code == 200


def test_the_trend_tab_leads_to_its_page(client: FlaskClient) -> None:
    response = client.get("/search?q=首违不罚&view=trend&section=achievements")
    assert response.status_code == 303
    assert response.headers["Location"].startswith("/trend?q=")
