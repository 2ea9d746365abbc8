from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dlc.arrays import Bytes
from dlc.compositing.patch import Patch
from dlc.faces.face import Face
from dlc.faces.landmarks.credibility import FULL_YAW, MAX_YAW
from dlc.swapping.mesh import MeshSwapper
from dlc.swapping.mesh.layout import Layout
from tests.faces.pictures import Picture
from tests.swapping.mesh.heads import (
    Placing,
    Points,
    average_head,
    face_of,
    pasted,
    scaled_photo,
    turned_photo,
    with_sunglasses,
)

NOISE = Picture(np.random.default_rng(0).integers(0, 256, (480, 400, 3), np.uint8))


@pytest.fixture(scope="module")
def swapper(portrait: Picture, portrait_mesh: Points) -> MeshSwapper:
    """Return an engine with the astronaut as its source; tests take faces without a track."""
    engine = MeshSwapper()
    engine.prepare([(portrait, face_of(portrait_mesh))])
    return engine


@pytest.fixture(scope="module")
def guest(party_faces: list[Face]) -> Points:
    """Return the landmarks of the face in the middle of the group photo."""
    landmarks = party_faces[2].landmarks
    assert landmarks is not None
    return landmarks


def alone(landmarks: Points) -> Face:
    return face_of(landmarks, track_id=-1)


def skin_of(bgr: Bytes, landmarks: Points) -> NDArray[np.float64]:
    """Return the mean color of both cheeks and the forehead."""
    spots = np.round(landmarks[[50, 280, 151], :2]).astype(int).tolist()
    colors = [bgr[y - 3 : y + 4, x - 3 : x + 4].mean(axis=(0, 1)) for x, y in spots]
    return np.asarray(np.mean(colors, axis=0), np.float64)


def test_it_says_what_it_needs(portrait: Picture, portrait_mesh: Points) -> None:
    engine = MeshSwapper()
    with pytest.raises(RuntimeError, match="prepare"):
        engine.swap(portrait, [face_of(portrait_mesh)])
    with pytest.raises(ValueError, match="source"):
        engine.prepare([])
    bare = replace(face_of(portrait_mesh), landmarks=None)
    with pytest.raises(ValueError, match="landmarks"):
        engine.prepare([(portrait, bare)])
    engine.prepare([(portrait, face_of(portrait_mesh))])
    with pytest.raises(ValueError, match="landmarks"):
        engine.swap(portrait, [bare])


def test_sunglasses_in_the_source_leave_the_targets_eyes_alone(
    portrait: Picture, portrait_mesh: Points, party: Picture, guest: Points
) -> None:
    engine = MeshSwapper()
    flaws = engine.prepare([(with_sunglasses(portrait, portrait_mesh), face_of(portrait_mesh))])
    assert "sunglasses" in flaws[0]
    (patch,) = engine.swap(party, [alone(guest)])
    assert patch is not None
    after = pasted(party.bgr, patch)
    for first, last in ((33, 133), (362, 263)):
        (left, top), (right, bottom) = np.round(guest[[first, last], :2]).astype(int).tolist()
        around = slice(min(top, bottom) - 6, max(top, bottom) + 6), slice(left, right)
        assert after[around].mean() == pytest.approx(party.bgr[around].mean(), rel=0.15)
    assert np.abs(skin_of(after, guest) - skin_of(party.bgr, guest)).max() < 25


def test_a_smile_leaves_folds_on_smiling_faces_only(
    swapper: MeshSwapper,
    portrait: Picture,
    portrait_mesh: Points,
    party: Picture,
    party_faces: list[Face],
) -> None:
    serious = party_faces[0].landmarks
    assert serious is not None

    def fold(picture: Picture, landmarks: Points) -> float:
        """Return how light the line from nose to mouth is next to the cheek and the upper lip."""
        (patch,) = swapper.swap(picture, [alone(landmarks)])
        assert patch is not None
        luma = cv2.cvtColor(pasted(picture.bgr, patch), cv2.COLOR_BGR2GRAY)
        smooth = cv2.GaussianBlur(luma.astype(np.float32), (0, 0), 0.8)
        columns, rows = np.round(landmarks[[206, 205, 92], :2]).astype(int).T
        line, cheek, lip = smooth[rows, columns].tolist()
        return float(line / (cheek + lip) * 2)

    assert fold(portrait, portrait_mesh) < 0.83
    assert fold(party, serious) > 0.86


