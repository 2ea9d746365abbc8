"""Sound is encoded whatever it comes as, even where that changes on the way."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame

from dlc.errors import EncoderError
from dlc.media.video.carrying.sound_encoder import SoundEncoder

RATE = 48_000
TONE = 400.0


def tone(layout: str, rate: int, begin: float, seconds: float) -> list[AudioFrame]:
    """Return frames of a tone whose phase depends on their times alone."""
    size = rate // 50
    frames = []
    for start in range(0, round(seconds * rate), size):
        times = begin + (start + np.arange(size)) / rate
        wave = (0.5 * np.sin(2 * np.pi * TONE * times)).astype(np.float32)
        channels = av.AudioLayout(layout).nb_channels
        frame = AudioFrame.from_ndarray(np.tile(wave, (channels, 1)), "fltp", layout)
        frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
        frame.pts = round(begin * rate) + start
        frames.append(frame)
    return frames


@pytest.mark.parametrize("is_steady", [True, False])
def test_what_sound_comes_as_may_change(tmp_path: Path, is_steady: bool) -> None:
    path = tmp_path / "sound.mka"
    parts = (("stereo", RATE), ("5.1", RATE), ("mono", 44_100), ("stereo", RATE))
    with av.open(str(path), "w", format="matroska") as container:
        encoder = SoundEncoder(container, "libopus", RATE, "stereo", is_steady=is_steady)
        for number, (layout, rate) in enumerate(parts):
            for frame in tone(layout, rate, float(number), 1.0):
                container.mux(encoder.encode(frame))
        container.mux(encoder.flush())
    with av.open(str(path)) as container:
        frames = list(container.decode(audio=0))
    samples = np.concatenate([frame.to_ndarray()[0] for frame in frames])
    assert len(samples) / RATE == pytest.approx(4, abs=0.03)
    periods = samples[: len(samples) // 120 * 120].reshape(-1, 120)[10:-10]
    # Between parts, a few periods may be faded; nowhere is there silence, or a part of its own.
    assert np.mean(np.ptp(periods, axis=1) > 0.4) > 0.99


def test_sound_that_an_encoder_does_not_take_is_refused(tmp_path: Path) -> None:
    with (
        av.open(str(tmp_path / "sound.mka"), "w", format="matroska") as container,
        pytest.raises(EncoderError, match="libopus cannot encode"),
    ):
        SoundEncoder(container, "libopus", 44_100, "stereo")
