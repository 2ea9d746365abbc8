from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.faces.detection.scene_cut import SceneCutDetector
from tests import clips
from tests.faces.pictures import Picture


def cuts(pictures: list[NDArray[np.uint8]]) -> list[int]:
    detector = SceneCutDetector()
    return [index for index, bgr in enumerate(pictures) if detector.is_cut(Picture(bgr))]


@pytest.fixture(scope="module")
def pan() -> list[NDArray[np.uint8]]:
    """Return half a second of a camera moving fast over the group photo."""
    clip = clips.Clip(width=384, height=216, seconds=0.5)
    return list(clips.camera_frames(clips.group(), clip))


def test_a_moving_camera_is_no_cut(pan: list[NDArray[np.uint8]]) -> None:
    assert cuts(pan) == []


def test_another_scene_is_a_cut_there_and_back(
    pan: list[NDArray[np.uint8]], astronaut: NDArray[np.uint8]
) -> None:
    scene = [astronaut[100:316, :384]] * 3
    assert cuts([*pan[:5], *scene, *pan[5:]]) == [5, 8]


def test_a_jump_within_the_scene_stands_out(pan: list[NDArray[np.uint8]]) -> None:
    # The camera hardly moves at the beginning and at the end, and looks elsewhere.
    assert cuts([*pan[:4], *pan[-4:]]) == [4]
    # What would be nothing while it moves is a jump where it stood still.
    assert cuts([*pan[:2], *pan[3:]]) == [2]


def test_a_flash_and_a_fade_are_no_cuts(astronaut: NDArray[np.uint8]) -> None:
    flash = np.clip(astronaut * 0.4 + 150, 0, 255).astype(np.uint8)
    fade = [(astronaut * share).astype(np.uint8) for share in np.linspace(1, 0.15, 12)]
    assert cuts([astronaut, astronaut, flash, astronaut, *fade]) == []


def test_noise_in_the_dark_is_no_cut() -> None:
    rng = np.random.default_rng(0)
    assert cuts([rng.integers(0, 6, (120, 200, 3), np.uint8) for _ in range(20)]) == []


def test_pictures_of_other_sizes_compare(astronaut: NDArray[np.uint8]) -> None:
    assert cuts([astronaut, astronaut[::2, ::2], astronaut[::4, ::4]]) == []
