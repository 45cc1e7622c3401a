"""Zip files of reports: their members' bytes, bounded."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from corpus.errors import ReadError
from corpus.readers import LARGEST_FILE, SUFFIXES

MOST_MEMBERS = 20_000
LARGEST_TOTAL = 4 * 1024**3
"""Uncompressed bytes of all members."""
LARGEST_RATIO = 200
"""Uncompressed to compressed; text rarely reaches 20."""


def iter_members(data: bytes | Path, first: int = 0) -> Iterator[tuple[str, bytes | ReadError]]:
    """Name and bytes of each file inside, or why it cannot be had; of a path, one at a time.

    ``first`` are passed over.  Two of one name get different ones.  A zip within a zip is refused,
    not entered.  Raises ReadError ``damaged`` or ``too_large`` for the zip as a whole, OSError for
    a path that cannot be opened.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data) if isinstance(data, bytes) else data)
        members = [member for member in archive.infolist() if not member.is_dir()]
    except (FileNotFoundError, PermissionError):
        raise
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise ReadError("damaged", "压缩包已损坏", "请重新下载。") from None
    if len(members) > MOST_MEMBERS or sum(m.file_size for m in members) > LARGEST_TOTAL:
        raise ReadError("too_large", "压缩包里的文件过多或过大", "请解压后再放入文件夹。")
    with archive:
        met: Counter[str] = Counter()
        for member in members:
            name = member_name(member)
            if _is_furniture(name):
                continue
            met[name] += 1
            if met[name] > 1:
                stem, dot, suffix = name.rpartition(".")
                name = f"{stem}（{met[name]}）{dot}{suffix}"
            if met.total() > first:
                yield name, _member(archive, member, name)


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> bytes | ReadError:
    if member.flag_bits & 0x1:
        return ReadError("encrypted", "压缩包设有密码", "请解压后再放入文件夹。")
    if member.file_size > LARGEST_FILE or (
        member.file_size > 1_000_000
        and member.file_size > LARGEST_RATIO * max(1, member.compress_size)
    ):
        return ReadError("too_large", "压缩包里的这个文件过大", "请解压后检查。")
    if name.lower().endswith(".zip"):
        return ReadError("unknown_format", "压缩包里还有压缩包", "请解压后再放入文件夹。")
    suffix = PurePosixPath(name).suffix
    if suffix and suffix.lower() not in SUFFIXES:
        advice = "如是报告，请另存为 .docx 或 .txt。"
        return ReadError("unknown_format", f"不支持 {suffix} 文件", advice)
    try:
        with archive.open(member) as file:
            return file.read(LARGEST_FILE + 1)
    except (
        zipfile.BadZipFile,
        OSError,
        RuntimeError,
        NotImplementedError,
        EOFError,
        ValueError,  # a damaged directory places the member before the file's beginning
        zlib.error,
    ):
        return ReadError("damaged", "压缩包里的这个文件已损坏", "请重新下载。")


def member_name(member: zipfile.ZipInfo) -> str:
    """The member's name; Chinese zips without the UTF-8 flag name their files in GBK."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        raw = member.filename.encode("cp437")
    except UnicodeEncodeError:
        return member.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename


def _is_furniture(name: str) -> bool:
    last = name.rsplit("/", 1)[-1]
    return last.startswith((".", "~$")) or name.startswith("__MACOSX/")
