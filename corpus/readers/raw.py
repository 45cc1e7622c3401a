"""What one format's reader gives: lines as they stand, and hints from around them."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.model import Cut


@dataclass(frozen=True, slots=True)
class RawText:
    text: str
    """Lines separated by ``\\n``; not cleaned."""
    encoding: str | None = None
    page_title: str | None = None
    page_published: str | None = None
    page_url: str | None = None
    cuts: tuple[Cut, ...] = ()
