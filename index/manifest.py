"""What a generation holds, and proof that it is what was written.

``manifest.json`` lists every file of the generation with its SHA-256 and carries a checksum of
itself.  Which generation is served is ``generations``' matter.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from index.codec.container import FORMAT_VERSION
from index.errors import DamagedIndex, WrongVersion

NAME: Final = "manifest.json"
_CHUNK: Final = 1 << 20

_verified: dict[tuple[int, int, int, int], str] = {}
"""SHA-256 by (device, inode, size, modification time in ns) of files this process has read
whole: a generation shares most files with the one before, and need not read them again."""


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """A segment of the generation: ``<name>.fz``, and ``<name>.del`` when some are deleted."""

    name: str
    passages: int
    deleted: int
    """Passages."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The generation's own description."""

    generation: str
    built: str
    """ISO time with offset."""
    segmenter: str
    segments: tuple[SegmentEntry, ...]
    files: dict[str, str]
    """SHA-256 by file name."""
    ledger_size: int
    ledger_sha256: str
    """Of the first ``ledger_size`` bytes of the ledger."""


def _digest(path: Path) -> str:
    status = path.stat()
    key = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
    known = _verified.get(key)
    if known is None:
        with path.open("rb") as file:
            known = hashlib.file_digest(file, "sha256").hexdigest()
        _verified[key] = known
    return known


def forget_verified() -> None:
    """Make the next opening read every byte again."""
    _verified.clear()


def digests(paths: Iterable[Path]) -> dict[str, str]:
    """SHA-256 by file name, files side by side."""
    own = list(paths)
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        return dict(zip((path.name for path in own), pool.map(_digest, own), strict=True))


def ledger_digest(path: Path, size: int) -> str:
    """SHA-256 of the first ``size`` bytes; of nothing when there is no file."""
    if not size:
        return hashlib.sha256().hexdigest()
    with path.open("rb") as file:
        return hashlib.sha256(file.read(size)).hexdigest()


def _checksum(values: dict[str, Any]) -> str:
    canonical = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it into the generation's folder.  Flushing to disk is the caller's."""
    values: dict[str, Any] = {"format": FORMAT_VERSION, **asdict(manifest)}
    values["segments"] = [list(asdict(entry).values()) for entry in manifest.segments]
    values["checksum"] = _checksum(values)
    text = json.dumps(values, ensure_ascii=False, indent=1)
    (folder / NAME).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> Manifest:
    """Raises DamagedIndex or WrongVersion; FileNotFoundError when the folder is gone."""
    path = folder / NAME
    try:
        values = json.loads(path.read_bytes().decode("utf-8"))
        found = values["format"]
    except FileNotFoundError:
        if folder.is_dir():
            raise DamagedIndex(path, "缺少清单文件") from None
        raise
    except (ValueError, KeyError, TypeError):
        raise DamagedIndex(path, "清单无法读取") from None
    checksum = values.pop("checksum", None)
    if checksum != _checksum(values):
        raise DamagedIndex(path, "清单校验和不符")
    if found != FORMAT_VERSION:
        raise WrongVersion(folder, found, FORMAT_VERSION)
    del values["format"]
    values["segments"] = tuple(SegmentEntry(*entry) for entry in values["segments"])
    return Manifest(**values)


def verify_files(folder: Path) -> Manifest:
    """The manifest of a generation's folder, every file held to it.  Raises DamagedIndex or
    WrongVersion when a file is missing, its bytes are not those written, or the folder bears
    another generation's name; FileNotFoundError when the folder is gone."""
    manifest = read_manifest(folder)
    if manifest.generation != folder.resolve().name:
        raise DamagedIndex(folder, f"清单属于 {manifest.generation}")
    paths = [folder / name for name in manifest.files]
    for path in paths:
        if not path.is_file():
            raise DamagedIndex(path, "文件缺失")
    for name, digest in digests(paths).items():
        if digest != manifest.files[name]:
            raise DamagedIndex(folder / name, "内容与清单不符")
    return manifest


def verify_ledger(ledger: Path, manifest: Manifest) -> None:
    """Raises DamagedIndex unless the ledger begins with what belongs to the generation."""
    try:
        same = ledger_digest(ledger, manifest.ledger_size) == manifest.ledger_sha256
    except FileNotFoundError:
        raise DamagedIndex(ledger, "文件缺失") from None
    if not same:
        raise DamagedIndex(ledger, "内容与清单不符")
