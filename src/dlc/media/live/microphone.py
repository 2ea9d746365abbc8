"""Microphones, through PortAudio."""

from __future__ import annotations

import logging
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from dlc.errors import MicrophoneError, MissingLibraryError
from dlc.media.closing import Closing
from dlc.media.live.clock import LiveClock

logger = logging.getLogger(__name__)

# The name of whichever microphone the system is set to.
DEFAULT_MICROPHONE = "default"
# Drivers deliver a block every few hundredths of a second.
_PATIENCE = 3.0
_NAP = 0.02
# A sensor is never without noise: this many seconds of nothing at all come from somewhere else.
_SILENCE = 3.0
_BYTES_PER_SAMPLE = 2
# What waits while no picture comes, as when a camera is away: several minutes.
_MOST_BLOCKS = 50_000
# How PortAudio's messages begin.
_OPENING = "Error opening RawInputStream: "


@dataclass(frozen=True, slots=True)
class SoundBlock:
    """Samples that follow each other.

    Attributes:
        pcm: int16 in the machine's byte order, channels interleaved.
        arrived_at: when it was handed over, in seconds of the clock.
        after_loss: whether sound was lost just before it.
    """

    pcm: bytes
    arrived_at: float
    after_loss: bool = False


@dataclass(frozen=True, slots=True)
class MicrophoneDevice:
    """A microphone that can be opened.

    Attributes:
        index: PortAudio's number of it.
        name: what the system calls it.
        rate: samples a second.
        channels: 1 or 2.
    """

    index: int
    name: str
    rate: int
    channels: int


class Microphone(Closing):
    """Listens from the moment it is opened; sound waits until it is taken.

    Attributes:
        name: what the system calls it.
        rate: samples a second.
        channels: 1 or 2.
    """

    def __init__(self, device: MicrophoneDevice, *, clock: LiveClock | None = None) -> None:
        """Open it and wait until it delivers, which takes up to a second or two.

        Args:
            device: from `find_microphone`.
            clock: what blocks are timed by.

        Raises:
            MicrophoneError: it is busy, closed to this program, or gone.
            MissingLibraryError: PortAudio cannot be loaded.
        """
        library = _library()
        self.name, self.rate, self.channels = device.name, device.rate, device.channels
        self._clock = clock or LiveClock()
        # Appended to in PortAudio's thread, taken from in another.
        self._blocks: deque[SoundBlock] = deque()
        self._has_lost = False
        self._silent_samples: int | None = 0
        self._stream = _started(library, device, self._hear)
        self._heard_at = self._clock.now()
        while not self._blocks and self._clock.wait(_NAP):
            self.check()

    def take(self) -> Iterator[SoundBlock]:
        """Yield what has arrived since the last time, without waiting."""
        while self._blocks:
            block = self._blocks.popleft()
            self._heard_at = block.arrived_at
            self._listen(block)
            yield block

    def check(self) -> None:
        """Raise MicrophoneError if nothing has arrived for some seconds."""
        if not self._blocks and self._clock.now() - self._heard_at > _PATIENCE:
            self.close()
            raise MicrophoneError(
                f"{self.name} delivers no sound any more: it was unplugged, or another program "
                "took it; plug it in and start again"
            )

    def close(self) -> None:
        """Let go of the microphone; does nothing the second time."""
        self._stream.close()

    def _hear(self, pcm: Any, frames: int, times: Any, status: Any) -> None:  # noqa: ARG002
        """Keep a block; PortAudio calls this in a thread of its own."""
        self._has_lost |= bool(status.input_overflow) or len(self._blocks) >= _MOST_BLOCKS
        if len(self._blocks) < _MOST_BLOCKS:
            self._blocks.append(SoundBlock(bytes(pcm), self._clock.now(), self._has_lost))
            self._has_lost = False

    def _listen(self, block: SoundBlock) -> None:
        """Warn once if there is nothing to be heard at all."""
        if self._silent_samples is None:
            return
        if any(block.pcm):
            self._silent_samples = None
            return
        self._silent_samples += len(block.pcm) // (self.channels * _BYTES_PER_SAMPLE)
        if self._silent_samples > _SILENCE * self.rate:
            self._silent_samples = None
            logger.warning(
                "%s delivers perfect silence: it is muted, or the system does not allow this "
                "program to listen",
                self.name,
            )


def find_microphone(spec: str) -> MicrophoneDevice:
    """Return the microphone that a user means.

    Args:
        spec: its name, a part of it that no other one shares, or "default".

    Raises:
        MicrophoneError: there is none, or more than one; the message lists what there is.
        MissingLibraryError: PortAudio cannot be loaded.
    """
    library = _library()
    try:
        there = _microphones(library)
    except library.PortAudioError as error:
        raise MicrophoneError(f"the system's sound cannot be used: {_words(error)}") from error
    if not there:
        raise MicrophoneError("no microphone is connected: plug one in, or leave it out")
    if spec == DEFAULT_MICROPHONE:
        usual = library.query_hostapis(library.default.hostapi)["default_input_device"]
        return next((each for each in there if each.index == usual), there[0])
    wanted = spec.casefold()
    alike = [each for each in there if wanted in each.name.casefold()]
    chosen = [each for each in alike if wanted == each.name.casefold()] or alike
    if len(chosen) != 1:
        found = "more than one microphone is" if chosen else "no microphone is"
        # On Linux one of them may have this name, too.
        names = dict.fromkeys(each.name for each in chosen or there) | {DEFAULT_MICROPHONE: None}
        raise MicrophoneError(f"{found} called {spec!r}: choose among {', '.join(names)}")
    return chosen[0]


def _microphones(library: Any) -> list[MicrophoneDevice]:
    """Return those of the system's first sound interface; others list the same ones again."""
    indices = library.query_hostapis(library.default.hostapi)["devices"]
    devices = {index: library.query_devices(index) for index in indices}
    return [
        MicrophoneDevice(
            index,
            str(device["name"]),
            round(device["default_samplerate"]),
            min(2, device["max_input_channels"]),
        )
        for index, device in devices.items()
        if device["max_input_channels"]
    ]


def _started(library: Any, device: MicrophoneDevice, hear: Callable[..., None]) -> Any:
    """Open a device and let it deliver."""
    stream = None
    try:
        stream = library.RawInputStream(
            device=device.index,
            samplerate=device.rate,
            channels=device.channels,
            dtype="int16",
            callback=hear,
        )
        stream.start()
    except library.PortAudioError as error:
        if stream is not None:
            stream.close()
        raise MicrophoneError(
            f"{device.name} cannot be opened ({_words(error)}): close other programs that use it, "
            "or allow this one to in the system's privacy settings"
        ) from error
    return stream


def _library() -> Any:
    """Import sounddevice, which few runs need."""
    try:
        import sounddevice
    except ImportError as error:
        raise MissingLibraryError(
            f'microphones need sounddevice ({error}): pip install "dlc[microphone]"'
        ) from error
    except OSError as error:
        # On Linux its package does not bring PortAudio.
        raise MissingLibraryError(
            f"microphones need PortAudio ({error}): apt install libportaudio2, or what your "
            "system calls it"
        ) from error
    return sounddevice


def _words(error: Exception) -> str:
    """Return what PortAudio says, without what is known and without numbers."""
    return re.sub(r" \[PaErrorCode -?\d+\]", "", str(error)).removeprefix(_OPENING)
