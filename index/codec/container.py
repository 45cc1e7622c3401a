"""One file of named, typed, checksummed sections, memory-mapped.

What the sections mean belongs to the modules that write them.  Layout (``docs/format.md``):
a 24-byte head, the sections, each aligned to 8 bytes, and the directory, whose place the head
gives.  All numbers are little-endian.
"""

from __future__ import annotations

import mmap
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from index.errors import DamagedIndex, WrongVersion

FORMAT_VERSION: Final = 5
MAGIC: Final = b"FAZHISEG"
_HEAD: Final = struct.Struct("<8sIIQ")
"""magic, version, CRC-32 of the directory, place of the directory."""
_ENTRY: Final = struct.Struct("<32s4sIQQ")
"""name, NumPy type code, CRC-32 of the bytes, place, length in bytes."""
_ALIGN: Final = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the directory."""

    dtype: str
    crc: int
    place: int
    length: int


class Sections(Protocol):
    """Named sections, wherever they lie."""

    def __contains__(self, name: str) -> bool: ...

    def array(self, name: str) -> NDArray[Any]:
        """The section as a read-only array."""

    def raw(self, name: str) -> bytes:
        """A copy of the section."""

    def slice(self, name: str, start: int, end: int) -> bytes:
        """A copy of bytes ``[start, end)`` of the section."""


class MemorySections:
    """Sections that are yet to be written: what is encoded from others reads them so."""

    def __init__(self, values: Mapping[str, NDArray[Any] | bytes]) -> None:
        self._values = values

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def array(self, name: str) -> NDArray[Any]:
        values = self._values[name]
        return np.frombuffer(values, np.uint8) if isinstance(values, bytes) else values

    def raw(self, name: str) -> bytes:
        return self.array(name).tobytes()

    def slice(self, name: str, start: int, end: int) -> bytes:
        return self.array(name).view(np.uint8)[start:end].tobytes()


def compact(values: NDArray[Any]) -> NDArray[Any]:
    """Unsigned values in the narrowest of uint8, uint16, uint32, uint64 that holds them."""
    top = int(values.max()) if len(values) else 0
    for dtype in (np.uint8, np.uint16, np.uint32):
        if top <= np.iinfo(dtype).max:
            return values.astype(dtype)
    return values.astype(np.uint64)


def write_container(path: Path, sections: Mapping[str, NDArray[Any] | bytes]) -> None:
    """Write the sections in order.  Flushing to disk is the caller's."""
    entries = []
    with path.open("wb") as file:
        file.write(b"\0" * _HEAD.size)
        for name, values in sections.items():
            array = np.frombuffer(values, np.uint8) if isinstance(values, bytes) else values
            raw = np.ascontiguousarray(array).view(np.uint8).data if array.size else b""
            file.write(b"\0" * (-file.tell() % _ALIGN))
            place = file.tell()
            file.write(raw)
            code = array.dtype.newbyteorder("<").str.encode("ascii")
            entries.append(
                _ENTRY.pack(name.encode("ascii"), code, zlib.crc32(raw), place, len(raw))
            )
        file.write(b"\0" * (-file.tell() % _ALIGN))
        place = file.tell()
        directory = struct.pack("<I", len(entries)) + b"".join(entries)
        file.write(directory)
        file.seek(0)
        file.write(_HEAD.pack(MAGIC, FORMAT_VERSION, zlib.crc32(directory), place))


class Container:
    """The sections of one file.  Raises DamagedIndex or WrongVersion on opening when the head
    or the directory is not sound; the sections' own bytes are checked by ``verify``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            try:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except ValueError:
                raise DamagedIndex(path, "文件为空") from None
        self.entries = self._read_directory()
        self._bytes = np.frombuffer(self._map, np.uint8)

    def _read_directory(self) -> dict[str, Entry]:
        size = len(self._map)
        if size < _HEAD.size:
            raise DamagedIndex(self.path, "文件不完整")
        magic, version, crc, place = _HEAD.unpack_from(self._map)
        if magic != MAGIC:
            raise DamagedIndex(self.path, "不是索引段文件")
        if version != FORMAT_VERSION:
            raise WrongVersion(self.path, version, FORMAT_VERSION)
        if place + 4 > size or zlib.crc32(self._map[place:]) != crc:
            raise DamagedIndex(self.path, "目录校验和不符")
        (count,) = struct.unpack_from("<I", self._map, place)
        found = {}
        for number in range(count):
            name, code, own_crc, start, length = _ENTRY.unpack_from(
                self._map, place + 4 + number * _ENTRY.size
            )
            entry = Entry(code.rstrip(b"\0").decode(), own_crc, start, length)
            found[name.rstrip(b"\0").decode()] = entry
        return found

    def __contains__(self, name: str) -> bool:
        return name in self.entries

    def _entry(self, name: str) -> Entry:
        """Raises DamagedIndex for a section that is not there."""
        try:
            return self.entries[name]
        except KeyError:
            raise DamagedIndex(self.path, f"缺少“{name}”一节") from None

    def array(self, name: str) -> NDArray[Any]:
        """The section as a read-only array over the mapping."""
        entry = self._entry(name)
        return self._bytes[entry.place : entry.place + entry.length].view(entry.dtype)

    def raw(self, name: str) -> bytes:
        """A copy of the section."""
        entry = self._entry(name)
        return self._map[entry.place : entry.place + entry.length]

    def head(self) -> bytes:
        """The file's first bytes: magic, version, checksum and place of the directory."""
        return self._map[: _HEAD.size]

    def slice(self, name: str, start: int, end: int) -> bytes:
        """A copy of bytes ``[start, end)`` of the section."""
        place = self._entry(name).place
        return self._map[place + start : place + end]

    def sizes(self) -> Iterator[tuple[str, int]]:
        """Each section's name and bytes, in file order."""
        for name, entry in self.entries.items():
            yield name, entry.length

    def verify(self) -> None:
        """Raises DamagedIndex when a section's bytes are not those that were written."""
        for name, entry in self.entries.items():
            view = self._bytes[entry.place : entry.place + entry.length]
            if zlib.crc32(view.data) != entry.crc:
                raise DamagedIndex(self.path, f"“{name}”的校验和不符")
