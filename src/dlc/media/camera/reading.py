"""Reading from a camera whose driver may fail now and then."""

from __future__ import annotations

from dlc.arrays import Image
from dlc.media.camera.system import CaptureDevice
from dlc.media.live.clock import LiveClock

# Some drivers fail the first reads while the sensor starts, and one now and then. A camera that is
# gone fails them all: at once, or after ten seconds of waiting, which is not worth repeating.
_TRIES = 10
_PAUSE = 0.05
_PATIENCE = 2.0


def next_picture(device: CaptureDevice, clock: LiveClock) -> Image | None:
    """Wait for the next picture.

    Returns:
        uint8 (h, w, 3) BGR; None if none comes any more, or the run was asked to stop.
    """
    began = clock.now()
    for _ in range(_TRIES):
        ok, picture = device.read()
        if ok and picture is not None and picture.size:
            return picture
        if clock.now() - began > _PATIENCE or not clock.wait(_PAUSE):
            return None
    return None
