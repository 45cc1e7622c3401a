"""The reports of a search as citations, one each, in the order of the hits.

How one citation is written is ``search.citations``'s, where the text goes the caller's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from search.citations import CitationStyle, format_citation
from search.export import ExportHead, citation_of, head_pairs
from search.results import Hit
from search.visible import visible


def export_citations(head: ExportHead, hits: Iterable[Hit], style: CitationStyle) -> Iterator[str]:
    """The file as pieces of text, ``head.most`` citations at the most (0: all).

    GB/T 7714 and BibTeX end in what was asked of which index; RIS has no place for that, as every
    line of it belongs to a record."""
    seen: set[str] = set()
    for hit in hits:
        if hit.report_id in seen:
            continue
        if head.most and len(seen) == head.most:
            break
        seen.add(hit.report_id)
        text = format_citation(citation_of(head, hit), style)
        yield text if text.endswith("\n") else text + "\n"
    if style != "ris":
        yield "\n"
        for name, value in head_pairs(head):
            yield _remark(f"{name}：{value}", style)


def _remark(text: str, style: CitationStyle) -> str:
    line = " ".join(visible(text).split())
    # outside its entries BibTeX reads nothing but the sign that begins one
    return f"% {line.replace('@', '＠')}\n" if style == "bibtex" else f"{line}\n"
