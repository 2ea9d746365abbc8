from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dlc.compositing.filters import blend, cut
from dlc.compositing.paste_back import face_mask, paste_back

WIDTH, HEIGHT = 200, 150
MASK = face_mask(128)


def crop_matrix(x: float, y: float, scale: float, angle: float) -> NDArray[np.float64]:
    """Return the matrix to a crop of 128 x 128 from one as large as `scale` says, around x, y."""
    cos, sin = math.cos(angle) / scale, math.sin(angle) / scale
    linear = np.array([[cos, -sin], [sin, cos]])
    return np.column_stack([linear, (63.5, 63.5) - linear @ (x, y)])


matrices = st.builds(
    crop_matrix,
    x=st.floats(-80, WIDTH + 80),
    y=st.floats(-80, HEIGHT + 80),
    scale=st.floats(math.log(0.03), math.log(6)).map(math.exp),
    angle=st.floats(-math.pi, math.pi),
)


def ramp_crop() -> NDArray[np.uint8]:
    """Return a crop whose blue is the column and whose green is the row."""
    crop = np.zeros((128, 128, 3), np.uint8)
    crop[..., 0] = np.arange(128)
    crop[..., 1] = np.arange(128)[:, None]
    return crop


@pytest.mark.parametrize("side", [112, 128, 256, 512])
def test_the_mask_covers_the_face_and_ends_softly_inside_the_crop(side: int) -> None:
    mask = face_mask(side).alpha
    assert mask.shape == (side, side)
    assert mask.dtype == np.uint8
    border = side // 64
    inner = mask[border:-border, border:-border]
    assert np.count_nonzero(mask) == np.count_nonzero(inner)
    # Eyes, nose and mouth of the template, where nothing of the old face may shine through.
    for x, y in ((46, 52), (82, 52), (64, 72), (49, 92), (79, 92)):
        assert mask[y * side // 128, x * side // 128] == 255
    steps = np.abs(np.diff(mask.astype(int), axis=0)), np.abs(np.diff(mask.astype(int), axis=1))
    assert max(step.max() for step in steps) <= 30 * 128 / side
    np.testing.assert_array_equal(mask, mask[:, ::-1])


@given(matrices)
def test_pixels_go_where_they_came_from(matrix: NDArray[np.float64]) -> None:
    patch = paste_back(ramp_crop(), MASK, matrix, WIDTH, HEIGHT)
    if patch is None:
        return
    box = patch.box
    assert box == box.clipped(WIDTH, HEIGHT)
    assert patch.bgr.shape == (box.height, box.width, 3)
    assert patch.alpha.shape == (box.height, box.width)
    ys, xs = np.mgrid[box.top : box.bottom, box.left : box.right]
    u, v = np.tensordot(matrix, np.stack([xs, ys, np.ones_like(xs)]), 1)
    solid = patch.alpha > 8
    # Far shrunk, a pixel is the mean of many: it lies as exactly as their number allows.
    shrunk = np.hypot(*matrix[:, 0])
    tolerance = 1.5 + max(0, shrunk / 2)
    assert np.abs(patch.bgr[..., 0] - u)[solid].max(initial=0) <= tolerance
    assert np.abs(patch.bgr[..., 1] - v)[solid].max(initial=0) <= tolerance


@given(matrices)
def test_the_box_leaves_nothing_of_the_mask_out(matrix: NDArray[np.float64]) -> None:
    patch = paste_back(ramp_crop(), MASK, matrix, WIDTH, HEIGHT)
    rows, columns = np.nonzero(MASK.alpha)
    placed = np.linalg.solve(matrix[:, :2], np.stack([columns, rows]) - matrix[:, 2:])
    x, y = np.rint(placed).astype(int)
    inside = (x >= 0) & (x < WIDTH) & (y >= 0) & (y < HEIGHT)
    if patch is None:
        assert not inside.any()
        return
    x, y = x[inside], y[inside]
    box = patch.box
    assert ((x >= box.left) & (x < box.right) & (y >= box.top) & (y < box.bottom)).all()


@given(matrices)
def test_the_mask_lies_on_the_frame_as_on_the_crop(matrix: NDArray[np.float64]) -> None:
    patch = paste_back(ramp_crop(), MASK, matrix, WIDTH, HEIGHT)
    if patch is None:
        return
    box = patch.box
    shifted = matrix.copy()
    shifted[:, 2] += matrix[:, :2] @ (box.left, box.top)
    smooth = cv2.GaussianBlur(MASK.alpha, (0, 0), max(0.1, 0.4 * np.hypot(*matrix[:, 0])))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    expected = cv2.warpAffine(smooth, shifted, (box.width, box.height), flags=flags)
    # Where several pixels of the mask fall on one, which of them count how much is open.
    assert cv2.absdiff(patch.alpha, expected).max() <= 8 + 4 * np.hypot(*matrix[:, 0])


@given(matrices)
def test_a_patch_at_the_frames_edge_is_a_part_of_the_whole_one(
    matrix: NDArray[np.float64],
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (128, 128, 3), np.uint8)
    clipped = paste_back(noise, MASK, matrix, WIDTH, HEIGHT)
    margin = 1200
    moved = matrix.copy()
    moved[:, 2] -= matrix[:, :2] @ (margin, margin)
    whole = paste_back(noise, MASK, moved, WIDTH + 2 * margin, HEIGHT + 2 * margin)
    assert whole is not None
    box = whole.box
    if clipped is None:
        assert (
            box.right <= margin
            or box.bottom <= margin
            or box.left >= margin + WIDTH
            or box.top >= margin + HEIGHT
        )
        return
    left, top = clipped.box.left + margin - box.left, clipped.box.top + margin - box.top
    part = slice(top, top + clipped.box.height), slice(left, left + clipped.box.width)
    assert cv2.absdiff(clipped.bgr, np.ascontiguousarray(whole.bgr[part])).max() <= 2
    assert cv2.absdiff(clipped.alpha, np.ascontiguousarray(whole.alpha[part])).max() <= 2


def test_outside_the_frame_there_is_no_patch() -> None:
    assert paste_back(ramp_crop(), MASK, crop_matrix(-300, 75, 2, 0), WIDTH, HEIGHT) is None
    assert paste_back(ramp_crop(), MASK, crop_matrix(100, 9000, 2, 1), WIDTH, HEIGHT) is None


def test_the_box_of_a_tilted_face_is_hardly_larger() -> None:
    upright = paste_back(ramp_crop(), MASK, crop_matrix(500, 500, 3, 0), 1000, 1000)
    tilted = paste_back(ramp_crop(), MASK, crop_matrix(500, 500, 3, math.pi / 4), 1000, 1000)
    assert upright is not None
    assert tilted is not None
    assert tilted.box.width < 1.15 * upright.box.width


def test_the_edge_of_the_patch_changes_nothing() -> None:
    patch = paste_back(ramp_crop(), MASK, crop_matrix(100, 75, 0.8, 0.4), WIDTH, HEIGHT)
    assert patch is not None
    for edge in (patch.alpha[0], patch.alpha[-1], patch.alpha[:, 0], patch.alpha[:, -1]):
        assert not edge.any()


def test_an_enlarged_face_keeps_its_edges_and_a_shrunk_one_its_mean() -> None:
    step = np.zeros((128, 128, 3), np.uint8)
    step[:, 64:] = 200
    patch = paste_back(step, MASK, crop_matrix(250, 250, 4, 0), 500, 500)
    assert patch is not None
    row = patch.bgr[250 - patch.box.top, :, 0].astype(int)
    # A linear warp alone takes four pixels for the step, each a quarter of it high, and one of
    # pixels merely doubled takes two.
    assert 200 / 4 < np.abs(np.diff(row)).max() < 200 / 2
    stripes = np.zeros((128, 128, 3), np.uint8)
    stripes[:, ::2] = 200
    patch = paste_back(stripes, MASK, crop_matrix(100, 75, 0.25, 0.1), WIDTH, HEIGHT)
    assert patch is not None
    assert np.abs(patch.bgr[patch.alpha == 255].astype(int) - 100).max() <= 2


@pytest.mark.parametrize("shift", [12, 30, 60])
def test_a_face_of_another_tone_shows_no_seam(astronaut: NDArray[np.uint8], shift: int) -> None:
    before = cv2.resize(astronaut, (1024, 1024), interpolation=cv2.INTER_CUBIC)
    matrix = crop_matrix(455, 260, 2.6, 0.1)
    crop = cv2.warpAffine(before, matrix, (128, 128))
    patch = paste_back(cv2.add(crop, (shift, shift, shift, 0)), MASK, matrix, 1024, 1024)
    assert patch is not None
    after = before.copy()
    under = cut(after, patch.box)
    under[...] = blend(patch.bgr, under, patch.alpha.astype(np.float32) / 255)
    change = cv2.GaussianBlur(cv2.absdiff(before, after).max(axis=2), (0, 0), 2)
    region = (change > 6).astype(np.uint8)
    border = cv2.morphologyEx(region, cv2.MORPH_GRADIENT, np.ones((5, 5), np.uint8)) > 0
    assert np.count_nonzero(border) > 500
    old, new = (_gradient(picture)[border].mean() for picture in (before, after))
    assert new <= 1.1 * old


def _gradient(bgr: NDArray[np.uint8]) -> NDArray[np.float32]:
    gray = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY).astype(np.float32)
    across, down = (cv2.Sobel(gray, cv2.CV_32F, *axis) for axis in ((1, 0), (0, 1)))
    return np.hypot(across, down)
