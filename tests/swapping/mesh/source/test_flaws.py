from __future__ import annotations

import pytest

from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.source.flaws import find_flaws
from dlc.swapping.mesh.source.photo import unwrap_photo
from tests.faces.pictures import Picture
from tests.swapping.mesh.heads import Points, turned_photo, with_sunglasses


@pytest.mark.parametrize("yaw", [0, -25])
def test_a_good_photo_has_none(
    portrait: Picture, portrait_mesh: Points, layout: Layout, yaw: float
) -> None:
    photo, mesh = turned_photo(portrait, portrait_mesh, layout, yaw)
    assert find_flaws([unwrap_photo(layout, photo, mesh)]) == {}


@pytest.mark.parametrize("yaw", [-55, 60])
def test_a_face_seen_from_the_side_is_one_unless_another_photo_shows_its_front(
    portrait: Picture, portrait_mesh: Points, layout: Layout, yaw: float
) -> None:
    front = unwrap_photo(layout, portrait, portrait_mesh)
    side = unwrap_photo(layout, *turned_photo(portrait, portrait_mesh, layout, yaw))
    flaws = find_flaws([side, side])
    assert list(flaws) == [0, 1]
    assert f"turned {abs(side.yaw):.0f} degrees to the side" in flaws[1]
    assert find_flaws([side, front]) == {}


def test_sunglasses_are_one_in_any_photo(
    portrait: Picture, portrait_mesh: Points, layout: Layout
) -> None:
    bare = unwrap_photo(layout, portrait, portrait_mesh)
    dark = unwrap_photo(layout, with_sunglasses(portrait, portrait_mesh), portrait_mesh)
    flaws = find_flaws([bare, dark])
    assert list(flaws) == [1]
    assert "sunglasses" in flaws[1]
