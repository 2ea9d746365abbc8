"""The arguments and options of `dlc swap` that no other command has."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dlc.cli.arguments import panels
from dlc.cli.exit_codes import every_error, exit_codes
from dlc.cli.grouping import Group
from dlc.errors import CameraError, MicrophoneError, VirtualCameraError
from dlc.media.files.paths import named_path
from dlc.media.limits import LEAST_HEIGHT
from dlc.media.quality import WORST_QUALITY
from dlc.options import EncodeOptions, Preset, SwapOptions, VideoDecoder

_DEFAULTS = SwapOptions().encoding

SWAP_HELP = (
    "Put the face of SOURCE on the faces in TARGET and write the result to OUTPUT. If TARGET is a "
    "folder, every video and picture in it is processed, and OUTPUT is a folder.\n\n"
    "A video keeps its sound, subtitles, timing, rotation and colors, and every pixel outside the "
    "faces."
)
_LIVE_ONLY = (CameraError, VirtualCameraError, MicrophoneError)
SWAP_EPILOG = exit_codes(*(error for error in every_error() if error not in _LIVE_ONLY))


# Checked later, because SOURCE is optional with --map.
Source = Annotated[
    Path | None,
    typer.Argument(
        parser=named_path,
        metavar="SOURCE",
        help="A photo of the face to use, or a folder of photos of one person.",
    ),
]
Target = Annotated[
    Path | None,
    typer.Argument(
        parser=named_path,
        metavar="TARGET",
        help="The video or picture to swap faces in, or a folder of them.",
    ),
]
Output = Annotated[
    Path | None,
    typer.Argument(
        parser=named_path,
        metavar="OUTPUT",
        help="The file to write, of the same kind as TARGET; for a folder, a folder; for one frame "
        "of a video, a picture.",
    ),
]

DecoderOption = Annotated[
    VideoDecoder,
    typer.Option(
        help="What decodes TARGET. nvdec is an NVIDIA GPU's; where it does not work, software "
        "does it, with a warning.",
        rich_help_panel=panels.PART,
    ),
]
OverwriteOption = Annotated[
    bool,
    typer.Option(
        "--overwrite",
        help="Replace OUTPUT if it exists; in a folder, files that are there already.",
        rich_help_panel=panels.OUTPUT,
    ),
]
EncoderOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Video encoder, such as libx264; default: what suits OUTPUT. nvenc is an NVIDIA "
        "GPU's; where it does not work, software does it, with a warning.",
        rich_help_panel=panels.OUTPUT,
    ),
]
QualityOption = Annotated[
    float,
    typer.Option(
        metavar="N",
        min=0,
        max=WORST_QUALITY,
        help=f"0 is best, {WORST_QUALITY} worst, on x264's CRF scale for every encoder; "
        "approximate for hardware encoders.",
        rich_help_panel=panels.OUTPUT,
    ),
]
PresetOption = Annotated[
    Preset,
    typer.Option(
        help="How much encoding time a smaller file is worth.", rich_help_panel=panels.OUTPUT
    ),
]
NoAudioOption = Annotated[
    bool,
    typer.Option(
        "--no-audio",
        help="Drop the sound.",
        rich_help_panel=panels.OUTPUT,
    ),
]
HeightOption = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=LEAST_HEIGHT,
        help="Scale the result to this height in pixels, as a player shows it; its width follows.",
        rich_help_panel=panels.OUTPUT,
    ),
]
ContactSheetOption = Annotated[
    Path | None,
    typer.Option(
        parser=named_path,
        metavar="PNG",
        help="Also write a picture of source, target and result side by side; for a folder, a "
        "folder of them.",
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
        help="When stopped by Ctrl-C, keep what is written so far, playable.",
        rich_help_panel=panels.OUTPUT,
    ),
]
AllowDamagedOption = Annotated[
    bool,
    typer.Option(
        "--allow-damaged",
        help="Process what can be read of a damaged TARGET and report what is lost.",
        rich_help_panel=panels.RUN,
    ),
]


def encode_options(
    encoder: EncoderOption = _DEFAULTS.encoder,
    quality: QualityOption = _DEFAULTS.quality,
    preset: PresetOption = _DEFAULTS.preset,
    no_audio: NoAudioOption = not _DEFAULTS.audio,
    height: HeightOption = _DEFAULTS.height,
) -> EncodeOptions:
    """Return what the options say."""
    return EncodeOptions(
        encoder=encoder, quality=quality, preset=preset, audio=not no_audio, height=height
    )


Encoding = Annotated[EncodeOptions, Group(encode_options)]
