"""The arguments and options of `dlc swap`: their names, limits and help texts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dlc.options import Engine, FaceChoice, Preset, Provider, VideoDecoder

_FACES = "Faces"
_NEURAL = "Neural engine"
_PART = "Part of the target"
_OUTPUT = "Output"
_PROVENANCE = "What the output says of itself"
_SHOWN = "What is shown"
_RUN = "Run"

# A switch takes no value, so its column stays empty.
_FLAG = ""

SWAP_HELP = (
    "Put the face of SOURCE on the faces of TARGET and write the result to OUTPUT.\n\n"
    "Sound, subtitles, timing, rotation and colors of a video stay as they are, and so does every "
    "pixel that no face touches."
)
SWAP_EPILOG = (
    "Exit codes: 0 done, 2 wrong option, 3 unusable input, 4 damaged input, 5 no face, 6 output "
    "not possible, 7 encoder, 8 writing failed, 9 model, 10 missing library, 11 internal, "
    "12 provider, 15 refused content, 16 signing, 17 memory, 130 stopped."
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

EngineOption = Annotated[
    Engine, typer.Option(help="What swaps; auto takes the best there is.", rich_help_panel=_FACES)
]
FacesOption = Annotated[
    str,
    typer.Option(
        metavar=f"{'|'.join(FaceChoice)}|N,...",
        help="Which faces of a frame are swapped; numbers count from 1 at the left.",
        rich_help_panel=_FACES,
    ),
]

ProviderOption = Annotated[
    Provider,
    typer.Option(
        help="What is to run the neural models; auto takes the best there is.",
        rich_help_panel=_NEURAL,
    ),
]
SwapperModelOption = Annotated[
    Path | None,
    typer.Option(
        metavar="ONNX",
        help="A file with inswapper_128's inputs and outputs; default: the installed one.",
        rich_help_panel=_NEURAL,
    ),
]
DetectorModelOption = Annotated[
    Path | None,
    typer.Option(
        metavar="ONNX",
        help="A file of SCRFD with five points; default: the installed det_10g.",
        rich_help_panel=_NEURAL,
    ),
]
RecognizerModelOption = Annotated[
    Path | None,
    typer.Option(
        metavar="ONNX",
        help="A file of ArcFace, or of SFace for the mesh engine; default: the installed one.",
        rich_help_panel=_NEURAL,
    ),
]

StartOption = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="Begin here: seconds or hh:mm:ss.", rich_help_panel=_PART),
]
EndOption = Annotated[
    str | None,
    typer.Option(metavar="TIME", help="Stop here: seconds or hh:mm:ss.", rich_help_panel=_PART),
]

OverwriteOption = Annotated[
    bool,
    typer.Option(
        "--overwrite", metavar=_FLAG, help="Replace OUTPUT if it exists.", rich_help_panel=_OUTPUT
    ),
]
EncoderOption = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Video encoder, such as libx264; nvenc is one of an NVIDIA GPU's, or software with a "
        "warning; default: what suits OUTPUT.",
        rich_help_panel=_OUTPUT,
    ),
]
DecoderOption = Annotated[
    VideoDecoder,
    typer.Option(
        help="What decodes TARGET; nvdec is an NVIDIA GPU, or software with a warning.",
        rich_help_panel=_PART,
    ),
]
QualityOption = Annotated[
    float,
    typer.Option(
        metavar="N",
        min=0,
        max=51,
        help="0 is best, 51 worst; one meaning for every encoder (x264's CRF).",
        rich_help_panel=_OUTPUT,
    ),
]
PresetOption = Annotated[
    Preset, typer.Option(help="Encoding time against file size.", rich_help_panel=_OUTPUT)
]
NoAudioOption = Annotated[
    bool,
    typer.Option("--no-audio", metavar=_FLAG, help="Leave the sound out.", rich_help_panel=_OUTPUT),
]
ContactSheetOption = Annotated[
    Path | None,
    typer.Option(
        metavar="PNG",
        help="Also write a picture of source, target and result side by side.",
        rich_help_panel=_OUTPUT,
    ),
]
ContactSheetRowsOption = Annotated[
    int,
    typer.Option(
        metavar="N",
        min=1,
        max=24,
        help="How many moments the contact sheet shows.",
        rich_help_panel=_OUTPUT,
    ),
]
KeepPartialOption = Annotated[
    bool,
    typer.Option(
        "--keep-partial",
        metavar=_FLAG,
        help="When stopped by Ctrl-C, keep what is written so far, playable.",
        rich_help_panel=_OUTPUT,
    ),
]

LabelOption = Annotated[
    str | None,
    typer.Option(
        metavar="TEXT",
        help="Draw a short visible note into a corner of every frame.",
        rich_help_panel=_PROVENANCE,
    ),
]
NoProvenanceOption = Annotated[
    bool,
    typer.Option(
        "--no-provenance",
        metavar=_FLAG,
        help="Write no signed C2PA manifest, for files that are signed later.",
        rich_help_panel=_PROVENANCE,
    ),
]
SignCertOption = Annotated[
    Path | None,
    typer.Option(
        "--sign-cert",
        metavar="PEM",
        help="Sign with this certificate instead of a key made for you.",
        rich_help_panel=_PROVENANCE,
    ),
]
SignKeyOption = Annotated[
    Path | None,
    typer.Option(
        "--sign-key",
        metavar="PEM",
        help="The private key of --sign-cert, without a passphrase.",
        rich_help_panel=_PROVENANCE,
    ),
]

JsonOption = Annotated[
    bool,
    typer.Option(
        "--json",
        metavar=_FLAG,
        help="Print the result as JSON on standard output.",
        rich_help_panel=_SHOWN,
    ),
]
QuietOption = Annotated[
    bool,
    typer.Option(
        "--quiet", metavar=_FLAG, help="Only say what goes wrong.", rich_help_panel=_SHOWN
    ),
]
VerboseOption = Annotated[
    bool,
    typer.Option(
        "--verbose",
        metavar=_FLAG,
        help="Milliseconds per stage; details of errors.",
        rich_help_panel=_SHOWN,
    ),
]

ThreadsOption = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=1,
        help="CPU threads for everything; default: one a core.",
        rich_help_panel=_RUN,
    ),
]
AllowDamagedOption = Annotated[
    bool,
    typer.Option(
        "--allow-damaged",
        metavar=_FLAG,
        help="Process what can be read of a damaged TARGET and count what is lost.",
        rich_help_panel=_RUN,
    ),
]
