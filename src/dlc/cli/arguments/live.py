"""The options of `dlc live` that `dlc swap` does not have: names, limits and help texts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from dlc.cli.arguments import panels
from dlc.cli.exit_codes import exit_codes
from dlc.cli.grouping import Group
from dlc.errors import Cancelled, OptionError
from dlc.media.files.paths import named_path
from dlc.options import CaptureOptions, Fit, NoFace, VirtualCameraOptions

_CAPTURE = CaptureOptions()
_VIRTUAL = VirtualCameraOptions()
_SIZE = re.compile(r"(\d+)[xX](\d+)")

# What other tools call it, too.
STANDARD_OUTPUT = Path("-")


LIVE_HELP = (
    "Swap faces in a live camera picture, a stream, or a file played in real time.\n\n"
    "The newest frame is always processed next: on a slow machine the frame rate drops, but the "
    "latency does not grow. Ctrl-C ends the run and leaves a playable recording."
)
LIVE_EPILOG = exit_codes(
    done="ended by Ctrl-C, --duration, closing the window or the end of a file",
    words={Cancelled: "stopped before there was a picture"},
)

Source = Annotated[
    Path | None,
    typer.Option(
        "--source",
        parser=named_path,
        metavar="PHOTO",
        help="A photo of the face to use, or a folder of photos of one person. With --map it "
        "is for everybody else, and optional.",
        rich_help_panel=panels.FACES,
    ),
]
NoFaceOption = Annotated[
    NoFace,
    typer.Option(
        "--no-face",
        help="What viewers see unless every face in a frame was fully replaced: the camera's "
        "picture (pass), black (blank), or the last good one (freeze). A face that is not found "
        "cannot be hidden if others are.",
        rich_help_panel=panels.FACES,
    ),
]
DetectionEveryOption = Annotated[
    str,
    typer.Option(
        metavar="N|auto",
        help="Search for faces in every Nth frame. In between, the neural engine moves them by "
        "measured motion; auto does so only if a search in every frame takes too long. The "
        "built-in engine follows known faces in every frame, so N only says how soon new ones are "
        "noticed; auto is twice a second. With --no-face blank, every frame is searched.",
        rich_help_panel=panels.FACES,
    ),
]

CameraOption = Annotated[
    str,
    typer.Option(
        metavar="INDEX|URL|FILE|lavfi:GRAPH",
        help="A camera's number, a stream's URL, a file or image sequence to play in real time, or "
        "an FFmpeg filter graph.",
        rich_help_panel=panels.CAPTURE,
    ),
]
LoopOption = Annotated[
    bool,
    typer.Option(
        "--loop",
        help="Repeat a file when it ends.",
        rich_help_panel=panels.CAPTURE,
    ),
]
ResolutionOption = Annotated[
    str | None,
    typer.Option(
        metavar="WxH",
        help="Ask the camera for this size; default: 960x540 or near.",
        rich_help_panel=panels.CAPTURE,
    ),
]
FpsOption = Annotated[
    float | None,
    typer.Option(
        metavar="N",
        help="Ask the camera for this frame rate; default: up to 60.",
        rich_help_panel=panels.CAPTURE,
    ),
]
ReconnectOption = Annotated[
    bool,
    typer.Option(
        "--reconnect",
        help="When the camera or stream goes away, wait for it to come back.",
        rich_help_panel=panels.CAPTURE,
    ),
]
MirrorOption = Annotated[
    bool,
    typer.Option(
        "--mirror",
        help="Exchange left and right, as in a mirror.",
        rich_help_panel=panels.CAPTURE,
    ),
]

VirtualCamOption = Annotated[
    bool,
    typer.Option(
        "--virtual-cam",
        help="Offer the result to other programs as a camera.",
        rich_help_panel=panels.OUTPUTS,
    ),
]
VirtualSizeOption = Annotated[
    str | None,
    typer.Option(
        metavar="WxH",
        help="Size of the virtual camera; default: the source's.",
        rich_help_panel=panels.OUTPUTS,
    ),
]
VirtualFitOption = Annotated[
    Fit,
    typer.Option(
        help="How pictures of another shape are made to fit: with black bars (letterbox), or "
        "cropped (crop).",
        rich_help_panel=panels.OUTPUTS,
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        parser=named_path,
        metavar="FILE",
        help="Record the result, without sound unless --microphone is given.",
        rich_help_panel=panels.OUTPUTS,
    ),
]
MicrophoneOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Record the sound of this microphone in FILE: its name, a part of it, or default. A "
        "name that fits none lists all.",
        rich_help_panel=panels.OUTPUTS,
    ),
]
EncoderOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Video encoder of FILE, such as libx264; default: what suits FILE. nvenc is an "
        "NVIDIA GPU's; where it does not work, software does it, with a warning.",
        rich_help_panel=panels.OUTPUTS,
    ),
]
PreviewOption = Annotated[
    bool,
    typer.Option(
        "--preview",
        help="Show the result in a window; Q or Escape ends the run.",
        rich_help_panel=panels.OUTPUTS,
    ),
]
OverwriteOption = Annotated[
    bool,
    typer.Option(
        "--overwrite",
        help="Replace FILE if it exists, and that of --json-lines if it has something in it.",
        rich_help_panel=panels.OUTPUTS,
    ),
]


def _path_or_standard_output(name: str) -> Path:
    return STANDARD_OUTPUT if name == str(STANDARD_OUTPUT) else named_path(name)


JsonLinesOption = Annotated[
    Path | None,
    typer.Option(
        parser=_path_or_standard_output,
        metavar="FILE",
        help="Write rates, latency and losses to this file every second, one JSON object per line; "
        "- is standard output.",
        rich_help_panel=panels.SHOWN,
    ),
]
DurationOption = Annotated[
    float | None,
    typer.Option(
        metavar="SECONDS", help="End the run after this time.", rich_help_panel=panels.RUN
    ),
]


def capture_options(
    loop: LoopOption = _CAPTURE.loop,
    resolution: ResolutionOption = None,
    fps: FpsOption = _CAPTURE.fps,
    reconnect: ReconnectOption = _CAPTURE.reconnect,
    mirror: MirrorOption = _CAPTURE.mirror,
) -> CaptureOptions:
    """Return what the options say; raises what `parse_size` does."""
    return CaptureOptions(
        resolution=None if resolution is None else parse_size("--resolution", resolution),
        fps=fps,
        loop=loop,
        reconnect=reconnect,
        mirror=mirror,
    )


def virtual_camera_options(
    virtual_cam: VirtualCamOption = False,
    virtual_size: VirtualSizeOption = None,
    virtual_fit: VirtualFitOption = _VIRTUAL.fit,
) -> VirtualCameraOptions | None:
    """Return what the options say; None for no virtual camera.

    Raises:
        OptionError: the size is not one, or something was given without a virtual camera.
    """
    if not virtual_cam:
        given = {"size": virtual_size is not None, "fit": virtual_fit is not _VIRTUAL.fit}
        for name in filter(given.get, given):
            message = f"--virtual-{name} has no effect without --virtual-cam; give both or none"
            raise OptionError(message)
        return None
    size = None if virtual_size is None else parse_size("--virtual-size", virtual_size)
    return VirtualCameraOptions(size=size, fit=virtual_fit)


Capture = Annotated[CaptureOptions, Group(capture_options)]
VirtualCamera = Annotated[VirtualCameraOptions | None, Group(virtual_camera_options)]


def parse_size(option: str, text: str) -> tuple[int, int]:
    """Return width and height of "1280x720".

    Raises:
        OptionError: the text is not a size; the message names `option`.
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
        raise OptionError(
            f"--detection-every {text!r}: give a number of frames, at least 1, or auto"
        )
    return int(text)
