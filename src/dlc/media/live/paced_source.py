"""Plays a clip in real time, as if it were a camera."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

from dlc.errors import InputError
from dlc.media.closing import Closing
from dlc.media.live.clip import Clip, ClipPicture
from dlc.media.live.clock import LiveClock
from dlc.media.live.frame import LiveFrame
from dlc.media.live.letterbox import fitted
from dlc.media.live.source import LiveReport

logger = logging.getLogger(__name__)

# Seconds that may go into decoding pictures which are dropped because they are overdue.
_CATCHING_UP = 0.25


class PacedSource(Closing):
    """Delivers each picture of a clip when it is due by its time; a `LiveSource`.

    Due times follow from the first frame that is read and from the pictures' own times, never from
    when the one before was delivered. Whoever reads too slowly gets the newest picture that is
    due; those before it are dropped. Decoding takes place in the time of waiting, so it makes no
    picture late unless it takes longer than that. Where it always does, the clip plays slower.

    Attributes:
        report: the format of the frames.
        frames_dropped: pictures left out because the next one was due as well.
        seconds_slipped: how much longer playing has taken so far because decoding was too slow.
    """

    def __init__(
        self,
        open_clip: Callable[[], Clip],
        name: str,
        *,
        loop: bool = False,
        clock: LiveClock | None = None,
        notes: tuple[str, ...] = (),
    ) -> None:
        """Open the clip.

        Args:
            open_clip: opens it at its beginning; its errors pass through.
            name: what the clip is called in the report.
            loop: begin anew at the end.
            clock: when pictures are due is measured by it.
            notes: for the report.
        """
        self._open_clip = open_clip
        self._loop = loop
        self._clock = clock or LiveClock()
        self._clip = open_clip()
        self._period = 1 / self._clip.fps
        self._pictures = self._timeline()
        # The first picture that is not due, where it was decoded to find that out.
        self._early: ClipPicture | None = None
        self._origin: float | None = None
        self.frames_dropped = 0
        self.seconds_slipped = 0.0
        width, height, fps = self._clip.width, self._clip.height, self._clip.fps
        line = f"{name} in real time: {width}x{height} at {fps:.4g} fps"
        self.report = LiveReport(f"{line}, looped" if loop else line, width, height, fps, notes)

    def read(self) -> LiveFrame | None:
        """Wait until the next picture is due; None at the end, or when asked to stop.

        Raises:
            DamagedInputError: the clip cannot be read to its end.
        """
        picture = self._take()
        if picture is None:
            return None
        if self._origin is None:
            # The timeline begins at 0.
            self._origin = self._clock.now()
        picture = self._newest(picture)
        due = self._origin + picture.seconds
        # All that takes time happens before the picture is due.
        bgr = fitted(picture.to_bgr(), self.report.width, self.report.height)
        if not self._clock.wait_until(due):
            return None
        return LiveFrame(bgr, captured_at=due)

    def close(self) -> None:
        """Close the clip; does nothing the second time."""
        self._early = None
        self._clip.close()

    def _timeline(self) -> Iterator[ClipPicture]:
        """Yield the pictures of all rounds with times that rise on."""
        start = 0.0
        while True:
            first, last = None, 0.0
            for picture in self._clip.pictures():
                if first is None:
                    first = picture.seconds
                last = picture.seconds
                yield ClipPicture(start + picture.seconds - first, picture.to_bgr)
            if first is None:
                raise InputError("there is no picture in what is to be played")
            if not self._loop:
                return
            start += last - first + self._period
            self._clip.close()
            self._clip = self._open_clip()

    def _take(self) -> ClipPicture | None:
        """Return the next picture, decoding it unless that was done."""
        if self._early is None:
            return next(self._pictures, None)
        picture, self._early = self._early, None
        return picture

    def _newest(self, picture: ClipPicture) -> ClipPicture:
        """Return the newest picture that is due, or `picture` if it is not."""
        origin = self._origin or 0.0
        now = self._clock.now()
        # Looking for the next picture takes time, which one that is only just due would lose.
        while origin + picture.seconds + self._period <= now:
            following = self._take()
            if following is None:
                break
            if origin + following.seconds > now:
                self._early = following
                break
            picture = following
            self.frames_dropped += 1
            if self._clock.now() - now > _CATCHING_UP:
                self._slip(self._clock.now() - (origin + picture.seconds))
                break
        return picture

    def _slip(self, seconds: float) -> None:
        """Play on from here: catching up takes longer than it gains."""
        if not self.seconds_slipped:
            logger.warning("%s cannot be decoded in real time", self.report.description)
        self.seconds_slipped += seconds
        self._origin = (self._origin or 0.0) + seconds
