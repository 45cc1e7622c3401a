"""What could be left out of a question that finds nothing: each clause, each filter.

Every part is a request of its own, so that what is counted and what a link leads to are the same.
Counting is an engine's work.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from search.labels import SECTION_LABELS, field_label, section_label
from search.query import And, Like, Node, Phrase, Run, describe, iter_clauses
from search.query_writer import write_query
from search.request import FIELDS, NO_FILTERS, Field, FieldFilter, SearchRequest


@dataclass(frozen=True, slots=True)
class Part:
    """A smaller question, and what sets it apart in Chinese words."""

    label: str
    asked: SearchRequest
    field: Field | None = None
    """The filter left out; None for a clause of the query."""
    value: str | None = None
    """What that filter had chosen."""
    only_found: bool = False
    """Whether it is worth telling only when it finds something."""


def iter_parts(request: SearchRequest, tree: Node) -> Iterator[Part]:
    """Clauses alone, of everything held; then the request without each filter, without the search
    within results, without all of these where there are several; last the most like it."""
    whole = replace(request, page=1, cursor=None)
    for clause in iter_clauses(tree):
        yield Part(describe(clause), SearchRequest(write_query(clause), scope=request.scope))
    chosen = [name for name in FIELDS if request.filters.get(name)]
    for name in chosen:
        rest = {other: own for other, own in request.filters.items() if other != name}
        value = _filter_value(request.filters[name])
        yield Part(f"不限{field_label(name)}", whole.with_(filters=rest), name, value)
    if request.within.strip():
        yield Part("不在结果中再搜", whole.with_(within=""))
    if len(chosen) + bool(request.within.strip()) > 1:
        yield Part("不加任何筛选", whole.with_(filters=NO_FILTERS, within=""))
    words = tree.children if isinstance(tree, And) else (tree,)
    typed = [word.text for word in words if isinstance(word, Run | Phrase)]
    if len(typed) == len(words):
        like = write_query(Like(" ".join(typed), ""))
        yield Part("其中任一词语，最相近的在前", whole.with_(query=like), only_found=True)


def _filter_value(chosen: FieldFilter) -> str:
    parts = [*chosen.include, *(f"-{value}" for value in chosen.exclude)]
    parts += [
        f"{'' if low is None else low}..{'' if high is None else high}"
        for low, high in chosen.ranges
    ]
    return "、".join(section_label(part) if part in SECTION_LABELS else part for part in parts)
