"""Output times: exact where the units allow, rising where they do not."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.media.video.clock import OutputClock, nearest


@given(st.lists(st.integers(0, 10**9), unique=True, min_size=1), st.integers(1, 10**6))
def test_times_in_the_same_unit_stay(pts: list[int], denominator: int) -> None:
    unit = Fraction(1, denominator)
    clock = OutputClock(unit, unit, Fraction(0))

    assert [clock.stamp(p) for p in sorted(pts)] == sorted(pts)
    assert clock.worst_error == 0


@given(
    st.lists(st.integers(-(10**6), 10**9), unique=True, min_size=2),
    st.integers(1, 10**6),
    st.integers(1, 10**6),
)
def test_times_rise_in_any_unit(pts: list[int], source: int, target: int) -> None:
    clock = OutputClock(Fraction(1, source), Fraction(1, target), Fraction(0))

    stamps = [clock.stamp(p) for p in sorted(pts)]

    assert all(a < b for a, b in pairwise(stamps))


def test_the_first_frame_of_a_cut_becomes_zero() -> None:
    clock = OutputClock(Fraction(1, 90000), Fraction(1, 90000), Fraction(45, 10))

    assert clock.stamp(405000) == 0
    assert clock.stamp(408003) == 3003


def test_the_rounding_error_is_known() -> None:
    clock = OutputClock(Fraction(1001, 30000), Fraction(1, 1000), Fraction(0))

    assert [clock.stamp(n) for n in range(4)] == [0, 33, 67, 100]
    assert clock.worst_error == pytest.approx(0.000367, abs=1e-6)
    assert clock.span(3) == 100


@pytest.mark.parametrize(
    ("value", "expected"),
    [(Fraction(1, 2), 1), (Fraction(-1, 2), 0), (Fraction(7, 3), 2), (Fraction(-7, 3), -2)],
)
def test_nearest(value: Fraction, expected: int) -> None:
    assert nearest(value) == expected
