"""Checks of the options of a live run, which fail before any work is done."""

from __future__ import annotations

import math

from dlc.errors import OptionError
from dlc.options import LiveOptions, NoFace
from dlc.options.types import check_types
from dlc.workflows.checks import check_run


def check_live(options: LiveOptions, *, has_source: bool) -> None:
    """Raise OptionError unless every value makes sense, alone and with the others.

    Args:
        options: all choices.
        has_source: whether there is a source for people without one of their own.
    """
    check_types(options, LiveOptions)
    if options.output is None and options.virtual_camera is None and not options.preview:
        raise OptionError(
            "there is nothing to show the result on: ask for a virtual camera (`virtual_camera`), "
            "a file (`output`) or a window (`preview`)"
        )
    if options.microphone is not None and options.output is None:
        raise OptionError(
            "`microphone` goes into a recording: name its file (`output`), or leave it out, as "
            "programs that show the virtual camera listen themselves"
        )
    check_run(options, has_source=has_source)
    every = options.detection_every
    if every is not None and every < 1:
        raise OptionError(f"`detection_every` is {every}: give at least 1")
    _check_no_face(options)
    duration = options.duration
    if duration is not None and not (math.isfinite(duration) and duration > 0):
        raise OptionError(f"`duration` is {duration:g} s: give more than 0")


def _check_no_face(options: LiveOptions) -> None:
    """Raise OptionError if real faces would show that `no_face` is there to hide."""
    every = options.detection_every
    if options.no_face is not NoFace.PASS and options.look.opacity < 1:
        raise OptionError(
            f"`no_face={options.no_face.value!r}` hides real faces, and "
            f"`opacity={options.look.opacity:g}` lets them show through; leave one of them out"
        )
    if options.no_face is NoFace.BLANK and every is not None and every > 1:
        raise OptionError(
            "`no_face='blank'` hides every face from its first frame on, which "
            f"`detection_every={every}` contradicts; leave one of them out"
        )
