from __future__ import annotations

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.geometry import Box
from dlc.media.frames.frame import Frame
from dlc.media.frames.orientation import Orientation


@pytest.mark.parametrize("exif", range(1, 9))
@pytest.mark.parametrize("factor", [1, 2, 3])
@pytest.mark.parametrize("box", [Box(31, 40, 200, 180), Box(0, 0, 64, 64), Box(151, 99, 260, 239)])
def test_a_shrunk_region_is_the_region_seen_small(
    astronaut: NDArray[np.uint8], exif: int, factor: int, box: Box
) -> None:
    native = av.VideoFrame.from_ndarray(astronaut[:301, :299].copy(), format="bgr24")
    frame = Frame(native.reformat(format="yuv420p"), orientation=Orientation.from_exif(exif))
    covered, small = frame.shrunk_region(box, factor)
    assert covered == covered.clipped(frame.width, frame.height)
    assert covered.left <= box.left
    assert covered.top <= box.top
    assert covered.right >= box.right
    assert covered.bottom >= box.bottom
    assert max(covered.width - box.width, covered.height - box.height) <= 2
    height, width = small.shape[:2]
    assert abs(width - covered.width / factor) < 1
    assert abs(height - covered.height / factor) < 1
    expected = cv2.resize(frame.region(covered), (width, height), interpolation=cv2.INTER_AREA)
    difference = np.abs(small.astype(int) - expected)
    assert difference.mean() < 2.0
