"""Sending pictures to other programs as if they came from a camera."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dlc.arrays import Image
from dlc.errors import MissingLibraryError, OptionError, VirtualCameraError
from dlc.media.closing import Closing
from dlc.media.live.letterbox import fitted
from dlc.options import Fit

_BACKENDS = {
    "Windows": ("obs", "unitycapture"),
    "Darwin": ("obs",),
    "Linux": ("v4l2loopback",),
}
_HOW_TO = {
    "Windows": (
        "install OBS Studio (26 or newer), which brings a virtual camera; if it is there, stop the "
        "virtual camera in OBS and in other programs"
    ),
    "Darwin": (
        "install OBS Studio (30 or newer, on macOS 13 or newer), start and stop its virtual camera "
        "once, allow it in System Settings > General > Login Items & Extensions, and restart"
    ),
    "Linux": (
        "install v4l2loopback (apt install v4l2loopback-dkms), load it with `sudo modprobe "
        "v4l2loopback exclusive_caps=1 card_label=dlc`, and add yourself to the group that owns "
        "/dev/video*, mostly `video`"
    ),
}
_ELSEWHERE = "virtual cameras exist on Windows, macOS and Linux only"


class VirtualCamera(Closing):
    """A camera that other programs see, of one size and rate for as long as it is open.

    `send` hands a picture over and returns at once. Programs show the last one until the next
    comes, but some stop a camera that goes quiet: whoever sends does so every `period` seconds,
    the last picture again if there is no newer one.

    Attributes:
        width: of the pictures that other programs see, in pixels.
        height: of the pictures that other programs see, in pixels.
        fps: the rate that other programs are told.
        backend: pyvirtualcam's name of what carries the pictures.
        device: what other programs list the camera as; on Linux its device file.
    """

    def __init__(
        self,
        width: int,
        height: int,
        fps: float,
        *,
        fit: Fit = Fit.LETTERBOX,
        backend: str | None = None,
        device: str | None = None,
        system: str | None = None,
    ) -> None:
        """Open the device.

        Args:
            width: of the pictures that other programs see; even.
            height: of the pictures that other programs see; even.
            fps: the rate at which `send` will be called.
            fit: what becomes of pictures of another shape.
            backend: pyvirtualcam's name of what carries the pictures; None tries those of the
                platform, in their order.
            device: the device to use; None takes the first that is free.
            system: the platform as `platform.system` calls it; None is this one.

        Raises:
            OptionError: the size is odd, the rate not above 0, or the backend unknown.
            VirtualCameraError: there is no device; the message says how to get one.
            MissingLibraryError: pyvirtualcam cannot be loaded.
        """
        # Programs get 4:2:0 pictures, in which two by two pixels share their chroma.
        if min(width, height) < 2 or width % 2 or height % 2:
            raise OptionError(f"a virtual camera needs even sizes, not {width}x{height}")
        if not fps > 0:
            raise OptionError(f"a virtual camera needs a rate above 0, not {fps:g}")
        self.width, self.height, self.fps = width, height, fps
        self._fit = fit
        self._system = system or platform.system()
        names = (backend,) if backend else _BACKENDS.get(self._system, ())
        self._camera = _open(names, self._system, (width, height, fps), device)
        self.backend: str = self._camera.backend
        self.device: str = self._camera.device
        # A name such as "OBS Virtual Camera" is no file, and nothing can be looked up for it.
        path = Path(self.device)
        self._device_file = path if path.is_char_device() else None

    @property
    def period(self) -> float:
        """Seconds from one picture to the next."""
        return 1 / self.fps

    def send(self, bgr: Image) -> None:
        """Hand a picture over, uint8 (h, w, 3) BGR of any size; it may be reused afterwards.

        Raises:
            VirtualCameraError: the device has gone.
        """
        picture = np.ascontiguousarray(fitted(bgr, self.width, self.height, self._fit))
        # Writing to a v4l2loopback device that was removed fails with no more than a line on
        # stderr; looking whether it is there takes some microseconds.
        if self._device_file is not None and not self._device_file.exists():
            raise self._gone("its device file is missing")
        try:
            self._camera.send(picture)
        except (OSError, RuntimeError) as error:
            raise self._gone(str(error)) from error

    def close(self) -> None:
        """Let go of the device; does nothing the second time."""
        self._camera.close()

    def _gone(self, reason: str) -> VirtualCameraError:
        return VirtualCameraError(
            f"the virtual camera {self.device} went away ({reason}): "
            f"{_HOW_TO.get(self._system, _ELSEWHERE)}"
        )


def _open(
    names: Sequence[str], system: str, picture: tuple[int, int, float], device: str | None
) -> Any:
    """Open the first backend that works, as a `pyvirtualcam.Camera`."""
    library = _library()
    reasons = []
    # One named backend at a time: without a name, pyvirtualcam takes whatever was registered.
    for name in names:
        # pyvirtualcam answers an unknown name with a KeyError.
        if name not in library.camera.BACKENDS:
            known = ", ".join(library.camera.BACKENDS)
            raise OptionError(f"there is no virtual camera called {name} here: there is {known}")
        try:
            return library.Camera(
                *picture, fmt=library.PixelFormat.BGR, backend=name, device=device
            )
        except RuntimeError as error:
            reasons.append(str(error))
    raise VirtualCameraError(
        f"no virtual camera can be used ({'; '.join(reasons) or 'none is known here'}): "
        f"{_HOW_TO.get(system, _ELSEWHERE)}"
    )


def _library() -> Any:
    """Import pyvirtualcam, which not every platform has and few runs need."""
    try:
        import pyvirtualcam.camera
    except ImportError as error:
        raise MissingLibraryError(
            f"cannot load pyvirtualcam ({error}): leave the virtual camera out, or pip install "
            "--force-reinstall pyvirtualcam"
        ) from error
    return pyvirtualcam
