from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dlc.faces.face import Face
from dlc.faces.hands.hand import Hand
from dlc.faces.hands.hand_tracker import load_hand_tracker
from dlc.faces.tracking.tracker import load_tracker
from dlc.geometry import Box
from dlc.swapping.mesh import MeshSwapper
from dlc.swapping.mesh.foreground.hands import hand_matte, outline
from tests.faces.hands.drawn import Points, drawn, mask_of, placed
from tests.faces.pictures import Picture

Bytes = NDArray[np.uint8]
GRAY = (128, 128, 128)
LENGTH = 60.0


def bgra_of(picture: Bytes, box: Box) -> Bytes:
    part = picture[box.top : box.bottom, box.left : box.right]
    return np.asarray(cv2.cvtColor(part, cv2.COLOR_BGR2BGRA), np.uint8)


def share_of_both(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> float:
    """Return the intersection over the union."""
    return float((first & second).sum() / (first | second).sum())


@pytest.mark.parametrize("degrees", [0, 70, 180])
def test_the_outline_is_that_of_a_hand(degrees: float) -> None:
    points = placed(150, 150, LENGTH, degrees)
    drawn_hand = mask_of(points, (300, 300), LENGTH) > 127
    # Below the wrist, the outline goes on.
    arm = np.zeros((300, 300), np.uint8)
    wrist = points[0] + 0.4 * (points[0] - points[9])
    cv2.circle(arm, np.rint(wrist).astype(int).tolist(), round(0.45 * LENGTH), 255, cv2.FILLED)
    found = outline(points, (300, 300)) > 0
    assert share_of_both(found & (arm == 0), drawn_hand & (arm == 0)) > 0.85


@given(x=st.floats(-900, 900), y=st.floats(-900, 900), length=st.floats(0, 500))
def test_wider_outlines_hold_narrower_ones(x: float, y: float, length: float) -> None:
    points = placed(x, y, length, 20)
    narrow, usual, wide = (outline(points, (90, 120), width) > 0 for width in (0.6, 1.0, 1.4))
    assert not (narrow & ~usual).any()
    assert not (usual & ~wide).any()


def test_the_matte_is_where_the_hand_is_and_nowhere_else() -> None:
    points = placed(220, 210, LENGTH)
    picture = drawn(np.full((400, 420, 3), GRAY, np.uint8), points, LENGTH)
    box = Box(100, 120, 400, 320)
    matte = hand_matte(bgra_of(picture, box), [Hand(points, 1.0)], box)
    assert matte is not None
    assert matte.shape == (200, 300)
    mask = mask_of(points, (400, 420), LENGTH)[box.top : box.bottom, box.left : box.right]
    above = slice(0, round(210 + 0.8 * LENGTH) - box.top)
    assert share_of_both(matte[above] > 0.5, mask[above] > 127) > 0.8
    far = cv2.dilate(mask, np.ones((41, 41), np.uint8)) == 0
    assert matte[above][far[above]].max() == 0
    assert matte.min() >= 0
    assert matte.max() <= 1


@pytest.mark.parametrize("step", [(-4, 0), (4, 0), (0, -4), (0, 4)])
def test_the_edge_follows_the_picture_where_points_are_off(step: tuple[int, int]) -> None:
    points = placed(150, 120, LENGTH)
    box = Box(0, 0, 300, 300)
    picture = drawn(np.full((300, 300, 3), 230, np.uint8), points, LENGTH)
    above = slice(0, round(120 + 0.8 * LENGTH))
    mask = mask_of(points, (300, 300), LENGTH)[above] / 255
    off = points + np.array(step, np.float32)
    matte = hand_matte(bgra_of(picture, box), [Hand(off, 1.0)], box)
    assert matte is not None
    plain = outline(off, (300, 300))[above] / 255
    assert np.abs(matte[above] - mask).sum() < 0.92 * np.abs(plain - mask).sum()


def test_hands_elsewhere_cover_nothing() -> None:
    box = Box(0, 0, 80, 80)
    picture = np.full((400, 400, 3), GRAY, np.uint8)
    assert hand_matte(bgra_of(picture, box), [], box) is None
    hand = Hand(placed(300, 300, LENGTH), 1.0)
    assert hand_matte(bgra_of(picture, box), [hand], box) is None


def test_a_hand_that_fades_covers_less() -> None:
    points = placed(150, 150, LENGTH)
    box = Box(0, 0, 300, 300)
    bgra = bgra_of(drawn(np.full((300, 300, 3), GRAY, np.uint8), points, LENGTH), box)
    whole, half = (hand_matte(bgra, [Hand(points, share)], box) for share in (1.0, 0.5))
    assert whole is not None
    assert half is not None
    np.testing.assert_allclose(half, whole / 2, atol=1e-6)


@pytest.fixture(scope="module")
def target(party_faces: list[Face]) -> Face:
    return max(party_faces, key=lambda face: float(face.box[2] - face.box[0]))


@pytest.fixture(scope="module")
def hand(target: Face) -> tuple[Points, float]:
    """Return a hand in front of a cheek, and the length of its palm."""
    left, top, right, bottom = (float(edge) for edge in target.box)
    length = 0.5 * (bottom - top)
    return placed(left + 0.75 * (right - left), top + 0.75 * (bottom - top), length), length


def swapper_of(portrait: Picture, *, hands: bool) -> MeshSwapper:
    (source,) = load_tracker().find(portrait)
    swapper = MeshSwapper(hands=load_hand_tracker() if hands else None)
    swapper.prepare([(portrait, source)])
    return swapper.another()


def test_a_bare_hand_stays_in_front_of_the_new_face(
    portrait: Picture, party: Picture, target: Face, hand: tuple[Points, float]
) -> None:
    points, length = hand
    held = drawn(party.bgr, points, length)
    mask = mask_of(points, (party.height, party.width), length)
    shown = {}
    for hands in (True, False):
        swapper = swapper_of(portrait, hands=hands)
        patch = None
        for index, bgr in enumerate([held] * 2):
            (patch,) = swapper.swap(Picture(bgr, time=index / 30), [target])
        assert patch is not None
        box = patch.box
        covered = cv2.erode(mask, np.ones((5, 5), np.uint8))
        covered = covered[box.top : box.bottom, box.left : box.right] == 255
        covered &= patch.alpha == 255
        assert covered.sum() > 0.1 * covered.size
        shown[hands] = float(patch.shown[covered].mean())
        assert (patch.shown > 250).sum() > 0.3 * covered.size, "the rest is swapped"
    assert shown[True] < 10
    assert shown[False] == 255


def test_frames_without_hands_are_the_same_to_the_bit(
    portrait: Picture, party: Picture, target: Face
) -> None:
    with_hands, without = (swapper_of(portrait, hands=hands) for hands in (True, False))
    for index in range(3):
        frame = Picture(party.bgr, time=index / 30)
        (first,), (second,) = with_hands.swap(frame, [target]), without.swap(frame, [target])
        assert first is not None
        assert second is not None
        assert first.front is None
        np.testing.assert_array_equal(first.bgr, second.bgr)
        np.testing.assert_array_equal(first.shown, second.shown)
