"""The loop of a live run: pictures come, are shown and measured, until something ends it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

from dlc.errors import Cancelled, OptionError
from dlc.faces.detection.cadence import DetectionCadence
from dlc.media.frames.label import Label
from dlc.media.live.frame import LiveFrame
from dlc.media.live.source import LiveSource
from dlc.options import LiveOptions
from dlc.pipeline import LivePipeline
from dlc.workflows.live.finder import LiveFinder, detection_every, live_finder
from dlc.workflows.live.meter import LiveCounts, LiveMeter
from dlc.workflows.live.outputs import LiveOutput
from dlc.workflows.live.result import LiveEnd
from dlc.workflows.live.stats import LiveStats
from dlc.workflows.live.steps import LivePicture, LiveSteps
from dlc.workflows.live.stop import LiveStop
from dlc.workflows.live.viewer_guard import ViewerGuard, black_like
from dlc.workflows.live.watch import LiveWatch
from dlc.workflows.people.cast import Cast

_REPORT_SECONDS = 1.0
# Seconds from a picture to the cover that hides it, which has no time of its own; less than the
# time between two frames.
_MOMENT = 0.001


class LiveLoop:
    """The pipeline of a live run, with everything that watches and measures it.

    Attributes:
        pipeline: from the source to what viewers see.
        meter: measures what is shown.
        frames: frames processed so far.
        faces: faces swapped so far.
    """

    def __init__(
        self,
        source: LiveSource,
        cast: Cast,
        options: LiveOptions,
        stop: LiveStop,
        progress: Callable[[LiveStats], None] | None,
        watch: LiveWatch | None,
    ) -> None:
        fps = source.report.fps
        every = detection_every(options)
        cadence = DetectionCadence(every, 1 / fps)
        self._finder: LiveFinder = live_finder(cast.engine.finder, every, fps, cadence)
        self._guard = ViewerGuard(options.no_face, _label_of(options))
        steps = LiveSteps(cast, self._finder, options.faces, self._guard, cadence, watch)
        # A label belongs to one thread, and a stage uses the guard's.
        self._label = _label_of(options)
        self._watch = watch
        self._source = source
        self._duration = options.duration
        self._stop = stop
        self._progress = progress
        self._outputs: Sequence[LiveOutput] = ()
        self._next_report = 0.0
        self._newest: LivePicture | None = None
        self.frames = 0
        self.faces = 0
        self.pipeline = LivePipeline(self._captured(), steps.stages, cancel=stop, idle=self._idle)
        self.meter = LiveMeter()

    def until_the_end(self, outputs: Sequence[LiveOutput]) -> LiveEnd:
        """Show pictures until the run ends.

        Raises:
            Cancelled: the run was stopped before there was a picture.
            OptionError: its time was over before there was one.
            SafeguardError: the source's pictures are refused.
        """
        self._outputs = outputs
        self.meter.begin()
        self._next_report = time.perf_counter() + _REPORT_SECONDS
        self._stop.limit(self._duration)
        try:
            with closing(self.pipeline.run()) as pictures:
                for picture in pictures:
                    self._show(picture)
        except Cancelled:
            pass
        if self._stop.is_over:
            if not self.frames:
                raise OptionError(
                    f"`duration` is {self._duration:g} s, which was over before the first picture "
                    "was done: nothing was shown or written; give more"
                )
            return LiveEnd.DURATION
        if not self._stop.is_set:
            return LiveEnd.SOURCE
        if not self.frames:
            message = "stopped before there was a picture"
            raise Cancelled(message)
        return LiveEnd.REQUEST

    def total(self) -> LiveStats:
        """Return the figures of the whole run."""
        return self.meter.total(self._counts())

    def _captured(self) -> Iterator[LiveFrame]:
        """Yield the source's frames, in the thread that captures."""
        while (frame := self._source.read()) is not None:
            if self._watch is not None:
                self._watch.note(frame)
            yield frame

    def _show(self, picture: LivePicture) -> None:
        self.frames += 1
        self.faces += picture.swapped
        self._newest = picture
        for output in self._outputs:
            output.offer(picture.frame)
        if self._watch is not None:
            self._watch.check()
        self._report()

    def _idle(self) -> None:
        if self._watch is not None:
            self._cover(self._watch)
            self._watch.check()
        for output in self._outputs:
            output.poll()
        self._report()

    def _cover(self, watch: LiveWatch) -> None:
        """Cover a refused picture that viewers still see if the next one is slow to come."""
        newest = self._newest
        if newest is None or newest.is_refused or not watch.refuses(newest.frame):
            return
        black = black_like(newest.frame, self._label)
        black.captured_at += _MOMENT
        self._newest = LivePicture(black, newest.swapped, is_refused=True)
        for output in self._outputs:
            output.offer(black)

    def _report(self) -> None:
        now = time.perf_counter()
        if now < self._next_report:
            return
        # Skip the reports missed in a pause, such as a suspend of the machine.
        self._next_report = max(self._next_report + _REPORT_SECONDS, now)
        stats = self.meter.sample(self._counts())
        if self._progress is not None:
            self._progress(stats)

    def _counts(self) -> LiveCounts:
        return LiveCounts(
            captured=self.pipeline.report.stages[0].items,
            processed=self.frames,
            dropped=self.pipeline.dropped + self._source.frames_dropped,
            detections=self._finder.detections,
            hidden=self._guard.hidden,
            refused=self._guard.refused,
            faces=self._newest.swapped if self._newest else 0,
        )


def _label_of(options: LiveOptions) -> Label | None:
    return Label(options.label) if options.label is not None else None
