from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dlc.arrays import Floats
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import TONE_SIZE, Tone, ToneMeter
from dlc.swapping.mesh.masks import height_above_brows
from dlc.swapping.mesh.source.opacity import TextureOpacity
from dlc.swapping.mesh.source.photo import ATLAS_SIZE
from dlc.swapping.mesh.source.source import SourceModel

SKIN = (110, 140, 190)
SIZE = 256


@pytest.fixture(scope="module")
def tone(layout: Layout) -> Tone:
    """Return the tone of even skin."""
    seen = np.ones((TONE_SIZE, TONE_SIZE), np.float32)
    return ToneMeter(layout).measure(np.full((TONE_SIZE, TONE_SIZE, 3), SKIN, np.float32), seen)


def with_fringe(
    source: SourceModel, layout: Layout, fill: tuple[int, int, int] = SKIN
) -> SourceModel:
    """Return plain skin whose forehead was not seen from just above the brows, but filled."""
    hidden = height_above_brows(layout, ATLAS_SIZE) > 0.01
    trust: Floats = np.where(hidden, 0, 1) * np.ones((1, ATLAS_SIZE), np.float32)
    texture = np.full((ATLAS_SIZE, ATLAS_SIZE, 3), SKIN, np.float32)
    texture[hidden[:, 0]] = fill
    return replace(source, texture=texture, trust=trust.astype(np.float32))


def above(opacity: Floats, layout: Layout, low: float, high: float) -> Floats:
    """Return the opacity in the middle of the face, so many face widths above the brows."""
    height = height_above_brows(layout, SIZE)[:, 0]
    middle = slice(SIZE // 2 - SIZE // 12, SIZE // 2 + SIZE // 12)
    return opacity[(height > low) & (height < high), middle]


def test_a_targets_brows_are_hidden_where_a_fringe_hid_the_skin_above_the_sources(
    portrait_source: SourceModel, tone: Tone, layout: Layout
) -> None:
    opacity = TextureOpacity(with_fringe(portrait_source, layout), tone, layout).at(SIZE)
    assert above(opacity, layout, -0.05, 0.0).min() > 0.8
    assert above(opacity, layout, 0.02, 0.03).max() > 0.9
    assert above(opacity, layout, 0.12, 0.2).max() < 0.05


@pytest.mark.parametrize("fill", [(20, 90, 230), (30, 35, 40)])
def test_made_up_skin_with_the_color_of_hair_hides_nothing(
    portrait_source: SourceModel, tone: Tone, layout: Layout, fill: tuple[int, int, int]
) -> None:
    source = with_fringe(portrait_source, layout, fill)
    opacity = TextureOpacity(source, tone, layout).at(SIZE)
    assert above(opacity, layout, 0.05, 0.08).max() < 0.1


def test_it_shows_alone_where_it_was_seen_and_fades_inside_the_face(
    portrait_source: SourceModel, tone: Tone, layout: Layout
) -> None:
    seen = replace(portrait_source, trust=np.ones((ATLAS_SIZE, ATLAS_SIZE), np.float32))
    opacity = TextureOpacity(seen, tone, layout).at(SIZE)
    assert above(opacity, layout, -0.1, 0.04).min() == 1.0
    assert opacity[0].max() == opacity[-1].max() == 0.0
