"""Carry out a planned swap: read, find, swap, paste, write."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

from dlc.errors import Cancelled, NoFaceError
from dlc.host.detect import available_cpus
from dlc.media.image.plan import is_image_name
from dlc.media.image.still import ImageReader, ImageWriter, is_image
from dlc.media.inputs import require_file
from dlc.media.video.reader import VideoReader, open_target
from dlc.media.video.segments import note_segments
from dlc.media.video.writer import VideoWriter, check_output, open_output
from dlc.options import Engine, SwapOptions
from dlc.pipeline import CancelToken, Pipeline
from dlc.workflows.batch.casting import Casting
from dlc.workflows.batch.contact_sheet import CELL_SIZE, ContactSheet
from dlc.workflows.batch.preview import PreviewReader
from dlc.workflows.batch.steps import FrameCount, SwapSteps
from dlc.workflows.checks import check_contact_sheet
from dlc.workflows.engines.engine import EngineLoader
from dlc.workflows.people.assignment import Part, input_photos, source_photos
from dlc.workflows.progress import Progress
from dlc.workflows.provenance import Provenance, prepare_provenance
from dlc.workflows.result import SwapResult
from dlc.workflows.sources import SourcePhoto
from dlc.workflows.threads import opencv_threads

Reader = VideoReader | ImageReader | PreviewReader
Writer = VideoWriter | ImageWriter

# Frames waiting between two stages: enough to even out delays, few enough to hold 4K in memory.
QUEUE_SIZE = 2


@dataclass(frozen=True, slots=True)
class SwapPlan:
    """A swap to carry out, with every choice made.

    Attributes:
        photos: source photos that exist; none if there are parts.
        target: the video or picture.
        output: the file to write.
        options: all other choices.
        engine: the engine in use, for the result.
        engine_reason: why it was chosen.
        parts: who gets which face; empty if everybody gets the same one.
        notes: where the plan deviates from what was asked for, in words for the user.
    """

    photos: tuple[Path, ...]
    target: Path
    output: Path
    options: SwapOptions
    engine: Engine
    engine_reason: str
    parts: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[Path, ...]:
        """All source photos, each once."""
        return source_photos(self.photos, self.parts)

    @property
    def inputs(self) -> tuple[Path, ...]:
        """All photos to read, including those of people in the target."""
        return input_photos(self.photos, self.parts)


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
    with opencv_threads(1), _open_target(plan, threads) as reader:
        check_outputs(plan, reader)
        provenance = provenance_of(plan)
        casting = casting or Casting(plan.photos, plan.parts, plan.options)
        engine = load_engine(threads)
        cast = casting.cast(engine, cancel)
        safeguard = casting.safeguard()
        cancel.check()
        processing_began = time.perf_counter()
        with (
            _contact_sheet(plan, cast.photos, provenance) as sheet,
            _open_output(plan, reader, provenance, threads) as writer,
        ):
            recorder = None if sheet is None else sheet.recorder
            begin = reader.begin if isinstance(reader, PreviewReader) else None
            steps = SwapSteps(cast, plan.options, writer, safeguard, recorder, begin)
            pipeline = Pipeline(
                reader, steps.stages, source_name="decode", queue_size=QUEUE_SIZE, cancel=cancel
            )
            with _explaining_a_stop(plan, writer):
                tally = _process(pipeline, reader.info.frame_count, progress)
                cancel.check()
            if safeguard is not None:
                safeguard.conclude()
            name = reader.name if isinstance(reader, PreviewReader) else str(plan.target)
            require_faces(plan, tally, name)
            if sheet is not None:
                sheet.draw()
        ended = time.perf_counter()
    return SwapResult(
        output=plan.output,
        contact_sheet=plan.options.contact_sheet,
        engine=plan.engine,
        engine_reason=plan.engine_reason,
        models=engine.models,
        frames=tally.frames,
        faces=tally.faces,
        faces_left=tally.faces_left,
        frames_lost=reader.frames_lost,
        seconds=ended - began,
        processing_seconds=ended - processing_began,
        pipeline=pipeline.report,
        notes=(
            *plan.notes,
            *reader.notes,
            *writer.notes,
            *provenance.notes,
            *cast.notes,
            *note_segments(plan.output),
        ),
    )


def _open_target(plan: SwapPlan, threads: int) -> Reader:
    options = plan.options
    if is_image_name(plan.output):
        require_file(plan.target)
        if not is_image(plan.target):
            return PreviewReader(plan.target, options, threads)
    return open_target(
        plan.target,
        start=options.start,
        end=options.end,
        allow_damaged=options.allow_damaged,
        threads=threads,
        decoder=options.decoder,
    )


def _open_output(plan: SwapPlan, reader: Reader, provenance: Provenance, threads: int) -> Writer:
    options = plan.options
    return open_output(
        plan.output,
        reader.info if isinstance(reader, PreviewReader) else reader,
        options.encoding,
        overwrite=options.overwrite,
        keep_partial=options.keep_partial,
        threads=threads,
        finish=provenance.finish_for(plan.output),
    )


def provenance_of(plan: SwapPlan) -> Provenance:
    """Return how outputs get their provenance; raises what `prepare_provenance` does."""
    sheet = plan.options.contact_sheet
    outputs = [plan.output] if sheet is None else [plan.output, sheet]
    return prepare_provenance(plan.sources, plan.target, outputs, plan.engine, plan.options)


def check_outputs(plan: SwapPlan, reader: Reader) -> None:
    """Raise for every problem with the outputs that can be detected up front."""
    options = plan.options
    check_output(
        plan.output,
        reader.info,
        options.encoding,
        overwrite=options.overwrite,
        inputs=plan.inputs,
    )
    if options.contact_sheet is not None:
        check_contact_sheet(
            options.contact_sheet,
            others=(*plan.inputs, plan.target, plan.output),
            overwrite=options.overwrite,
        )


def _contact_sheet(
    plan: SwapPlan, sources: Sequence[SourcePhoto], provenance: Provenance
) -> AbstractContextManager[ContactSheet | None]:
    """Return the requested contact sheet, or a null context."""
    options = plan.options
    if options.contact_sheet is None:
        return nullcontext()
    photos = [photo.frame.thumbnail(CELL_SIZE) for photo in sources]
    return ContactSheet(
        options.contact_sheet,
        options.contact_sheet_rows,
        photos,
        overwrite=options.overwrite,
        finish=provenance.finish_for(options.contact_sheet),
    )


@dataclass(slots=True)
class Tally:
    """Frames and faces processed so far."""

    frames: int = 0
    faces: int = 0
    faces_left: int = 0

    def add(self, count: FrameCount) -> None:
        """Count a frame."""
        self.frames += 1
        self.faces += count.swapped
        self.faces_left += count.left


def _process(
    pipeline: Pipeline, total: int | None, progress: Callable[[Progress], None] | None
) -> Tally:
    """Run the pipeline to its end, counting frames and reporting progress."""
    tally = Tally()
    with closing(pipeline.run()) as counts:
        for count in counts:
            if count is None:
                continue
            tally.add(count)
            if progress is not None:
                wall = pipeline.report.wall_seconds
                progress(Progress(tally.frames, total, tally.faces, wall))
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
        left = f"they are in {plan.output}" if is_kept else "nothing was kept"
        raise Cancelled(f"stopped after {frames} frames; {left}") from stop


def require_faces(plan: SwapPlan, tally: Tally, name: str) -> None:
    """Raise NoFaceError if the output would be a mere copy of the target of that name."""
    if tally.faces:
        return
    if tally.faces_left:
        raise NoFaceError(
            f"none of the faces in {name} can be swapped credibly (they are seen from the "
            "side, or hidden); nothing was written"
        )
    chosen = plan.options.faces
    if isinstance(chosen, tuple):
        numbers = " or ".join(map(str, chosen))
        raise NoFaceError(f"no frame of {name} has a face {numbers}; nothing was written")
    raise NoFaceError(f"no face in {name}; nothing was written")
