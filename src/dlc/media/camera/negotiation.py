"""Finding the way to a camera on which it delivers pictures, and what it then delivers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import cv2

from dlc.arrays import Image
from dlc.errors import CameraError, Cancelled
from dlc.media.camera.picture_watch import PictureWatch
from dlc.media.camera.plan import (
    CaptureBackend,
    StreamFormat,
    backends_of,
    formats_to_ask,
    index_for,
    is_good_enough,
    reported_fourcc,
)
from dlc.media.camera.reading import next_picture
from dlc.media.camera.system import CaptureDevice, CaptureSystem, ListedCamera
from dlc.media.live.clock import LiveClock
from dlc.media.live.frame_rate import measure_fps
from dlc.options import CaptureOptions

_PRIVACY = {
    "Windows": "allow desktop apps the camera in Settings > Privacy & security > Camera",
    "Darwin": "allow the terminal the camera in System Settings > Privacy & Security > Camera",
    "Linux": "add yourself to the group that owns /dev/video*, mostly `video`",
}


@dataclass(frozen=True, slots=True)
class Negotiated:
    """What a camera was asked for, what its driver says, and what it does.

    Attributes:
        index: the number that the camera was asked for by.
        name: what the system calls it; None where it does not tell.
        backend: OpenCV's name of the way to it.
        asked: the format asked for; None where the camera was left as it is.
        reported: what the driver says, its frame rate included.
        measured: size of the pictures that came and frames a second that were counted.
        notes: what is not as it was wanted, in words for the user.
    """

    index: int
    name: str | None
    backend: str
    asked: StreamFormat | None
    reported: StreamFormat
    measured: StreamFormat
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        asked = "nothing" if self.asked is None else str(self.asked)
        return (
            f"{described(self.index, self.name)} by {self.backend}: asked for {asked}; reported "
            f"{self.reported}; measured {self.measured.width}x{self.measured.height} at "
            f"{self.measured.fps or 0:.1f} fps"
        )


@dataclass(frozen=True, slots=True)
class _Opened:
    """A device that delivers pictures, and how it was asked."""

    device: CaptureDevice
    backend: CaptureBackend
    asked: StreamFormat | None
    picture: Image


def negotiate(
    index: int, options: CaptureOptions, system: CaptureSystem, clock: LiveClock
) -> tuple[CaptureDevice, Negotiated]:
    """Open a camera in the best format it has and measure what it delivers.

    Args:
        index: the camera's number in the list of the platform's first backend.
        options: what to ask for.
        system: access to the cameras.
        clock: what to measure by.

    Returns:
        The open device and what is known of it.

    Raises:
        CameraError: there is no such camera, it cannot be opened, or it delivers no pictures, only
            black ones, or always the same.
        Cancelled: the run was asked to stop meanwhile.
    """
    first = backends_of(system.platform)[0]
    listed = system.cameras(first.number) if first.lists else []
    camera = next((known for known in listed if known.index == index), None)
    if listed and camera is None:
        available = ", ".join(f"{known.index} ({known.name})" for known in listed)
        raise CameraError(f"no camera {index}; available: {available}")
    opened = _open_any(index, camera, listed, options, system, clock)
    try:
        return opened.device, _measured(opened, index, camera, options, clock)
    except CameraError:
        opened.device.release()
        raise


def described(index: int, name: str | None) -> str:
    """Return what a camera is called in messages."""
    return f"camera {index}" + (f" ({name})" if name else "")


def _open_any(
    index: int,
    camera: ListedCamera | None,
    listed: Sequence[ListedCamera],
    options: CaptureOptions,
    system: CaptureSystem,
    clock: LiveClock,
) -> _Opened:
    """Try the platform's backends one after the other."""
    was_open = False
    tried: set[tuple[int, int]] = set()
    for backend in backends_of(system.platform):
        here = system.cameras(backend.number) if backend.lists else []
        number = index_for(camera, index, listed, here)
        if number is None or (backend.number, number) in tried:
            continue
        tried.add((backend.number, number))
        for device, asked in _openings(number, backend, options, system):
            was_open = True
            picture = next_picture(device, clock)
            if picture is not None and (asked is None or is_good_enough(picture, options)):
                return _Opened(device, backend, asked, picture)
            device.release()
            if clock.is_stopped():
                raise Cancelled("stopped on request")
    raise _unavailable(index, camera, system.platform, was_open=was_open)


