"""Rectangles of whole pixels, whose centers have whole coordinates."""

from __future__ import annotations

from dlc.geometry import Box


def test_a_box_around_points_is_the_smallest_with_their_neighbors() -> None:
    assert Box.around((0.0, 2.0), (3.0, 2.0)) == Box(0, 2, 4, 3)
    assert Box.around((-0.5, 1.2), (2.1, 1.9)) == Box(-1, 1, 4, 3)


def test_a_box_grows_on_all_sides() -> None:
    assert Box(1, 2, 3, 5).grown(2) == Box(-1, 0, 5, 7)
