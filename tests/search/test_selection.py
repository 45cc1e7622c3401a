"""The greatest of many scores are those that sorting finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.whoosh_engine import selection
from search.whoosh_engine.selection import best, greatest


@given(
    st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.5, 7.0]), min_size=1, max_size=300),
    st.integers(1, 40),
    st.randoms(use_true_random=False),
)
def test_as_by_sorting(values: list[float], count: int, rng: object) -> None:
    scores = np.array(values, np.float32)
    keys = np.random.default_rng(len(values)).permutation(len(values))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(selection, "ROW", 4)  # as if there were many
        found = greatest(scores, count)
        ordered = best(scores, count, lambda chosen: keys[chosen])
    wanted = sorted(range(len(values)), key=lambda i: (-values[i], keys[i]))[:count]
    assert ordered.tolist() == wanted
    last = values[wanted[-1]]
    assert found.tolist() == [i for i, value in enumerate(values) if value >= last]
