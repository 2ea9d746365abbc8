from __future__ import annotations

import cv2
import numpy as np
import pytest

from dlc.media.camera.plan import (
    AVFOUNDATION,
    MSMF,
    backends_of,
    formats_to_ask,
    index_for,
    is_good_enough,
    reported_fourcc,
)
from dlc.media.camera.system import ListedCamera
from dlc.options import CaptureOptions


@pytest.mark.parametrize(
    ("platform", "names"),
    [
        ("Windows", ["MSMF", "DSHOW", "DSHOW"]),
        ("Darwin", ["AVFOUNDATION"]),
        ("Linux", ["V4L2"]),
        ("FreeBSD", ["ANY"]),
    ],
)
def test_each_platform_has_its_backends_in_order(platform: str, names: list[str]) -> None:
    assert [backend.name for backend in backends_of(platform)] == names


def test_formats_go_from_the_one_that_suits_a_swap_to_none() -> None:
    *formats, last = formats_to_ask(CaptureOptions(), MSMF)
    assert [str(wanted) for wanted in formats] == [
        "960x540 at 60 fps MJPG",
        "1280x720 at 60 fps MJPG",
        "640x480 at 60 fps MJPG",
    ]
    assert last is None


def test_what_the_user_chose_is_the_only_thing_asked_for() -> None:
    chosen = CaptureOptions(resolution=(1920, 1080), fps=29.97)
    (wanted, nothing) = formats_to_ask(chosen, AVFOUNDATION)
    assert nothing is None
    assert wanted is not None
    assert wanted.parameters() == [
        (cv2.CAP_PROP_FRAME_WIDTH, 1920),
        (cv2.CAP_PROP_FRAME_HEIGHT, 1080),
        (cv2.CAP_PROP_FPS, 30),
    ]


@pytest.mark.parametrize(("rows", "good"), [(240, False), (480, True), (720, True), (1080, False)])
def test_a_size_near_the_one_asked_for_will_do(rows: int, good: bool) -> None:
    picture = np.zeros((rows, 2 * rows, 3), np.uint8)
    assert is_good_enough(picture, CaptureOptions()) is good
    assert is_good_enough(picture, CaptureOptions(resolution=(1920, 1080)))


def test_twins_are_told_apart_by_their_order() -> None:
    first = [ListedCamera(0, "Cam"), ListedCamera(1, "OBS"), ListedCamera(2, "Cam")]
    other = [ListedCamera(0, "OBS"), ListedCamera(1, "Cam"), ListedCamera(2, "Cam")]
    assert [index_for(camera, camera.index, first, other) for camera in first] == [1, 0, 2]
    assert index_for(first[2], 2, first, other[:2]) is None
    assert index_for(first[2], 2, first, []) == 2
    assert index_for(None, 5, [], other) == 5


@pytest.mark.parametrize(
    ("value", "letters"),
    [
        (float(cv2.VideoWriter.fourcc(*"MJPG")), "MJPG"),
        (0.0, None),
        (-1.0, None),
        (22.0, None),
        (float(0x80000000), None),
    ],
)
def test_pixel_formats_are_four_letters_or_nothing(value: float, letters: str | None) -> None:
    assert reported_fourcc(value) == letters
