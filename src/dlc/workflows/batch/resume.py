"""A swap in segments that survive a killed run: the next run continues after them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction

from dlc.counted import counted
from dlc.errors import (
    Cancelled,
    DamagedInputError,
    DlcError,
    NoFaceError,
    OptionError,
    SafeguardError,
)
from dlc.host.detect import available_cpus
from dlc.media.image.kinds import is_image_name
from dlc.media.info import MediaInfo
from dlc.media.opening import open_target
from dlc.media.video.reading.reader import VideoReader
from dlc.media.video.resuming.joining import SegmentFile, join_segments, segment_format
from dlc.media.video.resuming.segments import Segment, SegmentFolder
from dlc.options import ResumeOptions
from dlc.pipeline import CancelToken
from dlc.pipeline.report import merged
from dlc.workflows.batch.casting import Casting
from dlc.workflows.batch.outcome import swap_result
from dlc.workflows.batch.outputs import check_outputs, provenance_of
from dlc.workflows.batch.plan import SwapPlan
from dlc.workflows.batch.resume_identity import identity_of
from dlc.workflows.batch.segment import MadeSegment, SegmentMaker, SegmentSpan
from dlc.workflows.batch.segment_memo import SegmentMemo
from dlc.workflows.batch.steps import FrameCount
from dlc.workflows.batch.tally import Tally, require_faces
from dlc.workflows.engines.engine import EngineLoader
from dlc.workflows.people.cast import missed_people
from dlc.workflows.progress import Progress
from dlc.workflows.provenance import Provenance
from dlc.workflows.result import SwapResult
from dlc.workflows.threads import opencv_on_one_thread

logger = logging.getLogger(__name__)


def run_resumable(
    plan: SwapPlan,
    load_engine: EngineLoader,
    resume: ResumeOptions,
    *,
    casting: Casting | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancel: CancelToken | None = None,
) -> SwapResult:
    """Carry out `plan` in segments; see `run_swap` for the arguments.

    Finished segments are kept in a hidden folder next to the output until they are joined, even if
    the run dies before that. A run that finds such a folder for the same inputs and options
    continues with the first missing segment.
    """
    began = time.perf_counter()
    cancel = cancel or CancelToken()
    threads = plan.options.threads or available_cpus()
    with opencv_on_one_thread():
        info, origin = _look(plan, threads)
        file_format = segment_format(plan.output, info, plan.options.encoding)
        provenance = provenance_of(plan)
        casting = casting or Casting(plan.assignments, plan.options)
        maker = SegmentMaker(plan, load_engine, casting, file_format, origin, threads, cancel)
        with _segments_of(plan, file_format.suffix, threads) as folder:
            found = len(folder.finished)
            counter = _Counter(folder, info.frame_count, progress)
            made = list(_make_missing(maker, folder, info, resume, counter))
            options = plan.options
            require_faces(counter.tally, options.faces, str(plan.target), tilted=options.tilted)
            joining_began = time.perf_counter()
            notes = [
                *_notes_on_resuming(found, len(made)),
                *_join(plan, info, folder, provenance, cancel),
                *_notes_of(plan, folder.finished),
            ]
            making_seconds = sum(segment.seconds for segment in folder.finished)
            folder.remove()
    ended = time.perf_counter()
    return swap_result(
        plan,
        counter.tally,
        models=made[-1].models if made else (),
        frames_lost=0,
        seconds=ended - began,
        processing_seconds=making_seconds + ended - joining_began,
        pipeline=merged([one.report for one in made]),
        notes=dict.fromkeys([*plan.notes, *notes]),
    )


def _look(plan: SwapPlan, threads: int) -> tuple[MediaInfo, Fraction]:
    """Return the target's properties, and the time on its clock that a player shows as 0."""
    options = plan.options
    with open_target(plan.target, start=options.start, end=options.end, threads=threads) as reader:
        if not isinstance(reader, VideoReader):
            raise OptionError(f"{plan.target} is a picture, and only videos can be resumed")
        if is_image_name(plan.output):
            raise OptionError(f"{plan.output} is a picture, and only videos can be resumed")
        check_outputs(plan, reader.info)
        return reader.info, reader.origin()


