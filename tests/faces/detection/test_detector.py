from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pytest
import skimage.data
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dlc.faces.detection import detector as module
from dlc.faces.detection.detector import FaceDetector, scaled
from tests.faces.pictures import Picture, moved

# Where the eyes are in the group photo, read off the picture: viewer's left and right of each face.
GROUP_EYES = [
    ((487, 318), (537, 331)),
    ((88, 328), (128, 308)),
    ((759, 400), (802, 401)),
    ((916, 117), (949, 114)),
    ((291, 208), (325, 197)),
    ((1150, 327), (1192, 321)),
]


def test_the_astronaut_is_found_once(detector: FaceDetector, astronaut: NDArray[np.uint8]) -> None:
    (face,) = detector.detect(astronaut)
    left, top, right, bottom = face.box
    assert 150 < left < 190
    assert 260 < right < 300
    assert 50 < top < 100
    assert 160 < bottom < 200
    assert face.score > 0.9
    expected = [(203, 101), (246, 103), (225, 123), (206, 145), (245, 145)]
    np.testing.assert_allclose(face.points, expected, atol=8)


@pytest.mark.parametrize("tiled", [False, True])
def test_all_six_faces_of_the_group_are_found_once(
    detector: FaceDetector, group: NDArray[np.uint8], tiled: bool
) -> None:
    thumbnail = Picture(group).thumbnail(384)
    factor = group.shape[1] / thumbnail.shape[1]
    faces = scaled(detector.detect(thumbnail, tiled=tiled), factor, factor)
    assert len(faces) == len(GROUP_EYES)
    for eyes in GROUP_EYES:
        distances = [np.abs(face.points[:2] - eyes).max() for face in faces]
        assert min(distances) < 15
    scores = [face.score for face in faces]
    assert scores == sorted(scores, reverse=True)


def test_tiles_find_a_face_that_is_too_small_for_the_whole(
    detector: FaceDetector, astronaut: NDArray[np.uint8]
) -> None:
    # The face is about 105 pixels wide; here it is 4 % of the picture's width.
    scale = 0.04 * 1280 / 105
    matrix = np.array([[scale, 0, 900.0], [0, scale, 80.0]])
    picture = moved(astronaut, matrix, (1280, 720))
    thumbnail = Picture(picture).thumbnail(384)
    assert detector.detect(thumbnail) == []
    (face,) = detector.detect(thumbnail, tiled=True)
    (face,) = scaled([face], 1280 / 384, 720 / 216)
    np.testing.assert_allclose(face.points[2], (225 * scale + 900, 123 * scale + 80), atol=8)


@pytest.mark.parametrize("shape", [(216, 384), (384, 216), (300, 300), (1, 1), (3, 200)])
def test_pictures_without_a_face_have_none(detector: FaceDetector, shape: tuple[int, int]) -> None:
    gray = np.full((*shape, 3), 128, np.uint8)
    noise = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    assert detector.detect(gray, tiled=True) == []
    assert detector.detect(noise, tiled=True) == []


def test_the_threshold_is_kept(detector: FaceDetector, astronaut: NDArray[np.uint8]) -> None:
    session = detector._session  # noqa: SLF001 - the same weights need not be loaded twice
    assert FaceDetector(session, min_score=0.99).detect(astronaut) == []


def test_tiles_are_looked_at_one_by_one(
    detector: FaceDetector, astronaut: NDArray[np.uint8]
) -> None:
    session = detector._session  # noqa: SLF001 - the same weights need not be loaded twice
    shapes: list[tuple[int, ...]] = []

    class Recording:
        def run(
            self, names: Sequence[str], feed: Mapping[str, NDArray[np.float32]], /
        ) -> list[NDArray[np.float32]]:
            shapes.append(feed["image"].shape)
            return session.run(names, feed)

    recording = FaceDetector(Recording())
    (face,) = recording.detect(astronaut[:288], tiled=True)
    assert face.score > 0.9
    assert shapes == [(1, 3, 192, 192)] * 3
    shapes.clear()
    (face,) = recording.detect(np.ascontiguousarray(astronaut[:192, 100:292]), tiled=True)
    assert face.score > 0.8
    assert len(shapes) == 1, "tiles would only enlarge a picture of the model's size"


@given(st.integers(1, 2000), st.integers(1, 2000))
def test_tiles_cover_the_picture(width: int, height: int) -> None:
    tiles = module._tiles(width, height)  # noqa: SLF001
    covered_x = sorted({(left, left + side) for left, _, side in tiles})
    covered_y = sorted({(top, top + side) for _, top, side in tiles})
    for spans, length in ((covered_x, width), (covered_y, height)):
        assert spans[0][0] == 0
        assert spans[-1][1] >= length
        assert all(after[0] <= before[1] for before, after in pairwise(spans))
    assert len(tiles) == len(covered_x) * len(covered_y) <= 9


def test_scaling_keeps_the_edges_of_the_picture() -> None:
    face = module.Face(
        np.array([-0.5, -0.5, 95.5, 53.5], np.float32), np.zeros((5, 2), np.float32), 1.0
    )
    (large,) = scaled([face], 10.0, 20.0)
    np.testing.assert_allclose(large.box, [-0.5, -0.5, 959.5, 1079.5])
    np.testing.assert_allclose(large.points, [[4.5, 9.5]] * 5)


# Squares around faces of the group photo that are filled by them: center and half of the side.
TIGHT = [(105, 340, 72), (310, 225, 66), (1150, 345, 50)]


@pytest.mark.parametrize(("x", "y", "half"), TIGHT)
def test_a_face_that_fills_the_picture_is_found_in_a_thorough_search(
    detector: FaceDetector, group: NDArray[np.uint8], x: int, y: int, half: int
) -> None:
    tight = np.ascontiguousarray(group[y - half : y + half, x - half : x + half])
    assert detector.detect(tight) == []
    (face,) = detector.detect(tight, tiled=True)
    eyes = face.points[:2] + np.array([x - half, y - half])
    assert min(np.abs(eyes - each).max() for each in GROUP_EYES) < 15


@pytest.mark.parametrize("name", ["coffee", "brick", "grass", "gravel"])
def test_a_picture_without_faces_has_none_in_a_thorough_search(
    detector: FaceDetector, name: str
) -> None:
    picture = getattr(skimage.data, name)()
    bgr = np.dstack([picture] * 3) if picture.ndim == 2 else picture[..., ::-1]
    assert detector.detect(np.ascontiguousarray(bgr), tiled=True) == []
