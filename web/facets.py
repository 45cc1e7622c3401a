"""Facets as templates want them: counted links that carry their own addresses."""

from __future__ import annotations

from dataclasses import dataclass

from search.engine import Engine
from search.labels import FIELD_LABELS
from search.request import FIELDS, UNLABELLED, Field, SearchRequest
from search.results import Facet, FacetValue, ResultPage
from web import charts, urls
from web.i18n import translate
from web.site import value_label
from web.urls import Address, FacetLinks

NEAR = 5
"""Held values named in place of one that is not."""


@dataclass(frozen=True, slots=True)
class ValueView:
    label: str
    count: int
    url: str
    exclude_url: str
    selected: bool
    excluded: bool
    depth: int = 0
    """How far a region lies within others that stand above it."""


@dataclass(frozen=True, slots=True)
class FacetView:
    field: Field
    label: str
    values: tuple[ValueView, ...]
    more: int
    """Values with a count that are not among ``values``."""
    more_url: str
    form: tuple[tuple[str, str], ...]
    """What a form that searches within this facet must carry along."""
    chosen: int
    """Values of this field that are in force."""


def facet_views(address: Address, answer: ResultPage, *, shown: int, size: int) -> list[FacetView]:
    """Every facet worth showing, in the fixed order; those with nothing to choose are left out."""
    found = []
    for field in FIELDS:
        facet = answer.facets.get(field)
        if facet is None or not facet.values:
            continue
        limit = len(facet.values) if field == "section" else shown + (4 if field == "year" else 0)
        found.append(facet_view(address, facet, limit=limit, size=size))
    return found


def facet_view(
    address: Address, facet: Facet, *, limit: int, size: int, tree: bool = True
) -> FacetView:
    """One facet: its first ``limit`` values, and those in force wherever they stand; regions
    under those that hold them when a ``tree`` is wanted."""
    chosen = address.request.filters.get(facet.field, urls.EMPTY)
    field = facet.field
    links = FacetLinks(address, field, size)
    kept = [v for i, v in enumerate(facet.values) if i < limit or v.selected or v.excluded]
    if field == "region" and tree:
        kept = _as_tree(kept)
    values = tuple(
        ValueView(
            label=v.value.split("/")[-1]
            if field == "region" and tree and v.value != UNLABELLED
            else value_label(field, v.value),
            count=v.count,
            # What only a range has chosen goes out of it again.
            url=links.toggle(v.value)
            if not v.selected or v.value in chosen.include
            else links.exclude(v.value),
            exclude_url=links.exclude(v.value),
            selected=v.selected and not v.excluded,
            excluded=v.excluded,
            depth=v.value.count("/") if field == "region" and tree else 0,
        )
        for v in kept
    )
    counted = sum(1 for v in kept if v.count)
    bare = address.with_(facet_prefix={})
    return FacetView(
        field=field,
        label=translate(FIELD_LABELS[field]),
        values=values,
        more=max(0, facet.total_values - counted),
        more_url=urls.write(bare, f"/search/facet/{field}", size=size),
        form=tuple(urls.pairs(bare, size=size)),
        chosen=len(chosen.include) + len(chosen.exclude) + len(chosen.ranges),
    )


@dataclass(frozen=True, slots=True)
class Unheld:
    """A chosen value that no report has, and the page for each held one whose name contains it."""

    field: str
    value: str
    near: tuple[tuple[str, str], ...]


def unheld(address: Address, engine: Engine, size: int) -> list[Unheld]:
    """What is chosen and not held at all, so that nothing could be found.  Asked only when
    nothing was."""
    found = []
    named: tuple[Field, ...] = ("agency", "kind", "region")
    for field in named:
        chosen = address.request.filters.get(field, urls.EMPTY)
        for value in chosen.include:
            alike = engine.facet(SearchRequest(facet_prefix={field: value}), field, size=NEAR)
            if any(one.value == value for one in alike.values):
                continue
            bare = urls.toggled(address, field, value)
            near = tuple(
                (
                    value_label(field, v.value),
                    urls.write(urls.toggled(bare, field, v.value), size=size),
                )
                for v in alike.values
            )
            found.append(Unheld(translate(FIELD_LABELS[field]), value, near))
    return found


def _as_tree(values: list[FacetValue]) -> list[FacetValue]:
    """Each region under the one that holds it, sisters in the order they came.  One that holds
    another has at least its count, so it stands among the values before it."""
    place = {one.value: number for number, one in enumerate(values)}

    def path(one: FacetValue) -> list[int]:
        names = one.value.split("/")
        above = ("/".join(names[: depth + 1]) for depth in range(len(names)))
        return [place[name] for name in above if name in place]

    return sorted(values, key=path)


def year_bars(
    address: Address, facet: Facet | None, size: int, *, least: int = 2
) -> list[charts.Bar]:
    """The year histogram above the results; no bars when fewer than ``least`` years are known."""
    if facet is None:
        return []
    counts = [(int(v.value), v.count) for v in facet.values if v.value != UNLABELLED]
    if len(counts) < least:
        return []
    chosen = address.request.filters.get("year", urls.EMPTY)
    links = FacetLinks(urls.filtered(address, "year", urls.EMPTY), "year", size)
    cleared = urls.write(urls.filtered(address, "year", urls.EMPTY), size=size)

    def in_force(year: int) -> bool:
        named = str(year) in chosen.include or any(
            (low is None or low <= year) and (high is None or year <= high)
            for low, high in chosen.ranges
        )
        return named and str(year) not in chosen.exclude

    def url(year: int) -> str:
        # A bar means this year alone; the list of years beside the results adds one to others.
        alone = chosen.include == (str(year),) and not chosen.ranges and not chosen.exclude
        return cleared if alone else links.toggle(str(year))

    return charts.bars(sorted(counts), url, in_force)
