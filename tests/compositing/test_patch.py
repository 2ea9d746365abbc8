from __future__ import annotations

from dataclasses import replace

import numpy as np

from dlc.compositing.opacity import faded
from dlc.compositing.patch import Patch
from dlc.geometry import Box

ALPHA = np.array([[0, 100, 200, 255]], np.uint8)
PATCH = Patch(Box(3, 4, 7, 5), np.zeros((1, 4, 3), np.uint8), ALPHA)


def test_a_patch_is_pasted_with_its_alpha() -> None:
    np.testing.assert_array_equal(PATCH.shown, ALPHA)


def test_what_is_in_front_hides_it_but_leaves_its_alpha() -> None:
    hidden = replace(PATCH, front=np.array([[0.5, 0, 1, 0.2]], np.float32))
    np.testing.assert_array_equal(hidden.shown, [[0, 100, 0, 204]])
    np.testing.assert_array_equal(hidden.alpha, ALPHA)
    np.testing.assert_array_equal(faded(hidden, 0.5).shown, [[0, 50, 0, 102]])
