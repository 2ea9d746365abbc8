"""The `swap` function: put a face on the faces of one video or picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dlc.errors import InputError
from dlc.media.files.paths import is_folder, named_path
from dlc.options import SwapOptions
from dlc.pipeline import CancelToken
from dlc.workflows.batch.target import swap_target
from dlc.workflows.checks import check_calls, check_order, check_swap
from dlc.workflows.photos import Source
from dlc.workflows.preparation import prepare
from dlc.workflows.progress import Progress
from dlc.workflows.result import SwapResult


def swap(
    source: Source | None,
    target: str | Path,
    output: str | Path,
    options: SwapOptions | None = None,
    *,
    progress: Callable[[Progress], None] | None = None,
    cancel: CancelToken | None = None,
) -> SwapResult:
    """Put the face of `source` on the faces in `target` and write the result to `output`.

    Args:
        source: a photo, several photos of one person, or a folder of such photos. It may be None
            where `SwapOptions.people` maps people to sources; otherwise it is for everybody else.
        target: a video or a picture.
        output: the file to write, of the same kind as `target`, or a picture of the one frame of a
            video that `SwapOptions.start` names; it gets its name only once it is complete.
        options: all choices; None means the defaults.
        progress: called in this thread after every frame; an exception from it stops the run.
        cancel: set it from any thread to stop the run.

    Returns:
        What was done and how long each part took.

    Raises:
        OptionError: an option's value makes no sense, or an argument is of a wrong type.
        InputError: a source photo or the target cannot be used.
        DamagedInputError: the target cannot be read to its end (see `SwapOptions.allow_damaged`).
        NoFaceError: no face in the source, or no swappable face in the whole target.
        OutputError: the output must not or cannot be written.
        EncoderError: the encoder is unknown or does not fit the output.
        ModelError: a model of the requested engine is missing, damaged or unusable here.
        ProviderError: the requested provider cannot run the models here.
        SafeguardError: `SwapOptions.safeguard` refuses a photo or the target.
        ProvenanceError: the output cannot be signed.
        Cancelled: the run was stopped through `cancel`.

    Example:
        >>> import dlc
        >>> dlc.swap("me.jpg", "clip.mp4", "out.mp4", dlc.SwapOptions(end=10.0))  # doctest: +SKIP
    """
    options = options or SwapOptions()
    target, output = named_path(target), named_path(output)
    check_swap(options, has_source=source is not None)
    check_calls(progress, cancel)
    prepared = prepare(source, options)
    if is_folder(target):
        raise InputError(
            f"{target} is a folder: dlc.swap_folder processes the videos and pictures in one"
        )
    check_order(source, target)
    return swap_target(target, output, options, prepared, progress=progress, cancel=cancel)
