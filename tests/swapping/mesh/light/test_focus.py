"""How soft the edges of a face are, in whatever light, and what the source lacks of it."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.arrays import Bytes, Floats
from dlc.compositing.filters import blur, resize
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.focus import FocusMeter, lacking_softness, soften, with_motion
from dlc.swapping.mesh.source.source import SourceModel

SIZE = 256


@pytest.fixture(scope="module")
def meter(layout: Layout) -> FocusMeter:
    return FocusMeter(layout, SIZE)


@pytest.fixture(scope="module")
def face(portrait_source: SourceModel) -> Floats:
    """Return the astronaut's face without color."""
    luma = cv2.cvtColor(resize(portrait_source.texture, (SIZE, SIZE)), cv2.COLOR_BGR2GRAY)
    return np.asarray(luma, np.float32)


def rounded(luma: Floats) -> Bytes:
    return np.clip(np.rint(luma), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("radius", [2.0, 3.0, 4.0])
def test_a_blur_is_measured(meter: FocusMeter, layout: Layout, face: Floats, radius: float) -> None:
    pixels = SIZE * layout.face_width
    before = meter.softness(rounded(face)) * pixels
    after = meter.softness(rounded(blur(face, radius))) * pixels
    assert math.sqrt(after**2 - before**2) == pytest.approx(radius, rel=0.2)


@pytest.mark.parametrize("axis", [0, 1])
def test_motion_is_measured_along_its_axis(
    meter: FocusMeter, layout: Layout, face: Floats, axis: int
) -> None:
    pixels = SIZE * layout.face_width
    # While the shutter is open, the face moves by twelve pixels.
    size = (13, 1) if axis == 0 else (1, 13)
    before = meter.softness_by_axis(rounded(face)) * pixels
    after = meter.softness_by_axis(rounded(np.asarray(cv2.blur(face, size)))) * pixels
    added = np.sqrt(np.maximum(after**2 - before**2, 0))
    assert 2.4 < added[axis] < 4.5
    assert added[1 - axis] < added[axis] / 2


@pytest.mark.parametrize("light", [0.3, 0.6])
def test_it_does_not_depend_on_the_light(meter: FocusMeter, face: Floats, light: float) -> None:
    found = meter.softness(rounded(light * face))
    assert found == pytest.approx(meter.softness(rounded(face)), rel=0.08)


def test_smooth_skin_is_not_out_of_focus(meter: FocusMeter, face: Floats) -> None:
    smooth = rounded(face)
    for _ in range(3):
        smooth = np.asarray(cv2.bilateralFilter(smooth, 9, 18, 4), np.uint8)
    assert np.abs(smooth.astype(int) - rounded(face)).mean() > 1
    assert meter.softness(smooth) < 1.1 * meter.softness(rounded(face))


@pytest.mark.parametrize("level", [0, 1, 255])
def test_a_face_without_edges_gives_a_number(meter: FocusMeter, level: int) -> None:
    assert 0 < meter.softness(np.full((SIZE, SIZE), level, np.uint8)) < 0.1


@given(source=st.floats(0.002, 0.05), ratio=st.floats(0.1, 1.2), width=st.floats(100, 2000))
def test_a_target_in_focus_lacks_nothing(source: float, ratio: float, width: float) -> None:
    assert lacking_softness(ratio * source, source, width) == 0.0


@given(source=st.floats(0.002, 0.05), ratio=st.floats(1.0, 9.0), width=st.floats(20, 2000))
def test_the_blur_never_makes_the_new_face_softer_than_the_target(
    source: float, ratio: float, width: float
) -> None:
    lacking = lacking_softness(ratio * source, source, width)
    assert math.hypot(source, lacking) <= ratio * source * 1.0001


def test_a_target_far_out_of_focus_is_matched() -> None:
    lacking = lacking_softness(0.02, 0.008, 1000.0)
    assert math.hypot(lacking, 0.008) == pytest.approx(0.02, rel=0.01)


def test_few_pixels_are_not_out_of_focus() -> None:
    # A face of 30 pixels has no edges sharper than that.
    assert lacking_softness(0.02, 0.008, 30.0) == 0.0


RADII = st.floats(0.0, 0.05)
PAIRS = st.tuples(RADII, RADII).map(lambda pair: np.array(pair, np.float32))


@given(RADII, PAIRS, PAIRS)
def test_a_face_that_does_not_move_is_not_blurred_by_motion(
    radius: float, target: Floats, source: Floats
) -> None:
    found = with_motion(radius, target, source, np.zeros(2, np.float32))
    np.testing.assert_allclose(found, radius, atol=1e-6)


@given(RADII, PAIRS, PAIRS, PAIRS)
def test_motion_blurs_by_no_more_than_it_moves_and_the_target_shows(
    radius: float, target: Floats, source: Floats, moved: Floats
) -> None:
    found = with_motion(radius, target, source, moved)
    added = np.sqrt(np.maximum(found**2 - np.float32(radius) ** 2, 0))
    assert (added <= np.abs(moved) / np.sqrt(12) + 1e-4).all()
    assert (found <= np.maximum(target, np.float32(radius)) + 1e-4).all()


def test_radii_too_small_to_see_leave_an_image_alone(face: Floats) -> None:
    assert soften(face, np.array([0.2, 0.1], np.float32)) is face


def test_one_axis_can_be_blurred_alone(face: Floats) -> None:
    rows = np.arange(SIZE, dtype=np.float32)[:, None].repeat(SIZE, axis=1)
    along, down = np.array([[3, 0], [0, 3]], np.float32)
    np.testing.assert_allclose(soften(rows, along), rows, atol=1e-3)
    np.testing.assert_allclose(soften(face, along).T, soften(face.T.copy(), down), atol=1e-3)
