"""`dlc swap`: put the face of a photo on the faces of a video or picture."""

from __future__ import annotations

from pathlib import Path

import typer

from dlc.cli.arguments import appearance, common, enhancing, people, resuming
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
    source: common.Source = None,
    target: common.Target = None,
    output: common.Output = None,
    engine: common.EngineOption = Engine.AUTO,
    faces: common.FacesOption = FaceChoice.ALL.value,
    mapping: people.MapOption = None,
    reference: people.ReferenceOption = None,
    similarity: people.SimilarityOption = _DEFAULTS.people.similarity,
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
    start: common.StartOption = None,
    end: common.EndOption = None,
    decoder: common.DecoderOption = VideoDecoder.SOFTWARE,
    overwrite: common.OverwriteOption = False,
    encoder: common.EncoderOption = None,
    quality: common.QualityOption = _DEFAULTS.encoding.quality,
    preset: common.PresetOption = Preset.BALANCED,
    no_audio: common.NoAudioOption = False,
    contact_sheet: common.ContactSheetOption = None,
    contact_sheet_rows: common.ContactSheetRowsOption = _DEFAULTS.contact_sheet_rows,
    keep_partial: common.KeepPartialOption = False,
    resume: resuming.ResumeOption = False,
    segment_seconds: resuming.SegmentSecondsOption = None,
    label: common.LabelOption = None,
    no_provenance: common.NoProvenanceOption = False,
    sign_cert: common.SignCertOption = None,
    sign_key: common.SignKeyOption = None,
    as_json: common.JsonOption = False,
    quiet: common.QuietOption = False,
    verbose: common.VerboseOption = False,
    threads: common.ThreadsOption = None,
    allow_damaged: common.AllowDamagedOption = False,
) -> None:
    """Turn what was typed into options and run the swap."""
    verbosity = Verbosity.chosen(quiet=quiet, verbose=verbose)
    named = people.named_files(source, target, output, mapped=bool(mapping))
    options = SwapOptions(
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
        overwrite=overwrite,
        start=None if start is None else parse_time("--start", start),
        end=None if end is None else parse_time("--end", end),
        decoder=decoder,
        encoding=EncodeOptions(encoder=encoder, quality=quality, preset=preset, audio=not no_audio),
        contact_sheet=contact_sheet,
        contact_sheet_rows=contact_sheet_rows,
        allow_damaged=allow_damaged,
        keep_partial=keep_partial,
        resume=resuming.resume_options(segment_seconds, wanted=resume),
        threads=threads,
        label=label,
        provenance=ProvenanceOptions(signed=not no_provenance, certificate=sign_cert, key=sign_key),
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
    from dlc.cli.display.swap import display_for
    from dlc.cli.reports.swap import result_as_json, show_result
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
