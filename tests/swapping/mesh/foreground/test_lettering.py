"""Captions over a face are found and kept to the pixel; what shines on a face is not."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from dlc.arrays import Bytes, Flags
from dlc.compositing.filters import blur
from dlc.faces.face import Face
from dlc.swapping.mesh.face_memory import FaceMemory
from dlc.swapping.mesh.foreground import lettering
from dlc.swapping.mesh.foreground.cover import CoverFinder
from dlc.swapping.mesh.foreground.lettering import find_letters, with_letters, without_letters
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.source.source import SourceModel
from dlc.swapping.mesh.transfer import FaceTransfer
from dlc.swapping.mesh.view import TargetView, look
from tests.faces.pictures import Picture
from tests.swapping.mesh.heads import scaled_photo

WHITE, YELLOW = (255, 255, 255), (60, 235, 255)


@pytest.fixture(scope="module")
def view(party: Picture, party_faces: list[Face], layout: Layout) -> TargetView:
    """Return the face in the middle of the group photo, enlarged, in dimmer light."""
    found = party_faces[2].landmarks
    assert found is not None
    seen = look(*scaled_photo(party, found, 2.0), layout)
    assert seen is not None
    bgra = np.round(seen.bgra * np.float32([0.7, 0.7, 0.7, 1.0])).astype(np.uint8)
    return replace(seen, bgra=bgra)


def captioned(
    view: TargetView, text: str = "WELL DONE", color: tuple[int, ...] = WHITE, outline: int = 0
) -> tuple[TargetView, Flags]:
    """Write text over the upper lip; return where it is, too."""
    height, width = view.shape
    scale, at = width / 280, (round(width * 0.12), round(height * 0.68))
    bgra, mask = view.bgra.copy(), np.zeros(view.shape, np.uint8)
    if outline:
        cv2.putText(bgra, text, at, 0, scale, (0, 0, 0, 255), 3 + 2 * outline, cv2.LINE_AA)
    cv2.putText(bgra, text, at, 0, scale, (*color, 255), 3, cv2.LINE_AA)
    cv2.putText(mask, text, at, 0, scale, 255, 3, cv2.LINE_AA)
    return replace(view, bgra=bgra), mask > 128


def found(view: TargetView, layout: Layout) -> Flags | None:
    topology = layout.topology
    oval, mouth = (view.mesh[ring, :2] for ring in (topology.face_oval, topology.inner_lips))
    return find_letters(view.bgra, oval, mouth, view.pose.scale)


@pytest.mark.parametrize("color", [WHITE, YELLOW])
@pytest.mark.parametrize("outline", [0, 2])
def test_captions_are_found(
    view: TargetView, layout: Layout, color: tuple[int, ...], outline: int
) -> None:
    shown, mask = captioned(view, color=color, outline=outline)
    letters = found(shown, layout)
    assert letters is not None
    inside = np.zeros(view.shape, np.uint8)
    cv2.fillConvexPoly(
        inside, cv2.convexHull(view.mesh[layout.topology.face_oval, :2]).astype(int), 1
    )
    assert letters[mask & (cv2.erode(inside, np.ones((9, 9), np.uint8)) > 0)].mean() > 0.98
    assert letters.sum() < 4 * mask.sum()


def test_a_bare_face_has_none(view: TargetView, layout: Layout) -> None:
    assert found(view, layout) is None
    bright = np.clip(view.bgra * 2.2, 0, 255).astype(np.uint8)
    assert found(replace(view, bgra=bright), layout) is None


def shine(view: TargetView) -> Bytes:
    """Return a picture with a bright ridge of the nose, and bright spots in a row."""
    height, width = view.shape
    spots = np.zeros(view.shape, np.float32)
    cv2.line(spots, (width // 2, height // 3), (width // 2, 2 * height // 3), 1, width // 20)
    spots = blur(spots, width / 60)[..., None]
    return np.clip(view.bgra + 220 * spots, 0, 255).astype(np.uint8)


def test_what_shines_is_no_letter(view: TargetView, layout: Layout) -> None:
    assert found(replace(view, bgra=shine(view)), layout) is None
    dot, _ = captioned(view, text=" . ")
    assert found(dot, layout) is None


def wrinkled_shine(view: TargetView) -> Bytes:
    """Return a picture with a bright cheek and fine dark lines through it, hard at the top only."""
    height, width = view.shape
    top, left, step = round(0.52 * height), round(0.25 * width), round(0.06 * width)
    shine = np.zeros(view.shape, np.float32)
    ramp = np.linspace(1, 0, round(0.16 * height), dtype=np.float32)[:, None]
    shine[top : top + len(ramp), left : left + 8 * step] = ramp
    lines = np.arange(view.shape[1]) % step < step // 4
    bgra = view.bgra + np.float32([130, 130, 130, 0]) * shine[..., None]
    bgra[top : top + len(ramp), left : left + 8 * step][:, lines[left : left + 8 * step]] -= 70
    return np.clip(bgra, 0, 255).astype(np.uint8)


def test_shine_that_wrinkles_divide_is_no_row_of_letters(
    view: TargetView, layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = replace(view, bgra=wrinkled_shine(view))
    assert found(shown, layout) is None
    monkeypatch.setattr(lettering, "_BRIGHTER_THAN_AROUND", 0)
    assert found(shown, layout) is not None


def test_a_row_in_the_mouth_is_teeth(view: TargetView, layout: Layout) -> None:
    shown, mask = captioned(view)
    y, x = np.nonzero(mask)
    around = cv2.convexHull(np.stack([x, y], axis=1).astype(np.float32))[:, 0]
    oval = view.mesh[layout.topology.face_oval, :2]
    assert find_letters(shown.bgra, oval, around, view.pose.scale) is None


def test_letters_are_lifted_off_and_laid_back(view: TargetView, layout: Layout) -> None:
    shown, _ = captioned(view)
    letters = found(shown, layout)
    assert letters is not None
    plain = without_letters(shown.bgra, letters)
    np.testing.assert_array_equal(plain[~letters], shown.bgra[~letters])
    before = np.abs(shown.bgra[letters].astype(int) - view.bgra[letters]).mean()
    assert np.abs(plain[letters].astype(int) - view.bgra[letters]).mean() < 0.4 * before
    again = with_letters(np.ascontiguousarray(plain[..., :3]), shown.bgra, letters)
    np.testing.assert_array_equal(again, shown.bgra[..., :3])


def test_the_new_face_is_as_without_captions_and_they_stay(
    view: TargetView, layout: Layout, portrait_source: SourceModel
) -> None:
    shown, _ = captioned(view)
    letters = found(shown, layout)
    assert letters is not None
    transfer = FaceTransfer(portrait_source, layout, CoverFinder(layout))
    bare = transfer.apply(view, FaceMemory())
    patch = transfer.apply(shown, FaceMemory())
    np.testing.assert_array_equal(patch.bgr[letters], shown.bgra[letters][:, :3])
    near = ~letters & (bare.alpha > 0)
    assert np.abs(patch.bgr[near].astype(int) - bare.bgr[near]).mean() < 2.5
    # Whoever wants nothing kept in front gets nothing.
    painted = FaceTransfer(portrait_source, layout).apply(shown, FaceMemory())
    assert np.abs(painted.bgr[letters].astype(int) - shown.bgra[letters][:, :3]).mean() > 10
