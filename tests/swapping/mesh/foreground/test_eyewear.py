from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dlc.arrays import Bytes, Floats
from dlc.faces.face import Face
from dlc.faces.landmarks.pose import Pose, fit_pose
from dlc.swapping.mesh.face_memory import FaceMemory
from dlc.swapping.mesh.foreground.eyewear import EyewearFinder, EyewearMemory
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.shape import ProportionShift
from dlc.swapping.mesh.source.glasses import without_glasses
from dlc.swapping.mesh.source.source import SourceModel
from dlc.swapping.mesh.transfer import FaceTransfer
from dlc.swapping.mesh.view import TargetView, look, unwrap
from tests.faces.pictures import Picture
from tests.swapping.mesh.glasses import Glasses, draw_half_rims, middles_of_eyes
from tests.swapping.mesh.heads import Placing, Points, average_head, scaled_photo

SIZE = 256
ENLARGED = 2.0


@pytest.fixture(scope="module")
def finder(layout: Layout) -> EyewearFinder:
    return EyewearFinder(layout, SIZE)


@pytest.fixture(scope="module")
def view(portrait: Picture, portrait_mesh: Points, layout: Layout) -> TargetView:
    """Return the astronaut, enlarged."""
    seen = look(*scaled_photo(portrait, portrait_mesh, ENLARGED), layout)
    assert seen is not None
    return seen


@pytest.fixture(scope="module")
def bare(view: TargetView, layout: Layout) -> Bytes:
    """Return the luma of the astronaut, who wears no glasses, in the atlas."""
    return luma_of(view, layout)


def luma_of(view: TargetView, layout: Layout) -> Bytes:
    flat, _ = unwrap(view, layout, SIZE)
    return np.asarray(cv2.cvtColor(flat, cv2.COLOR_BGRA2GRAY), np.uint8)


def seen_with(
    finder: EyewearFinder, face: Bytes, layout: Layout, glasses: Glasses
) -> tuple[float, Floats | None, NDArray[np.bool_]]:
    """Return the evidence and matte of a face with glasses drawn on it, and where these are."""
    worn = face.copy()
    mask = glasses.draw(worn, middles_of_eyes(layout, SIZE))
    luma = worn.astype(np.float32)
    return finder.look(luma).evidence, finder.see(luma), mask


def frontal(layout: Layout, width: float = 200.0, yaw: float = 0.0) -> Pose:
    head = average_head(layout, Placing(x=300, y=300, width=width, yaw=yaw))
    return fit_pose(head, layout.mean_face)


def test_faces_without_glasses_have_none(
    finder: EyewearFinder, bare: Bytes, party: Picture, party_faces: list[Face], layout: Layout
) -> None:
    assert finder.look(bare.astype(np.float32)).evidence < 0.1
    for face in party_faces:
        assert face.landmarks is not None
        seen = look(party, face.landmarks, layout)
        assert seen is not None
        assert finder.look(luma_of(seen, layout).astype(np.float32)).evidence < 0.1


@settings(max_examples=20)
@given(
    glasses=st.builds(
        Glasses,
        half_width=st.floats(0.12, 0.135),
        half_height=st.floats(0.09, 0.13),
        drop=st.floats(0.01, 0.04),
        thickness=st.floats(0.012, 0.025),
        luma=st.integers(0, 60),
    )
)
def test_glasses_of_many_shapes_are_found_whole(
    finder: EyewearFinder, bare: Bytes, layout: Layout, glasses: Glasses
) -> None:
    evidence, matte, mask = seen_with(finder, bare, layout, glasses)
    assert evidence > 0.3
    assert matte is not None
    assert matte.shape == (SIZE, SIZE)
    assert matte.dtype == np.float32
    below = mask.copy()
    below[: round(middles_of_eyes(layout, SIZE)[0][1])] = False  # brows hide the rest
    assert (matte[below] > 0.5).mean() > 0.9
    assert 0.0 <= matte.min() <= matte.max() <= 1.0


def test_little_else_is_found_below_the_eyes(
    finder: EyewearFinder, bare: Bytes, layout: Layout
) -> None:
    _, matte, mask = seen_with(finder, bare, layout, Glasses())
    assert matte is not None
    near = cv2.dilate(mask.astype(np.uint8), np.ones((15, 15), np.uint8)) > 0
    below = np.zeros_like(near)
    temple = round(0.27 * SIZE * layout.face_width)
    below[
        round(middles_of_eyes(layout, SIZE)[0][1]) + 4 :, SIZE // 2 - temple : SIZE // 2 + temple
    ] = True
    assert matte[below & ~near].max() < 0.1


