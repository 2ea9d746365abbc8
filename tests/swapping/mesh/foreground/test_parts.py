from __future__ import annotations

import cv2
import numpy as np

from dlc.swapping.mesh.foreground.parts import extent


def test_extents_are_those_of_opencv() -> None:
    mask = (np.random.default_rng(2).random((40, 50)) > 0.6).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    sides = stats[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]].tolist()
    assert count > 20
    assert [list(extent(np.asarray(labels, np.int32), part)) for part in range(count)] == sides
