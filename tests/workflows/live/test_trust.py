"""What live runs refuse, how they are labeled, and what their files say of themselves."""

from __future__ import annotations

import hashlib
import logging
import re
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from itertools import groupby
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray

from dlc.errors import CameraError, SafeguardError
from dlc.media.live.frame import LiveFrame
from dlc.media.live.source import LiveReport
from dlc.media.provenance.inspection import Manifest, read_manifest
from dlc.media.video.reading.reader import VideoReader
from dlc.options import (
    EncodeOptions,
    Engine,
    LiveOptions,
    NoFace,
    ProvenanceOptions,
    SafeguardPolicy,
    VirtualCameraOptions,
)
from dlc.pipeline import CancelToken
from dlc.safeguard.classifier import NsfwClassifier
from dlc.workflows.live.plan import LivePlan
from dlc.workflows.live.result import LiveEnd
from dlc.workflows.live.run import run_live
from dlc.workflows.live.stats import LiveStats
from dlc.workflows.people.assignment import Assignment
from tests import clips
from tests.workflows.live_devices import Recorder, virtual_camera
from tests.workflows.painter import Painter, painting

Picture = NDArray[np.uint8]

PATIENCE = 60.0
SIZE = (320, 220)
LABEL = "synthetic media"
# The photo scores 0.03, the group picture 0.1 and the cat next to nothing.
LOW = SafeguardPolicy(threshold=0.05, frames_per_second=20.0, in_a_row=1_000_000)
REFUSING = replace(LOW, in_a_row=5)


def small(bgr: Picture) -> Picture:
    """Return a picture as the camera of these tests delivers it, dark where the label belongs."""
    resized = np.asarray(cv2.resize(bgr, SIZE, interpolation=cv2.INTER_AREA), np.uint8)
    resized[-16:, :120] = 10
    return resized


GROUP = small(clips.group())
CAT = small(np.ascontiguousarray(skimage.data.chelsea()[..., ::-1]))
MIRRORED_CAT = np.ascontiguousarray(CAT[:, ::-1])


class StagedCamera:
    """A camera before which one scene follows the other.

    Args:
        scenes: what it sees, and what has to be so before it sees the next scene; a scene of None
            is a camera that delivers nothing.
        ending: raised after the last scene; None is an ordinary end.
    """

    frames_dropped = 0
    report = LiveReport("the neighbor's camera", *SIZE, 50.0)

    def __init__(
        self,
        *scenes: tuple[Picture | None, Callable[[], bool]],
        ending: Exception | None = None,
    ) -> None:
        self._scenes = list(scenes)
        self._ending = ending
        self._deadline = time.monotonic() + PATIENCE
        self.frames = 0
        self.closed = False

    def read(self) -> LiveFrame | None:
        while True:
            time.sleep(0.01)
            if time.monotonic() > self._deadline:
                raise CameraError("what the test waits for does not happen")
            while self._scenes and self._scenes[0][1]():
                self._scenes.pop(0)
            if not self._scenes:
                if self._ending is not None:
                    raise self._ending
                return None
            picture = self._scenes[0][0]
            if picture is not None:
                break
        self.frames += 1
        now = time.perf_counter()
        return LiveFrame(picture.copy(), captured_at=now)

    def close(self) -> None:
        self.closed = True

    def has_seen(self, frames: int) -> Callable[[], bool]:
        return lambda: self.frames >= frames


@pytest.fixture
def plan(astronaut_file: Path, folder: Path) -> LivePlan:
    options = LiveOptions(output=folder / "out.mp4", encoding=EncodeOptions(quality=10))
    return LivePlan((Assignment((), (astronaut_file,)),), "0", options, Engine.MESH, "for a test")


def choosing(plan: LivePlan, **changes: object) -> LivePlan:
    return replace(plan, options=replace(plan.options, **changes))  # type: ignore[arg-type]


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Callable[[StagedCamera], StagedCamera]:
    def connecting(camera: StagedCamera) -> StagedCamera:
        monkeypatch.setattr("dlc.workflows.live.run.open_live_source", lambda *_, **__: camera)
        return camera

    return connecting


Connect = Callable[[StagedCamera], StagedCamera]


def never() -> bool:
    return False