def test_rims_and_bridge_are_one_piece(finder: EyewearFinder, bare: Bytes, layout: Layout) -> None:
    _, matte, mask = seen_with(finder, bare, layout, Glasses())
    assert matte is not None
    _, pieces = cv2.connectedComponents((matte > 0.3).astype(np.uint8))
    counts = np.bincount(pieces[mask & (pieces > 0)])
    assert counts.max() > 0.98 * counts.sum()


def test_half_rims_that_are_thin_and_light_are_found_whole(
    finder: EyewearFinder, bare: Bytes, layout: Layout
) -> None:
    worn = bare.copy()
    mask = draw_half_rims(worn, middles_of_eyes(layout, SIZE))
    matte = finder.see(worn.astype(np.float32))
    assert matte is not None
    mask[: round(middles_of_eyes(layout, SIZE)[0][1])] = False  # brows hide the rest
    assert (matte[mask] > 0.5).mean() > 0.9


def test_a_bridge_alone_is_no_glasses(finder: EyewearFinder, bare: Bytes, layout: Layout) -> None:
    evidence, matte, _ = seen_with(finder, bare, layout, Glasses(arc=(0, 1)))
    assert evidence < 0.1
    assert matte is None


@pytest.mark.parametrize(("drops", "is_worn"), [((0.03,), True), ((-0.03, 0.03, 0.09), False)])
def test_a_single_line_at_a_temple_is_an_arm_and_many_are_crows_feet(
    finder: EyewearFinder, bare: Bytes, layout: Layout, drops: tuple[float, ...], is_worn: bool
) -> None:
    face = bare.copy()
    Glasses(arc=(20, 160), luma=225, thickness=0.006).draw(face, middles_of_eyes(layout, SIZE))
    Glasses(arc=(180, 360), thickness=0.009).draw(face, middles_of_eyes(layout, SIZE))
    lenses = slice(round(0.35 * SIZE), round(0.65 * SIZE))
    for drop in drops:
        beside = Glasses(arc=(0, 1), thickness=0.009, arms=0.14, drop=drop)
        line = beside.draw(np.zeros_like(face), middles_of_eyes(layout, SIZE))
        line[:, lenses] = False
        face[line] = beside.luma
    assert (finder.see(face.astype(np.float32)) is not None) == is_worn


