from __future__ import annotations

import numpy as np
import pytest

from dlc.arrays import Floats
from dlc.compositing.filters import smoothstep
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import skin_mask
from dlc.swapping.mesh.source.one_sided_light import even_light
from dlc.swapping.mesh.source.photo import ATLAS_SIZE
from dlc.swapping.mesh.source.source import SourceModel

MIDDLE = ATLAS_SIZE // 2
KNOWN = np.ones((ATLAS_SIZE, ATLAS_SIZE), np.float32)


@pytest.fixture
def face(portrait_source: SourceModel) -> Floats:
    """Return a real face in even light: both halves are alike."""
    texture = portrait_source.texture
    even: Floats = (texture + texture[:, ::-1]) / 2
    return even


def shaded(face: Floats, depth: float) -> Floats:
    """Put the right half into shade that leaves `1 - depth` of the light, with a sharp edge."""
    at = np.arange(ATLAS_SIZE, dtype=np.float32)
    light: Floats = 1 - depth * smoothstep(at, MIDDLE + 28, MIDDLE + 32)
    return face * light[None, :, None]


def test_even_light_is_left_alone(face: Floats, layout: Layout) -> None:
    np.testing.assert_allclose(even_light(face, KNOWN, layout), face, atol=1e-3)


def test_a_little_less_light_is_the_faces_own(face: Floats, layout: Layout) -> None:
    texture = shaded(face, 0.12)
    np.testing.assert_allclose(even_light(texture, KNOWN, layout), texture, atol=1.0)


def test_shade_on_one_half_is_gone(face: Floats, layout: Layout) -> None:
    texture = shaded(face, 0.6)
    skin = skin_mask(layout, ATLAS_SIZE) > 0.9
    evened = even_light(texture, KNOWN, layout)
    assert np.abs(texture - face)[skin].mean() > 20
    assert np.abs(evened - face)[skin].mean() < 2
    np.testing.assert_array_equal(evened[:, :MIDDLE], texture[:, :MIDDLE])


def test_a_mirror_image_stays_a_mirror_image(face: Floats, layout: Layout) -> None:
    # The atlas itself is mirrored to the pixel only nearly.
    texture = shaded(face, 0.6)
    flipped = even_light(texture[:, ::-1].copy(), KNOWN, layout)[:, ::-1]
    np.testing.assert_allclose(flipped, even_light(texture, KNOWN, layout), atol=2.0)


def test_glare_on_one_half_is_gone_too(face: Floats, layout: Layout) -> None:
    rows, columns = np.mgrid[:ATLAS_SIZE, :ATLAS_SIZE]
    stripes = (columns > MIDDLE + 30) & (rows // 40 % 2 == 0)
    texture = np.where(stripes[..., None], face * 2.2, face).astype(np.float32)
    skin = skin_mask(layout, ATLAS_SIZE) > 0.9
    evened = even_light(texture, KNOWN, layout)
    assert np.abs(evened - face)[skin].mean() < np.abs(texture - face)[skin].mean() / 4
