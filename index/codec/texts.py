"""A report's labels and its passages' heading paths as bytes, and back."""

from __future__ import annotations

import json
from collections.abc import Sequence

from corpus.model import (
    Passage,
    Provenance,
    Report,
    Section,
    Source,
)

# what was written here has no blanks around it to look for
_read = json.JSONDecoder().raw_decode


def headings_to_json(headings: Sequence[str]) -> bytes:
    """A heading path."""
    return json.dumps(headings, ensure_ascii=False).encode("utf-8", "surrogatepass")


def headings_from_json(raw: bytes) -> tuple[str, ...]:
    """The heading path again."""
    return tuple(_read(raw.decode("utf-8", "surrogatepass"))[0])


def report_to_json(report: Report) -> bytes:
    """Everything of the report but its text and its passages' headings."""
    return json.dumps(
        {
            "series": report.series,
            "title": report.title,
            "agency": report.agency,
            "aliases": report.aliases,
            "kind": report.kind,
            "region": report.region,
            "year": report.year,
            "published": report.published,
            "document_number": report.document_number,
            "outline": [
                (s.number, s.heading, s.level, s.category, s.start, s.end, s.ordinal)
                for s in report.outline
            ],
            "passages": [(p.id, p.start, p.end, p.category) for p in report.passages],
            "sources": [(s.path, s.sha256, s.size, s.url) for s in report.sources],
            "provenance": {
                name: (p.origin, p.certainty, p.evidence) for name, p in report.provenance.items()
            },
            "id": report.id,
            "notes": report.notes,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode("utf-8", "surrogatepass")


def report_from_json(raw: bytes, text: str, headings: Sequence[tuple[str, ...]]) -> Report:
    """The report again, with its text and the heading path of each passage."""
    values = json.loads(raw.decode("utf-8", "surrogatepass"))
    return Report(
        series=values["series"],
        title=values["title"],
        agency=values["agency"],
        aliases=tuple(values["aliases"]),
        kind=values["kind"],
        region=tuple(values["region"]),
        year=values["year"],
        published=values["published"],
        document_number=values["document_number"],
        text=text,
        outline=tuple(
            Section(number, heading, level, category, start, end, tuple(ordinal))
            for number, heading, level, category, start, end, ordinal in values["outline"]
        ),
        passages=tuple(
            Passage(name, start, end, category, path)
            for (name, start, end, category), path in zip(values["passages"], headings, strict=True)
        ),
        sources=tuple(Source(*source) for source in values["sources"]),
        provenance={name: Provenance(*own) for name, own in values["provenance"].items()},
        id=values["id"],
        notes=tuple(values["notes"]),
    )
