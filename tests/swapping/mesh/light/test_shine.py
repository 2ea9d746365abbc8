from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dlc.arrays import Floats
from dlc.swapping.mesh.light.shine import dulling, shine_of, shining_part


def color(*bgr: float) -> Floats:
    return np.array([[bgr]], np.float32)


LIGHT = color(60, 80, 110)


def test_skin_and_its_shade_do_not_shine() -> None:
    for share in (0.3, 1.0, 1.1):
        assert shine_of(share * LIGHT, LIGHT) == 0
        assert shining_part(share * LIGHT, LIGHT).max() == 0


def test_without_its_shine_a_pixel_is_as_bright_as_light_skin_and_keeps_its_color() -> None:
    for pixel in (2 * LIGHT, color(200, 200, 200), color(150, 170, 240)):
        rest = pixel - shining_part(pixel, LIGHT)
        assert shine_of(rest, LIGHT) < 1e-5
        np.testing.assert_allclose(rest / rest.sum(), pixel / pixel.sum(), atol=1e-5)
        assert shine_of(0.99 * rest, LIGHT) == 0
        assert shine_of(1.01 * rest, LIGHT) > 0


def painted(shine: float, light: float, gain: float) -> float:
    """Return the luma of a spot that shines on the target's skin."""
    source = np.full((1, 1, 3), light, np.float32)
    amount = np.array([[shine]], np.float32)
    dulled = dulling(amount, source, np.full((1, 1, 3), gain, np.float32))
    return light * gain * (1.15 + shine * (1 - float(dulled[0, 0])))


@given(
    shine=st.floats(0.01, 5), more=st.floats(0.01, 2), light=st.floats(5, 100), gain=st.floats(1, 4)
)
def test_more_shine_is_brighter_but_never_white_on_much_lighter_skin(
    shine: float, more: float, light: float, gain: float
) -> None:
    gain = max(gain, 1.6)
    light = min(light, 180 / gain)
    dull, bright = painted(shine, light, gain), painted(shine + more, light, gain)
    assert dull < bright < 251
    assert bright <= light * gain * (1.15 + (shine + more) * 1.1 / gain) * 1.0001


@given(shine=st.floats(0, 5), light=st.floats(5, 250), gain=st.floats(0.02, 1.1))
def test_on_skin_that_is_no_lighter_shine_stays(shine: float, light: float, gain: float) -> None:
    assert abs(painted(shine, light, gain) - light * gain * (1.15 + shine)) < 0.01
