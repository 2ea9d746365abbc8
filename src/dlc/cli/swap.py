"""`dlc swap`: put the face of a photo on the faces of a video or picture, or a folder of them."""

from __future__ import annotations

from pathlib import Path

import typer

import dlc
from dlc.cli.arguments import common, swap
from dlc.cli.arguments.appearance import Look, Masks
from dlc.cli.arguments.enhancing import Enhancing
from dlc.cli.arguments.neural import Neural
from dlc.cli.arguments.people import People, named_files, parse_faces
from dlc.cli.arguments.provenance import LabelOption, Provenance
from dlc.cli.arguments.resuming import Resuming
from dlc.cli.grouping import grouped
from dlc.cli.loading import loading
from dlc.cli.swap_folder import run_folder
from dlc.cli.times import parse_time
from dlc.cli.verbosity import Verbosity
from dlc.errors import OptionError
from dlc.options import FaceChoice, SwapOptions

_DEFAULTS = SwapOptions()


@grouped
def swap_command(
    *,
    source: swap.Source = None,
    target: swap.Target = None,
    output: swap.Output = None,
    engine: common.EngineOption = _DEFAULTS.engine,
    faces: common.FacesOption = FaceChoice.ALL.value,
    tilted: common.TiltedOption = _DEFAULTS.tilted,
    people: People,
    neural: Neural,
    look: Look,
    masks: Masks,
    enhance: Enhancing,
    start: common.StartOption = None,
    end: common.EndOption = None,
    decoder: swap.DecoderOption = _DEFAULTS.decoder,
    overwrite: swap.OverwriteOption = _DEFAULTS.overwrite,
    encoding: swap.Encoding,
    contact_sheet: swap.ContactSheetOption = _DEFAULTS.contact_sheet,
    contact_sheet_rows: swap.ContactSheetRowsOption = _DEFAULTS.contact_sheet_rows,
    keep_partial: swap.KeepPartialOption = _DEFAULTS.keep_partial,
    resume: Resuming,
    label: LabelOption = _DEFAULTS.label,
    provenance: Provenance,
    as_json: common.JsonOption = False,
    verbosity: common.Loudness,
    threads: common.ThreadsOption = _DEFAULTS.threads,
    allow_damaged: swap.AllowDamagedOption = _DEFAULTS.allow_damaged,
) -> None:
    """Turn what was typed into options and run the swap."""
    if contact_sheet is None and contact_sheet_rows != _DEFAULTS.contact_sheet_rows:
        raise OptionError("--contact-sheet-rows has no effect without --contact-sheet")
    named = named_files(source, target, output, mapped=bool(people.mapping))
    options = SwapOptions(
        engine=engine,
        neural=neural,
        faces=parse_faces(faces),
        tilted=tilted,
        people=people,
        look=look,
        masks=masks,
        enhance=enhance,
        overwrite=overwrite,
        start=None if start is None else parse_time("--start", start),
        end=None if end is None else parse_time("--end", end),
        decoder=decoder,
        encoding=encoding,
        contact_sheet=contact_sheet,
        contact_sheet_rows=contact_sheet_rows,
        allow_damaged=allow_damaged,
        keep_partial=keep_partial,
        resume=resume,
        threads=threads,
        label=label,
        provenance=provenance,
    )
    run = run_folder if _is_folder(named[1]) else _run
    run(*named, options, verbosity, as_json=as_json)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        # It lies in a folder that may not be looked into, as opening it will tell.
        return False


def _run(
    source: Path | None,
    target: Path,
    output: Path,
    options: SwapOptions,
    verbosity: Verbosity,
    *,
    as_json: bool,
) -> None:
    """Run and show the run; heavy imports wait until there is work."""
    from dlc.workflows.requests import check_swap_request

    check_swap_request(source, target, output, options)
    from dlc.cli.console import human_console
    from dlc.cli.display.swap import display_for
    from dlc.cli.reports.swap import result_as_json, show_result
    from dlc.cli.running import run_shown

    console = human_console()
    files = [output] if options.contact_sheet is None else [output, options.contact_sheet]
    folders = [file.parent for file in files]
    display = display_for(console, quiet=verbosity is Verbosity.QUIET)
    with run_shown(console, display, folders, verbosity, as_json=as_json) as cancel:
        with loading():
            swap_file = dlc.swap
        result = swap_file(source, target, output, options, progress=display.update, cancel=cancel)
    if verbosity is not Verbosity.QUIET:
        show_result(console, result, verbose=verbosity is Verbosity.VERBOSE)
    if as_json:
        typer.echo(result_as_json(result))
