"""Cameras, through OpenCV."""

from __future__ import annotations

from dlc.errors import CameraError
from dlc.media.camera.negotiation import Negotiated, described, negotiate
from dlc.media.camera.picture_watch import PictureWatch
from dlc.media.camera.reading import next_picture
from dlc.media.camera.system import CaptureSystem, this_system
from dlc.media.closing import Closing
from dlc.media.live.clock import LiveClock
from dlc.media.live.frame import LiveFrame
from dlc.media.live.letterbox import fitted
from dlc.media.live.source import LiveReport
from dlc.options import CaptureOptions

# A picture that stays the same for this many seconds comes from a driver whose camera has gone.
_FROZEN = 5.0


class Camera(Closing):
    """A camera that delivers pictures; a `LiveSource`.

    Attributes:
        negotiated: what was asked for, what the driver reports, and what was measured.
        frames_dropped: always 0: a driver keeps the newest pictures only, and tells no number.
    """

    frames_dropped = 0

    def __init__(
        self,
        index: int,
        options: CaptureOptions | None = None,
        *,
        clock: LiveClock | None = None,
        system: CaptureSystem | None = None,
    ) -> None:
        """Open a camera and find out what it delivers, which takes a second or two.

        macOS asks the user for permission only if this happens in the main thread. Media Foundation
        takes long on Windows unless `opencv_environment.prepare_opencv` was called in time.

        Args:
            index: its number in the list of the platform's first backend.
            options: what to ask for.
            clock: what to time frames by.
            system: access to the cameras; None are those of this machine.

        Raises:
            CameraError: there is no such camera, or it delivers nothing usable.
            Cancelled: the run was asked to stop meanwhile.
        """
        self._clock = clock or LiveClock()
        self._device, self.negotiated = negotiate(
            index, options or CaptureOptions(), system or this_system(), self._clock
        )
        measured = self.negotiated.measured
        self.report = LiveReport(
            description=str(self.negotiated),
            width=measured.width,
            height=measured.height,
            fps=measured.fps or 0.0,
            notes=self.negotiated.notes,
        )
        self._watch = PictureWatch()

    def read(self) -> LiveFrame | None:
        """Wait for the next picture; None when the run was asked to stop.

        Raises:
            CameraError: the camera was unplugged, taken away, or hangs.
        """
        if self._clock.is_stopped():
            return None
        picture = next_picture(self._device, self._clock)
        if picture is None and self._clock.is_stopped():
            return None
        if picture is None:
            raise CameraError(
                f"{self._name} stopped delivering pictures: it was unplugged, or another program "
                "took it; plug it in and start again, or pass `reconnect=True`"
            )
        captured_at = self._clock.now()
        self._watch.see(picture, captured_at)
        self._require_motion()
        # Some drivers change the size when the sensor is turned.
        bgr = fitted(picture, self.report.width, self.report.height)
        return LiveFrame(bgr, captured_at=captured_at)

    def close(self) -> None:
        """Let go of the camera; does nothing the second time."""
        self._device.release()

    @property
    def _name(self) -> str:
        return described(self.negotiated.index, self.negotiated.name)

    def _require_motion(self) -> None:
        if self._watch.frozen_seconds > _FROZEN:
            raise CameraError(
                f"{self._name} has delivered the same picture for {_FROZEN:g} seconds: unplug it "
                "and plug it in again"
            )


def probe_camera(
    index: int,
    options: CaptureOptions | None = None,
    *,
    clock: LiveClock | None = None,
    system: CaptureSystem | None = None,
) -> Negotiated:
    """Find out what a camera delivers, and let go of it.

    The arguments and errors are those of `Camera`.
    """
    with Camera(index, options, clock=clock, system=system) as camera:
        return camera.negotiated
