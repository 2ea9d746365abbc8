"""Cameras that follow a script, in the place of OpenCV's captures, and a clock to go with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from dlc.media.camera.plan import ANY, AVFOUNDATION, DSHOW, MSMF, V4L2
from dlc.media.camera.system import CaptureSystem, ListedCamera
from dlc.media.live.clock import LiveClock

Size = tuple[int, int]
NAMES = {backend.number: backend.name for backend in (MSMF, DSHOW, AVFOUNDATION, V4L2, ANY)}


@dataclass
class FakeTime:
    """A clock that only goes when something waits."""

    seconds: float = 0.0
    stop_at: float = float("inf")

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    @property
    def clock(self) -> LiveClock:
        return LiveClock(
            now=lambda: self.seconds,
            sleep=self.sleep,
            is_stopped=lambda: self.seconds >= self.stop_at,
        )


def always(_: object) -> bool:
    return True


def never(_: object) -> bool:
    return False


@dataclass
class Script:
    """How a camera behaves behind one backend.

    Attributes:
        opens: whether it opens without parameters.
        takes: whether it opens with the parameters {property: value} in the constructor.
        settable: whether `set` has an effect.
        sizes: what it can deliver; it takes the one nearest in rows. The first is its default.
        seconds: from one picture to the next.
        reports: what it says of its properties, whatever it does.
        delivers: makes picture number n of a size, or None.
    """

    opens: Callable[[], bool] = lambda: True
    takes: Callable[[dict[int, int]], bool] = always
    settable: bool = True
    sizes: Sequence[Size] = ((640, 480), (960, 540), (1280, 720))
    seconds: float = 1 / 30
    reports: dict[int, float] = field(default_factory=dict)
    delivers: Callable[[int, Size], NDArray[np.uint8] | None] = lambda n, size: noise(n, size)


def noise(number: int, size: Size) -> NDArray[np.uint8]:
    shade = np.random.default_rng(number).integers(60, 200, (size[1] // 8, 1, 3), np.uint8)
    return np.ascontiguousarray(cv2.resize(shade, size, interpolation=cv2.INTER_NEAREST))


def black(number: int, size: Size) -> NDArray[np.uint8]:
    return noise(number, size) // 12


def still(_: int, size: Size) -> NDArray[np.uint8]:
    return noise(0, size)


def nothing(_: int, __: Size) -> None:
    return None


class FakeCapture:
    """Has the interface of `cv2.VideoCapture`."""

    def __init__(self, script: Script | None, asked: dict[int, int], time: FakeTime) -> None:
        self.script = script or Script(opens=lambda: False, takes=never)
        self.time = time
        self.is_open = self.script.takes(asked) if asked else self.script.opens()
        self.is_released = False
        self.was_set: list[int] = []
        self.size = self.script.sizes[0]
        self.reads = 0
        self.wanted = dict(asked)
        self._apply()

    def isOpened(self) -> bool:  # noqa: N802
        return self.is_open and not self.is_released

    def set(self, name: int, value: float, /) -> bool:
        self.was_set.append(name)
        if self.script.settable:
            self.wanted[name] = int(value)
            self._apply()
        return self.script.settable

    def get(self, name: int, /) -> float:
        sizes = {cv2.CAP_PROP_FRAME_WIDTH: self.size[0], cv2.CAP_PROP_FRAME_HEIGHT: self.size[1]}
        return self.script.reports.get(name, sizes.get(name, 0.0))

    def read(self) -> tuple[bool, NDArray[np.uint8] | None]:
        assert self.isOpened(), "a closed camera was read"
        self.time.sleep(self.script.seconds)
        picture = self.script.delivers(self.reads, self.size)
        self.reads += 1
        return picture is not None, picture

    def release(self) -> None:
        self.is_released = True

    def _apply(self) -> None:
        # A size takes effect once both sides of it are known.
        rows = self.wanted.get(cv2.CAP_PROP_FRAME_HEIGHT)
        if rows is not None and cv2.CAP_PROP_FRAME_WIDTH in self.wanted:
            self.size = min(self.script.sizes, key=lambda size: abs(size[1] - rows))


@dataclass
class FakeMachine:
    """A machine with scripted cameras.

    Attributes:
        platform: as `platform.system` calls it.
        scripts: by backend and index, as OpenCV numbers them.
        listed: names of the cameras by backend, in the order of their numbers.
        opened: every attempt: backend, index, parameters, and the capture that came of it.
    """

    platform: str
    scripts: dict[tuple[int, int], Script]
    listed: dict[int, Sequence[str]] = field(default_factory=dict)
    time: FakeTime = field(default_factory=FakeTime)
    opened: list[tuple[int, int, dict[int, int], FakeCapture]] = field(default_factory=list)

    @property
    def system(self) -> CaptureSystem:
        return CaptureSystem(self.platform, self._open, self._cameras)

    @property
    def backends_tried(self) -> list[str]:
        """Names of the backends, each once, in the order in which they were tried."""
        return list(dict.fromkeys(NAMES[backend] for backend, *_ in self.opened))

    @property
    def last(self) -> FakeCapture:
        return self.opened[-1][3]

    def assert_all_released(self) -> None:
        assert all(not capture.isOpened() for *_, capture in self.opened)

    def _open(self, index: int, backend: int, parameters: Sequence[int]) -> FakeCapture:
        asked = dict(zip(parameters[::2], parameters[1::2], strict=True))
        capture = FakeCapture(self.scripts.get((backend, index)), asked, self.time)
        self.opened.append((backend, index, asked, capture))
        return capture

    def _cameras(self, backend: int) -> list[ListedCamera]:
        return [
            ListedCamera(index, name) for index, name in enumerate(self.listed.get(backend, ()))
        ]
