"""Generated reports with natural word frequencies and word order, for benchmarks.

The words come from a walk over a real text (the laws in ``../shared/corpora``, or the sample
reports where those are absent): most steps go on to the next word as written, the others
jump to another place where the same word stands.  So single words, pairs and longer phrases
keep about the frequencies they have in the source, and no passage is a copy.  All passages
walk side by side in NumPy, and the same seed gives the same collection.

Nothing generated is ever committed, and nothing of the laws, which ``law_reports`` gives as they
are, cut into passages, under labels that are made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rjieba
from numpy.typing import NDArray

from corpus.identity import base_id
from corpus.model import Category, Passage, Report, Section, Source

ROOT = Path(__file__).resolve().parents[1]
LAWS = ROOT.parent / "shared" / "corpora" / "laws_lawrefbook"
SAMPLES = ROOT / "corpus" / "samples"

GO_ON = 0.72
"""Chance that a step follows the source; 1.0 would copy it, 0.0 is a first-order chain."""
SOURCE_CHARACTERS = 6_000_000
WORDS_A_PASSAGE = (120, 320)
"""Uniform bounds; with the law texts a passage then has about 380 characters."""
PASSAGES_A_REPORT = 11
FIRST_YEAR = 2010
YEARS = 15
AGENCIES = 3_000

LAW_PASSAGE = 360
"""Characters after which the next line of a law begins a new passage."""

_OUTLINE: tuple[tuple[str, str, Category, int], ...] = (
    ("一", "主要举措和成效", "achievements", 5),
    ("二", "存在的不足和原因", "shortcomings", 2),
    ("三", "党政主要负责人履行推进法治建设第一责任人职责情况", "leadership", 1),
    ("四", "下一年度安排", "plans", 2),
)
"""Number, heading, category and passages of each section; with ``s0`` 11 a report."""
_KINDS = ("人民政府", "城市管理", "司法", "公安", "教育", "卫生健康", "市场监管", "生态环境")


@dataclass(frozen=True, slots=True)
class Words:
    """A source text as words, ready for the walk."""

    words: NDArray[np.object_]
    """``(v,)`` distinct words."""
    tokens: NDArray[np.int32]
    """``(n,)`` the text as indices into ``words``."""
    by_word: NDArray[np.int32]
    """``(n,)`` places of the text ordered by word."""
    first: NDArray[np.int64]
    """``(v + 1,)`` where each word's places begin in ``by_word``."""


def read_words(limit: int = SOURCE_CHARACTERS) -> Words:
    """The words of the first ``limit`` characters of the source texts, in file order."""
    folder = LAWS if LAWS.is_dir() else SAMPLES
    parts: list[str] = []
    size = 0
    for path in sorted(folder.rglob("*.txt")):
        text = path.read_bytes().decode("utf-8", "ignore")
        lines = (line.strip("# *\t　\r") for line in text.split("\n"))
        text = "".join(line for line in lines if line and not line.startswith(("<", "-", "|")))
        parts.append(text.replace(" ", ""))
        size += len(text)
        if size >= limit:
            break
    cut = rjieba.cut("".join(parts)[:limit])
    words, places = np.unique(np.array(cut, dtype=object), return_inverse=True)
    tokens: NDArray[np.int32] = places.astype(np.int32)
    by_word = np.argsort(tokens, kind="stable").astype(np.int32)
    first = np.searchsorted(tokens[by_word], np.arange(len(words) + 1))
    return Words(words, tokens, by_word, first.astype(np.int64))


def walk(source: Words, count: int, rng: np.random.Generator) -> list[str]:
    """``count`` texts, each a walk of its own."""
    low, high = WORDS_A_PASSAGE
    lengths = rng.integers(low, high, count)
    places = rng.integers(0, len(source.tokens) - 1, count)
    steps = np.empty((int(lengths.max()), count), np.int32)
    for step in range(len(steps)):
        steps[step] = source.tokens[places]
        jump = rng.random(count) > GO_ON
        jump |= places >= len(source.tokens) - 2
        words = source.tokens[places[jump]]
        begin = source.first[words]
        width = source.first[words + 1] - begin
        chosen = begin + (rng.random(len(words)) * width).astype(np.int64)
        places[jump] = source.by_word[chosen]
        places = np.minimum(places + 1, len(source.tokens) - 2)
    return [
        "".join(source.words[steps[: lengths[i], i]].tolist()).strip("。；，、") + "。"
        for i in range(count)
    ]


