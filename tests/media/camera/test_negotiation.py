"""Each platform's backends lie in their own way; what comes out must be true all the same."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.errors import CameraError, Cancelled
from dlc.media.camera.negotiation import Negotiated, negotiate
from dlc.options import CaptureOptions
from tests.media.fake_cameras import (
    FakeMachine,
    FakeTime,
    Script,
    Size,
    black,
    never,
    noise,
    nothing,
    still,
)

FOURCC, FPS = cv2.CAP_PROP_FOURCC, cv2.CAP_PROP_FPS
WIDTH, HEIGHT = cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT
MJPG = cv2.VideoWriter.fourcc(*"MJPG")
YUYV = cv2.VideoWriter.fourcc(*"YUYV")


def linux(script: Script | None, names: tuple[str, ...] = ("C920",)) -> FakeMachine:
    scripts = {} if script is None else {(cv2.CAP_V4L2, 0): script}
    return FakeMachine("Linux", scripts, {cv2.CAP_V4L2: names})


def found(
    machine: FakeMachine, options: CaptureOptions | None = None, index: int = 0
) -> Negotiated:
    _, result = negotiate(index, options or CaptureOptions(), machine.system, machine.time.clock)
    assert machine.last.isOpened()
    assert sum(capture.isOpened() for *_, capture in machine.opened) == 1
    return result


def failure(machine: FakeMachine, index: int = 0) -> str:
    with pytest.raises(CameraError) as caught:
        negotiate(index, CaptureOptions(), machine.system, machine.time.clock)
    machine.assert_all_released()
    return str(caught.value)


def test_everything_is_asked_for_up_front_and_the_rate_is_counted() -> None:
    machine = linux(Script(seconds=1 / 24, reports={FPS: 60, FOURCC: MJPG}))
    result = found(machine)
    _, _, asked, capture = machine.opened[0]
    assert list(asked.items()) == [(FOURCC, MJPG), (WIDTH, 960), (HEIGHT, 540), (FPS, 60)]
    assert not capture.was_set
    # One to see the size, ten to warm up, thirty that count.
    assert capture.reads == 41
    assert result.reported.fps == 60
    assert result.measured.fps == pytest.approx(24)
    assert (result.measured.width, result.measured.height) == (960, 540)
    assert str(result) == (
        "camera 0 (C920) by V4L2: asked for 960x540 at 60 fps MJPG; reported 960x540 at 60 fps "
        "MJPG; measured 960x540 at 24.0 fps"
    )


def test_a_refused_pixel_format_is_left_to_the_camera() -> None:
    script = Script(takes=never, reports={FPS: 60, FOURCC: YUYV}, seconds=1 / 10)
    result = found(machine := linux(script))
    assert machine.last.was_set == [FOURCC, WIDTH, HEIGHT, FPS]
    assert result.reported.fourcc == "YUYV"
    assert result.measured.fps == pytest.approx(10)


def test_the_nearest_size_is_taken_for_the_one_asked_for() -> None:
    result = found(machine := linux(Script(sizes=[(1920, 1080), (800, 600)])))
    assert (result.measured.width, result.measured.height) == (800, 600)
    assert len(machine.opened) == 1


def test_a_size_reported_but_not_delivered_is_not_believed() -> None:
    result = found(linux(Script(reports={WIDTH: 960, HEIGHT: 540}, sizes=[(1280, 720)])))
    assert (result.reported.width, result.reported.height) == (960, 540)
    assert (result.measured.width, result.measured.height) == (1280, 720)


def test_a_camera_that_ignores_every_wish_is_taken_as_it_is() -> None:
    result = found(machine := linux(Script(settable=False, sizes=[(1920, 1080)])))
    assert result.asked is None
    assert (result.measured.width, result.measured.height) == (1920, 1080)
    assert "asked for nothing" in str(result)
    # Three sizes, each in the constructor and afterwards, before nothing is asked for.
    assert len(machine.opened) == 7


def test_a_size_that_never_delivers_gives_way_to_the_next() -> None:
    def only_small(number: int, size: Size) -> NDArray[np.uint8] | None:
        return noise(number, size) if size == (640, 480) else None

    result = found(linux(Script(delivers=only_small)))
    assert (result.measured.width, result.measured.height) == (640, 480)
    assert result.asked is not None
    assert result.asked.width == 640


def test_the_size_and_rate_chosen_are_asked_for_and_what_is_missing_is_said() -> None:
    machine = linux(Script(seconds=1 / 15))
    result = found(machine, CaptureOptions(resolution=(1920, 1080), fps=30.0))
    assert machine.opened[0][2] == {FOURCC: MJPG, WIDTH: 1920, HEIGHT: 1080, FPS: 30}
    size, rate = result.notes
    assert "no 1920x1080: it delivers 1280x720" in size
    assert "15.0 fps instead of 30" in rate


def test_a_rate_that_is_nearly_the_one_chosen_is_no_news() -> None:
    options = CaptureOptions(resolution=(1280, 720), fps=30.0)
    assert found(linux(Script(seconds=1.001 / 30)), options).notes == ()


def test_first_reads_that_fail_are_forgiven() -> None:
    script = Script(delivers=lambda n, size: None if n < 4 else noise(n, size))
    assert found(linux(script)).measured.fps == pytest.approx(30)


def test_a_camera_that_starts_in_another_size_is_measured_as_it_goes_on() -> None:
    script = Script(delivers=lambda n, size: noise(n, (640, 480) if n < 3 else size))
    result = found(linux(script))
    assert (result.measured.width, result.measured.height) == (960, 540)


def test_a_slow_camera_is_not_measured_for_ever() -> None:
    result = found(machine := linux(Script(seconds=0.5)))
    assert result.measured.fps == pytest.approx(2)
    assert machine.time.seconds < 6


def test_windows_takes_media_foundation_whatever_it_says_of_the_rate() -> None:
    scripts = {(cv2.CAP_MSMF, 0): Script(seconds=1 / 60, reports={FPS: 0})}
    machine = FakeMachine("Windows", scripts, {cv2.CAP_MSMF: ["Webcam"]})
    result = found(machine)
    assert machine.backends_tried == ["MSMF"]
    assert result.reported.fps is None
    assert result.measured.fps == pytest.approx(60)


def test_directshow_opens_the_same_camera_under_its_own_number() -> None:
    # Media Foundation opens the camera and delivers nothing; DirectShow lists in another order,
    # refuses parameters in the constructor, and reports no rate.
    scripts = {
        (cv2.CAP_MSMF, 0): Script(delivers=nothing),
        (cv2.CAP_DSHOW, 0): Script(sizes=[(1920, 1080)]),
        (cv2.CAP_DSHOW, 1): Script(takes=never, reports={FPS: 0}),
    }
    listed = {cv2.CAP_MSMF: ["Webcam", "OBS"], cv2.CAP_DSHOW: ["OBS", "Webcam"]}
    result = found(machine := FakeMachine("Windows", scripts, listed))
    assert machine.backends_tried == ["MSMF", "DSHOW"]
    assert {index for backend, index, *_ in machine.opened if backend == cv2.CAP_DSHOW} == {1}
    assert machine.last.was_set == [FOURCC, WIDTH, HEIGHT, FPS]
    assert (result.index, result.name, result.backend) == (0, "Webcam", "DSHOW")


def test_a_camera_that_directshow_does_not_list_is_opened_by_its_number() -> None:
    scripts = {(cv2.CAP_DSHOW, 0): Script()}
    listed = {cv2.CAP_MSMF: ["Webcam"], cv2.CAP_DSHOW: ["OBS"]}
    result = found(machine := FakeMachine("Windows", scripts, listed))
    assert machine.backends_tried == ["MSMF", "DSHOW"]
    assert result.backend == "DSHOW"
    assert "may not be Webcam" in result.notes[0]


def test_avfoundation_is_asked_for_no_pixel_format() -> None:
    # It fails to open when it is, snaps the rate, and its first reads fail.
    script = Script(
        takes=lambda asked: FOURCC not in asked,
        sizes=[(1920, 1080), (1280, 720)],
        reports={FPS: 60},
        delivers=lambda n, size: None if n < 2 else noise(n, size),
    )
    machine = FakeMachine("Darwin", {(cv2.CAP_AVFOUNDATION, 0): script})
    result = found(machine)
    assert list(machine.opened[0][2].items()) == [(WIDTH, 960), (HEIGHT, 540), (FPS, 60)]
    assert (result.measured.width, result.measured.height) == (1280, 720)
    assert result.measured.fps == pytest.approx(30)


def test_an_unknown_platform_tries_any_backend() -> None:
    machine = FakeMachine("FreeBSD", {(cv2.CAP_ANY, 0): Script()})
    assert found(machine).backend == "ANY"


def test_a_missing_camera_is_told_from_those_that_are_there() -> None:
    machine = linux(Script(), ("C920", "OBS"))
    assert "no camera 4; available: 0 (C920), 1 (OBS)" in failure(machine, index=4)
    assert not machine.opened


def test_a_machine_without_any_camera() -> None:
    assert "no camera 0 that could be opened" in failure(linux(None, ()))


@pytest.mark.parametrize(
    ("platform", "backend", "remedy"),
    [
        ("Linux", cv2.CAP_V4L2, "group"),
        ("Darwin", cv2.CAP_AVFOUNDATION, "System Settings"),
        ("Windows", cv2.CAP_MSMF, "Settings > Privacy"),
    ],
)
def test_a_camera_that_cannot_be_opened_may_be_busy_or_forbidden(
    platform: str, backend: int, remedy: str
) -> None:
    message = failure(FakeMachine(platform, {}, {backend: ["C920"]}))
    assert "camera 0 (C920) is there but cannot be opened" in message
    assert "other programs" in message
    assert remedy in message


def test_a_camera_that_another_program_reads_delivers_nothing() -> None:
    scripts = {(backend, 0): Script(delivers=nothing) for backend in (cv2.CAP_MSMF, cv2.CAP_DSHOW)}
    machine = FakeMachine("Windows", scripts, {cv2.CAP_MSMF: ["Webcam"]})
    assert "camera 0 (Webcam) delivers no picture: close other programs" in failure(machine)
    assert machine.backends_tried == ["MSMF", "DSHOW"]


def test_reads_that_time_out_are_not_repeated() -> None:
    machine = linux(Script(delivers=nothing, seconds=10))
    failure(machine)
    assert all(capture.reads == 1 for *_, capture in machine.opened if capture.is_open)


def test_black_pictures_are_refused() -> None:
    assert "black pictures only: open its shutter" in failure(linux(Script(delivers=black)))


def test_a_camera_that_is_black_at_first_is_not_refused() -> None:
    script = Script(delivers=lambda n, size: (black if n < 20 else noise)(n, size))
    assert found(linux(script)).measured.fps == pytest.approx(30)


def test_a_frozen_picture_is_refused() -> None:
    assert "the same picture all the time" in failure(linux(Script(delivers=still)))


def test_a_camera_that_goes_away_while_it_is_tried_out() -> None:
    script = Script(delivers=lambda n, size: noise(n, size) if n < 20 else None)
    assert "stopped while it was tried out" in failure(linux(script))


def test_a_run_that_is_stopped_meanwhile_lets_go() -> None:
    machine = linux(Script(delivers=nothing))
    machine.time = FakeTime(stop_at=0.3)
    with pytest.raises(Cancelled):
        negotiate(0, CaptureOptions(), machine.system, machine.time.clock)
    machine.assert_all_released()
