from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dlc.arrays import Bytes, Flags, Floats
from dlc.compositing.filters import resize
from dlc.swapping.mesh.face_memory import FaceMemory
from dlc.swapping.mesh.flat_face import DETAIL_SIZE
from dlc.swapping.mesh.foreground.network import ForegroundNetwork, Mattes
from dlc.swapping.mesh.foreground.worn import WornFinder, WornMemory
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import TONE_SIZE
from dlc.swapping.mesh.shape import ProportionShift
from dlc.swapping.mesh.source.source import SourceModel
from dlc.swapping.mesh.transfer import FaceTransfer
from dlc.swapping.mesh.view import TargetView
from tests.swapping.mesh.foreground.conftest import SIZE, small
from tests.swapping.mesh.foreground.fringes import forehead, with_fringe
from tests.swapping.mesh.glasses import Glasses, middles_of_eyes

SEEN = np.ones((TONE_SIZE, TONE_SIZE), np.float32)


@pytest.fixture(scope="module")
def finder(network: ForegroundNetwork, layout: Layout) -> WornFinder:
    return WornFinder(network, layout)


@pytest.fixture(scope="module")
def glasses(bare: Bytes, layout: Layout) -> tuple[Floats, Flags]:
    """Return the astronaut with glasses as the finder sees her, and where the rims are."""
    worn = bare.copy()
    mask = Glasses(arms=0.12).draw(worn, middles_of_eyes(layout, SIZE))
    return small(worn), resize(mask.astype(np.float32), (DETAIL_SIZE, DETAIL_SIZE)) > 0.5


def noisy(face: Floats, random: np.random.Generator) -> Floats:
    """Return a face with a camera's noise."""
    return np.clip(face + random.normal(0, 4, face.shape), 0, 255).astype(np.float32)


def test_what_is_worn_is_kept_from_the_first_frame_on_without_flicker(
    finder: WornFinder, glasses: tuple[Floats, Flags], layout: Layout
) -> None:
    face, rims = glasses
    memory, random = WornMemory(), np.random.default_rng(0)
    kept, hair = [], []
    for _ in range(40):
        worn = finder.update(noisy(face, random), SEEN, memory)
        assert worn.eyewear is not None
        kept.append(float(worn.eyewear[rims].mean()))
        hair.append(float(worn.hair[forehead(layout)].mean()))
    assert min(kept) > 0.8
    assert np.ptp(kept) < 0.05
    assert min(hair) > 0.9
    assert np.ptp(hair) < 0.05


def test_the_network_looks_at_every_third_frame_only(
    network: ForegroundNetwork, glasses: tuple[Floats, Flags], layout: Layout
) -> None:
    class Counting(ForegroundNetwork):
        looks = 0

        def __init__(self) -> None:
            pass

        def look(self, texture: Floats) -> Mattes:
            self.looks += 1
            return network.look(texture)

    counting, memory = Counting(), WornMemory()
    finder = WornFinder(counting, layout)
    for _ in range(7):
        finder.update(glasses[0], SEEN, memory)
    assert counting.looks == 3


def memory_of(face: Floats, finder: WornFinder) -> WornMemory:
    """Return what is known of a face after a second."""
    memory = WornMemory()
    for _ in range(30):
        finder.update(face, SEEN, memory)
    return memory


def test_glasses_taken_off_fade(
    finder: WornFinder, bare: Bytes, glasses: tuple[Floats, Flags]
) -> None:
    face, rims = glasses
    memory = memory_of(face, finder)
    mattes = [finder.update(small(bare), SEEN, memory).eyewear for _ in range(90)]
    rest = [0.0 if matte is None else float(matte[rims].mean()) for matte in mattes]
    assert rest[0] > 0.8
    assert mattes[-1] is None


def test_what_a_turned_head_hides_is_remembered(
    finder: WornFinder, bare: Bytes, glasses: tuple[Floats, Flags]
) -> None:
    face, rims = glasses
    memory = memory_of(face, finder)
    hidden, half = small(bare), SEEN.copy()
    hidden[:, : TONE_SIZE // 2] = face[:, : TONE_SIZE // 2]
    half[:, TONE_SIZE // 2 :] = 0
    for _ in range(30):
        worn = finder.update(hidden, half, memory)
    assert worn.eyewear is not None
    other_side = rims.copy()
    other_side[:, : DETAIL_SIZE // 2] = False
    assert worn.eyewear[other_side].mean() > 0.8


def test_hair_that_is_hidden_is_remembered_and_hair_brushed_aside_is_not(
    finder: WornFinder, guests: list[Bytes], layout: Layout
) -> None:
    plain = guests[2]
    fringe = with_fringe(plain, layout, (40, 60, 90))
    for trust, is_kept in ((0 * SEEN, True), (SEEN, False)):
        memory = WornMemory()
        finder.update(small(fringe), SEEN, memory)
        for _ in range(45):
            worn = finder.update(small(plain), trust, memory)
        hair = float(worn.hair[forehead(layout)].mean())
        assert hair > 0.8 if is_kept else hair < 0.1


def test_a_bridge_alone_is_no_glasses(
    finder: WornFinder, bare: Bytes, glasses: tuple[Floats, Flags]
) -> None:
    bridge = small(bare)
    middle = slice(TONE_SIZE // 2 - 5, TONE_SIZE // 2 + 5)
    bridge[:, middle] = glasses[0][:, middle]
    assert finder.update(bridge, SEEN, WornMemory()).eyewear is None


def worn_by(view: TargetView, layout: Layout) -> tuple[TargetView, Flags]:
    """Return a target with glasses, and where they are."""
    worn, topology = view.bgra.copy(), layout.topology
    left, right = (
        view.mesh[ring, :2].mean(axis=0) for ring in (topology.left_eye, topology.right_eye)
    )
    mask = Glasses(arms=0.12).draw(worn, (left, right))
    return replace(view, bgra=worn), mask


def test_a_new_face_goes_behind_the_glasses(
    portrait_source: SourceModel, view: TargetView, layout: Layout
) -> None:
    dark = replace(portrait_source, texture=portrait_source.texture[::-1, ::-1].copy())
    worn, mask = worn_by(view, layout)
    patch = FaceTransfer(dark, layout).apply(worn, FaceMemory())
    rims = mask & (patch.alpha > 200)
    assert rims.sum() > 200
    assert np.median(patch.bgr[rims]) < 60
    bare = FaceTransfer(dark, layout).apply(view, FaceMemory())
    assert np.median(bare.bgr[rims]) > 80


def test_other_proportions_do_not_bend_glasses(
    portrait_source: SourceModel, view: TargetView, layout: Layout
) -> None:
    worn, rims = worn_by(view, layout)
    # Another person's brows sit higher above eyes that are closer to the nose.
    shape = portrait_source.shape * np.array([0.9, 1.15, 1.0], np.float32)
    other = FaceTransfer(replace(portrait_source, shape=shape), layout)
    patch = other.apply(worn, FaceMemory())
    neutral = view.pose.normalize(view.mesh[: len(shape)])
    moved = ProportionShift(shape, layout).offsets(neutral, view.pose)
    assert np.abs(moved[[105, 334]]).max() > 3
    rims &= patch.alpha > 200
    assert np.median(patch.bgr[rims]) < 60
    assert np.percentile(patch.bgr[rims], 90) < 100
