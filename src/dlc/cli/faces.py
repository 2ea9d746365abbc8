"""`dlc faces`: who is in a video, with a portrait of each and ready-made --map options."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dlc.cli.arguments import common, neural
from dlc.cli.arguments.people import SimilarityOption
from dlc.cli.loading import loading
from dlc.cli.times import parse_time
from dlc.cli.verbosity import Verbosity
from dlc.media.files.paths import named_path, require_file
from dlc.options import NeuralOptions

_DEFAULTS = NeuralOptions()

FACES_HELP = (
    "List the people in TARGET, write a portrait of each, and print --map options to give them "
    "new faces.\n\n"
    "A recognizer tells people apart if one is installed (`dlc models pull sface`). Otherwise "
    "somebody who leaves the picture and returns is listed again."
)

Target = Annotated[
    Path, typer.Argument(parser=named_path, metavar="TARGET", help="A video or picture.")
]
FolderOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        parser=named_path,
        metavar="FOLDER",
        help="Folder for the portraits and their sheet; default: one beside TARGET.",
    ),
]
OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Replace the portraits that are in the folder.")
]


def faces_command(
    target: Target,
    output: FolderOption = None,
    start: common.StartOption = None,
    end: common.EndOption = None,
    similarity: SimilarityOption = None,
    provider: neural.ProviderOption = _DEFAULTS.provider,
    detector_model: neural.DetectorModelOption = _DEFAULTS.detector_model,
    recognizer_model: neural.RecognizerModelOption = _DEFAULTS.recognizer_model,
    tilted: common.TiltedOption = False,
    overwrite: OverwriteOption = False,
    as_json: common.JsonOption = False,
    quiet: common.QuietOption = False,
    threads: common.ThreadsOption = None,
) -> None:
    """Find the people and print them."""
    from dlc.workflows.libraries import require_libraries

    begin = None if start is None else parse_time("--start", start)
    stop = None if end is None else parse_time("--end", end)
    require_file(target)
    with loading():
        require_libraries()
        from dlc.cli.console import human_console
        from dlc.cli.display.swap import display_for
        from dlc.cli.reports.faces import faces_as_json, faces_as_text
        from dlc.cli.running import run_shown
        from dlc.workflows.people.faces import FacesOptions, find_people

    options = FacesOptions(
        neural=NeuralOptions(
            provider=provider, detector_model=detector_model, recognizer_model=recognizer_model
        ),
        start=begin,
        end=stop,
        similarity=similarity,
        tilted=tilted,
        overwrite=overwrite,
        threads=threads,
    )
    folder = output or target.with_name(f"{target.stem}-people")
    console = human_console()
    display = display_for(console, quiet=quiet)
    with run_shown(console, display, (), Verbosity.QUIET, as_json=as_json) as cancel:
        result = find_people(target, folder, options, progress=display.update, cancel=cancel)
    typer.echo(faces_as_json(result) if as_json else faces_as_text(result))
