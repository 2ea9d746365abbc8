"""Keeps a live source alive that goes away now and then."""

from __future__ import annotations

import logging
from collections.abc import Callable

from dlc.errors import CameraError, Cancelled, InputError
from dlc.media.closing import Closing
from dlc.media.live.clock import LiveClock
from dlc.media.live.frame import LiveFrame
from dlc.media.live.letterbox import fitted
from dlc.media.live.source import LiveSource

logger = logging.getLogger(__name__)

# Seconds before the first new attempt, and at most between two.
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 8.0


class ReconnectingSource(Closing):
    """Opens a source anew whenever it fails, with growing pauses; a `LiveSource`.

    Frames keep the size of the first connection.

    Attributes:
        report: the format of the frames, as of the first connection.
    """

    def __init__(
        self, open_source: Callable[[], LiveSource], *, clock: LiveClock | None = None
    ) -> None:
        """Open the source; its errors pass through this first time.

        Args:
            open_source: opens the source, however often it is called.
            clock: pauses are measured by it.
        """
        self._open_source = open_source
        self._clock = clock or LiveClock()
        self._source: LiveSource | None = open_source()
        self.report = self._source.report
        self._dropped = 0

    @property
    def frames_dropped(self) -> int:
        """Frames left out by all connections together."""
        return self._dropped + (self._source.frames_dropped if self._source else 0)

    def read(self) -> LiveFrame | None:
        """Wait for the next frame, if need be until the source is back; None when stopped."""
        while not self._clock.is_stopped():
            source = self._source or self._connect()
            if source is None:
                return None
            try:
                frame = source.read()
            except CameraError as error:
                logger.warning("%s", error)
                self.close()
                continue
            return None if frame is None else self._continued(frame)
        return None

    def close(self) -> None:
        """Let go of the source; does nothing the second time."""
        if self._source is not None:
            self._dropped += self._source.frames_dropped
            self._source.close()
            self._source = None

    def _connect(self) -> LiveSource | None:
        """Try until the source is back; None if the run was asked to stop before."""
        pause = _FIRST_PAUSE
        while self._clock.wait(pause):
            pause = min(2 * pause, _LONGEST_PAUSE)
            try:
                self._source = self._open_source()
            except (CameraError, InputError) as error:
                logger.warning("%s; trying again in %g s", error, pause)
            except Cancelled:
                return None
            else:
                logger.info("%s is back", self._source.report.description)
                return self._source
        return None

    def _continued(self, frame: LiveFrame) -> LiveFrame:
        bgr = fitted(frame.bgr, self.report.width, self.report.height)
        return LiveFrame(bgr, captured_at=frame.captured_at)
