"""Filters and label clauses as masks over reports or passages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from corpus.folding import fold_query
from corpus.model import CATEGORIES
from search.errors import RequestError
from search.labels import field_label
from search.query import Label
from search.request import FIELDS, UNLABELLED, Field, FieldFilter, Filters
from search.results import Notice
from search.whoosh_engine.columns import Bools, Columns
from search.whoosh_engine.passage_sets import PassageSet

MOST_ALIKE: Final = 3
"""Values that are named where one is not held."""


class FilterMasks:
    """Masks of one request's filters over one generation, each made once."""

    def __init__(self, columns: Columns, filters: Filters) -> None:
        self._columns = columns
        self._masks: dict[Field, PassageSet] = {}
        for name in FIELDS:
            chosen = filters.get(name)
            if chosen:
                self._masks[name] = PassageSet.of_mask(self._field(name, chosen))

    def __bool__(self) -> bool:
        return bool(self._masks)

    def fields(self) -> tuple[Field, ...]:
        """Fields that are filtered."""
        return tuple(self._masks)

    def passages(self, without: Field | None = None) -> PassageSet | None:
        """What passes every filter (but that of ``without``); None for all."""
        found: PassageSet | None = None
        for name, own in self._masks.items():
            if name != without:
                found = own if found is None else found & own
        return found

    def _field(self, name: Field, chosen: FieldFilter) -> Bools:
        columns = self._columns
        if name == "section":
            allowed = _choose(chosen, lambda value: _sections(value), len(CATEGORIES))
            return allowed[columns.section_of]
        reports = _choose(
            chosen,
            lambda value: report_mask(columns, name, value),
            columns.report_count,
        )
        return reports[columns.report_of]


def _choose(chosen: FieldFilter, mask_of: Callable[[str], Bools], size: int) -> Bools:
    if chosen.include or chosen.ranges:
        allowed = np.zeros(size, np.bool_)
        for value in chosen.include:
            allowed |= mask_of(value)
        for low, high in chosen.ranges:
            low_text = "" if low is None else str(low)
            allowed |= mask_of(f"{low_text}..{'' if high is None else high}")
    else:
        allowed = np.ones(size, np.bool_)
    for value in chosen.exclude:
        allowed &= ~mask_of(value)
    return allowed


def _sections(value: str) -> Bools:
    mask = np.zeros(len(CATEGORIES), np.bool_)
    if value == UNLABELLED:
        return mask  # every passage has a category, if only "other"
    if value not in CATEGORIES:
        raise RequestError("section", value, f"没有“{value}”这个章节类别。")
    mask[CATEGORIES.index(value)] = True
    return mask


def report_mask(columns: Columns, name: Field, value: str) -> Bools:
    """``(report_count,)`` the reports whose label is the value (a region: is or lies below it)."""
    column = columns.labels[name]
    if value == UNLABELLED:
        unknown: Bools = column.ordinals < 0
        return unknown
    if name == "year":
        low, dots, high = value.partition("..")
        if not dots:
            high = low
        try:
            first = int(low) if low else -(10**6)
            last = int(high) if high else 10**6
        except ValueError:
            raise RequestError(
                "year", value, f"“{value}”不是年份，应如 2021 或 2019..2022。"
            ) from None
        years: Bools = (columns.year >= 0) & (columns.year >= first) & (columns.year <= last)
        return years
    if name == "region":
        own = [v == value or v.startswith(value + "/") for v in column.values]
    elif name == "agency":
        own = [v == value for v in column.values]
        if not any(own):  # a second name; reading those takes longer
            meant = columns.agency_names.get(value, frozenset())
            own = [i in meant for i in range(len(column.values))]
    else:
        own = [v == value for v in column.values]
    return np.array([*own, False], np.bool_)[column.ordinals]


def not_held(columns: Columns, filters: Filters) -> Iterator[Notice]:
    """A remark on each chosen value that no report has, with the shortest that contain it."""
    for name in FIELDS:
        if name == "section":
            continue  # a closed list, of which every other value is refused
        chosen = filters.get(name)
        if not chosen:
            continue
        table = columns.facet_table(name)
        # a range of years that is excluded stands as all its years
        excluded = () if name == "year" else chosen.exclude
        for value in (*chosen.include, *excluded):
            if value in table.numbers:  # 未识别 among them
                continue
            if name == "agency" and value in columns.agency_names:
                continue
            typed = fold_query(value)
            alike = [
                known
                for known, folded in zip(table.names, table.folded, strict=True)
                if typed and typed in folded and known != UNLABELLED
            ]
            names = "、".join(sorted(alike, key=lambda known: (len(known), known))[:MOST_ALIKE])
            message = f"没有收录{field_label(name)}为“{value}”的报告"
            yield Notice("not_held", message + (f"；相近的有：{names}。" if names else "。"))


def label_mask(columns: Columns, label: Label) -> Bools:
    """``(passage_count,)`` what a clause such as 机关:城管 or 年份:2019..2023 lets pass."""
    if label.field == "section":
        return _sections(label.text)[columns.section_of]
    if label.text == UNLABELLED:
        return report_mask(columns, label.field, UNLABELLED)[columns.report_of]
    if label.field == "year":
        low = "" if label.low is None else label.low
        high = "" if label.high is None else label.high
        return report_mask(columns, "year", f"{low}..{high}")[columns.report_of]
    folded = fold_query(label.text)
    column = columns.labels[label.field]
    own = np.array([*(folded in v for v in columns.folded_values[label.field]), False], np.bool_)
    if label.field == "agency":
        for name, meant in columns.folded_agency_names:
            if folded in name:
                own[meant] = True
    return own[column.ordinals][columns.report_of]
