"""`dlc swap` as a user types it: real files, the built-in engine, real codecs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

import dlc
from dlc.faces.tracking.tracker import load_tracker
from dlc.media.opening import open_target
from tests.cli.run import call_dlc, command, environment, run_dlc
from tests.e2e.conftest import remux
from tests.faces.pictures import Picture
from tests.media.image.heif_files import heic
from tests.swapping.mesh.heads import with_sunglasses

FRAMES = 15


def pictures(path: Path) -> list[NDArray[np.uint8]]:
    with open_target(path) as reader:
        return [frame.to_bgr() for frame in reader]


def difference_in_and_around_faces(before: Path, after: Path) -> tuple[float, float]:
    """Return the mean change of pixels inside face boxes, and far from any face."""
    tracker = load_tracker()
    inside: list[float] = []
    outside: list[float] = []
    with open_target(before) as first, open_target(after) as second:
        for old, new in zip(first, second, strict=True):
            change = np.abs(old.to_bgr().astype(float) - new.to_bgr()).mean(axis=2)
            near = np.zeros(change.shape, bool)
            for face in tracker.find(old):
                left, top, right, bottom = (max(int(edge), 0) for edge in face.box)
                near[max(top - 40, 0) : bottom + 40, max(left - 40, 0) : right + 40] = True
                inside.append(change[top:bottom, left:right].mean())
            outside.append(change[~near].mean())
    return float(np.mean(inside)), float(np.mean(outside))


def sound(path: Path) -> list[bytes]:
    with av.open(path) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


def test_a_video_is_swapped_and_reported_as_json(
    astronaut_file: Path, clip: Path, folder: Path
) -> None:
    output, sheet = folder / "out.mp4", folder / "sheet.png"
    run = run_dlc(
        "swap", astronaut_file, clip, output, "--json", "--contact-sheet", sheet, "--verbose"
    )
    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout)
    assert run.stdout.count("\n") == 1
    assert result["frames"] == FRAMES
    assert result["faces"] >= FRAMES
    assert (result["engine"], result["output"]) == ("mesh", str(output))
    assert [stage["name"] for stage in result["stages"]] == [
        "decode", "check", "find", "swap", "paste", "encode",
    ]  # fmt: skip
    inside, outside = difference_in_and_around_faces(clip, output)
    assert inside > 5 * outside
    assert outside < 2.0
    assert len(pictures(output)) == FRAMES
    assert sound(output) == sound(clip)
    assert cv2.imread(str(sheet)) is not None
    assert "engine mesh: " in run.stderr
    assert "ms a frame" in run.stderr


def test_recordings_of_a_broadcast_joined_into_one_file_go_on_in_step(
    astronaut_file: Path, clip: Path, folder: Path
) -> None:
    path = remux(clip, folder / "clip.ts")
    # The second one's clock begins where the first one's did.
    path.write_bytes(2 * path.read_bytes())

    run = call_dlc("swap", astronaut_file, path, folder / "out.mp4", "--json")

    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout)
    assert result["frames"] == 2 * FRAMES
    assert any("the clock of clip.ts jumps at 0.5" in note for note in result["notes"])
    assert len(sound(folder / "out.mp4")) == 2 * len(sound(clip))
    with av.open(folder / "out.mp4") as container:
        assert 1.0 < container.duration / av.time_base < 1.15


def test_a_recording_in_matroska_has_a_constant_rate_as_mp4(
    astronaut_file: Path, clip: Path, folder: Path
) -> None:
    path, output = remux(clip, folder / "clip.mkv"), folder / "out.mp4"

    run = call_dlc("swap", astronaut_file, path, output)

    assert run.returncode == 0, run.stderr
    lengths = {}
    for file in (path, output):
        with av.open(file) as container:
            seconds = [f.pts * f.time_base for f in container.decode(video=0)]
        lengths[file] = {b - a for a, b in pairwise(seconds)}
    assert lengths[path] == {Fraction(33, 1000), Fraction(34, 1000)}
    assert lengths[output] == {Fraction(1, 30)}
    assert sound(output) == sound(path)


@pytest.mark.parametrize(("name", "kind"), [("out.png", "PNG"), ("out.jfif", "JPEG")])
def test_a_picture_is_swapped(
    astronaut_file: Path, group_file: Path, folder: Path, name: str, kind: str
) -> None:
    run = call_dlc("swap", astronaut_file, group_file, folder / name, "--json")
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["frames"] == 1
    with Image.open(folder / name) as written:
        assert written.format == kind
    assert "signed, intact" in call_dlc("inspect", folder / name).stdout
    before, after = cv2.imread(str(group_file)), cv2.imread(str(folder / name))
    changed = np.abs(before.astype(int) - after).max(axis=2) > 12
    assert 0.005 < changed.mean() < 0.25


def test_a_photo_from_a_phone_is_swapped_onto_another(
    astronaut_file: Path, group_file: Path, folder: Path, tmp_path: Path
) -> None:
    source, target, output = tmp_path / "me.heic", tmp_path / "group.heic", folder / "out.jpg"
    for path, photo, share in ((source, astronaut_file, 1), (target, group_file, 2)):
        with Image.open(photo) as image:
            path.write_bytes(heic(np.asarray(image.convert("RGB").reduce(share))))
    run = call_dlc("swap", source, target, output, "--json", "--quiet")
    assert (run.returncode, run.stderr) == (0, "")
    assert json.loads(run.stdout)["faces"] >= 4
    inside, outside = difference_in_and_around_faces(target, output)
    assert inside > 4
    assert outside < 1.5
    run = call_dlc("swap", source, target, folder / "out.heic")
    assert run.returncode == 6
    assert "ends in .jpg, .jpeg, .png" in run.stderr
    assert [path.name for path in folder.iterdir()] == ["out.jpg"]


def test_without_the_library_for_heic_the_command_that_installs_it_is_named(
    astronaut: NDArray[np.uint8], clip: Path, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "me.heic").write_bytes(heic(np.ascontiguousarray(astronaut[..., ::-1])))
    (tmp_path / "lacking").mkdir()
    (tmp_path / "lacking" / "pillow_heif.py").write_text("raise ImportError('it is not here')")
    changes = {"PYTHONPATH": os.pathsep.join((str(tmp_path / "lacking"), *sys.path))}
    run = run_dlc("swap", tmp_path / "me.heic", clip, folder / "out.mp4", changes=changes)
    assert run.returncode == 10
    assert run.stderr.count("me.heic is a HEIC picture") == 1
    assert 'pip install "dlc[heic]"' in " ".join(run.stderr.split())
    assert list(folder.iterdir()) == []


def test_people_read_standard_error_and_standard_output_stays_empty(
    astronaut_file: Path, clip: Path, folder: Path
) -> None:
    run = run_dlc("swap", astronaut_file, clip, folder / "out.mp4", "--end", "0.1")
    assert run.returncode == 0
    assert run.stdout == ""
    assert "engine mesh: built in; the neural one needs inswapper_128" in run.stderr
    for word in ("frames", "faces", "fps", "find", "encode", "out.mp4"):
        assert word in run.stderr


def test_quiet_says_nothing_when_all_is_well(
    astronaut_file: Path, clip: Path, folder: Path
) -> None:
    run = run_dlc("swap", astronaut_file, clip, folder / "out.mp4", "--end", "0.1", "--quiet")
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")
    assert (folder / "out.mp4").exists()


@pytest.mark.skipif(os.name == "nt", reason="needs a pseudo-terminal")
def test_a_terminal_gets_a_progress_bar(astronaut_file: Path, clip: Path, folder: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        command("swap", astronaut_file, clip, folder / "out.mp4"),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=environment(TERM="xterm"),
    )
    os.close(theirs)
    shown = bytearray()
    # Linux reports the end of a pseudo-terminal as an error.
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:
        pass
    finally:
        os.close(ours)
    assert process.wait(60) == 0
    assert process.stdout is not None
    assert process.stdout.read() == b""
    process.stdout.close()
    text = shown.decode()
    assert f"of {FRAMES} frames" in text
    assert "faces" in text
    assert "left" in text
    assert "\x1b[" in text


def test_a_folder_of_photos_is_one_person(
    astronaut_file: Path, clip: Path, wall: Path, tmp_path: Path, folder: Path
) -> None:
    person = tmp_path / "person"
    person.mkdir()
    shutil.copy(astronaut_file, person / "a.png")
    shutil.copy(wall, person / "b.png")
    (person / "notes.txt").write_text("from the shelf")
    run = call_dlc("swap", person, clip, folder / "out.mp4", "--end", "0.1")
    assert run.returncode == 0, run.stderr
    assert f"ignoring {person / 'notes.txt'}: not a picture" in run.stderr
    assert f"warning: no face in {person / 'b.png'}: this photo is not used" in run.stderr


def test_several_faces_in_the_source_are_mentioned(
    group_file: Path, clip: Path, folder: Path
) -> None:
    run = call_dlc("swap", group_file, clip, folder / "out.mp4", "--end", "0.1")
    assert run.returncode == 0, run.stderr
    assert f"faces in {group_file}: the largest is used" in run.stderr


def test_a_poor_source_is_mentioned(
    astronaut_file: Path, clip: Path, tmp_path: Path, folder: Path
) -> None:
    photo = np.asarray(cv2.imread(str(astronaut_file)), np.uint8)
    (face,) = load_tracker().find(Picture(photo))
    assert face.landmarks is not None
    source = tmp_path / "beach.png"
    cv2.imwrite(str(source), with_sunglasses(Picture(photo), face.landmarks).bgr)
    run = call_dlc("swap", source, clip, folder / "out.mp4", "--end", "0.1")
    assert run.returncode == 0, run.stderr
    assert f"warning: {source}: sunglasses hide the eyes" in " ".join(run.stderr.split("\n"))


def test_options_reach_the_work(astronaut_file: Path, clip: Path, folder: Path) -> None:
    run = call_dlc(
        "swap", astronaut_file, clip, folder / "out.mkv", "--json", "--quiet", "--no-audio",
        "--faces", "largest", "--start", "0.1", "--end", "00:00:00.3", "--quality", "30",
        "--preset", "fast", "--encoder", "libx264", "--threads", "1",
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout)
    assert result["frames"] == 6
    assert result["faces"] + result["faces_left"] == 6
    with av.open(folder / "out.mkv") as container:
        assert len(container.streams.audio) == 0
        assert container.streams.video[0].codec_context.name == "h264"


def test_the_library_does_the_same(astronaut_file: Path, clip: Path, folder: Path) -> None:
    told: list[dlc.Progress] = []
    result = dlc.swap(
        astronaut_file,
        clip,
        folder / "out.mp4",
        dlc.SwapOptions(end=0.2, faces=dlc.FaceChoice.LARGEST),
        progress=told.append,
    )
    assert result.frames == len(told) == len(pictures(folder / "out.mp4")) == 6
    assert result.faces + result.faces_left == 6


def test_the_library_raises_what_the_command_line_reports(wall: Path, clip: Path) -> None:
    with pytest.raises(dlc.NoFaceError, match=r"wall\.png") as caught:
        dlc.swap(wall, clip, clip.with_name("never.mp4"))
    assert isinstance(caught.value, dlc.DlcError)
    assert caught.value.exit_code == call_dlc("swap", wall, clip, "never.mp4").returncode
    with pytest.raises(dlc.InputError, match="name the photo of the new face first"):
        dlc.swap(clip, wall, clip.with_name("never.mp4"))


@pytest.mark.parametrize("position", range(3))
@pytest.mark.parametrize("given", [b"a.mp4", 5, np.zeros((8, 8, 3), np.uint8)])
def test_the_library_says_that_files_are_given_by_their_names(
    position: int, given: Any, astronaut_file: Path, clip: Path, folder: Path
) -> None:
    names: list[Any] = [astronaut_file, clip, folder / "out.mp4"]
    names[position] = given
    with pytest.raises(dlc.OptionError, match=r"give a str or a pathlib\.Path"):
        dlc.swap(*names)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("empty", range(3))
def test_the_library_takes_no_empty_name_for_the_current_folder(
    empty: int, astronaut_file: Path, clip: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(astronaut_file.parent)
    names: list[str | Path] = [astronaut_file, clip, folder / "out.mp4"]
    names[empty] = ""
    with pytest.raises(dlc.OptionError, match="a file name is empty"):
        dlc.swap(*names)
    assert list(folder.iterdir()) == []


def test_one_frame_of_a_video_becomes_a_picture(
    astronaut_file: Path, clip: Path, folder: Path
) -> None:
    output = folder / "frame.png"
    run = call_dlc("swap", astronaut_file, clip, output, "--start", "0:00.4", "--json")
    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout)
    assert (result["frames"], result["notes"]) == (1, [])
    full = call_dlc("swap", astronaut_file, clip, folder / "full.mp4", "--quality", "0", "--quiet")
    assert full.returncode == 0, full.stderr
    shown, expected = (
        pixels.astype(float)
        for pixels in (cv2.imread(str(output)), pictures(folder / "full.mp4")[12])
    )
    before = pictures(clip)[12]
    # All frames up to this one were seen, so that it differs by no more than how chroma is read.
    assert np.abs(shown - expected).mean() < 1
    assert np.abs(shown - expected).mean() < np.abs(shown - before).mean() / 3
    late = call_dlc("swap", astronaut_file, clip, folder / "late.png", "--start", "0:09")
    assert late.returncode == 2
    assert "lies past the end" in late.stderr
    ranged = call_dlc("swap", astronaut_file, clip, folder / "x.png", "--end", "0.2")
    assert ranged.returncode == 2
    assert "--end has no meaning for one frame" in ranged.stderr


def test_results_are_scaled(
    astronaut_file: Path, clip: Path, group_file: Path, folder: Path
) -> None:
    video, picture = folder / "out.mp4", folder / "out.png"
    run = call_dlc(
        "swap", astronaut_file, clip, video, "--height", "240", "--end", "0.1", "--quiet"
    )
    assert run.returncode == 0, run.stderr
    assert pictures(video)[0].shape == (240, 426, 3)
    assert sound(video) == sound(clip)[: len(sound(video))]
    run = call_dlc("swap", astronaut_file, group_file, picture, "--height", "443", "--quiet")
    assert run.returncode == 0, run.stderr
    assert cv2.imread(str(picture)).shape == (443, 640, 3)
    odd = call_dlc("swap", astronaut_file, clip, folder / "odd.mp4", "--height", "241")
    assert odd.returncode == 2
    assert "--height is 241, and pictures in yuv420p have an even height: give 240 or 242" in (
        odd.stderr
    )


def test_a_part_of_a_master_begins_with_its_own_timecode(
    astronaut_file: Path, clip: Path, folder: Path, tmp_path: Path
) -> None:
    master, output = tmp_path / "master.mov", folder / "part.mov"
    with av.open(clip) as source, av.open(master, "w") as target:
        target.metadata["timecode"] = "01:00:00:00"
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)

    run = call_dlc("swap", astronaut_file, master, output, "--start", "0.2", "--json")

    assert run.returncode == 0, run.stderr
    result = json.loads(run.stdout)
    assert (result["frames"], result["notes"]) == (9, [])
    with av.open(output) as written:
        assert written.streams.video[0].metadata["timecode"] == "01:00:00:06"
