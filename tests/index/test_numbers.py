"""Numbers come back from their bytes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.codec import numbers

LISTS = st.lists(
    st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=8, unique=True).map(sorted),
    max_size=6,
)


def encoded(lists: list[list[int]], width: int) -> tuple[np.ndarray, list[int]]:
    values = np.array([v for own in lists for v in own], np.uint32)
    firsts = np.cumsum([0, *map(len, lists)])[:-1]
    steps = numbers.differences(values, firsts)
    sizes = numbers.element_counts(steps, firsts, width).tolist()
    return numbers.encode(values, steps, width), sizes


@given(LISTS)
def test_lists_side_by_side(lists: list[list[int]]) -> None:
    for width in (2, 4):
        elements, sizes = encoded(lists, width)
        bounds = np.cumsum([0, *sizes])
        assert bounds[-1] == len(elements)
        for own, begin, end in zip(lists, bounds, bounds[1:], strict=False):
            assert numbers.decode(elements[begin:end]).tolist() == own
        found, counts = numbers.decode_many(elements, bounds)
        assert found.tolist() == [v for own in lists for v in own]
        assert counts.tolist() == [len(own) for own in lists]


@given(st.lists(st.integers(0, 3_000), unique=True).map(sorted))
def test_one_list(values: list[int]) -> None:
    assert numbers.decode(numbers.encode_one(np.array(values, np.uint32))).tolist() == values


@pytest.mark.parametrize("most", [255, 2**24 - 1, 2**24, 2**26 - 1, 2**26, 2**31 - 1])
def test_planes(most: int) -> None:
    values = np.random.default_rng(1).integers(0, most + 1, 101).astype(np.uint32)
    values[7] = most
    planes = numbers.Planes(**numbers.split_planes(values, most + 1), most=most + 1)
    for start in range(12):
        assert planes[start:99].tolist() == values[start:99].tolist()
