"""Outputs of a live run: steady virtual cameras, files, and a window the user can close."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from dlc.errors import OutputError, VirtualCameraError
from dlc.media.live.frame import LiveFrame
from dlc.media.live.preview import PreviewWindow
from dlc.media.live.source import LiveReport
from dlc.media.live.virtual_camera import VirtualCamera
from dlc.media.live.writer import LiveWriter
from dlc.media.video.reading.reader import VideoReader
from dlc.options import EncodeOptions
from dlc.workflows.live.outputs import FileOutput, VirtualCameraOutput
from tests.workflows.live_devices import Recorder, virtual_camera

PATIENCE = 60.0


def frame(number: int) -> LiveFrame:
    bgr = np.full((48, 64, 3), number, np.uint8)
    return LiveFrame(bgr, captured_at=float(number))


def wait_for(recorder: Recorder, count: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while len(recorder.pictures) < count:
        assert time.monotonic() < deadline
        time.sleep(0.002)


def levels(recorder: Recorder) -> list[int]:
    return [int(picture[0, 0, 0]) for picture in recorder.pictures]


def test_the_last_picture_is_repeated_until_there_is_a_new_one() -> None:
    shown: list[float | None] = []
    with (
        virtual_camera(Recorder()) as recorder,
        VirtualCamera(64, 48, 100) as camera,
        VirtualCameraOutput(camera, shown.append) as output,
    ):
        output.offer(frame(1))
        wait_for(recorder, 4)
        output.offer(frame(2))
        # One of the picture before may be on its way.
        wait_for(recorder, len(recorder.pictures) + 4)
    seen = levels(recorder)
    assert seen == sorted(seen)
    assert seen.count(1) >= 4
    assert seen[-1] == 2
    assert [time for time in shown if time is not None] == [1.0, 2.0]
    assert len(shown) == len(seen), "repetitions are told, too"


def test_pictures_that_come_too_fast_are_left_out() -> None:
    with (
        virtual_camera(Recorder()) as recorder,
        VirtualCamera(64, 48, 20) as camera,
        VirtualCameraOutput(camera) as output,
    ):
        began = time.monotonic()
        for number in range(1, 101):
            output.offer(frame(number))
            time.sleep(0.002)
        wait_for(recorder, len(recorder.pictures) + 2)
    seconds = time.monotonic() - began
    seen = levels(recorder)
    assert seen == sorted(seen)
    assert seen[-1] == 100
    # Three quarters of a period lie between two of them, and it takes as long as it takes.
    assert len(set(seen)) <= seconds / (0.75 / 20) + 1


def test_a_virtual_camera_that_vanishes_is_noticed_without_a_new_picture() -> None:
    def watch() -> None:
        with (
            virtual_camera(Recorder(vanishes_after=2)),
            VirtualCamera(64, 48, 100) as camera,
            VirtualCameraOutput(camera) as output,
        ):
            output.offer(frame(1))
            while True:
                output.poll()
                time.sleep(0.002)

    with pytest.raises(VirtualCameraError, match="went away"):
        watch()


def test_a_file_gets_every_picture_that_is_offered(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    report = LiveReport("a camera", 64, 48, 30.0)
    shown: list[float | None] = []
    with (
        LiveWriter(path, Path("0"), report, EncodeOptions()) as writer,
        FileOutput(writer, shown.append) as output,
    ):
        for number in range(5):
            output.offer(frame(number))
    assert shown == [0.0, 1.0, 2.0, 3.0, 4.0]
    with VideoReader(path) as reader:
        assert [round(each.time) for each in reader] == [0, 1, 2, 3, 4]


def test_without_a_display_the_window_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlc.media.live.preview.platform.system", lambda: "Linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(OutputError, match=r"no display|without windows"):
        PreviewWindow()
