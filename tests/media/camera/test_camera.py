from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.errors import CameraError
from dlc.media.camera.camera import Camera, probe_camera
from tests.media.fake_cameras import FakeMachine, FakeTime, Script, Size, noise, still

# Reads that go into finding out what a camera delivers.
TRIED = 41


def machine(script: Script, time: FakeTime | None = None) -> FakeMachine:
    return FakeMachine(
        "Linux", {(cv2.CAP_V4L2, 0): script}, {cv2.CAP_V4L2: ["C920"]}, time or FakeTime()
    )


def opened(machine: FakeMachine) -> Camera:
    return Camera(0, clock=machine.time.clock, system=machine.system)


def read_on(camera: Camera) -> None:
    while camera.read():
        pass


def test_frames_carry_the_camera_s_pictures_and_the_times_of_their_reading() -> None:
    host = machine(Script())
    with opened(host) as camera:
        assert (camera.report.width, camera.report.height) == (960, 540)
        assert camera.report.fps == pytest.approx(30)
        assert camera.report.description == str(camera.negotiated)
        for number in range(3):
            frame = camera.read()
            assert frame is not None
            assert frame.captured_at == frame.time == host.time.seconds
            np.testing.assert_array_equal(frame.bgr, noise(TRIED + number, (960, 540)))
    host.assert_all_released()


def test_a_failed_read_now_and_then_is_forgiven() -> None:
    script = Script(delivers=lambda n, size: None if n % 7 == 6 else noise(n, size))
    with opened(machine(script)) as camera:
        assert all(camera.read() for _ in range(20))


def test_an_unplugged_camera_is_an_error_that_names_it() -> None:
    script = Script(delivers=lambda n, size: noise(n, size) if n < TRIED + 2 else None)
    with opened(machine(script)) as camera:
        camera.read()
        camera.read()
        with pytest.raises(CameraError, match=r"camera 0 \(C920\) stopped .* unplugged"):
            camera.read()


def test_a_camera_that_freezes_is_an_error_after_some_seconds() -> None:
    host = machine(Script(delivers=lambda n, size: (noise if n < TRIED else still)(n, size)))
    with opened(host) as camera:
        began = host.time.seconds
        with pytest.raises(CameraError, match="same picture for 5 seconds"):
            read_on(camera)
        assert host.time.seconds - began == pytest.approx(5, abs=0.2)


def test_frames_keep_their_size_when_the_camera_changes_its_own() -> None:
    def turned(number: int, size: Size) -> NDArray[np.uint8]:
        return noise(number, size if number <= TRIED else (size[1], size[0]))

    with opened(machine(Script(delivers=turned))) as camera:
        frames = [camera.read() for _ in range(2)]
    assert [(f.width, f.height) for f in frames if f] == [(960, 540)] * 2


def test_a_stopped_run_reads_no_more() -> None:
    host = machine(Script())
    with opened(host) as camera:
        host.time.stop_at = host.time.seconds
        reads = host.last.reads
        assert camera.read() is None
        assert host.last.reads == reads


def test_probing_lets_go_of_the_camera() -> None:
    host = machine(Script(seconds=1 / 20))
    negotiated = probe_camera(0, clock=host.time.clock, system=host.system)
    assert negotiated.measured.fps == pytest.approx(20)
    host.assert_all_released()


def test_the_machine_s_own_cameras_are_opened_through_opencv() -> None:
    # A number that no machine has, on whatever machine this is.
    with pytest.raises(CameraError, match="no camera 97"):
        Camera(97)