def shows(recorder: Recorder, what: str) -> Callable[[], bool]:
    return lambda: bool(recorder.pictures) and kind(recorder.pictures[-1]) == what


def kind(picture: Picture) -> str:
    known = {"group": GROUP, "cat": CAT, "mirrored cat": MIRRORED_CAT, "black": 0 * GROUP}
    distances = {name: np.abs(picture.astype(int) - one).mean() for name, one in known.items()}
    return min(distances, key=lambda name: distances[name])


def recorded(path: Path) -> list[Picture]:
    with VideoReader(path) as reader:
        return [frame.to_bgr() for frame in reader]


def test_viewers_see_black_while_the_picture_scores_high(
    plan: LivePlan, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[LiveStats] = []
    plan = choosing(plan, safeguard=LOW, virtual_camera=VirtualCameraOptions())
    with virtual_camera(Recorder()) as recorder, caplog.at_level(logging.INFO, "dlc"):
        shows_cat, shows_black = shows(recorder, "cat"), shows(recorder, "black")

        def is_told() -> bool:
            return shows_black() and any(stats.refused_frames for stats in told)

        connect(StagedCamera((CAT, shows_cat), (GROUP, is_told), (CAT, shows_cat)))
        result = run_live(plan, painting(Painter()), progress=told.append)
    scenes = [name for name, _ in groupby(map(kind, recorder.pictures))]
    # Whether some of the group is seen first depends on how soon it is looked at.
    assert [name for name in scenes if name != "group"] == ["cat", "black", "cat"]
    assert "group" not in scenes[scenes.index("black") :]
    messages = [record.getMessage() for record in caplog.records]
    (warning,) = (text for text in messages if "seems to show nudity" in text)
    assert re.search(r"score 0\.\d\d", warning)
    assert sum("seems harmless again" in text for text in messages) == 1
    assert result.ended_by is LiveEnd.SOURCE
    assert 0 < result.stats.refused_frames < result.frames


def test_a_picture_that_goes_on_scoring_high_ends_the_run_and_leaves_nothing(
    plan: LivePlan, connect: Connect, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera = StagedCamera((GROUP, never))
    connect(camera)
    plan = choosing(plan, safeguard=REFUSING, virtual_camera=VirtualCameraOptions())
    looks: list[str] = []

    def is_seen() -> bool:
        """Let the last look wait for viewers, whom a busy machine may leave far behind."""
        return looks.count("pipeline-safeguard") < REFUSING.in_a_row or shows(recorder, "black")()

    monkeypatch.setattr(NsfwClassifier, "score", patient(NsfwClassifier.score, is_seen, looks))
    with (
        virtual_camera(Recorder()) as recorder,
        pytest.raises(
            SafeguardError, match=r"the camera's picture at 0\.0 s .* nothing was written"
        ) as info,
    ):
        run_live(plan, painting(Painter()))
    assert info.value.exit_code == 15
    assert camera.closed
    assert list(folder.iterdir()) == []
    assert kind(recorder.pictures[-1]) == "black"


def test_a_file_that_was_to_be_replaced_survives_a_refusal(
    plan: LivePlan, connect: Connect, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "out.mp4").write_bytes(b"precious")
    connect(StagedCamera((GROUP, never)))
    plan = choosing(plan, safeguard=REFUSING, overwrite=True)
    with pytest.raises(SafeguardError), caplog.at_level(logging.INFO, "dlc"):
        run_live(plan, painting(Painter()))
    assert (folder / "out.mp4").read_bytes() == b"precious"
    assert not any("frames are in" in record.getMessage() for record in caplog.records)


def test_a_refusal_is_told_rather_than_what_ends_the_run_in_the_same_moment(
    plan: LivePlan, connect: Connect, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = threading.Event()
    monkeypatch.setattr(NsfwClassifier, "score", patient(NsfwClassifier.score, lost.is_set))
    camera = StagedCamera((GROUP, never))
    connect(camera)
    read = camera.read

    def unplugged() -> LiveFrame | None:
        if camera.frames < 5:
            return read()
        lost.set()
        raise CameraError("unplugged")

    monkeypatch.setattr(camera, "read", unplugged)
    with pytest.raises(SafeguardError):
        run_live(choosing(plan, safeguard=replace(LOW, in_a_row=1)), painting(Painter()))
    assert list(folder.iterdir()) == []


def test_a_run_that_is_stopped_while_it_shows_black_keeps_its_file(
    plan: LivePlan, connect: Connect, folder: Path
) -> None:
    cancel = CancelToken()

    def stop_at_black(stats: LiveStats) -> None:
        # A frame may be refused already, and the one before it still be the last in the file.
        if stats.refused_frames and shows(recorder, "black")():
            cancel.set()

    connect(StagedCamera((GROUP, never)))
    plan = choosing(plan, safeguard=LOW, virtual_camera=VirtualCameraOptions())
    with virtual_camera(Recorder()) as recorder:
        result = run_live(plan, painting(Painter()), progress=stop_at_black, cancel=cancel)
    assert result.ended_by is LiveEnd.REQUEST
    assert kind(recorded(folder / "out.mp4")[-1]) == "black"


def test_a_photo_that_is_refused_ends_the_run_before_the_first_frame(
    plan: LivePlan, connect: Connect, folder: Path
) -> None:
    camera = connect(StagedCamera((CAT, never)))
    painter = Painter()
    plan = choosing(plan, safeguard=SafeguardPolicy(threshold=0.01))
    with pytest.raises(SafeguardError, match=r"the photo .*astronaut\.png"):
        run_live(plan, painting(painter))
    assert (painter.sources, camera.frames, camera.closed) == ([], 0, True)
    assert list(folder.iterdir()) == []


Score = Callable[[NsfwClassifier, Picture], float]


def patient(score: Score, ready: Callable[[], bool], looks: list[str] | None = None) -> Score:
    """Return a score that comes only when something is so, except for photos.

    The names of the threads that look are appended to `looks`.
    """

    def waiting(classifier: NsfwClassifier, bgr: Picture) -> float:
        name = threading.current_thread().name
        if looks is not None:
            looks.append(name)
        deadline = time.monotonic() + PATIENCE
        while name != "MainThread" and not ready():
            assert time.monotonic() < deadline
            time.sleep(0.002)
        return score(classifier, bgr)

    return waiting


def test_pictures_are_shown_while_one_of_them_is_looked_at(
    plan: LivePlan, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []
    plan = choosing(plan, safeguard=LOW, output=None, virtual_camera=VirtualCameraOptions())
    with virtual_camera(Recorder()) as recorder:

        def is_looked_at() -> bool:
            return shows(recorder, "cat")() and "pipeline-safeguard" in looks

        # The first look lasts until another picture is shown than the one before it.
        shows_next = shows(recorder, "mirrored cat")
        connect(StagedCamera((CAT, is_looked_at), (MIRRORED_CAT, shows_next)))
        score = patient(NsfwClassifier.score, shows_next, looks)
        monkeypatch.setattr(NsfwClassifier, "score", score)
        result = run_live(plan, painting(Painter()))
    assert result.frames > 1
    assert result.stats.refused_frames == 0
    assert set(looks) == {"MainThread", "pipeline-safeguard"}


def test_what_viewers_see_turns_black_without_waiting_for_the_next_picture(
    plan: LivePlan, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = choosing(plan, safeguard=LOW, virtual_camera=VirtualCameraOptions(), label=LABEL)
    with virtual_camera(Recorder()) as recorder:
        camera = StagedCamera((GROUP, lambda: camera.frames > 0), (None, shows(recorder, "black")))
        connect(camera)
        score = patient(NsfwClassifier.score, lambda: bool(recorder.pictures))
        monkeypatch.setattr(NsfwClassifier, "score", score)
        result = run_live(plan, painting(Painter()))
    assert result.frames == 1
    assert [kind(picture) for picture in recorded(plan.options.output or Path())] == [
        "group",
        "black",
    ]
    assert has_label(recorder.pictures[-1])


def test_callers_may_have_a_safeguard_of_their_own(
    plan: LivePlan, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unwanted(_: NsfwClassifier, __: Picture) -> float:
        raise AssertionError("nothing is to be looked at")

    monkeypatch.setattr(NsfwClassifier, "score", unwanted)
    camera = StagedCamera((GROUP, lambda: camera.frames >= 10))
    connect(camera)
    assert run_live(choosing(plan, safeguard=None), painting(Painter())).frames > 0


def has_label(picture: Picture) -> bool:
    return bool(picture[-16:, :120].max() > 180)


@pytest.mark.parametrize("no_face", list(NoFace))
def test_the_label_is_in_every_recorded_frame(
    plan: LivePlan, connect: Connect, folder: Path, no_face: NoFace
) -> None:
    plan = choosing(plan, label=LABEL, no_face=no_face, virtual_camera=VirtualCameraOptions())
    with virtual_camera(Recorder()) as recorder:
        camera = StagedCamera(
            (CAT, lambda: bool(recorder.pictures)),
            (GROUP, lambda: camera.frames >= 16),
            (CAT, lambda: camera.frames >= 24),
        )
        connect(camera)
        result = run_live(plan, painting(Painter()))
    pictures = recorded(folder / "out.mp4")
    assert pictures
    assert (result.stats.hidden_frames > 0) is (no_face is not NoFace.PASS)
    assert all(map(has_label, pictures))
    assert not has_label(GROUP)
    assert not has_label(CAT)


def manifest_of(path: Path) -> Manifest:
    manifest = read_manifest(path)
    assert manifest is not None
    assert manifest.is_intact
    return manifest


@pytest.mark.parametrize("ending", ["source", "lost", "stopped"])
def test_a_recording_is_signed_however_the_run_ends(
    plan: LivePlan, connect: Connect, folder: Path, ending: str
) -> None:
    cancel = CancelToken()
    lost = CameraError("the camera was unplugged") if ending == "lost" else None
    until = never if ending == "stopped" else (lambda: camera.frames >= 10)
    camera = StagedCamera((GROUP, until), ending=lost)
    connect(camera)

    def stop(stats: LiveStats) -> None:
        if (
            stats.latency_p50_ms is not None
        ):  # a run that is stopped before is given up, and there is no recording
            cancel.set()

    with pytest.raises(CameraError, match="unplugged") if lost else nullcontext():
        run_live(plan, painting(Painter()), progress=stop, cancel=cancel)
    manifest = manifest_of(folder / "out.mp4")
    assert manifest.actions == ("c2pa.created",)
    assert manifest.source_types == ("compositeWithTrainedAlgorithmicMedia",)
    digest = hashlib.sha256(plan.assignments[0].source[0].read_bytes()).hexdigest()
    assert manifest.statement == {
        "engine": "mesh",
        "options": {"faces": "all", "no_face": "pass", "mirror": False},
        "inputs": [{"role": "source", "sha256": digest}],
    }
    content = (folder / "out.mp4").read_bytes()
    assert b"neighbor" not in content
    assert b"astronaut" not in content


def test_a_file_that_is_played_is_what_was_edited(plan: LivePlan, folder: Path) -> None:
    target = folder / "secretname.mp4"
    clips.write_clip(target, clips.Clip(320, 180, seconds=0.5))
    run_live(replace(plan, camera=str(target)), painting(Painter()))
    manifest = manifest_of(folder / "out.mp4")
    assert manifest.actions == ("c2pa.opened", "c2pa.edited")
    roles = [known["role"] for known in (manifest.statement or {})["inputs"]]
    assert roles == ["source", "target"]
    assert b"secretname" not in (folder / "out.mp4").read_bytes()


@pytest.mark.parametrize(
    ("name", "signed", "note"),
    [
        ("out.mp4", False, "no signed provenance manifest, as asked for"),
        ("out.mkv", True, ".mkv has no room for a signed provenance manifest"),
    ],
)
def test_what_is_not_signed_is_noted(
    plan: LivePlan,
    connect: Connect,
    folder: Path,
    caplog: pytest.LogCaptureFixture,
    name: str,
    signed: bool,
    note: str,
) -> None:
    camera = StagedCamera((GROUP, lambda: camera.frames >= 5))
    connect(camera)
    plan = choosing(plan, output=folder / name, provenance=ProvenanceOptions(signed=signed))
    with caplog.at_level(logging.INFO, "dlc"):
        run_live(plan, painting(Painter()))
    assert note in [record.getMessage() for record in caplog.records]
    assert read_manifest(folder / name) is None
