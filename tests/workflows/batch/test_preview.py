"""A picture of one frame of a video, swapped as a run over the video would swap it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from dlc.compositing.patch import Patch
from dlc.errors import (
    DamagedInputError,
    EncoderError,
    InputError,
    NoFaceError,
    OptionError,
    SafeguardError,
)
from dlc.faces.face import Face
from dlc.media.frames.frame import Frame
from dlc.media.frames.upright_bgr import upright_bgr
from dlc.media.provenance.inspection import read_manifest, read_note
from dlc.media.video.reading.reader import VideoReader
from dlc.options import EncodeOptions, Engine, ResumeOptions, SafeguardPolicy, SwapOptions
from dlc.workflows.batch.plan import SwapPlan
from dlc.workflows.batch.preview import PreviewReader
from dlc.workflows.batch.resume import run_resumable
from dlc.workflows.batch.run import run_swap
from dlc.workflows.people.assignment import Assignment
from tests import clips
from tests.workflows.painter import Painter, green_share, painting


class Watcher(Painter):
    """Remembers when the frames that it saw were shown."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []

    def swap(self, frame: Frame, faces: list[Face]) -> list[Patch | None]:  # type: ignore[override]
        self.times.append(frame.time)
        return super().swap(frame, faces)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return 2.4 seconds of the group photo under a moving camera at 10 fps, 320 x 180."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    view = clips.View(650.0, 370.0, 640.0)
    clips.write_clip(path, clips.Clip(320, 180, 10, 2.4, clips.View(600.0, 350.0, 700.0), view))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Return where outputs go; no temporary file may be left."""
    yield tmp_path
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.fixture
def plan(astronaut_file: Path, clip: Path, folder: Path) -> SwapPlan:
    options = SwapOptions(start=2.05, threads=2)
    return SwapPlan(
        (Assignment((), (astronaut_file,)),),
        clip,
        folder / "out.png",
        options,
        Engine.MESH,
        "for a test",
    )


def with_options(plan: SwapPlan, **changes: object) -> SwapPlan:
    return replace(plan, options=replace(plan.options, **changes))


def test_the_frame_is_the_first_of_a_run_and_what_precedes_it_was_seen(
    plan: SwapPlan, clip: Path
) -> None:
    watcher = Watcher()
    result = run_swap(plan, painting(watcher))
    assert watcher.times == pytest.approx([0.1 * n for n in range(6, 22)])
    assert (result.frames, result.notes) == (1, ())
    assert result.faces >= 1
    shown = cv2.imread(str(plan.output))
    with VideoReader(clip, start=2.05) as reader:
        frame = next(iter(reader))
        before = upright_bgr(frame.native, reader.info.colors, reader.info.orientation)
    assert green_share(shown) > 0.005
    # The background is that very frame's, and no other's: the camera moves.
    assert np.array_equal(shown[:20], before[:20])


@pytest.mark.parametrize("start", [None, 0.0])
def test_without_a_start_it_is_the_first_frame(plan: SwapPlan, start: float | None) -> None:
    watcher = Watcher()
    run_swap(with_options(plan, start=start), painting(watcher))
    assert watcher.times == [0.0]


def test_the_last_frame_has_a_picture_as_well(plan: SwapPlan) -> None:
    watcher = Watcher()
    run_swap(with_options(plan, start=2.3), painting(watcher))
    assert watcher.times[-1] == pytest.approx(2.3)


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (2.35, r"begins at 2\.35 s or later: its last one begins at 2\.3 s"),
        (9.0, "past the end of"),
    ],
)
def test_a_start_beyond_the_end_is_the_error_of_a_video(
    plan: SwapPlan, start: float, words: str
) -> None:
    for name in ("out.png", "out.mp4"):
        there = with_options(replace(plan, output=plan.output.with_name(name)), start=start)
        with pytest.raises(OptionError, match=words):
            run_swap(there, painting(Painter()))
        assert not there.output.exists()


def test_what_one_frame_cannot_have_is_refused(plan: SwapPlan) -> None:
    with pytest.raises(OptionError, match=r"`end` has no meaning .*leave it out"):
        run_swap(with_options(plan, end=2.2), painting(Painter()))
    with pytest.raises(EncoderError, match="leave out `encoder`"):
        run_swap(with_options(plan, encoding=EncodeOptions(encoder="libx264")), painting(Painter()))
    with pytest.raises(OptionError, match=r"out\.png is a picture, and only videos"):
        run_resumable(plan, painting(Painter()), ResumeOptions())
    with pytest.raises(InputError, match="no such file"):
        run_swap(replace(plan, target=plan.target.with_name("no.mp4")), painting(Painter()))
    assert not plan.output.exists()


def test_a_frame_without_a_face_is_an_error_that_names_the_time(plan: SwapPlan) -> None:
    with pytest.raises(NoFaceError, match=r"in .*clip\.mp4 at 0:02\.05 can be swapped"):
        run_swap(plan, painting(Painter(refuses=lambda _: True)))
    assert not plan.output.exists()


def test_only_the_frame_itself_is_watched(plan: SwapPlan) -> None:
    # The photo scores 0.03, and frames of the group photo 0.06 and more.
    policy = SafeguardPolicy(threshold=0.04)
    with pytest.raises(SafeguardError, match=r"the target at 2\.1 s"):
        run_swap(with_options(plan, safeguard=policy), painting(Painter()))
    assert not plan.output.exists()


def test_the_picture_has_provenance_and_a_sheet(plan: SwapPlan, folder: Path) -> None:
    run_swap(with_options(plan, contact_sheet=folder / "sheet.png"), painting(Painter()))
    for path in (plan.output, folder / "sheet.png"):
        manifest = read_manifest(path)
        assert manifest is not None
        assert manifest.is_intact
    assert read_note(plan.output, is_image=True) is not None
    sheet = cv2.imread(str(folder / "sheet.png"))
    # A title, one row of 180 rows with its time below, and a margin.
    assert sheet.shape[0] == 44 + 180 + 34 + 16


def test_the_picture_may_have_another_height(plan: SwapPlan) -> None:
    encoding = EncodeOptions(height=91)
    run_swap(with_options(plan, encoding=encoding), painting(Painter()))
    assert cv2.imread(str(plan.output)).shape == (91, 162, 3)


def damaged(clip: Path, path: Path, number: int) -> Path:
    """Write a copy of a clip with zeros in the place of most of a packet."""
    data = bytearray(clip.read_bytes())
    with av.open(str(clip)) as container:
        packet = [p for p in container.demux(video=0) if p.size][number]
    data[packet.pos + 12 : packet.pos + packet.size] = bytes(packet.size - 12)
    path.write_bytes(data)
    return path


def test_only_what_is_read_can_be_damaged(plan: SwapPlan, clip: Path, folder: Path) -> None:
    early, late = damaged(clip, folder / "early.mp4", 6), damaged(clip, folder / "late.mp4", 20)
    run_swap(with_options(replace(plan, target=late), start=1.0), painting(Painter()))
    with VideoReader(late) as reader, pytest.raises(DamagedInputError):
        list(reader)
    plan = replace(plan, target=early, output=folder / "second.png")
    with pytest.raises(DamagedInputError, match="is damaged"):
        run_swap(plan, painting(Painter()))
    result = run_swap(with_options(plan, allow_damaged=True), painting(Painter()))
    assert result.notes == ("the video is damaged where the frame is, or shortly before",)
    assert plan.output.exists()


def test_the_reader_ends_with_the_frame(clip: Path) -> None:
    with PreviewReader(clip, SwapOptions(start=2.0), 1) as reader:
        times = [frame.pts * frame.time_base for frame in reader if frame.pts is not None]
    assert reader.begin == 2
    assert (reader.info.frame_count, times[0], times[-1]) == (1, Fraction(1, 2), 2)


def test_one_frame_of_a_picture_that_moves_is_said_to_be_one(folder: Path) -> None:
    moving = folder / "moving.png"
    with av.open(moving, "w", format="apng") as container:
        stream = container.add_stream("apng", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "rgb24"
        for level in (40, 80, 120):
            gray = np.full((48, 64, 3), level, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(gray)))
        container.mux(stream.encode(None))

    with PreviewReader(moving, SwapOptions(), 1) as reader:
        assert len(list(reader)) == 1
        [note] = reader.notes
    assert "moving.png is animated, and the output is one frame of it" in note
