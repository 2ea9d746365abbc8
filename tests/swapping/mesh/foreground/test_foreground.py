from __future__ import annotations

import cv2
import numpy as np
import pytest

from dlc.arrays import Bytes, Floats
from dlc.compositing.filters import resize
from dlc.faces.landmarks.pose import Pose, fit_pose
from dlc.swapping.mesh.face_memory import FaceMemory
from dlc.swapping.mesh.flat_face import DETAIL_SIZE, FlatFace
from dlc.swapping.mesh.foreground.foreground import Foreground, ForegroundFinder
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import TONE_SIZE
from tests.swapping.mesh.glasses import Glasses, draw_half_rims, middles_of_eyes
from tests.swapping.mesh.heads import Placing, Points, average_head

STRAND = (139, 15), (107, 145)


@pytest.fixture(scope="module")
def finder(layout: Layout) -> ForegroundFinder:
    return ForegroundFinder(layout, None)


@pytest.fixture(scope="module")
def eyes(layout: Layout) -> tuple[Points, Points]:
    return middles_of_eyes(layout, DETAIL_SIZE)


@pytest.fixture(scope="module")
def pose(layout: Layout) -> Pose:
    return fit_pose(average_head(layout, Placing(x=300, y=300, width=200)), layout.mean_face)


def look(finder: ForegroundFinder, luma: Bytes, pose: Pose) -> Foreground:
    """Return what is in front of a face that is seen for the first time."""
    small = resize(luma, (TONE_SIZE, TONE_SIZE)).astype(np.float32)
    all_seen = np.ones((TONE_SIZE, TONE_SIZE), np.float32)
    face = FlatFace(cv2.merge([small] * 3), luma, all_seen, all_seen, all_seen)
    return finder.find(face, pose, FaceMemory())


def rigid(finder: ForegroundFinder, luma: Bytes, pose: Pose) -> Floats:
    """Return what is kept of the glasses and lines of a face that is seen for the first time."""
    kept = look(finder, luma, pose).rigid
    return np.zeros(luma.shape, np.float32) if kept is None else kept


def test_glasses_are_kept_whole_and_so_is_a_strand_of_hair_above_them(
    finder: ForegroundFinder, smooth_face: Bytes, eyes: tuple[Points, Points], pose: Pose
) -> None:
    worn = smooth_face.copy()
    rims = draw_half_rims(worn, eyes)
    rims[: round(float(eyes[0][1]))] = False  # brows hide the rest
    cv2.line(worn, *STRAND, 240, 2, cv2.LINE_AA)
    strand = cv2.line(np.zeros_like(worn), *STRAND, 255, 1) > 0
    kept = rigid(finder, worn, pose)
    assert (kept[rims] > 0.5).mean() > 0.9
    strand[75:] = False  # glasses hide the rest
    assert kept[strand].mean() > 0.2


@pytest.mark.parametrize("is_whole", [True, False], ids=["two rims", "one rim"])
def test_pieces_of_glasses_are_painted_over(
    finder: ForegroundFinder,
    smooth_face: Bytes,
    eyes: tuple[Points, Points],
    pose: Pose,
    is_whole: bool,
) -> None:
    worn = smooth_face.copy()
    rims = Glasses(thickness=0.006, luma=245).draw(worn, eyes)
    if not is_whole:
        worn[:, : DETAIL_SIZE // 2 - 5] = smooth_face[:, : DETAIL_SIZE // 2 - 5]
    rims[:, : DETAIL_SIZE // 2] = False
    rims[: round(float(eyes[0][1]))] = False
    kept = float(rigid(finder, worn, pose)[rims].mean())
    assert kept > 0.8 if is_whole else kept < 0.05


def test_light_rims_are_kept_though_they_are_broad(
    finder: ForegroundFinder, smooth_face: Bytes, eyes: tuple[Points, Points], pose: Pose
) -> None:
    worn = smooth_face.copy()
    rims = Glasses(thickness=0.012, luma=235).draw(worn, eyes)
    rims[: round(float(eyes[0][1]))] = False
    assert rigid(finder, worn, pose)[rims].mean() > 0.8


def test_a_fringe_as_light_as_skin_is_kept(
    finder: ForegroundFinder, smooth_face: Bytes, pose: Pose
) -> None:
    noise = np.random.default_rng(1).normal(size=smooth_face.shape).astype(np.float32)
    strands = cv2.GaussianBlur(noise, (0, 0), sigmaX=1.5, sigmaY=20)
    light = 1 + 0.06 * strands / strands.std()
    light[62:] = 1
    luma = np.clip(smooth_face * light, 0, 255).astype(np.uint8)
    assert look(finder, luma, pose).broad[24:28, 50:78].min() > 0.8
    assert look(finder, smooth_face, pose).broad[24:28, 50:78].max() < 0.1
