"""Who is who in segments: as in those before, whether a run was killed between them or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import pytest

from dlc.errors import Cancelled
from dlc.media.opening import open_target
from dlc.options import EncodeOptions, Engine, ResumeOptions, SwapOptions
from dlc.pipeline import CancelToken
from dlc.workflows.batch.plan import SwapPlan
from dlc.workflows.batch.resume import run_resumable
from dlc.workflows.engines.engine import LoadedEngine
from dlc.workflows.people.assignment import Assignment
from dlc.workflows.progress import Progress
from dlc.workflows.result import SwapResult
from tests import clips
from tests.faults import files
from tests.workflows import two_people
from tests.workflows.painter import BLUE, GREEN

SECOND = ResumeOptions(segment_seconds=1.0)
FPS = 15
# Bela is seen alone at first; then the camera pans to the left, where Anna is, too, and stays.
BELA_ALONE, BOTH = clips.View(825.0, 415.0, 400.0), clips.View(655.0, 395.0, 430.0)
PAN, STAY = 0.6, 2.4


def write_pan(path: Path, moves: list[clips.Clip]) -> Path:
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": "14"})
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for move in moves:
            for bgr in clips.camera_frames(clips.group(), move):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(bgr, format="bgr24")))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(scope="module")
def portraits(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return two_people.write_portraits(tmp_path_factory.mktemp("portraits"))


@pytest.fixture
def plan(
    portraits: tuple[Path, Path], astronaut_file: Path, group_file: Path, tmp_path: Path
) -> SwapPlan:
    """Return a swap in which the first one asked for is painted blue, and the second one green.

    Its target is still to be written.
    """
    anna, bela = portraits
    assignments = (Assignment((bela,), (astronaut_file,)), Assignment((anna,), (group_file,)))
    options = SwapOptions(encoding=EncodeOptions(quality=20), resume=SECOND, threads=2)
    target, output = tmp_path / "clip.mp4", tmp_path / "alone.mp4"
    return SwapPlan(assignments, target, output, options, Engine.MESH, "for a test")


def stopped_after(frames: int, plan: SwapPlan, load: Callable[[int], LoadedEngine]) -> SwapResult:
    """Return what a run tells that goes on after one that was stopped."""
    cancel = CancelToken()

    def stop(progress: Progress) -> None:
        if progress.frames == frames:
            cancel.set()

    with pytest.raises(Cancelled, match=r"finished segments? (is|are) kept"):
        run_resumable(plan, load, SECOND, progress=stop, cancel=cancel)
    return run_resumable(plan, load, SECOND)


def test_people_by_place_stay_who_they_were(
    plan: SwapPlan, group_file: Path, tmp_path: Path
) -> None:
    """An engine that sees both from its first frame on would take Anna for the first one."""
    arriving = [
        clips.Clip(640, 360, FPS, PAN, BELA_ALONE, BOTH),
        clips.Clip(640, 360, FPS, STAY, BOTH, BOTH),
    ]
    write_pan(plan.target, arriving)
    plan = replace(
        plan, assignments=(*plan.assignments, Assignment((group_file,), plan.assignments[0].source))
    )

    def load(_: int) -> LoadedEngine:
        return two_people.mesh_engine()

    alone = run_resumable(plan, load, SECOND)
    resumed = tmp_path / "resumed.mp4"
    again = stopped_after(35, replace(plan, output=resumed), load)
    assert "2 of 3 segments were there already" in again.notes
    assert files.frames(resumed) == files.frames(plan.output)
    assert (again.frames, again.faces) == (alone.frames, alone.faces)
    by_place, missed = alone.notes[-2:]
    assert "from the left" in by_place
    assert missed == f"nobody in the target was recognized as {group_file}"
    assert again.notes[-2:] == (by_place, missed)
    with open_target(resumed) as reader:
        for frame in reader:
            # Anna is found within a moment.
            if frame.time < PAN + 0.2:
                continue
            bgr = frame.to_bgr()
            assert two_people.colors(bgr[:, :320]) == {GREEN}, frame.time
            assert two_people.colors(bgr[:, 320:]) == {BLUE}, frame.time


def test_who_was_seen_in_one_segment_alone_was_seen(plan: SwapPlan, tmp_path: Path) -> None:
    """Anna is gone after the first half of a second."""
    leaving = [
        clips.Clip(640, 360, FPS, 0.4, BOTH, BELA_ALONE),
        clips.Clip(640, 360, FPS, 2.6, BELA_ALONE, BELA_ALONE),
    ]
    recognizer = two_people.write_recognizer(tmp_path / "two.onnx")
    write_pan(plan.target, leaving)

    def load(_: int) -> LoadedEngine:
        return two_people.mesh_engine(recognizer)

    alone = run_resumable(plan, load, SECOND)
    resumed = tmp_path / "resumed.mp4"
    again = stopped_after(35, replace(plan, output=resumed), load)
    assert files.frames(resumed) == files.frames(plan.output)
    assert again.notes == ("2 of 3 segments were there already", *alone.notes)
    assert not [note for note in again.notes if "recognized as" in note]