class _Counter:
    """Counts frames and faces, including those of earlier runs, and reports progress."""

    def __init__(
        self, folder: SegmentFolder, total: int | None, progress: Callable[[Progress], None] | None
    ) -> None:
        done = folder.finished
        self.tally = Tally(
            sum(segment.frames for segment in done),
            sum(segment.faces for segment in done),
            sum(segment.faces_left for segment in done),
        )
        for segment in done:
            self.tally.add_passages(SegmentMemo.of(segment).passages_left)
        self._began = time.perf_counter() - sum(segment.seconds for segment in done)
        self._total = total
        self._progress = progress

    def __call__(self, count: FrameCount) -> None:
        """Count a frame."""
        self.tally.add(count)
        if self._progress is not None:
            seconds = time.perf_counter() - self._began
            self._progress(Progress(self.tally.frames, self._total, self.tally.faces, seconds))


def _make_missing(
    maker: SegmentMaker,
    folder: SegmentFolder,
    info: MediaInfo,
    resume: ResumeOptions,
    counter: _Counter,
) -> Iterator[MadeSegment]:
    """Make the missing segments in order until the target ends."""
    length = Fraction(resume.segment_seconds).limit_denominator(1000)
    finished = folder.finished
    if finished:
        logger.info("continuing after %s", counted(len(finished), "finished segment"))
    while not finished or not finished[-1].is_last:
        number = len(finished)
        begin = finished[0].first_pts * info.time_base + number * length if number else None
        before = SegmentMemo.of(finished[-1]) if finished else SegmentMemo()
        made = maker.make(folder.file(number), SegmentSpan(begin, length), before, counter)
        folder.keep(made.segment)
        yield made


def _join(
    plan: SwapPlan,
    info: MediaInfo,
    folder: SegmentFolder,
    provenance: Provenance,
    cancel: CancelToken,
) -> list[str]:
    files = [
        SegmentFile(folder.file(number), segment.frames, segment.first_pts)
        for number, segment in enumerate(folder.finished)
        if segment.frames
    ]
    notes = join_segments(
        plan.output,
        info,
        plan.options.encoding,
        files,
        overwrite=plan.options.overwrite,
        finish=provenance.finish_for(plan.output),
        check=cancel.check,
    )
    return [*notes, *provenance.notes]


def _notes_on_resuming(found: int, made: int) -> list[str]:
    return [f"{found} of {found + made} segments were there already"] if found else []


def _notes_of(plan: SwapPlan, segments: Sequence[Segment]) -> list[str]:
    """Return the notes on all segments, whichever run made them."""
    memos = [SegmentMemo.of(segment) for segment in segments]
    found = frozenset(person for memo in memos for person in memo.found)
    return [
        *(note for memo in memos for note in memo.notes),
        *missed_people(plan.assignments, found),
    ]


@contextmanager
def _segments_of(plan: SwapPlan, suffix: str, threads: int) -> Iterator[SegmentFolder]:
    """Own the folder with the segments of a run; see `_keeping_segments` for what stays of it."""
    identity = identity_of(plan, threads)
    with (
        SegmentFolder(plan.output, suffix, identity, anew=plan.options.overwrite) as folder,
        _keeping_segments(folder),
    ):
        yield folder


@contextmanager
def _keeping_segments(folder: SegmentFolder) -> Iterator[None]:
    """On failure, say which segments are kept; remove the folder if it is of no use."""
    try:
        yield
    except (NoFaceError, SafeguardError):
        folder.remove()
        raise
    except Cancelled as stop:
        if not folder.finished:
            folder.remove()
            raise Cancelled("stopped before the first segment; nothing was kept") from stop
        raise Cancelled(f"stopped; {_kept(folder)}: the same command goes on from there") from stop
    except DamagedInputError as error:
        # A disk or a network may give more the next time; damage in the file stays.
        _keep_if_any(folder, "delete it, unless the target was read badly only once")
        raise DamagedInputError(
            f"{error}, and leave out `resume`, which cannot pass over damage"
        ) from error
    except DlcError:
        _keep_if_any(folder, "the same command goes on from there")
        raise


def _keep_if_any(folder: SegmentFolder, hint: str) -> None:
    """Say what to do with finished segments; remove the folder if there are none."""
    if not folder.finished:
        folder.remove()
        return
    logger.warning("%s: %s", _kept(folder), hint)


def _kept(folder: SegmentFolder) -> str:
    count = len(folder.finished)
    verb = "is" if count == 1 else "are"
    return f"{counted(count, 'finished segment')} {verb} kept in {folder.path}"
