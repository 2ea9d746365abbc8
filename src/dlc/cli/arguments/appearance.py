"""The options for how new faces look and what stays of the old ones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dlc.cli.arguments import panels
from dlc.cli.grouping import Group
from dlc.errors import OptionError
from dlc.media.files.paths import named_path
from dlc.options import BlendMethod, ColorMatch, LookOptions, MaskOptions, Occlusion

_LOOK = LookOptions()
_MASKS = MaskOptions()
_PADDING = ",".join(f"{percent:g}" for percent in _MASKS.padding)


OpacityOption = Annotated[
    float,
    typer.Option(
        metavar="0-1",
        min=0,
        max=1,
        help="How opaque the new face is; below 1 the old one shows through.",
        rich_help_panel=panels.LOOK,
    ),
]
SharpnessOption = Annotated[
    float,
    typer.Option(
        metavar="0-1",
        min=0,
        max=1,
        help="Sharpen the new face; 1 doubles its detail.",
        rich_help_panel=panels.LOOK,
    ),
]
ColorMatchOption = Annotated[
    ColorMatch,
    typer.Option(
        help="Match the new face's colors to the old one's: lab as a whole, local place by place. "
        "Rarely needed: both engines follow the target's light by themselves.",
        rich_help_panel=panels.LOOK,
    ),
]
BlendOption = Annotated[
    BlendMethod,
    typer.Option(
        help="How the new face is put in; poisson adapts it to the colors around it, slowly.",
        rich_help_panel=panels.LOOK,
    ),
]
SmoothingOption = Annotated[
    float | None,
    typer.Option(
        metavar="0-1",
        min=0,
        max=1,
        help="Steady the face's position, at the price of lag; default: 0.5 with the built-in "
        "engine, 0 with the neural one.",
        rich_help_panel=panels.LOOK,
    ),
]

MaskFeatherOption = Annotated[
    float | None,
    typer.Option(
        metavar="PERCENT",
        min=0,
        max=50,
        help="Share of the face over which the new one fades in from its outline; default: the "
        "engine's own.",
        rich_help_panel=panels.MASKS,
    ),
]
MaskPaddingOption = Annotated[
    str,
    typer.Option(
        metavar="T,R,B,L",
        help="Percent of the face that stays the target's at the top, right, bottom and left.",
        rich_help_panel=panels.MASKS,
    ),
]
MouthMaskOption = Annotated[
    bool,
    typer.Option(
        "--mouth-mask",
        help="Keep the target's own mouth. The neural engine needs 2d106det for this.",
        rich_help_panel=panels.MASKS,
    ),
]

OcclusionOption = Annotated[
    Occlusion,
    typer.Option(
        help="Keep objects in front of a face, such as a hand or a microphone, in front: built-in "
        "is the built-in engine's own method, model uses xseg_1 with either engine; auto is "
        "built-in for the built-in engine and, for the neural one, model if it is installed.",
        rich_help_panel=panels.MASKS,
    ),
]
OccluderModelOption = Annotated[
    Path | None,
    typer.Option(
        parser=named_path,
        metavar="ONNX",
        help="A model with XSeg's input and output, for --occlusion model; default: the installed "
        "one.",
        rich_help_panel=panels.MASKS,
    ),
]


def look_options(
    opacity: OpacityOption = _LOOK.opacity,
    sharpness: SharpnessOption = _LOOK.sharpness,
    color_match: ColorMatchOption = _LOOK.color_match,
    blend: BlendOption = _LOOK.blend,
    smoothing: SmoothingOption = _LOOK.smoothing,
) -> LookOptions:
    """Return what the options say."""
    return LookOptions(
        opacity=opacity,
        sharpness=sharpness,
        color_match=color_match,
        blend=blend,
        smoothing=smoothing,
    )


def mask_options(
    mask_feather: MaskFeatherOption = _MASKS.feather,
    mask_padding: MaskPaddingOption = _PADDING,
    mouth_mask: MouthMaskOption = _MASKS.mouth,
    occlusion: OcclusionOption = _MASKS.occlusion,
    occluder_model: OccluderModelOption = _MASKS.occluder_model,
) -> MaskOptions:
    """Return what the options say; raises what `parse_padding` does."""
    return MaskOptions(
        feather=mask_feather,
        padding=parse_padding(mask_padding),
        mouth=mouth_mask,
        occlusion=occlusion,
        occluder_model=occluder_model,
    )


Look = Annotated[LookOptions, Group(look_options)]
Masks = Annotated[MaskOptions, Group(mask_options)]


def parse_padding(text: str) -> tuple[float, float, float, float]:
    """Return the percentages of "top,right,bottom,left".

    Raises:
        OptionError: the text is not four numbers.
    """
    try:
        top, right, bottom, left = (float(part) for part in text.split(","))
    except ValueError:
        message = (
            f"--mask-padding is {text}; give four percentages such as 10,0,0,0: top, right, "
            "bottom, left"
        )
        raise OptionError(message) from None
    return top, right, bottom, left
