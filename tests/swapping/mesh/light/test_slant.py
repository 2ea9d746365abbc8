from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dlc.arrays import Floats
from dlc.compositing.filters import resize
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.slant import SlantShade
from dlc.swapping.mesh.light.tone import TONE_SIZE, Tone, ToneMeter
from dlc.swapping.mesh.masks import depth_inside, skin_mask
from dlc.swapping.mesh.source.photo import ATLAS_SIZE
from dlc.swapping.mesh.source.source import SourceModel

SHADE = 0.7
FRONT: Floats = np.ones((TONE_SIZE, TONE_SIZE), np.float32)


@pytest.fixture(scope="module")
def shaded(portrait_source: SourceModel, layout: Layout) -> SourceModel:
    """Return even skin that is darker where it slants, along its outline."""
    depth = depth_inside(layout, ATLAS_SIZE)
    slants = (depth < 0.12).astype(np.float32)
    texture = 150 * (1 - (1 - SHADE) * slants)[..., None] * np.ones(3, np.float32)
    return replace(portrait_source, texture=texture, facing=1 - np.float32(0.4) * slants)


@pytest.fixture(scope="module")
def tone(layout: Layout) -> Tone:
    """Return the tone of even skin in even light."""
    return ToneMeter(layout).measure(np.full((TONE_SIZE, TONE_SIZE, 3), 150, np.float32), FRONT)


def test_shade_on_skin_that_no_longer_slants_is_lifted(
    shaded: SourceModel, tone: Tone, layout: Layout
) -> None:
    lift = SlantShade(shaded, tone, layout).lift(FRONT)
    depth, skin = depth_inside(layout, TONE_SIZE), skin_mask(layout, TONE_SIZE) > 0.99
    assert lift[skin & (depth > 0.2)].max() < 1.01
    assert lift[skin & (depth < 0.08)].mean() == pytest.approx(1 / SHADE, abs=0.06)


def test_seen_as_in_the_photo_or_more_from_the_side_nothing_changes(
    shaded: SourceModel, tone: Tone, layout: Layout
) -> None:
    shade, facing = SlantShade(shaded, tone, layout), resize(shaded.facing, FRONT.shape)
    np.testing.assert_allclose(shade.lift(facing), 1, atol=1e-6)
    np.testing.assert_allclose(shade.lift(0.5 * facing), 1, atol=1e-6)


def test_no_light_is_made_up_where_there_is_no_shade(
    shaded: SourceModel, tone: Tone, layout: Layout
) -> None:
    even = replace(shaded, texture=np.full_like(shaded.texture, 150))
    np.testing.assert_allclose(SlantShade(even, tone, layout).lift(FRONT), 1, atol=0.01)
