"""Devices for live tests: a virtual camera that keeps what it is sent."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pyvirtualcam
from numpy.typing import NDArray
from pyvirtualcam.camera import BACKENDS

_BACKEND = {"Windows": "obs", "Darwin": "obs", "Linux": "v4l2loopback"}


class Recorder:
    """What a fake virtual camera was sent.

    Args:
        vanishes_after: pictures after which the device is gone.
    """

    def __init__(self, vanishes_after: int = 1_000_000) -> None:
        self.vanishes_after = vanishes_after
        self.pictures: list[NDArray[np.uint8]] = []
        self.is_open = False
        self.rate = 0.0


@contextmanager
def virtual_camera(recorder: Recorder) -> Iterator[Recorder]:
    """Put a device that sends to `recorder` in the place of the platform's first one."""

    class Device:
        def __init__(self, *, width: int, height: int, fps: float, **_: Any) -> None:
            self._shape = (height, width, 3)
            recorder.rate = fps
            recorder.is_open = True

        def device(self) -> str:
            return "fake"

        def native_fourcc(self) -> int | None:
            return None

        def send(self, frame: NDArray[np.uint8]) -> None:
            if len(recorder.pictures) >= recorder.vanishes_after:
                raise RuntimeError("no such device")
            recorder.pictures.append(frame.reshape(self._shape).copy())

        def close(self) -> None:
            recorder.is_open = False

    before = dict(BACKENDS)
    # An entry that is there may not be registered again.
    BACKENDS.pop(_BACKEND[platform.system()], None)
    pyvirtualcam.register_backend(_BACKEND[platform.system()], Device)
    try:
        yield recorder
    finally:
        BACKENDS.clear()
        BACKENDS.update(before)
