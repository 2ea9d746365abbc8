from __future__ import annotations

import cv2
import numpy as np
import pytest

from dlc.arrays import Bytes, Floats
from dlc.compositing.filters import blur, resize
from dlc.swapping.mesh.foreground.fringe import FringeFinder, FringeMemory
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import TONE_SIZE
from tests.swapping.mesh.foreground.conftest import SIZE

SEEN = np.ones((TONE_SIZE, TONE_SIZE), np.float32)
NO_HAIR = np.zeros((TONE_SIZE, TONE_SIZE), np.float32)
# Row of the atlas where the fringe ends; and rows inside it, and columns inside the forehead.
END, INSIDE, MIDDLE = 62, slice(48, 56), slice(100, 156)
TOP = slice(0, END), slice(0, SIZE)


@pytest.fixture(scope="module")
def finder(layout: Layout) -> FringeFinder:
    return FringeFinder(layout)


def texture(across: float, down: float) -> Floats:
    """Return how light irregular spots of these sizes are, where skin is 1."""
    noise = np.random.default_rng(1).normal(size=(SIZE, SIZE)).astype(np.float32)
    spots = cv2.GaussianBlur(noise, (0, 0), sigmaX=across, sigmaY=down)
    return np.asarray(1 + 0.06 * spots / spots.std(), np.float32)


def shadow() -> Floats:
    """Return the light where one side of a forehead is in the shade."""
    light = np.ones((SIZE, SIZE), np.float32)
    light[:, SIZE // 2 :] = 0.6
    return blur(light, 4.0)


STRANDS, WRINKLES, FRECKLES = texture(1.5, 20), texture(20, 1.5), texture(1.5, 1.5)


def draw(face: Bytes, pattern: Floats, where: tuple[slice, slice] = TOP) -> Bytes:
    """Multiply some rows and columns of a face with a pattern."""
    drawn = face.astype(np.float32)
    drawn[where] *= pattern[where]
    return np.clip(drawn, 0, 255).astype(np.uint8)


def find(finder: FringeFinder, luma: Bytes) -> Floats:
    """Return what is kept of a face that is seen for the first time: (SIZE, SIZE)."""
    return resize(finder.update(luma, SEEN, NO_HAIR, FringeMemory()), (SIZE, SIZE))


def test_a_fringe_as_light_as_skin_is_kept_and_the_forehead_below_is_not(
    finder: FringeFinder, smooth_face: Bytes
) -> None:
    kept = find(finder, draw(smooth_face, STRANDS))
    assert kept[INSIDE, MIDDLE].min() > 0.8
    assert kept[END + 14 :, MIDDLE].max() < 0.1


def test_hair_between_strands_is_kept_and_the_bare_side_of_a_forehead_is_not(
    finder: FringeFinder, smooth_face: Bytes
) -> None:
    face = draw(smooth_face, STRANDS, (slice(0, END), slice(0, 140)))
    face[:, 108:118] = smooth_face[:, 108:118]
    kept = find(finder, face)
    assert kept[INSIDE, 100:128].min() > 0.5
    assert kept[INSIDE, 158:180].max() < 0.1


@pytest.mark.parametrize(
    "pattern", [WRINKLES, FRECKLES, shadow()], ids=["wrinkles", "freckles", "shadow"]
)
def test_nothing_of_a_bare_forehead_is_kept(
    finder: FringeFinder, smooth_face: Bytes, pattern: Floats
) -> None:
    assert find(finder, draw(smooth_face, pattern)).max() < 0.05


@pytest.mark.parametrize("columns", [slice(112, 144), slice(80, 176)], ids=["frown", "spot"])
def test_strands_that_do_not_hang_from_the_hairline_are_not_kept(
    finder: FringeFinder, smooth_face: Bytes, columns: slice
) -> None:
    assert find(finder, draw(smooth_face, STRANDS, (slice(62, 72), columns))).max() < 0.05


@pytest.mark.parametrize("columns", [slice(122, 134), slice(40, 84)], ids=["frown", "temple"])
def test_upright_lines_beside_the_forehead_and_between_the_brows_are_no_fringe(
    finder: FringeFinder, smooth_face: Bytes, columns: slice
) -> None:
    rows = slice(0 if columns.start < 100 else 54, 72)
    assert find(finder, draw(smooth_face, STRANDS, (rows, columns))).max() < 0.05


def test_what_is_on_the_cheeks_as_well_is_no_fringe(
    finder: FringeFinder, smooth_face: Bytes
) -> None:
    everywhere = slice(0, SIZE), slice(0, SIZE)
    rough = np.clip(STRANDS, 0.9, 1.1)
    assert find(finder, draw(smooth_face, rough)).max() > 0.9
    assert find(finder, draw(smooth_face, rough, everywhere)).max() < 0.5


def test_the_side_of_a_fringe_that_a_turned_head_hides_is_kept(
    finder: FringeFinder, smooth_face: Bytes
) -> None:
    memory = FringeMemory()
    finder.update(draw(smooth_face, STRANDS), SEEN, NO_HAIR, memory)
    turned = SEEN.copy()
    turned[:, TONE_SIZE // 2 :] = 0
    for _ in range(60):
        kept = finder.update(smooth_face, turned, NO_HAIR, memory)
    kept = resize(kept, (SIZE, SIZE))
    assert kept[INSIDE, 90:100].max() < 0.2
    assert kept[INSIDE, 144:156].min() > 0.8


def test_a_fringe_that_one_blurred_frame_does_not_show_stays(
    finder: FringeFinder, smooth_face: Bytes
) -> None:
    memory = FringeMemory()
    luma = draw(smooth_face, STRANDS)
    for index in range(60):
        kept = finder.update(blur(luma, 6.0) if index == 54 else luma, SEEN, NO_HAIR, memory)
    assert resize(kept, (SIZE, SIZE))[INSIDE, MIDDLE].min() > 0.8


def test_in_the_dark_there_is_no_fringe(finder: FringeFinder, smooth_face: Bytes) -> None:
    assert find(finder, np.zeros_like(smooth_face)).max() == 0
