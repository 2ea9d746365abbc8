from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlc.arrays import Bytes, Floats
from dlc.compositing.filters import resize
from dlc.swapping.mesh.foreground.network import ForegroundNetwork
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import TONE_SIZE
from dlc.swapping.mesh.masks import depth_inside
from tests.swapping.mesh.foreground.conftest import SIZE, small
from tests.swapping.mesh.foreground.fringes import forehead, with_fringe
from tests.swapping.mesh.glasses import Glasses, draw_half_rims, middles_of_eyes

# Blue, green and red of hair.
BLACK, BROWN, BLOND, RED, WHITE = (
    (25, 28, 30),
    (40, 60, 90),
    (120, 180, 215),
    (50, 90, 190),
    (215, 220, 222),
)


def certain(matte: Floats, layout: Layout) -> int:
    """Return how many pixels of a face are certainly covered."""
    return int(np.count_nonzero((matte > 0.5) & (depth_inside(layout, TONE_SIZE) > 0)))


def test_faces_without_glasses_have_none(
    network: ForegroundNetwork, bare: Bytes, guests: list[Bytes], layout: Layout
) -> None:
    assert certain(network.look(small(bare)).eyewear, layout) < 10
    for guest in guests:
        # Beside turned heads is what the atlas cannot show.
        assert certain(network.look(small(guest)).eyewear, layout) < 110


@settings(max_examples=20, deadline=None)
@given(
    glasses=st.builds(
        Glasses,
        half_width=st.floats(0.12, 0.15),
        half_height=st.floats(0.09, 0.13),
        drop=st.floats(0.01, 0.04),
        thickness=st.floats(0.012, 0.025),
        luma=st.integers(0, 60),
        arms=st.floats(0.1, 0.15),
    )
)
def test_glasses_of_many_shapes_are_found_whole_and_nothing_below_them(
    network: ForegroundNetwork, bare: Bytes, layout: Layout, glasses: Glasses
) -> None:
    worn = bare.copy()
    mask = glasses.draw(worn, middles_of_eyes(layout, SIZE))
    matte = network.look(small(worn)).eyewear
    assert matte.shape == (TONE_SIZE, TONE_SIZE)
    assert matte.dtype == np.float32
    assert 0.0 <= matte.min() <= matte.max() <= 1.0
    rims = resize(mask.astype(np.float32), matte.shape) > 0.5
    assert (matte[rims] > 0.5).mean() > 0.9
    near = cv2.dilate(mask.astype(np.uint8), np.ones((33, 33), np.uint8))
    beside = resize(near.astype(np.float32), matte.shape) == 0
    beside &= depth_inside(layout, TONE_SIZE) > 0.1
    beside[: round(float(middles_of_eyes(layout, TONE_SIZE)[0][1]))] = False
    assert matte[beside].max() < 0.2


def test_light_rims_are_found_and_so_are_half_rims(
    network: ForegroundNetwork, bare: Bytes, layout: Layout
) -> None:
    eyes = middles_of_eyes(layout, SIZE)
    light, half = bare.copy(), bare.copy()
    drawn = Glasses(luma=240, arms=0.12).draw(light, eyes), draw_half_rims(half, eyes)
    for worn, mask in zip((light, half), drawn, strict=True):
        rims = resize(mask.astype(np.float32), (TONE_SIZE, TONE_SIZE)) > 0.5
        assert (network.look(small(worn)).eyewear[rims] > 0.5).mean() > 0.7


def test_a_real_fringe_is_found_down_to_its_end(
    network: ForegroundNetwork, bare: Bytes, layout: Layout
) -> None:
    hair = network.look(small(bare)).hair
    assert hair[forehead(layout)].min() > 0.6
    assert hair[35:100, 44:84].max() < 0.3


@pytest.mark.parametrize("light", [1.0, 0.3])
@pytest.mark.parametrize("color", [BLACK, BROWN, BLOND, RED, WHITE])
def test_a_fringe_of_any_color_is_found_in_any_light(
    network: ForegroundNetwork,
    guests: list[Bytes],
    layout: Layout,
    color: tuple[int, int, int],
    light: float,
) -> None:
    for guest in guests:
        worn = (with_fringe(guest, layout, color) * light).astype(np.uint8)
        assert network.look(small(worn)).hair[forehead(layout)].min() > 0.8


def test_a_bare_forehead_is_bare_also_where_it_shines_or_is_wrinkled(
    network: ForegroundNetwork, guests: list[Bytes], layout: Layout
) -> None:
    plain = guests[2]
    rows, columns = (slice(4 * part.start, 4 * part.stop) for part in forehead(layout))
    shape = rows.stop - rows.start, columns.stop - columns.start
    shine, wrinkled = plain.astype(np.float32), plain.astype(np.float32)
    shine[rows, columns] += 60 * np.outer(*map(np.hanning, shape))[..., None]
    for row in range(rows.start + 8, rows.stop, 24):
        wrinkled[row : row + 3, columns] *= 0.7
    for picture in (plain, shine, wrinkled):
        seen = np.clip(picture, 0, 255).astype(np.uint8)
        assert network.look(small(seen)).hair[forehead(layout)].max() < 0.3


def test_in_the_dark_there_is_nothing(network: ForegroundNetwork, layout: Layout) -> None:
    black = network.look(np.zeros((TONE_SIZE, TONE_SIZE, 3), np.float32))
    assert np.isfinite(black.hair).all()
    assert certain(black.eyewear, layout) == 0
