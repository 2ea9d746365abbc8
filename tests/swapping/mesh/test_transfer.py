from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from dlc.arrays import Bytes, Floats
from dlc.compositing.filters import blur, cut, resize
from dlc.faces.face import Face
from dlc.faces.landmarks.pose import fit_pose
from dlc.geometry import Box
from dlc.swapping.mesh.eyes import find_eyes, find_irises
from dlc.swapping.mesh.face_memory import FaceMemory
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.focus import FocusMeter
from dlc.swapping.mesh.masks import depth_inside, fill_ring, rings_mask
from dlc.swapping.mesh.source.photo import CLOSE_UP_SIZE
from dlc.swapping.mesh.source.source import SourceModel, build_source
from dlc.swapping.mesh.transfer import FaceTransfer
from dlc.swapping.mesh.view import TargetView, look, unwrap
from tests.faces.pictures import Picture
from tests.swapping.mesh.beards import with_beard
from tests.swapping.mesh.heads import Points, pasted, scaled_photo, with_pores

SIZE = 128
ENLARGED = 3.0


@pytest.fixture(scope="module")
def guest(party: Picture, party_faces: list[Face]) -> tuple[Picture, Points]:
    """Return the group photo, enlarged, and the landmarks of the face in its middle."""
    found = party_faces[2].landmarks
    assert found is not None
    return scaled_photo(party, found, ENLARGED)


@pytest.fixture(scope="module")
def target(guest: tuple[Picture, Points], layout: Layout) -> tuple[Points, TargetView]:
    """Return landmarks and view of that face."""
    photo, landmarks = guest
    view = look(photo, landmarks, layout)
    assert view is not None
    return landmarks, view


@pytest.fixture(scope="module")
def still_source(
    portrait_source: SourceModel, target: tuple[Points, TargetView], layout: Layout
) -> SourceModel:
    """Return the astronaut with the target's own proportions: nothing of the target moves."""
    shape = fit_pose(target[0], layout.mean_face).normalize(target[0])
    return replace(portrait_source, shape=shape)


def cropped(photo: Picture, landmarks: Points) -> tuple[Picture, Points]:
    """Return what of a photo is around a face, and the landmarks in it."""
    low, high = landmarks.min(axis=0) - 40, landmarks.max(axis=0) + 40
    box = Box.around(low, high).clipped(photo.width, photo.height)
    return Picture(cut(photo.bgr, box)), landmarks - np.array([box.left, box.top, 0], np.float32)


def in_light(view: TargetView, light: Floats) -> TargetView:
    """Return a view whose colors are multiplied by a light."""
    bgra = np.clip(view.bgra * light, 0, 255).astype(np.uint8)
    bgra[..., 3] = view.bgra[..., 3]
    return replace(view, bgra=bgra)


def openings(view: TargetView, layout: Layout, shrink: int) -> Bytes:
    """Return 255 well inside the target's eyes and mouth."""
    topology = layout.topology
    mask = np.zeros(view.shape, np.uint8)
    for ring in (topology.left_eye, topology.right_eye, topology.inner_lips):
        fill_ring(mask, view.mesh[ring, :2])
    return np.asarray(cv2.erode(mask, np.ones((shrink, shrink), np.uint8)))


def test_eyes_and_mouth_stay_the_targets(
    still_source: SourceModel, target: tuple[Points, TargetView], layout: Layout
) -> None:
    view = target[1]
    patch = FaceTransfer(replace(still_source, iris=None), layout).apply(view, FaceMemory())
    inner = openings(view, layout, 9) > 0
    assert inner.sum() > 20
    after, before = (np.int16(bgr[inner]) for bgr in (patch.bgr, view.bgra[..., :3]))
    change = np.abs(after - before).max(axis=1)
    # Triangles seen edge on, as between closed lips, are placed to half a square of the map.
    assert np.mean(change > 4) < 0.002
    assert change.max() < 10


def test_under_a_beard_the_targets_own_does_not_count_as_shade(
    still_source: SourceModel,
    bearded_source: SourceModel,
    guest: tuple[Picture, Points],
    layout: Layout,
) -> None:
    photo, landmarks = guest
    source = replace(bearded_source, shape=still_source.shape)
    shaggy = Picture(with_beard(photo.bgr.astype(np.float32), landmarks, layout).astype(np.uint8))
    chin = rings_mask(layout, SIZE, [[17, 84, 181, 170, 175, 395, 405, 314]]) > 0.5

    def luma(person: SourceModel, target: Picture) -> float:
        view = look(target, landmarks, layout)
        assert view is not None
        patch = FaceTransfer(person, layout).apply(view, FaceMemory())
        after = replace(view, bgra=np.dstack([patch.bgr, view.bgra[..., 3]]))
        return float(unwrap(after, layout, SIZE)[0][chin, :3].mean())

    taken_for_skin = replace(source, beard=np.zeros_like(source.beard))
    known, unknown = (
        luma(person, shaggy) / luma(person, photo) for person in (source, taken_for_skin)
    )
    assert known > 0.7
    assert unknown < 0.66


