"""`dlc probe`: what would run the models on this machine, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from dlc.cli.arguments.common import JsonOption, ThreadsOption
from dlc.cli.arguments.neural import ProviderOption
from dlc.cli.verbosity import Verbosity
from dlc.options import NeuralOptions

_DEFAULTS = NeuralOptions()

PROBE_HELP = (
    "Describe this machine, the provider chosen for each model and why, what blocks something "
    "faster, and the measured speed.\n\n"
    "The speed is measured on a short clip of one face, with the built-in engine and, if its "
    "models are installed, the neural one."
)

SyntheticOption = Annotated[
    bool,
    typer.Option(
        "--synthetic",
        help="Also time a full-size stand-in for inswapper_128 with random weights.",
    ),
]
CameraOption = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=0,
        help="Also open this camera and show what was requested, reported and measured.",
    ),
]
NoMeasureOption = Annotated[
    bool,
    typer.Option("--no-measure", help="Skip the speed measurement."),
]


def probe_command(
    provider: ProviderOption = _DEFAULTS.provider,
    camera: CameraOption = None,
    no_measure: NoMeasureOption = False,
    synthetic: SyntheticOption = False,
    threads: ThreadsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Probe the machine and print what was found."""
    from dlc.cli.console import human_console, logging_to
    from dlc.cli.reports.probe import probe_as_json, probe_as_text
    from dlc.workflows.probe import probe

    # What a session warns of is part of the report.
    with logging_to(human_console(), Verbosity.QUIET):
        report = probe(
            provider=provider,
            threads=threads,
            camera=camera,
            measure=not no_measure,
            synthetic=synthetic,
        )
    typer.echo(probe_as_json(report) if as_json else probe_as_text(report))
