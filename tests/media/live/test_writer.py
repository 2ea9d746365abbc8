"""Live recordings: frames keep their times, and the file is whole however the run ends."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.errors import CameraError, OutputError, SafeguardError
from dlc.media.frames.color import ColorTags, bgr_to_components
from dlc.media.frames.planes import plane_arrays, require_layout
from dlc.media.live.frame import LiveFrame
from dlc.media.live.source import LiveReport
from dlc.media.live.writer import LiveWriter, check_live_output, picture_of
from dlc.media.video.reading.reader import VideoReader
from dlc.options import EncodeOptions, Preset

CAMERA = Path("0")
FAST = EncodeOptions(preset=Preset.FAST, audio=False, quality=10)
TIMES = [100.0, 100.033, 100.1, 100.5, 100.533]


def picture(level: int, width: int = 64, height: int = 48) -> NDArray[np.uint8]:
    bgr = np.zeros((height, width, 3), np.uint8)
    bgr[...] = (level, 128, 255 - level)
    return bgr


def record(path: Path, width: int = 64, height: int = 48, fail: Exception | None = None) -> None:
    report = LiveReport("a camera", width, height, 30.0)
    with LiveWriter(path, CAMERA, report, FAST) as writer:
        for index, time in enumerate(TIMES):
            frame = LiveFrame(picture(40 * index, width, height), captured_at=time)
            writer.write(frame)
        if fail is not None:
            raise fail


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov", ".webm"])
def test_frames_keep_their_times_and_colors(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"
    record(path)
    with VideoReader(path) as reader:
        frames = [(frame.time, frame.to_bgr().mean(axis=(0, 1))) for frame in reader]
    assert [time for time, _ in frames] == pytest.approx([t - 100.0 for t in TIMES], abs=1e-3)
    for index, (_, color) in enumerate(frames):
        assert color == pytest.approx((40 * index, 128, 255 - 40 * index), abs=4)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov", ".webm"])
def test_a_recording_can_be_played_if_its_process_is_killed(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"
    report = LiveReport("a camera", 64, 48, 30.0)
    with LiveWriter(path, CAMERA, report, FAST) as writer:
        for index in range(180):
            bgr = picture(index)
            writer.write(LiveFrame(bgr, captured_at=100 + index / 30))
        (temporary,) = tmp_path.glob(".out.dlc-*")
        left = tmp_path / f"left{suffix}"
        left.write_bytes(temporary.read_bytes())

    with av.open(str(left)) as container:
        assert sum(1 for _ in container.decode(video=0)) > 90
    with VideoReader(path) as reader:
        assert sum(1 for _ in reader) == 180
    if suffix in (".mp4", ".mov"):
        assert {"moov", "mdat"} <= set(boxes(path)) <= {"ftyp", "wide", "free", "mdat", "moov"}


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
@pytest.mark.parametrize("count", [1, 60])
def test_a_recording_can_be_thrown_away_at_any_time(
    tmp_path: Path, suffix: str, count: int
) -> None:
    with pytest.raises(SafeguardError):
        record_and_refuse(tmp_path / f"out{suffix}", count)
    assert list(tmp_path.iterdir()) == []


def record_and_refuse(path: Path, count: int) -> None:
    # Held back by the encoder at first, so that there is nothing to put into the file.
    encoding = EncodeOptions(preset=Preset.QUALITY)
    report = LiveReport("a camera", 64, 48, 30.0)
    with LiveWriter(path, CAMERA, report, encoding) as writer:
        for index in range(count):
            bgr = picture(index)
            writer.write(LiveFrame(bgr, captured_at=100 + index / 30))
        raise SafeguardError("refused")


def boxes(path: Path) -> list[str]:
    """Return the types of an MP4 file's outermost boxes."""
    data, position, found = path.read_bytes(), 0, []
    while position < len(data):
        found.append(data[position + 4 : position + 8].decode())
        position += int.from_bytes(data[position : position + 4], "big")
    return found


@pytest.mark.parametrize("size", [(64, 48), (65, 49), (1920, 1080)])
def test_samples_are_those_of_exact_arithmetic(size: tuple[int, int]) -> None:
    coarse = np.random.default_rng(0).integers(0, 256, (9, 16, 3)).astype(np.float32)
    smooth = cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC)
    bgr = np.clip(smooth, 0, 255).astype(np.uint8)
    found = plane_arrays(picture_of(bgr))
    exact = bgr_to_components(bgr, require_layout("yuv444p"), ColorTags(1, 1, 1, 1))
    height, width = (-(-side // 2) for side in bgr.shape[:2])
    halved = [cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA) for plane in exact]
    for ours, theirs in zip(found, [exact[0], *halved[1:]], strict=True):
        difference = ours - theirs
        assert np.abs(difference).max() < 1.5
        # Nothing becomes darker or of another tint.
        assert abs(difference.mean()) < 0.1


def test_an_odd_size(tmp_path: Path) -> None:
    record(tmp_path / "out.mp4", 65, 49)
    with VideoReader(tmp_path / "out.mp4") as reader:
        assert (reader.info.width, reader.info.height) == (66, 50)
        assert next(iter(reader)).to_bgr().mean(axis=(0, 1)) == pytest.approx((0, 128, 255), abs=4)


def test_what_was_recorded_before_a_failure_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    with pytest.raises(CameraError):
        record(path, fail=CameraError("unplugged"))
    with VideoReader(path) as reader:
        assert sum(1 for _ in reader) == len(TIMES)
    assert list(tmp_path.iterdir()) == [path]


def test_of_what_is_refused_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(SafeguardError):
        record(tmp_path / "out.mp4", fail=SafeguardError("no"))
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_finished_before_it_gets_its_name(tmp_path: Path) -> None:
    def finish(written: Path, finished: Path) -> None:
        finished.write_bytes(written.read_bytes() + b"signed")

    path = tmp_path / "out.mp4"
    report = LiveReport("a camera", 64, 48, 30.0)
    with LiveWriter(path, CAMERA, report, FAST, finish=finish) as writer:
        writer.write(LiveFrame(picture(1), captured_at=1.0))
        assert not writer.is_kept
    assert writer.is_kept
    assert path.read_bytes().endswith(b"signed")
    assert list(tmp_path.iterdir()) == [path]


def test_without_a_frame_nothing_is_left(tmp_path: Path) -> None:
    report = LiveReport("a camera", 64, 48, 30.0)
    with LiveWriter(tmp_path / "out.mp4", CAMERA, report, FAST) as writer:
        assert writer.frames_written == 0
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_played_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    record(path)
    with pytest.raises(OutputError, match="is an input as well"):
        check_live_output(path, path, FAST, overwrite=True)
    with pytest.raises(OutputError, match="exists already"):
        check_live_output(path, CAMERA, FAST, overwrite=False)
    check_live_output(path, CAMERA, FAST, overwrite=True)
