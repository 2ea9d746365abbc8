"""One frame of a video as a target, for a picture of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from dlc.errors import OptionError
from dlc.media.closing import Closing
from dlc.media.frames.frame import Frame
from dlc.media.image.recognition import is_animated_png
from dlc.media.video.reading.reader import VideoReader
from dlc.media.video.reading.trimming import no_frame_from
from dlc.options import SwapOptions
from dlc.workflows.batch.warm_up import open_early
from dlc.workflows.timecode import timecode


class PreviewReader(Closing):
    """Iterates over the moments before a frame of a video and the frame itself, once.

    Attributes:
        info: what is known of the video from the frame on.
        begin: the earliest time of the frame, in seconds on the video's clock; None for the first.
        name: of the frame in messages.
        frames_lost: always 0.
    """

    def __init__(self, target: Path, options: SwapOptions, threads: int) -> None:
        """Find out where the frame is, and open the video before it.

        Args:
            target: the video.
            options: say by `start` which frame is wanted: that with which a run over the video
                would begin.
            threads: CPU threads for the decoder.

        Raises:
            InputError, DamagedInputError: as `VideoReader` does.
            OptionError: the video has no such frame, or an end is given, too.
        """
        if options.end is not None:
            raise OptionError(
                "`end` has no meaning for one frame: leave it out, or name a video as the output; "
                "`start` says which frame it is"
            )
        self.frames_lost = 0
        self.name = f"{target} at {timecode(options.start or 0.0)}"
        self._target = target
        with VideoReader(
            target,
            start=options.start,
            allow_damaged=options.allow_damaged,
            threads=threads,
            decoder=options.decoder,
        ) as reader:
            self.info = replace(reader.info, frame_count=1)
            origin = reader.origin()
        self.begin = self.info.start
        self._reader = open_early(target, options, threads, begin=self.begin, origin=origin)

    def __iter__(self) -> Iterator[Frame]:
        """Yield the frames in order of presentation, the wanted one last.

        Raises:
            DamagedInputError: one of them is damaged or missing, unless damage is allowed.
            OptionError: the video ends before the wanted one.
        """
        for frame in self._reader:
            yield frame
            if self.begin is None or frame.exact_time >= self.begin:
                return
        raise no_frame_from(self._target, float(self.begin or 0) - float(frame.origin), frame.time)

    def close(self) -> None:
        """Close the video."""
        self._reader.close()

    @property
    def notes(self) -> tuple[str, ...]:
        """What was irregular, in words for the user."""
        notes = []
        if is_animated_png(self._target):
            # Named as a picture, so that whoever wants it animated may not know what they get.
            notes.append(
                f"{self._target.name} is animated, and the output is one frame of it: an output "
                "named .mp4 or .gif has them all"
            )
        if self._reader.is_damaged:
            notes.append("the video is damaged where the frame is, or shortly before")
        return tuple(notes)