def test_only_the_irises_are_tinted(
    still_source: SourceModel, target: tuple[Points, TargetView], layout: Layout
) -> None:
    landmarks, view = target
    blue = replace(still_source, iris=np.array([150, 90, 60], np.float32))
    plain = FaceTransfer(replace(still_source, iris=None), layout).apply(view, FaceMemory())
    tinted = FaceTransfer(blue, layout).apply(view, FaceMemory())
    changed = (plain.bgr != tinted.bgr).any(axis=2)
    assert changed.any()
    corner = np.array([view.box.left, view.box.top, 0], np.float32)
    irises = find_irises(find_eyes(layout.topology, landmarks - corner), view.shape)
    near = np.zeros(view.shape, bool)
    for iris in irises:
        near[iris.box.top : iris.box.bottom, iris.box.left : iris.box.right] = True
    assert not changed[~near].any()


def test_the_skin_becomes_the_sources(
    portrait_source: SourceModel,
    party: Picture,
    target: tuple[Points, TargetView],
    layout: Layout,
) -> None:
    view = target[1]
    patch = FaceTransfer(portrait_source, layout).apply(view, FaceMemory())
    frame = resize(party.bgr, (round(party.width * ENLARGED), round(party.height * ENLARGED)))
    result = look(Picture(pasted(frame, patch)), target[0], layout)
    assert result is not None
    source = cv2.resize(portrait_source.texture, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    topology = layout.topology
    kept = [topology.left_eye, topology.right_eye, topology.inner_lips]
    face = depth_inside(layout, SIZE) > 0.12
    face &= rings_mask(layout, SIZE, [ring.tolist() for ring in kept], reach=0.03) == 0

    def detail(bgr: Floats) -> Floats:
        luma = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY)
        return np.asarray(cv2.GaussianBlur(luma, (0, 0), 1.5) - cv2.GaussianBlur(luma, (0, 0), 12))

    before, after = (
        detail(unwrap(seen, layout, SIZE)[0][..., :3].astype(np.float32)) for seen in (view, result)
    )
    wanted = detail(np.asarray(source, np.float32))
    like_source = np.corrcoef(after[face], wanted[face])[0, 1]
    like_target = np.corrcoef(after[face], before[face])[0, 1]
    assert like_source > 0.7
    assert like_source > like_target + 0.1


def test_the_light_stays_the_targets(
    portrait_source: SourceModel, target: tuple[Points, TargetView], layout: Layout
) -> None:
    view = target[1]
    patch = FaceTransfer(portrait_source, layout).apply(view, FaceMemory())
    cheeks = [50, 280, 205, 425]
    for x, y in np.round(view.mesh[cheeks, :2]).astype(int).tolist():
        around = (slice(y - 6, y + 7), slice(x - 6, x + 7))
        before = view.bgra[(*around, slice(3))].mean(axis=(0, 1))
        after = patch.bgr[around].mean(axis=(0, 1))
        np.testing.assert_allclose(after, before, rtol=0.25)


@pytest.mark.parametrize("light", [(0.4, 0.4, 0.4), (1.2, 0.6, 0.3)])
def test_light_that_changes_from_one_frame_to_the_next_changes_the_new_face(
    portrait_source: SourceModel,
    target: tuple[Points, TargetView],
    layout: Layout,
    light: tuple[float, float, float],
) -> None:
    view, memory = target[1], FaceMemory()
    transfer = FaceTransfer(portrait_source, layout)
    for _ in range(8):
        patch = transfer.apply(view, memory)
    lit = in_light(view, np.array([*light, 1], np.float32))
    changed = transfer.apply(lit, memory)
    skin = patch.alpha == 255
    now, before = (each.bgra[skin][:, :3].mean(axis=0) for each in (lit, view))
    found = changed.bgr[skin].mean(axis=0) / patch.bgr[skin].mean(axis=0)
    np.testing.assert_allclose(found, now / before, rtol=0.08)


def test_a_target_out_of_focus_gets_a_soft_face(
    portrait_source: SourceModel,
    target: tuple[Points, TargetView],
    layout: Layout,
) -> None:
    view = target[1]
    meter = FocusMeter(layout, 256)

    def softness(bgra: Bytes) -> float:
        flat = unwrap(replace(view, bgra=bgra), layout, 256)[0]
        return meter.softness(np.asarray(cv2.cvtColor(flat, cv2.COLOR_BGRA2GRAY), np.uint8))

    found = {}
    for name, radius in (("sharp", 0.0), ("soft", 5.0), ("softer", 9.0)):
        seen = blur(view.bgra, radius) if radius else view.bgra
        patch = FaceTransfer(portrait_source, layout).apply(replace(view, bgra=seen), FaceMemory())
        opaque = np.dstack([patch.bgr, np.full(view.shape, 255, np.uint8)])
        found[name] = (softness(seen), softness(opaque))
    for before, after in found.values():
        assert after == pytest.approx(before, rel=0.3)
    assert found["softer"][1] > 1.15 * found["soft"][1] > 1.4 * found["sharp"][1]


