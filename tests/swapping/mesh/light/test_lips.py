from __future__ import annotations

import numpy as np

from dlc.arrays import Floats
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.lips import LipColor, lips_mask
from dlc.swapping.mesh.light.tone import TONE_SIZE
from dlc.swapping.running_mean import RunningMean

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


def factor(
    layout: Layout,
    own: Floats,
    target: Floats,
    gain: float,
    seen: Floats = ALL,
    memory: RunningMean[Floats] | None = None,
) -> Floats:
    """Return the factor for lips `own` on a target with lips `target`."""
    gains = np.full((TONE_SIZE, TONE_SIZE, 3), gain, np.float32)
    color = LipColor(*even(layout, own), layout)
    return color.factor(*even(layout, target), seen, gains, memory or RunningMean[Floats](0.1))


def test_pale_lips_become_the_targets_on_much_lighter_skin(layout: Layout) -> None:
    for gain in (0.5, 1.05):
        np.testing.assert_array_equal(factor(layout, PALE, RED, gain), 1)
    half, full = (factor(layout, PALE, RED, gain) for gain in (1.35, 1.8))
    np.testing.assert_allclose(full, np.maximum(RED / PALE, 0.6), atol=1e-3)
    assert ((half < 1) & (half > full)).all()


def test_lips_never_become_brighter(layout: Layout) -> None:
    np.testing.assert_allclose(factor(layout, RED, PALE, 1.8), 1, atol=1e-6)


def test_half_of_the_lips_is_enough(layout: Layout) -> None:
    half = ALL.copy()
    half[:, : TONE_SIZE // 2] = 0
    whole = factor(layout, PALE, RED, 1.8)
    np.testing.assert_allclose(factor(layout, PALE, RED, 1.8, half), whole, atol=1e-3)


def test_lips_that_are_not_seen_are_as_they_were(layout: Layout) -> None:
    np.testing.assert_array_equal(factor(layout, PALE, RED, 1.8, 0 * ALL), 1)
    memory = RunningMean[Floats](0.1)
    seen = factor(layout, PALE, RED, 1.8, ALL, memory)
    np.testing.assert_array_equal(factor(layout, PALE, PALE, 1.8, 0 * ALL, memory), seen)