def generate_reports(
    passages: int, seed: int = 1, agencies: int = AGENCIES, years: int = YEARS
) -> Iterator[Report]:
    """About ``passages`` passages as reports, lazily; agencies, years and kinds vary.  Where
    there are more reports than agency-years, there are more agencies.
    """
    count = max(1, passages // PASSAGES_A_REPORT)
    agencies = max(agencies, -(-count // years))
    rng = np.random.default_rng(seed)
    source = read_words()
    pairs = rng.permutation(agencies * years)[:count]
    for begin in range(0, count, 2_000):
        chosen = pairs[begin : begin + 2_000]
        texts = walk(source, len(chosen) * PASSAGES_A_REPORT, rng)
        for i, pair in enumerate(chosen.tolist()):
            own = texts[i * PASSAGES_A_REPORT : (i + 1) * PASSAGES_A_REPORT]
            yield _report(pair // years, FIRST_YEAR + pair % years, own)


def law_reports(characters: int = 20_000_000) -> Iterator[Report]:
    """Real texts of about so many characters, a report each.  Raises FileNotFoundError without
    the corpus."""
    paths = sorted(LAWS.rglob("*.txt"))
    if not paths:
        raise FileNotFoundError(f"no texts below {LAWS.name}/, which lies beside the project")
    size = 0
    for number, path in enumerate(paths):
        lines = path.read_bytes().decode("utf-8", "replace").splitlines()
        texts = [""]
        for line in filter(None, (line.strip() for line in lines)):
            if len(texts[-1]) >= LAW_PASSAGE:
                texts.append("")
            texts[-1] += line + "\n"
        if not texts[0]:
            continue
        passages, at = [], 0
        for part, text in enumerate(texts):
            category = _OUTLINE[(number + part) % len(_OUTLINE)][2]
            passages.append(Passage(f"s{part}", at, at + len(text), category, ()))
            at += len(text)
        yield _labelled(number % AGENCIES, FIRST_YEAR + number % YEARS, number, texts, passages, ())
        size += at
        if size >= characters:
            return


def _report(agency_number: int, year: int, texts: list[str]) -> Report:
    rest = iter(texts)
    parts = [f"{_title(_labels(agency_number)[2], year)}\n{next(rest)}\n"]
    passages = [Passage("s0", 0, len(parts[0]), "other", ())]
    outline: list[Section] = []
    at = len(parts[0])
    for top, (number, heading, category, size) in enumerate(_OUTLINE, 1):
        begin = at
        for sub in range(1, size + 1):
            text = (f"{number}、{heading}\n" if sub == 1 else "") + next(rest) + "\n"
            parts.append(text)
            name = f"s{top}" if size == 1 else f"s{top}p{sub}"
            passages.append(Passage(name, at, at + len(text), category, (f"{number}、{heading}",)))
            at += len(text)
        outline.append(Section(number, heading, 1, category, begin, at, (top,)))
    return _labelled(agency_number, year, 0, parts, passages, tuple(outline))


def _labelled(
    agency_number: int,
    year: int,
    version: int,
    texts: list[str],
    passages: list[Passage],
    outline: tuple[Section, ...],
) -> Report:
    """A report of a made-up agency."""
    kind, region, agency = _labels(agency_number)
    text = "".join(texts)
    return Report(
        series="fazhi",
        title=_title(agency, year),
        agency=agency,
        aliases=(),
        kind=kind,
        region=region,
        year=year,
        published=f"{year + 1}-01-15",
        document_number=None,
        text=text,
        outline=outline,
        passages=tuple(passages),
        sources=(Source(f"{agency_number}_{year}_{version}.txt", "0" * 64, len(text)),),
        id=base_id("fazhi", year, agency if not version else f"{agency}-{version}"),
    )


def _labels(agency_number: int) -> tuple[str, tuple[str, str], str]:
    """Kind, region and name of an agency."""
    kind = _KINDS[agency_number % len(_KINDS)]
    region = (f"第{agency_number % 31 + 1}省", f"第{agency_number % 341 + 1}市")
    office = kind if kind == "人民政府" else kind + "局"
    return kind, region, f"{region[1]}{agency_number}区{office}"


def _title(agency: str, year: int) -> str:
    return f"{agency}{year}年法治政府建设情况报告"
