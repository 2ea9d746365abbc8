from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.arrays import Floats
from dlc.swapping.mesh.foreground.skin_color import like_skin, unlike_skin

TAN, BROWN, PALE = (110, 140, 190), (45, 65, 95), (190, 205, 235)
SKINS = st.sampled_from([TAN, BROWN, PALE])


def pixel(*color: float) -> Floats:
    """Return a picture of one pixel, BGR."""
    return np.array([[color]], np.float32)


@given(skin=SKINS, light=st.floats(0.5, 1.2))
def test_skin_in_other_light_is_skin(skin: tuple[int, int, int], light: float) -> None:
    seen, usual = pixel(*skin) * np.float32(light), pixel(*skin)
    assert like_skin(seen, usual)[0, 0] == pytest.approx(1.0)
    assert unlike_skin(seen, usual)[0, 0] == 0.0


@pytest.mark.parametrize("skin", [TAN, BROWN])
def test_shine_is_skin(skin: tuple[int, int, int]) -> None:
    assert unlike_skin(pixel(190, 195, 200), pixel(*skin))[0, 0] == 0.0


@pytest.mark.parametrize("color", [(40, 70, 220), (150, 90, 190), (90, 150, 70), (200, 120, 60)])
def test_dyed_hair_is_no_skin(color: tuple[int, int, int]) -> None:
    for skin in (TAN, BROWN, PALE):
        assert unlike_skin(pixel(*color), pixel(*skin))[0, 0] == 1.0


@pytest.mark.parametrize("gray", [25, 60, 90])
def test_a_microphone_has_no_color_of_skin(gray: int) -> None:
    assert like_skin(pixel(gray, gray, gray), pixel(*TAN))[0, 0] == 0.0


@given(gray=st.floats(0, 255), other=st.floats(0, 255))
def test_without_color_nothing_is_told_apart(gray: float, other: float) -> None:
    seen, usual = pixel(gray, gray, gray), pixel(other, other, other)
    assert like_skin(seen, usual)[0, 0] == 1.0
    assert unlike_skin(seen, usual)[0, 0] == 0.0


def test_in_the_dark_color_is_noise() -> None:
    assert unlike_skin(pixel(4, 6, 8), pixel(*TAN))[0, 0] == 0.0
    assert unlike_skin(pixel(1, 4, 9), pixel(5, 6, 8))[0, 0] == 0.0
