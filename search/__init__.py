"""Requests → results, read-only.  ``search.engine`` is the protocol; this is the door."""

from pathlib import Path

from search.engine import Engine
from search.errors import CursorExpired, IndexUnavailable, RequestError, SearchError
from search.query_parser import BOUNDS, QueryBounds
from search.request import FieldFilter, SearchRequest
from search.results import ResultPage
from search.whoosh_engine.engine import WhooshEngine

__all__ = [
    "CursorExpired",
    "Engine",
    "FieldFilter",
    "IndexUnavailable",
    "QueryBounds",
    "RequestError",
    "ResultPage",
    "SearchError",
    "SearchRequest",
    "open_engine",
]


def open_engine(index_dir: Path | str, bounds: QueryBounds = BOUNDS) -> Engine:
    """The engine over an index folder.  Raises IndexUnavailable when there is no sound one."""
    return WhooshEngine(Path(index_dir), bounds)
