"""One file's row of ``metadata.csv``: found, and written without touching any other.

A row is written into the table that already speaks for the file, else into the nearest one
above it, else into a new one in the folder that was indexed.  Every other line stays as it is,
byte for byte; columns we do not know keep their cells.
"""

from __future__ import annotations

import csv
import fcntl
import hashlib
import io
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from corpus.errors import LabelsRefused, OverridesError, ReadError, RowChanged
from corpus.finding import container_of
from corpus.overrides import COLUMNS, NAME, label_problems, parse_rows, usable_overrides
from corpus.readers.text import decode

HEADER: Final = ("文件", "标题", "机关", "年度", "发布日期", "网址")
"""Of a new table; the file's name, then ``COLUMNS``."""
SHOWN: Final = dict(zip(COLUMNS, HEADER[1:], strict=True))
LONGEST: Final = {"title": 200, "agency": 100, "year": 4, "published": 40, "url": 1000}
"""Characters of a value."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]")
_FORMULA: Final = "=+-@＝＋－＠"
"""A cell that begins so runs as a formula in a spreadsheet.  Source: OWASP, CSV Injection."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the row of a file stands, or would stand."""

    file: str
    """Absolute POSIX path; a zip member after ``!``."""
    table: Path
    line: int | None
    """From 1; None when no row speaks for the file yet."""
    values: Mapping[str, str]
    """What the row says now."""
    seen: str
    """Changes when the row does."""


def find_place(file: str, root: Path) -> Place:
    """The row that speaks for a file below ``root``, or would if its values were right.

    Raises OverridesError for a table that cannot be used or a file that no table speaks for,
    OSError for one that cannot be read."""
    folder = Path(container_of(file)).parent
    if root != folder and root not in folder.parents:
        raise OverridesError(NAME, 0, "这个文件不在收录的文件夹中，标签无法写入")
    nearest = None
    for above in (folder, *folder.parents):
        table = above / NAME
        if table.is_file():
            nearest = nearest or table
            lines, _ = _lines(table)
            for row in reversed(parse_rows("".join(lines), NAME)[1]):
                if (above / row.file).as_posix() == file:
                    seen = _seen(table, lines[row.first : row.last])
                    return Place(file, table, row.first + 1, row.values, seen)
        if above == root:
            break
    table = nearest or root / NAME
    return Place(file, table, None, {}, _seen(table, []))


def write_row(
    file: str, root: Path, values: Mapping[str, str], replacing: str | None = None
) -> Place:
    """Set the labels given (empty ones are left to detection) and keep the row's others.

    ``replacing`` is the ``seen`` of the row the writer was shown.  Raises LabelsRefused,
    RowChanged, OverridesError and OSError; then nothing was written.
    """
    values = {column: value.strip() for column, value in values.items()}
    with _locked(root):
        place = find_place(file, root)
        if replacing is not None and replacing != place.seen:
            raise RowChanged(place.table)
        if problems := writing_problems(values, place.values):
            raise LabelsRefused(problems)
        if place.table.is_symlink():
            raise OverridesError(NAME, 0, f"{place.table} 是指向别处的链接，请直接编辑它所指的文件")
        data = _changed(place, values)
        _replace(place, values, data)
        return find_place(file, root)


def writing_problems(values: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with values about to be written, in Chinese, by column."""
    found = label_problems(values)
    for column, value in values.items():
        name, most = SHOWN[column], LONGEST[column]
        if _CONTROL.search(value):
            found[column] = f"{name}中不能有换行、制表符等控制字符，请写成一行"
        elif value.startswith(tuple(_FORMULA)):
            found[column] = f"{name}不能以 {value[0]} 开头：电子表格会把它当作公式"
        elif len(value) > most and column not in found:
            found[column] = f"{name}有 {len(value)} 个字，最多 {most} 个"
    url = values.get("url")
    if url and "url" not in found and not _is_web_address(url):
        found["url"] = "网址应以 http:// 或 https:// 开头，中间没有空格"
    if not now and not any(values.values()):
        found["title"] = "至少填写一项"
    return found


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", url)


def _lines(table: Path) -> tuple[list[str], str]:
    """The table's lines with their ends, and its encoding, such that encoding the lines gives
    the file again."""
    data = table.read_bytes()
    try:
        encoding = decode(data)[1]
        lines = list(io.StringIO(data.decode(encoding)))
        if "".join(lines).encode(encoding) == data:
            return lines, encoding
    except (ReadError, UnicodeError):
        pass
    raise OverridesError(NAME, 1, f"{table} 的编码特殊或有损坏，请用 UTF-8 编码另存一份")


def _seen(table: Path, lines: list[str]) -> str:
    return hashlib.sha256("\n".join((table.as_posix(), *lines)).encode()).hexdigest()[:16]


def _changed(place: Place, values: Mapping[str, str]) -> bytes:
    """The bytes of the table with the row changed or added."""
    end = "\r\n"
    lines, encoding = [_record(HEADER, end)], "utf-8-sig"
    if place.table.exists():
        lines, encoding = _lines(place.table)
        end = "\r\n" if lines[0].endswith("\r\n") else "\n"
        if not lines[-1].endswith("\n"):
            lines[-1] += end
    columns, rows = parse_rows("".join(lines), NAME)
    missing = [column for column in values if column not in columns and values[column]]
    if missing:
        (header,) = csv.reader(lines[: _header_lines(lines)])
        lines[: _header_lines(lines)] = [_record([*header, *(SHOWN[c] for c in missing)], end)]
        columns, rows = parse_rows("".join(lines), NAME)
    first = last = len(lines)
    cells = [""] * len(columns)
    for row in rows:
        if place.line is not None and (place.table.parent / row.file).as_posix() == place.file:
            first, last = row.first, row.last
    if first < last:
        (own,) = csv.reader(lines[first:last])
        cells[: len(own)] = own
    else:
        cells[columns.index("file")] = _file_cell(place)
    for column, value in values.items():
        for number, name in enumerate(columns):
            if name == column:
                cells[number] = value
    lines[first:last] = [_record(cells, end)]
    try:
        return "".join(lines).encode(encoding)
    except UnicodeEncodeError:
        return "".join(lines).encode("utf-8-sig")


def _header_lines(lines: list[str]) -> int:
    reader = csv.reader(lines)
    next(reader)
    return reader.line_num


def _record(cells: Iterable[str], end: str) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator=end).writerow(cells)
    return out.getvalue()


def _file_cell(place: Place) -> str:
    name = place.file.removeprefix(place.table.parent.as_posix()).lstrip("/")
    # the same file, and neither a formula nor a blank that reading would take off
    return f"./{name}" if name.startswith((*_FORMULA, " ", "\u3000")) else name


def _replace(place: Place, values: Mapping[str, str], data: bytes) -> None:
    """Put the bytes in the table's place, once they read as meant."""
    table = place.table
    expected = usable_overrides(table)[0] if table.exists() else {}
    own = {**place.values, **values}
    expected[place.file] = {column: value for column, value in own.items() if value}
    part = table.with_name(f".{NAME}.part")
    part.unlink(missing_ok=True)
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if usable_overrides(part)[0] != expected:
            raise OverridesError(
                NAME, 0, f"{table} 的写法特殊（列数不齐，或文件名特殊），请直接编辑它"
            )
        if table.exists():
            shutil.copymode(table, part)
        part.replace(table)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One writer below the folder at a time; the system lets go when its holder dies."""
    number = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)
