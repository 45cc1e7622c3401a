"""The longest time line there is: 57 government work reports, against a plain scan of the files.

The scan reads the files themselves, takes out the characters that folding leaves out, and counts.
Nothing of the reports is copied here but the phrases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.builder import build_index
from search import open_engine
from search.engine import Engine
from search.request import FieldFilter, SearchRequest

HISTORY = {
    "改革开放": (1979, 1988),  # decided in December 1978; the phrase came into use in the eighties
    "依法治国": (1996, 1997),  # of the outline for 2010, March 1996
    "法治政府": (2004, 2005),  # of the outline on administration by law, March 2004
    "一带一路": (2014, 2015),  # proposed in autumn 2013
    "放管服": (2016, 2017),  # 简政放权、放管结合、优化服务, put together in 2015
    "高质量发展": (2018, 2018),  # of the congress of October 2017
    "新质生产力": (2024, 2024),  # from September 2023
}
"""When each phrase can have come up first, by what is known apart from these texts."""
IGNORED = re.compile(r"[\s“”‘’\"'「」『』《》〈〉、·\ufeff\u200b]")


@pytest.fixture(scope="module")
def texts(shared_dir: Path) -> dict[int, str]:
    """Each year's report as its file has it, without what folding leaves out."""
    folder = shared_dir / "corpora" / "state_council_work_reports"
    return {
        int(path.stem[-4:]): "\n".join(
            IGNORED.sub("", line) for line in path.read_text(encoding="utf-8").splitlines()
        )
        for path in sorted(folder.glob("*.txt"))
    }


@pytest.fixture(scope="module")
def engine(shared_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    index_dir: Path = tmp_path_factory.mktemp("council") / "index"
    folder = shared_dir / "corpora" / "state_council_work_reports"
    build_index([folder], index_dir, keep_all=True)
    engine = open_engine(index_dir)
    yield engine
    engine.close()


def test_every_report_is_held_under_its_year(engine: Engine, texts: dict[int, str]) -> None:
    rows = engine.trend([""])[0].rows
    assert {row.year: row.held for row in rows if row.held} == dict.fromkeys(texts, 1)


@pytest.mark.parametrize("phrase", HISTORY)
def test_the_trend_is_that_of_a_plain_scan(
    engine: Engine, texts: dict[int, str], phrase: str
) -> None:
    trend = engine.trend([f'"{phrase}"'])[0]
    counts = {year: text.count(phrase) for year, text in texts.items()}
    found = {row.year: row.occurrences for row in trend.rows if row.held}
    assert found == counts
    assert {row.year: row.reports for row in trend.rows if row.held} == {
        year: int(count > 0) for year, count in counts.items()
    }
    assert trend.total.occurrences == sum(counts.values())
    assert trend.rows[0].year == min(texts)
    assert trend.rows[-1].year == max(texts)
    assert all(row.held == 0 for row in trend.rows if row.year not in texts)


@pytest.mark.parametrize("phrase", HISTORY)
def test_first_years_are_those_of_history(
    engine: Engine, texts: dict[int, str], phrase: str
) -> None:
    low, high = HISTORY[phrase]
    year = min(year for year, text in texts.items() if phrase in text)
    assert low <= year <= high
    spread = engine.spread(SearchRequest(f'"{phrase}"'))
    assert [one.first_year for one in spread.adoptions] == [year]
    first = engine.search(SearchRequest(f'"{phrase}"', sort="first", size=1)).hits[0]
    assert first.year == year
    before = FieldFilter(ranges=((None, year - 1),))
    assert engine.search(SearchRequest(f'"{phrase}"', {"year": before})).total.passages == 0
