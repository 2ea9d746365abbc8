from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlc.arrays import Bytes, Floats
from dlc.compositing.filters import blur
from dlc.faces.face import Face
from dlc.swapping.mesh.face_memory import FaceMemory
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.grain import noise_level, with_grain, without_grain
from dlc.swapping.mesh.source.source import SourceModel
from dlc.swapping.mesh.transfer import FaceTransfer
from dlc.swapping.mesh.view import TargetView, look
from tests.faces.pictures import Picture
from tests.swapping.mesh.heads import Points, scaled_photo

pictures = hnp.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40), st.just(4)))


def bytes_of(image: Floats) -> Bytes:
    return np.clip(np.rint(image), 0, 255).astype(np.uint8)


def noisy(bgr: Bytes, deviation: float, seed: int = 0) -> Bytes:
    """Add to each channel noise of its own."""
    noise = np.random.default_rng(seed).normal(0, deviation, bgr.shape)
    return bytes_of((bgr + noise).astype(np.float32))


def opaque(bgr: Bytes) -> Bytes:
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2BGRA), np.uint8)


def finest(image: Floats) -> Floats:
    """Return what is left of (h, w, 3) when the mean of each pixel's neighborhood is taken away."""
    return image - np.asarray(cv2.blur(image, (3, 3)), np.float32)


@pytest.fixture(scope="module")
def target(party: Picture, party_faces: list[Face]) -> tuple[Picture, Points]:
    """Return the face in the middle of the group photo, enlarged."""
    found = party_faces[2].landmarks
    assert found is not None
    return scaled_photo(party, found, 2.0)


def seen(picture: Picture, mesh: Points, layout: Layout) -> TargetView:
    view = look(picture, mesh, layout)
    assert view is not None
    return view


@given(st.floats(2.5, 15.0))
def test_noise_on_a_face_is_measured(
    target: tuple[Picture, Points], layout: Layout, deviation: float
) -> None:
    photo, mesh = target
    level = noise_level(opaque(noisy(seen(photo, mesh, layout).bgra[..., :3], deviation)))
    assert level == pytest.approx(deviation, rel=0.25)


def test_faces_without_noise_keep_all_they_have(
    everybody: list[tuple[Picture, Points]], layout: Layout
) -> None:
    for photo, mesh in everybody:
        for scale in (0.5, 0.7, 1.0, 1.5, 2.0):
            view = seen(*scaled_photo(photo, mesh, scale), layout)
            assert without_grain(view.bgra, noise_level(view.bgra)) is None


@given(st.floats(0.8, 4.0), st.floats(5.0, 40.0))
def test_soft_texture_is_no_noise(radius: float, deviation: float) -> None:
    texture = np.random.default_rng(0).normal(0, 1, (120, 120)).astype(np.float32)
    texture = blur(texture, radius)
    gray = bytes_of(128 + texture * np.float32(deviation / texture.std()))
    assert noise_level(opaque(np.repeat(gray[..., None], 3, axis=2))) < 0.1 * deviation


@given(pictures)
def test_the_noise_of_any_picture_is_a_finite_number(bgra: Bytes) -> None:
    assert 0 <= noise_level(bgra) < 256


@given(pictures, st.floats(0.5, 20.0))
def test_what_is_lifted_is_small_and_comes_back_whole(bgra: Bytes, noise: float) -> None:
    calm = without_grain(bgra, noise)
    assert calm is not None
    # Both bands at their most.
    assert np.abs(calm.astype(int) - bgra).max() <= 2.6 * noise + 2
    bgr = np.ascontiguousarray(bgra[..., :3])
    np.testing.assert_array_equal(with_grain(calm[..., :3].copy(), bgra, calm), bgr)


def test_most_of_the_noise_is_lifted() -> None:
    gray = np.full((200, 200, 3), 120, np.uint8)
    calm = without_grain(opaque(noisy(gray, 8.0)), 8.0)
    assert calm is not None
    assert calm[..., :3].std() < 0.3 * 8.0


def test_lines_are_no_grain() -> None:
    lined = np.full((200, 200, 3), 140, np.uint8)
    lined[:, 98:101] = 80
    bgra = opaque(noisy(lined, 4.0))
    calm = without_grain(bgra, 4.0)
    assert calm is not None
    lifted = (bgra.astype(float) - calm)[..., :3].mean(axis=(0, 2))
    # Along the line and beside it noise averages out.
    assert np.abs(lifted[90:110]).max() < 0.05 * 60


@pytest.mark.parametrize("deviation", [3.0, 8.0])
def test_the_new_face_has_the_frames_own_noise(
    portrait_source: SourceModel,
    target: tuple[Picture, Points],
    layout: Layout,
    deviation: float,
) -> None:
    photo, mesh = target
    clean = seen(photo, mesh, layout)
    view = seen(Picture(noisy(photo.bgr, deviation)), mesh, layout)
    transfer = FaceTransfer(portrait_source, layout)
    patch, plain = transfer.apply(view, FaceMemory()), transfer.apply(clean, FaceMemory())
    inside = cv2.erode(patch.alpha, np.ones((25, 25), np.uint8)) > 0
    wanted = finest(view.bgra[..., :3].astype(np.float32) - clean.bgra[..., :3])[inside]
    got = finest(patch.bgr.astype(np.float32) - plain.bgr)[inside]
    assert got.std() == pytest.approx(wanted.std(), rel=0.25)
    assert np.corrcoef(got.ravel(), wanted.ravel())[0, 1] > 0.85


def test_noise_is_not_taken_for_sharpness(
    portrait_source: SourceModel, target: tuple[Picture, Points], layout: Layout
) -> None:
    photo, mesh = target
    known, clean = FaceMemory(), FaceMemory()
    transfer = FaceTransfer(portrait_source, layout)
    transfer.apply(seen(Picture(noisy(photo.bgr, 10.0)), mesh, layout), known)
    transfer.apply(seen(photo, mesh, layout), clean)
    assert known.sharpness.value is not None
    assert clean.sharpness.value is not None
    assert known.sharpness.value <= clean.sharpness.value + 0.1
