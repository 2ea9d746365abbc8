"""Real time without waiting for it: the clock of these tests goes only when something waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from dlc.errors import InputError
from dlc.media.live.clip import ClipPicture
from dlc.media.live.frame import LiveFrame
from dlc.media.live.paced_source import PacedSource
from tests.media.fake_cameras import FakeTime

WIDTH, HEIGHT = 8, 6


@dataclass
class FakeClip:
    """Pictures whose every pixel is their number."""

    time: FakeTime
    times: Sequence[float]
    decode_seconds: Sequence[float] = (0.0,)
    convert_seconds: float = 0.0
    width: int = WIDTH
    height: int = HEIGHT
    fps: float = 10.0
    converted: list[int] = field(default_factory=list)
    closed: bool = False

    def pictures(self) -> Iterator[ClipPicture]:
        for number, seconds in enumerate(self.times):
            self.time.sleep(self.decode_seconds[number % len(self.decode_seconds)])

            def to_bgr(number: int = number) -> np.ndarray:
                self.time.sleep(self.convert_seconds)
                self.converted.append(number)
                return np.full((HEIGHT, WIDTH, 3), number, np.uint8)

            yield ClipPicture(seconds, to_bgr)

    def close(self) -> None:
        self.closed = True


def play(clip: FakeClip, *, loop: bool = False) -> PacedSource:
    return PacedSource(lambda: clip, "clip", loop=loop, clock=clip.time.clock)


def numbers(frames: Sequence[LiveFrame]) -> list[int]:
    return [int(frame.bgr[0, 0, 0]) for frame in frames]


def read(source: PacedSource, count: int) -> list[LiveFrame]:
    return [frame for _ in range(count) if (frame := source.read())]


def test_every_frame_comes_when_its_time_says() -> None:
    time = FakeTime(seconds=100.0)
    clip = FakeClip(time, [7.0, 7.1, 7.15, 7.5, 7.6])
    with play(clip) as source:
        for expected in (100.0, 100.1, 100.15, 100.5, 100.6):
            frame = source.read()
            assert frame is not None
            assert frame.captured_at == pytest.approx(expected)
            assert time.seconds == pytest.approx(expected)
        assert source.read() is None
        assert source.frames_dropped == 0
    assert clip.closed


@pytest.mark.parametrize(("slowest", "late"), [(0.09, 0), (0.15, 1)])
def test_decoding_makes_no_picture_late_that_there_is_time_for(slowest: float, late: int) -> None:
    time = FakeTime()
    clip = FakeClip(time, [n / 10 for n in range(9)], [0.001, 0.02, slowest])
    lateness = []
    with play(clip) as source:
        while frame := source.read():
            lateness.append(time.seconds - frame.captured_at)
    assert source.frames_dropped == 0
    # One picture in three takes long; it alone may be late, and none after it.
    assert [n for n, seconds in enumerate(lateness) if seconds > 1e-9] == [2, 5, 8][: 3 * late]


def test_pixels_are_made_before_they_are_due() -> None:
    time = FakeTime()
    with play(FakeClip(time, [n / 10 for n in range(9)], convert_seconds=0.03)) as source:
        source.read()
        for _ in range(8):
            frame = source.read()
            assert frame is not None
            assert time.seconds == pytest.approx(frame.captured_at)


def test_a_slow_reader_gets_the_newest_picture_and_the_others_are_counted() -> None:
    time = FakeTime()
    clip = FakeClip(time, [n / 10 for n in range(40)])
    with play(clip) as source:
        frames = read(source, 1)
        time.sleep(1.05)
        frames += read(source, 2)
    assert numbers(frames) == [0, 10, 11]
    assert [frame.captured_at for frame in frames] == pytest.approx([0.0, 1.0, 1.1])
    assert source.frames_dropped == 9
    # What is dropped was never made into pixels.
    assert clip.converted == [0, 10, 11]


def test_a_clip_that_cannot_be_decoded_in_time_plays_slower_and_without_standstill() -> None:
    time = FakeTime()
    clip = FakeClip(time, [n / 10 for n in range(100)], [0.15])
    gaps, last = [], 0.0
    with play(clip) as source:
        while frame := source.read():
            gaps.append(time.seconds - last)
            last = time.seconds
            assert time.seconds - frame.captured_at < 0.5
    assert max(gaps) < 1.0
    assert source.seconds_slipped > 0
    assert len(gaps) + source.frames_dropped == 100


def test_a_loop_goes_on_in_time() -> None:
    time = FakeTime()
    clip = FakeClip(time, [5.0, 5.1, 5.2])
    with play(clip, loop=True) as source:
        frames = read(source, 8)
        assert "looped" in source.report.description
    assert numbers(frames) == [0, 1, 2, 0, 1, 2, 0, 1]
    assert [frame.captured_at for frame in frames] == pytest.approx([n / 10 for n in range(8)])
    assert len(frames) == 8


def test_a_loop_around_nothing_is_refused() -> None:
    with play(FakeClip(FakeTime(), []), loop=True) as source, pytest.raises(InputError):
        source.read()


def test_a_stopped_run_waits_for_no_frame() -> None:
    time = FakeTime(stop_at=0.3)
    with play(FakeClip(time, [0.0, 60.0])) as source:
        assert source.read() is not None
        assert source.read() is None
    assert time.seconds < 1


def test_pictures_of_another_size_are_brought_to_the_first_one_s() -> None:
    clip = FakeClip(FakeTime(), [0.0], width=16, height=12)
    with play(clip) as source:
        frame = source.read()
        assert frame is not None
        assert (frame.width, frame.height) == (16, 12)
