from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dlc.enhancing.swapped_face import SwappedFace
from dlc.faces.crop import Square
from dlc.faces.face import Face
from dlc.geometry import Box
from tests.enhancing.patches import blurred_patch, pasted
from tests.faces.pictures import Picture

Bytes = NDArray[np.uint8]


def test_it_shows_the_face_as_it_will_be_pasted(
    swapped: SwappedFace, astronaut: Bytes, face: Face
) -> None:
    frame = pasted(astronaut, swapped.patch)
    empty = SwappedFace.of(Picture(frame), blurred_patch(frame, face), swapped.square)
    assert empty is not None
    box = swapped.surroundings.box
    expected = frame[box.top : box.bottom, box.left : box.right]
    assert np.abs(swapped.surroundings.bgr.astype(int) - expected).max() <= 1


class SharedPicture(Picture):
    """A picture that hands out its own memory, as the protocol allows."""

    def region(self, box: Box) -> Bytes:
        return self.bgr[box.top : box.bottom, box.left : box.right]


def test_the_frame_stays_as_it_is(astronaut: Bytes, swapped: SwappedFace) -> None:
    picture = SharedPicture(astronaut.copy())
    face = SwappedFace.of(picture, swapped.patch, swapped.square)
    assert face is not None
    np.testing.assert_array_equal(face.crop(64), swapped.crop(64))
    np.testing.assert_array_equal(picture.bgr, astronaut)


def test_a_face_at_the_frames_edge_is_seen_with_the_patch_in_it(
    astronaut: Bytes, swapped: SwappedFace
) -> None:
    patch = swapped.patch
    # The frame ends in the middle of the patch; so does what a swapper would hand over.
    middle = patch.box.left + patch.box.width // 2
    cut = type(patch)(
        Box(0, patch.box.top, patch.box.right - middle, patch.box.bottom),
        patch.bgr[:, -(patch.box.right - middle) :].copy(),
        patch.alpha[:, -(patch.box.right - middle) :].copy(),
    )
    frame = astronaut[:, middle:].copy()
    square = Square(
        swapped.square.x - middle, swapped.square.y, swapped.square.size, swapped.square.angle
    )
    face = SwappedFace.of(Picture(frame), cut, square)
    assert face is not None
    crop, whole = face.crop(128).astype(int), swapped.crop(128).astype(int)
    assert np.abs(crop[:, 80:] - whole[:, 80:]).max() <= 2


def test_a_square_outside_the_frame_shows_nothing(swapped: SwappedFace, astronaut: Bytes) -> None:
    outside = Square(-1000, -1000, 100, 0)
    assert SwappedFace.of(Picture(astronaut), swapped.patch, outside) is None


def test_what_is_added_is_added_where_the_patch_is_pasted(swapped: SwappedFace) -> None:
    patch = swapped.patch
    levels = np.full(patch.bgr.shape, 40, np.int16)
    changed = swapped.plus(levels, 0.5)
    inside = patch.alpha > 0
    expected = np.minimum(patch.bgr[inside].astype(int) + 20, 255)
    np.testing.assert_array_equal(changed.bgr[inside], expected)
    np.testing.assert_array_equal(changed.bgr[~inside], patch.bgr[~inside])
    np.testing.assert_array_equal(changed.alpha, patch.alpha)
    assert changed.box == patch.box
    np.testing.assert_array_equal(swapped.plus(levels, 0.0).bgr, patch.bgr)
