"""The options of how the neural engine is run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dlc.cli.arguments import panels
from dlc.cli.grouping import Group
from dlc.options import NeuralOptions, PixelBoost, Provider

_DEFAULTS = NeuralOptions()

ProviderOption = Annotated[
    Provider,
    typer.Option(
        help="What is to run the neural models; auto takes the best there is.",
        rich_help_panel=panels.NEURAL,
    ),
]
SwapperModelOption = Annotated[
    Path | None,
    typer.Option(
        metavar="ONNX",
        help="A file with inswapper_128's inputs and outputs; default: the installed one.",
        rich_help_panel=panels.NEURAL,
    ),
]
DetectorModelOption = Annotated[
    Path | None,
    typer.Option(
        metavar="ONNX",
        help="A file of SCRFD with five points; default: the installed det_10g.",
        rich_help_panel=panels.NEURAL,
    ),
]
RecognizerModelOption = Annotated[
    Path | None,
    typer.Option(
        metavar="ONNX",
        help="A file of ArcFace, or of SFace for the mesh engine; default: the installed one.",
        rich_help_panel=panels.NEURAL,
    ),
]
LandmarkerModelOption = Annotated[
    Path | None,
    typer.Option(
        metavar="ONNX",
        help="A file of 2d106det, for --mouth-mask; default: the installed one.",
        rich_help_panel=panels.NEURAL,
    ),
]
PixelBoostOption = Annotated[
    PixelBoost | None,
    typer.Option(
        help="Make faces of this side out of several of 128 pixels: 4 or 16 runs for each face.",
        rich_help_panel=panels.NEURAL,
    ),
]
TiltedOption = Annotated[
    bool,
    typer.Option(
        "--tilted",
        metavar=panels.FLAG,
        help="Look for lying and hanging faces where there is no upright one.",
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
    tilted: TiltedOption = _DEFAULTS.tilted,
) -> NeuralOptions:
    """Return what the options say."""
    return NeuralOptions(
        provider=provider,
        swapper_model=swapper_model,
        detector_model=detector_model,
        recognizer_model=recognizer_model,
        landmarker_model=landmarker_model,
        pixel_boost=pixel_boost,
        tilted=tilted,
    )


Neural = Annotated[NeuralOptions, Group(neural_options)]
