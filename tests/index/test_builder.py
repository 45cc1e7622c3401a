"""From folders to generations: the commands, what changes, what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from index import generations, update
from index.__main__ import main
from index.builder import build_index
from index.errors import DamagedIndex
from index.generations import build_lock, current_generation
from index.manifest import forget_verified
from index.snapshot import IndexSnapshot, open_snapshot

REPORT = """{agency}{year}年法治政府建设情况报告

{year}年，{agency}深入学习贯彻习近平法治思想，全面推进法治政府建设，现将有关情况报告如下。
一、主要举措和成效
（一）健全制度。{extra}严格落实行政执法三项制度，全年办理行政处罚案件{count}件。
（二）强化监督。主动接受监督，办理建议提案{count}件，答复率百分之百。
二、存在的不足和原因
执法力量仍然不足，普法形式还不够丰富。
三、下一年度工作安排
持续推进法治政府建设，提升依法行政水平。

{agency}
{next_year}年1月15日
"""


def put(folder: Path, name: str, agency: str, year: int, extra: str = "") -> Path:
    """Write one invented report; texts of two agencies differ by more than their names."""
    path = folder / name
    own = "".join(f"{agency}第{i}项举措已经完成，涉及{i * year % 97}个单位。" for i in range(9))
    path.write_text(
        REPORT.format(
            agency=agency, year=year, next_year=year + 1, extra=own + extra, count=year % 89
        ),
        encoding="utf-8",
    )
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ten reports of two agencies."""
    made = tmp_path / "reports"
    made.mkdir()
    for year in range(2017, 2022):
        put(made, f"a{year}.txt", "青山市教育局", year)
        put(made, f"b{year}.txt", "青山市司法局", year)
    return made


def titles(snapshot: IndexSnapshot) -> dict[str, str]:
    """Title → id of all that is held."""
    found = {}
    for report_id in snapshot.report_ids():
        place = snapshot.find_report(report_id)
        assert place is not None
        found[place[0].report_title(place[1])] = report_id
    return found


def test_build_again_does_only_what_changed(folder: Path, tmp_path: Path) -> None:
    index_dir = tmp_path / "index"
    first = build_index([folder], index_dir)
    assert (first.added, first.removed, first.held, first.changed) == (10, 0, 10, True)
    again = build_index([folder], index_dir)
    assert (again.changed, again.generation, again.unchanged) == (False, first.generation, 10)
    before = titles(open_snapshot(index_dir))

    put(folder, "a2021.txt", "青山市教育局", 2021, extra="新增一句，首违不罚清单公布。")
    put(folder, "c.txt", "青山市公安局", 2021)
    (folder / "b2017.txt").unlink()
    second = build_index([folder], index_dir)
    assert (second.added, second.removed, second.held, second.unchanged) == (2, 1, 10, 8)
    snapshot = open_snapshot(index_dir)
    after = titles(snapshot)
    gone = before["青山市司法局2017年法治政府建设情况报告"]
    assert snapshot.resolve(gone).fate == "gone"
    assert {t: i for t, i in after.items() if t in before} == {
        t: i for t, i in before.items() if i != gone
    }
    hits = sum(len(s.body.phrase("首违不罚")) for s in snapshot.segments)
    assert hits == 1


