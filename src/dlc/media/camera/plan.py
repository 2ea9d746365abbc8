"""What is tried to get pictures from a camera, and in which order; decisions without a device."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2

from dlc.arrays import Image
from dlc.media.camera.system import ListedCamera
from dlc.options import CaptureOptions

# Compressed in the camera: USB 2 carries uncompressed pictures of this size at some 15 fps.
_FOURCC = "MJPG"
_FPS = 60.0
# Enough for a face, and what the models and two cores can keep up with. Cameras that do not have
# the first size mostly have one of the others.
_SIZES = ((960, 540), (1280, 720), (640, 480))
# Rows of a picture that is as good as one of these sizes.
_GOOD_ROWS = range(480, 721)


@dataclass(frozen=True, slots=True)
class CaptureBackend:
    """One of OpenCV's ways to a camera.

    Attributes:
        name: as OpenCV calls it.
        number: its `cv2.CAP_` constant.
        takes_fourcc: whether the pixel format can be asked for.
        lists: whether its cameras can be listed.
    """

    name: str
    number: int
    takes_fourcc: bool = True
    lists: bool = True


MSMF = CaptureBackend("MSMF", cv2.CAP_MSMF)
DSHOW = CaptureBackend("DSHOW", cv2.CAP_DSHOW)
AVFOUNDATION = CaptureBackend("AVFOUNDATION", cv2.CAP_AVFOUNDATION, takes_fourcc=False)
V4L2 = CaptureBackend("V4L2", cv2.CAP_V4L2)
# A camera that DirectShow does not list may still be the one that it opens by the same number.
DSHOW_BY_NUMBER = CaptureBackend("DSHOW", cv2.CAP_DSHOW, lists=False)
# On Windows it would also try FFmpeg, which opens no cameras and complains on standard output.
ANY = CaptureBackend("ANY", cv2.CAP_ANY, lists=False)
_BACKENDS = {
    "Windows": (MSMF, DSHOW, DSHOW_BY_NUMBER),
    "Darwin": (AVFOUNDATION,),
    "Linux": (V4L2,),
}


@dataclass(frozen=True, slots=True)
class StreamFormat:
    """A picture format, as asked for, as reported by a driver, or as measured.

    Attributes:
        width: in pixels.
        height: in pixels.
        fps: frames a second; None where nothing is said.
        fourcc: the pixel format's four letters; None where nothing is said.
    """

    width: int
    height: int
    fps: float | None
    fourcc: str | None

    def __str__(self) -> str:
        rate = "" if self.fps is None else f" at {self.fps:.4g} fps"
        return f"{self.width}x{self.height}{rate}" + (f" {self.fourcc}" if self.fourcc else "")

    def parameters(self) -> list[tuple[int, int]]:
        """Return OpenCV's properties and their values, in the order in which they take effect."""
        wanted = [
            (cv2.CAP_PROP_FRAME_WIDTH, self.width),
            (cv2.CAP_PROP_FRAME_HEIGHT, self.height),
        ]
        if self.fps is not None:
            wanted.append((cv2.CAP_PROP_FPS, round(self.fps)))
        if self.fourcc is None:
            return wanted
        # DirectShow fixes the pixel format first and then looks for a size in it.
        return [(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*self.fourcc)), *wanted]


def backends_of(platform: str) -> tuple[CaptureBackend, ...]:
    """Return the backends to try on a platform (as `platform.system` calls it), best first."""
    return _BACKENDS.get(platform, (ANY,))


def formats_to_ask(
    options: CaptureOptions, backend: CaptureBackend
) -> tuple[StreamFormat | None, ...]:
    """Return the formats to ask for, best first; None asks for nothing, so it comes last."""
    sizes = _SIZES if options.resolution is None else (options.resolution,)
    fourcc = _FOURCC if backend.takes_fourcc else None
    fps = options.fps or _FPS
    return (*(StreamFormat(width, height, fps, fourcc) for width, height in sizes), None)


def is_good_enough(picture: Image, options: CaptureOptions) -> bool:
    """Whether pictures of this size will do, or it is worth asking for something else.

    A camera takes the nearest size it has for the one it was asked for, or ignores the question:
    of a size that the user has chosen there is nothing better to be had.
    """
    return options.resolution is not None or picture.shape[0] in _GOOD_ROWS


def index_for(
    camera: ListedCamera | None,
    index: int,
    first: Sequence[ListedCamera],
    here: Sequence[ListedCamera],
) -> int | None:
    """Return by which number a backend opens a camera that was chosen from another one's list.

    Args:
        camera: the chosen one; None where it is not in the list.
        index: its number in the first backend's list.
        first: the first backend's list.
        here: this backend's list.

    Returns:
        The number, or None if the camera is not in this backend's list. Where nothing is known,
        the number stays as it is.
    """
    if camera is None or not here:
        return index
    alike = [other.index for other in first if other.name == camera.name]
    same = [other.index for other in here if other.name == camera.name]
    position = alike.index(camera.index)
    return same[position] if position < len(same) else None


def reported_fourcc(value: float) -> str | None:
    """Return the four letters in OpenCV's number for a pixel format, None where there are none."""
    number = int(value)
    if number <= 0:
        return None
    letters = number.to_bytes(8, "little")[:4].decode("latin-1")
    return letters if letters.isascii() and letters.isprintable() else None
