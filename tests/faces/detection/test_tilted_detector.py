from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.faces.detection.scrfd import ScrfdDetector
from dlc.faces.detection.tilted_detector import TiltedDetector
from dlc.faces.face import Face
from dlc.inference.cpu import create_session
from dlc.media.opening import open_target

SHAPE = (40, 60)


class Arrow:
    """Detects one white pixel straight above a gray one, as an upright face; counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, bgr: NDArray[np.uint8]) -> list[Face]:
        self.calls += 1
        (white,), (gray,) = np.argwhere(bgr[..., 0] == 255), np.argwhere(bgr[..., 0] == 128)
        if not (white[0] < gray[0] and white[1] == gray[1]):
            return []
        top, bottom = white[::-1].astype(np.float32), gray[::-1].astype(np.float32)
        # Of an upright face the eyes lie side by side.
        points = np.stack([top, top + np.float32([9, 0]), top, bottom, bottom])
        return [Face(np.concatenate([top, bottom]), points, 0.9)]


def arrow(white: tuple[int, int], gray: tuple[int, int]) -> NDArray[np.uint8]:
    """Return a picture with the two pixels at (x, y)."""
    bgr = np.zeros((*SHAPE, 3), np.uint8)
    bgr[white[1], white[0]], bgr[gray[1], gray[0]] = 255, 128
    return bgr


@pytest.mark.parametrize(
    ("white", "gray", "calls"),
    [((20, 5), (20, 30), 1), ((50, 9), (10, 9), 2), ((10, 9), (50, 9), 3), ((20, 30), (20, 5), 4)],
)
def test_a_face_is_found_however_the_picture_is_turned(
    white: tuple[int, int], gray: tuple[int, int], calls: int
) -> None:
    detect = Arrow()
    (face,) = TiltedDetector(detect).detect(arrow(white, gray))
    np.testing.assert_array_equal(face.points[[0, 2, 3, 4]], [white, white, gray, gray])
    low, high = np.minimum(white, gray), np.maximum(white, gray)
    np.testing.assert_array_equal(face.box, [*low, *high])
    assert face.box.dtype == face.points.dtype == np.float32
    assert detect.calls == calls


def test_a_face_that_goes_on_lying_is_found_at_once() -> None:
    detect = Arrow()
    detector = TiltedDetector(detect)
    for _ in range(3):
        assert len(detector.detect(arrow((20, 30), (20, 5)))) == 1
    assert detect.calls == 4 + 2 + 2
    assert len(detector.detect(arrow((10, 9), (50, 9)))) == 1
    assert len(detector.detect(arrow((20, 5), (20, 30)))) == 1


def test_a_picture_without_faces_yields_none() -> None:
    detector = TiltedDetector(lambda _: [])
    assert detector.detect(np.zeros((*SHAPE, 3), np.uint8)) == []
    assert detector.detect(np.zeros((*SHAPE, 3), np.uint8)) == []


@pytest.mark.parametrize("turns", [1, 2, 3])
@pytest.mark.parametrize("clip", ["talk_25fps_silent.mp4", "talk_glasses_audio.mp4"])
def test_a_turned_picture_has_the_upright_ones_face(
    clip: str, turns: int, shared_data: Path
) -> None:
    detector = ScrfdDetector(create_session(shared_data / "scrfd_2.5g_kps.onnx"))
    with open_target(shared_data / clip) as reader:
        upright = next(iter(reader)).to_bgr()
    (expected,) = detector.detect(upright)
    turned = np.ascontiguousarray(np.rot90(upright, turns))
    (face,) = TiltedDetector(detector.detect).detect(turned)
    x, y = expected.points.T
    right, bottom = upright.shape[1] - 1, upright.shape[0] - 1
    where = {1: (y, right - x), 2: (right - x, bottom - y), 3: (bottom - y, x)}[turns]
    width = expected.box[2] - expected.box[0]
    assert np.abs(face.points - np.stack(where, axis=1)).max() < 0.02 * width
