from __future__ import annotations

import cv2
import numpy as np
import pytest

from dlc.arrays import Floats
from dlc.swapping.mesh.foreground.sunglasses import SunglassesFinder, SunglassesMemory
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import TONE_SIZE

SEEN = np.ones((TONE_SIZE, TONE_SIZE), np.float32)
SKIN = (110, 140, 190)


@pytest.fixture(scope="module")
def finder(layout: Layout) -> SunglassesFinder:
    return SunglassesFinder(layout)


def face(layout: Layout, lens: tuple[int, int, int] | None = None, rim: int = 0) -> Floats:
    """Return a face with dark brows and eyes, and glasses, if any."""
    bgr = np.full((TONE_SIZE, TONE_SIZE, 3), SKIN, np.float32)
    unit = TONE_SIZE * layout.face_width
    for ring in (layout.topology.left_eye, layout.topology.right_eye):
        x, y = layout.uv[ring].mean(axis=0) * TONE_SIZE
        cv2.ellipse(bgr, (round(x), round(y)), (8, 3), 0, 0, 360, (60, 60, 60), -1)
        cv2.line(bgr, (round(x) - 10, round(y) - 9), (round(x) + 10, round(y) - 9), (30, 35, 50), 3)
        axes = (round(0.2 * unit), round(0.15 * unit))
        if lens is not None:
            cv2.ellipse(bgr, (round(x), round(y) + 3), axes, 0, 0, 360, lens, -1)
        if rim:
            cv2.ellipse(bgr, (round(x), round(y) + 3), axes, 0, 0, 360, (20, 20, 20), rim)
    return bgr


def test_bare_eyes_are_no_sunglasses(finder: SunglassesFinder, layout: Layout) -> None:
    assert finder.update(face(layout), SEEN, SunglassesMemory()) is None


def test_neither_are_eyes_in_the_shade_nor_clear_glasses(
    finder: SunglassesFinder, layout: Layout
) -> None:
    shade = (47, 60, 82)
    assert finder.update(face(layout, shade), SEEN, SunglassesMemory()) is None
    assert finder.update(face(layout, rim=2), SEEN, SunglassesMemory()) is None


def in_two_lights(bgr: Floats) -> Floats:
    """Return a face lit in blue from the left, and in red from the right."""
    right = np.arange(TONE_SIZE)[:, None] >= TONE_SIZE // 2
    return bgr * np.where(right, (0.2, 0.3, 1.2), (1.6, 0.6, 0.2)).astype(np.float32)


def test_light_of_two_colors_is_no_sunglasses(finder: SunglassesFinder, layout: Layout) -> None:
    assert finder.update(in_two_lights(face(layout)), SEEN, SunglassesMemory()) is None
    dark = in_two_lights(face(layout, (15, 15, 20)))
    assert finder.update(dark, SEEN, SunglassesMemory()) is not None


def test_one_cheek_tells_where_the_other_is_not_seen(
    finder: SunglassesFinder, layout: Layout
) -> None:
    hidden, seen = slice(TONE_SIZE // 2, None), SEEN.copy()
    seen[:, hidden] = 0
    for lens, worn in ((None, False), ((15, 15, 20), True)):
        bgr = face(layout, lens)
        bgr[:, hidden] = (0, 255, 0)
        assert (finder.update(bgr, seen, SunglassesMemory()) is not None) == worn


@pytest.mark.parametrize("lens", [(15, 15, 20), (70, 70, 70), (200, 90, 60), (60, 160, 60)])
def test_lenses_are_kept_whole(
    finder: SunglassesFinder, layout: Layout, lens: tuple[int, int, int]
) -> None:
    bare, worn = face(layout), face(layout, lens)
    x, y = np.round(layout.uv[layout.topology.left_eye].mean(axis=0) * TONE_SIZE).astype(int)
    worn[y : y + 3, x - 2 : x + 3] = 240  # a reflection
    matte = finder.update(worn, SEEN, SunglassesMemory())
    assert matte is not None
    glasses = (bare != worn).any(axis=2)
    assert matte[cv2.erode(glasses.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0].min() > 0.8
    assert matte[cv2.dilate(glasses.astype(np.uint8), np.ones((9, 9), np.uint8)) == 0].max() < 0.1


def test_one_eye_that_is_covered_is_no_sunglasses(finder: SunglassesFinder, layout: Layout) -> None:
    half = face(layout, (15, 15, 20))
    half[:, TONE_SIZE // 2 :] = face(layout)[:, TONE_SIZE // 2 :]
    assert finder.update(half, SEEN, SunglassesMemory()) is None


def test_they_are_taken_off(finder: SunglassesFinder, layout: Layout) -> None:
    memory, worn = SunglassesMemory(), face(layout, (15, 15, 20))
    for _ in range(8):
        assert finder.update(worn, SEEN, memory) is not None
    shown = [finder.update(face(layout), SEEN, memory) is not None for _ in range(60)]
    assert not shown[-1]
    assert shown == sorted(shown, reverse=True)


def test_what_is_not_seen_says_nothing(finder: SunglassesFinder, layout: Layout) -> None:
    memory = SunglassesMemory()
    assert finder.update(face(layout, (15, 15, 20)), 0 * SEEN, memory) is None
    assert memory.evidence.value is None
