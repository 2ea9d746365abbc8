from __future__ import annotations

import logging
from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest

from dlc.errors import CameraError
from dlc.media.camera.camera import Camera
from dlc.media.closing import Closing
from dlc.media.live.frame import LiveFrame
from dlc.media.live.opening import open_live_source
from dlc.media.live.reconnecting import ReconnectingSource
from dlc.media.live.source import LiveReport
from dlc.options import CaptureOptions
from tests.media.fake_cameras import FakeMachine, FakeTime, Script, Size, noise
from tests.media.mjpeg_server import MjpegServer


@dataclass
class Plug:
    """A camera that is unplugged during one span of time."""

    time: FakeTime = field(default_factory=FakeTime)
    unplugged: tuple[float, float] = (2.0, 12.0)

    def machine(self) -> FakeMachine:
        def delivers(number: int, size: Size) -> np.ndarray | None:
            return noise(number, size) if self.is_in else None

        script = Script(opens=lambda: self.is_in, takes=lambda _: self.is_in, delivers=delivers)
        return FakeMachine("Linux", {(cv2.CAP_V4L2, 0): script}, time=self.time)

    @property
    def is_in(self) -> bool:
        begin, end = self.unplugged
        return not begin <= self.time.seconds < end


def test_a_camera_that_comes_back_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    plug = Plug()
    machine = plug.machine()
    openings: list[float] = []

    def opened() -> Camera:
        openings.append(plug.time.seconds)
        return Camera(0, clock=plug.time.clock, system=machine.system)

    with (
        caplog.at_level(logging.INFO, "dlc"),
        ReconnectingSource(opened, clock=plug.time.clock) as source,
    ):
        frames = [frame for _ in range(60) if (frame := source.read())]
    assert len(frames) == 60
    times = [frame.captured_at for frame in frames]
    assert times == sorted(times)
    assert max(np.diff(times)) > 9
    assert "unplugged" in caplog.text
    assert sum(message.endswith(" is back") for message in caplog.messages) == 1
    pauses = np.diff(openings[1:])
    assert pauses == pytest.approx([1, 2, 4, 8][: len(pauses)])
    assert len(pauses) >= 3
    machine.assert_all_released()


def test_a_camera_that_is_not_there_at_first_is_an_error() -> None:
    plug = Plug(unplugged=(0.0, 1e9))
    machine = plug.machine()
    with pytest.raises(CameraError):
        ReconnectingSource(lambda: Camera(0, clock=plug.time.clock, system=machine.system))


def test_a_stop_ends_the_waiting() -> None:
    plug = Plug(time=FakeTime(stop_at=5.0), unplugged=(2.0, 1e9))
    machine = plug.machine()
    clock = plug.time.clock
    with ReconnectingSource(
        lambda: Camera(0, clock=clock, system=machine.system), clock=clock
    ) as source:
        while source.read():
            pass
    assert plug.time.seconds < 8
    machine.assert_all_released()


class Dropping(Closing):
    """Delivers one frame, has dropped three, and fails."""

    report = LiveReport("dropping", 8, 6, 30.0)
    frames_dropped = 3

    def __init__(self) -> None:
        self.frames = iter([LiveFrame(np.zeros((6, 8, 3), np.uint8), captured_at=0.0)])

    def read(self) -> LiveFrame | None:
        frame = next(self.frames, None)
        if frame is None:
            raise CameraError("gone")
        return frame

    def close(self) -> None:
        pass


def test_dropped_frames_are_counted_over_all_connections() -> None:
    with ReconnectingSource(Dropping, clock=FakeTime().clock) as source:
        assert all(source.read() for _ in range(3))
        assert source.frames_dropped == 9
    assert source.frames_dropped == 9


def test_a_network_camera_that_breaks_off_is_reached_again() -> None:
    options = CaptureOptions(reconnect=True)
    with (
        MjpegServer(fps=200, pictures=50) as server,
        open_live_source(server.url, options) as source,
    ):
        frames = [frame for _ in range(15) if (frame := source.read())]
        assert server.connections >= 2
    assert len(frames) == 15
