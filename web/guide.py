"""``docs/query-language.md`` → blocks of the help page: the page and the document are one text.

Reads the few forms that the document uses (headings, tables, lists, paragraphs, ``code``) and
refuses others, so that nothing is dropped unseen.  Templates make the HTML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Literal, TypeAlias

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "query-language.md"

Kind: TypeAlias = Literal["title", "heading", "paragraph", "list", "table"]
Inline: TypeAlias = tuple[tuple[bool, str], ...]
"""Pieces of a line, each with whether it is code."""


@dataclass(frozen=True, slots=True)
class Block:
    kind: Kind
    lines: tuple[Inline, ...] = ()
    rows: tuple[tuple[Inline, ...], ...] = ()
    """Of a table, its head first."""


def read_guide(text: str) -> list[Block]:
    """The document's blocks, in order.  Raises ``ValueError`` for a form that is not known."""
    found = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        for kind, lines in groupby(paragraph.split("\n"), _kind):
            members = list(lines)
            if kind == "table":
                rows = [_cells(line) for line in members if not re.fullmatch(r"[|\s:-]+", line)]
                found.append(Block(kind, rows=tuple(rows)))
            elif kind == "paragraph":
                found.append(Block(kind, (_inline("".join(members)),)))
            elif kind == "list":
                found.append(Block(kind, tuple(_inline(line[2:]) for line in members)))
            else:
                found += [Block(kind, (_inline(line.lstrip("# ")),)) for line in members]
    return found


def _kind(line: str) -> Kind:
    if line.startswith("|"):
        return "table"
    if line.startswith(("# ", "## ")):
        return "title" if line.startswith("# ") else "heading"
    if line.startswith("- "):
        return "list"
    if re.match(r"#|\s*[-*+>] |\s*\d+\. |```|\s{4}|<", line) or "](" in line or "**" in line:
        raise ValueError(f"the help page cannot show this line: {line}")
    return "paragraph"


def _cells(line: str) -> tuple[Inline, ...]:
    cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
    return tuple(_inline(cell.strip().replace("\\|", "|")) for cell in cells)


def _inline(text: str) -> Inline:
    pieces = text.split("`")
    return tuple((place % 2 == 1, piece) for place, piece in enumerate(pieces) if piece)
