"""`dlc swap`: put the face of a photo on the faces of a video or picture."""

from __future__ import annotations

from pathlib import Path

import typer

from dlc.cli import arguments, enhance_arguments, look_arguments, people_arguments, resume_arguments
from dlc.cli.times import parse_time
from dlc.cli.verbosity import Verbosity
from dlc.options import (
    EncodeOptions,
    Engine,
    FaceChoice,
    LookOptions,
    MaskOptions,
    NeuralOptions,
    Occlusion,
    Preset,
    ProvenanceOptions,
    Provider,
    SwapOptions,
    VideoDecoder,
)
from dlc.pipeline.cancel import CancelToken

_DEFAULTS = SwapOptions()


def swap_command(
    source: arguments.Source = None,
    target: arguments.Target = None,
    output: arguments.Output = None,
    engine: arguments.EngineOption = Engine.AUTO,
    faces: arguments.FacesOption = FaceChoice.ALL.value,
    mapping: people_arguments.MapOption = None,
    reference: people_arguments.ReferenceOption = None,
    similarity: people_arguments.SimilarityOption = _DEFAULTS.people.similarity,
    provider: arguments.ProviderOption = Provider.AUTO,
    swapper_model: arguments.SwapperModelOption = None,
    detector_model: arguments.DetectorModelOption = None,
    recognizer_model: arguments.RecognizerModelOption = None,
    landmarker_model: look_arguments.LandmarkerModelOption = None,
    pixel_boost: look_arguments.PixelBoostOption = None,
    tilted: look_arguments.TiltedOption = False,
    opacity: look_arguments.OpacityOption = _DEFAULTS.look.opacity,
    sharpness: look_arguments.SharpnessOption = _DEFAULTS.look.sharpness,
    color_match: look_arguments.ColorMatchOption = _DEFAULTS.look.color_match,
    blend: look_arguments.BlendOption = _DEFAULTS.look.blend,
    smoothing: look_arguments.SmoothingOption = None,
    mask_feather: look_arguments.MaskFeatherOption = None,
    mask_padding: look_arguments.MaskPaddingOption = "0,0,0,0",
    mouth_mask: look_arguments.MouthMaskOption = False,
    occlusion: look_arguments.OcclusionOption = Occlusion.AUTO,
    occluder_model: look_arguments.OccluderModelOption = None,
    enhance: enhance_arguments.EnhanceOption = None,
    enhance_blend: enhance_arguments.EnhanceBlendOption = None,
    enhance_every: enhance_arguments.EnhanceEveryOption = None,
    enhancer_model: enhance_arguments.EnhancerModelOption = None,
    start: arguments.StartOption = None,
    end: arguments.EndOption = None,
    decoder: arguments.DecoderOption = VideoDecoder.SOFTWARE,
    overwrite: arguments.OverwriteOption = False,
    encoder: arguments.EncoderOption = None,
    quality: arguments.QualityOption = _DEFAULTS.encoding.quality,
    preset: arguments.PresetOption = Preset.BALANCED,
    no_audio: arguments.NoAudioOption = False,
    contact_sheet: arguments.ContactSheetOption = None,
    contact_sheet_rows: arguments.ContactSheetRowsOption = _DEFAULTS.contact_sheet_rows,
    keep_partial: arguments.KeepPartialOption = False,
    resume: resume_arguments.ResumeOption = False,
    segment_seconds: resume_arguments.SegmentSecondsOption = None,
    label: arguments.LabelOption = None,
    no_provenance: arguments.NoProvenanceOption = False,
    sign_cert: arguments.SignCertOption = None,
    sign_key: arguments.SignKeyOption = None,
    as_json: arguments.JsonOption = False,
    quiet: arguments.QuietOption = False,
    verbose: arguments.VerboseOption = False,
    threads: arguments.ThreadsOption = None,
    allow_damaged: arguments.AllowDamagedOption = False,
) -> None:
    """Turn what was typed into options and run the swap."""
    verbosity = Verbosity.chosen(quiet=quiet, verbose=verbose)
    named = people_arguments.named_files(source, target, output, mapped=bool(mapping))
    options = SwapOptions(
        engine=engine,
        neural=NeuralOptions(
            provider,
            swapper_model,
            detector_model,
            recognizer_model,
            landmarker_model,
            pixel_boost,
            tilted,
        ),
        faces=people_arguments.parse_faces(faces),
        people=people_arguments.people_options(mapping, reference, similarity),
        look=LookOptions(opacity, sharpness, color_match, blend, smoothing),
        masks=MaskOptions(
            mask_feather,
            look_arguments.parse_padding(mask_padding),
            mouth_mask,
            occlusion,
            occluder_model,
        ),
        enhance=enhance_arguments.enhance_options(
            enhance, enhance_blend, enhance_every, enhancer_model
        ),
        overwrite=overwrite,
        start=None if start is None else parse_time("--start", start),
        end=None if end is None else parse_time("--end", end),
        decoder=decoder,
        encoding=EncodeOptions(encoder, quality, preset, audio=not no_audio),
        contact_sheet=contact_sheet,
        contact_sheet_rows=contact_sheet_rows,
        allow_damaged=allow_damaged,
        keep_partial=keep_partial,
        resume=resume_arguments.resume_options(segment_seconds, wanted=resume),
        threads=threads,
        label=label,
        provenance=ProvenanceOptions(not no_provenance, sign_cert, sign_key),
    )
    _run(*named, options, verbosity, as_json=as_json)


def _run(
    source: Path | None,
    target: Path,
    output: Path,
    options: SwapOptions,
    verbosity: Verbosity,
    *,
    as_json: bool,
) -> None:
    """Swap under the eyes of the user; the imports wait until it is clear that there is work."""
    from dlc.cli.console import human_console, logging_to
    from dlc.cli.progress import display_for
    from dlc.cli.report import result_as_json, show_result
    from dlc.cli.signals import stopping_on_signals

    console = human_console()
    cancel = CancelToken()
    outputs = [output] if options.contact_sheet is None else [output, options.contact_sheet]
    with stopping_on_signals(cancel, outputs, as_json=as_json), logging_to(console, verbosity):
        import dlc

        with display_for(console, quiet=verbosity is Verbosity.QUIET) as display:
            result = dlc.swap(
                source, target, output, options, progress=display.update, cancel=cancel
            )
    if verbosity is not Verbosity.QUIET:
        show_result(console, result, verbose=verbosity is Verbosity.VERBOSE)
    if as_json:
        typer.echo(result_as_json(result))
