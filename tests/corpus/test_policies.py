"""Sixty real pages against the text beside each (``docs/decisions/cleaning.md``)."""

from __future__ import annotations

import re
from pathlib import Path

from corpus.readers import read_bytes

EQUAL = 53
"""How many give the very text; the others, and why, are in ``docs/decisions/cleaning.md``."""


def test_pages_give_the_text_beside_them(shared_dir: Path) -> None:
    folder = shared_dir / "corpora" / "state_council_policies_2019"
    pages = sorted((folder / "html").glob("*.html"))
    assert len(pages) == 60
    equal = 0
    for page in pages:
        wanted = (folder / f"{page.stem}.txt").read_text(encoding="utf-8")
        clean = read_bytes(page.read_bytes(), page.name)
        equal += re.sub(r"\s", "", wanted) == re.sub(r"\s", "", clean.text)
    assert equal >= EQUAL
