"""What can be told of a run by its options and the paths of its files alone.

A run checks all of this in any case. The command line asks here first, as the libraries that a run
needs take most of a second to load.
"""

from __future__ import annotations

from pathlib import Path

from dlc.media.atomic import check_folder, check_path
from dlc.media.paths import require_file
from dlc.options import LiveOptions, PeopleOptions, SwapOptions
from dlc.workflows.checks import check_swap
from dlc.workflows.live.checks import check_live
from dlc.workflows.people.assignment import assignments_of, input_photos
from dlc.workflows.photos import Source, photo_paths


def check_swap_request(
    source: Source | None, target: Path, output: Path, options: SwapOptions
) -> None:
    """Raise for what is wrong with a call of `dlc.swap`.

    Raises:
        OptionError: an option's value makes no sense.
        InputError: a photo or the target is missing or of no use.
        OutputError: the output exists, is an input, or its folder is missing or closed.
    """
    check_swap(options, has_source=source is not None)
    photos = _photos(source, options.people)
    require_file(target)
    check_path(output, (target, *photos), overwrite=options.overwrite)


def check_folder_request(source: Source | None, output: Path, options: SwapOptions) -> None:
    """Raise for what is wrong with a call of `dlc.swap_folder`, the targets left aside.

    Raises:
        OptionError: an option's value makes no sense.
        InputError: a photo is missing or of no use.
        OutputError: the folder for outputs is something else, or closed.
    """
    check_swap(options, has_source=source is not None)
    _photos(source, options.people)
    check_folder(output)


def check_live_request(source: Source | None, options: LiveOptions) -> None:
    """Raise for what is wrong with a call of `dlc.live`, the camera left aside.

    Raises:
        OptionError: an option's value makes no sense.
        InputError: a photo is missing or of no use.
    """
    check_live(options, has_source=source is not None)
    _photos(source, options.people)


def _photos(source: Source | None, people: PeopleOptions) -> tuple[Path, ...]:
    """Return all photos of a run, of new faces and of people in the target."""
    assignments = assignments_of(source, people)
    everybody = photo_paths(source) if source is not None and not assignments else ()
    return input_photos(everybody, assignments)
