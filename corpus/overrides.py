"""``metadata.csv``: a librarian's word on labels, before any detection.

A file of that name in any folder speaks for the files beside and below it.  Columns: file (or
文件), title, agency, year, published, url; other columns are left alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from corpus.dates import find_dates
from corpus.errors import OverridesError
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


def read_overrides(path: Path) -> dict[str, dict[str, str]]:
    """The rows of one file, by absolute POSIX path (a zip member after ``!``): column → value,
    empty ones left out.  Raises OverridesError with the line that cannot be used."""
    text, _ = decode(path.read_bytes())
    rows = csv.DictReader(io.StringIO(text))
    names = [
        _NAMES.get((name or "").strip(), (name or "").strip().lower())
        for name in rows.fieldnames or ()
    ]
    if "file" not in names:
        raise OverridesError(path.name, 1, "缺少 file（文件）一列")
    rows.fieldnames = names
    found: dict[str, dict[str, str]] = {}
    for number, row in enumerate(rows, 2):
        name = (row.get("file") or "").strip()
        if not name:
            continue
        values = {c: v.strip() for c in COLUMNS if (v := row.get(c)) and v.strip()}
        for problem in _problems(values):
            raise OverridesError(path.name, number, problem)
        found[(path.parent / name).as_posix()] = values
    return found


def _problems(values: Mapping[str, str]) -> Iterator[str]:
    year = values.get("year")
    if year is not None and not (year.isascii() and year.isdigit() and 1949 <= int(year) <= 2100):
        yield f"年度“{year}”不是四位数的公元年"
    published = values.get("published")
    if published is not None and not find_dates(published):
        yield f"发布日期“{published}”无法识别，请写成 2022-01-15"
