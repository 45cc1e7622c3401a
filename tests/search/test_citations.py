from __future__ import annotations

import datetime
from dataclasses import replace

from search.citations import Citation, format_citation

CITATION = Citation(
    key="ab12cd34ef-s2.3",
    agency="澜州市司法局",
    title="澜州市司法局2021年法治政府建设情况报告",
    year=2021,
    published="2022-01-15",
    url="https://example.org/reports/ab12cd34ef/s2.3?h=1a2b",
    accessed=datetime.date(2026, 11, 24),
    place="二、存在的不足 · （三）队伍",
)


def test_gbt7714_names_carrier_dates_and_address() -> None:
    assert format_citation(CITATION, "gbt7714") == (
        "澜州市司法局. 澜州市司法局2021年法治政府建设情况报告: 二、存在的不足 · （三）队伍[R/OL]. "
        "(2022-01-15)[2026-11-24]. https://example.org/reports/ab12cd34ef/s2.3?h=1a2b."
    )


def test_what_is_not_known_is_left_out() -> None:
    bare = replace(CITATION, agency=None, published=None, year=None, place="")
    text = format_citation(bare, "gbt7714")
    assert text.startswith("澜州市司法局2021年")
    assert "()" not in text
    assert "None" not in "".join(format_citation(bare, s) for s in ("bibtex", "ris"))
    assert "year" not in format_citation(bare, "bibtex")
    assert "PY" not in format_citation(bare, "ris")


def test_the_year_reported_on_is_not_the_year_of_publication() -> None:
    undated = replace(CITATION, published=None)
    bibtex, ris = format_citation(undated, "bibtex"), format_citation(undated, "ris")
    assert "  note = {二、存在的不足 · （三）队伍；报告年度：2021}" in bibtex
    assert not {"  year", "  date"} & {line.partition(" =")[0] for line in bibtex.splitlines()}
    assert "N1  - 报告年度：2021" in ris
    assert not {"PY", "DA"} & {line[:2] for line in ris.splitlines()}
    assert "[R/OL]. [2026-11-24]." in format_citation(undated, "gbt7714")
    dated = format_citation(replace(CITATION, place=""), "bibtex")
    assert "note" not in dated


def test_bibtex_keeps_the_agency_whole_and_escapes() -> None:
    text = format_citation(replace(CITATION, title="100% {甲}_乙 & 丙\n丁"), "bibtex")
    assert text.startswith("@techreport{ab12cd34ef-s2.3,\n")
    assert "author = {{澜州市司法局}}" in text
    assert r"title = {100\% 甲\_乙 \& 丙 丁}" in text
    assert text.count("{") == text.count("}")
    assert "year = {2022}" in text


def test_ris_has_a_tag_a_line_and_ends() -> None:
    lines = format_citation(CITATION, "ris").split("\r\n")
    assert lines[0] == "TY  - RPRT"
    assert "DA  - 2022/01/15" in lines
    assert "AU  - 澜州市司法局" in lines
    assert lines[-2:] == ["ER  - ", ""]
    assert all(line[2:6] == "  - " for line in lines[:-1])
