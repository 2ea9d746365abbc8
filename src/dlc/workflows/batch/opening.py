"""Opens the target of a swap: a video, a picture, or one frame of a video."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction

from dlc.media.files.paths import require_file
from dlc.media.image.kinds import is_image_name
from dlc.media.image.reader import ImageReader
from dlc.media.image.recognition import is_image
from dlc.media.info import MediaInfo
from dlc.media.opening import open_target
from dlc.media.video.reading.reader import VideoReader
from dlc.workflows.batch.plan import SwapPlan
from dlc.workflows.batch.preview import PreviewReader


@dataclass(frozen=True, slots=True, eq=False)
class OpenedTarget:
    """A target, and what the rest of a run has to know of it.

    Attributes:
        reader: yields its frames, counts those that were lost, and has notes in the end.
        source: what a writer is opened for.
        name: what messages call it.
        begin: the earliest time of the first frame that is wanted, in seconds on the target's
            clock; None if all are.
    """

    reader: VideoReader | ImageReader | PreviewReader
    source: VideoReader | ImageReader | MediaInfo
    name: str
    begin: Fraction | None = None


@contextmanager
def opened_target(plan: SwapPlan, threads: int) -> Iterator[OpenedTarget]:
    """Open the target for as long as the context lasts; raises what `open_target` does.

    A video whose output is a picture is opened for one frame.
    """
    options = plan.options
    if is_image_name(plan.output):
        require_file(plan.target)
        if not is_image(plan.target):
            with PreviewReader(plan.target, options, threads) as frame:
                yield OpenedTarget(frame, frame.info, frame.name, frame.begin)
            return
    with open_target(
        plan.target,
        start=options.start,
        end=options.end,
        allow_damaged=options.allow_damaged,
        threads=threads,
        decoder=options.decoder,
    ) as reader:
        yield OpenedTarget(reader, reader, str(plan.target))
