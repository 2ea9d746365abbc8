from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.media.live.letterbox import fitted
from dlc.options import Fit

sides = st.integers(2, 120)


@given(width=sides, height=sides, columns=sides, rows=sides, fit=st.sampled_from(Fit))
def test_the_result_has_the_size_asked_for(
    width: int, height: int, columns: int, rows: int, fit: Fit
) -> None:
    white = np.full((rows, columns, 3), 255, np.uint8)
    result = fitted(white, width, height, fit)
    assert result.shape == (height, width, 3)
    lit = (result == 255).all(axis=2)
    if fit is Fit.CROP:
        assert lit.all()
        return
    # One rectangle of the picture's own shape, to the nearest pixel, that touches two borders.
    inner = (int(lit.any(axis=0).sum()), int(lit.any(axis=1).sum()))
    assert lit.sum() == inner[0] * inner[1]
    assert inner[0] == width or inner[1] == height
    scale = min(width / columns, height / rows)
    assert abs(inner[0] - columns * scale) <= 1
    assert abs(inner[1] - rows * scale) <= 1


def test_nothing_is_done_where_nothing_is_to_be_done() -> None:
    picture = np.zeros((4, 6, 3), np.uint8)
    assert fitted(picture, 6, 4) is picture


def test_bars_lie_on_both_sides() -> None:
    result = fitted(np.full((90, 90, 3), 200, np.uint8), 160, 90)
    assert not result[:, :35].any()
    assert (result[:, 35:125] == 200).all()
    assert not result[:, 125:].any()


@pytest.mark.parametrize(("width", "height"), [(80, 80), (160, 160), (40, 40)])
def test_a_crop_keeps_the_middle_undistorted(width: int, height: int) -> None:
    picture = np.zeros((80, 200, 3), np.uint8)
    picture[:, 60:140] = 255
    assert fitted(picture, width, height, Fit.CROP).min() == 255
