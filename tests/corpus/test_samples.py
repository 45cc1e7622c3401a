"""The sample reports are what ``docs/samples.md`` says: invented, various, true to the years.

Their labels are tested with the rules that read them, in ``test_labelling.py``.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from pathlib import Path

import pytest

FIRST_YEARS = {
    "民法典": 2020,
    "习近平法治思想": 2020,
    "八五普法": 2021,
    "首违不罚": 2021,
    "轻微免罚": 2021,
    "大综合一体化": 2022,
    "二十大": 2022,
    "二十届三中全会": 2024,
}
"""When a phrase began to be used nationally; no earlier report may have it."""

ANNOUNCED = {("lan-zhengfu_2020", "八五普法"), ("yunjiang-sifating_2020", "八五普法")}
"""Reports that name next year's work in their plans, as real ones did; checked to be plans."""

PLANTED_PARAGRAPH = ("shibu-zhen_2021", "liutang-zhen_2021")
"""Two towns that print the same paragraph, on purpose."""

PLANTED_COPY = ("lan-chengguan_2022", "lan-chengguan_2023")
"""A bureau that hands in last year's report with a few digits changed, on purpose."""

AT_MOST_SHARED = 0.30
"""Share of the smaller side's sentences; the issue that asks for the samples sets it."""

LEAST_REAL_SENTENCE = 12
"""Characters: shorter ones, such as 现将有关情况报告如下, are anybody's."""


def decode(data: bytes) -> str:
    """The text of a sample: UTF-8, with a byte order mark or not, or GB18030."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def without_blanks(text: str) -> str:
    return re.sub(r"\s", "", text)


def sentences(text: str) -> set[str]:
    """The distinct sentences and headings, blanks removed."""
    return {
        sentence for part in re.split(r"[。；！？\n]", text) if (sentence := without_blanks(part))
    }


def shared(one: set[str], other: set[str]) -> float:
    """The share of the smaller set that stands in the other, 0 to 1."""
    return len(one & other) / min(len(one), len(other))


def slug(name: str) -> str:
    return name.rsplit("_", 1)[0]


def year(name: str) -> int:
    return int(name.rsplit("_", 1)[1])


@pytest.fixture(scope="module")
def sample_files(project_dir: Path) -> list[Path]:
    return sorted((project_dir / "corpus" / "samples").iterdir())


@pytest.fixture(scope="module")
def samples(sample_files: list[Path]) -> dict[str, str]:
    """File name without its ending → text."""
    return {path.stem: decode(path.read_bytes()) for path in sample_files}


@pytest.fixture(scope="module")
def planted(samples: dict[str, str]) -> str:
    """The one paragraph that both towns print."""
    one, other = (set(samples[name].split("\n")) for name in PLANTED_PARAGRAPH)
    common = [line for line in one & other if len(line) > 100]
    assert len(common) == 1
    return common[0]


def test_the_folder_holds_twelve_agencies_over_six_years(sample_files: list[Path]) -> None:
    assert [path.name for path in sample_files if path.suffix != ".txt"] == []
    years = defaultdict(set)
    for path in sample_files:
        years[slug(path.stem)].add(year(path.stem))
    assert len(sample_files) >= 60
    assert len(years) == 12
    assert {name: held for name, held in years.items() if held != set(range(2019, 2025))} == {}


def test_every_report_has_the_length_of_the_genre(samples: dict[str, str]) -> None:
    lengths = {name: len(without_blanks(text)) for name, text in samples.items()}
    assert {name: n for name, n in lengths.items() if not 1500 <= n <= 5000} == {}


def test_the_encodings_that_readers_must_tell_apart_are_there(sample_files: list[Path]) -> None:
    contents = [path.read_bytes() for path in sample_files]
    marked = [data for data in contents if data.startswith(b"\xef\xbb\xbf")]
    chinese = [data for data in contents if not is_utf8(data)]
    assert marked
    assert chinese
    assert len(marked) + len(chinese) < len(contents)


def is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def test_two_agencies_share_few_sentences(samples: dict[str, str], planted: str) -> None:
    held: dict[str, set[str]] = defaultdict(set)
    for name, text in samples.items():
        held[slug(name)] |= sentences(text.replace(planted, ""))
    too_close = {
        (one, other): round(shared(held[one], held[other]), 3)
        for one, other in itertools.combinations(held, 2)
        if shared(held[one], held[other]) > AT_MOST_SHARED
    }
    assert too_close == {}


def test_an_agency_writes_another_report_each_year(samples: dict[str, str]) -> None:
    held = {name: sentences(text) for name, text in samples.items()}
    too_close = {
        (one, other): round(shared(held[one], held[other]), 3)
        for one, other in itertools.combinations(held, 2)
        if slug(one) == slug(other)
        and (one, other) != PLANTED_COPY
        and shared(held[one], held[other]) > AT_MOST_SHARED
    }
    assert too_close == {}


def test_the_planted_copies_are_there(samples: dict[str, str], planted: str) -> None:
    before, after = (samples[name] for name in PLANTED_COPY)
    assert before != after
    assert shared(sentences(before), sentences(after)) > 0.7
    assert [name for name, text in samples.items() if planted in text] == sorted(PLANTED_PARAGRAPH)


def test_one_town_confesses_the_same_shortcoming_every_year(samples: dict[str, str]) -> None:
    confession = "执法证件持有人员少、法制审核力量薄弱"
    confessing = [name for name, text in samples.items() if confession in text]
    assert confessing == [f"shibu-zhen_{number}" for number in range(2019, 2025)]


def test_one_promise_is_kept_and_one_is_dropped(samples: dict[str, str]) -> None:
    district = {number: samples[f"linhu-zhengfu_{number}"] for number in range(2019, 2025)}
    kept, dropped = "行政执法协调指挥中心", "第三方后评估"
    assert [number for number, text in district.items() if kept in text] == [2022, 2023]
    assert [number for number, text in district.items() if dropped in text] == [2021]


def test_no_phrase_stands_before_its_year(samples: dict[str, str]) -> None:
    early = set()
    for name, text in samples.items():
        folded = re.sub(r"[“”‘’\"、\s]", "", text)
        early |= {
            (name, phrase)
            for phrase, first in FIRST_YEARS.items()
            if phrase in folded and year(name) < first
        }
    assert early == ANNOUNCED
    for name, phrase in ANNOUNCED:
        before_plans, _, plans = samples[name].partition(f"、{year(name) + 1}年")
        assert phrase not in re.sub(r"[“”]", "", before_plans)
        assert phrase in re.sub(r"[“”]", "", plans)


def test_no_sentence_is_taken_from_a_real_report(samples: dict[str, str], shared_dir: Path) -> None:
    real = "\n".join(
        without_blanks(decode(path.read_bytes()))
        for path in sorted((shared_dir / "corpora" / "reports").glob("*.txt"))
    )
    assert len(real) > 20_000
    # The regulation on 法治政府建设与责任落实督察 words the sections, so headings may agree.
    taken = {
        (name, sentence)
        for name, text in samples.items()
        for sentence in sentences(text)
        if len(sentence) >= LEAST_REAL_SENTENCE
        and not re.match("[一二三四五六七]、", sentence)
        and sentence in real
    }
    assert taken == set()
