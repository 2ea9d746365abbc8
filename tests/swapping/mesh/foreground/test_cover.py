from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.arrays import Floats
from dlc.compositing.filters import resize
from dlc.faces.face import Face
from dlc.faces.tracking.tracker import load_tracker
from dlc.geometry import Box
from dlc.swapping.mesh import MeshSwapper
from dlc.swapping.mesh.foreground.cover import CoverFinder, CoverMemory
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import TONE_SIZE
from dlc.swapping.mesh.view import look, unwrap
from tests.faces.pictures import Picture
from tests.swapping.mesh.heads import Points

SEEN = np.ones((TONE_SIZE, TONE_SIZE), np.float32)
# On the viewer's left cheek, in pixels of the atlas.
CHEEK, RADIUS = (42, 84), 14
GRAY = (70.0, 70.0, 70.0)


@pytest.fixture(scope="module")
def texture(portrait: Picture, portrait_mesh: Points, layout: Layout) -> Floats:
    """Return the astronaut in the atlas."""
    view = look(portrait, portrait_mesh, layout)
    assert view is not None
    flat, _ = unwrap(view, layout, 2 * TONE_SIZE)
    small = resize(flat, (TONE_SIZE, TONE_SIZE))
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGRA2BGR), np.float32)


@pytest.fixture
def finder(layout: Layout) -> CoverFinder:
    return CoverFinder(layout)


@pytest.fixture
def memory(finder: CoverFinder, texture: Floats) -> CoverMemory:
    """Return what is known after ten frames of the bare face."""
    memory = CoverMemory()
    for _ in range(10):
        assert not finder.find(texture, SEEN, memory).any()
    return memory


def with_disc(texture: Floats, color: tuple[float, ...], radius: int = RADIUS) -> Floats:
    covered = texture.copy()
    cv2.circle(covered, CHEEK, radius, color, cv2.FILLED)
    return covered


def disc(radius: int = RADIUS) -> NDArray[np.bool_]:
    mask = np.zeros((TONE_SIZE, TONE_SIZE), np.uint8)
    cv2.circle(mask, CHEEK, radius, 1, cv2.FILLED)
    return mask > 0


@pytest.mark.parametrize("color", [GRAY, (20.0, 20.0, 20.0), (200.0, 60.0, 40.0)])
def test_what_comes_in_front_is_found_and_nothing_else(
    color: tuple[float, ...], finder: CoverFinder, texture: Floats, memory: CoverMemory
) -> None:
    covered = with_disc(texture, color)
    for _ in range(4):
        matte = finder.find(covered, SEEN, memory)
    assert matte.shape == (TONE_SIZE, TONE_SIZE)
    assert matte.dtype == np.float32
    found = matte > 0.5
    assert (found & disc()).sum() / (found | disc()).sum() > 0.7
    assert not matte[~disc(RADIUS + 4)].any()


def test_it_fades_in_and_out_within_a_few_frames(
    finder: CoverFinder, texture: Floats, memory: CoverMemory
) -> None:
    covered = with_disc(texture, GRAY)
    column, row = CHEEK
    coming = [finder.find(covered, SEEN, memory)[row, column] for _ in range(4)]
    going = [finder.find(texture, SEEN, memory)[row, column] for _ in range(5)]
    assert 0.3 < coming[0] < coming[1] < coming[2]
    assert coming[3] > 0.9
    assert going == sorted(going, reverse=True)
    assert going[-1] < 0.05


def test_it_stays_found_for_long(finder: CoverFinder, texture: Floats, memory: CoverMemory) -> None:
    covered = with_disc(texture, GRAY)
    mattes = [finder.find(covered, SEEN, memory) for _ in range(40)]
    assert np.median(mattes[-1][disc(RADIUS - 4)]) > 0.9


@pytest.mark.parametrize("light", [0.5, 0.8, 1.2])
def test_another_light_covers_nothing(
    light: float, finder: CoverFinder, texture: Floats, memory: CoverMemory
) -> None:
    assert not finder.find(np.minimum(texture * np.float32(light), 255), SEEN, memory).any()


