"""When a video begins and ends, on its container's clock."""

from __future__ import annotations

from fractions import Fraction

import av

from dlc.media.video.clock import nearest
from dlc.media.video.reading.decoding import Decoder
from dlc.media.video.reading.splices import ARBITRARY_CLOCKS


class Timeline:
    """What a file says of the times of its main video stream, in seconds."""

    def __init__(self, decoder: Decoder) -> None:
        """Take the decoder of the file, which may open it anew meanwhile."""
        self._decoder = decoder

    @property
    def origin(self) -> Fraction:
        """The time on the container's clock that a player shows as 0."""
        start = Fraction(self._decoder.container.start_time or 0, av.time_base)
        # Files with a clock of their own hide what comes before 0.
        if not self._has_arbitrary_clock:
            start = max(Fraction(0), start)
        grid = self._decoder.grid
        # Else the first frame might come a fraction of a millisecond before it.
        return start if grid is None else grid.exact(start)

    @property
    def clock_start(self) -> Fraction:
        """The time on the container's clock that becomes 0 in an output; see `MediaInfo`."""
        unit = self._decoder.stream.time_base
        if not self._has_arbitrary_clock or not unit:
            return Fraction(0)
        # In whole ticks, so that all streams move by exactly the same time.
        return nearest(self.origin / unit) * unit

    @property
    def duration(self) -> Fraction | None:
        """How long the video is; None if the file does not say."""
        container, stream = self._decoder.container, self._decoder.stream
        if (end := self._spliced_end) is not None:
            return end - self.origin
        if stream.duration and stream.time_base:
            return stream.duration * stream.time_base
        return Fraction(container.duration, av.time_base) if container.duration else None

    @property
    def end(self) -> Fraction | None:
        """When the video ends on the container's clock; None if the file does not say."""
        container, stream = self._decoder.container, self._decoder.stream
        unit = self._decoder.stored_time_base
        if (end := self._spliced_end) is not None:
            return end
        if container.format.name == "avi" and stream.frames:
            # The header counts frames; FFmpeg cuts the duration down to what the file can hold.
            return stream.frames * unit
        if stream.duration and stream.start_time is not None:
            return (stream.start_time + stream.duration) * unit
        if container.duration:
            return self.origin + Fraction(container.duration, av.time_base)
        return None

    @property
    def _has_arbitrary_clock(self) -> bool:
        return self._decoder.container.format.name in ARBITRARY_CLOCKS

    @property
    def _spliced_end(self) -> Fraction | None:
        """When a video whose clock jumps ends, on the corrected clock."""
        splices = self._decoder.splices
        return None if splices is None else splices.ends[self._decoder.stream.index]
