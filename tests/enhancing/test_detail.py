from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.compositing.patch import Patch
from dlc.enhancing.detail import Detail
from dlc.enhancing.model import EnhancerModel
from dlc.enhancing.swapped_face import SwappedFace
from dlc.faces.crop import Square
from dlc.geometry import Box
from tests.enhancing.patches import detail_of
from tests.enhancing.sharpeners import SIDE
from tests.faces.pictures import Picture, moved

Bytes = NDArray[np.uint8]


@pytest.fixture(scope="module")
def detail(swapped: SwappedFace, model: EnhancerModel) -> Detail:
    return detail_by(model, swapped)


def detail_by(model: EnhancerModel, face: SwappedFace) -> Detail:
    crop = face.crop(SIDE)
    return Detail.of(face, crop, model.enhance(crop))


def inner(face: SwappedFace) -> NDArray[np.bool_]:
    """Return where the patch is opaque, without its rim."""
    return cv2.erode(face.patch.alpha, np.ones((7, 7), np.uint8)) == 255


def shown(face: SwappedFace, bgr: Bytes) -> SwappedFace:
    """Return the same face with other pixels in its patch."""
    patch = replace(face.patch, bgr=bgr)
    picture = np.zeros((1024, 1024, 3), np.uint8)
    box = face.surroundings.box
    picture[box.top : box.bottom, box.left : box.right] = face.surroundings.bgr
    again = SwappedFace.of(Picture(picture[:512, :512].copy()), patch, face.square)
    assert again is not None
    return again


def test_the_enhanced_face_is_the_models_output(
    swapped: SwappedFace, model: EnhancerModel, detail: Detail
) -> None:
    patch = swapped.plus(detail.placed(swapped), 1.0)
    again = SwappedFace.of(Picture(np.zeros((512, 512, 3), np.uint8)), patch, swapped.square)
    assert again is not None
    wanted = model.enhance(swapped.crop(SIDE))
    middle = slice(SIDE * 3 // 8, SIDE * 5 // 8)
    got = again.crop(SIDE)[middle, middle]
    before = swapped.crop(SIDE)[middle, middle]
    error = np.abs(got.astype(int) - wanted[middle, middle]).mean()
    assert error < 0.2 * np.abs(before.astype(int) - wanted[middle, middle]).mean() + 1
    assert detail_of(patch.bgr) > 1.3 * detail_of(swapped.patch.bgr)


def test_a_face_that_did_not_change_keeps_its_detail(swapped: SwappedFace, detail: Detail) -> None:
    placed, carried = detail.placed(swapped), detail.carried(swapped)
    inside = inner(swapped)
    assert np.abs(placed[inside].astype(int) - carried[inside]).max() <= 2
    assert np.abs(placed[inside]).mean() > 2


@pytest.mark.parametrize(("scale", "angle", "x", "y"), [(1, 0, 9, -6), (1.05, 4, 3, 2)])
def test_detail_goes_where_the_head_goes(
    swapped: SwappedFace,
    model: EnhancerModel,
    detail: Detail,
    scale: float,
    angle: float,
    x: float,
    y: float,
) -> None:
    square = swapped.square
    affine = cv2.getRotationMatrix2D((square.x, square.y), -angle, scale)
    affine[:, 2] += (x, y)
    box = swapped.surroundings.box
    canvas = np.zeros((512, 512, 3), np.uint8)
    canvas[box.top : box.bottom, box.left : box.right] = swapped.surroundings.bgr
    frame = moved(canvas, affine, (512, 512))
    alpha = np.zeros((512, 512), np.uint8)
    area = swapped.patch.box
    alpha[area.top : area.bottom, area.left : area.right] = swapped.patch.alpha
    alpha = np.asarray(cv2.warpAffine(alpha, affine, (512, 512)), np.uint8)
    place = Box(area.left - 10, area.top - 10, area.right + 20, area.bottom + 10)
    patch = Patch(
        place,
        frame[place.top : place.bottom, place.left : place.right],
        alpha[place.top : place.bottom, place.left : place.right],
    )
    turned = Square(
        square.x + x, square.y + y, square.size * scale, square.angle + np.radians(angle)
    )
    face = SwappedFace.of(Picture(frame), patch, turned)
    assert face is not None
    wanted = detail_by(model, face).placed(face)
    inside = inner(face)
    error = np.abs(wanted[inside].astype(int) - detail.carried(face)[inside]).mean()
    assert error < 0.35 * np.abs(wanted[inside]).mean()


def test_detail_follows_a_part_that_moves_by_itself(
    swapped: SwappedFace, model: EnhancerModel, detail: Detail
) -> None:
    bgr = swapped.patch.bgr
    rows = np.arange(len(bgr), dtype=np.float32)[:, None]
    columns = np.arange(bgr.shape[1], dtype=np.float32)[None]
    # The lower half of the face moves down, as a jaw does, by up to three pixels.
    y = np.repeat(rows - 3 / (1 + np.exp((len(bgr) / 2 - rows) / 4)), bgr.shape[1], axis=1)
    x = np.repeat(columns, len(bgr), axis=0)
    dropped = shown(swapped, np.asarray(cv2.remap(bgr, x, y, cv2.INTER_CUBIC), np.uint8))
    wanted = detail_by(model, dropped).placed(dropped)
    inside = inner(dropped)
    inside[: len(bgr) * 5 // 8] = False
    carried = np.abs(wanted[inside].astype(int) - detail.carried(dropped)[inside]).mean()
    stuck = np.abs(wanted[inside].astype(int) - detail.placed(dropped)[inside]).mean()
    assert carried < 0.5 * stuck


def test_detail_fades_where_the_face_has_become_another(
    swapped: SwappedFace, detail: Detail
) -> None:
    bgr = swapped.patch.bgr.copy()
    half = bgr.shape[1] // 2
    bgr[:, half:] = 255 - bgr[:, half:]
    carried = detail.carried(shown(swapped, bgr))
    inside = inner(swapped)
    inside[:, half - 12 : half + 12] = False
    left, right = inside.copy(), inside.copy()
    left[:, half:], right[:, :half] = False, False
    before = np.abs(detail.placed(swapped))
    assert np.abs(carried)[right].mean() < 0.25 * before[right].mean()
    assert np.abs(carried)[left].mean() > 0.8 * before[left].mean()


def test_small_faces_keep_no_more_detail_than_they_have_pixels(
    swapped: SwappedFace, detail: Detail
) -> None:
    assert len(detail.levels) == SIDE >> max(0, int(np.log2(SIDE / swapped.square.size)))
    square = replace(swapped.square, size=SIDE / 5)
    small = replace(swapped, square=square)
    crop = small.crop(SIDE)
    assert len(Detail.of(small, crop, crop).levels) == SIDE // 4


def test_detail_ends_softly_at_the_crops_edge(swapped: SwappedFace) -> None:
    crop = np.full((SIDE, SIDE, 3), 100, np.uint8)
    levels = Detail.of(swapped, crop, crop + np.uint8(100)).levels
    assert np.abs(levels[0]).max() <= 5
    assert np.abs(levels[:, -1]).max() <= 5
    assert levels[len(levels) // 2, len(levels) // 2].tolist() == [100, 100, 100]
