from __future__ import annotations

import numpy as np

from dlc.faces.crop import to_tensor
from dlc.inference.pixels import from_pixels, to_pixels


def test_planes_are_those_that_crops_are_made_into() -> None:
    bgr = np.random.default_rng(0).integers(0, 256, (2, 8, 6, 3), np.uint8)
    np.testing.assert_array_equal(from_pixels(bgr), to_tensor(list(bgr)))


def test_planes_become_pixels_rounded_down_and_cut_off() -> None:
    planes = np.float32([[[[-1.0]], [[0.999]], [[2.0]]]])
    np.testing.assert_array_equal(to_pixels(planes, 255), np.uint8([[[[255, 254, 0]]]]))


def test_there_and_back_is_the_same_with_half_a_step_more() -> None:
    bgr = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1).repeat(3, axis=3)
    planes = 255 * from_pixels(bgr) + np.float32(0.5)
    np.testing.assert_array_equal(to_pixels(planes, 1), bgr)
