"""Options that several commands have: their names, limits and help texts."""

from __future__ import annotations

from typing import Annotated

import typer

from dlc.cli.arguments import panels
from dlc.cli.grouping import Group
from dlc.cli.verbosity import Verbosity
from dlc.errors import OptionError
from dlc.options import Engine, FaceChoice

EngineOption = Annotated[
    Engine,
    typer.Option(
        help="What swaps faces: the built-in engine (mesh) or the neural one (inswapper); auto is "
        "the neural one if its models are installed.",
        rich_help_panel=panels.FACES,
    ),
]
FacesOption = Annotated[
    str,
    typer.Option(
        metavar=f"{'|'.join(FaceChoice)}|N,...",
        help="Which faces of a frame to swap; numbers count from 1 at the left.",
        rich_help_panel=panels.FACES,
    ),
]
TiltedOption = Annotated[
    bool,
    typer.Option(
        "--tilted",
        help="Look for sideways and upside-down faces in videos, too; in pictures that is the "
        "default.",
        rich_help_panel=panels.FACES,
    ),
]


StartOption = Annotated[
    str | None,
    typer.Option(
        metavar="TIME", help="Start here: seconds or hh:mm:ss.", rich_help_panel=panels.PART
    ),
]
EndOption = Annotated[
    str | None,
    typer.Option(
        metavar="TIME", help="Stop here: seconds or hh:mm:ss.", rich_help_panel=panels.PART
    ),
]


JsonOption = Annotated[
    bool,
    typer.Option(
        "--json",
        help="Print the result, or the error, as one JSON object on standard output.",
        rich_help_panel=panels.SHOWN,
    ),
]
QuietOption = Annotated[
    bool,
    typer.Option(
        "--quiet",
        help="Print problems only.",
        rich_help_panel=panels.SHOWN,
    ),
]
VerboseOption = Annotated[
    bool,
    typer.Option(
        "--verbose",
        help="Show milliseconds per stage, and tracebacks of errors.",
        rich_help_panel=panels.SHOWN,
    ),
]

ThreadsOption = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=1,
        help="CPU threads to use; default: one per core.",
        rich_help_panel=panels.RUN,
    ),
]


def chosen_verbosity(quiet: QuietOption = False, verbose: VerboseOption = False) -> Verbosity:
    """Return what the options say.

    Raises:
        OptionError: both were given.
    """
    if quiet and verbose:
        raise OptionError("--quiet and --verbose contradict each other; give one of them")
    return Verbosity.QUIET if quiet else Verbosity.VERBOSE if verbose else Verbosity.NORMAL


Loudness = Annotated[Verbosity, Group(chosen_verbosity)]
