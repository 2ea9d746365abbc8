from __future__ import annotations

import numpy as np
import pytest

from dlc.swapping.mesh.foreground.thin_lines import LineFinder
from dlc.swapping.mesh.foreground.usual_light import UsualLight
from dlc.swapping.mesh.layout import Layout

SIZE = 64


@pytest.fixture(scope="module")
def light(layout: Layout) -> UsualLight:
    return UsualLight(layout, SIZE)


@pytest.mark.parametrize("level", [110, 180, 255])
def test_a_face_in_the_light_is_left_alone(light: UsualLight, level: int) -> None:
    face = np.full((SIZE, SIZE), level, np.uint8)
    assert light.show(face) is face


def test_a_face_in_the_dark_is_brightened_with_all_that_stands_out(light: UsualLight) -> None:
    face = np.full((SIZE, SIZE), 40, np.uint8)
    face[10, :] = 60
    lit = light.show(face)
    assert lit[32, 32] == 110
    assert lit[10, 32] == 165


@pytest.mark.parametrize("level", [0, 1, 10])
def test_noise_in_the_dark_does_not_become_all_there_is(light: UsualLight, level: int) -> None:
    assert light.show(np.full((SIZE, SIZE), level, np.uint8)).max() == 4 * level


def test_a_rim_stands_out_in_the_dark_as_it_does_in_the_light(layout: Layout) -> None:
    size = 256
    face = np.full((size, size), 130, np.uint8)
    # Below an eye, as the rim of a lens, and as light as one by day.
    row = round(float(layout.uv[[33, 133], 1].mean()) * size) + 18
    face[row : row + 2, size // 4 : size // 2 - 12] = 165
    finder, light = LineFinder(layout, size), UsualLight(layout, size)
    by_day = finder.lines(light.show(face))
    dim = np.rint(face * 0.3).astype(np.uint8)
    assert by_day.max() > 0.9
    assert finder.lines(dim).max() < 0.3
    assert finder.lines(light.show(dim)).max() > 0.9
