"""The options of `dlc live` that `dlc swap` does not have: names, limits and help texts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dlc.options import Fit, NoFace

_CAPTURE = "Capture"
_FACES = "Faces"
_OUTPUTS = "Outputs (at least one of --virtual-cam, --output, --preview)"
_SHOWN = "What is shown"
_RUN = "Run"

_FLAG = ""

LIVE_HELP = (
    "Put the face of a photo on the faces that a camera sees, while it sees them.\n\n"
    "The newest frame is always the next: on a slow machine the frame rate drops, and the latency "
    "does not grow. Ctrl-C ends the run, and a file written so far is playable."
)
LIVE_EPILOG = (
    "Exit codes: 0 ended by Ctrl-C, --duration, closing the window or the end of a file; 2 wrong "
    "option, 3 unusable input, 5 no face in the photo, 6 output not possible, 7 encoder, 8 writing "
    "failed, 9 model, 10 missing library, 11 internal, 12 provider, 13 camera unusable or gone, 14 "
    "virtual camera missing or gone, 15 refused content, 16 signing, 130 stopped before there was "
    "a picture."
)

Source = Annotated[
    Path | None,
    typer.Option(
        "--source",
        metavar="PHOTO",
        help="A photo of the face to use, or a folder of photos of one person. With --map it is "
        "for everybody else, and may be left out.",
        rich_help_panel=_FACES,
    ),
]
NoFaceOption = Annotated[
    NoFace,
    typer.Option(
        "--no-face",
        help="What viewers see unless every face in a frame was replaced completely: the camera's "
        "picture, black, or the last picture that was fit to be seen. Faces that are not found "
        "at all cannot be hidden beside others that are.",
        rich_help_panel=_FACES,
    ),
]
DetectionEveryOption = Annotated[
    str,
    typer.Option(
        metavar="N|auto",
        help="Search for faces in every Nth frame. In between, the neural engine moves them by "
        "measured motion; auto does that only if detecting in every frame takes too long. The "
        "mesh engine finds known faces anew in every frame in any case, so N is only how soon new "
        "ones are noticed; auto is twice a second. With --no-face blank N is 1.",
        rich_help_panel=_FACES,
    ),
]

CameraOption = Annotated[
    str,
    typer.Option(
        metavar="INDEX|URL|FILE|lavfi:GRAPH",
        help="A camera's number, a stream, a file or image sequence to play in real time, or "
        "FFmpeg's filters.",
        rich_help_panel=_CAPTURE,
    ),
]
LoopOption = Annotated[
    bool,
    typer.Option(
        "--loop", metavar=_FLAG, help="Play a file again and again.", rich_help_panel=_CAPTURE
    ),
]
ResolutionOption = Annotated[
    str | None,
    typer.Option(
        metavar="WxH",
        help="Ask the camera for this size; default: 960x540 or near.",
        rich_help_panel=_CAPTURE,
    ),
]
FpsOption = Annotated[
    float | None,
    typer.Option(
        metavar="N",
        help="Ask the camera for this frame rate; default: up to 60.",
        rich_help_panel=_CAPTURE,
    ),
]
ReconnectOption = Annotated[
    bool,
    typer.Option(
        "--reconnect",
        metavar=_FLAG,
        help="Wait for a camera or stream that went away to come back.",
        rich_help_panel=_CAPTURE,
    ),
]

VirtualCamOption = Annotated[
    bool,
    typer.Option(
        "--virtual-cam",
        metavar=_FLAG,
        help="Show the result to other programs as a camera.",
        rich_help_panel=_OUTPUTS,
    ),
]
VirtualSizeOption = Annotated[
    str | None,
    typer.Option(
        metavar="WxH",
        help="Size of the virtual camera; default: the source's.",
        rich_help_panel=_OUTPUTS,
    ),
]
VirtualFitOption = Annotated[
    Fit,
    typer.Option(
        help="How pictures of another shape get this size: with black bars, or cut off.",
        rich_help_panel=_OUTPUTS,
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Record the result, without sound.", rich_help_panel=_OUTPUTS
    ),
]
EncoderOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Video encoder of FILE, such as libx264; nvenc is one of an NVIDIA GPU's, or software "
        "with a warning; default: what suits FILE.",
        rich_help_panel=_OUTPUTS,
    ),
]
PreviewOption = Annotated[
    bool,
    typer.Option(
        "--preview",
        metavar=_FLAG,
        help="Show the result in a window; Q or Escape ends the run.",
        rich_help_panel=_OUTPUTS,
    ),
]
OverwriteOption = Annotated[
    bool,
    typer.Option(
        "--overwrite", metavar=_FLAG, help="Replace FILE if it exists.", rich_help_panel=_OUTPUTS
    ),
]

JsonLinesOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Write rates, latency and losses to this file every second, a JSON object a line.",
        rich_help_panel=_SHOWN,
    ),
]
DurationOption = Annotated[
    float | None,
    typer.Option(metavar="SECONDS", help="End the run after this time.", rich_help_panel=_RUN),
]
