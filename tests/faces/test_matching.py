"""Nothing is paired twice, and the strongest claims decide."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dlc.faces.matching import one_to_one, paired_boxes

numbers = st.integers(0, 5)


@given(st.lists(st.tuples(st.floats(0, 2), numbers, numbers)))
def test_a_claim_fails_only_against_one_that_is_as_strong(
    claims: list[tuple[float, int, int]],
) -> None:
    partners = one_to_one(claims)
    assert len(set(partners.values())) == len(partners)
    held = [claim for claim in claims if partners.get(claim[1]) == claim[2]]
    for strength, one, other in claims:
        rivals = [claim for claim in held if claim[1] == one or claim[2] == other]
        assert max(rivals)[0] >= strength


def test_boxes_are_paired_by_overlap() -> None:
    near, far = np.array([0, 0, 10, 10], np.float32), np.array([50, 0, 60, 10], np.float32)
    shifted = near + np.float32(2)
    assert paired_boxes([far, shifted], [near, far], 0.35) == {0: 1, 1: 0}
    assert paired_boxes([shifted, near], [near], 0.35) == {1: 0}
    assert paired_boxes([shifted], [near], 0.9) == {}
