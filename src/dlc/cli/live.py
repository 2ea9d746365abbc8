"""`dlc live`: swap faces in a live camera picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import dlc
from dlc.cli.arguments import common, live
from dlc.cli.arguments.appearance import Look, Masks
from dlc.cli.arguments.enhancing import Enhancing
from dlc.cli.arguments.live import STANDARD_OUTPUT
from dlc.cli.arguments.neural import Neural
from dlc.cli.arguments.people import People, parse_faces
from dlc.cli.arguments.provenance import LabelOption, Provenance
from dlc.cli.grouping import grouped
from dlc.cli.loading import loading
from dlc.cli.verbosity import Verbosity
from dlc.errors import OptionError
from dlc.options import FaceChoice, LiveOptions
from dlc.pipeline.cancel import CancelToken

_DEFAULTS = LiveOptions()


@grouped
def live_command(
    *,
    source: live.Source = None,
    camera: live.CameraOption = "0",
    capture: live.Capture,
    engine: common.EngineOption = _DEFAULTS.engine,
    faces: common.FacesOption = FaceChoice.ALL.value,
    tilted: common.TiltedOption = _DEFAULTS.tilted,
    people: People,
    detection_every: live.DetectionEveryOption = "auto",
    no_face: live.NoFaceOption = _DEFAULTS.no_face,
    neural: Neural,
    look: Look,
    masks: Masks,
    enhance: Enhancing,
    virtual_camera: live.VirtualCamera,
    output: live.OutputOption = _DEFAULTS.output,
    microphone: live.MicrophoneOption = _DEFAULTS.microphone,
    encoder: live.EncoderOption = _DEFAULTS.encoding.encoder,
    overwrite: live.OverwriteOption = _DEFAULTS.overwrite,
    preview: live.PreviewOption = _DEFAULTS.preview,
    label: LabelOption = _DEFAULTS.label,
    provenance: Provenance,
    json_lines: live.JsonLinesOption = None,
    verbosity: common.Loudness,
    duration: live.DurationOption = _DEFAULTS.duration,
    threads: common.ThreadsOption = _DEFAULTS.threads,
) -> None:
    """Turn what was typed into options and run."""
    if source is None and not people.mapping:
        message = "missing --source, or --map for everybody to be swapped (see --help)"
        raise OptionError(message)
    if encoder is not None and output is None:
        raise OptionError("--encoder has no effect without --output; give both or none")
    options = LiveOptions(
        engine=engine,
        neural=neural,
        faces=parse_faces(faces),
        tilted=tilted,
        people=people,
        look=look,
        masks=masks,
        enhance=enhance,
        detection_every=live.parse_cadence(detection_every),
        no_face=no_face,
        capture=capture,
        virtual_camera=virtual_camera,
        output=output,
        microphone=microphone,
        overwrite=overwrite,
        encoding=replace(_DEFAULTS.encoding, encoder=encoder),
        preview=preview,
        duration=duration,
        threads=threads,
        label=label,
        provenance=provenance,
    )
    _run(source, camera, options, json_lines, verbosity)


def _run(
    source: Path | None,
    camera: str,
    options: LiveOptions,
    json_lines: Path | None,
    verbosity: Verbosity,
) -> None:
    """Run and show the run; heavy imports wait until there is work."""
    from dlc.workflows.requests import check_live_request

    log_file = None if json_lines == STANDARD_OUTPUT else json_lines
    check_live_request(source, camera, options, log=log_file)
    from dlc.cli.console import human_console, logging_to
    from dlc.cli.display.live import live_display_for
    from dlc.cli.display.live_log import StatsLog
    from dlc.cli.reports.live import show_live_result
    from dlc.cli.signals import stopping_on_signals
    from dlc.workflows.live.stats import LiveStats

    console = human_console()
    cancel = CancelToken()
    folders = [] if options.output is None else [options.output.parent]
    with (
        stopping_on_signals(cancel, folders),
        logging_to(console, verbosity),
        StatsLog(json_lines) as log,
    ):
        with loading():
            run_live = dlc.live
        with live_display_for(console, quiet=verbosity is Verbosity.QUIET) as display:

            def report(stats: LiveStats) -> None:
                log.write(stats)
                display.update(stats)

            result = run_live(source, camera, options, progress=report, cancel=cancel)
    if verbosity is not Verbosity.QUIET:
        show_live_result(console, result, verbose=verbosity is Verbosity.VERBOSE)
