"""`dlc optimize-models`: rewrite models for this machine, once, and say what it brought."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from dlc.cli.arguments.common import JsonOption
from dlc.cli.exit_codes import exit_codes
from dlc.errors import (
    DlcError,
    InputError,
    ModelError,
    OptionError,
    ResourceError,
    WriteError,
)

OPTIMIZE_HELP = (
    "Rewrite the graphs of models into what runs on this machine without interruption.\n\n"
    "Every result is compared with the original on the CPU before it is accepted, and kept in the "
    "cache folder; originals stay as they are."
)
OPTIMIZE_EPILOG = exit_codes(
    DlcError,
    OptionError,
    InputError,
    WriteError,
    ModelError,
    ResourceError,
    words={ModelError: f"{ModelError.summary}, or with --check something is to be done"},
)


class Target(StrEnum):
    """For what models can be rewritten."""

    AUTO = "auto"
    COREML = "coreml"
    CPU = "cpu"
    CUDA = "cuda"


Models = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[MODEL]...",
        help="ONNX files, or names as `dlc models list` calls them. "
        "Default: every installed model that this machine would use.",
    ),
]
TargetOption = Annotated[Target, typer.Option(help="What is to run the models.")]
InputSizeOption = Annotated[
    int,
    typer.Option(metavar="N", help="Side of the input of a model that leaves it open, in pixels."),
]
CheckOption = Annotated[
    bool, typer.Option("--check", metavar="", help="Only say what is to be done.")
]
ForceOption = Annotated[
    bool, typer.Option("--force", metavar="", help="Rewrite again what is there already.")
]
AllOption = Annotated[
    bool, typer.Option("--all", metavar="", help="Also do what this machine does without.")
]
MeasureOption = Annotated[
    bool,
    typer.Option("--measure", metavar="", help="On a Mac, also ask ONNX Runtime for partitions."),
]


def optimize_command(
    models: Models = None,
    target: TargetOption = Target.AUTO,
    input_size: InputSizeOption = 640,
    check: CheckOption = False,
    force: ForceOption = False,
    everything: AllOption = False,
    measure: MeasureOption = False,
    as_json: JsonOption = False,
) -> None:
    """Rewrite models and print what was done."""
    from dlc.cli.console import human_console, logging_to
    from dlc.cli.reports.optimize import report_as_json, show_report
    from dlc.cli.verbosity import Verbosity
    from dlc.options import Provider
    from dlc.workflows.optimize import OptimizeOptions, optimize_models

    options = OptimizeOptions(
        target=Provider(target.value),
        input_size=input_size,
        check=check,
        force=force,
        everything=everything,
        measure=measure,
    )
    console = human_console()
    with logging_to(console, Verbosity.QUIET), console.status("rewriting models"):
        report = optimize_models(models or (), options)
    if as_json:
        typer.echo(report_as_json(report))
    else:
        show_report(report)
    if check and not report.current:
        # All was said above, and one JSON object is all that programs expect.
        raise typer.Exit(ModelError.exit_code)
