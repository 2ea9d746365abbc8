"""Checks that fail before any work is done."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from dlc.errors import InputError, OptionError, OutputError
from dlc.media.files.outputs import check_path
from dlc.media.image.recognition import is_image
from dlc.media.limits import LEAST_HEIGHT
from dlc.media.quality import check_quality
from dlc.options import (
    EncodeOptions,
    FaceChoice,
    LiveOptions,
    ProvenanceOptions,
    ResumeOptions,
    SafeguardPolicy,
    SwapOptions,
    VideoDecoder,
)
from dlc.options.types import check_types
from dlc.pipeline.cancel import CancelToken
from dlc.workflows.engines.checks import check_effects, check_enhancing
from dlc.workflows.libraries import require_libraries
from dlc.workflows.people.assignment import check_people
from dlc.workflows.photos import Source

_MAX_CONTACT_SHEET_ROWS = 24


def check_swap(options: SwapOptions, *, has_source: bool) -> None:
    """Raise OptionError unless every value makes sense, alone and with the others.

    Args:
        options: all choices.
        has_source: whether there is a source for people without one of their own.
    """
    check_types(options, SwapOptions)
    check_run(options, has_source=has_source)
    _check_part(options.start, options.end)
    _check_encoding(options.encoding)
    if options.allow_damaged and options.decoder is not VideoDecoder.SOFTWARE:
        raise OptionError(
            f"{options.decoder} does not tell what is damaged; leave out `decoder` or "
            "`allow_damaged`"
        )
    if not 1 <= options.contact_sheet_rows <= _MAX_CONTACT_SHEET_ROWS:
        raise OptionError(
            f"`contact_sheet_rows` is {options.contact_sheet_rows}: "
            f"give 1 to {_MAX_CONTACT_SHEET_ROWS}"
        )
    if options.resume is not None:
        _check_resume(options, options.resume)


def check_run(options: SwapOptions | LiveOptions, *, has_source: bool) -> None:
    """Check what can be chosen for a file and for a live picture alike.

    Args:
        options: all choices, of the right types.
        has_source: whether there is a source for people without one of their own.

    Raises:
        OptionError: a value makes no sense, alone or with another one.
        MissingLibraryError: there is a label, and the library that draws it cannot be loaded.
    """
    check_threads(options.threads)
    _check_faces(options.faces)
    check_effects(options.look, options.masks)
    check_enhancing(options.enhance)
    check_people(options.people, has_source=has_source)
    if options.label is not None:
        _check_label(options.label)
    _check_provenance(options.provenance)
    if options.safeguard is not None:
        _check_policy(options.safeguard)


def check_calls(progress: object, cancel: object) -> None:
    """Raise OptionError unless a run can call `progress` and ask `cancel`; None is no such thing.

    Both are used only once the models are loaded.
    """
    if progress is not None and not callable(progress):
        raise OptionError(
            f"progress is of type {type(progress).__name__}; give a function, or leave it out"
        )
    if cancel is not None and not isinstance(cancel, CancelToken):
        raise OptionError(
            f"cancel is of type {type(cancel).__name__}; give a dlc.CancelToken, or leave it out"
        )


def _check_part(start: float | None, end: float | None) -> None:
    for name, seconds in (("start", start), ("end", end)):
        if seconds is not None and not (math.isfinite(seconds) and seconds >= 0):
            raise OptionError(f"`{name}` is {seconds} s: give a time of at least 0 s")
    if end is not None and end <= (start or 0.0):
        raise OptionError(f"`end` ({end:g} s) is not after `start` ({start or 0.0:g} s)")


def _check_encoding(encoding: EncodeOptions) -> None:
    check_quality(encoding.quality)
    if encoding.height is not None and encoding.height < LEAST_HEIGHT:
        raise OptionError(f"`height` is {encoding.height}: give at least {LEAST_HEIGHT}")


def check_threads(threads: int | None) -> None:
    """Raise OptionError unless the number of threads, if any is given, makes sense."""
    if threads is not None and threads < 1:
        raise OptionError(
            f"`threads` is {threads}: give at least 1, or leave it out for one per core"
        )


def _check_faces(faces: FaceChoice | tuple[int, ...]) -> None:
    if isinstance(faces, tuple) and (not faces or min(faces) < 1 or len(set(faces)) < len(faces)):
        given = ", ".join(map(str, faces)) or "empty"
        raise OptionError(
            f"`faces` is {given}: give different numbers that count from 1 at the left, such as 1 "
            "and 3"
        )


def _check_resume(options: SwapOptions, resume: ResumeOptions) -> None:
    if not (math.isfinite(resume.segment_seconds) and resume.segment_seconds >= 1):
        raise OptionError(f"`segment_seconds` is {resume.segment_seconds:g}: give at least 1")
    for name in ("contact_sheet", "keep_partial", "allow_damaged"):
        if getattr(options, name):
            raise OptionError(
                f"`resume` and `{name}` do not go together because segments are processed "
                "independently; give one of them"
            )


def _check_label(text: str) -> None:
    # The only check that draws, and most runs have no label.
    require_libraries("cv2")
    from dlc.media.frames.label import check_label

    check_label(text)


def _check_provenance(options: ProvenanceOptions) -> None:
    if (options.certificate is None) != (options.key is None):
        raise OptionError("a signing certificate and its key go together; give both or none")
    if options.certificate is not None and not options.signed:
        raise OptionError(
            "a signing certificate was given but signing is off; drop the certificate or turn "
            "signing on"
        )


def _check_policy(policy: SafeguardPolicy) -> None:
    if not 0 <= policy.threshold <= 1:
        raise OptionError(f"the safeguard's threshold is {policy.threshold:g}; give 0 to 1")
    if not (math.isfinite(policy.frames_per_second) and policy.frames_per_second > 0):
        raise OptionError(
            f"the safeguard looks at {policy.frames_per_second:g} frames a second; give more than 0"
        )
    if policy.in_a_row < 1:
        raise OptionError(f"the safeguard wants {policy.in_a_row} in a row; give at least 1")


def check_order(source: Source | None, target: Path) -> None:
    """Raise InputError if a source and a target were exchanged: the photo would be the target."""
    if not isinstance(source, str | Path) or not Path(source).is_file():
        return
    if is_image(target) and not is_image(Path(source)):
        raise InputError(
            f"{source} is no picture, and {target} is one: name the photo of the new face first, "
            "then the target, then the output"
        )


def check_contact_sheet(path: Path, *, others: Sequence[Path], overwrite: bool) -> None:
    """Raise OutputError unless a contact sheet may be written to `path`.

    Args:
        path: the sheet's file.
        others: every other file of the run; the sheet must not be one of them.
        overwrite: whether an existing file may be replaced.
    """
    if path.suffix.lower() != ".png":
        raise OutputError(f"the contact sheet {path} is a PNG; give it a name that ends in .png")
    if any(path.resolve() == other.resolve() for other in others):
        raise OutputError(f"the contact sheet {path} is also an input or the output")
    check_path(path, others, overwrite=overwrite)
