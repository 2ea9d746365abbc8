"""Whole live runs on a clip in real time, with real face finding; only the new faces are paint."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.compositing.patch import Patch
from dlc.errors import (
    CameraError,
    Cancelled,
    OptionError,
    OutputError,
    StageError,
    VirtualCameraError,
)
from dlc.faces.face import Face
from dlc.media.live.frame import LiveFrame
from dlc.media.live.source import LiveReport
from dlc.media.video.reading.reader import VideoReader
from dlc.options import (
    CaptureOptions,
    Engine,
    FaceChoice,
    LiveOptions,
    NoFace,
    VirtualCameraOptions,
)
from dlc.pipeline import CancelToken
from dlc.pipeline.branch import Branch
from dlc.swapping.swapper import Pixels
from dlc.workflows.live.loop import LiveLoop
from dlc.workflows.live.plan import LivePlan
from dlc.workflows.live.result import LiveEnd
from dlc.workflows.live.run import run_live
from dlc.workflows.live.stats import LiveStats
from dlc.workflows.people.assignment import Assignment
from tests import clips
from tests.workflows.live_devices import Recorder, virtual_camera
from tests.workflows.painter import Painter, green_share, painting

SECONDS = 1.0
FRAMES = 30
PATIENCE = 60.0


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a second of two faces under a moving camera, small so that every machine keeps up."""
    path = tmp_path_factory.mktemp("live") / "clip.mp4"
    near = clips.View(650.0, 370.0, 640.0)
    clips.write_clip(
        path, clips.Clip(320, 180, seconds=SECONDS, first=clips.View(620, 350, 700), last=near)
    )
    return path


@pytest.fixture
def plan(astronaut_file: Path, clip: Path, folder: Path) -> LivePlan:
    options = LiveOptions(output=folder / "out.mp4")
    return LivePlan(
        (Assignment((), (astronaut_file,)),), str(clip), options, Engine.MESH, "for a test"
    )


def choosing(plan: LivePlan, **changes: object) -> LivePlan:
    return replace(plan, options=replace(plan.options, **changes))  # type: ignore[arg-type]


def pictures(path: Path) -> list[NDArray[np.uint8]]:
    with VideoReader(path) as reader:
        return [frame.to_bgr() for frame in reader]


def test_a_file_is_swapped_in_real_time(plan: LivePlan, folder: Path) -> None:
    told: list[LiveStats] = []
    result = run_live(plan, painting(Painter()), progress=told.append)
    assert result.ended_by is LiveEnd.SOURCE
    assert result.output == folder / "out.mp4"
    assert result.stats.dropped_frames + result.frames == FRAMES
    recorded = pictures(folder / "out.mp4")
    assert 0 < len(recorded) <= result.frames
    assert green_share(recorded[-1]) > 0.005
    assert result.faces >= result.frames
    assert result.stats.latency_p95_ms is not None
    assert (result.engine, result.engine_reason) == (Engine.MESH, "for a test")
    names = [stage.name for stage in result.pipeline.stages]
    assert names == ["capture", "find", "swap", "paste"]


def test_the_recording_keeps_the_times_of_the_source(plan: LivePlan, folder: Path) -> None:
    run_live(plan, painting(Painter()))
    with VideoReader(folder / "out.mp4") as reader:
        times = [frame.time for frame in reader]
    steps = np.array(times) * 30
    np.testing.assert_allclose(steps, np.round(steps), atol=0.01)


def test_a_file_in_a_loop_ends_with_the_duration(plan: LivePlan, folder: Path) -> None:
    plan = choosing(plan, capture=CaptureOptions(loop=True), duration=1.4 * SECONDS)
    result = run_live(plan, painting(Painter()))
    assert result.ended_by is LiveEnd.DURATION
    assert pictures(folder / "out.mp4")


def test_a_request_to_stop_is_an_ordinary_end(plan: LivePlan, folder: Path) -> None:
    cancel = CancelToken()
    told: list[LiveStats] = []

    def stop_between_reports(stats: LiveStats) -> None:
        told.append(stats)
        # One a second; on a busy machine some may be late.
        between = np.diff([each.time_s for each in told])
        if stats.capture_fps and stats.detections_per_s and (np.abs(between - 1) < 0.1).any():
            cancel.set()

    plan = choosing(plan, capture=CaptureOptions(loop=True), duration=PATIENCE)
    result = run_live(plan, painting(Painter()), progress=stop_between_reports, cancel=cancel)
    assert result.ended_by is LiveEnd.REQUEST
    assert told[-1].time_s >= len(told), "no report comes before its second is over"
    assert pictures(folder / "out.mp4")


