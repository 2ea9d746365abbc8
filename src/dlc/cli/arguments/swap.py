"""The arguments and options of `dlc swap` that no other command has."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dlc.cli.arguments import panels
from dlc.cli.exit_codes import every_error, exit_codes
from dlc.cli.grouping import Group
from dlc.errors import CameraError, VirtualCameraError
from dlc.options import EncodeOptions, Preset, SwapOptions, VideoDecoder

_DEFAULTS = SwapOptions().encoding

SWAP_HELP = (
    "Put the face of SOURCE on the faces of TARGET and write the result to OUTPUT.\n\n"
    "Sound, subtitles, timing, rotation and colors of a video stay as they are, and so does every "
    "pixel that no face touches."
)
SWAP_EPILOG = exit_codes(
    *(error for error in every_error() if error not in (CameraError, VirtualCameraError))
)

# Which of them were given is looked at later: with --map, SOURCE may be left out.
Source = Annotated[
    Path | None,
    typer.Argument(
        metavar="[SOURCE]", help="A photo of the face to use, or a folder of photos of one person."
    ),
]
Target = Annotated[
    Path | None,
    typer.Argument(metavar="TARGET", help="The video or picture whose faces are replaced."),
]
Output = Annotated[
    Path | None,
    typer.Argument(metavar="OUTPUT", help="The file to write, of the same kind as TARGET."),
]

DecoderOption = Annotated[
    VideoDecoder,
    typer.Option(
        help="What decodes TARGET; nvdec is an NVIDIA GPU, or software with a warning.",
        rich_help_panel=panels.PART,
    ),
]
OverwriteOption = Annotated[
    bool,
    typer.Option(
        "--overwrite",
        metavar=panels.FLAG,
        help="Replace OUTPUT if it exists.",
        rich_help_panel=panels.OUTPUT,
    ),
]
EncoderOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Video encoder, such as libx264; nvenc is one of an NVIDIA GPU's, or software with a "
        "warning; default: what suits OUTPUT.",
        rich_help_panel=panels.OUTPUT,
    ),
]
QualityOption = Annotated[
    float,
    typer.Option(
        metavar="N",
        min=0,
        max=51,
        help="0 is best, 51 worst; one meaning for every encoder (x264's CRF).",
        rich_help_panel=panels.OUTPUT,
    ),
]
PresetOption = Annotated[
    Preset, typer.Option(help="Encoding time against file size.", rich_help_panel=panels.OUTPUT)
]
NoAudioOption = Annotated[
    bool,
    typer.Option(
        "--no-audio",
        metavar=panels.FLAG,
        help="Leave the sound out.",
        rich_help_panel=panels.OUTPUT,
    ),
]
ContactSheetOption = Annotated[
    Path | None,
    typer.Option(
        metavar="PNG",
        help="Also write a picture of source, target and result side by side.",
        rich_help_panel=panels.OUTPUT,
    ),
]
ContactSheetRowsOption = Annotated[
    int,
    typer.Option(
        metavar="N",
        min=1,
        max=24,
        help="How many moments the contact sheet shows.",
        rich_help_panel=panels.OUTPUT,
    ),
]
KeepPartialOption = Annotated[
    bool,
    typer.Option(
        "--keep-partial",
        metavar=panels.FLAG,
        help="When stopped by Ctrl-C, keep what is written so far, playable.",
        rich_help_panel=panels.OUTPUT,
    ),
]
AllowDamagedOption = Annotated[
    bool,
    typer.Option(
        "--allow-damaged",
        metavar=panels.FLAG,
        help="Process what can be read of a damaged TARGET and count what is lost.",
        rich_help_panel=panels.RUN,
    ),
]


def encode_options(
    encoder: EncoderOption = _DEFAULTS.encoder,
    quality: QualityOption = _DEFAULTS.quality,
    preset: PresetOption = _DEFAULTS.preset,
    no_audio: NoAudioOption = not _DEFAULTS.audio,
) -> EncodeOptions:
    """Return what the options say."""
    return EncodeOptions(encoder=encoder, quality=quality, preset=preset, audio=not no_audio)


Encoding = Annotated[EncodeOptions, Group(encode_options)]
