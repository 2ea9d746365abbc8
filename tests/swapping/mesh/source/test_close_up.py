from __future__ import annotations

import numpy as np
import pytest

from dlc.arrays import Floats
from dlc.compositing.filters import blur, resize
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA
from dlc.swapping.mesh.masks import depth_inside
from dlc.swapping.mesh.source.close_up import SIZES, CloseUp, find_close_up
from dlc.swapping.mesh.source.photo import ATLAS_SIZE, CLOSE_UP_SIZE, PhotoView, unwrap_photo
from tests.faces.pictures import Picture
from tests.swapping.mesh.heads import Points, scaled_photo, with_pores

STILL = np.zeros(2, np.float32)


@pytest.fixture(scope="module")
def large(portrait: Picture, portrait_mesh: Points, layout: Layout) -> PhotoView:
    """Return a photo of a face, 700 pixels wide, with pores."""
    return unwrap_photo(layout, *with_pores(*scaled_photo(portrait, portrait_mesh, 6.0)))


@pytest.fixture(scope="module")
def face(layout: Layout) -> Floats:
    """Return 1 well inside the face: (CLOSE_UP_SIZE, CLOSE_UP_SIZE)."""
    return (depth_inside(layout, CLOSE_UP_SIZE) > 0.1).astype(np.float32)


def detail(luma: Floats, face: Floats) -> Floats:
    return (luma - blur(luma, 1.0))[face > 0]


def test_what_the_atlas_is_too_coarse_for_is_found(large: PhotoView, face: Floats) -> None:
    found = find_close_up(large.texture, large)
    assert found is not None
    assert large.close_up is not None
    luma = large.close_up @ LUMA
    coarse = resize(large.texture @ LUMA, luma.shape)
    wanted = detail(luma, face)
    whole = detail(coarse + found, face)
    assert np.corrcoef(whole, wanted)[0, 1] > 0.95 > np.corrcoef(detail(coarse, face), wanted)[0, 1]
    assert whole.std() == pytest.approx(wanted.std(), rel=0.1)
    assert detail(coarse, face).std() < 0.5 * wanted.std()


def test_it_follows_the_textures_light(large: PhotoView, face: Floats) -> None:
    plain, lit = (find_close_up(large.texture * np.float32(gain), large) for gain in (1.0, 0.7))
    assert plain is not None
    assert lit is not None
    assert lit[face > 0].std() == pytest.approx(0.7 * plain[face > 0].std(), rel=0.1)


def test_a_half_that_was_mirrored_has_the_other_halfs_detail(large: PhotoView) -> None:
    texture, middle = large.texture.copy(), ATLAS_SIZE // 2
    texture[:, middle:] = texture[:, :middle][:, ::-1]
    found = find_close_up(texture, large)
    assert found is not None
    right = found[300:700, CLOSE_UP_SIZE - 400 : CLOSE_UP_SIZE - 300]
    left = found[300:700, 300:400][:, ::-1]
    assert np.corrcoef(left.ravel(), right.ravel())[0, 1] > 0.85


def test_nothing_is_added_to_what_the_photo_does_not_show(large: PhotoView, face: Floats) -> None:
    made_up = blur(large.texture, 20.0)
    own, found = find_close_up(large.texture, large), find_close_up(made_up, large)
    assert own is not None
    assert found is not None
    assert found[face > 0].std() < 0.1 * own[face > 0].std()


def test_small_photos_show_no_more_than_the_atlas(
    portrait: Picture, portrait_mesh: Points, layout: Layout
) -> None:
    view = unwrap_photo(layout, portrait, portrait_mesh)
    assert view.close_up is None
    assert find_close_up(view.texture, view) is None


@pytest.mark.parametrize("size", SIZES)
def test_detail_is_laid_over_a_painted_texture(large: PhotoView, layout: Layout, size: int) -> None:
    found = find_close_up(large.texture, large)
    assert found is not None
    close_up = CloseUp(found, large.texture, layout)
    painted = np.full((ATLAS_SIZE, ATLAS_SIZE, 4), (90, 120, 160, 77), np.uint8)
    lit, dark, soft = (
        close_up.lay(painted, size, np.full((8, 8), gain, np.float32), softness)
        for gain, softness in ((1.0, STILL), (0.0, STILL), (1.0, np.full(2, 0.02, np.float32)))
    )
    for result in (lit, dark, soft):
        assert result.shape == (size, size, 4)
        assert (result[..., 3] == 77).all()
    assert (dark[..., :3] == (90, 120, 160)).all()
    change = lit[..., 2].astype(float) - 160
    expected = np.clip(resize(found, (size, size)), -160, 95)
    np.testing.assert_allclose(change, expected, atol=1.01)
    assert (soft[..., 2].astype(float) - 160).std() < 0.2 * change.std()


def test_photos_without_that_detail_lack_strength(large: PhotoView, layout: Layout) -> None:
    found = find_close_up(large.texture, large)
    assert found is not None
    flat = np.full_like(large.texture, 128.0)
    strong, weak, none = (CloseUp(found * share, flat, layout).strength for share in (1, 0.3, 0))
    assert strong > 2 * weak > none == 0
