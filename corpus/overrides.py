"""``metadata.csv``: a librarian's word on labels, before any detection.

A file of that name in any folder speaks for the files beside and below it.  Columns: file (or
文件), title, agency, year, published, url; other columns are left alone.  Writing one is
``corpus.override_rows``.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from corpus.dates import find_dates
from corpus.errors import OverridesError, ReadError, system_reason
from corpus.readers.text import decode

NAME: Final = "metadata.csv"
COLUMNS: Final = ("title", "agency", "year", "published", "url")
_NAMES: Final = {
    "文件": "file",
    "文件名": "file",
    "标题": "title",
    "机关": "agency",
    "年度": "year",
    "年份": "year",
    "发布日期": "published",
    "网址": "url",
    "链接": "url",
}


@dataclass(frozen=True, slots=True)
class OverrideRow:
    """One row that names a file."""

    first: int
    last: int
    """Its lines, half-open, from 0."""
    file: str
    """As written."""
    values: Mapping[str, str]
    """Column → value, empty ones left out."""


def read_overrides(path: Path) -> dict[str, dict[str, str]]:
    """The rows of one file, by absolute POSIX path (a zip member after ``!``): column → value,
    empty ones left out.  Raises OverridesError with the line that cannot be used."""
    found, wrong = usable_overrides(path)
    if wrong:
        raise wrong[0]
    return found


def usable_overrides(path: Path) -> tuple[dict[str, dict[str, str]], list[OverridesError]]:
    """The rows that can be used, as ``read_overrides`` gives them, and why others cannot.  Raises
    OverridesError for a file that is no such table."""
    try:
        text, _ = decode(path.read_bytes())
    except ReadError as error:
        raise OverridesError(path.name, 1, f"{error.reason}；{error.advice}") from None
    except OSError as error:
        raise OverridesError(path.name, 1, f"文件无法打开（{system_reason(error)}）") from None
    _, rows = parse_rows(text, path.name)
    found: dict[str, dict[str, str]] = {}
    wrong = []
    for row in rows:
        if problems := label_problems(row.values):
            wrong.append(OverridesError(path.name, row.first + 1, "；".join(problems.values())))
        else:
            found[(path.parent / row.file).as_posix()] = dict(row.values)
    return found, wrong


def parse_rows(text: str, name: str) -> tuple[list[str], list[OverrideRow]]:
    """The columns, by our names for those we know, and the rows that name a file.  Raises
    OverridesError, as of the file ``name``, for what is no such table."""
    reader = csv.reader(io.StringIO(text))
    rows = []
    try:
        header = [one.strip() for one in next(reader, [])]
        columns = [_NAMES.get(one, one.lower()) for one in header]
        if "file" not in columns:
            raise OverridesError(name, 1, "缺少 file（文件）一列；各栏之间须用半角逗号")
        first = reader.line_num
        for cells in reader:
            row = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
            if file := row.get("file", ""):
                values = {c: row[c] for c in COLUMNS if row.get(c)}
                rows.append(OverrideRow(first, reader.line_num, file, values))
            first = reader.line_num
    except csv.Error as error:
        raise OverridesError(name, reader.line_num, f"不是逗号分隔的表格（{error}）") from None
    return columns, rows


def label_problems(values: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with a row's values, in Chinese, by column."""
    found = {}
    year = values.get("year")
    if year and not (re.fullmatch("[0-9]{4}", year) and 1949 <= int(year) <= 2100):
        found["year"] = f"年度“{year}”不是四位数的公元年"
    published = values.get("published")
    if published and not find_dates(published):
        found["published"] = f"发布日期“{published}”无法识别，请写成 2022-01-15"
    return found
