from __future__ import annotations

import numpy as np
import pytest

from dlc.arrays import Floats
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.skin_detail import detail_strength

SIZE = 1024


def strength(luma: Floats, layout: Layout) -> float:
    points = (layout.uv * SIZE).astype(np.float32)
    return detail_strength(luma, points, SIZE * layout.face_width)


def pores(amplitude: float) -> Floats:
    noise = np.random.default_rng(0).normal(0, amplitude, (SIZE, SIZE))
    return (128 + noise).astype(np.float32)


def test_it_grows_with_the_detail_and_not_with_the_light(layout: Layout) -> None:
    one = strength(pores(2.0), layout)
    assert strength(pores(4.0), layout) == pytest.approx(2 * one, rel=0.05)
    assert strength(pores(4.0) * 0.5, layout) == pytest.approx(2 * one, rel=0.05)


def test_rounding_to_whole_levels_is_no_detail(layout: Layout) -> None:
    ramp = np.linspace(100, 120, SIZE, dtype=np.float32) * np.ones((SIZE, 1), np.float32)
    assert strength(np.round(ramp), layout) == 0
    assert strength(np.round(ramp + pores(0.3) - 128), layout) < 0.2 * strength(pores(2.0), layout)


def test_one_spot_in_front_of_which_something_is_does_not_count(layout: Layout) -> None:
    luma = pores(2.0)
    striped = luma.copy()
    striped[: SIZE // 3] += 60 * (np.arange(SIZE) % 4 < 2)
    assert strength(striped, layout) == pytest.approx(strength(luma, layout), rel=0.1)


def test_beyond_the_picture_there_is_none(layout: Layout) -> None:
    points = (layout.uv * SIZE - 5000).astype(np.float32)
    assert detail_strength(pores(2.0), points, SIZE * layout.face_width) == 0
