"""Searches as files and feeds; citations."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient


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


def test_feed_has_an_entry_a_report_newest_first(client: FlaskClient) -> None:
    response = client.get("/search/feed.xml?q=放管服")
    assert response.mimetype == "application/atom+xml"
    name = "{http://www.w3.org/2005/Atom}"
    entries = ElementTree.fromstring(response.data).findall(f"{name}entry")
    assert len(entries) == 15
    dates = [entry.findtext(f"{name}updated") or "" for entry in entries]
    assert dates == sorted(dates, reverse=True)


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
