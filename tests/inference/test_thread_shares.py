from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.inference.thread_shares import share_threads
from dlc.model_store.role import Role

_NEURAL = (Role.DETECTOR, Role.RECOGNIZER, Role.SWAPPER)


@pytest.mark.parametrize(
    ("threads", "roles", "shares"),
    [
        (1, _NEURAL, [1, 1, 1]),
        (2, _NEURAL, [1, 1, 2]),
        (16, _NEURAL, [1, 1, 14]),
        (64, _NEURAL, [4, 2, 58]),
        (16, (Role.SWAPPER, Role.ENHANCER), [7, 9]),
        (8, (Role.BUILT_IN,), [8]),
    ],
)
def test_threads_go_by_the_work(threads: int, roles: tuple[Role, ...], shares: list[int]) -> None:
    assert list(share_threads(threads, roles).values()) == shares


@given(st.integers(1, 256), st.sets(st.sampled_from(Role), min_size=1))
def test_every_model_has_a_thread_and_no_model_more_than_there_are(
    threads: int, roles: set[Role]
) -> None:
    shares = share_threads(threads, roles)
    assert set(shares) == roles
    assert all(1 <= share <= threads for share in shares.values())
    # Rounding and the least of one can only give a thread too many for each model.
    assert sum(shares.values()) <= threads + len(roles)
