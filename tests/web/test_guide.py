"""The help page and docs/query-language.md are one text."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient

from web.guide import DOCUMENT, read_guide


def letters(text: str) -> str:
    """The text without white space and the document's marks."""
    return re.sub(r"[\s`|#]|-{3,}", "", text)


def test_the_page_says_all_that_the_document_says(client: FlaskClient) -> None:
    page = html.unescape(re.sub("<[^>]+>", "", client.get("/help").text))
    document = re.sub("^- ", "", DOCUMENT.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert letters(document) in letters(page)


def test_every_example_is_a_link_that_answers(client: FlaskClient) -> None:
    page = client.get("/help").text
    rows = re.findall(r"^\| `([^`]+)` \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    links = re.findall(r'<a href="(/search\?q=[^"]+)"><code>', page)
    assert len(links) == len(rows) > 20
    assert all(client.get(html.unescape(link)).status_code == 200 for link in links)


@pytest.mark.parametrize("line", ["### 三级", "1. 甲", "> 乙", "**丙**", "[丁](戊)", "```"])
def test_a_form_the_page_cannot_show_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="cannot show"):
        read_guide(line)


def test_forms() -> None:
    text = "# 题\n\n第一行`甲`\n第二行\n- 一\n- 二\n\n| `a` | b |\n|---|---|\n| c | d |"
    title, paragraph, items, table = read_guide(text)
    assert (title.kind, paragraph.kind, items.kind, table.kind) == (
        "title",
        "paragraph",
        "list",
        "table",
    )
    assert paragraph.lines == (((False, "第一行"), (True, "甲"), (False, "第二行")),)
    assert items.lines == (((False, "一"),), ((False, "二"),))
    assert table.rows[0][0] == ((True, "a"),)