def test_another_one_has_the_source_and_no_memory(
    swapper: MeshSwapper, guest: Points, party: Picture
) -> None:
    used = swapper.another()
    (fresh,) = used.swap(party, [face_of(guest)])
    dark = Picture(party.bgr // 3)
    for _ in range(3):
        used.swap(dark, [face_of(guest)])
    (remembered,) = used.swap(party, [face_of(guest)])
    (forgotten,) = used.another().swap(party, [face_of(guest)])
    assert fresh is not None
    assert remembered is not None
    assert forgotten is not None
    assert (remembered.bgr != fresh.bgr).any(), "the light of dark frames lasts for a while"
    assert (forgotten.bgr == fresh.bgr).all()


def test_the_faces_of_a_group_are_swapped(
    swapper: MeshSwapper, party: Picture, party_faces: list[Face]
) -> None:
    swapped = 0
    for face in party_faces:
        (patch,) = swapper.swap(party, [replace(face, track_id=-1)])
        if patch is None:
            continue
        swapped += 1
        before = party.bgr[patch.box.top : patch.box.bottom, patch.box.left : patch.box.right]
        error = np.abs(patch.bgr.astype(int) - before)
        inside = patch.alpha > 0
        assert error[inside].mean() > 3
        # The face stays on the head: its outermost pixels are nearly the target's own.
        ring = inside & (cv2.erode(patch.alpha, np.ones((3, 3), np.uint8)) == 0)
        assert error[ring].mean() < 0.8 * error[inside].mean()
    assert swapped >= 5


def test_only_the_face_is_read(swapper: MeshSwapper, guest: Points, party: Picture) -> None:
    frame = Picture(party.bgr)
    (patch,) = swapper.swap(frame, [alone(guest)])
    assert patch is not None
    assert frame.regions == [patch.box]


placings = st.builds(
    Placing,
    x=st.floats(-150, 550),
    y=st.floats(-150, 630),
    width=st.floats(12, 700),
    yaw=st.floats(-80, 80),
    pitch=st.floats(-30, 30),
    roll=st.floats(-180, 180),
)


@settings(max_examples=60)
@given(placings)
def test_nothing_beyond_the_oval_is_touched(
    swapper: MeshSwapper, layout: Layout, placing: Placing
) -> None:
    landmarks = average_head(layout, placing)
    (patch,) = swapper.swap(NOISE, [alone(landmarks)])
    if patch is None:
        return
    box = patch.box
    assert not box.is_empty
    assert box == box.clipped(NOISE.width, NOISE.height)
    assert patch.bgr.shape == (box.height, box.width, 3)
    assert patch.alpha.shape == (box.height, box.width)
    assert patch.bgr.dtype == patch.alpha.dtype == np.uint8
    oval = landmarks[layout.topology.face_oval, :2]
    rows, columns = np.nonzero(patch.alpha)
    step = max(len(rows) // 400, 1)
    for x, y in zip(columns[::step].tolist(), rows[::step].tolist(), strict=True):
        assert cv2.pointPolygonTest(oval, (x + box.left, y + box.top), False) >= 0


def test_a_turning_head_fades_into_its_own_face(
    swapper: MeshSwapper, portrait: Picture, portrait_mesh: Points, layout: Layout
) -> None:
    opacity = []
    for yaw in range(60):
        photo, mesh = turned_photo(portrait, portrait_mesh, layout, float(yaw))
        (patch,) = swapper.swap(photo, [alone(mesh)])
        opacity.append(0 if patch is None else int(patch.alpha.max()))
    assert opacity[0] == 255
    assert opacity[-1] == 0
    assert 0 in opacity[: round(MAX_YAW) + 10]
    assert all(after <= before for before, after in pairwise(opacity))
    # Turning at 1 degree a frame takes several frames from one face to the other.
    assert max(before - after for before, after in pairwise(opacity)) < 128
    assert sum(0 < alpha < 255 for alpha in opacity) >= (MAX_YAW - FULL_YAW) / 2


def test_a_doubtful_face_is_left_alone(swapper: MeshSwapper, guest: Points, party: Picture) -> None:
    assert swapper.swap(party, [face_of(guest, score=0.2)]) == [None]
    squeezed = guest * np.array([1.0, 0.3, 0.3], np.float32)
    assert swapper.swap(party, [alone(squeezed)]) == [None]
    assert swapper.swap(party, [alone(np.full_like(guest, np.nan))]) == [None]


@pytest.mark.parametrize("width", [20, 60, 527, 900])
def test_faces_of_any_size_look_alike(
    swapper: MeshSwapper, portrait: Picture, portrait_mesh: Points, width: int
) -> None:
    own = float(np.ptp(portrait_mesh[:468, 0]))
    (plain,) = swapper.swap(portrait, [alone(portrait_mesh)])
    photo, mesh = scaled_photo(portrait, portrait_mesh, width / own)
    (patch,) = swapper.swap(photo, [alone(mesh)])
    assert plain is not None
    assert patch is not None
    assert patch.alpha.max() == 255
    size = (portrait.width, portrait.height)
    small = min(size, (photo.width, photo.height))
    one, other = (
        cv2.resize(pasted(picture.bgr, part), small, interpolation=cv2.INTER_AREA).astype(int)
        for picture, part in ((portrait, plain), (photo, patch))
    )
    factor = small[0] / portrait.width
    box = [round(edge * factor) for edge in plain.box]
    face = (slice(box[1], box[3]), slice(box[0], box[2]))
    assert np.abs(one[face] - other[face]).mean() < 6


@pytest.mark.parametrize("cut", ["left", "right", "top", "bottom"])
def test_a_face_at_the_frames_border_looks_as_it_would_inside(
    swapper: MeshSwapper, party: Picture, guest: Points, cut: str
) -> None:
    x, y = np.round(guest[1, :2]).astype(int).tolist()
    height, width = party.bgr.shape[:2]
    left, top, right, bottom = {
        "left": (x, 0, width, height),
        "right": (0, 0, x, height),
        "top": (0, y, width, height),
        "bottom": (0, 0, width, y),
    }[cut]
    frame = Picture(party.bgr[top:bottom, left:right].copy())
    (patch,) = swapper.swap(frame, [alone(guest - np.array([left, top, 0], np.float32))])
    (whole,) = swapper.swap(party, [alone(guest)])
    assert patch is not None
    assert whole is not None
    expected = pasted(party.bgr, whole)[top:bottom, left:right].astype(int)
    box = patch.box
    area = (slice(box.top, box.bottom), slice(box.left, box.right))
    error = np.abs(pasted(frame.bgr, patch).astype(int) - expected)[area]
    assert error.mean() < 8


@pytest.mark.parametrize("light", [0.06, 0.25, 1.8, 4.0])
def test_the_result_is_as_light_as_the_target(
    swapper: MeshSwapper, party: Picture, guest: Points, light: float
) -> None:
    frame = Picture(np.clip(party.bgr * light, 0, 255).astype(np.uint8))
    (patch,) = swapper.swap(frame, [alone(guest)])
    assert patch is not None
    before, after = skin_of(frame.bgr, guest), skin_of(pasted(frame.bgr, patch), guest)
    np.testing.assert_allclose(after.mean(), before.mean(), rtol=0.25, atol=3)


@pytest.mark.parametrize("level", [0, 255])
def test_black_and_white_frames_do_not_break_it(
    swapper: MeshSwapper, portrait_mesh: Points, level: int
) -> None:
    frame = Picture(np.full((512, 512, 3), level, np.uint8))
    (patch,) = swapper.swap(frame, [alone(portrait_mesh)])
    assert patch is not None
    inside = patch.bgr[patch.alpha > 0].astype(int)
    assert np.abs(inside - level).mean() < 60


def test_a_source_in_candlelight_takes_the_targets_color(
    portrait: Picture, portrait_mesh: Points, party: Picture, guest: Points
) -> None:
    candlelight = portrait.bgr * np.array([0.04, 0.25, 0.6])
    engine = MeshSwapper()
    engine.prepare([(Picture(candlelight.astype(np.uint8)), face_of(portrait_mesh))])
    (patch,) = engine.swap(party, [alone(guest)])
    assert patch is not None
    before, after = skin_of(party.bgr, guest), skin_of(pasted(party.bgr, patch), guest)
    np.testing.assert_allclose(after / after.sum(), before / before.sum(), atol=0.035)


def test_a_black_and_white_source_takes_the_targets_color(
    portrait: Picture, portrait_mesh: Points, party: Picture, guest: Points
) -> None:
    gray = cv2.cvtColor(cv2.cvtColor(portrait.bgr, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    engine = MeshSwapper()
    engine.prepare([(Picture(np.asarray(gray, np.uint8)), face_of(portrait_mesh))])
    (patch,) = engine.swap(party, [alone(guest)])
    assert patch is not None
    before, after = skin_of(party.bgr, guest), skin_of(pasted(party.bgr, patch), guest)
    np.testing.assert_allclose(after / after.sum(), before / before.sum(), atol=0.035)


def test_a_new_track_starts_afresh(
    portrait: Picture, portrait_mesh: Points, party: Picture, guest: Points
) -> None:
    engine = MeshSwapper()
    engine.prepare([(portrait, face_of(portrait_mesh))])
    (fresh,) = engine.swap(party, [face_of(guest, track_id=1)])
    sided = party.bgr.copy()
    sided[:, : round(float(guest[:, 0].mean()))] //= 5
    for _ in range(3):
        engine.swap(Picture(sided), [face_of(guest, track_id=2)])
    (after_another_light,) = engine.swap(party, [face_of(guest, track_id=2)])
    (after_cut,) = engine.swap(party, [face_of(guest, track_id=3)])
    assert fresh is not None
    assert after_another_light is not None
    assert after_cut is not None
    np.testing.assert_array_equal(after_cut.bgr, fresh.bgr)
    assert np.abs(after_another_light.bgr.astype(int) - fresh.bgr).mean() > 2


def test_a_still_face_gives_a_still_picture(
    swapper: MeshSwapper, party: Picture, guest: Points
) -> None:
    patches = [swapper.swap(party, [face_of(guest, track_id=77)])[0] for _ in range(6)]
    first, last = patches[0], patches[-1]
    assert first is not None
    assert last is not None
    assert np.abs(first.bgr.astype(int) - last.bgr.astype(int)).max() <= 1


def changed(picture: Picture, patch: Patch) -> float:
    """Return by how many gray levels a patch changes a picture where it covers it."""
    before = picture.region(patch.box).astype(float)
    return float(np.average(np.abs(patch.bgr - before).mean(axis=2), weights=patch.alpha))


def test_a_new_source_replaces_the_old_one(
    portrait: Picture, portrait_mesh: Points, party: Picture, guest: Points
) -> None:
    engine = MeshSwapper()
    engine.prepare([(party, alone(guest))])
    (as_guest,) = engine.swap(portrait, [face_of(portrait_mesh)])
    engine.prepare([(portrait, face_of(portrait_mesh))])
    (as_self,) = engine.swap(portrait, [face_of(portrait_mesh)])
    assert as_guest is not None
    assert as_self is not None
    assert changed(portrait, as_self) < 0.6 * changed(portrait, as_guest)
