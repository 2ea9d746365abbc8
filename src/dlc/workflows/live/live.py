"""The `live` function: check what is asked for, plan it, and run it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from numbers import Integral
from os import PathLike
from pathlib import Path

from dlc.errors import OptionError
from dlc.media.live.microphone import find_microphone
from dlc.media.live.recorded_sound import require_sound
from dlc.media.live.writer import check_live_output
from dlc.media.video.writing.containers import container_for
from dlc.options import LiveOptions
from dlc.pipeline import CancelToken
from dlc.workflows.checks import check_calls
from dlc.workflows.hardware import settled_encoding
from dlc.workflows.live.checks import check_live
from dlc.workflows.live.plan import LivePlan
from dlc.workflows.live.result import LiveResult
from dlc.workflows.live.run import run_live
from dlc.workflows.live.stats import LiveStats
from dlc.workflows.photos import Source
from dlc.workflows.preparation import prepare


def live(
    source: Source | None,
    camera: int | str | Path,
    options: LiveOptions,
    *,
    progress: Callable[[LiveStats], None] | None = None,
    cancel: CancelToken | None = None,
) -> LiveResult:
    """Put the face of `source` on the faces that a camera sees, in real time.

    The newest frame is always processed next: on a machine slower than the camera, the frame rate
    drops and the latency does not grow.

    Args:
        source: a photo, several photos of one person, or a folder of such photos. It may be None
            where `LiveOptions.people` maps people to sources; otherwise it is for everybody else.
        camera: a camera's number, a file to play in real time, a URL, or "lavfi:" and an FFmpeg
            filter graph.
        options: outputs and all other choices.
        progress: called in this thread every second; an exception from it stops the run.
        cancel: set it from any thread to end the run normally.

    Returns:
        What was done and how fast.

    Raises:
        OptionError: an option's value makes no sense, no output was requested, or the run's
            duration was over before there was a picture.
        InputError: a source photo, or the file to be played, cannot be used.
        NoFaceError: no face in the source.
        CameraError: the camera cannot be used, or went away; a file written so far is kept.
        VirtualCameraError: there is no virtual camera, or it went away.
        MicrophoneError: the microphone cannot be used, or went away; the file is kept.
        MissingLibraryError: what microphones are opened with is not installed.
        OutputError: an output must not or cannot be written or shown, or has no sound.
        EncoderError: the encoder does not fit the file.
        ModelError: a model of the engine is missing or damaged.
        SafeguardError: a photo, or what the source shows, is refused; no file is kept.
        ProvenanceError: the file cannot be signed.
        Cancelled: the run was ended before there was a picture.
    """
    check_live(options, has_source=source is not None)
    check_calls(progress, cancel)
    camera = _named(camera)
    output = options.output
    if output is not None:
        encoding, _ = settled_encoding(options.encoding, output)
        check_live_output(output, Path(camera), encoding, overwrite=options.overwrite)
        options = replace(options, encoding=encoding)
        if options.microphone is not None:
            require_sound(container_for(output))
            find_microphone(options.microphone)
    prepared = prepare(source, options, live=True)
    options = replace(options, masks=prepared.masks)
    plan = LivePlan(
        assignments=prepared.assignments,
        camera=camera,
        options=options,
        engine=prepared.engine,
        engine_reason=prepared.engine_reason,
    )
    return run_live(plan, prepared.load, progress=progress, cancel=cancel)


def _named(camera: int | str | Path) -> str:
    """Return what a camera is called on the command line."""
    if not isinstance(camera, Integral | str | PathLike):
        raise OptionError(
            f"the camera is of type {type(camera).__name__}; give a number, or a file or an "
            "address as a str"
        )
    return str(camera)
