"""The fields of a passage as Whoosh knows them; how they are kept is ``index.codec``'s.

``words``, ``title`` and ``heading`` hold jieba words and take part in scoring; ``grams`` holds
character pairs at their offsets in the passage, so that Whoosh's ``Phrase`` over them is exact.
"""

from __future__ import annotations

from typing import Final

from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.fields import ID, NUMERIC, STORED, TEXT, Schema

from index.codec.container import FORMAT_VERSION

__all__ = ["FORMAT_VERSION", "INDEX_NAME", "WORD_FIELDS", "passage_schema"]

INDEX_NAME: Final = "MAIN"
"""Whoosh's default name, so that ``whoosh.index.open_dir`` needs none."""
WORD_FIELDS: Final = {"words": "body", "title": "title", "heading": "heading"}
"""Field of words → space it is read from."""


def passage_schema() -> Schema:
    """The schema of every generation of this format."""
    spaced = SpaceSeparatedTokenizer()
    return Schema(
        agency=ID(stored=True, sortable=True),
        year=NUMERIC(int, stored=True, sortable=True, shift_step=0),
        section=ID(stored=True, sortable=True),
        kind=ID(stored=True, sortable=True),
        region=ID(stored=True, sortable=True),
        report=ID(stored=True, sortable=True),
        passage=ID(stored=True),
        title=TEXT(analyzer=spaced, phrase=False, stored=True),
        heading=TEXT(analyzer=spaced, phrase=False, stored=True),
        words=TEXT(analyzer=spaced, phrase=False),
        grams=TEXT(analyzer=spaced, phrase=True),
        text=STORED,
    )