def test_a_run_that_is_stopped_before_there_is_a_picture_is_no_run(
    plan: LivePlan, folder: Path
) -> None:
    cancel = CancelToken()

    class Stopping(Painter):
        def prepare(self, sources: Sequence[tuple[Pixels, Face]]) -> dict[int, str]:
            cancel.set()
            return super().prepare(sources)

    with pytest.raises(Cancelled):
        run_live(plan, painting(Stopping()), cancel=cancel)
    assert list(folder.iterdir()) == []


def test_a_time_that_is_over_before_there_is_a_picture_is_no_end_of_a_run(
    plan: LivePlan, folder: Path
) -> None:
    plan = choosing(plan, duration=1e-6)
    with pytest.raises(OptionError, match=r"`duration` is 1e-06 s.*nothing was shown or written"):
        run_live(plan, painting(Painter()))
    assert list(folder.iterdir()) == []


def test_a_recording_of_one_frame_is_told_of_as_one(
    plan: LivePlan, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    plan = replace(plan, camera="lavfi:color=size=64x64:rate=25:duration=0.04")
    with caplog.at_level(logging.INFO, "dlc"):
        run_live(plan, painting(Painter()))
    assert f"1 frame is in {folder / 'out.mp4'}" in caplog.messages


def test_a_run_leaves_nothing_to_the_garbage_collector(plan: LivePlan) -> None:
    def alive() -> list[object]:
        return [each for each in gc.get_objects() if isinstance(each, LiveLoop | Branch)]

    gc.collect()
    # What failed runs of other tests left in their tracebacks does not count.
    before = {id(each): each for each in alive()}
    gc.disable()
    try:
        # The end of a file, and an end before it.
        run_live(plan, painting(Painter()))
        run_live(choosing(plan, duration=0.7 * SECONDS, overwrite=True), painting(Painter()))
        left = [each for each in alive() if id(each) not in before]
    finally:
        gc.enable()
    assert not left


def test_several_outputs_at_once(plan: LivePlan, folder: Path) -> None:
    plan = choosing(plan, virtual_camera=VirtualCameraOptions(size=(640, 480)))
    with virtual_camera(Recorder()) as recorder:
        result = run_live(plan, painting(Painter()))
    assert not recorder.is_open
    assert recorder.rate == 30
    assert {picture.shape for picture in recorder.pictures} == {(480, 640, 3)}
    assert all(green_share(picture) > 0.003 for picture in recorder.pictures)
    assert result.stats.output_fps > 0
    assert pictures(folder / "out.mp4")


def test_a_virtual_camera_that_vanishes_ends_the_run_and_keeps_the_file(
    plan: LivePlan, folder: Path
) -> None:
    loop = CaptureOptions(loop=True)
    plan = choosing(plan, virtual_camera=VirtualCameraOptions(), capture=loop, duration=PATIENCE)
    with (
        virtual_camera(Recorder(vanishes_after=5)),
        pytest.raises(VirtualCameraError, match="went away"),
    ):
        run_live(plan, painting(Painter()))
    assert pictures(folder / "out.mp4")


class DyingCamera:
    """A camera that is unplugged after some frames."""

    frames_dropped = 0
    report = LiveReport("a camera that dies", 512, 512, 50.0)

    def __init__(self, photo: NDArray[np.uint8], frames: int) -> None:
        self._photo = photo
        self._left = frames
        self.closed = False

    def read(self) -> LiveFrame | None:
        time.sleep(0.02)
        if not self._left:
            raise CameraError("the camera was unplugged: plug it in, or pass `reconnect=True`")
        self._left -= 1
        return LiveFrame(self._photo.copy(), captured_at=time.perf_counter())

    def close(self) -> None:
        self.closed = True


def test_a_source_that_dies_is_told_and_the_file_is_kept(
    plan: LivePlan,
    folder: Path,
    astronaut: NDArray[np.uint8],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    camera = DyingCamera(astronaut, 12)
    monkeypatch.setattr("dlc.workflows.live.run.open_live_source", lambda *_, **__: camera)
    with pytest.raises(CameraError, match="unplugged"):
        run_live(plan, painting(Painter()))
    assert camera.closed
    assert green_share(pictures(folder / "out.mp4")[-1]) > 0.005


class Slow(Painter):
    """Takes as long for every frame as it takes to capture some others."""

    def __init__(self, frames: int, captured: list[float], ended: threading.Event) -> None:
        super().__init__()
        self.swapped = 0
        self._frames = frames
        self._captured = captured
        self._ended = ended

    def swap(self, frame: Pixels, faces: Sequence[Face]) -> list[Patch | None]:
        before, until = len(self._captured), time.monotonic() + PATIENCE
        while len(self._captured) < before + self._frames and not self._ended.is_set():
            assert time.monotonic() < until, "capture goes on while the engine works"
            time.sleep(0.002)
        self.swapped += 1
        return super().swap(frame, faces)


def test_a_slow_engine_lowers_the_rate_and_neither_blocks_capture_nor_adds_latency(
    plan: LivePlan, astronaut: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    captured: list[float] = []
    told: list[LiveStats] = []
    ended = threading.Event()

    class Camera(DyingCamera):
        def read(self) -> LiveFrame | None:
            if len(captured) > 30 and any(stats.dropped_frames for stats in told):
                ended.set()
                raise CameraError("all was seen")
            frame = super().read()
            assert frame is not None
            captured.append(frame.captured_at)
            return frame

    camera = Camera(astronaut, 1000)
    monkeypatch.setattr("dlc.workflows.live.run.open_live_source", lambda *_, **__: camera)
    slow = Slow(5, captured, ended)
    with pytest.raises(CameraError, match="all was seen"):
        run_live(plan, painting(slow), progress=told.append)
    # The last two saw the end of it.
    assert 2 < slow.swapped <= len(captured) / 5 + 2, "most frames were dropped"


@pytest.mark.parametrize("choice", [FaceChoice.ALL, FaceChoice.LARGEST])
def test_with_blank_no_frame_shows_a_face_that_was_not_swapped(
    plan: LivePlan, choice: FaceChoice
) -> None:
    # Two faces: when one of them alone is chosen, the other one must not be seen either.
    plan = choosing(
        plan,
        no_face=NoFace.BLANK,
        faces=choice,
        output=None,
        virtual_camera=VirtualCameraOptions(),
        capture=CaptureOptions(loop=True),
        duration=PATIENCE,
    )
    cancel = CancelToken()

    def is_green(picture: NDArray[np.uint8]) -> bool:
        return green_share(picture) > 0.005

    def stop_in_the_dark(_: LiveStats) -> None:
        if recorder.pictures and not recorder.pictures[-1].any():
            cancel.set()

    with virtual_camera(Recorder()) as recorder:
        # All faces are refused from the first time on that viewers saw them swapped.
        painter = Painter(refuses=lambda _: any(map(is_green, recorder.pictures)))
        result = run_live(plan, painting(painter), progress=stop_in_the_dark, cancel=cancel)
    assert result.ended_by is LiveEnd.REQUEST, "after all, everything was dark"
    dark = [not picture.any() for picture in recorder.pictures]
    green = [is_green(picture) for picture in recorder.pictures]
    assert all(a or b for a, b in zip(dark, green, strict=True))
    assert any(green) is (choice is FaceChoice.ALL)
    assert dark[-1]
    assert result.stats.hidden_frames > 0


def test_a_swapper_that_fails_shows_nothing_of_its_frame(plan: LivePlan) -> None:
    def failing(_: Face) -> bool:
        raise ZeroDivisionError("division by zero")

    plan = choosing(plan, no_face=NoFace.BLANK, output=None, virtual_camera=VirtualCameraOptions())
    with (
        virtual_camera(Recorder()) as recorder,
        pytest.raises(StageError, match="stage 'swap' failed"),
    ):
        run_live(plan, painting(Painter(refuses=failing)))
    assert all(not picture.any() for picture in recorder.pictures)


def test_a_file_that_is_played_is_no_output(plan: LivePlan, clip: Path) -> None:
    with pytest.raises(OutputError, match="is an input as well"):
        run_live(choosing(plan, output=clip, overwrite=True), painting(Painter()))