def test_a_face_that_fades_in_from_black_is_covered_by_nothing(
    finder: CoverFinder, texture: Floats
) -> None:
    memory = CoverMemory()
    for step in range(26):
        levels = np.rint(texture * np.float32(step / 25))
        assert not finder.find(levels, SEEN, memory).any()


def test_what_is_in_front_stays_there_in_a_fade_to_black(
    finder: CoverFinder, texture: Floats, memory: CoverMemory
) -> None:
    for step in range(25, 0, -1):
        levels = np.rint(with_disc(texture, GRAY) * np.float32(step / 25))
        found = finder.find(levels, SEEN, memory)
    assert found[disc(RADIUS - 3)].mean() > 0.8


def test_landmarks_that_err_and_noise_cover_nothing(
    finder: CoverFinder, texture: Floats, memory: CoverMemory
) -> None:
    shifted = np.roll(texture, (2, -2), axis=(0, 1))
    noise = np.random.default_rng(0).normal(0, 6, texture.shape).astype(np.float32)
    assert not finder.find(np.clip(shifted + noise, 0, 255), SEEN, memory).any()


def test_what_has_the_skins_color_or_is_small_is_not_told_from_skin(
    finder: CoverFinder, texture: Floats, memory: CoverMemory
) -> None:
    skin = tuple(float(level) for level in texture[CHEEK[1], CHEEK[0]])
    assert not finder.find(with_disc(texture, skin), SEEN, memory).any()
    assert not finder.find(with_disc(texture, GRAY, radius=2), SEEN, memory).any()


def test_what_was_there_from_the_first_frame_on_belongs_to_the_face(
    finder: CoverFinder, texture: Floats
) -> None:
    memory = CoverMemory()
    for _ in range(5):
        assert not finder.find(with_disc(texture, GRAY), SEEN, memory).any()


def test_where_the_face_is_not_seen_nothing_is_learned_or_found(
    finder: CoverFinder, texture: Floats, memory: CoverMemory
) -> None:
    hidden = SEEN.copy()
    hidden[:, : TONE_SIZE // 2] = 0
    usual = memory.usual
    assert usual is not None
    before = usual.copy()
    assert not finder.find(with_disc(texture, GRAY), hidden, memory).any()
    assert memory.usual is not None
    np.testing.assert_array_equal(memory.usual[:, :60], before[:, :60])
    assert not finder.find(with_disc(texture, GRAY), np.zeros_like(SEEN), memory).any()


def test_a_microphone_stays_in_front_of_the_new_face(
    portrait: Picture, party: Picture, party_faces: list[Face]
) -> None:
    face = max(party_faces, key=lambda face: float(face.box[2] - face.box[0]))
    (source,) = load_tracker().find(portrait)
    left, top, right, bottom = (int(edge) for edge in face.box)
    x, y, size = left + (right - left) * 2 // 3, bottom - (bottom - top) // 5, (right - left) // 8
    held = party.bgr.copy()
    cv2.circle(held, (x, y), size, (30, 30, 30), cv2.FILLED)
    inner = Box(x - size // 2, y - size // 2, x + size // 2, y + size // 2)
    shown = {}
    for keep in (True, False):
        swapper = MeshSwapper(keep_covers=keep).another()
        swapper.prepare([(portrait, source)])
        for bgr in [party.bgr] * 3 + [held] * 4:
            (patch,) = swapper.swap(Picture(bgr), [face])
        assert patch is not None
        rows = slice(inner.top - patch.box.top, inner.bottom - patch.box.top)
        columns = slice(inner.left - patch.box.left, inner.right - patch.box.left)
        assert (patch.alpha[rows, columns] == 255).all()
        shown[keep] = float(patch.bgr[rows, columns].mean())
    assert shown[True] < 45
    assert shown[False] > 60
