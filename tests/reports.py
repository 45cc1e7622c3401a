"""A report made from its texts.  Fixtures that need an index or a file are in ``conftest.py``."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.model import Category, Passage, Report, Series, Source


def build_report(
    texts: Sequence[str],
    *,
    id: str = "r1",
    series: Series = "fazhi",
    title: str | None = None,
    agency: str | None = None,
    aliases: Sequence[str] = (),
    kind: str | None = None,
    region: Sequence[str] = (),
    year: int | None = 2020,
    published: str | None = None,
    categories: Sequence[Category] = ("other",),
    headings: Sequence[Sequence[str]] = ((),),
) -> Report:
    """A report whose passages ``s0``, ``s1``, … are the texts.

    The passages take their categories and heading paths in turn, from the first again when there
    are fewer of these than texts.
    """
    passages = []
    at = 0
    for i, text in enumerate(texts):
        category = categories[i % len(categories)]
        path = tuple(headings[i % len(headings)])
        passages.append(Passage(f"s{i}", at, at + len(text), category, path))
        at += len(text)
    return Report(
        series=series,
        title=title or f"{agency or '某'}年报",
        agency=agency,
        aliases=tuple(aliases),
        kind=kind,
        region=tuple(region),
        year=year,
        published=published,
        document_number=None,
        text="".join(texts),
        outline=(),
        passages=tuple(passages),
        sources=(Source(f"{id}.txt", "0" * 64, at),),
        id=id,
    )
