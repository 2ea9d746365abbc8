from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlc.arrays import Bytes, Floats
from dlc.compositing.filters import blur
from dlc.faces.face import Face
from dlc.swapping.mesh.face_memory import FaceMemory
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import TONE_SIZE, ToneMeter
from dlc.swapping.mesh.light.veil import VeilMeter
from dlc.swapping.mesh.masks import fill_ring
from dlc.swapping.mesh.source.source import SourceModel
from dlc.swapping.mesh.transfer import FaceTransfer
from dlc.swapping.mesh.view import TargetView, look, unwrap
from tests.faces.pictures import Picture
from tests.swapping.mesh.heads import Points, scaled_photo

EVERYWHERE = np.ones((TONE_SIZE, TONE_SIZE), np.float32)


def veiled(bgra: Bytes, share: float, level: float) -> Bytes:
    """Return a picture (h, w, 4) of which `share` is seen through a veil of `level`."""
    seen = bgra * np.float32(share) + np.float32(level)
    seen[..., 3] = 255
    return np.rint(seen).astype(np.uint8)


def measured(view: TargetView, layout: Layout) -> tuple[float, float]:
    """Return a veil's level and the clearness of the face."""
    flat = unwrap(view, layout, TONE_SIZE)[0]
    broad = np.asarray(cv2.cvtColor(flat, cv2.COLOR_BGRA2BGR), np.float32)
    tone, meter = ToneMeter(layout).measure(broad, EVERYWHERE), VeilMeter(layout)
    level = meter.level(broad, tone)
    return level, meter.clearness(level, tone)


@pytest.fixture(scope="module")
def target(party: Picture, party_faces: list[Face], layout: Layout) -> TargetView:
    """Return the face in the middle of the group photo, enlarged."""
    found = party_faces[2].landmarks
    assert found is not None
    view = look(*scaled_photo(party, found, 3.0), layout)
    assert view is not None
    return view


def test_faces_in_clear_air_have_no_veil(
    everybody: list[tuple[Picture, Points]], layout: Layout
) -> None:
    for photo, mesh in everybody:
        view = look(photo, mesh, layout)
        assert view is not None
        for light in (0.2, 0.6, 1.0):
            assert measured(replace(view, bgra=veiled(view.bgra, light, 0)), layout) == (0, 1)


@given(st.floats(0.2, 0.5), st.floats(70.0, 120.0))
def test_no_more_veil_is_seen_than_there_is(
    target: TargetView, layout: Layout, share: float, level: float
) -> None:
    found, clearness = measured(replace(target, bgra=veiled(target.bgra, share, level)), layout)
    assert 0 < found < level + 1
    assert 0.2 <= clearness < 1


def test_a_thicker_veil_is_seen_as_such(target: TargetView, layout: Layout) -> None:
    views = [replace(target, bgra=veiled(target.bgra, 0.4, level)) for level in (60, 80, 100)]
    levels, clear = zip(*(measured(view, layout) for view in views), strict=True)
    assert levels[0] < levels[1] - 10 < levels[2] - 20
    assert clear[0] > clear[1] > clear[2]


def target_skin(view: TargetView, layout: Layout) -> Bytes:
    """Return 255 on a face, 0 on its eyes and mouth, whose pixels stay the target's."""
    topology = layout.topology
    mask = np.zeros(view.shape, np.uint8)
    fill_ring(mask, view.mesh[topology.face_oval, :2])
    mask = cv2.erode(mask, np.ones((31, 31), np.uint8))
    features = np.zeros(view.shape, np.uint8)
    for ring in (topology.left_eye, topology.right_eye, topology.inner_lips):
        fill_ring(features, view.mesh[ring, :2])
    return np.asarray(mask & ~cv2.dilate(features, np.ones((9, 9), np.uint8)), np.uint8)


def darkest(bgr: Bytes | Floats, alpha: Bytes) -> float:
    return float(np.quantile(np.asarray(bgr, np.float32).mean(axis=2)[alpha == 255], 0.005))


@pytest.mark.parametrize("level", [80, 110])
def test_the_new_face_is_behind_the_veil_too(
    portrait_source: SourceModel, target: TargetView, layout: Layout, level: int
) -> None:
    view = replace(target, bgra=veiled(target.bgra, 0.4, level))
    dark = replace(portrait_source, iris=np.array([20, 20, 20], np.float32))
    patch = FaceTransfer(dark, layout).apply(view, FaceMemory())
    assert darkest(patch.bgr, patch.alpha) > 0.75 * level


def test_the_new_skin_has_less_contrast_behind_a_veil(
    portrait_source: SourceModel, target: TargetView, layout: Layout
) -> None:
    skin = cv2.erode(target_skin(target, layout), np.ones((5, 5), np.uint8)) > 0
    spreads = []
    for share, level in ((1.0, 0), (0.4, 90)):
        view = replace(target, bgra=veiled(target.bgra, share, level))
        luma = FaceTransfer(portrait_source, layout).apply(view, FaceMemory()).bgr.mean(axis=2)
        spreads.append(float((luma - blur(luma, 15))[skin].std() / luma[skin].mean()))
    assert spreads[1] < 0.6 * spreads[0]
