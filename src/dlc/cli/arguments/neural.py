"""The options of the neural engine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dlc.cli.arguments import panels
from dlc.cli.grouping import Group
from dlc.media.files.paths import named_path
from dlc.options import NeuralOptions, PixelBoost, Provider

_DEFAULTS = NeuralOptions()

ProviderOption = Annotated[
    Provider,
    typer.Option(
        help="What runs the neural models; auto picks the best one available.",
        rich_help_panel=panels.NEURAL,
    ),
]
SwapperModelOption = Annotated[
    Path | None,
    typer.Option(
        parser=named_path,
        metavar="ONNX",
        help="A model with inswapper_128's inputs and outputs; default: the installed one.",
        rich_help_panel=panels.NEURAL,
    ),
]
DetectorModelOption = Annotated[
    Path | None,
    typer.Option(
        parser=named_path,
        metavar="ONNX",
        help="An SCRFD model with five points; default: the installed det_10g.",
        rich_help_panel=panels.NEURAL,
    ),
]
RecognizerModelOption = Annotated[
    Path | None,
    typer.Option(
        parser=named_path,
        metavar="ONNX",
        help="An ArcFace model, or SFace for the built-in engine; default: the installed one.",
        rich_help_panel=panels.NEURAL,
    ),
]
LandmarkerModelOption = Annotated[
    Path | None,
    typer.Option(
        parser=named_path,
        metavar="ONNX",
        help="A 2d106det model, for --mouth-mask; default: the installed one.",
        rich_help_panel=panels.NEURAL,
    ),
]
PixelBoostOption = Annotated[
    PixelBoost | None,
    typer.Option(
        help="Compose faces of this side from 4 or 16 passes at 128 pixels; default: one pass.",
        rich_help_panel=panels.NEURAL,
    ),
]


def neural_options(
    provider: ProviderOption = _DEFAULTS.provider,
    swapper_model: SwapperModelOption = _DEFAULTS.swapper_model,
    detector_model: DetectorModelOption = _DEFAULTS.detector_model,
    recognizer_model: RecognizerModelOption = _DEFAULTS.recognizer_model,
    landmarker_model: LandmarkerModelOption = _DEFAULTS.landmarker_model,
    pixel_boost: PixelBoostOption = _DEFAULTS.pixel_boost,
) -> NeuralOptions:
    """Return what the options say."""
    return NeuralOptions(
        provider=provider,
        swapper_model=swapper_model,
        detector_model=detector_model,
        recognizer_model=recognizer_model,
        landmarker_model=landmarker_model,
        pixel_boost=pixel_boost,
    )


Neural = Annotated[NeuralOptions, Group(neural_options)]
