"""`dlc swap` where TARGET is a folder."""

from __future__ import annotations

from pathlib import Path

import typer

import dlc
from dlc.cli.loading import loading
from dlc.cli.verbosity import Verbosity
from dlc.options import SwapOptions


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
    from dlc.workflows.requests import check_folder_request

    check_folder_request(source, output, options)
    from dlc.cli.console import human_console
    from dlc.cli.display.folder import folder_display_for
    from dlc.cli.reports.folder import folder_as_json, show_folder
    from dlc.cli.running import run_shown

    console = human_console()
    folders = [output] if options.contact_sheet is None else [output, options.contact_sheet]
    display = folder_display_for(console, quiet=verbosity is Verbosity.QUIET)
    with run_shown(console, display, folders, verbosity, as_json=as_json) as cancel:
        with loading():
            swap_folder = dlc.swap_folder
        result = swap_folder(
            source, targets, output, options, progress=display.update, cancel=cancel
        )
    if verbosity is not Verbosity.QUIET:
        show_folder(console, result, verbose=verbosity is Verbosity.VERBOSE)
    if as_json:
        typer.echo(folder_as_json(result))
    if result.errors:
        raise typer.Exit(result.errors[0].exit_code)
