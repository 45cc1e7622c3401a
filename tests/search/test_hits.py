"""Hits are made of what stands in columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.identity import passage_hash
from index.builder import build_index
from index.codec.reader import SegmentReader
from index.generations import build_lock
from index.snapshot import open_snapshot
from index.update import update_index
from search import open_engine
from search.request import SearchRequest
from search.results import ReportDocument
from tests.reports import build_report


class TextRead(Exception):
    """A stored text was read."""


def test_a_hit_without_snippets_reads_no_text(
    tmp_path: Path, project_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index([project_dir / "corpus" / "samples"], tmp_path / "index", processes=1)
    engine = open_engine(tmp_path / "index")

    def read(segment: SegmentReader, doc: int) -> str:
        raise TextRead

    with monkeypatch.context() as patch:
        patch.setattr(SegmentReader, "passage_text", read)
        hits = engine.search(SearchRequest("法治政府", size=100, snippets=False)).hits
        with pytest.raises(TextRead):
            engine.search(SearchRequest("法治政府"))
    assert len(hits) > 9
    for hit in hits:
        document = engine.report(hit.report_id)
        assert isinstance(document, ReportDocument)
        texts = {p.passage: document.text[p.start : p.end] for p in document.passages}
        assert hit.hash == passage_hash(texts[hit.passage])
    engine.close()


def test_hits_of_several_segments_keep_their_own_headings(tmp_path: Path) -> None:
    for part in range(2):
        texts = [f"第{part}批法治政府第{i}段" + "。" * i for i in range(4)]
        headings = [(f"第{part}批", f"第{i}节") for i in range(4)]
        with build_lock(tmp_path):
            update_index(tmp_path, [build_report(texts, id=f"r{part}", headings=headings)])
    engine = open_engine(tmp_path)
    assert len(open_snapshot(tmp_path).segments) == 2
    hits = engine.search(SearchRequest("法治政府", view="passages")).hits
    assert len(hits) == 8
    for hit in hits:
        text = hit.snippets[0].text
        assert hit.heading == (text[:3], f"第{hit.passage[1:]}节")
        assert text[:3] == f"第{hit.report_id[1:]}批"
        document = engine.report(hit.report_id)
        assert isinstance(document, ReportDocument)
        assert (hit.hash, hit.heading) in [(p.hash, p.headings) for p in document.passages]
    engine.close()
