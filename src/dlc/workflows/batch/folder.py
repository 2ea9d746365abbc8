"""The `swap_folder` function: put a face on the faces of all videos and pictures in a folder."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from dlc.errors import (
    DlcError,
    EncoderError,
    InputError,
    MissingLibraryError,
    NoFaceError,
    OptionError,
    OutputError,
    SafeguardError,
    WriteError,
)
from dlc.host.detect import available_cpus
from dlc.media.files.outputs import made_folders
from dlc.media.files.paths import named_path, require_file
from dlc.media.image.kinds import is_image_name
from dlc.media.image.recognition import is_image
from dlc.media.video.writing.encoders import check_encoder
from dlc.options import NVENC, SwapOptions, VideoDecoder
from dlc.pipeline import CancelToken
from dlc.workflows.batch.casting import Casting
from dlc.workflows.batch.folder_plan import FolderPlan, TargetFiles, plan_folder
from dlc.workflows.batch.forecast import Forecast
from dlc.workflows.batch.target import swap_target
from dlc.workflows.checks import check_calls, check_swap
from dlc.workflows.people.assignment import input_photos
from dlc.workflows.photos import Source
from dlc.workflows.preparation import Preparation, prepare
from dlc.workflows.progress import FolderProgress, Progress
from dlc.workflows.result import FolderResult, TargetOutcome
from dlc.workflows.threads import opencv_on_one_thread

logger = logging.getLogger(__name__)

# Faults of one target once the sources are prepared: an OptionError is a start after its end, a
# missing library one that reads its kind of picture.
_OF_ONE_TARGET = (
    InputError,
    MissingLibraryError,
    NoFaceError,
    OutputError,
    EncoderError,
    SafeguardError,
    OptionError,
)


def swap_folder(
    source: Source | None,
    targets: str | Path,
    output: str | Path,
    options: SwapOptions | None = None,
    *,
    progress: Callable[[FolderProgress], None] | None = None,
    cancel: CancelToken | None = None,
) -> FolderResult:
    """Put the face of `source` on the faces of every video and picture in a folder.

    The engine and the source are prepared once. Each output is what `dlc.swap` makes of its target.
    An output that is there already is left alone, unless `options.overwrite` is set, so that the
    same call continues a run that was stopped.

    Args:
        source: as for `dlc.swap`.
        targets: the folder. Videos and pictures directly in it are taken, by their names.
        output: the folder to write to, created if missing. An output has its target's name, but
            ends in .mp4, .jpg or .png where dlc does not write the target's kind of file.
        options: all choices; None means the defaults. `contact_sheet` is a folder, too, which gets
            a PNG for each target. `start`, `end`, `resume`, `decoder` and `encoding.encoder`
            concern the videos alone.
        progress: called in this thread after every frame; an exception from it stops the run.
        cancel: set it from any thread to stop the run.

    Returns:
        What became of every target. One that cannot be used, shows no face, is refused or cannot
        be written as asked for is logged as an error when it fails, and the others go on.

    Raises:
        OptionError: an option's value makes no sense, or an argument is of a wrong type.
        EncoderError: there is no such encoder here.
        InputError: a source photo or the folder cannot be used, or two targets would get the same
            output.
        NoFaceError: no face in the source.
        OutputError: the outputs must not or cannot be written there.
        WriteError: the disk is full, for instance.
        ModelError, ProviderError, SafeguardError, ProvenanceError: as for `dlc.swap`.
        Cancelled: the run was stopped through `cancel`. What was finished before stays.

    Example:
        >>> import dlc
        >>> result = dlc.swap_folder("me.jpg", "clips", "swapped")  # doctest: +SKIP
        >>> for outcome in result.targets:  # doctest: +SKIP
        ...     print(outcome.target, outcome.error or "done")
    """
    began = time.perf_counter()
    options = options or SwapOptions()
    check_swap(options, has_source=source is not None)
    check_calls(progress, cancel)
    if options.encoding.encoder not in (None, NVENC):
        # Otherwise every video of the folder would fail for it.
        check_encoder(options.encoding.encoder)
    plan = plan_folder(named_path(targets), named_path(output), options.contact_sheet)
    prepared = prepare(source, options)
    run = _FolderRun(plan, options, prepared, progress, cancel or CancelToken())
    folders = [each for each in (plan.output, plan.contact_sheets) if each is not None]
    with made_folders(*folders), opencv_on_one_thread():
        outcomes = run.outcomes()
    seconds = time.perf_counter() - began
    return FolderResult(plan.output, plan.contact_sheets, tuple(outcomes), seconds, plan.notes)


class _FolderRun:
    """Processes the targets of a folder one after the other."""

    def __init__(
        self,
        plan: FolderPlan,
        options: SwapOptions,
        prepared: Preparation,
        progress: Callable[[FolderProgress], None] | None,
        cancel: CancelToken,
    ) -> None:
        self._plan = plan
        self._options = options
        self._prepared = prepared
        self._progress = progress
        self._cancel = cancel
        self._casting = Casting(prepared.assignments, options)

    def outcomes(self) -> list[TargetOutcome]:
        """Return what became of every target, in order."""
        targets = self._plan.targets
        done = [self._is_done(files) for files in targets]
        if not all(done):
            # A source of no use ends the run here, so that no target is blamed for it.
            threads = self._options.threads or available_cpus()
            self._casting.cast(self._prepared.load(threads), self._cancel)
        outcomes: list[TargetOutcome] = []
        forecast = Forecast(done.count(False))
        for files, is_done in zip(targets, done, strict=True):
            if is_done:
                outcomes.append(TargetOutcome(files.target, files.output))
                continue
            try:
                self._cancel.check()
                outcomes.append(self._outcome(len(outcomes) + 1, files, forecast))
                forecast.finish_one()
            except DlcError as error:
                count = sum(each.error is None for each in outcomes) + sum(done[len(outcomes) :])
                raise type(error)(self._end(error, files, count)) from error
        return outcomes

    def _is_done(self, files: TargetFiles) -> bool:
        """Whether an earlier run made the output; inputs in its place are no outputs."""
        output, photos = files.output, input_photos(self._prepared.assignments)
        try:
            is_there = output.is_file() and not any(map(output.samefile, (files.target, *photos)))
        except OSError:
            return False  # whoever opens the output says what is wrong with it
        return is_there and not self._options.overwrite

    def _outcome(self, number: int, files: TargetFiles, forecast: Forecast) -> TargetOutcome:
        def report(progress: Progress) -> None:
            if self._progress is not None:
                count, left = len(self._plan.targets), forecast.seconds_left(progress)
                self._progress(FolderProgress(number, count, files.target, progress, left))

        try:
            result = swap_target(
                files.target,
                files.output,
                self._options_for(files),
                self._prepared,
                casting=self._casting,
                progress=report,
                cancel=self._cancel,
            )
        except WriteError:
            raise  # the next one would fail as well
        except _OF_ONE_TARGET as error:
            logger.error("%s", _naming(files.target, error))
            if error.__cause__ is not None:
                logger.debug("where that came from", exc_info=error)
            return TargetOutcome(files.target, files.output, error=_alone(error))
        return TargetOutcome(files.target, files.output, result)

    def _options_for(self, files: TargetFiles) -> SwapOptions:
        require_file(files.target)
        options = replace(self._options, contact_sheet=files.contact_sheet)
        is_picture, is_named_so = is_image(files.target), is_image_name(files.output)
        if is_named_so and not is_picture:
            raise InputError("it is no picture, though it is named like one: rename it")
        if is_picture and not is_named_so:
            raise InputError("it is a picture, though it is named like a video: rename it")
        if not is_picture:
            return options
        return replace(
            options,
            start=None,
            end=None,
            resume=None,
            decoder=VideoDecoder.SOFTWARE,
            encoding=replace(options.encoding, encoder=None),
        )

    def _end(self, error: DlcError, files: TargetFiles, done: int) -> str:
        """Return the message of what ends the run before its last target; `done` are finished."""
        verb = "is" if done == 1 else "are"
        message = f"{_naming(files.target, error)}; "
        message += f"{done} of {len(self._plan.targets)} files {verb} "
        message += f"done, in {self._plan.output}" if done else "done"
        if self._options.overwrite:
            return message
        if done:
            message += ", and left alone when the same command continues"
        if self._options.keep_partial and files.output.exists():
            message += f"; {files.output} is only a beginning: delete it to have it made whole"
        return message


def _alone(error: DlcError) -> DlcError:
    """Return an error without what led to it, which holds the engine and pictures of its target."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _naming(target: Path, error: DlcError) -> str:
    """Return an error's message, with the target's name before it if it has none."""
    message = str(error)
    return message if str(target) in message else f"{target.name}: {message}"