def test_other_folders_stay(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    put(other, "x.txt", "青山市财政局", 2020)
    index_dir = tmp_path / "index"
    build_index([folder], index_dir)
    assert build_index([other], index_dir).held == 11


def test_a_moved_file_keeps_its_links(folder: Path, tmp_path: Path) -> None:
    index_dir = tmp_path / "index"
    build_index([folder], index_dir)
    before = titles(open_snapshot(index_dir))
    (folder / "deep").mkdir()
    for path in sorted(folder.glob("*.txt")):
        path.rename(folder / "deep" / path.name)
    build_index([folder], index_dir)
    assert titles(open_snapshot(index_dir)) == before


def test_a_corrected_agency_redirects(folder: Path, tmp_path: Path) -> None:
    index_dir = tmp_path / "index"
    build_index([folder], index_dir)
    old = titles(open_snapshot(index_dir))["青山市司法局2017年法治政府建设情况报告"]
    (folder / "metadata.csv").write_text("file,agency\nb2017.txt,绿水市司法局\n", encoding="utf-8")
    build_index([folder], index_dir)
    snapshot = open_snapshot(index_dir)
    fate = snapshot.resolve(old)
    assert fate.fate == "moved"
    assert fate.to is not None
    place = snapshot.find_report(fate.to)
    assert place is not None
    assert place[0].report(place[1]).agency == "绿水市司法局"


def test_the_guard(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    index_dir = tmp_path / "index"
    arguments = ["build", str(folder), "--index-dir", str(index_dir)]
    assert main(arguments) == 0
    for year in (2018, 2019, 2020):
        (folder / f"a{year}.txt").unlink()
    before = current_generation(index_dir)
    assert main(arguments) == 1
    assert "--prune" in capsys.readouterr().err
    assert current_generation(index_dir) == before
    assert main([*arguments, "--prune"]) == 0
    assert "移除 3 份" in capsys.readouterr().out


def test_commands_say_what_is_wrong(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index_dir = tmp_path / "index"
    own = ["--index-dir", str(index_dir)]
    assert main(["check", *own]) == 2
    assert main(["stats", *own]) == 2
    assert "index build" in capsys.readouterr().err
    assert main(["build", str(tmp_path / "nowhere"), *own]) == 1
    assert main(["build", str(folder), *own]) == 0
    assert main(["check", *own]) == 0
    assert main(["stats", *own]) == 0
    assert "报告 10 份" in capsys.readouterr().out
    with build_lock(index_dir):
        assert main(["build", str(folder), *own]) == 1
    assert "另一个" in capsys.readouterr().err

    segment = next((index_dir / "current").resolve().glob("*.fz"))
    raw = bytearray(segment.read_bytes())
    raw[len(raw) // 2] ^= 1
    segment.write_bytes(bytes(raw))
    assert main(["check", *own]) == 1
    assert "损坏" in capsys.readouterr().err
    # nothing is written over what cannot be read
    assert main(["build", str(folder), *own]) == 1
    forget_verified()
    with pytest.raises(DamagedIndex):
        open_snapshot(index_dir)


def test_an_interrupted_build_leaves_the_index(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    index_dir = tmp_path / "index"
    arguments = ["build", str(folder), "--index-dir", str(index_dir)]
    assert main(arguments) == 0
    before = current_generation(index_dir)
    put(folder, "c.txt", "青山市公安局", 2021)

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    for fault, status in ((stop, 130), (full, 1)):
        with monkeypatch.context() as patch:
            patch.setattr(update, "write_segments", fault)
            assert main(arguments) == status
        assert "没有改动" in capsys.readouterr().err
        assert current_generation(index_dir) == before
        assert [p.name for p in (index_dir / "generations").iterdir()] == [before]
    serve = generations._serve

    def serve_and_stop(index_dir: Path, generation: str) -> None:
        serve(index_dir, generation)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:  # in the last moment
        patch.setattr(generations, "_serve", serve_and_stop)
        assert main(arguments) == 130
    served = current_generation(index_dir)
    assert served > before
    assert f"新的索引 {served} 已经建成" in capsys.readouterr().err
    assert len(titles(open_snapshot(index_dir))) == 11
    assert main(arguments) == 0
    assert current_generation(index_dir) == served


def test_another_segmenter_cuts_the_stored_texts_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index_dir = tmp_path / "index"
    build_index([folder], index_dir)
    shutil.copytree(folder, tmp_path / "kept")
    monkeypatch.setattr(update.open_segmenter(), "name", "jieba of tomorrow")
    assert build_index([folder], index_dir).changed
    snapshot = open_snapshot(index_dir)
    assert snapshot.segmenter == "jieba of tomorrow"
    assert {segment.segmenter for segment in snapshot.segments} == {"jieba of tomorrow"}
    assert len(titles(snapshot)) == 10


def test_generations_before_the_last_two_are_removed(folder: Path, tmp_path: Path) -> None:
    index_dir = tmp_path / "index"
    early = None
    for number in range(4):
        put(folder, f"n{number}.txt", f"青山市第{number}办公室", 2021)
        build_index([folder], index_dir)
        early = early or open_snapshot(index_dir)
    assert sorted(p.name for p in (index_dir / "generations").iterdir()) == ["000003", "000004"]
    assert early is not None
    assert len(titles(early)) == 11
    assert early.segments[0].passage_text(0)
