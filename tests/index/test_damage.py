"""Whatever happens to the bytes before opening: right answers or a clear refusal.

Every file of a generation is flipped, cut, lengthened, emptied, exchanged, replaced and made
unreadable.  The engine, the snapshot, ordinary Whoosh, ``index check`` and the next build then
either know nothing of it, or refuse in Chinese.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from whoosh import query
from whoosh.index import open_dir

from corpus.model import Report
from index import manifest
from index.__main__ import main
from index.codec.container import Container
from index.codec.whoosh_codec import write_toc
from index.errors import DamagedIndex, IndexProblem, WrongVersion
from index.generations import build_lock
from index.manifest import SegmentEntry, forget_verified
from index.snapshot import open_snapshot
from index.update import update_index
from search import IndexUnavailable, SearchRequest, open_engine

ASKED = ("法治政府", "“政府建设”", "监督 OR 执法", '="行政执法"', "第3项*", "法治 同句 政府")
ADVICE = ("重新建立", "运行", "index build")


@pytest.fixture(scope="module")
def sound(make_report: Callable[..., Report], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two generations; in the second two segments, one of them with deletions."""
    index_dir = tmp_path_factory.mktemp("sound") / "index"
    reports = [
        make_report(
            [f"第{i}项推进法治政府建设，{i}。" * 9, f"行政执法“监督”第{i}次。"], report_id=f"r{i}"
        )
        for i in range(9)
    ]
    with build_lock(index_dir):
        update_index(index_dir, reports[:6], processes=1)
        update_index(index_dir, reports[6:], {"r2"}, processes=1)
    assert list((index_dir / "current").resolve().glob("*.del"))
    return index_dir


@pytest.fixture
def index_dir(sound: Path, tmp_path: Path) -> Path:
    """A copy of its own to spoil."""
    shutil.copytree(sound, tmp_path / "index", symlinks=True)
    return tmp_path / "index"


def answers(index_dir: Path) -> list[object]:
    """All that the engine says, as plain values."""
    engine = open_engine(index_dir)
    try:
        said: list[object] = []
        for typed in ASKED:
            page = engine.search(SearchRequest(typed, size=100))
            said.append((page.total, page.facets, [(h.report_id, h.snippets) for h in page.hits]))
        said += [engine.report(f"r{i}") for i in range(10)]
        return said
    finally:
        engine.close()


def whoosh_answers(index_dir: Path) -> list[object]:
    """What ordinary Whoosh says, stored fields included."""
    asked = [
        query.Phrase("grams", ["法治", "治政", "政府"]),
        query.Prefix("words", "政"),
        query.NumericRange("year", 2020, 2022),
        query.Every(),
    ]
    with open_dir(str(index_dir / "current")).searcher() as searcher:
        return [
            [tuple(sorted(hit.fields().items())) for hit in searcher.search(one, limit=None)]
            for one in asked
        ]


Spoil = Callable[[bytes, random.Random], bytes]


def flip(raw: bytes, rng: random.Random) -> bytes:
    spoilt = bytearray(raw)
    for _ in range(rng.choice([1, 1, 1, 2, 9])):
        spoilt[rng.randrange(len(raw))] ^= 1 << rng.randrange(8)
    return bytes(spoilt)


def cut(raw: bytes, rng: random.Random) -> bytes:
    return raw[: rng.randrange(len(raw))]


def lengthen(raw: bytes, rng: random.Random) -> bytes:
    return raw + rng.randbytes(rng.choice([1, 8, 4_096]))


def zero(raw: bytes, rng: random.Random) -> bytes:
    """A page that never reached the disk."""
    at = rng.randrange(len(raw))
    return raw[:at] + bytes(len(raw[at : at + 4_096])) + raw[at + 4_096 :]


def shift(raw: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(raw))
    return raw[at:] + raw[:at]


SPOILS: dict[str, Spoil] = {own.__name__: own for own in (flip, cut, lengthen, zero, shift)}


def refused_or_right(index_dir: Path, right: list[object], *, ledger: bool) -> bool:
    """Whether it was refused.  Anything else than a refusal or right answers fails."""
    forget_verified()
    refusal = ""
    try:
        assert answers(index_dir) == right
    except IndexUnavailable as problem:
        refusal = str(problem)
    assert not refusal or any(word in refusal for word in ADVICE), refusal
    if not ledger:
        with pytest.raises((DamagedIndex, WrongVersion)):
            open_snapshot(index_dir)
    return bool(refusal)


def files(index_dir: Path) -> Iterator[Path]:
    """Every file that a generation's answers rest on."""
    yield from sorted((index_dir / "current").resolve().iterdir())
    yield index_dir / "ledger.jsonl"


