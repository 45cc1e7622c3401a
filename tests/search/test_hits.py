"""Hits are made of what stands in columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.identity import passage_hash
from index.builder import build_index
from index.codec.reader import SegmentReader
from search import open_engine
from search.request import SearchRequest
from search.results import ReportDocument


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
