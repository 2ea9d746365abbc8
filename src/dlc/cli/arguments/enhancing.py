"""The options that give new faces finer detail."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dlc.cli.arguments import panels
from dlc.cli.grouping import Group
from dlc.errors import OptionError
from dlc.media.files.paths import named_path
from dlc.options import EnhanceOptions, Enhancer

_DEFAULTS = EnhanceOptions()


EnhanceOption = Annotated[
    Enhancer | None,
    typer.Option(
        help="Add detail to new faces with a restoration model; default: none.",
        rich_help_panel=panels.DETAIL,
    ),
]
EnhanceBlendOption = Annotated[
    float | None,
    typer.Option(
        metavar="0-1",
        min=0,
        max=1,
        help="How much of that detail to add; default: 1, all of it.",
        rich_help_panel=panels.DETAIL,
    ),
]
EnhanceEveryOption = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=1,
        help="Run the model in every Nth frame and carry its detail along in between; default: "
        "every frame of a file, and as often as time allows live.",
        rich_help_panel=panels.DETAIL,
    ),
]
EnhancerModelOption = Annotated[
    Path | None,
    typer.Option(
        parser=named_path,
        metavar="ONNX",
        help="A model with GFPGAN's or GPEN's input and output; default: the installed one.",
        rich_help_panel=panels.DETAIL,
    ),
]


def enhance_options(
    enhance: EnhanceOption = None,
    enhance_blend: EnhanceBlendOption = None,
    enhance_every: EnhanceEveryOption = None,
    enhancer_model: EnhancerModelOption = None,
) -> EnhanceOptions | None:
    """Return what was asked for, or None.

    Raises:
        OptionError: an option of the enhancer was given without an enhancer.
    """
    said = {
        "--enhance-blend": enhance_blend,
        "--enhance-every": enhance_every,
        "--enhancer-model": enhancer_model,
    }
    if enhance is None:
        given = " and ".join(name for name, value in said.items() if value is not None)
        if given:
            verb = "have" if " and " in given else "has"
            raise OptionError(
                f"{given} {verb} no effect without --enhance; name an enhancer, as in "
                f"--enhance {Enhancer.GFPGAN}"
            )
        return None
    return EnhanceOptions(
        enhancer=enhance,
        blend=_DEFAULTS.blend if enhance_blend is None else enhance_blend,
        every=enhance_every,
        model=enhancer_model,
    )


Enhancing = Annotated[EnhanceOptions | None, Group(enhance_options)]