@pytest.mark.parametrize("how", sorted(SPOILS))
def test_any_file_spoilt(index_dir: Path, how: str, capsys: pytest.CaptureFixture[str]) -> None:
    rng = random.Random(how)
    right, whoosh_right = answers(index_dir), whoosh_answers(index_dir)
    for path in files(index_dir):
        raw = path.read_bytes()
        ledger = path.name == "ledger.jsonl"
        for _ in range(12 if path.suffix == ".fz" else 5):
            spoilt = SPOILS[how](raw, rng)
            if spoilt == raw:
                continue
            path.write_bytes(spoilt)
            refused = refused_or_right(index_dir, right, ledger=ledger)
            # what lies behind the ledger's own bytes belongs to no generation yet
            assert refused or (ledger and how == "lengthen"), path
            assert main(["check", "--index-dir", str(index_dir)]) == (1 if refused else 0)
            told = capsys.readouterr().err
            assert "Traceback" not in told
            assert not refused or "请" in told
            # Whoosh unpickles its table of contents before anybody is asked
            if not ledger and path.suffix != ".toc":
                forget_verified()
                with pytest.raises((DamagedIndex, WrongVersion)):
                    whoosh_answers(index_dir)
        path.write_bytes(raw)
    forget_verified()
    assert answers(index_dir) == right
    assert whoosh_answers(index_dir) == whoosh_right


def test_whoosh_is_not_told_otherwise_than_the_manifest(index_dir: Path) -> None:
    folder = (index_dir / "current").resolve()
    entries = open_snapshot(index_dir).manifest.segments
    assert any(entry.deleted for entry in entries)
    next(folder.glob("*.toc")).unlink()
    write_toc(folder, [SegmentEntry(entry.name, entry.passages, 0) for entry in entries], 2)
    forget_verified()
    with pytest.raises(DamagedIndex, match="toc"):
        whoosh_answers(index_dir)


def test_files_exchanged(index_dir: Path) -> None:
    right = answers(index_dir)
    own = list(files(index_dir))
    before = sorted((index_dir / "generations" / "000001").iterdir())
    for path in own:
        raw = path.read_bytes()
        for other in [*own, *before]:
            if other.read_bytes() == raw:
                continue
            path.write_bytes(other.read_bytes())
            assert refused_or_right(index_dir, right, ledger=path.name == "ledger.jsonl")
            path.write_bytes(raw)
    # a whole older generation in the place of the new one
    folder = (index_dir / "current").resolve()
    folder.rename(index_dir / "away")
    shutil.copytree(index_dir / "generations" / "000001", folder)
    assert refused_or_right(index_dir, right, ledger=False)


def test_what_is_no_file(index_dir: Path) -> None:
    right = answers(index_dir)
    for path in files(index_dir):
        away = index_dir / "away"
        path.rename(away)
        assert refused_or_right(index_dir, right, ledger=False)
        path.mkdir()
        assert refused_or_right(index_dir, right, ledger=False)
        path.rmdir()
        path.symlink_to(path)
        assert refused_or_right(index_dir, right, ledger=False)
        path.unlink()
        away.rename(path)
    assert answers(index_dir) == right
    link = index_dir / "current"
    link.unlink()
    for target in ("generations/000009", "/", "generations", "lock"):
        link.symlink_to(target)
        assert refused_or_right(index_dir, right, ledger=False)
        link.unlink()
    link.mkdir()
    assert refused_or_right(index_dir, right, ledger=False)


def test_a_disk_that_cannot_be_read(index_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(path: Path) -> str:
        raise OSError(5, "Input/output error", str(path))

    forget_verified()
    monkeypatch.setattr(manifest, "_digest", failing)
    with pytest.raises(DamagedIndex, match="无法读取"):
        open_snapshot(index_dir)


def test_a_damaged_index_is_not_built_upon(
    index_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / "a.txt").write_text(
        "青山市司法局2021年法治政府建设情况报告\n一、成效\n好。\n", "utf-8"
    )
    segment = next((index_dir / "current").resolve().glob("*.fz"))
    raw = segment.read_bytes()
    segment.write_bytes(raw[:-1])
    forget_verified()
    there = {path: path.read_bytes() for path in index_dir.rglob("*") if path.is_file()}
    assert main(["build", str(folder), "--index-dir", str(index_dir)]) == 1
    assert "请删除" in capsys.readouterr().err
    now = {path: path.read_bytes() for path in index_dir.rglob("*") if path.is_file()}
    assert now == there


def test_an_engine_keeps_what_it_serves_when_the_next_generation_is_damaged(
    index_dir: Path, make_report: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.whoosh_engine.engine.CHECK_EVERY_S", 0.0)
    engine = open_engine(index_dir)
    was = engine.generation()
    with build_lock(index_dir):
        update_index(index_dir, [make_report(["法治政府"], report_id="late")], processes=1)
    segment = max((index_dir / "current").resolve().glob("*.fz"), key=lambda p: p.stat().st_mtime)
    raw = segment.read_bytes()
    segment.write_bytes(flip(raw, random.Random(3)))
    assert engine.generation() == was
    assert engine.report("late") is None
    segment.write_bytes(raw)
    assert engine.generation() != was
    assert engine.report("late") is not None
    engine.close()


def test_every_byte_counts(index_dir: Path) -> None:
    """Not a sample: each single byte of a segment, and of each small file, is verified."""
    sections = 0
    for path in files(index_dir):
        raw = path.read_bytes()
        with path.open("r+b") as file:
            for at in range(0, len(raw), max(1, len(raw) // 400)):
                file.seek(at)
                file.write(bytes([raw[at] ^ 0x10]))
                file.flush()
                os.utime(path)
                forget_verified()
                with pytest.raises(IndexProblem):
                    open_snapshot(index_dir)
                file.seek(at)
                file.write(raw[at : at + 1])
        if path.suffix == ".fz":
            container = Container(path)
            container.verify()
            sections += len(list(container.sizes()))
    assert sections > 100
