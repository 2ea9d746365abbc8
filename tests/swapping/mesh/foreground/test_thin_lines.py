from __future__ import annotations

import cv2
import numpy as np
import pytest

from dlc.arrays import Bytes
from dlc.swapping.mesh.foreground.thin_lines import LineFinder
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import LEFT_BROW, RIGHT_BROW
from tests.swapping.mesh.foreground.conftest import SIZE


@pytest.fixture(scope="module")
def finder(layout: Layout) -> LineFinder:
    return LineFinder(layout, SIZE)


def eye_center(layout: Layout) -> tuple[int, int]:
    x, y = np.round(layout.uv[layout.topology.left_eye].mean(axis=0) * SIZE).astype(int).tolist()
    return x, y


def with_ring(face: Bytes, layout: Layout, value: int, thickness: int = 1) -> Bytes:
    """Draw the rim of a spectacle lens."""
    ringed = face.copy()
    cv2.ellipse(
        ringed, eye_center(layout), (42, 38), 0, 0, 360, value, thickness, lineType=cv2.LINE_AA
    )
    return ringed


def rim_share(finder: LineFinder, face: Bytes, ringed: Bytes) -> float:
    """Return the mean of the matte on the rim's lower half, which no brow covers."""
    matte = finder.matte(finder.lines(ringed), keep_eyewear=True)
    rim = ringed != face
    rim[: np.nonzero(rim)[0].min() + 40] = False
    return 0.0 if matte is None else float(matte[rim].mean())


def test_a_smooth_face_keeps_nothing(finder: LineFinder, smooth_face: Bytes) -> None:
    assert finder.matte(finder.lines(smooth_face), keep_eyewear=True) is None


@pytest.mark.parametrize("value", [235, 20])
def test_the_rim_of_glasses_is_kept(
    finder: LineFinder, smooth_face: Bytes, layout: Layout, value: int
) -> None:
    ringed = with_ring(smooth_face, layout, value, thickness=2)
    assert rim_share(finder, smooth_face, ringed) > 0.5


def test_little_else_is_kept_with_the_rim(
    finder: LineFinder, smooth_face: Bytes, layout: Layout
) -> None:
    ringed = with_ring(smooth_face, layout, 235)
    matte = finder.matte(finder.lines(ringed), keep_eyewear=True)
    assert matte is not None
    assert matte.shape == (SIZE, SIZE)
    near = cv2.dilate((ringed != smooth_face).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    assert matte[~near].max() < 0.05
    assert 0.0 <= matte.min() <= matte.max() <= 1.0


def test_a_short_scratch_is_not_kept(
    finder: LineFinder, smooth_face: Bytes, layout: Layout
) -> None:
    x, y = eye_center(layout)
    scratched = smooth_face.copy()
    cv2.line(scratched, (x - 8, y + 30), (x + 8, y + 30), 235, 1, cv2.LINE_AA)
    assert finder.matte(finder.lines(scratched), keep_eyewear=True) is None


def test_crows_feet_are_not_kept(finder: LineFinder, smooth_face: Bytes, layout: Layout) -> None:
    x, y = eye_center(layout)
    wrinkled = smooth_face.copy()
    for down in range(20, 52, 4):  # close to each other, and a third of a face wide together
        for along in range(-36, 36, 12):
            cv2.line(wrinkled, (x + along, y + down), (x + along + 8, y + down), 235, 1)
    assert finder.matte(finder.lines(wrinkled), keep_eyewear=True) is None


def test_furrows_are_not_kept_though_one_is_long(
    finder: LineFinder, smooth_face: Bytes, layout: Layout
) -> None:
    left, brow = eye_center(layout)[0], round(float(layout.uv[105, 1]) * SIZE)
    furrowed = smooth_face.copy()
    cv2.line(furrowed, (left, brow - 10), (left + 64, brow - 10), 235, 1)
    assert finder.matte(finder.lines(furrowed), keep_eyewear=True) is not None
    for up in range(14, 34, 4):
        for along in range(0, 64, 12):
            cv2.line(furrowed, (left + along, brow - up), (left + along + 8, brow - up), 235, 1)
    assert finder.matte(finder.lines(furrowed), keep_eyewear=True) is None


def test_among_wrinkles_all_over_no_line_is_told_apart(
    finder: LineFinder, smooth_face: Bytes, layout: Layout
) -> None:
    ringed = with_ring(smooth_face, layout, 235, thickness=2)
    assert finder.matte(finder.lines(ringed), keep_eyewear=True) is not None
    ringed[:, ::7] = 235
    assert finder.matte(finder.lines(ringed), keep_eyewear=True) is None


def test_a_rim_with_gaps_is_kept(finder: LineFinder, smooth_face: Bytes, layout: Layout) -> None:
    broken = smooth_face.copy()
    for start in range(0, 360, 120):
        cv2.ellipse(
            broken,
            eye_center(layout),
            (42, 38),
            0,
            start,
            start + 112,
            235,
            1,
            lineType=cv2.LINE_AA,
        )
    assert rim_share(finder, smooth_face, broken) > 0.5


def test_lines_below_the_nose_are_not_kept(
    finder: LineFinder, smooth_face: Bytes, layout: Layout
) -> None:
    lined = smooth_face.copy()
    y = round(float(layout.uv[17, 1]) * SIZE) + 8
    cv2.line(lined, (60, y), (196, y), 235, 1, cv2.LINE_AA)
    assert finder.matte(finder.lines(lined), keep_eyewear=True) is None


def test_skin_between_brows_and_hair_is_no_line(
    finder: LineFinder, smooth_face: Bytes, layout: Layout
) -> None:
    fringed = smooth_face.copy()
    for brow, outwards in ((LEFT_BROW, -14), (RIGHT_BROW, 14)):
        edge = np.round(layout.uv[list(brow[5:])] * SIZE).astype(np.int32)
        edge = np.vstack([edge, edge[-1] + (outwards, 8)])
        cv2.polylines(fringed, [edge - [0, 10]], False, 40, 22)  # hair
        cv2.polylines(fringed, [edge], False, 60, 12)  # a brow that is bushy and long
        cv2.polylines(fringed, [edge - [0, 6]], False, 150, 2)  # and skin between the two
    assert finder.matte(finder.lines(fringed), keep_eyewear=True) is None
    rimmed = with_ring(fringed, layout, 235, thickness=2)
    assert rim_share(finder, fringed, rimmed) > 0.5


def test_what_flickers_once_is_not_kept(
    finder: LineFinder, smooth_face: Bytes, layout: Layout
) -> None:
    ringed = finder.lines(with_ring(smooth_face, layout, 235))
    calm = finder.lines(smooth_face)
    assert finder.matte(0.05 * ringed + 0.95 * calm, keep_eyewear=True) is None


def test_without_glasses_the_lines_around_eyes_go_and_strands_of_hair_stay(
    finder: LineFinder, smooth_face: Bytes, layout: Layout
) -> None:
    ringed = with_ring(smooth_face, layout, 235, thickness=2)
    assert finder.matte(finder.lines(ringed), keep_eyewear=True) is not None
    assert finder.matte(finder.lines(ringed), keep_eyewear=False) is None
    x, y = eye_center(layout)
    strand = smooth_face.copy()
    cv2.line(strand, (x + 46, y - 84), (x + 14, y + 46), 235, 2, cv2.LINE_AA)
    kept = finder.matte(finder.lines(strand), keep_eyewear=False)
    assert kept is not None
    assert kept[strand != smooth_face].mean() > 0.4
