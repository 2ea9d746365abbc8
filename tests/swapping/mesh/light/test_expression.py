from __future__ import annotations

import numpy as np
import pytest

from dlc.arrays import Floats
from dlc.swapping.mesh.light.expression import expression_gain, skin_relief
from dlc.swapping.mesh.light.tone import TONE_SIZE


@pytest.fixture
def calm() -> Floats:
    return np.full((TONE_SIZE, TONE_SIZE, 3), 140, np.float32)


def folded(face: Floats) -> Floats:
    """Return a face with a dark fold across it."""
    creased = face.copy()
    creased[60:63, 40:90] *= 0.6
    return creased


def test_even_skin_has_no_relief(calm: Floats) -> None:
    np.testing.assert_allclose(skin_relief(calm), 1.0, rtol=1e-4)


def test_light_from_one_side_is_no_relief(calm: Floats) -> None:
    light = np.linspace(0.5, 1.5, TONE_SIZE, dtype=np.float32)[:, None, None]
    # The blur ends where the texture does.
    np.testing.assert_allclose(skin_relief(calm * light)[24:-24], 1.0, atol=0.02)


def test_relief_is_the_same_in_any_light(calm: Floats) -> None:
    bright = skin_relief(folded(calm))
    np.testing.assert_allclose(skin_relief(folded(calm) * np.float32(0.4)), bright, rtol=1e-3)


def test_what_is_always_there_is_no_expression(calm: Floats) -> None:
    relief = skin_relief(folded(calm))
    np.testing.assert_allclose(expression_gain(relief, relief), 1.0, rtol=1e-5)


def test_a_new_fold_is_shown_where_it_is(calm: Floats) -> None:
    gain = expression_gain(skin_relief(folded(calm)), skin_relief(calm))
    assert gain.dtype == np.float32
    assert gain[61, 65] < 0.95
    assert gain[60:63, 42:88].max() < gain[:50].min()
    np.testing.assert_allclose(gain[100:], 1.0, atol=0.02)


def test_the_gain_is_bounded() -> None:
    extremes = np.array([[0.0, 50.0]], np.float32)
    gain = expression_gain(extremes, np.array([[1.0, 0.0]], np.float32))
    assert (gain > 0.5).all()
    assert (gain < 2.0).all()
