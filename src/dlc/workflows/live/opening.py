"""Opens the outputs of a live run: a virtual camera, a window, a file with its sound."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from pathlib import Path

from dlc.counted import counted
from dlc.media.live.microphone import Microphone, find_microphone
from dlc.media.live.preview import PreviewWindow
from dlc.media.live.source import LiveReport
from dlc.media.live.virtual_camera import VirtualCamera
from dlc.media.live.writer import LiveWriter
from dlc.options import VirtualCameraOptions
from dlc.pipeline import CancelToken
from dlc.workflows.live.outputs import (
    FileOutput,
    LiveOutput,
    PreviewOutput,
    Shown,
    VirtualCameraOutput,
)
from dlc.workflows.live.plan import LivePlan
from dlc.workflows.provenance import Provenance

logger = logging.getLogger(__name__)


def open_outputs(
    plan: LivePlan,
    report: LiveReport,
    provenance: Provenance,
    stop: CancelToken,
    shown: Shown,
    threads: int,
    stack: ExitStack,
) -> list[LiveOutput]:
    """Open every requested output.

    Args:
        plan: says which.
        report: what is known of the source.
        provenance: of the file.
        stop: is set when the user closes the window.
        shown: called by the first output after each picture.
        threads: for the encoder of the file.
        stack: closes the outputs.

    Returns:
        The outputs that others watch, then the file.

    Raises:
        VirtualCameraError, OutputError, EncoderError: one of them cannot be opened.
        MicrophoneError, MissingLibraryError: the microphone cannot be opened.
    """
    options = plan.options
    outputs: list[LiveOutput] = []

    def measured() -> Shown | None:
        return None if outputs else shown

    if options.virtual_camera is not None:
        camera = stack.enter_context(_virtual_camera(options.virtual_camera, report))
        outputs.append(stack.enter_context(VirtualCameraOutput(camera, measured())))
    if options.preview:
        preview = PreviewOutput(PreviewWindow(), stop, measured())
        outputs.append(stack.enter_context(preview))
    if options.output is not None:
        microphone = _microphone(options.microphone)
        if microphone is not None:
            stack.enter_context(microphone)
        writer = LiveWriter(
            options.output,
            Path(plan.camera),
            report,
            options.encoding,
            overwrite=options.overwrite,
            threads=threads,
            finish=provenance.finish_for(options.output),
            microphone=microphone,
        )
        stack.callback(_tell_of, writer)
        stack.enter_context(writer)
        outputs.append(stack.enter_context(FileOutput(writer, measured())))
    return outputs


def _virtual_camera(options: VirtualCameraOptions, report: LiveReport) -> VirtualCamera:
    width, height = options.size or _even(report.width, report.height)
    camera = VirtualCamera(width, height, report.fps, fit=options.fit)
    logger.info("virtual camera: %s (%s)", camera.device, camera.backend)
    return camera


def _microphone(spec: str | None) -> Microphone | None:
    if spec is None:
        return None
    microphone = Microphone(find_microphone(spec))
    channels = "mono" if microphone.channels == 1 else "stereo"
    logger.info("microphone: %s (%d Hz, %s)", microphone.name, microphone.rate, channels)
    return microphone


def _even(width: int, height: int) -> tuple[int, int]:
    return width + width % 2, height + height % 2


def _tell_of(writer: LiveWriter) -> None:
    """Report what is left of the run, however it ended."""
    if writer.is_kept:
        frames = writer.frames_written
        verb = "is" if frames == 1 else "are"
        logger.info("%s %s in %s", counted(frames, "frame"), verb, writer.path)
