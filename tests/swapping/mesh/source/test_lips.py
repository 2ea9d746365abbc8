from __future__ import annotations

import cv2
import numpy as np
import pytest

from dlc.arrays import Flags, Floats
from dlc.compositing.filters import sample
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.source.lips import lips_in_place
from dlc.swapping.mesh.source.photo import ATLAS_SIZE
from tests.swapping.mesh.mouths import LOWER, UPPER, mouth_ring

SKIN, LIPS, TEETH, DARK = (130, 150, 210), (90, 80, 180), (230, 235, 235), (20, 15, 30)
# How much taller than the atlas a photo is: its mouth is open, or shut.
OPEN, SHUT = 2.0, 0.5

lower_or_upper = pytest.mark.parametrize("half", [UPPER, LOWER], ids=["upper", "lower"])


def filled(layout: Layout, upper: float, lower: float) -> Flags:
    """Return where the atlas is nearer to the mouth's opening than two heights of the lips."""
    mask = np.zeros((ATLAS_SIZE, ATLAS_SIZE), np.uint8)
    ring = mouth_ring(layout.uv * ATLAS_SIZE - 0.5, layout, upper, lower)
    cv2.fillPoly(mask, [np.rint(ring).astype(np.int32)], 1)
    return mask > 0


def between(layout: Layout, half: slice, low: float, high: float) -> Flags:
    """Return where a lip is from one height to another, apart from the mouth's corners."""
    heights = [(high, 0.0), (low, 0.0)] if half == UPPER else [(0.0, high), (0.0, low)]
    band = filled(layout, *heights[0]) & ~filled(layout, *heights[1])
    columns = layout.uv[[80, 310], 0] * ATLAS_SIZE
    band[:, : int(columns[0])] = band[:, int(columns[1]) :] = False
    return band


def mouth(
    layout: Layout,
    ends: float = 1.0,
    teeth: tuple[float, float] = (0.0, 0.0),
    opening: tuple[int, int, int] = TEETH,
) -> Floats:
    """Return a face whose lips end at one height, with teeth up to heights of its lips."""
    texture = np.full((ATLAS_SIZE, ATLAS_SIZE, 3), SKIN, np.float32)
    texture[filled(layout, ends, ends)] = LIPS
    texture[filled(layout, *teeth)] = opening
    return texture


def grid(tall: float) -> Floats:
    """Return the points of a photo `tall` times as tall that show the atlas's pixels."""
    axes = np.meshgrid(*[np.arange(ATLAS_SIZE, dtype=np.float32)] * 2)
    return np.stack(axes, axis=-1) * np.array([1, tall], np.float32)


def moved(texture: Floats, layout: Layout, tall: float) -> Floats:
    """Return a texture with its lips in place, seen in such a photo."""
    where = lips_in_place(grid(tall), texture, layout)
    return sample(texture, where / np.array([1, tall], np.float32))


def is_near(texture: Floats, bgr: tuple[int, int, int]) -> Flags:
    near: Flags = np.abs(texture - np.array(bgr, np.float32)).max(axis=2) < 25
    return near


@lower_or_upper
@pytest.mark.parametrize("tall", [OPEN, SHUT], ids=["open", "seemingly shut"])
def test_there_are_no_teeth_on_lips(layout: Layout, half: slice, tall: float) -> None:
    texture = mouth(layout, teeth=(0.4, 0.0) if half == UPPER else (0.0, 0.4))
    lip = between(layout, half, 0.1, 0.9)
    assert is_near(texture, TEETH)[lip].mean() > 0.3
    after = moved(texture, layout, tall)
    assert is_near(after, LIPS)[lip].mean() > 0.95


def test_there_are_no_teeth_on_lips_in_black_and_white(layout: Layout) -> None:
    gray = mouth(layout, teeth=(0.0, 0.4)).mean(axis=2, keepdims=True)
    after = moved(np.repeat(gray, 3, axis=2), layout, OPEN)
    lip = between(layout, LOWER, 0.1, 0.9)
    assert is_near(after, (117, 117, 117))[lip].mean() > 0.95


@lower_or_upper
def test_there_is_no_dark_on_lips_that_are_apart(layout: Layout, half: slice) -> None:
    heights = (0.4, 0.0) if half == UPPER else (0.0, 0.4)
    after = moved(mouth(layout, teeth=heights, opening=DARK), layout, OPEN)
    assert is_near(after, LIPS)[between(layout, half, 0.1, 0.9)].mean() > 0.95


@lower_or_upper
def test_thin_lips_are_seen(layout: Layout, half: slice) -> None:
    thin = mouth(layout, ends=0.5)
    beyond, far = between(layout, half, 0.55, 0.65), between(layout, half, 0.9, 0.98)
    assert is_near(thin, SKIN)[beyond].mean() > 0.9
    after = moved(thin, layout, OPEN)
    assert is_near(after, LIPS)[beyond].mean() > 0.7
    # They stay thinner than others.
    assert is_near(after, SKIN)[far].mean() > 0.9


@pytest.mark.parametrize("opening", [DARK, LIPS], ids=["line", "no line"])
def test_shut_lips_stay(layout: Layout, opening: tuple[int, int, int]) -> None:
    shut = mouth(layout, ends=0.5, teeth=(0.2, 0.2), opening=opening)
    np.testing.assert_allclose(moved(shut, layout, SHUT), shut, atol=0.5)


def test_lips_in_place_stay(layout: Layout) -> None:
    texture = mouth(layout)
    after = moved(texture, layout, OPEN)
    lips = filled(layout, 1, 1) & ~filled(layout, 0, 0)
    changed = np.abs(after - texture).max(axis=2) > 25
    assert changed[lips].mean() < 0.1


def test_lips_of_the_skins_color_only_lose_the_teeth(layout: Layout) -> None:
    texture = np.full((ATLAS_SIZE, ATLAS_SIZE, 3), SKIN, np.float32)
    texture[filled(layout, 0.3, 0.3)] = TEETH
    lips = filled(layout, 0.9, 0.9) & ~filled(layout, 0.1, 0.1)
    assert is_near(texture, SKIN)[lips].mean() < 0.8
    assert is_near(moved(texture, layout, OPEN), SKIN)[lips].mean() > 0.95


def test_the_rest_of_the_face_stays(layout: Layout) -> None:
    texture = mouth(layout, ends=0.5, teeth=(0.3, 0.3))
    rest = ~filled(layout, 2.5, 2.5)
    where = lips_in_place(grid(OPEN), texture, layout)
    assert np.abs(where - grid(OPEN)).max() > 3
    np.testing.assert_allclose(where[rest], grid(OPEN)[rest], atol=1e-3)
