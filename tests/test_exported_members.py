"""The small doors: what each package gives out changes on purpose only."""

from __future__ import annotations

import importlib

import pytest

DOORS = {
    "corpus": {
        "Catalog", "Changes", "CorpusError", "OverridesError", "Passage", "Plan", "Problem",
        "Progress", "ReadError", "Report", "Section", "Source", "TooManyGone", "label_report",
        "read_bytes", "write_problems",
    },
    "index": {
        "DamagedIndex", "DiskFull", "IndexLocked", "IndexProblem", "IndexSnapshot", "NoIndex",
        "Resolution", "SegmentFull", "WorkerLost", "WrongSegmenter", "WrongVersion",
        "current_generation", "open_snapshot",
    },
    "search": {
        "CursorExpired", "Engine", "FieldFilter", "IndexUnavailable", "QueryBounds", "RequestError",
        "ResultPage", "SearchError", "SearchRequest", "open_engine",
    },
    "web": {"Settings", "create_app"},
}  # fmt: skip


@pytest.mark.parametrize("name", DOORS)
def test_the_door_is_as_listed(name: str) -> None:
    package = importlib.import_module(name)
    assert set(package.__all__) == DOORS[name]
    assert [member for member in package.__all__ if not hasattr(package, member)] == []
