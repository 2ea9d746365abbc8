"""One segment of a swap: from a fresh engine to a file.

A segment depends only on the inputs, the options, its place in the video, and the state handed on
by the segment before it. It starts with a fresh engine, which first sees some frames before the
segment so that it already tracks faces and knows the light; their output is discarded. Because the
state is stored with each segment, it makes no difference, down to the last bit, whether the segment
before was made by this run or by one that was killed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

from dlc.errors import OutputError
from dlc.media.frames.frame import Frame
from dlc.media.video.carrying.other_streams import no_streams
from dlc.media.video.reading.reader import VideoReader
from dlc.media.video.resuming.joining import SegmentFormat
from dlc.media.video.resuming.segments import Segment
from dlc.media.video.writing.writer import VideoWriter
from dlc.pipeline import CancelToken, PipelineReport
from dlc.safeguard.guard import Safeguard
from dlc.workflows.batch.casting import Casting
from dlc.workflows.batch.plan import SwapPlan
from dlc.workflows.batch.segment_memo import SegmentMemo
from dlc.workflows.batch.steps import FrameCount, SwapSteps, run_counting, swap_pipeline
from dlc.workflows.batch.tally import Tally
from dlc.workflows.batch.warm_up import WARM_UP, open_early
from dlc.workflows.engines.engine import EngineLoader
from dlc.workflows.people.cast import Cast
from dlc.workflows.result import ModelUse


@dataclass(frozen=True, slots=True)
class SegmentSpan:
    """Where a segment lies, in seconds on the target's clock.

    Attributes:
        begin: the earliest time of its first frame; None for the first segment.
        length: in seconds; the first segment's counts from its first frame.
    """

    begin: Fraction | None
    length: Fraction


@dataclass(frozen=True, slots=True)
class MadeSegment:
    """A finished segment.

    Attributes:
        segment: what is kept of it, besides its file.
        report: time and items of each stage.
        models: which provider ran each neural model.
    """

    segment: Segment
    report: PipelineReport
    models: tuple[ModelUse, ...]


class SegmentMaker:
    """Makes the segments of one output.

    Args:
        plan: the swap.
        load_engine: called once per segment with the number of CPU threads.
        casting: gives every segment its cast.
        file_format: how segments are encoded.
        origin: the time on the target's clock that a player shows as 0.
        threads: CPU threads for all stages together.
        cancel: stops the work.
    """

    def __init__(
        self,
        plan: SwapPlan,
        load_engine: EngineLoader,
        casting: Casting,
        file_format: SegmentFormat,
        origin: Fraction,
        threads: int,
        cancel: CancelToken,
    ) -> None:
        self._plan = plan
        self._load_engine = load_engine
        self._casting = casting
        self._format = file_format
        self._origin = origin
        self._threads = threads
        self._cancel = cancel
        self._safeguard: Safeguard | None = None

    def make(
        self,
        path: Path,
        span: SegmentSpan,
        before: SegmentMemo,
        count: Callable[[FrameCount], None],
    ) -> MadeSegment:
        """Make a segment.

        Args:
            path: its file, not created if no frame lies in the segment.
            span: its place in the target.
            before: the memo of the segment before it; an empty one for the first.
            count: called in this thread after each of its frames.

        Raises:
            DlcError: as in `dlc.swap`; nothing of the segment is kept.
        """
        began = time.perf_counter()
        cast = self._prepared_cast(before)
        tally = Tally()

        def add(one: FrameCount) -> None:
            tally.add(one)
            count(one)

        with (
            self._open(span) as reader,
            _SegmentWriter(path, self._format, self._threads) as writer,
        ):
            options = self._plan.options
            steps = SwapSteps(cast, options, writer, self._safeguard, begin=span.begin)
            frames = _FramesOf(reader, span)
            pipeline = swap_pipeline(frames, steps, self._cancel)
            run_counting(pipeline, add)
            self._cancel.check()
            if frames.is_last and self._safeguard is not None:
                self._safeguard.conclude()
        segment = Segment(
            frames=writer.frames_written,
            first_pts=writer.first_pts,
            size=path.stat().st_size if writer.frames_written else 0,
            is_last=frames.is_last,
            faces=tally.faces,
            faces_left=tally.faces_left,
            seconds=time.perf_counter() - began,
            memo=_memo_of(cast, tally, [*reader.notes, *writer.notes]).as_plain(),
        )
        return MadeSegment(segment, pipeline.report, cast.engine.models)

    def _prepared_cast(self, before: SegmentMemo) -> Cast:
        """Return a cast on a fresh engine that continues from the segment before."""
        engine = self._load_engine(self._threads)
        _check_models(before, engine.models)
        cast = self._casting.cast(engine, self._cancel)
        if self._safeguard is None:
            self._safeguard = self._casting.safeguard()
        cast.go_on(before.whereabouts, float(WARM_UP))
        return cast

    def _open(self, span: SegmentSpan) -> VideoReader:
        plan = self._plan
        return open_early(
            plan.target,
            plan.options,
            self._threads,
            begin=span.begin,
            origin=self._origin,
            not_before=plan.options.start or 0.0,
        )


class _FramesOf:
    """The frames of a segment, preceded by its warm-up frames.

    Attributes:
        is_last: whether the target ended with them; valid once they are exhausted.
    """

    def __init__(self, reader: VideoReader, span: SegmentSpan) -> None:
        self._reader = reader
        self._span = span
        self.is_last = False

    def __iter__(self) -> Iterator[Frame]:
        begin = self._span.begin
        for frame in self._reader:
            if begin is None:
                begin = frame.exact_time
            if frame.exact_time >= begin + self._span.length:
                return
            yield frame
        self.is_last = True


class _SegmentWriter:
    """Writes a segment's file if the segment has any frames.

    Attributes:
        first_pts: pts of its first frame in the target's time base; 0 if there is none.
        frames_written: number of frames in it.
        notes: what differs from the target, in words for the user.
    """

    def __init__(self, path: Path, file_format: SegmentFormat, threads: int) -> None:
        self._path = path
        self._format = file_format
        self._threads = threads
        self._writer: VideoWriter | None = None
        self.first_pts = 0

    @property
    def frames_written(self) -> int:
        return 0 if self._writer is None else self._writer.frames_written

    @property
    def notes(self) -> list[str]:
        return [] if self._writer is None else self._writer.notes

    def write(self, frame: Frame) -> None:
        """Encode a frame; the first one sets the start of the file's clock."""
        if self._writer is None:
            self.first_pts = frame.pts or 0
            # Starting the range here makes the file's clock start at the first frame.
            info = replace(self._format.info, start=frame.exact_time)
            self._writer = VideoWriter(
                self._path,
                info,
                self._format.encoding,
                overwrite=True,
                threads=self._threads,
                mark=False,
                others=no_streams,
            )
        self._writer.write(frame)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._writer is not None:
            self._writer.__exit__(kind, error, trace)


def _memo_of(cast: Cast, tally: Tally, notes: Sequence[str]) -> SegmentMemo:
    return SegmentMemo(
        notes=(*notes, *cast.caveats),
        found=sorted(cast.found),
        whereabouts=cast.whereabouts,
        models=_told(cast.engine.models),
        passages_left=tally.passages_left,
    )


def _told(models: Sequence[ModelUse]) -> list[list[str]]:
    return [[use.role, use.name, use.provider] for use in models]


def _check_models(before: SegmentMemo, models: Sequence[ModelUse]) -> None:
    """Raise OutputError if a model was installed, removed or moved to another provider."""
    if before.models is None or list(before.models) == _told(models):
        return
    then, now = (
        ", ".join(f"{name} by {provider}" for _, name, provider in each) or "the built-in models"
        for each in (before.models, _told(models))
    )
    raise OutputError(
        f"the segments that are there were made with {then}, and now it would be {now}: make them "
        "available again, or remove the folder of the segments to begin anew"
    )