def _openings(
    index: int, backend: CaptureBackend, options: CaptureOptions, system: CaptureSystem
) -> Iterator[tuple[CaptureDevice, StreamFormat | None]]:
    """Yield the camera opened in every way, best first, each with the format asked for.

    Parameters in the constructor are the only way to a format with some backends, and demands that
    fail the opening with others; those take the same as wishes afterwards.
    """
    for asked in formats_to_ask(options, backend):
        parameters = [] if asked is None else asked.parameters()
        if parameters:
            device = system.open(index, backend.number, list(chain.from_iterable(parameters)))
            if device.isOpened():
                yield device, asked
        device = system.open(index, backend.number, [])
        if not device.isOpened():
            # Without any demand there is nothing left to leave out.
            return
        for name, value in parameters:
            device.set(name, value)
        yield device, asked


def _measured(
    opened: _Opened,
    index: int,
    camera: ListedCamera | None,
    options: CaptureOptions,
    clock: LiveClock,
) -> Negotiated:
    """Count frames, look at them, and write down what was found."""
    device, watch = opened.device, PictureWatch()
    name = camera.name if camera else None
    newest = opened.picture
    reported = _reported(device)

    def read() -> None:
        """Take the next picture; raise CameraError if there is none."""
        nonlocal newest
        picture = next_picture(device, clock)
        if picture is None and not clock.is_stopped():
            raise CameraError(
                f"{described(index, name)} stopped while it was tried out: check its cable, and "
                "close other programs that use it"
            )
        if picture is not None:
            newest = picture
            watch.see(picture, clock.now())

    fps = measure_fps(read, clock)
    if not clock.is_stopped():
        _check_pictures(watch, described(index, name))
    # Some sensors start in another size than they go on in.
    height, width = newest.shape[:2]
    measured = replace(reported, width=width, height=height, fps=fps)
    return Negotiated(
        index=index,
        name=name,
        backend=opened.backend.name,
        asked=opened.asked,
        reported=reported,
        measured=measured,
        notes=tuple(_notes(measured, options, opened.backend, camera)),
    )


def _reported(device: CaptureDevice) -> StreamFormat:
    fps = device.get(cv2.CAP_PROP_FPS)
    return StreamFormat(
        int(device.get(cv2.CAP_PROP_FRAME_WIDTH)),
        int(device.get(cv2.CAP_PROP_FRAME_HEIGHT)),
        fps if fps > 0 else None,
        reported_fourcc(device.get(cv2.CAP_PROP_FOURCC)),
    )


def _check_pictures(watch: PictureWatch, camera: str) -> None:
    if watch.is_black:
        raise CameraError(
            f"{camera} delivers black pictures only: open its shutter, switch a light on, and "
            "close other programs that use it"
        )
    if not watch.has_changed:
        raise CameraError(
            f"{camera} delivers the same picture all the time: it may be a virtual camera that is "
            "switched off, or hang; choose another one, or unplug it and plug it in again"
        )


def _notes(
    measured: StreamFormat,
    options: CaptureOptions,
    backend: CaptureBackend,
    camera: ListedCamera | None,
) -> Iterator[str]:
    if camera is not None and not backend.lists:
        yield f"the way it was opened has numbers of its own: it may not be {camera.name}"
    size = (measured.width, measured.height)
    if options.resolution is not None and size != options.resolution:
        wanted = "{}x{}".format(*options.resolution)
        yield f"the camera has no {wanted}: it delivers {measured.width}x{measured.height}"
    # Rates differ a little from what they are called: 29.97 is 30.
    if options.fps is not None and measured.fps and measured.fps < 0.9 * options.fps:
        yield (
            f"the camera delivers {measured.fps:.1f} fps instead of {options.fps:g}: give it more "
            "light, or ask for a smaller resolution"
        )


def _unavailable(
    index: int, camera: ListedCamera | None, platform: str, *, was_open: bool
) -> CameraError:
    name = described(index, camera.name if camera else None)
    if was_open:
        return CameraError(
            f"{name} delivers no picture: close other programs that use it, and plug it in again"
        )
    if camera is None:
        return CameraError(
            f"there is no {name} that could be opened: check that it is plugged in, and its number"
        )
    privacy = _PRIVACY.get(platform, "check that you may use it")
    return CameraError(
        f"{name} is there but cannot be opened: close other programs that use it, or {privacy}"
    )
