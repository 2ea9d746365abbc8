"""The options of how new faces look and what of the old ones stays."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dlc.cli.arguments import panels
from dlc.cli.grouping import Group
from dlc.errors import OptionError
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
        help="Let the old face show through.",
        rich_help_panel=panels.LOOK,
    ),
]
SharpnessOption = Annotated[
    float,
    typer.Option(
        metavar="0-1",
        min=0,
        max=1,
        help="Emphasize the new face's detail.",
        rich_help_panel=panels.LOOK,
    ),
]
ColorMatchOption = Annotated[
    ColorMatch,
    typer.Option(
        help="Give the new face the old one's colors: lab as a whole, local place by place. Both "
        "engines follow the target's light by themselves already.",
        rich_help_panel=panels.LOOK,
    ),
]
BlendOption = Annotated[
    BlendMethod,
    typer.Option(
        help="poisson adapts the new face to the colors around it; slow.",
        rich_help_panel=panels.LOOK,
    ),
]
SmoothingOption = Annotated[
    float | None,
    typer.Option(
        metavar="0-1",
        min=0,
        max=1,
        help="Steady the face's position, at the price of lag. The mesh engine steadies its "
        "landmarks by 0.5 by default, the neural engine nothing.",
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
        "engine's own edge.",
        rich_help_panel=panels.MASKS,
    ),
]
MaskPaddingOption = Annotated[
    str,
    typer.Option(
        metavar="T,R,B,L",
        help="Percent of the face that is left out at the top, right, bottom and left.",
        rich_help_panel=panels.MASKS,
    ),
]
MouthMaskOption = Annotated[
    bool,
    typer.Option(
        "--mouth-mask",
        metavar=panels.FLAG,
        help="Let the target's own mouth show. The neural engine needs 2d106det for it.",
        rich_help_panel=panels.MASKS,
    ),
]

OcclusionOption = Annotated[
    Occlusion,
    typer.Option(
        help="Keep in front what comes in front of a face, such as a microphone: built-in is the "
        "mesh engine's own way, model is xseg_1 for either engine; auto is the first for the mesh "
        "engine, and for the neural one the second where it is installed.",
        rich_help_panel=panels.MASKS,
    ),
]
OccluderModelOption = Annotated[
    Path | None,
    typer.Option(
        metavar="ONNX",
        help="A file with XSeg's input and output, for --occlusion model; default: the installed "
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
        OptionError: these are not four numbers.
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
