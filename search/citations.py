"""Citations of a report or a passage: GB/T 7714, BibTeX and RIS.

A report is cited as an electronic resource ([R/OL], report online).  What is not known is left
out; nothing is invented: the year reported on is not the year of publication, so that where the
published date is not known, BibTeX and RIS have the former as a note and no year.  Addresses come
from the caller, who knows the site's.

Source: GB/T 7714—2015 信息与文献 参考文献著录规则, 8.4.3 (出版日期: an estimate would stand in
brackets), 8.6 (电子资源, whose date in parentheses is left out where there is none) and 附录 B;
BibTeX's ``@techreport``; the RIS tags of the Research Information Systems format (``TY  - RPRT``).
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from search.visible import visible

CitationStyle: TypeAlias = Literal["gbt7714", "bibtex", "ris"]
CITATION_STYLES: tuple[CitationStyle, ...] = ("gbt7714", "bibtex", "ris")


@dataclass(frozen=True, slots=True)
class Citation:
    """What a citation says, before it has a style."""

    key: str
    """Report id, with the passage when one is meant: ``ab12cd34ef-s2.3``."""
    agency: str | None
    title: str
    year: int | None
    """The year reported on; a note where the published date is not known."""
    published: str | None
    """ISO date."""
    url: str
    accessed: datetime.date
    place: str = ""
    """Heading path of the passage, outermost first, joined by ``·``; empty for a whole report."""


def format_citation(citation: Citation, style: CitationStyle) -> str:
    """The citation as text; BibTeX and RIS end in a newline, GB/T 7714 is one line."""
    if style == "gbt7714":
        return _gbt7714(citation)
    if style == "bibtex":
        return _bibtex(citation)
    return _ris(citation)


def _gbt7714(citation: Citation) -> str:
    parts = []
    if citation.agency:
        parts.append(f"{citation.agency}. ")
    parts.append(f"{citation.title}")
    if citation.place:
        parts.append(f": {citation.place}")
    parts.append("[R/OL]. ")
    dates = f"[{citation.accessed.isoformat()}]"
    if citation.published:
        dates = f"({citation.published}){dates}"
    parts.append(f"{dates}. {citation.url}.")
    return _one_line("".join(parts))


def _bibtex(citation: Citation) -> str:
    fields = [("title", citation.title)]
    if citation.agency:
        # Braces within keep BibTeX from reading an agency as a person's two names.
        fields += [("author", f"{{{citation.agency}}}"), ("institution", citation.agency)]
    if citation.published:
        fields += [("year", citation.published[:4]), ("date", citation.published)]
    if notes := _notes(citation):
        fields.append(("note", "；".join(notes)))
    fields += [("url", citation.url), ("urldate", citation.accessed.isoformat())]
    fields.append(("language", "chinese"))
    key = re.sub(r"[^0-9A-Za-z.:-]", "-", citation.key)
    body = ",\n".join(f"  {name} = {{{_tex(value, name)}}}" for name, value in fields)
    return f"@techreport{{{key},\n{body}\n}}\n"


def _ris(citation: Citation) -> str:
    lines = [("TY", "RPRT"), ("ID", citation.key), ("TI", citation.title)]
    if citation.agency:
        lines += [("AU", citation.agency), ("PB", citation.agency)]
    if citation.published:
        lines += [("PY", citation.published[:4]), ("DA", citation.published.replace("-", "/"))]
    lines += [("N1", note) for note in _notes(citation)]
    lines += [("UR", citation.url), ("Y2", citation.accessed.isoformat().replace("-", "/"))]
    lines += [("LA", "zh"), ("ER", "")]
    return "".join(f"{tag}  - {_one_line(value)}\r\n" for tag, value in lines)


def _notes(citation: Citation) -> list[str]:
    """The passage's place; the year reported on where no other date stands."""
    notes = [citation.place] if citation.place else []
    if citation.published is None and citation.year is not None:
        notes.append(f"报告年度：{citation.year}")
    return notes


_TEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def _tex(value: str, name: str) -> str:
    value = _one_line(value)
    if name == "url":  # \url reads its argument literally
        return value.replace("{", "%7B").replace("}", "%7D")
    if name == "author":  # the outer pair of braces is ours
        return "{" + _escaped(value[1:-1]) + "}"
    return _escaped(value)


def _escaped(value: str) -> str:
    return "".join(_TEX.get(c, c) for c in value if c not in "{}")


def _one_line(value: str) -> str:
    return " ".join(visible(value).split())
