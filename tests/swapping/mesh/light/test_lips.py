from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.arrays import Floats
from dlc.compositing.filters import resize
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.lips import LipMeter, lip_factor, lips_mask
from dlc.swapping.mesh.light.tone import TONE_SIZE
from dlc.swapping.mesh.source.source import SourceModel

ALL: Floats = np.ones((TONE_SIZE, TONE_SIZE), np.float32)
SKIN = np.array([90, 110, 160], np.float32)
RED = np.array([0.7, 0.6, 0.8], np.float32)
PALE = np.array([1.3, 1.1, 1.0], np.float32)


def even(layout: Layout, lips: Floats) -> tuple[Floats, Floats]:
    """Return skin of one color with lips that are `lips` times as bright, and its light."""
    light = np.broadcast_to(SKIN, (TONE_SIZE, TONE_SIZE, 3)).copy()
    mask = (lips_mask(layout, TONE_SIZE) > 0)[..., None]
    return light * np.where(mask, lips, np.float32(1)), light


def test_the_mask_is_the_lips_without_the_mouth(layout: Layout) -> None:
    mask, uv = lips_mask(layout, 256), layout.uv * 256
    upper, lower = (np.round(uv[vertex]).astype(int) for vertex in ([0, 17], [13, 14]))
    assert mask[(upper[0] + lower[0])[1] // 2, upper[0][0]] > 0.5
    assert mask[(upper[1] + lower[1])[1] // 2, upper[1][0]] > 0.5
    chin, cheek = (np.round(uv[vertex]).astype(int) for vertex in (199, 50))
    assert mask[chin[1], chin[0]] == mask[cheek[1], cheek[0]] == 0


@pytest.mark.parametrize("lips", [RED, PALE])
def test_lips_are_measured_against_the_skin(layout: Layout, lips: Floats) -> None:
    measured = LipMeter(layout).measure(*even(layout, lips), ALL)
    np.testing.assert_allclose(measured, lips, atol=1e-3)


def test_half_of_the_lips_is_enough_and_none_is_not(layout: Layout) -> None:
    meter, pictures = LipMeter(layout), even(layout, RED)
    half = ALL.copy()
    half[:, : TONE_SIZE // 2] = 0
    np.testing.assert_allclose(meter.measure(*pictures, half), RED, atol=1e-3)
    assert meter.measure(*pictures, 0 * ALL) is None


def test_real_lips_are_redder_than_skin(portrait_source: SourceModel, layout: Layout) -> None:
    size = (TONE_SIZE, TONE_SIZE)
    texture = resize(portrait_source.texture, size)
    blue, green, red = LipMeter(layout).measure(texture, np.full_like(texture, 150), ALL)
    assert red > green
    assert red > blue


def test_pale_lips_become_the_targets_on_much_lighter_skin(layout: Layout) -> None:
    meter = LipMeter(layout)

    def factor(gain: float) -> NDArray[np.float32]:
        light = np.full((TONE_SIZE, TONE_SIZE, 3), gain, np.float32)
        return lip_factor(RED, PALE, meter.lightening(light))

    np.testing.assert_array_equal(factor(0.5), 1)
    np.testing.assert_array_equal(factor(1.05), 1)
    np.testing.assert_allclose(factor(1.8), np.maximum(RED / PALE, 0.6), atol=1e-4)
    assert ((factor(1.35) < 1) & (factor(1.35) > factor(1.8))).all()


def test_lips_never_become_brighter() -> None:
    np.testing.assert_array_equal(lip_factor(PALE, RED, 1.0), 1)
