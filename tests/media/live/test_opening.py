"""Real sources, each for a second or less."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from dlc.errors import CameraError, DamagedInputError, InputError, OptionError
from dlc.media.frames.orientation import Orientation
from dlc.media.live.clock import LiveClock
from dlc.media.live.frame import LiveFrame
from dlc.media.live.opening import open_live_source, played_file
from dlc.media.live.source import LiveSource
from dlc.media.video.reading.reader import VideoReader
from dlc.options import CaptureOptions
from tests.media import material
from tests.media.mjpeg_server import MjpegServer

# The server knows no ranges: what is needed first has to come first.
FAST_START = {"movflags": "faststart"}


def frames_of(source: LiveSource, limit: int = 1000) -> list[LiveFrame]:
    frames: list[LiveFrame] = []
    while len(frames) < limit and (frame := source.read()):
        frames.append(frame)
    return frames


def steps(frames: list[LiveFrame]) -> list[float]:
    return np.diff([frame.captured_at for frame in frames]).tolist()


def shots(folder: Path, numbers: range) -> str:
    for number in numbers:
        cv2.imwrite(str(folder / f"shot_{number:03d}.png"), np.full((48, 64, 3), number, np.uint8))
    return str(folder / "shot_%03d.png")


def test_lavfi_plays_in_real_time() -> None:
    clock = LiveClock()
    began = clock.now()
    with open_live_source("lavfi:testsrc=size=320x240:rate=30", clock=clock) as source:
        frames = frames_of(source, 31)
        passed = clock.now() - began
        report = source.report
    assert (report.width, report.height, report.fps) == (320, 240, 30)
    assert passed >= 1.0
    # Frames dropped on a busy machine leave gaps of whole periods.
    assert np.asarray(steps(frames)) * 30 == pytest.approx(np.round(np.asarray(steps(frames)) * 30))
    assert len(frames) == 31


def test_a_file_gives_the_pictures_of_its_reader_at_its_own_times(tmp_path: Path) -> None:
    # A variable frame rate.
    pts = (0, 512, 1024, 4096, 4608, 9216)
    path = material.make(tmp_path / "clip.mp4", material.Clip(pts=pts, pix_fmt="yuv444p"))
    with VideoReader(path) as reader:
        expected = [frame.to_bgr() for frame in reader]
    with open_live_source(str(path)) as source:
        assert source.report.description.startswith(f"{path} in real time: 64x48 at ")
        frames = frames_of(source)
        assert len(frames) + source.frames_dropped == len(pts)
        assert source.read() is None
    begun = frames[0].captured_at
    for frame in frames:
        number = int(np.argmin([abs(p / 12800 - (frame.captured_at - begun)) for p in pts]))
        assert frame.captured_at - begun == pytest.approx(pts[number] / 12800, abs=1e-6)
        assert np.abs(frame.bgr.astype(int) - expected[number]).mean() < 0.7


@pytest.mark.parametrize("exif", [3, 6, 8])
def test_a_turned_file_comes_upright(tmp_path: Path, exif: int) -> None:
    turned = Orientation.from_exif(exif)
    clip = material.Clip(orientation=turned, pts=(0, 512), pix_fmt="yuv444p")
    path = material.make(tmp_path / "clip.mp4", clip)
    with VideoReader(path) as reader:
        expected = next(iter(reader)).to_bgr()
    with open_live_source(str(path)) as source:
        frame = source.read()
        assert frame is not None
        assert (source.report.height, source.report.width) == expected.shape[:2]
        assert np.abs(frame.bgr.astype(int) - expected).mean() < 0.7


@pytest.mark.parametrize(
    ("exif", "ratio", "size"),
    [
        (1, Fraction(64, 45), (92, 48)),
        (3, Fraction(8, 9), (56, 48)),
        (6, Fraction(1, 2), (96, 64)),
    ],
)
def test_a_file_whose_pixels_are_not_square_is_stretched(
    tmp_path: Path, exif: int, ratio: Fraction, size: tuple[int, int]
) -> None:
    turned = Orientation.from_exif(exif)
    clip = material.Clip(
        orientation=turned, sample_aspect_ratio=ratio, pts=(0, 512), pix_fmt="yuv444p"
    )
    path = material.make(tmp_path / "clip.mp4", clip)
    with VideoReader(path) as reader:
        stored = next(iter(reader)).to_bgr()
    with open_live_source(str(path)) as source:
        frame = source.read()
        assert frame is not None
        assert (source.report.width, source.report.height) == size
        assert (frame.width, frame.height) == size
    expected = cv2.resize(stored, size, interpolation=cv2.INTER_AREA)
    assert np.abs(frame.bgr.astype(int) - expected).mean() < 4


def test_filters_may_say_that_pixels_are_not_square() -> None:
    with open_live_source("lavfi:testsrc=size=64x48:rate=30,setsar=2") as source:
        frame = source.read()
        assert frame is not None
        assert (source.report.width, source.report.height) == (128, 48)
        assert (frame.width, frame.height) == (128, 48)


def test_a_looped_file_goes_on(tmp_path: Path) -> None:
    path = material.make(tmp_path / "clip.mp4", material.Clip(pts=(0, 512, 1024, 1536)))
    with open_live_source(str(path), CaptureOptions(loop=True)) as source:
        frames = frames_of(source, 10)
    assert len(frames) == 10
    assert min(steps(frames)) > 0
    assert np.asarray(steps(frames)) * 25 == pytest.approx(np.round(np.asarray(steps(frames)) * 25))


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    path = material.make(tmp_path / "clip.mkv", material.Clip(pts=range(0, 51200, 512)))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(DamagedInputError, match=r"truncated.*: use a whole copy of it"):
        open_live_source(str(path))


def test_an_image_sequence_begins_at_its_lowest_number(tmp_path: Path) -> None:
    spec = shots(tmp_path, range(120, 140))
    with open_live_source(spec, CaptureOptions(fps=100)) as source:
        frames = frames_of(source)
        assert source.report.fps == 100
        assert source.report.notes == ()
        assert len(frames) + source.frames_dropped == 20
    shades = [int(frame.bgr[0, 0, 0]) for frame in frames]
    assert shades == sorted(set(shades))
    assert set(shades) <= set(range(120, 140))
    assert shades[0] == 120


def test_a_looped_image_sequence_goes_on(tmp_path: Path) -> None:
    spec = shots(tmp_path, range(3))
    with open_live_source(spec, CaptureOptions(fps=100, loop=True)) as source:
        assert len(frames_of(source, 8)) == 8


def test_a_file_behind_an_address_plays_in_real_time_and_ends(tmp_path: Path) -> None:
    clip = material.Clip(container_options=FAST_START)
    path = material.make(tmp_path / "clip.mp4", clip)
    with MjpegServer(content=path.read_bytes()) as server:
        options = CaptureOptions(resolution=(640, 480), fps=60)
        with open_live_source(server.url, options) as source:
            frames = frames_of(source)
            assert len(frames) + source.frames_dropped == 12
            assert source.report.fps == 25
            assert len(source.report.notes) == 2
    assert frames[-1].captured_at - frames[0].captured_at == pytest.approx(11 / 25, abs=0.09)


def test_a_file_that_its_server_cannot_send_in_parts_is_to_be_downloaded(tmp_path: Path) -> None:
    # Larger than what FFmpeg reads over, and with its index at the end.
    clip = material.Clip(width=320, height=240, pts=range(0, 30 * 512, 512))
    content = material.make(tmp_path / "clip.mp4", clip).read_bytes()
    with (
        MjpegServer(content=content) as server,
        pytest.raises(InputError, match=f"{server.url} cannot be played.*download it first"),
    ):
        open_live_source(server.url)


def test_a_turned_file_behind_an_address_comes_upright(tmp_path: Path) -> None:
    clip = material.Clip(
        orientation=Orientation.from_exif(6), pix_fmt="yuv444p", container_options=FAST_START
    )
    path = material.make(tmp_path / "clip.mp4", clip)
    with VideoReader(path) as reader:
        expected = next(iter(reader)).to_bgr()
    with MjpegServer(content=path.read_bytes()) as server, open_live_source(server.url) as source:
        frame = source.read()
    assert frame is not None
    assert (frame.height, frame.width) == expected.shape[:2] == (64, 48)
    assert np.abs(frame.bgr.astype(int) - expected).mean() < 0.7


@pytest.mark.parametrize("spec", ["97", "/dev/video97"])
def test_numbers_are_cameras(spec: str) -> None:
    with pytest.raises(CameraError, match="no camera 97"):
        open_live_source(spec)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("nothing.mp4", "no such file"),
        ("nothing_%03d.png", "no file is called like"),
        ("lavfi:nosuchfilter", "lavfi:nosuchfilter cannot be opened"),
        ("lavfi:sine", "no video"),
    ],
)
def test_what_cannot_be_opened_is_named(spec: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        open_live_source(spec)


def test_an_empty_name_is_not_the_current_folder() -> None:
    with pytest.raises(OptionError, match="a file name is empty"):
        open_live_source("")


def test_a_single_picture_is_no_live_source(astronaut_file: Path) -> None:
    with pytest.raises(InputError, match="single picture"):
        open_live_source(str(astronaut_file))


@pytest.mark.parametrize(
    ("spec", "options"),
    [
        ("0", CaptureOptions(loop=True)),
        ("http://127.0.0.1:9/", CaptureOptions(loop=True)),
        ("lavfi:testsrc", CaptureOptions(reconnect=True)),
        ("0", CaptureOptions(fps=0)),
        ("0", CaptureOptions(fps=float("nan"))),
        ("0", CaptureOptions(resolution=(0, 480))),
    ],
)
def test_options_that_make_no_sense_are_refused(spec: str, options: CaptureOptions) -> None:
    with pytest.raises(OptionError):
        open_live_source(spec, options)


def test_what_is_a_file(tmp_path: Path) -> None:
    for spec in ("0", "/dev/video1", "rtsp://camera/1", "lavfi:testsrc", shots(tmp_path, range(2))):
        assert played_file(spec) is None
    assert played_file("clips/clip.mp4") == Path("clips/clip.mp4")
