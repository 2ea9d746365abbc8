"""Carry out a planned live run: capture, find, swap, show."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack, nullcontext

from dlc.host.detect import available_cpus
from dlc.media.live.clock import LiveClock
from dlc.media.live.opening import open_live_source, played_file
from dlc.media.live.source import LiveReport
from dlc.pipeline import CancelToken
from dlc.workflows.engines.engine import EngineLoader
from dlc.workflows.live.loop import LiveLoop
from dlc.workflows.live.opening import open_outputs
from dlc.workflows.live.plan import LivePlan
from dlc.workflows.live.result import LiveResult
from dlc.workflows.live.stats import LiveStats
from dlc.workflows.live.stop import LiveStop
from dlc.workflows.live.watch import LiveWatch
from dlc.workflows.people.assignment import source_photos
from dlc.workflows.people.prepared_cast import prepared_cast
from dlc.workflows.provenance import Provenance, prepare_provenance
from dlc.workflows.threads import opencv_on_one_thread

logger = logging.getLogger(__name__)


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
        stack.enter_context(opencv_on_one_thread())
        source = open_live_source(plan.camera, options.capture, clock=clock)
        stack.callback(source.close)
        _say(source.report)
        provenance = _provenance_of(plan)
        engine = load_engine(threads)
        cast, safeguard = prepared_cast(
            engine, plan.assignments, options, stop, "the camera's picture"
        )
        for caveat in cast.caveats:
            logger.warning("%s", caveat)
        watch = None if safeguard is None else LiveWatch(safeguard)
        loop = LiveLoop(source, cast, options, stop, progress, watch)
        outputs = open_outputs(
            plan, source.report, provenance, stop, loop.meter.note_shown, threads, stack
        )
        # Last, so that outputs learn of even a late refusal.
        stack.enter_context(watch or nullcontext())
        ended_by = loop.until_the_end(outputs)
    return LiveResult(
        source=source.report.description,
        engine=plan.engine,
        engine_reason=plan.engine_reason,
        models=engine.models,
        output=options.output if loop.frames else None,
        frames=loop.frames,
        faces=loop.faces,
        ended_by=ended_by,
        stats=loop.total(),
        pipeline=loop.pipeline.report,
        notes=cast.notes,
    )


def _provenance_of(plan: LivePlan) -> Provenance:
    """Return how the file gets its provenance; raises what `prepare_provenance` does."""
    if plan.options.output is None:
        return Provenance(())
    provenance = prepare_provenance(
        source_photos(plan.assignments),
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
