"""Generations of an index on disk: one is served, the next is built beside it.

    <index_dir>/current -> generations/000007     what readers open
    <index_dir>/generations/000006, 000007        the one before is kept for open readers
    <index_dir>/_MAIN_7.toc -> generations/…      what Whoosh opens when told this folder
    <index_dir>/ledger.jsonl                      ``index.ledger``
    <index_dir>/lock                              held while building; the last number given
    <index_dir>/.scratch                          of a build at work

A generation's folder is written under a hidden name, every file and folder flushed to disk,
and then renamed; last, the link ``current`` is replaced.  Whatever moment a build dies at, the
link names a whole generation.  What goes into a generation is ``builder``'s matter.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from index.codec.tasks import Tick, ignore
from index.codec.whoosh_codec import TOC_NAME, write_toc
from index.errors import DamagedIndex, IndexLocked, NoIndex
from index.ledger import Entry, append
from index.manifest import (
    NAME,
    Manifest,
    SegmentEntry,
    digests,
    ledger_digest,
    write_manifest,
)

CURRENT: Final = "current"
FOLDER: Final = "generations"
LEDGER: Final = "ledger.jsonl"
LOCK: Final = "lock"
LINK: Final = ".link"
"""A link before it takes its place."""
WORK: Final = ".building"
"""Folder of the generation being built; whatever an earlier build left in it is removed."""
SCRATCH: Final = ".scratch"
"""Folder of a build's own files, which no generation needs; removed like ``WORK``."""
_DIGITS: Final = 6


def current_generation(index_dir: Path) -> str:
    """The name of the generation now served, by reading one link.  Raises NoIndex."""
    try:
        return Path(os.readlink(index_dir / CURRENT)).name
    except FileNotFoundError:
        raise NoIndex(index_dir) from None
    except OSError:
        raise DamagedIndex(index_dir / CURRENT, "应为符号链接") from None


def generation_folder(index_dir: Path, generation: str) -> Path:
    """Where the generation lies."""
    return index_dir / FOLDER / generation


def ledger_path(index_dir: Path) -> Path:
    """Where the ledger lies."""
    return index_dir / LEDGER


@contextmanager
def build_lock(index_dir: Path) -> Iterator[None]:
    """Hold the index for writing.  Raises IndexLocked at once when another process does; the
    system lets go of the lock when its holder dies, whatever becomes of processes it forked."""
    index_dir.mkdir(parents=True, exist_ok=True)
    number = os.open(index_dir / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    _locks.add(number)
    try:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise IndexLocked(index_dir) from None
        # which a build that died then did not tell Whoosh
        if served := served_generation(index_dir):
            _serve_to_whoosh(index_dir, served)
        yield
    finally:
        _locks.remove(number)
        os.close(number)


_locks: set[int] = set()


def _let_go_in_child() -> None:
    """A lock lasts while any process has its file open: workers must not outlive the builder
    with it."""
    for number in _locks:
        os.close(number)
    _locks.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go_in_child)


def flush(path: Path) -> None:
    """See a file or folder safely on disk."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


@contextmanager
def scratch_folder(index_dir: Path) -> Iterator[Path]:
    """An empty folder on the index's own disk, removed in the end; what a killed build left in
    it is removed too.  The lock must be held."""
    folder = index_dir / SCRATCH
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def begin(index_dir: Path) -> Path:
    """An empty folder to build the next generation in.  The lock must be held."""
    abandon(index_dir)
    work = index_dir / FOLDER / WORK
    work.mkdir(parents=True)
    return work


def abandon(index_dir: Path) -> None:
    """Remove what a build made that came to nothing, a finished folder never served included."""
    shutil.rmtree(index_dir / FOLDER / WORK, ignore_errors=True)
    if served := served_generation(index_dir):
        for path in _generations(index_dir):
            if path.name > served:
                shutil.rmtree(path, ignore_errors=True)


def served_generation(index_dir: Path) -> str:
    """The generation now served, or nothing."""
    try:
        return current_generation(index_dir)
    except (NoIndex, DamagedIndex):
        return ""


def _generations(index_dir: Path) -> list[Path]:
    return [path for path in (index_dir / FOLDER).glob("[0-9]*") if path.name.isdigit()]


def next_generation(index_dir: Path) -> str:
    """One more than any that is there or ever was, also where ``generations`` was deleted: a
    reader knows a new generation by its number alone."""
    last = (index_dir / LOCK).read_text("ascii", "replace").strip() or "0"
    there = [int(path.name) for path in _generations(index_dir)]
    return str(max([*there, int(last) if last.isdigit() else 0]) + 1).zfill(_DIGITS)


def commit(
    index_dir: Path,
    segments: Sequence[SegmentEntry],
    segmenter: str,
    entries: Sequence[Entry],
    ledger_size: int,
    tick: Tick = ignore,
) -> str:
    """Make the folder of ``begin``, with its segment files, the generation that is served;
    gives its name.  The lock must be held.

    ``entries`` are added to the ledger after its first ``ledger_size`` bytes.
    """
    work = index_dir / FOLDER / WORK
    before = served_generation(index_dir)
    generation = next_generation(index_dir)
    (index_dir / LOCK).write_text(f"{generation}\n", "ascii")
    write_toc(work, segments, int(generation), f"{FOLDER}/{generation}")
    size = append(ledger_path(index_dir), entries, ledger_size)
    files = sorted(path for path in work.iterdir() if path.name != NAME)
    manifest = Manifest(
        generation=generation,
        built=datetime.now(UTC).astimezone().isoformat(timespec="seconds"),
        segmenter=segmenter,
        segments=tuple(segments),
        files=digests(files),
        ledger_size=size,
        ledger_sha256=ledger_digest(ledger_path(index_dir), size),
    )
    write_manifest(work, manifest)
    tick(0.5)
    files = list(work.iterdir())
    for path in files:
        flush(path)
        tick(0.4 / len(files))
    flush(work)
    final = generation_folder(index_dir, generation)
    work.rename(final)
    flush(final.parent)
    _serve(index_dir, generation)
    _serve_to_whoosh(index_dir, generation)
    for path in _generations(index_dir):
        if path.name not in (before, generation):
            shutil.rmtree(path, ignore_errors=True)
    for link in index_dir.glob(TOC_NAME.format("*")):
        if not link.exists():
            with suppress(OSError):
                link.unlink()
    return generation


def _serve(index_dir: Path, generation: str) -> None:
    _point(index_dir / CURRENT, Path(FOLDER) / generation)
    # served from now on; until this is on disk too, the generation before is as sound
    with suppress(OSError):
        flush(index_dir)


def _serve_to_whoosh(index_dir: Path, generation: str) -> None:
    """Lets Whoosh open the index's own folder: of several links it follows the one with the
    highest number.  A build that dies before this leaves it at the generation before, which is
    kept, until the next takes the lock."""
    name = TOC_NAME.format(int(generation))
    if not (index_dir / name).is_symlink():
        with suppress(OSError):  # served already
            _point(index_dir / name, Path(FOLDER) / generation / name)


def _point(link: Path, target: Path) -> None:
    """Make or replace a symbolic link, at once."""
    fresh = link.with_name(LINK)
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    flush(link.parent)
    fresh.replace(link)
