"""Recordings have the sound of their microphone, and it stays with the pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.errors import MicrophoneError, OutputError
from dlc.media.live.frame import LiveFrame
from dlc.media.live.microphone import SoundBlock
from dlc.media.live.recorded_sound import require_sound
from dlc.media.live.source import LiveReport
from dlc.media.live.writer import LiveWriter
from dlc.media.video.reading.reader import VideoReader
from dlc.media.video.writing.containers import VIDEO_EXTENSIONS, container_for
from dlc.options import EncodeOptions, Preset

FAST = EncodeOptions(preset=Preset.FAST, audio=False, quality=10)
FPS = 30
# The clock shows this when the first picture is taken.
START = 1000.0
CLICK = 0.004
WITH_SOUND = [suffix for suffix in VIDEO_EXTENSIONS if suffix != ".gif"]


@dataclass
class FakeMicrophone:
    """Hears a click at every full second, sampled by a clock of its own."""

    rate: int = 44_100
    channels: int = 1
    # How much faster than it says the microphone samples.
    drift: float = 0.0
    # Seconds from sound to arrival, at most.
    jitter: float = 0.0
    # Sound between these moments is lost.
    lost: tuple[float, float] = (0.0, 0.0)
    begin: float = START - 0.7
    end: float = START + 60
    now: float = START
    _taken: int = 0
    _random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    def take(self) -> Iterator[SoundBlock]:
        size = self.rate // 100
        after_loss = False
        while (moment := self._moment(self._taken + size)) <= min(self.now, self.end):
            times = self.begin + (self._taken + np.arange(size)) / (self.rate * (1 + self.drift))
            self._taken += size
            if self.lost[0] <= moment < self.lost[1]:
                after_loss = True
                continue
            wave = np.sin(2 * np.pi * 3000 * times) * (times % 1 < CLICK)
            pcm = (wave * 30_000).astype(np.int16)
            arrival = moment + self._random.uniform(0, self.jitter)
            yield SoundBlock(np.repeat(pcm, self.channels).tobytes(), arrival, after_loss)
            after_loss = False

    def check(self) -> None:
        if self.now > self.end + 3:
            raise MicrophoneError("gone")

    def _moment(self, samples: int) -> float:
        return self.begin + samples / (self.rate * (1 + self.drift))


def record(path: Path, microphone: FakeMicrophone, seconds: float) -> None:
    """Record white pictures in the first tenth of every second, and black ones otherwise."""
    report = LiveReport("a camera", 64, 48, FPS)
    with LiveWriter(path, Path("0"), report, FAST, microphone=microphone) as writer:  # type: ignore[arg-type]
        for index in range(round(seconds * FPS)):
            moment = START + index / FPS
            microphone.now = moment + 0.05
            bgr = np.full((48, 64, 3), 255 if index % FPS < FPS / 10 else 0, np.uint8)
            writer.write(LiveFrame(bgr, captured_at=moment))


def sound_of(path: Path) -> tuple[float, NDArray[np.float32], int]:
    """Return when the sound begins, its samples, and how many of them make a second."""
    with av.open(str(path)) as container:
        frames = list(container.decode(audio=0))
    samples = np.concatenate([frame.to_ndarray()[0] for frame in frames])
    return float(frames[0].time or 0), samples, frames[0].sample_rate


def clicks_of(path: Path) -> NDArray[np.float64]:
    begin, samples, rate = sound_of(path)
    loud = np.flatnonzero(np.abs(samples) > 0.3)
    first = loud[np.diff(loud, prepend=-rate) > rate / 2]
    return np.asarray(begin + first / rate)


def flashes_of(path: Path) -> NDArray[np.float64]:
    with VideoReader(path) as reader:
        shown = [(frame.time, frame.to_bgr().mean()) for frame in reader]
    bright = [index for index, (_, level) in enumerate(shown) if level > 128]
    first = [index for index in bright if index - 1 not in bright]
    return np.array([shown[index][0] for index in first])


@pytest.mark.parametrize("suffix", WITH_SOUND)
@pytest.mark.parametrize("channels", [1, 2])
def test_clicks_are_heard_when_flashes_are_seen(tmp_path: Path, suffix: str, channels: int) -> None:
    path = tmp_path / f"out{suffix}"
    record(path, FakeMicrophone(channels=channels), 4)
    with av.open(str(path)) as container:
        assert container.streams.audio[0].channels == channels
    np.testing.assert_allclose(flashes_of(path), range(4), atol=1e-3)
    # AVI cannot hide what the encoder puts before the first sample, so that one fades in.
    first = 1 if suffix == ".avi" else 0
    np.testing.assert_allclose(clicks_of(path), range(first, 4), atol=1e-3)


def test_a_microphone_that_is_fast_and_a_machine_that_is_busy(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    record(path, FakeMicrophone(drift=4e-4, jitter=0.04), 50)
    # Left alone, it would be late by 20 ms at the end.
    np.testing.assert_allclose(clicks_of(path), range(50), atol=6e-3)


def test_lost_sound_is_silence(tmp_path: Path) -> None:
    path = tmp_path / "out.mkv"
    record(path, FakeMicrophone(lost=(START + 3.6, START + 5.3)), 9)
    np.testing.assert_allclose(clicks_of(path), [0, 1, 2, 3, 6, 7, 8], atol=2e-3)


def test_a_microphone_that_delivers_late_is_silent_at_first(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    record(path, FakeMicrophone(begin=START + 1.5), 4)
    np.testing.assert_allclose(flashes_of(path), range(4), atol=1e-3)
    np.testing.assert_allclose(clicks_of(path), [2, 3], atol=1e-3)


def test_sound_ends_with_the_pictures(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    record(path, FakeMicrophone(), 2.5)
    begin, samples, rate = sound_of(path)
    assert begin == pytest.approx(0, abs=1e-3)
    assert len(samples) / rate == pytest.approx(2.5, abs=2 / FPS)


def test_a_recording_is_kept_if_its_microphone_goes_away(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    with pytest.raises(MicrophoneError):
        record(path, FakeMicrophone(end=START + 2.5), 20)
    np.testing.assert_allclose(clicks_of(path), [0, 1, 2], atol=1e-3)
    assert len(flashes_of(path)) == 6


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_recording_has_its_sound_if_its_process_is_killed(tmp_path: Path, suffix: str) -> None:
    path, left = tmp_path / f"out{suffix}", tmp_path / f"left{suffix}"

    class Killed(FakeMicrophone):
        def take(self) -> Iterator[SoundBlock]:
            if self.now > START + 7.9 and not left.exists():
                (temporary,) = tmp_path.glob(".out.dlc-*")
                left.write_bytes(temporary.read_bytes())
            yield from super().take()

    record(path, Killed(), 8)
    np.testing.assert_allclose(clicks_of(left)[:5], range(5), atol=1e-3)
    np.testing.assert_allclose(clicks_of(path), range(8), atol=1e-3)


def test_a_kind_of_file_without_sound_is_refused() -> None:
    with pytest.raises(OutputError, match="leave out `microphone`"):
        require_sound(container_for(Path("out.gif")))
