"""A whole swap with real files and real face finding; only the new faces are paint."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from dlc.errors import (
    Cancelled,
    NoFaceError,
    OutputError,
    ProvenanceError,
    SafeguardError,
    StageError,
)
from dlc.faces.face import Face
from dlc.geometry import Box
from dlc.media.opening import open_target
from dlc.media.provenance.inspection import read_manifest, read_note
from dlc.media.provenance.signing import ManifestSigner
from dlc.options import (
    EncodeOptions,
    Engine,
    FaceChoice,
    ProvenanceOptions,
    SafeguardPolicy,
    SwapOptions,
)
from dlc.pipeline import CancelToken
from dlc.workflows.batch.contact_sheet import CELL_SIZE
from dlc.workflows.batch.plan import SwapPlan
from dlc.workflows.batch.run import run_swap
from dlc.workflows.people.assignment import Assignment
from dlc.workflows.progress import Progress
from tests import clips
from tests.workflows.painter import Painter, green_share, painting

FRAMES = 12
FAST = SwapOptions(encoding=EncodeOptions(quality=28))


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a few small frames of the group photo under a moving camera, with a tone."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    clips.write_clip(path, clips.Clip(width=640, height=360, seconds=FRAMES / 30))
    return path


@pytest.fixture
def plan(astronaut_file: Path, clip: Path, folder: Path) -> SwapPlan:
    return SwapPlan(
        (Assignment((), (astronaut_file,)),),
        clip,
        folder / "out.mp4",
        FAST,
        Engine.MESH,
        "for a test",
    )


def shares(path: Path) -> list[float]:
    """Return how much of every frame of a file is painted."""
    with open_target(path) as reader:
        return [green_share(frame.to_bgr()) for frame in reader]


def test_every_frame_is_swapped_and_counted(plan: SwapPlan) -> None:
    painter = Painter()
    result = run_swap(plan, painting(painter))
    painted = shares(plan.output)
    assert len(painted) == result.frames == FRAMES
    assert min(painted) > 0.005
    assert result.faces >= 4 * FRAMES
    assert (result.faces_left, result.frames_lost, result.notes) == (0, 0, ())
    assert (result.output, result.contact_sheet) == (plan.output, None)
    assert (result.engine, result.engine_reason) == (Engine.MESH, "for a test")
    assert [(stage.name, stage.items) for stage in result.pipeline.stages] == [
        (name, FRAMES) for name in ("decode", "check", "find", "swap", "paste", "encode")
    ]
    assert 0 < result.pipeline.wall_seconds <= result.processing_seconds <= result.seconds
    assert result.fps == pytest.approx(FRAMES / result.processing_seconds)


def test_the_swapper_learns_the_source_before_the_first_frame(plan: SwapPlan) -> None:
    painter = Painter()
    run_swap(plan, painting(painter))
    ((photo, face),) = painter.sources
    assert (photo.width, photo.height) == (512, 512)
    assert face.landmarks is not None


def test_progress_is_told_after_every_frame(plan: SwapPlan) -> None:
    told: list[Progress] = []
    result = run_swap(plan, painting(Painter()), progress=told.append)
    assert [progress.frames for progress in told] == list(range(1, FRAMES + 1))
    assert {progress.total for progress in told} == {FRAMES}
    assert told[-1].faces == result.faces
    seconds = [progress.seconds for progress in told]
    assert seconds == sorted(seconds)


@pytest.mark.parametrize("choice", [FaceChoice.LARGEST, FaceChoice.LEFT, FaceChoice.RIGHT])
def test_one_face_a_frame_where_one_was_chosen(plan: SwapPlan, choice: FaceChoice) -> None:
    result = run_swap(replace(plan, options=replace(FAST, faces=choice)), painting(Painter()))
    assert result.faces == FRAMES


def test_faces_the_swapper_refuses_are_counted_as_left(plan: SwapPlan) -> None:
    def on_the_left(face: Face) -> bool:
        return bool(face.box[0] < 320)

    everything = run_swap(plan, painting(Painter()))
    plan = replace(plan, output=plan.output.with_name("some.mp4"))
    some = run_swap(plan, painting(Painter(refuses=on_the_left)))
    assert some.faces_left > 0
    assert some.faces > 0
    assert some.faces + some.faces_left == everything.faces
    # They are there in every frame, from the first to the last.
    (passage,) = some.passages_left
    assert (passage.begin, passage.end) == (0.0, pytest.approx((FRAMES - 1) / 30))
    assert passage.faces == some.faces_left
    assert everything.passages_left == ()


def test_a_part_of_the_target(plan: SwapPlan) -> None:
    options = replace(FAST, start=0.1, end=0.2)
    result = run_swap(replace(plan, options=options), painting(Painter()))
    assert result.frames == 3
    assert len(shares(plan.output)) == 3


def test_a_picture_is_a_target_of_one_frame(plan: SwapPlan, group_file: Path, folder: Path) -> None:
    plan = replace(plan, target=group_file, output=folder / "out.png")
    result = run_swap(plan, painting(Painter()))
    assert result.frames == 1
    assert result.faces >= 4
    picture = cv2.imread(str(plan.output))
    assert picture.shape == (886, 1280, 3)
    assert green_share(picture) > 0.005


def test_the_contact_sheet_shows_moments_of_the_run(plan: SwapPlan, folder: Path) -> None:
    sheet = folder / "sheet.png"
    options = replace(FAST, contact_sheet=sheet, contact_sheet_rows=3)
    result = run_swap(replace(plan, options=options), painting(Painter()))
    assert result.contact_sheet == sheet
    picture = cv2.imread(str(sheet))
    results = picture.shape[1] - CELL_SIZE - 20
    assert picture.shape[0] > 3 * CELL_SIZE * 360 // 640
    assert green_share(picture[:, :results]) == 0, "the faces of source and target are not painted"
    assert green_share(picture[:, results:]) > 0.005


def test_several_photos_are_all_learned(
    plan: SwapPlan, astronaut_file: Path, group_file: Path
) -> None:
    painter = Painter()
    everybody = Assignment((), (astronaut_file, group_file))
    run_swap(replace(plan, assignments=(everybody,)), painting(painter))
    assert [photo.width for photo, _ in painter.sources] == [512, 1280]


def test_a_target_without_any_face_is_an_error_and_no_copy(plan: SwapPlan, folder: Path) -> None:
    target = folder / "wall.png"
    cv2.imwrite(str(target), np.full((240, 320, 3), 128, np.uint8))
    plan = replace(plan, target=target, output=folder / "out.png")
    with pytest.raises(NoFaceError, match=r"no face in .*wall\.png"):
        run_swap(plan, painting(Painter()))
    assert not plan.output.exists()


def test_faces_that_cannot_be_swapped_are_no_copy_either(plan: SwapPlan) -> None:
    sheet = plan.output.with_name("sheet.png")
    plan = replace(plan, options=replace(FAST, contact_sheet=sheet))
    with pytest.raises(NoFaceError, match="credibly"):
        run_swap(plan, painting(Painter(refuses=lambda _: True)))
    assert not plan.output.exists()
    assert not sheet.exists()


@pytest.mark.parametrize("keep_partial", [False, True])
def test_a_failing_stage_is_named_and_leaves_nothing(plan: SwapPlan, keep_partial: bool) -> None:
    seen = 0

    def failing(_: Face) -> bool:
        nonlocal seen
        seen += 1
        if seen > 4 * 6:
            raise ZeroDivisionError("division by zero")
        return False

    plan = replace(plan, options=replace(FAST, keep_partial=keep_partial))
    with pytest.raises(StageError, match="stage 'swap' failed: ZeroDivisionError"):
        run_swap(plan, painting(Painter(refuses=failing)))
    assert not plan.output.exists()


def stopping_at(frame: int, stop: Callable[[], None]) -> Callable[[Progress], None]:
    def progress(moment: Progress) -> None:
        if moment.frames == frame:
            stop()

    return progress


def test_a_stopped_run_leaves_nothing(plan: SwapPlan) -> None:
    cancel = CancelToken()
    with pytest.raises(Cancelled, match="nothing was kept"):
        run_swap(plan, painting(Painter()), progress=stopping_at(3, cancel.set), cancel=cancel)
    assert not plan.output.exists()


def test_a_run_that_is_stopped_after_one_frame_counts_it_as_one(plan: SwapPlan) -> None:
    def stop(_: Progress) -> None:
        raise Cancelled("enough")

    plan = replace(plan, options=replace(FAST, end=0.001))
    with pytest.raises(Cancelled, match="stopped after 1 frame; nothing was kept"):
        run_swap(plan, painting(Painter()), progress=stop)


def test_a_stopped_run_keeps_what_was_asked_for_playable(plan: SwapPlan) -> None:
    cancel = CancelToken()
    plan = replace(plan, options=replace(FAST, keep_partial=True))
    with pytest.raises(Cancelled, match=r"out\.mp4"):
        run_swap(plan, painting(Painter()), progress=stopping_at(3, cancel.set), cancel=cancel)
    painted = shares(plan.output)
    assert 3 <= len(painted) < FRAMES
    assert min(painted) > 0.005


def test_a_run_stopped_before_it_begins_does_nothing(plan: SwapPlan) -> None:
    cancel = CancelToken()
    cancel.set()
    painter = Painter()
    with pytest.raises(Cancelled):
        run_swap(plan, painting(painter), cancel=cancel)
    assert painter.sources == []
    assert not plan.output.exists()


def test_an_interrupt_in_the_callers_callback_leaves_nothing(plan: SwapPlan) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_swap(plan, painting(Painter()), progress=stopping_at(3, interrupt))
    assert not plan.output.exists()


def test_an_output_that_exists_stays_as_it_is(plan: SwapPlan) -> None:
    plan.output.write_bytes(b"precious")
    with pytest.raises(OutputError, match="exists already"):
        run_swap(plan, painting(Painter()))
    assert plan.output.read_bytes() == b"precious"


def test_an_output_that_exists_survives_a_failure_even_with_overwrite(plan: SwapPlan) -> None:
    plan.output.write_bytes(b"precious")
    plan = replace(plan, options=replace(FAST, overwrite=True))
    with pytest.raises(NoFaceError):
        run_swap(plan, painting(Painter(refuses=lambda _: True)))
    assert plan.output.read_bytes() == b"precious"


def test_the_target_itself_is_not_touched(plan: SwapPlan, clip: Path) -> None:
    before = clip.read_bytes()
    run_swap(plan, painting(Painter()))
    assert clip.read_bytes() == before


@pytest.mark.parametrize("in_a_row", [1, 3, 100])
def test_a_target_that_is_refused_leaves_nothing(
    plan: SwapPlan, folder: Path, in_a_row: int
) -> None:
    # The photo scores 0.03, and the frames that are looked at 0.06 and more.
    policy = SafeguardPolicy(threshold=0.04, frames_per_second=3.0, in_a_row=in_a_row)
    options = replace(FAST, keep_partial=True, contact_sheet=folder / "s.png", safeguard=policy)
    with pytest.raises(
        SafeguardError, match=r"the target at 0\.0 s .* nothing was written"
    ) as info:
        run_swap(replace(plan, options=options), painting(Painter()))
    assert info.value.exit_code == 15
    assert list(folder.iterdir()) == []


def test_a_photo_that_is_refused_stops_the_run_before_the_first_frame(plan: SwapPlan) -> None:
    painter = Painter()
    options = replace(FAST, safeguard=SafeguardPolicy(threshold=0.0))
    with pytest.raises(SafeguardError, match=r"the photo .*astronaut\.png"):
        run_swap(replace(plan, options=options), painting(painter))
    assert painter.sources == []
    assert not plan.output.exists()


def test_callers_may_have_a_safeguard_of_their_own(plan: SwapPlan) -> None:
    result = run_swap(replace(plan, options=replace(FAST, safeguard=None)), painting(Painter()))
    assert "check" not in [stage.name for stage in result.pipeline.stages]


def test_what_is_written_is_signed_and_intact(plan: SwapPlan, folder: Path) -> None:
    options = replace(FAST, contact_sheet=folder / "sheet.png")
    run_swap(replace(plan, options=options), painting(Painter()))
    for path in (plan.output, folder / "sheet.png"):
        manifest = read_manifest(path)
        assert manifest is not None
        assert manifest.is_intact
    statement = manifest.statement or {}
    assert statement["engine"] == "mesh"
    assert statement["inputs"] == [
        {"role": role, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for role, path in (("source", plan.sources[0]), ("target", plan.target))
    ]


def test_what_is_kept_of_a_stopped_run_is_signed_too(plan: SwapPlan) -> None:
    cancel = CancelToken()
    plan = replace(plan, options=replace(FAST, keep_partial=True))
    with pytest.raises(Cancelled):
        run_swap(plan, painting(Painter()), progress=stopping_at(3, cancel.set), cancel=cancel)
    manifest = read_manifest(plan.output)
    assert manifest is not None
    assert manifest.is_intact


def test_what_is_not_signed_is_noted(plan: SwapPlan, folder: Path) -> None:
    options = replace(FAST, provenance=ProvenanceOptions(signed=False))
    result = run_swap(replace(plan, options=options), painting(Painter()))
    assert result.notes == ("no signed provenance manifest, as asked for",)
    assert read_manifest(plan.output) is None
    assert read_note(plan.output, is_image=False) is not None
    result = run_swap(replace(plan, output=folder / "out.mkv"), painting(Painter()))
    assert ".mkv has no room for a signed provenance manifest" in result.notes


def test_a_key_that_is_of_no_use_is_known_before_any_work(plan: SwapPlan, folder: Path) -> None:
    pem = folder / "key.pem"
    pem.write_text("no key")
    painter = Painter()
    plan = replace(
        plan,
        options=replace(FAST, provenance=ProvenanceOptions(signed=True, certificate=pem, key=pem)),
    )
    with pytest.raises(ProvenanceError, match="give PEM files"):
        run_swap(plan, painting(painter))
    assert painter.sources == []
    assert not plan.output.exists()


@pytest.mark.parametrize("name", ["out.mp4", "out.png"])
def test_an_output_that_cannot_be_signed_leaves_nothing(
    plan: SwapPlan, group_file: Path, folder: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_signer: ManifestSigner, _source: Path, destination: Path) -> None:
        destination.write_bytes(b"half")
        raise ProvenanceError("no")

    monkeypatch.setattr(ManifestSigner, "sign", failing)
    target = group_file if name.endswith("png") else plan.target
    with pytest.raises(ProvenanceError, match="no"):
        run_swap(replace(plan, target=target, output=folder / name), painting(Painter()))
    assert list(folder.iterdir()) == []


def test_the_label_is_drawn_into_every_frame(plan: SwapPlan, folder: Path) -> None:
    plain = replace(plan, output=folder / "plain.mp4")
    for labeled in (plan, plain):
        options = replace(FAST, label=None if labeled is plain else "synthetic media")
        run_swap(replace(labeled, options=options), painting(Painter()))
    with open_target(plan.output) as first, open_target(plain.output) as second:
        for one, other in zip(first, second, strict=True):
            corner = Box(0, 342, 60, 360)
            assert one.region(corner).max() > 180
            assert np.abs(one.region(corner).astype(int) - other.region(corner)).mean() > 20


def test_opencv_keeps_the_threads_of_the_program_around_it(plan: SwapPlan) -> None:
    before = cv2.getNumThreads()
    inside: list[int] = []
    run_swap(plan, painting(Painter()), progress=lambda _: inside.append(cv2.getNumThreads()))
    assert set(inside) == {1}
    assert cv2.getNumThreads() == before


@pytest.mark.parametrize("height", [120, 720])
def test_the_output_may_have_another_height(plan: SwapPlan, folder: Path, height: int) -> None:
    plain = replace(plan, output=folder / "plain.mp4")
    encoding = EncodeOptions(quality=12, height=height)
    options = replace(
        FAST, encoding=encoding, label="synthetic media", contact_sheet=folder / "s.png"
    )
    result = run_swap(replace(plan, options=options), painting(Painter()))
    assert result.faces == run_swap(plain, painting(Painter())).faces
    with open_target(plan.output) as scaled, open_target(plain.output) as first:
        width = round(height * 640 / 360 / 2) * 2
        for small, large in zip(scaled, first, strict=True):
            assert (small.width, small.height) == (width, height)
            assert small.time == large.time
            ours, theirs = green_share(small.to_bgr()), green_share(large.to_bgr())
            assert ours == pytest.approx(theirs, rel=0.15)
            # White letters on a strip that is dark, and high enough for them to be read.
            strip = max(16, height // 20)
            assert small.region(Box(0, height - strip, 60, height)).max() > 180
            top, scale = height - strip + 1, 360 / height
            under = large.region(Box(0, int(top * scale), int(40 * scale), int((top + 2) * scale)))
            assert small.region(Box(0, top, 40, top + 2)).mean() < 0.7 * under.mean()
