"""`dlc optimize-models`: rewrite models for this machine, once, and report what it gained."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from dlc.cli.arguments.common import JsonOption
from dlc.cli.exit_codes import exit_codes
from dlc.cli.verbosity import Verbosity
from dlc.errors import (
    DlcError,
    InputError,
    ModelError,
    OptionError,
    ResourceError,
    WriteError,
)
from dlc.options import OptimizeOptions, Provider

_DEFAULTS = OptimizeOptions()

OPTIMIZE_HELP = (
    "Rewrite models so that this machine runs them without falling back to the CPU.\n\n"
    "Each result is compared with the original on the CPU before it is accepted, and kept in the "
    "cache folder; the originals are left alone."
)
OPTIMIZE_EPILOG = exit_codes(
    DlcError,
    OptionError,
    InputError,
    WriteError,
    ModelError,
    ResourceError,
    words={ModelError: f"{ModelError.summary}, or with --check something needs doing"},
)


class Target(StrEnum):
    """What models can be rewritten for."""

    AUTO = "auto"
    COREML = "coreml"
    CPU = "cpu"
    CUDA = "cuda"
    TENSORRT = "tensorrt"


Models = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="MODEL",
        help="ONNX files, or names from `dlc models list`. "
        "Default: every installed model that this machine would use.",
    ),
]
TargetOption = Annotated[Target, typer.Option(help="What will run the models.")]
InputSizeOption = Annotated[
    int,
    typer.Option(metavar="N", help="Side in pixels of an input whose size the model leaves open."),
]
CheckOption = Annotated[bool, typer.Option("--check", help="Only report what needs doing.")]
ForceOption = Annotated[
    bool, typer.Option("--force", help="Rewrite models again that are up to date.")
]
AllOption = Annotated[
    bool,
    typer.Option("--all", help="Also apply rewrites that this ONNX Runtime does not need."),
]
MeasureOption = Annotated[
    bool,
    typer.Option("--measure", help="On a Mac, also have ONNX Runtime count partitions."),
]


def optimize_command(
    models: Models = None,
    target: TargetOption = Target.AUTO,
    input_size: InputSizeOption = _DEFAULTS.input_size,
    check: CheckOption = _DEFAULTS.check,
    force: ForceOption = _DEFAULTS.force,
    everything: AllOption = _DEFAULTS.everything,
    measure: MeasureOption = _DEFAULTS.measure,
    as_json: JsonOption = False,
) -> None:
    """Rewrite models and print what was done."""
    from dlc.cli.console import human_console, logging_to
    from dlc.cli.reports.optimize import report_as_json, show_report
    from dlc.workflows.optimize.optimize import optimize_models

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
        # The report says it all; programs expect no second JSON object.
        raise typer.Exit(ModelError.exit_code)
