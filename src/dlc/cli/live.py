"""`dlc live`: put the face of a photo on the faces that a camera sees."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from dlc.cli.arguments import appearance, common, enhancing, live, people
from dlc.cli.verbosity import Verbosity
from dlc.errors import OptionError
from dlc.options import (
    CaptureOptions,
    Engine,
    FaceChoice,
    Fit,
    LiveOptions,
    LookOptions,
    MaskOptions,
    NeuralOptions,
    NoFace,
    Occlusion,
    ProvenanceOptions,
    Provider,
    VirtualCameraOptions,
)
from dlc.pipeline.cancel import CancelToken

_DEFAULTS = LiveOptions()
_SIZE = re.compile(r"(\d+)[xX](\d+)")


def live_command(
    source: live.Source = None,
    camera: live.CameraOption = "0",
    loop: live.LoopOption = False,
    resolution: live.ResolutionOption = None,
    fps: live.FpsOption = None,
    reconnect: live.ReconnectOption = False,
    engine: common.EngineOption = Engine.AUTO,
    faces: common.FacesOption = FaceChoice.ALL.value,
    mapping: people.MapOption = None,
    reference: people.ReferenceOption = None,
    similarity: people.SimilarityOption = _DEFAULTS.people.similarity,
    detection_every: live.DetectionEveryOption = "auto",
    no_face: live.NoFaceOption = NoFace.PASS,
    provider: common.ProviderOption = Provider.AUTO,
    swapper_model: common.SwapperModelOption = None,
    detector_model: common.DetectorModelOption = None,
    recognizer_model: common.RecognizerModelOption = None,
    landmarker_model: appearance.LandmarkerModelOption = None,
    pixel_boost: appearance.PixelBoostOption = None,
    tilted: appearance.TiltedOption = False,
    opacity: appearance.OpacityOption = _DEFAULTS.look.opacity,
    sharpness: appearance.SharpnessOption = _DEFAULTS.look.sharpness,
    color_match: appearance.ColorMatchOption = _DEFAULTS.look.color_match,
    blend: appearance.BlendOption = _DEFAULTS.look.blend,
    smoothing: appearance.SmoothingOption = None,
    mask_feather: appearance.MaskFeatherOption = None,
    mask_padding: appearance.MaskPaddingOption = "0,0,0,0",
    mouth_mask: appearance.MouthMaskOption = False,
    occlusion: appearance.OcclusionOption = Occlusion.AUTO,
    occluder_model: appearance.OccluderModelOption = None,
    enhance: enhancing.EnhanceOption = None,
    enhance_blend: enhancing.EnhanceBlendOption = None,
    enhance_every: enhancing.EnhanceEveryOption = None,
    enhancer_model: enhancing.EnhancerModelOption = None,
    virtual_cam: live.VirtualCamOption = False,
    virtual_size: live.VirtualSizeOption = None,
    virtual_fit: live.VirtualFitOption = Fit.LETTERBOX,
    output: live.OutputOption = None,
    encoder: live.EncoderOption = None,
    overwrite: live.OverwriteOption = False,
    preview: live.PreviewOption = False,
    label: common.LabelOption = None,
    no_provenance: common.NoProvenanceOption = False,
    sign_cert: common.SignCertOption = None,
    sign_key: common.SignKeyOption = None,
    json_lines: live.JsonLinesOption = None,
    quiet: common.QuietOption = False,
    verbose: common.VerboseOption = False,
    duration: live.DurationOption = None,
    threads: common.ThreadsOption = None,
) -> None:
    """Turn what was typed into options and run."""
    verbosity = Verbosity.chosen(quiet=quiet, verbose=verbose)
    if source is None and not mapping:
        message = "missing --source, or --map for everybody who is to be swapped (see --help)"
        raise OptionError(message)
    if virtual_size is not None and not virtual_cam:
        message = "--virtual-size has no effect without --virtual-cam; give both or none"
        raise OptionError(message)
    if encoder is not None and output is None:
        raise OptionError("--encoder has no effect without --output; give both or none")
    size = None if virtual_size is None else parse_size("--virtual-size", virtual_size)
    asked = None if resolution is None else parse_size("--resolution", resolution)
    options = LiveOptions(
        engine=engine,
        neural=NeuralOptions(
            provider=provider,
            swapper_model=swapper_model,
            detector_model=detector_model,
            recognizer_model=recognizer_model,
            landmarker_model=landmarker_model,
            pixel_boost=pixel_boost,
            tilted=tilted,
        ),
        faces=people.parse_faces(faces),
        people=people.people_options(mapping, reference, similarity),
        look=LookOptions(
            opacity=opacity,
            sharpness=sharpness,
            color_match=color_match,
            blend=blend,
            smoothing=smoothing,
        ),
        masks=MaskOptions(
            feather=mask_feather,
            padding=appearance.parse_padding(mask_padding),
            mouth=mouth_mask,
            occlusion=occlusion,
            occluder_model=occluder_model,
        ),
        enhance=enhancing.enhance_options(enhance, enhance_blend, enhance_every, enhancer_model),
        detection_every=parse_cadence(detection_every),
        no_face=no_face,
        capture=CaptureOptions(resolution=asked, fps=fps, loop=loop, reconnect=reconnect),
        virtual_camera=VirtualCameraOptions(size=size, fit=virtual_fit) if virtual_cam else None,
        output=output,
        overwrite=overwrite,
        encoding=replace(_DEFAULTS.encoding, encoder=encoder),
        preview=preview,
        duration=duration,
        threads=threads,
        label=label,
        provenance=ProvenanceOptions(signed=not no_provenance, certificate=sign_cert, key=sign_key),
    )
    _run(source, camera, options, json_lines, verbosity)


def parse_size(option: str, text: str) -> tuple[int, int]:
    """Return width and height of "1280x720".

    Raises:
        OptionError: the text is no size; `option` is named.
    """
    parts = _SIZE.fullmatch(text.strip())
    if parts is None:
        raise OptionError(f"{option} {text!r} is not a size; give width and height, as in 1280x720")
    return int(parts[1]), int(parts[2])


def parse_cadence(text: str) -> int | None:
    """Return the number of frames, or None for "auto".

    Raises:
        OptionError: the text is neither.
    """
    if text.strip().lower() == "auto":
        return None
    if not text.strip().isdecimal() or int(text) < 1:
        raise OptionError(f"--detection-every {text!r}: give a number of frames from 1 on, or auto")
    return int(text)


def _run(
    source: Path | None,
    camera: str,
    options: LiveOptions,
    json_lines: Path | None,
    verbosity: Verbosity,
) -> None:
    """Swap under the eyes of the user; the imports wait until it is clear that there is work."""
    from dlc.cli.console import human_console, logging_to
    from dlc.cli.display.live import live_display_for, show_live_result
    from dlc.cli.display.live_log import StatsLog
    from dlc.cli.signals import stopping_on_signals
    from dlc.workflows.live.stats import LiveStats

    console = human_console()
    cancel = CancelToken()
    outputs = [] if options.output is None else [options.output]
    with (
        stopping_on_signals(cancel, outputs),
        logging_to(console, verbosity),
        StatsLog(json_lines) as log,
    ):
        import dlc

        with live_display_for(console, quiet=verbosity is Verbosity.QUIET) as display:

            def report(stats: LiveStats) -> None:
                log.write(stats)
                display.update(stats)

            result = dlc.live(source, camera, options, progress=report, cancel=cancel)
    if verbosity is not Verbosity.QUIET:
        show_live_result(console, result, verbose=verbosity is Verbosity.VERBOSE)
