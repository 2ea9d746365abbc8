"""Carry out a planned swap: read, find, swap, paste, write."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from dlc.counted import counted
from dlc.errors import Cancelled
from dlc.host.detect import available_cpus
from dlc.media.video.resuming.segments import note_segments
from dlc.media.video.writing.writer import VideoWriter
from dlc.pipeline import CancelToken, Pipeline, PipelineReport
from dlc.safeguard.guard import Safeguard
from dlc.workflows.batch.casting import Casting
from dlc.workflows.batch.opening import OpenedTarget, opened_target
from dlc.workflows.batch.outcome import swap_result
from dlc.workflows.batch.outputs import (
    Writer,
    check_outputs,
    open_contact_sheet,
    open_writer,
    provenance_of,
)
from dlc.workflows.batch.plan import SwapPlan
from dlc.workflows.batch.steps import FrameCount, SwapSteps, run_counting, swap_pipeline
from dlc.workflows.batch.tally import Tally, require_faces
from dlc.workflows.engines.engine import EngineLoader
from dlc.workflows.people.cast import Cast
from dlc.workflows.progress import Progress
from dlc.workflows.provenance import Provenance
from dlc.workflows.result import SwapResult
from dlc.workflows.threads import opencv_on_one_thread


def run_swap(
    plan: SwapPlan,
    load_engine: EngineLoader,
    *,
    casting: Casting | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancel: CancelToken | None = None,
) -> SwapResult:
    """Carry out `plan`; see `dlc.swap` for what is returned and raised.

    Meanwhile OpenCV is single-threaded in the whole process: the concurrent stages keep the cores
    busy, and more threads inside them would only wait for each other.

    Args:
        plan: the swap.
        load_engine: called with the number of CPU threads, and only once the files are known to be
            usable, as engines take time to load.
        casting: shared by runs with the same engine, sources and people; None starts anew.
        progress: called after every frame.
        cancel: stops the run.
    """
    began = time.perf_counter()
    cancel = cancel or CancelToken()
    threads = plan.options.threads or available_cpus()
    with opencv_on_one_thread(), opened_target(plan, threads) as target:
        check_outputs(plan, target.reader.info)
        provenance = provenance_of(plan)
        casting = casting or Casting(plan.assignments, plan.options)
        engine = load_engine(threads)
        cast = casting.cast(engine, cancel)
        safeguard = casting.safeguard()
        cancel.check()
        processing_began = time.perf_counter()
        made = _make(plan, target, cast, safeguard, provenance, threads, progress, cancel)
        ended = time.perf_counter()
    return swap_result(
        plan,
        made.tally,
        models=engine.models,
        frames_lost=target.reader.frames_lost,
        seconds=ended - began,
        processing_seconds=ended - processing_began,
        pipeline=made.pipeline,
        notes=(
            *plan.notes,
            *target.reader.notes,
            *made.notes,
            *provenance.notes,
            *cast.notes,
            *note_segments(plan.output),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Made:
    """What became of the outputs."""

    tally: Tally
    pipeline: PipelineReport
    notes: Sequence[str]


def _make(
    plan: SwapPlan,
    target: OpenedTarget,
    cast: Cast,
    safeguard: Safeguard | None,
    provenance: Provenance,
    threads: int,
    progress: Callable[[Progress], None] | None,
    cancel: CancelToken,
) -> _Made:
    """Write the outputs; they get their names only if nothing fails."""
    with (
        open_contact_sheet(plan, cast.photos, provenance) as sheet,
        open_writer(plan, target, provenance, threads) as writer,
    ):
        recorder = None if sheet is None else sheet.recorder
        steps = SwapSteps(cast, plan.options, writer, safeguard, recorder, target.begin)
        pipeline = swap_pipeline(target.reader, steps, cancel)
        with _explaining_a_stop(plan, writer):
            tally = _process(pipeline, target.reader.info.frame_count, progress)
            cancel.check()
        if safeguard is not None:
            safeguard.conclude()
        tilted = plan.options.tilted or target.reader.info.is_image
        require_faces(tally, plan.options.faces, target.name, tilted=tilted)
        if sheet is not None:
            sheet.draw()
    return _Made(tally, pipeline.report, writer.notes)


def _process(
    pipeline: Pipeline, total: int | None, progress: Callable[[Progress], None] | None
) -> Tally:
    """Run the pipeline to its end, counting frames and reporting progress."""
    tally = Tally()

    def count(frame: FrameCount) -> None:
        tally.add(frame)
        if progress is not None:
            wall = pipeline.report.wall_seconds
            progress(Progress(tally.frames, total, tally.faces, wall))

    run_counting(pipeline, count)
    return tally


@contextmanager
def _explaining_a_stop(plan: SwapPlan, writer: Writer) -> Iterator[None]:
    """Say what is kept of a run that the user stopped."""
    try:
        yield
    except Cancelled as stop:
        frames = writer.frames_written
        # A picture cannot be kept in part.
        is_kept = plan.options.keep_partial and frames > 0 and isinstance(writer, VideoWriter)
        left = f"what was done is in {plan.output}" if is_kept else "nothing was kept"
        raise Cancelled(f"stopped after {counted(frames, 'frame')}; {left}") from stop
