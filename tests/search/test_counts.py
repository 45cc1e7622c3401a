"""Counts by passage: lists and tables say the same, whatever is done with them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.whoosh_engine.counts import Counts, added, joined

ROWS = st.lists(st.sampled_from([0, 0, 0, 1, 2, 255]), min_size=1, max_size=40)


def many(row: list[int]) -> Counts:
    """More than a byte holds."""
    return Counts.of_table(np.array(row, np.uint32) * 300)


def listed(row: list[int]) -> Counts:
    docs = np.flatnonzero(row)
    return Counts.of_list(docs, np.array(row, np.uint32)[docs], len(row))


def tabled(row: list[int]) -> Counts:
    return Counts.of_table(np.array(row, np.uint8))


@pytest.mark.parametrize("make", [listed, tabled])
@given(row=ROWS, asked=st.sets(st.integers(0, 39)))
def test_either_form(make: type[Counts], row: list[int], asked: set[int]) -> None:
    counts = make(row)
    docs = [doc for doc, count in enumerate(row) if count]
    own, freqs = counts.listed
    assert own.tolist() == counts.passages.docs.tolist() == docs
    assert freqs.tolist() == [row[doc] for doc in docs]
    assert counts.table.tolist() == row
    assert len(counts) == len(docs)
    assert counts.passages is counts.passages
    some = np.array(sorted(doc for doc in asked if doc < len(row)), np.int64)
    for fresh in (make(row), counts):  # before and after it has its other form
        where, found = fresh.at(some)
        there = np.zeros(len(some), np.int64)
        there[where] = found
        assert there.tolist() == [row[doc] for doc in some.tolist()]


@given(st.lists(st.tuples(st.sampled_from([listed, tabled, many]), ROWS), max_size=4))
def test_segments_in_one_row(parts: list[tuple[type[Counts], list[int]]]) -> None:
    rows = [[300 * count for count in row] if make is many else row for make, row in parts]
    bases = [sum(map(len, rows[:i])) for i in range(len(rows))]
    whole = joined([make(row) for make, row in parts], bases, sum(map(len, rows)))
    wanted = [count for row in rows for count in row]
    docs = [doc for doc, count in enumerate(wanted) if count]
    assert whole.listed[0].tolist() == whole.passages.docs.tolist() == docs
    assert whole.listed[1].tolist() == [wanted[doc] for doc in docs]
    assert whole.table.tolist() == wanted
    assert (len(whole), whole.size) == (len(docs), len(wanted))


@pytest.mark.parametrize("make", [listed, tabled])
@given(row=ROWS, more=st.dictionaries(st.integers(0, 39), st.integers(1, 300)))
def test_more_is_added(make: type[Counts], row: list[int], more: dict[int, int]) -> None:
    """Beyond what a byte holds, too; and what was there is not changed."""
    docs = sorted(doc for doc in more if doc < len(row))
    extra = np.array([more[doc] for doc in docs], np.uint32)
    before = make(row)
    after = added(before, (np.array(docs, np.int64), extra))
    assert after.table.tolist() == [
        count + (more[doc] if doc in docs else 0) for doc, count in enumerate(row)
    ]
    assert before.table.tolist() == row
