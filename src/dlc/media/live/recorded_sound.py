"""What a microphone hears as the sound of a recording."""

from __future__ import annotations

from collections import deque
from fractions import Fraction
from typing import Any, Self

import numpy as np
from av.audio.frame import AudioFrame
from av.container import OutputContainer
from av.packet import Packet

from dlc.errors import OutputError
from dlc.media.live.microphone import Microphone
from dlc.media.live.sound_clock import SoundClock
from dlc.media.video.carrying.early import without_early
from dlc.media.video.carrying.other_streams import NoStreams
from dlc.media.video.carrying.sound_encoder import SoundEncoder
from dlc.media.video.writing.containers import Container

# What AAC and Opus both take.
_RATE = 48_000
_LAYOUTS = {1: "mono", 2: "stereo"}


class RecordedSound(NoStreams):
    """Encodes what was heard while the pictures were taken; `OtherStreams`.

    Sound and pictures are timed by the same clock when they arrive, and stay together however long
    a recording is: where the microphone's own clock is a little fast or slow, the sound is
    stretched by as little, and where sound was lost there is silence.
    """

    def __init__(self, microphone: Microphone) -> None:
        """Record from an open microphone, which whoever opened it closes."""
        super().__init__()
        self._microphone = microphone
        self._clock = SoundClock(microphone.rate)
        self._start = 0.0
        self._until = Fraction(0)
        # When it was heard, in seconds from the first picture.
        self._waiting: deque[tuple[float, AudioFrame]] = deque()

    def add_to(self, container: Container, output: OutputContainer) -> Self:
        """Add the sound to a file whose header is not written yet; `AddStreams`.

        Raises:
            OutputError: this kind of file has no sound.
            EncoderError: its encoder cannot be opened.
        """
        encoder = require_sound(container)
        self._container, self._output = container, output
        layout = _LAYOUTS[self._microphone.channels]
        self._encoder = SoundEncoder(output, encoder, _RATE, layout, is_steady=True)
        return self

    def start_at(self, moment: float) -> None:
        """Say when the first picture was taken, in seconds of the clock."""
        self._start = moment

    def advance(self, time: Fraction) -> None:
        """Write what was heard before `time`, in seconds from the first picture.

        Raises:
            MicrophoneError: nothing has been heard for some seconds.
        """
        self._microphone.check()
        self._take()
        self._until = time
        self._write_heard()

    def finish(self, until: Fraction | None = None) -> None:  # noqa: ARG002
        """Write what has arrived since, up to the newest picture, and what the encoder holds."""
        self._take()
        self._write_heard()
        self._write(self._encoder.flush())

    def _take(self) -> None:
        """Take what has arrived, and find out when it was heard."""
        for block in self._microphone.take():
            pcm = np.frombuffer(block.pcm, np.int16).reshape(1, -1)
            frame = AudioFrame.from_ndarray(pcm, "s16", _LAYOUTS[self._microphone.channels])
            frame.sample_rate = self._microphone.rate
            heard_at = self._clock.begin_of(
                frame.samples, block.arrived_at, after_loss=block.after_loss
            )
            self._waiting.append((heard_at - self._start, frame))

    def _write_heard(self) -> None:
        """Encode what was heard before the newest picture was taken."""
        while self._waiting and self._waiting[0][0] < self._until:
            begin, frame = self._waiting.popleft()
            frame.time_base = Fraction(1, frame.sample_rate)
            frame.pts = round(begin / frame.time_base)
            self._write(self._encoder.encode(frame))

    def _write(self, packets: list[Packet[Any]]) -> None:
        self._output.mux(without_early(packets, self._container))


def require_sound(container: Container) -> str:
    """Return the encoder of a kind of file's sound.

    Raises:
        OutputError: this kind of file has no sound.
    """
    if container.audio_encoder is None:
        raise OutputError(
            f"a file that ends in {container.extension} has no sound: choose another name, or "
            "leave out `microphone`"
        )
    return container.audio_encoder
