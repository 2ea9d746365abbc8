"""All targets in a folder, with the built-in engine: as if each had been swapped alone."""

from __future__ import annotations

import gc
import logging
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

import dlc
from dlc.errors import (
    Cancelled,
    DamagedInputError,
    DlcError,
    EncoderError,
    InputError,
    MissingLibraryError,
    NoFaceError,
    OptionError,
    OutputError,
    SafeguardError,
    StageError,
    WriteError,
)
from dlc.faces.tracking.tracker import FaceTracker
from dlc.media.image.reader import ImageReader
from dlc.media.video.reading.reader import VideoReader
from dlc.options import EncodeOptions, Engine, PeopleOptions, ResumeOptions, SafeguardPolicy
from dlc.pipeline import CancelToken
from dlc.workflows import sources
from tests import clips
from tests.faults import files
from tests.media.image.heif_files import avif, heic

FAST = dlc.SwapOptions(engine=Engine.MESH, encoding=EncodeOptions(quality=28), threads=2)
FRAMES = 4
NEAR = clips.View(650.0, 370.0, 640.0)
CLIP = clips.Clip(240, 136, 30, FRAMES / 30, NEAR, NEAR)


@pytest.fixture(scope="session")
def material(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two clips of two faces, one of them dark, and a photo of them."""
    folder = tmp_path_factory.mktemp("material")
    group = clips.group()
    clips.write_clip(folder / "clip2.mp4", CLIP, group // 2)
    clips.write_clip(folder / "clip10.mp4", CLIP, group)
    cv2.imwrite(str(folder / "photo.png"), next(clips.camera_frames(group, CLIP)))
    return folder


@pytest.fixture
def folder(material: Path, tmp_path: Path) -> Iterator[Path]:
    """Return a folder of targets; a test must leave no hidden file beside it or in it."""
    path = tmp_path / "clips"
    shutil.copytree(material, path)
    yield path
    assert [left for left in tmp_path.rglob(".*") if left.is_file()] == []


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "out"


def wall(path: Path) -> Path:
    cv2.imwrite(str(path), np.full((120, 160, 3), 128, np.uint8))
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def picture(path: Path) -> NDArray[np.uint8]:
    return np.asarray(cv2.imread(str(path)), np.uint8)


def test_pictures_from_phones_become_jpeg_and_one_that_cannot_be_read_stops_no_other(
    astronaut_file: Path,
    folder: Path,
    output: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rgb = np.ascontiguousarray(picture(folder / "photo.png")[..., ::-1])
    for path in folder.iterdir():
        path.unlink()
    (folder / "a.heic").write_bytes(heic(rgb))
    (folder / "b.avif").write_bytes(avif(rgb))
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    result = dlc.swap_folder(astronaut_file, folder, output, FAST)
    assert names(output) == ["b.jpg"]
    assert isinstance(result.targets[0].error, MissingLibraryError)
    assert result.notes[0].endswith("a.heic becomes a.jpg, b.avif becomes b.jpg")
    monkeypatch.undo()
    result = dlc.swap_folder(astronaut_file, folder, output, FAST)
    assert [each.was_there for each in result.targets] == [False, True]
    assert result.errors == ()
    first, second = (picture(output / name).astype(int) for name in ("a.jpg", "b.jpg"))
    assert np.abs(first - second).mean() < 4


@pytest.mark.parametrize("mapped", [False, True])
def test_every_target_is_as_if_it_were_alone(
    astronaut_file: Path, folder: Path, output: Path, mapped: bool
) -> None:
    mapping = ((folder / "photo.png", astronaut_file),) if mapped else ()
    options = replace(FAST, people=PeopleOptions(mapping=mapping))
    source = None if mapped else astronaut_file
    result = dlc.swap_folder(source, folder, output, options)
    assert [each.target.name for each in result.targets] == ["clip2.mp4", "clip10.mp4", "photo.png"]
    assert [each.frames for each in result.results] == [FRAMES, FRAMES, 1]
    assert (result.output, result.contact_sheets, result.errors) == (output, None, ())
    own = dlc.swap(source, folder / "clip10.mp4", output / "own.mp4", options)
    assert result.results[1].faces == own.faces == (FRAMES if mapped else 2 * FRAMES)
    assert result.results[1].notes == own.notes
    assert files.frames(output / "clip10.mp4") == files.frames(own.output)


def test_the_source_is_read_once(
    astronaut_file: Path, folder: Path, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Path] = []
    read_photo = sources.read_photo

    def read_and_note(path: Path) -> object:
        read.append(path)
        return read_photo(path)

    monkeypatch.setattr(sources, "read_photo", read_and_note)
    dlc.swap_folder(astronaut_file, folder, output, FAST)
    assert read == [astronaut_file]


def test_what_is_there_is_left_alone_unless_it_is_to_be_overwritten(
    astronaut_file: Path, folder: Path, output: Path
) -> None:
    output.mkdir()
    (output / "clip10.mp4").write_bytes(b"precious")
    result = dlc.swap_folder(astronaut_file, folder, output, FAST)
    assert [each.was_there for each in result.targets] == [False, True, False]
    assert (output / "clip10.mp4").read_bytes() == b"precious"
    wrong_source = wall(output.with_name("wall.png"))
    again = dlc.swap_folder(wrong_source, folder, output, FAST)
    assert all(each.was_there for each in again.targets), "nothing had to be prepared"
    (folder / "clip2.mp4").unlink()
    anew = dlc.swap_folder(astronaut_file, folder, output, replace(FAST, overwrite=True))
    assert [each.was_there for each in anew.targets] == [False, False]
    assert len(files.frames(output / "clip10.mp4")) == FRAMES


def test_an_input_in_the_place_of_an_output_is_no_output(
    astronaut_file: Path, folder: Path, output: Path
) -> None:
    output.mkdir()
    me = Path(shutil.copy(astronaut_file, output / "photo.png"))
    (output / "clip2.mp4").symlink_to(folder / "clip2.mp4")
    result = dlc.swap_folder(me, folder, output, FAST)
    assert [type(error) for error in result.errors] == [OutputError, OutputError]
    assert all("is an input as well" in str(error) for error in result.errors)
    assert me.read_bytes() == astronaut_file.read_bytes()


def test_a_target_that_fails_ends_no_other(
    astronaut_file: Path, folder: Path, output: Path, caplog: pytest.LogCaptureFixture
) -> None:
    content = (folder / "clip2.mp4").read_bytes()
    (folder / "a_cut.mp4").write_bytes(content[: len(content) // 2])
    (folder / "b_empty.mkv").touch()
    (folder / "b_empty.png").touch()
    wall(folder / "c_wall.png")
    caplog.set_level(logging.DEBUG)
    result = dlc.swap_folder(astronaut_file, folder, output, FAST)
    errors = [type(each.error) for each in result.targets]
    none = type(None)
    assert errors == [DamagedInputError, InputError, InputError, NoFaceError, none, none, none]
    assert names(output) == ["clip10.mp4", "clip2.mp4", "photo.png"]
    told = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert [message.partition(".")[0] for message in told] == [
        str(folder / "a_cut"), str(folder / "b_empty"), str(folder / "b_empty"),
        f"no face in {folder / 'c_wall'}",
    ], "no name is told twice"  # fmt: skip
    assert all("is empty" in message for message in told[1:3])
    traces = [record for record in caplog.records if record.exc_info]
    assert len(traces) == 1, "only another library's word on the damage is worth one"


def count_held() -> int:
    gc.collect()
    return sum(type(each) in (VideoReader, ImageReader, FaceTracker) for each in gc.get_objects())


def test_targets_that_failed_are_not_held_in_memory(
    astronaut_file: Path, folder: Path, output: Path
) -> None:
    content = (folder / "clip2.mp4").read_bytes()
    (folder / "a_cut.mp4").write_bytes(content[: len(content) // 2])
    wall(folder / "c_wall.png")
    before = count_held()
    result = dlc.swap_folder(astronaut_file, folder, output, FAST)
    assert len(result.errors) == 2
    assert count_held() <= before


def test_a_video_that_is_named_like_a_picture_is_no_preview(
    astronaut_file: Path, folder: Path, output: Path
) -> None:
    (folder / "clip2.mp4").rename(folder / "clip2.jpg")
    result = dlc.swap_folder(astronaut_file, folder, output, FAST)
    (error,) = result.errors
    assert isinstance(error, InputError)
    assert "it is no picture, though it is named like one" in str(error)
    assert names(output) == ["clip10.mp4", "photo.png"]


def test_a_picture_that_is_named_like_a_video_is_to_be_renamed(
    astronaut_file: Path, folder: Path, output: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (folder / "photo.png").replace(folder / "clip2.mp4")
    result = dlc.swap_folder(astronaut_file, folder, output, FAST)
    assert [type(error) for error in result.errors] == [InputError]
    assert caplog.messages == [
        "clip2.mp4: it is a picture, though it is named like a video: rename it"
    ]
    assert names(output) == ["clip10.mp4"]


@pytest.mark.parametrize(
    ("encoder", "message"),
    [("libx246", "did you mean libx26"), ("hevc_videotoolbox", "not available on this system")],
)
def test_an_encoder_that_no_video_can_have_ends_all_before_anything_is_prepared(
    folder: Path, output: Path, encoder: str, message: str
) -> None:
    if encoder in av.codecs_available:
        pytest.skip(f"{encoder} is there")
    options = replace(FAST, encoding=replace(FAST.encoding, encoder=encoder))
    with pytest.raises(EncoderError, match=message):
        dlc.swap_folder(folder / "no-such-photo.png", folder, output, options)
    assert not output.exists()


def test_a_part_concerns_videos_that_are_long_enough(
    astronaut_file: Path, folder: Path, output: Path
) -> None:
    clips.write_clip(folder / "longer.mp4", replace(CLIP, seconds=0.3))
    encoding = EncodeOptions(encoder="libx264")
    options = replace(FAST, start=0.2, decoder=dlc.VideoDecoder.NVDEC, encoding=encoding)
    result = dlc.swap_folder(astronaut_file, folder, output, options)
    assert [type(each.error) for each in result.targets[:2]] == [OptionError, OptionError]
    assert [each.frames for each in result.results] == [3, 1]
    assert result.results[1].notes == (), "a picture needs neither decoder nor encoder"
    assert names(output) == ["longer.mp4", "photo.png"]


def test_refused_targets_end_no_other_and_refused_photos_end_all(
    astronaut_file: Path, folder: Path, output: Path
) -> None:
    # The photo scores 0.03, and the frames that are looked at 0.06 and more.
    options = replace(FAST, safeguard=SafeguardPolicy(threshold=0.04, in_a_row=1))
    result = dlc.swap_folder(astronaut_file, folder, output, options)
    assert {type(error) for error in result.errors} == {SafeguardError}
    assert not output.exists(), "a folder that would be empty"
    options = replace(FAST, safeguard=SafeguardPolicy(threshold=0.0))
    with pytest.raises(SafeguardError, match=r"the photo .*astronaut\.png"):
        dlc.swap_folder(astronaut_file, folder, output, options)


def test_a_source_without_a_face_ends_all_before_anything_is_written(
    folder: Path, output: Path
) -> None:
    source = wall(output.with_name("wall.png"))
    with pytest.raises(NoFaceError, match=r"no face in .*wall\.png") as info:
        dlc.swap_folder(source, folder, output, FAST)
    assert "files" not in str(info.value)
    assert not output.exists()


def at_frame(
    number: int, frame: int, act: Callable[[], None]
) -> Callable[[dlc.FolderProgress], None]:
    """Return a progress callback that acts at a frame of a target."""

    def progress(moment: dlc.FolderProgress) -> None:
        if (moment.number, moment.file.frames) == (number, frame):
            act()

    return progress


@pytest.mark.parametrize("kind", [WriteError, StageError])
def test_what_would_fail_again_ends_the_run(
    astronaut_file: Path, folder: Path, output: Path, kind: type[DlcError]
) -> None:
    def fail() -> None:
        raise kind("no more")

    with pytest.raises(kind, match=r"clip10\.mp4: no more; 1 of 3 files is done, in .*out"):
        dlc.swap_folder(astronaut_file, folder, output, FAST, progress=at_frame(2, 2, fail))
    assert names(output) == ["clip2.mp4"]


def test_a_stopped_run_keeps_what_is_finished_and_goes_on(
    astronaut_file: Path, folder: Path, output: Path
) -> None:
    output.mkdir()
    (output / "photo.png").write_bytes(b"precious")
    cancel = CancelToken()
    words = r"clip10\.mp4: stopped after .* 2 of 3 files are done, in .*out, and left alone when"
    with pytest.raises(Cancelled, match=words):
        dlc.swap_folder(
            astronaut_file, folder, output, FAST, progress=at_frame(2, 2, cancel.set), cancel=cancel
        )
    assert names(output) == ["clip2.mp4", "photo.png"]
    result = dlc.swap_folder(astronaut_file, folder, output, FAST)
    assert [each.was_there for each in result.targets] == [True, False, True]


def test_a_run_that_is_stopped_before_its_first_file_leaves_nothing(
    astronaut_file: Path, folder: Path, output: Path
) -> None:
    cancel = CancelToken()
    cancel.set()
    with pytest.raises(Cancelled):
        dlc.swap_folder(astronaut_file, folder, output, FAST, cancel=cancel)
    assert not output.exists()


def test_no_folder_is_left_that_would_be_empty(
    astronaut_file: Path, folder: Path, output: Path
) -> None:
    for target in folder.iterdir():
        target.unlink()
    wall(folder / "wall.png")
    options = replace(FAST, contact_sheet=output / "deep" / "er" / "sheets")
    result = dlc.swap_folder(astronaut_file, folder, output / "deep" / "er", options)
    assert [type(error) for error in result.errors] == [NoFaceError]
    assert not output.exists()


def test_a_beginning_that_is_kept_is_called_one(
    astronaut_file: Path, folder: Path, output: Path
) -> None:
    clips.write_clip(folder / "clip2.mp4", replace(CLIP, seconds=0.5))
    output.mkdir()
    (output / "photo.png").write_bytes(b"precious")
    cancel = CancelToken()
    options = replace(FAST, keep_partial=True)
    words = r"1 of 3 .*, and left alone when .*; .*clip2\.mp4 is only a beginning: delete it"
    with pytest.raises(Cancelled, match=words):
        dlc.swap_folder(
            astronaut_file, folder, output, options,
            progress=at_frame(1, 2, cancel.set), cancel=cancel,
        )  # fmt: skip
    assert 2 <= len(files.frames(output / "clip2.mp4")) < 15


def test_videos_are_resumed_and_pictures_made_in_one_piece(
    astronaut_file: Path, folder: Path, output: Path
) -> None:
    (folder / "clip10.mp4").unlink()
    clips.write_clip(folder / "clip2.mp4", replace(CLIP, fps=10, seconds=1.2))
    options = replace(FAST, resume=ResumeOptions(segment_seconds=1.0))
    cancel = CancelToken()
    with pytest.raises(Cancelled, match=r"1 finished segment is kept.*; 0 of 2 files are done$"):
        dlc.swap_folder(
            astronaut_file, folder, output, options,
            progress=at_frame(1, 11, cancel.set), cancel=cancel,
        )  # fmt: skip
    result = dlc.swap_folder(astronaut_file, folder, output, options)
    assert [each.frames for each in result.results] == [12, 1]
    assert "1 of 2 segments were there already" in result.results[0].notes
    assert names(output) == ["clip2.mp4", "photo.png"]


def test_contact_sheets_go_into_a_folder(astronaut_file: Path, folder: Path, output: Path) -> None:
    sheets = output.with_name("sheets")
    options = replace(FAST, contact_sheet=sheets, contact_sheet_rows=2)
    result = dlc.swap_folder(astronaut_file, folder, output, options)
    assert result.contact_sheets == sheets
    assert names(sheets) == ["clip10.mp4.png", "clip2.mp4.png", "photo.png.png"]
    assert picture(sheets / "clip2.mp4.png").shape[0] > picture(sheets / "photo.png.png").shape[0]
    assert [each.contact_sheet for each in result.results] == [
        sheets / f"{each.target.name}.png" for each in result.targets
    ]


def test_progress_tells_file_and_frame(astronaut_file: Path, folder: Path, output: Path) -> None:
    output.mkdir()
    (output / "clip2.mp4").write_bytes(b"precious")
    told: list[dlc.FolderProgress] = []
    dlc.swap_folder(astronaut_file, folder, output, FAST, progress=told.append)
    assert [(each.number, each.target.name, each.file.frames) for each in told] == [
        *((2, "clip10.mp4", frame) for frame in range(1, FRAMES + 1)),
        (3, "photo.png", 1),
    ]
    assert {each.count for each in told} == {3}
    assert [each.file.total for each in told] == [FRAMES] * FRAMES + [1]
    # What an earlier run did says nothing of how long the others take.
    assert {each.seconds_left for each in told[:-1]} == {None}
    assert told[-1].seconds_left == 0


def test_a_folder_that_cannot_be_made_is_a_problem_of_all(
    astronaut_file: Path, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"precious")
    with pytest.raises(OutputError, match="could not be written"):
        dlc.swap_folder(astronaut_file, folder, tmp_path / "file" / "out", FAST)


def test_one_function_is_for_files_and_one_for_folders(
    astronaut_file: Path, folder: Path, output: Path
) -> None:
    with pytest.raises(InputError, match=r"is a folder: dlc\.swap_folder processes"):
        dlc.swap(astronaut_file, folder, output, FAST)
    with pytest.raises(InputError, match=r"is a file.*dlc\.swap processes"):
        dlc.swap_folder(astronaut_file, folder / "clip2.mp4", output, FAST)
