"""What counts as a target in a folder, and what its output is called."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from dlc.errors import InputError
from dlc.media.opening import open_target
from dlc.media.targets import TARGET_EXTENSIONS, look_into, natural_order, output_name
from dlc.media.video.writing.containers import VIDEO_EXTENSIONS
from tests.media.image.heif_files import avif, box, deep_avif, heic

# FFmpeg takes no shorter file for a transport stream.
FRAMES = 12
# FFmpeg's muxer and an encoder for each kind of video that is read but not written.
MADE_BY = {
    ".3g2": ("3g2", "libx264"),
    ".3gp": ("3gp", "libx264"),
    ".apng": ("apng", "apng"),
    ".asf": ("asf", "wmv2"),
    ".divx": ("avi", "mpeg4"),
    ".dv": ("dv", "dvvideo"),
    ".f4v": ("f4v", "libx264"),
    ".flv": ("flv", "flv1"),
    ".m2t": ("mpegts", "mpeg2video"),
    ".m2ts": ("mpegts", "libx264"),
    ".m2v": ("mpeg2video", "mpeg2video"),
    ".mpe": ("mpeg", "mpeg1video"),
    ".mpeg": ("mpeg", "mpeg1video"),
    ".mpg": ("mpeg", "mpeg2video"),
    ".mts": ("mpegts", "libx264"),
    ".mxf": ("mxf", "mpeg2video"),
    ".ogv": ("ogg", "libvpx"),
    ".qt": ("mov", "libx264"),
    ".rm": ("rm", "rv10"),
    ".rmvb": ("rm", "rv20"),
    ".ts": ("mpegts", "libx264"),
    ".vob": ("vob", "mpeg2video"),
    ".wmv": ("asf", "wmv2"),
    ".wtv": ("wtv", "mpeg2video"),
    ".y4m": ("yuv4mpegpipe", "wrapped_avframe"),
}


def write(path: Path, muxer: str, codec: str) -> Path:
    """Write a video in which it gets lighter."""
    width, height = (720, 576) if codec == "dvvideo" else (64, 48)
    with av.open(path, "w", format=muxer) as container:
        stream = container.add_stream(codec, rate=25)
        stream.width, stream.height = width, height
        stream.pix_fmt = "rgb24" if codec == "apng" else "yuv420p"
        for number in range(FRAMES):
            gray = np.full((height, width, 3), 40 + 10 * number, np.uint8)
            frame = av.VideoFrame.from_ndarray(gray, format="rgb24").reformat(format=stream.pix_fmt)
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("extension", sorted(MADE_BY))
def test_what_counts_as_a_video_can_be_read(tmp_path: Path, extension: str) -> None:
    path = write(tmp_path / f"clip{extension}", *MADE_BY[extension])
    assert look_into(tmp_path).targets == (path,)
    with open_target(path) as reader:
        assert sum(1 for _ in reader) == FRAMES


def test_every_video_that_is_only_read_was_tried() -> None:
    pictures = {".jpg", ".jpeg", ".jfif", ".png", ".webp", ".tif", ".tiff", ".bmp"}
    pictures |= {".heic", ".heif", ".hif", ".avif", ".mpo"}
    assert set(TARGET_EXTENSIONS) == pictures | set(VIDEO_EXTENSIONS) | set(MADE_BY)


def test_the_first_picture_of_an_mpo_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.MPO"
    main, other = (Image.new("RGB", (40, 32), color) for color in ("red", "blue"))
    main.save(path, "MPO", save_all=True, append_images=[other])

    assert look_into(tmp_path).targets == (path,)
    with open_target(path) as reader:
        (frame,) = reader
    assert np.allclose(frame.to_bgr(), (0, 0, 255), atol=3)


def test_files_are_told_apart_by_name_and_kind(tmp_path: Path) -> None:
    names = ["B.MP4", "a.jpeg", "clip10.mkv", "clip2.mkv", "notes.txt", ".hidden.mp4", "no_suffix"]
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "folder.mp4").mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / "gone.mp4").symlink_to(tmp_path / "nowhere")
    (tmp_path / "linked.mp4").symlink_to(tmp_path / "B.MP4")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.mp4")
    contents = look_into(tmp_path)
    assert [path.name for path in contents.targets] == [
        "a.jpeg", "B.MP4", "clip2.mkv", "clip10.mkv", "linked.mp4",
    ]  # fmt: skip
    others = {"gone.mp4", "no_suffix", "notes.txt"}
    assert {path.name for path in contents.others} - {"pipe.mp4"} == others
    assert [path.name for path in contents.folders] == ["folder.mp4"]


def test_a_folder_that_may_not_be_read_is_an_input_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(InputError, match="may not be read"):
        look_into(tmp_path)


def test_people_count_differently_than_computers() -> None:
    names = ["10.mp4", "9.mp4", "a2.mp4", "a.mp4", "A.mp4", "a1b10", "a1b9", "x", "007.mp4"]
    assert [path.name for path in natural_order(map(Path, names))] == [
        "007.mp4", "9.mp4", "10.mp4", "A.mp4", "a.mp4", "a1b9", "a1b10", "a2.mp4", "x",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("target", "output"),
    [
        ("a.mp4", "a.mp4"),
        ("A.MOV", "A.MOV"),
        ("a.gif", "a.gif"),
        ("a.b.ts", "a.b.mp4"),
        ("a.WMV", "a.mp4"),
        ("a.apng", "a.mp4"),
        ("a.jpeg", "a.jpeg"),
        ("a.jfif", "a.jfif"),
        ("a.TIF", "a.TIF"),
        ("missing.png", "missing.png"),
        ("missing.heic", "missing.jpg"),
        ("missing.HEIF", "missing.jpg"),
        ("a.b.hif", "a.b.jpg"),
        ("missing.avif", "missing.jpg"),
        ("missing.MPO", "missing.jpg"),
    ],
)
def test_outputs_are_called_as_their_targets_where_that_can_be(target: str, output: str) -> None:
    assert output_name(Path("clips", target)) == output


def test_a_moving_png_becomes_a_video(tmp_path: Path) -> None:
    moving = write(tmp_path / "moving.png", "apng", "apng")
    still = tmp_path / "still.png"
    cv2.imwrite(str(still), np.zeros((8, 8, 3), np.uint8))
    assert [output_name(path) for path in (moving, still)] == ["moving.mp4", "still.png"]


def test_a_picture_that_is_only_read_becomes_one_that_holds_what_it_has(tmp_path: Path) -> None:
    rgb = np.zeros((64, 64, 3), np.uint8)
    encoded = {
        "plain.heic": heic(rgb),
        "gray.hif": heic(rgb[..., 0]),
        "tiles.heif": heic(np.zeros((128, 128, 3), np.uint8), tile_size=64),
        "plain.avif": avif(rgb),
        "really.heic": cv2.imencode(".png", rgb)[1].tobytes(),
        "opacity.heic": heic(np.dstack([rgb, rgb[..., :1]])),
        "opacity.avif": avif(np.dstack([rgb, rgb[..., :1]])),
        "deep.heic": heic(rgb.astype(np.uint16)),
        "deep.avif": deep_avif(rgb.astype(np.uint16), 10),
    }
    for name, data in encoded.items():
        (tmp_path / name).write_bytes(data)
    outputs = [output_name(tmp_path / name) for name in encoded]
    assert outputs == [
        "plain.jpg", "gray.jpg", "tiles.jpg", "plain.jpg", "really.jpg",
        "opacity.png", "opacity.png", "deep.png", "deep.png",
    ]  # fmt: skip


def test_what_a_picture_has_is_read_without_its_pixels(tmp_path: Path) -> None:
    deep = heic(np.zeros((64, 64, 3), np.uint16))
    (tmp_path / "large.heic").write_bytes(deep)
    os.truncate(tmp_path / "large.heic", 1 << 36)
    assert output_name(tmp_path / "large.heic") == "large.png"
    # Behind more than is read at first.
    at = int.from_bytes(deep[:4], "big")
    (tmp_path / "late.heic").write_bytes(deep[:at] + box(b"free", bytes(1 << 18)) + deep[at:])
    assert output_name(tmp_path / "late.heic") == "late.png"


def test_a_moving_avif_becomes_a_video(tmp_path: Path) -> None:
    frames = [Image.fromarray(np.full((64, 64, 3), 40 * n, np.uint8)) for n in range(4)]
    frames[0].save(tmp_path / "a.avif", save_all=True, append_images=frames[1:], duration=40)
    assert output_name(tmp_path / "a.avif") == "a.mp4"