def test_one_rim_alone_is_no_glasses(finder: EyewearFinder, bare: Bytes, layout: Layout) -> None:
    worn = bare.copy()
    Glasses().draw(worn, middles_of_eyes(layout, SIZE))
    worn[:, SIZE // 2 + 8 :] = bare[:, SIZE // 2 + 8 :]
    assert finder.see(worn.astype(np.float32)) is None


def test_folds_under_eyes_are_no_rims_since_they_come_in_numbers(
    finder: EyewearFinder, bare: Bytes, layout: Layout
) -> None:
    folded = bare.copy()
    folds = [Glasses(half_width=size, half_height=size, arc=(0, 180)) for size in (0.1, 0.13, 0.16)]
    folds = [replace(fold, thickness=0.006, luma=60) for fold in folds]
    folds[1].draw(folded, middles_of_eyes(layout, SIZE))
    assert finder.see(folded.astype(np.float32)) is not None
    for fold in folds:
        fold.draw(folded, middles_of_eyes(layout, SIZE))
    assert finder.see(folded.astype(np.float32)) is None


def test_glasses_are_kept_from_the_first_frame_on_without_flicker(
    finder: EyewearFinder, bare: Bytes, layout: Layout
) -> None:
    worn = bare.copy()
    mask = draw_half_rims(worn, middles_of_eyes(layout, SIZE))
    mask[: round(middles_of_eyes(layout, SIZE)[0][1])] = False
    memory, noise = EyewearMemory(), np.random.default_rng(0)
    kept = []
    for frame in range(50):
        seen = worn + noise.normal(0, 4, worn.shape) if frame % 12 == 0 else worn
        shown = finder.update(np.clip(seen, 0, 255).astype(np.uint8), frontal(layout), memory)
        assert shown is not None
        kept.append(float(shown[mask].mean()))
    assert min(kept) > 0.7
    assert np.ptp(kept) < 0.1


def test_what_is_worn_is_remembered_and_taking_it_off_is_noticed(
    finder: EyewearFinder, bare: Bytes, layout: Layout
) -> None:
    worn = bare.copy()
    mask = Glasses().draw(worn, middles_of_eyes(layout, SIZE))
    memory, pose = EyewearMemory(), frontal(layout)
    for _ in range(40):
        shown = finder.update(worn, pose, memory)
    assert shown is not None
    kept = float(shown[mask].mean())
    assert kept > 0.7
    for _ in range(13):  # a hand passes
        shown = finder.update(np.full_like(bare, 120), pose, memory)
    assert shown is not None
    assert shown[mask].mean() == pytest.approx(kept, abs=0.05)
    fading = [finder.update(bare, pose, memory) for _ in range(300)]
    rest = [0.0 if shown is None else float(shown[mask].mean()) for shown in fading]
    assert np.diff(rest).max() < 0.05
    assert fading[-1] is None


@pytest.mark.parametrize(("width", "yaw"), [(50.0, 0.0), (200.0, 50.0)], ids=["small", "turned"])
def test_a_face_that_is_badly_seen_does_not_tell(
    finder: EyewearFinder, bare: Bytes, layout: Layout, width: float, yaw: float
) -> None:
    worn = bare.copy()
    Glasses().draw(worn, middles_of_eyes(layout, SIZE))
    memory = EyewearMemory()
    assert finder.update(worn, frontal(layout, width, yaw), memory) is None
    assert memory.evidence.value is None


def test_a_new_face_goes_behind_the_glasses(
    portrait_source: SourceModel, view: TargetView, layout: Layout
) -> None:
    dark = replace(portrait_source, texture=portrait_source.texture[::-1, ::-1].copy())
    worn = view.bgra.copy()
    topology = layout.topology
    left, right = (
        view.mesh[ring, :2].mean(axis=0) for ring in (topology.left_eye, topology.right_eye)
    )
    mask = Glasses().draw(worn, (left, right))
    patch = FaceTransfer(dark, layout).apply(replace(view, bgra=worn), FaceMemory())
    rims = mask & (patch.alpha > 200)
    rims[: round(float(left[1]))] = False
    assert rims.sum() > 200
    assert np.median(patch.bgr[rims]) < 60
    bare = FaceTransfer(dark, layout).apply(view, FaceMemory())
    assert np.median(bare.bgr[rims]) > 90


def test_other_proportions_do_not_bend_glasses(
    portrait_source: SourceModel, view: TargetView, layout: Layout
) -> None:
    worn = view.bgra.copy()
    topology = layout.topology
    left, right = (
        view.mesh[ring, :2].mean(axis=0) for ring in (topology.left_eye, topology.right_eye)
    )
    rims = Glasses().draw(worn, (left, right))
    # Another person's brows sit higher above eyes that are closer to the nose.
    shape = portrait_source.shape * np.array([0.9, 1.15, 1.0], np.float32)
    other = FaceTransfer(replace(portrait_source, shape=shape), layout)
    memory = FaceMemory()
    patch = other.apply(replace(view, bgra=worn), memory)
    neutral = view.pose.normalize(view.mesh[: len(shape)])
    moved = ProportionShift(shape, layout).offsets(neutral, view.pose)
    assert np.abs(moved[[105, 334]]).max() > 3
    rims &= patch.alpha > 200
    assert np.median(patch.bgr[rims]) < 60
    assert np.percentile(patch.bgr[rims], 90) < 100


def test_a_source_loses_its_glasses(portrait_source: SourceModel, layout: Layout) -> None:
    bare = portrait_source.texture
    worn = np.clip(bare, 0, 255).astype(np.uint8)
    left, right = (eye * (bare.shape[0] / SIZE) for eye in middles_of_eyes(layout, SIZE))
    mask = Glasses().draw(worn, (left, right))
    repaired = without_glasses(worn.astype(np.float32), portrait_source.trust, layout)
    mask[: round(float(left[1]))] = False  # brows are lost with what hides them
    before, after = (np.abs(now - bare)[mask].mean() for now in (worn.astype(np.float32), repaired))
    assert after < 0.15 * before
    assert (repaired[bare.shape[0] * 3 // 5 :] == worn[bare.shape[0] * 3 // 5 :]).mean() > 0.9


def test_a_source_without_glasses_stays_as_it_is(
    portrait_source: SourceModel, layout: Layout
) -> None:
    texture, trust = portrait_source.texture, portrait_source.trust
    assert without_glasses(texture, trust, layout) is texture
