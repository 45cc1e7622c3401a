"""Searches as files and feeds; citations."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient

from index.builder import build_index
from search import open_engine
from web import create_app
from web.settings import Settings


def test_csv_holds_every_hit_not_one_page(client: FlaskClient) -> None:
    response = client.get("/search/export.csv?q=放管服&size=2&year=2020..")
    assert response.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"))))
    assert sum(1 for row in rows if row and row[-1].startswith("http://localhost/reports/")) == 12
    assert ["检索式", "放管服"] in rows
    assert "attachment" in response.headers["Content-Disposition"]


def test_json_lines_and_markdown(client: FlaskClient) -> None:
    lines = client.get("/search/export.jsonl?q=首违不罚").text.splitlines()
    about, *hits = [json.loads(line) for line in lines]
    assert about["about"]["total"]["passages"] == len(hits) == 9
    assert "**首违不罚**" in client.get("/search/export.md?q=首违不罚").text
    assert client.get("/search/export.exe?q=首违不罚").status_code == 404


@pytest.mark.parametrize(
    ("kind", "mimetype", "record"),
    [
        ("txt", "text/plain", "[R/OL]"),
        ("bib", "application/x-bibtex", "@techreport{"),
        ("ris", "application/x-research-info-systems", "TY  - RPRT"),
    ],
)
def test_citations_of_a_whole_search(
    client: FlaskClient, kind: str, mimetype: str, record: str
) -> None:
    """One a report, not one a page or a passage; what was asked stands where no record is."""
    answer = client.get(f"/search/export.{kind}?q=放管服&size=2")
    assert answer.mimetype == mimetype
    assert answer.text.count(record) == answer.text.count("http://localhost/reports/") == 15
    assert ("结果：15 份报告" in answer.text) == (kind != "ris")


def test_what_was_asked_begins_no_record_of_bibtex(client: FlaskClient) -> None:
    answer = client.get("/search/export.bib", query_string={"q": "@book{a,\n title={b}}"}).text
    assert answer.strip().startswith("% 检索式：＠book{a, title={b}}")
    assert all(line.startswith("% ") for line in answer.strip().splitlines())


def test_an_export_is_bounded_by_its_setting(make_site: Callable[..., Flask]) -> None:
    client = make_site(export_rows=2).test_client()
    assert len(client.get("/search/export.jsonl?q=放管服").text.splitlines()) == 3
    assert client.get("/search/export.ris?q=放管服").text.count("TY  - ") == 2


ATOM = "{http://www.w3.org/2005/Atom}"


def test_feed_has_an_entry_a_report_newly_added_first(client: FlaskClient, engine: Any) -> None:
    """Whatever years they report on; changed when taken in, not when published or built."""
    response = client.get("/search/feed.xml?q=放管服&sort=agency")
    assert response.mimetype == "application/atom+xml"
    feed = ElementTree.fromstring(response.data)
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 15
    known = {document.summary.id: document.summary for document in engine.documents}
    for entry in entries:
        summary = known[(entry.findtext(f"{ATOM}id") or "").rpartition("/")[2]]
        assert entry.findtext(f"{ATOM}updated") == summary.taken
        assert entry.findtext(f"{ATOM}published") == f"{summary.published}T00:00:00+00:00"
    dates = [entry.findtext(f"{ATOM}updated") or "" for entry in entries]
    assert dates == sorted(dates, reverse=True)
    assert len(set(dates)) > 1
    assert feed.findtext(f"{ATOM}updated") == dates[0]


def test_feed_of_an_unknown_date_and_of_nothing(client: FlaskClient, engine: Any) -> None:
    (entry,) = ElementTree.fromstring(client.get("/search/feed.xml?q=没有标签").data).findall(
        f"{ATOM}entry"
    )
    assert entry.find(f"{ATOM}published") is None
    assert entry.findtext(f"{ATOM}updated") == engine.documents[-1].summary.taken
    nothing = ElementTree.fromstring(client.get("/search/feed.xml?q=未曾有过").data)
    assert nothing.find(f"{ATOM}entry") is None
    assert nothing.findtext(f"{ATOM}updated")


def test_a_feed_tells_what_is_new_and_nothing_else(tmp_path: Path) -> None:
    """An old report that is loaded today comes first; a build changes no entry it did not read
    anew."""
    folder, index_dir = tmp_path / "reports", tmp_path / "index"
    folder.mkdir()

    def write(agency: str, year: int, more: str = "") -> None:
        body = "".join(f"{agency}第{i}项工作已经完成。" for i in range(20)) + more
        text = f"{agency}{year}年法治政府建设情况报告\n\n一、主要举措和成效\n{body}\n"
        (folder / f"{agency}{year}.txt").write_text(text, encoding="utf-8")

    def entries(day: int) -> list[tuple[str, str]]:
        """After a build on that day: titles without their ends, and when they changed."""
        build_index([folder], index_dir, processes=1, now=86_400 * (day - 1))
        client = create_app(open_engine(index_dir), Settings()).test_client()
        feed = ElementTree.fromstring(client.get("/search/feed.xml?q=工作").data)
        return [
            (
                (entry.findtext(f"{ATOM}title") or "").partition("年")[0],
                (entry.findtext(f"{ATOM}updated") or "")[:10],
            )
            for entry in feed.findall(f"{ATOM}entry")
        ]

    write("云江省水务厅", 2023)
    write("云江省林业厅", 2024)
    first = [("云江省林业厅2024", "1970-01-01"), ("云江省水务厅2023", "1970-01-01")]
    assert entries(1) == first
    write("云江省粮食局", 2016)
    added = [("云江省粮食局2016", "1970-01-02"), *first]
    assert entries(2) == added
    (folder / "通知.txt").write_text("关于召开会议的通知\n", encoding="utf-8")
    assert entries(3) == added
    write("云江省水务厅", 2023, "又推行首违不罚。")
    assert entries(4) == [("云江省水务厅2023", "1970-01-04"), *added[:2]]


def test_citations(client: FlaskClient, engine: Any) -> None:
    one = engine.documents[2]
    place = one.passages[2]
    bib = client.get(f"/cite/{one.summary.id}/{place.passage}?h={place.hash}&style=bibtex")
    assert bib.text.startswith("@techreport{")
    assert place.passage in bib.text
    assert client.get(f"/cite/{one.summary.id}?style=ris").text.startswith("TY  - RPRT")
    assert client.get(f"/cite/{one.summary.id}?style=mla").status_code == 400
    assert client.get(f"/cite/{one.summary.id}/s99").status_code == 404
    assert client.get("/cite/nobody").status_code == 404
