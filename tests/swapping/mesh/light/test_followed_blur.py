"""Blur by focus is followed slowly; blur by motion at once, and in the direction of the motion."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from dlc.arrays import Bytes, Floats
from dlc.compositing.filters import blur, resize
from dlc.faces.face import Face
from dlc.geometry import Box
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.focus import FocusMeter
from dlc.swapping.mesh.light.followed_blur import FollowedBlur, SourceFocus
from dlc.swapping.mesh.source.source import SourceModel
from dlc.swapping.mesh.view import TargetView, look, unwrap
from tests.faces.pictures import Picture
from tests.swapping.mesh.heads import scaled_photo

SIZE = 256
# Pixels by which the face moves from one frame to the next, all of them while the shutter is open.
WAY = 31


@pytest.fixture(scope="module")
def source(portrait_source: SourceModel, layout: Layout) -> SourceFocus:
    luma = cv2.cvtColor(resize(portrait_source.texture, (SIZE, SIZE)), cv2.COLOR_BGR2GRAY)
    return SourceFocus.of(np.rint(luma).astype(np.uint8), FocusMeter(layout, SIZE))


@pytest.fixture(scope="module")
def upright(party: Picture, party_faces: list[Face], layout: Layout) -> TargetView:
    found = party_faces[2].landmarks
    assert found is not None
    view = look(*scaled_photo(party, found, 2.0), layout)
    assert view is not None
    return view


@pytest.fixture(scope="module")
def lying(party: Picture, party_faces: list[Face], layout: Layout) -> TargetView:
    """Return the same face, turned to the left by 90 degrees."""
    found = party_faces[2].landmarks
    assert found is not None
    photo, landmarks = scaled_photo(party, found, 2.0)
    turned = landmarks.copy()
    turned[:, 0], turned[:, 1] = landmarks[:, 1], photo.width - 1 - landmarks[:, 0]
    view = look(Picture(np.ascontiguousarray(np.rot90(photo.bgr))), turned, layout)
    assert view is not None
    return view


def moved(view: TargetView, pixels: int) -> TargetView:
    left, top, right, bottom = view.box
    return replace(view, box=Box(left + pixels, top, right + pixels, bottom))


def seen(view: TargetView, layout: Layout) -> Bytes:
    flat = unwrap(view, layout, SIZE)[0]
    return np.asarray(cv2.cvtColor(flat, cv2.COLOR_BGRA2GRAY), np.uint8)


def followed(views: list[TargetView], layout: Layout, source: SourceFocus) -> Floats:
    """Return the blur for the last of some frames."""
    follower = FollowedBlur()
    for view in views:
        radius = follower.update(view, seen(view, layout), source)
    np.testing.assert_array_equal(follower.radius, radius)
    return radius


def test_a_sharp_face_lacks_no_blur_however_it_moves(
    upright: TargetView, layout: Layout, source: SourceFocus
) -> None:
    assert followed([upright] * 3, layout, source).max() < 0.001
    assert followed([upright, moved(upright, WAY)], layout, source).max() < 0.006


@pytest.mark.parametrize("is_lying", [False, True])
def test_motion_blurs_along_its_way_on_the_face(
    upright: TargetView, lying: TargetView, layout: Layout, source: SourceFocus, is_lying: bool
) -> None:
    view = lying if is_lying else upright
    streaked = replace(view, bgra=np.asarray(cv2.blur(view.bgra, (WAY, 1)), np.uint8))
    along, other = (1, 0) if is_lying else (0, 1)
    radius = followed([view] * 4 + [moved(streaked, WAY)], layout, source)
    assert 0.012 < radius[along] < WAY / view.pose.scale
    # The head is tilted a little, and its photo enlarged.
    assert radius[along] > 1.6 * radius[other]


def test_the_focus_is_followed_within_a_second(
    upright: TargetView, layout: Layout, source: SourceFocus
) -> None:
    soft = replace(upright, bgra=blur(upright.bgra, 5.0))
    at_once = followed([soft], layout, source)
    pulled = followed([upright] * 25 + [soft] * 25, layout, source)
    assert at_once.min() > 0.005
    np.testing.assert_allclose(pulled, at_once, rtol=0.15)


def test_a_face_cut_off_by_the_frame_keeps_its_blur(
    upright: TargetView, layout: Layout, source: SourceFocus
) -> None:
    soft = replace(upright, bgra=blur(upright.bgra, 5.0), is_whole=False)
    found = followed([upright] * 8 + [soft] * 8, layout, source)
    np.testing.assert_array_equal(found, followed([upright] * 8, layout, source))
