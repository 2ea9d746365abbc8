"""Carry out a planned live run: capture, find, swap, show."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, nullcontext
from dataclasses import dataclass
from pathlib import Path

from dlc.errors import Cancelled
from dlc.faces.detection.cadence import DetectionCadence
from dlc.host.detect import available_cpus
from dlc.media.label import Label
from dlc.media.live.clock import LiveClock
from dlc.media.live.frame import LiveFrame
from dlc.media.live.opening import open_live_source, played_file
from dlc.media.live.preview import PreviewWindow
from dlc.media.live.source import LiveReport, LiveSource
from dlc.media.live.virtual_camera import VirtualCamera
from dlc.media.live.writer import LiveWriter
from dlc.options import Engine, LiveOptions
from dlc.pipeline import CancelToken, LivePipeline
from dlc.workflows.engines.engine import EngineLoader
from dlc.workflows.live.finder import LiveFinder, detection_every, live_finder
from dlc.workflows.live.meter import LiveCounts, LiveMeter
from dlc.workflows.live.outputs import (
    FileOutput,
    LiveOutput,
    PreviewOutput,
    Shown,
    VirtualCameraOutput,
)
from dlc.workflows.live.result import LiveEnd, LiveResult
from dlc.workflows.live.stats import LiveStats
from dlc.workflows.live.steps import LivePicture, LiveSteps
from dlc.workflows.live.stop import LiveStop
from dlc.workflows.live.viewer_guard import ViewerGuard, black_like
from dlc.workflows.live.watch import LiveWatch
from dlc.workflows.people.assignment import Part, source_photos
from dlc.workflows.people.cast import Cast, read_cast
from dlc.workflows.provenance import Provenance, prepare_provenance
from dlc.workflows.safeguard import open_safeguard
from dlc.workflows.threads import opencv_threads

logger = logging.getLogger(__name__)

REPORT_SECONDS = 1.0
# Seconds from a picture to the cover that hides it, which has no time of its own; less than the
# time between two frames.
_MOMENT = 0.001


@dataclass(frozen=True, slots=True)
class LivePlan:
    """A live run to carry out, with every choice made.

    Attributes:
        photos: source photos that exist; empty if there are parts.
        camera: the source for `open_live_source`.
        options: all other choices.
        engine: the engine in use, for the result.
        engine_reason: why it was chosen.
        parts: who gets which face; empty if everybody gets the same one.
    """

    photos: tuple[Path, ...]
    camera: str
    options: LiveOptions
    engine: Engine
    engine_reason: str
    parts: tuple[Part, ...] = ()


def run_live(
    plan: LivePlan,
    load_engine: EngineLoader,
    *,
    progress: Callable[[LiveStats], None] | None = None,
    cancel: CancelToken | None = None,
) -> LiveResult:
    """Carry out `plan`; see `dlc.live` for what is returned and raised.

    `load_engine` is called with the number of CPU threads once the source is open.
    """
    options = plan.options
    stop = LiveStop(cancel or CancelToken())
    clock = LiveClock(is_stopped=lambda: stop.is_set)
    threads = options.threads or available_cpus()
    with ExitStack() as stack:
        stack.enter_context(opencv_threads(1))
        source = open_live_source(plan.camera, options.capture, clock=clock)
        stack.callback(source.close)
        _say(source.report)
        provenance = _provenance_of(plan)
        engine = load_engine(threads)
        cast = read_cast(engine, plan.photos, plan.parts, options.people, stop)
        for caveat in cast.caveats:
            logger.warning("%s", caveat)
        safeguard = open_safeguard(options.safeguard, cast.photos, "the camera's picture")
        watch = None if safeguard is None else LiveWatch(safeguard)
        cast.prepare()
        run = _Run(source, cast, options, stop, progress, watch)
        outputs = _open_outputs(
            plan, source.report, provenance, stop, run.meter.note_shown, threads, stack
        )
        # Last, so that outputs learn of even a late refusal.
        stack.enter_context(watch or nullcontext())
        ended_by = run.until_the_end(outputs)
    return LiveResult(
        source=source.report.description,
        engine=plan.engine,
        engine_reason=plan.engine_reason,
        models=engine.models,
        output=options.output if run.frames else None,
        frames=run.frames,
        faces=run.faces,
        ended_by=ended_by,
        stats=run.meter.total(),
        pipeline=run.pipeline.report,
        notes=cast.notes,
    )


class _Run:
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
        self.meter = LiveMeter(self._counts)

    def until_the_end(self, outputs: Sequence[LiveOutput]) -> LiveEnd:
        """Show pictures until the run ends.

        Raises:
            Cancelled: the run was stopped before there was a picture.
            SafeguardError: the source's pictures are refused.
        """
        self._outputs = outputs
        self.meter.begin()
        self._next_report = time.perf_counter() + REPORT_SECONDS
        self._stop.limit(self._duration)
        try:
            with closing(self.pipeline.run()) as pictures:
                for picture in pictures:
                    self._show(picture)
        except Cancelled:
            pass
        if self._stop.is_over:
            return LiveEnd.DURATION
        if not self._stop.is_set:
            return LiveEnd.SOURCE
        if not self.frames:
            message = "stopped before there was a picture"
            raise Cancelled(message)
        return LiveEnd.REQUEST

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
        self._next_report = max(self._next_report + REPORT_SECONDS, now)
        stats = self.meter.sample()
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


def _provenance_of(plan: LivePlan) -> Provenance:
    """Return how the file gets its provenance; raises what `prepare_provenance` does."""
    if plan.options.output is None:
        return Provenance(())
    provenance = prepare_provenance(
        source_photos(plan.photos, plan.parts),
        played_file(plan.camera),
        [plan.options.output],
        plan.engine,
        plan.options,
    )
    for note in provenance.notes:
        logger.info("%s", note)
    return provenance


def _say(report: LiveReport) -> None:
    logger.info("%s", report.description)
    for note in report.notes:
        logger.warning("%s", note)


def _open_outputs(
    plan: LivePlan,
    report: LiveReport,
    provenance: Provenance,
    stop: CancelToken,
    shown: Shown,
    threads: int,
    stack: ExitStack,
) -> list[LiveOutput]:
    """Open every requested output; the first one is measured.

    Outputs that others watch come first, the recording last.
    """
    options = plan.options
    outputs: list[LiveOutput] = []

    def measured() -> Shown | None:
        return None if outputs else shown

    if options.virtual_camera is not None:
        width, height = options.virtual_camera.size or _even(report.width, report.height)
        camera = VirtualCamera(width, height, report.fps, fit=options.virtual_camera.fit)
        stack.enter_context(camera)
        logger.info("virtual camera: %s (%s)", camera.device, camera.backend)
        outputs.append(stack.enter_context(VirtualCameraOutput(camera, measured())))
    if options.preview:
        window = PreviewWindow("dlc")
        outputs.append(stack.enter_context(PreviewOutput(window, stop, measured())))
    if options.output is not None:
        writer = LiveWriter(
            options.output,
            Path(plan.camera),
            report,
            options.encoding,
            overwrite=options.overwrite,
            threads=threads,
            finish=provenance.finish_for(options.output),
        )
        stack.callback(_tell_of, writer)
        stack.enter_context(writer)
        outputs.append(stack.enter_context(FileOutput(writer, measured())))
    return outputs


def _even(width: int, height: int) -> tuple[int, int]:
    return width + width % 2, height + height % 2


def _tell_of(writer: LiveWriter) -> None:
    """Report what is left of the run, however it ended."""
    if writer.is_kept:
        logger.info("%d frames are in %s", writer.frames_written, writer.path)
