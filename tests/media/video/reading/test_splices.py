"""Recordings joined into one file, whose clock goes on where it jumps, for all streams alike."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import pytest

from dlc.media.video.reading.reader import VideoReader
from dlc.media.video.reading.splices import find_splices
from tests.media.material import VIDEO_PID, Clip, make, packets, times, transcode

TICK = Fraction(1, 90_000)
# Sound that ends a little after the picture, so that the two cannot both begin anew without a gap.
RECORDING = Clip(
    time_base=TICK,
    pts=range(0, 25 * 3600, 3600),
    duration=3600,
    audio=("aac",),
    audio_seconds=1.1,
    options={"qp": "0", "preset": "ultrafast", "bf": "2"},
)

# MPEG-2 and MP2, of which each packet of sound lasts 1152 samples.
PROGRAM = replace(
    RECORDING,
    codec="mpeg2video",
    options={"bf": "2"},
    time_base=Fraction(1, 25),
    pts=range(25),
    duration=1,
    audio=("mp2",),
)


def recording(path: Path, hours: int) -> Path:
    clip = PROGRAM if path.suffix == ".mpg" else RECORDING
    begin = Fraction(hours * 3600)
    pts = [int(begin / clip.time_base) + time for time in clip.pts]
    return make(path, replace(clip, pts=pts, audio_start=begin))


def joined(folder: Path, *hours: int, suffix: str = ".ts") -> Path:
    """Join recordings that begin at these hours of their clock."""
    parts = [recording(folder / f"{n}{suffix}", hour) for n, hour in enumerate(hours)]
    path = folder / f"joined{suffix}"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    return path


def begins(path: Path, kind: str) -> list[Fraction]:
    return [time for time, _, _ in packets(path, kind)]


@pytest.mark.parametrize("suffix", [".ts", ".m2ts", ".mpg"])
@pytest.mark.parametrize("hours", [(0, 0), (3, 1), (0, 2)])
def test_picture_and_sound_go_on_in_step_where_the_clock_jumps(
    tmp_path: Path, hours: tuple[int, int], suffix: str
) -> None:
    path = joined(tmp_path, *hours, suffix=suffix)
    first, second = tmp_path / f"0{suffix}", tmp_path / f"1{suffix}"

    reader, writer = transcode(path, tmp_path / "b.mp4")

    assert (reader.frames_read, reader.frames_lost, writer.notes) == (50, 0, [])
    pictures, sounds = times(tmp_path / "b.mp4"), begins(tmp_path / "b.mp4", "audio")
    was = [begins(part, "audio") for part in (first, second)]
    assert len(sounds) == len(was[0]) + len(was[1])
    # The clock of the second recording moved by the same time for both, and nothing overlaps.
    moved = pictures[25] - times(second)[0]
    for new, old in zip(sounds[len(was[0]) :], was[1], strict=True):
        assert abs(new - old - moved) <= TICK
    length = Fraction(1152 if suffix == ".mpg" else 1024, 48_000)
    assert -TICK <= sounds[len(was[0])] - sounds[len(was[0]) - 1] - length < 0.02
    assert pictures[25] - pictures[24] < 0.2
    [note] = reader.notes
    assert f"the clock of {path.name} jumps at 1." in note


def test_each_of_several_jumps_is_corrected(tmp_path: Path) -> None:
    path = joined(tmp_path, 5, 0, 7, 7)

    reader, _ = transcode(path, tmp_path / "b.mkv")

    assert reader.frames_read == 100
    found = times(tmp_path / "b.mkv")
    assert max(b - a for a, b in pairwise(found)) < 0.2
    assert reader.info.frame_count == pytest.approx(25 * (float(found[-1]) + 0.04), abs=1)


def test_a_range_counts_on_after_a_jump(tmp_path: Path) -> None:
    path = joined(tmp_path, 0, 0, 0)
    with VideoReader(path) as reader:
        whole = [(frame.pts, frame.native.to_ndarray().tobytes()) for frame in reader]

    with VideoReader(path, start=2.5, end=2.9) as reader:
        part = [(frame.pts, frame.native.to_ndarray().tobytes()) for frame in reader]
        origin = reader.origin()

    wanted = [f for f in whole if 2.5 <= float(f[0] * TICK - origin) < 2.9]
    assert part == wanted
    assert len(part) == 10
    transcode(path, tmp_path / "b.mp4", start=2.5, end=2.9)
    assert len(times(tmp_path / "b.mp4")) == 10
    assert begins(tmp_path / "b.mp4", "audio")[-1] == pytest.approx(0.37, abs=0.03)


def test_one_clock_throughout_is_left_alone(tmp_path: Path) -> None:
    path = recording(tmp_path / "a.ts", 0)
    # With a pause of all streams that is no new recording.
    later = replace(RECORDING, pts=[t + 450_000 for t in RECORDING.pts], audio_start=Fraction(5))
    path.write_bytes(path.read_bytes() + make(tmp_path / "b.ts", later).read_bytes())

    assert find_splices(path, "mpegts") is None
    # A clock that overflows in the middle is FFmpeg's to put right.
    end = replace(RECORDING, pts=[t + 2**33 - 15 * 3600 for t in RECORDING.pts], audio=())
    make(tmp_path / "c.ts", end)
    assert find_splices(tmp_path / "c.ts", "mpegts") is None
    found = times(tmp_path / "c.ts")
    assert found == sorted(found)


def with_a_wrong_time(path: Path, byte: int, bit: int) -> None:
    """Flip a bit, in a header that has it set, of the presentation time of a frame."""
    data = bytearray(path.read_bytes())
    for at in range(188 * 20, len(data), 188):
        if int.from_bytes(data[at + 1 : at + 3], "big") == 0x4000 | VIDEO_PID:
            place = data.index(b"\0\0\1\xe0", at) + 9 + byte
            if data[place] & bit or byte == 0:
                data[place] ^= bit
                break
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("sound", "byte", "bit"),
    [
        pytest.param(("aac",), 0, 0x02, id="three hours ahead of the sound"),
        pytest.param((), 3, 0x20, id="a picture back, without sound"),
    ],
)
def test_one_wrong_time_is_no_jump(
    tmp_path: Path, sound: tuple[str, ...], byte: int, bit: int
) -> None:
    options = {"qp": "0", "preset": "ultrafast", "bf": "0"}
    path = make(tmp_path / "a.ts", replace(RECORDING, options=options, audio=sound))
    before = decoding_times(path)

    with_a_wrong_time(path, byte, bit)

    changed = [a - b for a, b in zip(decoding_times(path), before, strict=True) if a != b]
    assert changed == [1 << 30 if sound else -4096]
    assert find_splices(path, "mpegts") is None


def decoding_times(path: Path) -> list[int]:
    with av.open(str(path)) as container:
        return [p.dts for p in container.demux(video=0) if p.dts is not None]
