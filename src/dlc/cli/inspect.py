"""`dlc inspect`: what a file says about itself, and whether it is intact."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dlc.cli.arguments.common import JsonOption
from dlc.cli.loading import loading
from dlc.errors import ProvenanceError
from dlc.media.files.paths import named_path, require_file

INSPECT_HELP = (
    "Show what FILE says about itself: its signed C2PA manifest, who signed it, what it was made "
    "from, and its plain note.\n\n"
    "The exit code is 16 if the file was changed after it was signed. Nothing is fetched from the "
    "network."
)

File = Annotated[
    Path, typer.Argument(parser=named_path, metavar="FILE", help="A video or picture.")
]


def inspect_command(file: File, as_json: JsonOption = False) -> None:
    """Inspect a file and print what was found."""
    from dlc.workflows.libraries import require_libraries

    require_file(file)
    with loading():
        require_libraries("av")
        from dlc.cli.reports.inspect import inspection_as_json, inspection_as_text
        from dlc.workflows.inspect import inspect

    inspection = inspect(file)
    typer.echo(inspection_as_json(inspection) if as_json else inspection_as_text(inspection))
    if not inspection.is_intact:
        # The report says it all; programs expect no second JSON object.
        raise typer.Exit(ProvenanceError.exit_code)
