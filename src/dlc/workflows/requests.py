"""What can be told of a run by its options and the paths of its files alone.

A run checks all of this in any case. The command line asks here first, as the libraries that a run
needs take most of a second to load.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from dlc.errors import OptionError, OutputError
from dlc.media.files.outputs import check_folder, check_path
from dlc.media.files.paths import require_file
from dlc.options import LiveOptions, SwapOptions
from dlc.workflows.checks import check_order, check_swap
from dlc.workflows.live.checks import check_live
from dlc.workflows.people.assignment import assignments_of, input_photos
from dlc.workflows.photos import Source


def check_swap_request(
    source: Source | None, target: Path, output: Path, options: SwapOptions
) -> None:
    """Raise for what is wrong with a call of `dlc.swap`.

    Raises:
        OptionError: an option's value makes no sense.
        InputError: a photo or the target is missing or of no use, or they were exchanged.
        OutputError: the output exists, is an input, or its folder is missing or closed.
    """
    check_swap(options, has_source=source is not None)
    photos = input_photos(assignments_of(source, options.people))
    require_file(target)
    check_order(source, target)
    check_path(output, (target, *photos), overwrite=options.overwrite)


def check_folder_request(source: Source | None, output: Path, options: SwapOptions) -> None:
    """Raise for what is wrong with a call of `dlc.swap_folder`, the targets left aside.

    Raises:
        OptionError: an option's value makes no sense.
        InputError: a photo is missing or of no use.
        OutputError: the folder for outputs is something else, or closed.
    """
    check_swap(options, has_source=source is not None)
    assignments_of(source, options.people)
    check_folder(output)


def check_live_request(
    source: Source | None, camera: str, options: LiveOptions, *, log: Path | None = None
) -> None:
    """Raise for what is wrong with a call of `dlc.live`, the camera left aside.

    Args:
        source: as for `dlc.live`; so are the next two.
        camera: only files are looked at.
        options: all choices.
        log: a file for the run's figures, which whoever asks is going to write.

    Raises:
        OptionError: an option's value makes no sense, or the camera has no name.
        InputError: a photo is missing or of no use.
        OutputError: the log is an input or the recording, or would replace a file unasked.
    """
    check_live(options, has_source=source is not None)
    if not camera:
        raise OptionError('the camera is empty: "", for instance from a variable that is not set')
    photos = input_photos(assignments_of(source, options.people))
    if log is not None:
        _check_log(log, (*photos, Path(camera)), options)


def _check_log(log: Path, inputs: Iterable[Path], options: LiveOptions) -> None:
    """Raise unless `log` may be written to; terminals, pipes and empty files may be."""
    if options.output is not None and os.path.realpath(log) == os.path.realpath(options.output):
        raise OutputError(f"{log} is the recording as well: choose another name for the figures")
    # Not Path.exists, which fails where a name is too long, as a graph of filters may be.
    if os.access(log, os.F_OK) and log.is_file() and log.stat().st_size:
        there = [path for path in inputs if os.access(path, os.F_OK)]
        check_path(log, there, overwrite=options.overwrite)