def test_a_target_in_close_up_gets_as_many_pores_as_it_has(
    portrait: Picture,
    portrait_mesh: Points,
    guest: tuple[Picture, Points],
    target: tuple[Points, TargetView],
    layout: Layout,
) -> None:
    source = build_source([with_pores(*scaled_photo(portrait, portrait_mesh, 6.0))], layout)
    shape = fit_pose(target[0], layout.mean_face).normalize(target[0])
    source = replace(source, shape=shape)
    assert source.close_up is not None
    near = scaled_photo(*cropped(*guest), 700 / target[1].pose.scale)
    face = depth_inside(layout, CLOSE_UP_SIZE) > 0.12
    own = source.close_up[face]

    def shown(view: TargetView, person: SourceModel) -> Floats:
        patch = FaceTransfer(person, layout).apply(view, FaceMemory())
        opaque = np.dstack([patch.bgr, np.full(view.shape, 255, np.uint8)])
        flat = unwrap(replace(view, bgra=opaque), layout, CLOSE_UP_SIZE)[0]
        return np.asarray(cv2.cvtColor(flat, cv2.COLOR_BGRA2GRAY), np.float32)[face]

    found = []
    for photo, landmarks in (near, with_pores(*near)):
        view = look(photo, landmarks, layout)
        assert view is not None
        added = shown(view, source) - shown(view, replace(source, close_up=None))
        found.append(float(added @ own) / float(own @ own))
    smooth, porous = found
    assert porous > 0.2
    assert abs(smooth) < 0.1


def test_a_black_and_white_target_stays_black_and_white(
    portrait_source: SourceModel, target: tuple[Points, TargetView], layout: Layout
) -> None:
    view = target[1]
    luma = cv2.cvtColor(view.bgra, cv2.COLOR_BGRA2GRAY)
    gray = np.asarray(cv2.cvtColor(luma, cv2.COLOR_GRAY2BGRA), np.uint8)
    assert portrait_source.iris is not None
    vivid = replace(portrait_source, iris=np.array([30, 90, 200], np.float32))
    for bgra, colors in ((gray, False), (view.bgra, True)):
        patch = FaceTransfer(vivid, layout).apply(replace(view, bgra=bgra), FaceMemory())
        shown = patch.bgr.astype(int)
        assert (np.ptp(shown[patch.alpha > 0], axis=1).mean() > 20) == colors
        for iris in find_irises(view.eyes, view.shape):
            box, inside = iris.box, iris.mask > 0.5
            pixels = shown[box.top : box.bottom, box.left : box.right][inside]
            assert (np.ptp(pixels, axis=1).mean() > 20) == colors


def test_sunglasses_stay_where_they_are(
    portrait_source: SourceModel, target: tuple[Points, TargetView], layout: Layout
) -> None:
    view = target[1]
    lenses = np.zeros(view.shape, np.uint8)
    for eye in view.eyes:
        x, y = np.round(eye.lids.mean(axis=0)).astype(int).tolist()
        axes = (round(0.2 * view.pose.scale), round(0.15 * view.pose.scale))
        cv2.ellipse(lenses, (x, y), axes, 0, 0, 360, 255, -1)
    bgra = view.bgra.copy()
    bgra[lenses > 0] = (20, 18, 15, 255)
    patch = FaceTransfer(portrait_source, layout).apply(replace(view, bgra=bgra), FaceMemory())
    inside = cv2.erode(lenses, np.ones((5, 5), np.uint8)) > 0
    assert np.abs(patch.bgr[inside].astype(int) - (20, 18, 15)).mean() < 8
    bare = FaceTransfer(portrait_source, layout).apply(view, FaceMemory())
    assert patch.bgr[inside].mean() < 0.4 * bare.bgr[inside].mean()


def test_a_face_on_itself_changes_little(
    portrait: Picture, portrait_mesh: Points, portrait_source: SourceModel, layout: Layout
) -> None:
    view = look(portrait, portrait_mesh, layout)
    assert view is not None
    patch = FaceTransfer(portrait_source, layout).apply(view, FaceMemory())
    error = np.abs(patch.bgr.astype(float) - view.bgra[..., :3]).mean(axis=2)
    # The most is at the fringe, whose ends over the brows are hidden.
    assert np.average(error, weights=patch.alpha) < 9


def test_the_track_is_all_that_is_remembered(
    portrait_source: SourceModel, target: tuple[Points, TargetView], layout: Layout
) -> None:
    view = target[1]
    transfer = FaceTransfer(portrait_source, layout)
    ramp = np.linspace(0.2, 1.0, view.shape[1], dtype=np.float32)[None, :, None]
    sided = in_light(view, ramp)
    track = FaceMemory()
    fresh = transfer.apply(view, FaceMemory())
    for _ in range(3):
        transfer.apply(sided, track)
    np.testing.assert_array_equal(transfer.apply(view, FaceMemory()).bgr, fresh.bgr)
    # On the same track the light cannot jump from one side to the other.
    assert np.abs(transfer.apply(view, track).bgr.astype(int) - fresh.bgr).mean() > 2
