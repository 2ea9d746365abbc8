"""Swaps in segments: what they are made of, what stops them, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from dlc.errors import (
    Cancelled,
    DamagedInputError,
    NoFaceError,
    OptionError,
    OutputError,
    StageError,
)
from dlc.faces.face import Face
from dlc.media.opening import open_target
from dlc.media.provenance.inspection import read_manifest
from dlc.options import EncodeOptions, Engine, ResumeOptions, SwapOptions
from dlc.pipeline import CancelToken
from dlc.workflows.batch.plan import SwapPlan
from dlc.workflows.batch.resume import run_resumable
from dlc.workflows.batch.resume_identity import identity_of
from dlc.workflows.batch.run import run_swap
from dlc.workflows.checks import check_swap
from dlc.workflows.engines.engine import LoadedEngine
from dlc.workflows.people.assignment import Assignment
from dlc.workflows.progress import Progress
from dlc.workflows.result import ModelUse
from tests import clips
from tests.faults import files
from tests.workflows.painter import Painter, green_share, painting

SECOND = ResumeOptions(segment_seconds=1.0)
FAST = SwapOptions(encoding=EncodeOptions(quality=28), resume=SECOND, threads=2)
FRAMES = 22


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return 2.2 seconds of two faces, 320 x 180, ten frames a second, with a tone."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    view = clips.View(650.0, 370.0, 640.0)
    clips.write_clip(path, clips.Clip(320, 180, 10, 2.2, view, view))
    return path


@pytest.fixture
def plan(astronaut_file: Path, clip: Path, tmp_path: Path) -> SwapPlan:
    return SwapPlan(
        (Assignment((), (astronaut_file,)),),
        clip,
        tmp_path / "out.mp4",
        FAST,
        Engine.MESH,
        "for a test",
    )


def test_the_segments_make_the_whole(plan: SwapPlan, tmp_path: Path) -> None:
    told: list[Progress] = []
    result = run_resumable(plan, painting(Painter()), SECOND, progress=told.append)
    plain = replace(plan, output=tmp_path / "plain.mp4")
    alike = run_swap(plain, painting(Painter()))
    assert [progress.frames for progress in told] == list(range(1, FRAMES + 1))
    assert (result.frames, result.faces, result.faces_left) == (FRAMES, alike.faces, 0)
    assert [at for at, _ in files.frames(plan.output)] == [
        at for at, _ in files.frames(plain.output)
    ]
    assert files.sound(plan.output) == files.sound(plain.output)
    assert read_manifest(plan.output) is not None
    assert [stage.name for stage in result.pipeline.stages][-1] == "encode"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_stopped_run_goes_on(plan: SwapPlan, tmp_path: Path) -> None:
    cancel = CancelToken()

    def stop(progress: Progress) -> None:
        if progress.frames == 14:
            cancel.set()

    with pytest.raises(Cancelled, match="1 finished segment is kept"):
        run_resumable(plan, painting(Painter()), SECOND, progress=stop, cancel=cancel)
    assert not plan.output.exists()
    result = run_resumable(plan, painting(Painter()), SECOND)
    assert result.frames == FRAMES
    assert "1 of 3 segments were there already" in result.notes
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]


def test_faces_that_are_left_are_where_they_are_in_a_run_without_segments(
    plan: SwapPlan, tmp_path: Path
) -> None:
    def refusing() -> Painter:
        return Painter(refuses=lambda face: bool(face.box[0] < 160))

    cancel = CancelToken()

    def stop(progress: Progress) -> None:
        if progress.frames == 14:
            cancel.set()

    plain = run_swap(replace(plan, output=tmp_path / "plain.mp4"), painting(refusing()))
    with pytest.raises(Cancelled, match="1 finished segment is kept"):
        run_resumable(plan, painting(refusing()), SECOND, progress=stop, cancel=cancel)
    result = run_resumable(plan, painting(refusing()), SECOND)
    assert result.passages_left == plain.passages_left
    assert sum(passage.faces for passage in result.passages_left) == result.faces_left > 0


def test_a_run_without_segments_names_those_that_were_left(plan: SwapPlan, tmp_path: Path) -> None:
    cancel = CancelToken()
    plan = replace(plan, options=replace(FAST, end=1.2))

    def stop(progress: Progress) -> None:
        if progress.frames == 11:
            cancel.set()

    with pytest.raises(Cancelled):
        run_resumable(plan, painting(Painter()), SECOND, progress=stop, cancel=cancel)

    notes = run_swap(plan, painting(Painter())).notes

    [note] = [each for each in notes if "segments of a run that was not finished" in each]
    assert str(tmp_path / ".out.mp4.dlc-resume") in note
    # What it says can be done is possible, and then there is nothing to say any more.
    plan = replace(plan, options=replace(plan.options, overwrite=True))
    notes = run_resumable(plan, painting(Painter()), SECOND).notes
    assert "1 of 2 segments were there already" in notes
    assert not any("not finished" in each for each in notes)
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]


def test_other_models_do_not_go_on(plan: SwapPlan) -> None:
    cancel = CancelToken()

    def stop(progress: Progress) -> None:
        if progress.frames == 14:
            cancel.set()

    def with_recognizer(name: str) -> Callable[[int], LoadedEngine]:
        use = ModelUse("recognizer", name, "CPUExecutionProvider", "it is there")
        return lambda threads: replace(painting(Painter())(threads), models=(use,))

    with pytest.raises(Cancelled, match="1 finished segment is kept"):
        run_resumable(plan, with_recognizer("a.onnx"), SECOND, progress=stop, cancel=cancel)
    with pytest.raises(OutputError, match=r"a\.onnx by CPU.*now it would be b\.onnx by CPU"):
        run_resumable(plan, with_recognizer("b.onnx"), SECOND)
    assert run_resumable(plan, with_recognizer("a.onnx"), SECOND).frames == FRAMES


def test_damage_ends_with_what_reads_past_it(
    plan: SwapPlan, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    damaged = tmp_path / "damaged.mp4"
    data = bytearray(plan.target.read_bytes())
    with av.open(plan.target) as container:
        at = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    for position, size in at[14:17]:
        data[position : position + size] = np.random.default_rng(position).bytes(size)
    damaged.write_bytes(data)
    plan = replace(plan, target=damaged)

    with pytest.raises(
        DamagedInputError,
        match="pass `allow_damaged=True` to process what can be read, and leave out `resume`",
    ):
        run_resumable(plan, painting(Painter()), SECOND)

    assert not plan.output.exists()
    assert "1 finished segment is kept in" in caplog.text
    assert "delete it, unless the target was read badly only once" in caplog.text
    plan = replace(plan, options=replace(FAST, resume=None, allow_damaged=True))
    assert 16 < run_swap(plan, painting(Painter())).frames < FRAMES


def test_nothing_is_kept_where_nothing_is_finished(plan: SwapPlan, tmp_path: Path) -> None:
    def failing(_: Face) -> bool:
        raise ValueError("broken")

    with pytest.raises(StageError, match="broken"):
        run_resumable(plan, painting(Painter(refuses=failing)), SECOND)
    assert list(tmp_path.iterdir()) == []


def test_segments_without_any_swapped_face_are_no_copy(plan: SwapPlan, tmp_path: Path) -> None:
    with pytest.raises(NoFaceError):
        run_resumable(plan, painting(Painter(refuses=lambda _: True)), SECOND)
    assert list(tmp_path.iterdir()) == []


def test_a_picture_has_no_segments(plan: SwapPlan, astronaut_file: Path, tmp_path: Path) -> None:
    plan = replace(plan, target=astronaut_file, output=tmp_path / "out.png")
    with pytest.raises(OptionError, match="is a picture"):
        run_resumable(plan, painting(Painter()), SECOND)


@pytest.mark.parametrize(
    "change",
    [
        {"contact_sheet": Path("sheet.png")},
        {"keep_partial": True},
        {"allow_damaged": True},
        {"resume": ResumeOptions(segment_seconds=0.5)},
        {"resume": ResumeOptions(segment_seconds=float("nan"))},
    ],
)
def test_what_does_not_go_with_segments_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(OptionError):
        check_swap(replace(FAST, **change), has_source=True)


def test_segments_are_scaled_and_belong_to_a_height(plan: SwapPlan) -> None:
    small = replace(plan, options=replace(FAST, encoding=EncodeOptions(quality=28, height=120)))
    assert identity_of(small, 2)["encoding"] != identity_of(plan, 2)["encoding"]
    assert run_resumable(small, painting(Painter()), SECOND).frames == FRAMES
    with open_target(plan.output) as ours, open_target(plan.target) as theirs:
        for mine, yours in zip(ours, theirs, strict=True):
            assert (mine.width, mine.height) == (214, 120)
            assert mine.time == yours.time
            assert green_share(mine.to_bgr()) > 0.005
