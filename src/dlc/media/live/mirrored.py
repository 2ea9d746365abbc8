"""Shows a live source as a mirror would."""

from __future__ import annotations

import cv2
import numpy as np

from dlc.media.closing import Closing
from dlc.media.live.frame import LiveFrame
from dlc.media.live.source import LiveReport, LiveSource


class MirroredSource(Closing):
    """Exchanges left and right in every frame of a source; a `LiveSource`.

    People move the right way in a picture of themselves only if it is mirrored, as cameras show it
    in their own programs. In what others see of them, text is the wrong way round.
    """

    def __init__(self, source: LiveSource) -> None:
        """Take over a source, which is closed with this one."""
        self._source = source

    @property
    def report(self) -> LiveReport:
        """The format of the frames."""
        return self._source.report

    @property
    def frames_dropped(self) -> int:
        """Frames left out so far because the reader of the source came too late for them."""
        return self._source.frames_dropped

    def read(self) -> LiveFrame | None:
        """Wait for the next frame; ends and raises as the source does."""
        frame = self._source.read()
        if frame is None:
            return None
        bgr = np.asarray(cv2.flip(frame.bgr, 1), np.uint8)
        return LiveFrame(bgr, captured_at=frame.captured_at)

    def close(self) -> None:
        """Let go of the source; does nothing the second time."""
        self._source.close()
