"""`dlc probe`: what this machine would run the models by, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from dlc.cli.arguments.common import JsonOption, ThreadsOption
from dlc.cli.arguments.neural import ProviderOption
from dlc.options import NeuralOptions

_DEFAULTS = NeuralOptions()

PROBE_HELP = (
    "Say what this machine is, by what it would run each model and why, what is in the way of "
    "something faster, and how fast it swaps.\n\n"
    "The speed is measured on a short clip with one face: with the built-in engine, and with the "
    "neural one too where its models are installed."
)

SyntheticOption = Annotated[
    bool,
    typer.Option(
        "--synthetic",
        metavar="",
        help="Also time a stand-in for inswapper_128, full size, with random weights.",
    ),
]
CameraOption = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        min=0,
        help="Also open the camera of this number: what was asked, reported and measured.",
    ),
]
NoMeasureOption = Annotated[
    bool,
    typer.Option(
        "--no-measure", metavar="", help="Only look; do not swap anything to measure the speed."
    ),
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
    from dlc.cli.verbosity import Verbosity
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
