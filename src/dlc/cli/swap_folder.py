"""`dlc swap` where TARGET is a folder."""

from __future__ import annotations

from pathlib import Path

import typer

from dlc.cli.verbosity import Verbosity
from dlc.options import SwapOptions
from dlc.pipeline.cancel import CancelToken


def run_folder(
    source: Path | None,
    targets: Path,
    output: Path,
    options: SwapOptions,
    verbosity: Verbosity,
    *,
    as_json: bool,
) -> None:
    """Run and show the run; the exit code is that of the first target that failed."""
    from dlc.cli.console import human_console, logging_to
    from dlc.cli.display.folder import folder_display_for
    from dlc.cli.reports.folder import folder_as_json, show_folder
    from dlc.cli.signals import stopping_on_signals

    console = human_console()
    cancel = CancelToken()
    folders = [output] if options.contact_sheet is None else [output, options.contact_sheet]
    with stopping_on_signals(cancel, folders, as_json=as_json), logging_to(console, verbosity):
        import dlc

        with folder_display_for(console, quiet=verbosity is Verbosity.QUIET) as display:
            result = dlc.swap_folder(
                source, targets, output, options, progress=display.update, cancel=cancel
            )
    if verbosity is not Verbosity.QUIET:
        show_folder(console, result, verbose=verbosity is Verbosity.VERBOSE)
    if as_json:
        typer.echo(folder_as_json(result))
    if result.errors:
        raise typer.Exit(result.errors[0].exit_code)
