"""Microphones: which one is meant, and what is said of those that do not work."""

from __future__ import annotations

import builtins
import logging
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from dlc.errors import MicrophoneError, MissingLibraryError
from dlc.media.live import microphone as module
from dlc.media.live.clock import LiveClock
from dlc.media.live.microphone import Microphone, find_microphone

RATE = 48_000
DEVICES = [
    {"name": "Speakers", "max_input_channels": 0, "default_samplerate": 48_000.0},
    {"name": "Blue Yeti: USB Audio", "max_input_channels": 2, "default_samplerate": 48_000.0},
    {"name": "Built-in Microphone", "max_input_channels": 1, "default_samplerate": 44_100.0},
    {"name": "Built-in Microphone Array", "max_input_channels": 8, "default_samplerate": 44_100.0},
    # The same ones through another of the system's interfaces.
    {"name": "Blue Yeti: USB Audio", "max_input_channels": 2, "default_samplerate": 48_000.0},
]


class PortAudioError(Exception):
    pass


class FakeLibrary:
    """Stands for sounddevice on a machine with the devices above."""

    PortAudioError = PortAudioError
    default = SimpleNamespace(hostapi=0)

    def __init__(self, count: int = len(DEVICES) - 1, refusal: str = "") -> None:
        self._devices = list(range(count))
        self._refusal = refusal
        self.hear: Callable[..., None] = lambda *_: None
        self.is_open = False

    def query_hostapis(self, index: int) -> dict[str, Any]:
        assert index == 0
        return {"devices": self._devices, "default_input_device": 2}

    def query_devices(self, index: int) -> dict[str, Any]:
        return DEVICES[index]

    def RawInputStream(self, *, callback: Callable[..., None], **_: Any) -> Any:  # noqa: N802
        if self._refusal:
            raise PortAudioError(self._refusal)
        self.hear, self.is_open = callback, True
        return SimpleNamespace(start=self._start, close=self._close)

    def _start(self) -> None:
        self.deliver(b"\1\0" * 480)

    def _close(self) -> None:
        self.is_open = False

    def deliver(self, pcm: bytes, *, overflow: bool = False) -> None:
        self.hear(pcm, len(pcm) // 2, None, SimpleNamespace(input_overflow=overflow))


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> FakeLibrary:
    return use(monkeypatch, FakeLibrary())


def use(monkeypatch: pytest.MonkeyPatch, library: FakeLibrary) -> FakeLibrary:
    monkeypatch.setattr(module, "_library", lambda: library)
    return library


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("spec", "index", "rate", "channels"),
    [
        ("default", 2, 44_100, 1),
        ("yeti", 1, 48_000, 2),
        ("Built-in Microphone", 2, 44_100, 1),
        ("array", 3, 44_100, 2),
    ],
)
def test_microphones_go_by_a_part_of_their_name(
    spec: str, index: int, rate: int, channels: int
) -> None:
    device = find_microphone(spec)
    assert (device.index, device.rate, device.channels) == (index, rate, channels)


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("webcam", "no microphone is called 'webcam': choose among Blue Yeti: USB Audio, Built-in"),
        ("built-in", "more than one .* among Built-in Microphone, Built-in Microphone Array, def"),
        ("speakers", "no microphone is called 'speakers'"),
    ],
)
def test_a_name_that_fits_none_or_several_lists_them(spec: str, said: str) -> None:
    with pytest.raises(MicrophoneError, match=said):
        find_microphone(spec)


def test_a_machine_without_microphones(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, FakeLibrary(count=1))
    with pytest.raises(MicrophoneError, match="no microphone is connected"):
        find_microphone("default")


def test_a_microphone_that_is_refused_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = "Error opening RawInputStream: Device unavailable [PaErrorCode -9985]"
    use(monkeypatch, FakeLibrary(refusal=refusal))
    with pytest.raises(MicrophoneError, match=r"cannot be opened \(Device unavailable\): close"):
        Microphone(find_microphone("yeti"))


def test_blocks_come_in_order_with_their_times(library: FakeLibrary) -> None:
    now = 7.0
    with Microphone(find_microphone("yeti"), clock=LiveClock(now=lambda: now)) as microphone:
        now = 7.5
        library.deliver(b"\2\0" * 480, overflow=True)
        blocks = list(microphone.take())
        assert [block.arrived_at for block in blocks] == [7.0, 7.5]
        assert [block.after_loss for block in blocks] == [False, True]
        assert blocks[1].pcm == b"\2\0" * 480
        assert list(microphone.take()) == []
    assert not library.is_open


def test_sound_that_nobody_takes_does_not_fill_the_memory(library: FakeLibrary) -> None:
    with Microphone(find_microphone("yeti")) as microphone:
        for _ in range(60_000):
            library.deliver(b"\1\0")
        assert len(list(microphone.take())) == 50_000
        library.deliver(b"\1\0")
        library.deliver(b"\1\0")
        assert [block.after_loss for block in microphone.take()] == [True, False]


def test_a_microphone_that_goes_away_is_noticed(library: FakeLibrary) -> None:
    now = 0.0
    microphone = Microphone(find_microphone("yeti"), clock=LiveClock(now=lambda: now))
    now = 3.1
    # What has arrived is still to be taken.
    microphone.check()
    assert len(list(microphone.take())) == 1
    with pytest.raises(MicrophoneError, match=r"Blue Yeti.* no sound any more"):
        microphone.check()
    assert not library.is_open


def test_a_microphone_that_never_delivers_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    class Dead(FakeLibrary):
        def _start(self) -> None:
            pass

    def pass_time(seconds: float) -> None:
        nonlocal now
        now += seconds

    use(monkeypatch, Dead())
    with pytest.raises(MicrophoneError, match="no sound any more"):
        Microphone(find_microphone("yeti"), clock=LiveClock(now=lambda: now, sleep=pass_time))


@pytest.mark.parametrize(("pcm", "warnings"), [(b"\0\0", 1), (b"\0\1", 0)])
def test_perfect_silence_is_told_once(
    library: FakeLibrary, caplog: pytest.LogCaptureFixture, pcm: bytes, warnings: int
) -> None:
    library._start = lambda: library.deliver(pcm * 480)  # type: ignore[method-assign]  # noqa: SLF001
    with Microphone(find_microphone("default")) as microphone, caplog.at_level(logging.WARNING):
        for _ in range(1000):
            library.deliver(pcm * 480)
        assert len(list(microphone.take())) == 1001
    assert len(caplog.records) == warnings


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ImportError("No module named 'sounddevice'"), r'pip install "dlc\[microphone\]"'),
        (OSError("PortAudio library not found"), "apt install libportaudio2"),
    ],
)
def test_what_is_not_installed_is_told(
    monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    real_import = builtins.__import__

    def without(name: str, *arguments: Any, **others: Any) -> Any:
        if name == "sounddevice":
            raise error
        return real_import(name, *arguments, **others)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingLibraryError, match=said):
        find_microphone("default")
