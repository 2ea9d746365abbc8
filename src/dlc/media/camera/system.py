"""Where the operating system's cameras come in: OpenCV's captures and the list of cameras."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
from cv2_enumerate_cameras import enumerate_cameras

from dlc.arrays import Image
from dlc.media.opencv_log import silent_opencv


class CaptureDevice(Protocol):
    """The part of `cv2.VideoCapture` that is used."""

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        """Whether the camera is open."""

    def set(self, propId: int, value: float, /) -> bool:  # noqa: N803 - OpenCV's name
        """Ask for a property; False where the backend knows that it did not get it."""

    def get(self, propId: int, /) -> float:  # noqa: N803 - OpenCV's name
        """Return what the backend says of a property; 0 where it says nothing."""

    def read(self) -> tuple[bool, Image | None]:
        """Wait for a picture, uint8 (h, w, 3) BGR; False where none came."""

    def release(self) -> None:
        """Close the camera."""


@dataclass(frozen=True, slots=True)
class ListedCamera:
    """A camera as one backend lists it.

    Attributes:
        index: the number by which this backend opens it.
        name: what the system calls it.
    """

    index: int
    name: str


@dataclass(frozen=True, slots=True)
class CaptureSystem:
    """Access to the cameras of a machine.

    Attributes:
        platform: as `platform.system` calls it.
        open: opens a camera by index, backend (a `cv2.CAP_` number) and parameters (property,
            value, property, value, ...); the device may turn out not to be open.
        cameras: lists the cameras of a backend; empty where they cannot be listed.
    """

    platform: str
    open: Callable[[int, int, Sequence[int]], CaptureDevice]
    cameras: Callable[[int], Sequence[ListedCamera]]


def this_system() -> CaptureSystem:
    """Return the access to the cameras of this machine."""
    return CaptureSystem(platform.system(), _open, _cameras)


def _open(index: int, backend: int, parameters: Sequence[int]) -> CaptureDevice:
    with silent_opencv():
        return cv2.VideoCapture(index, backend, list(parameters))  # type: ignore[return-value]


def _cameras(backend: int) -> list[ListedCamera]:
    try:
        found = enumerate_cameras(backend)
    except NotImplementedError:
        return []
    cameras = (ListedCamera(camera.index, camera.name) for camera in found)
    return sorted(cameras, key=lambda camera: camera.index)
