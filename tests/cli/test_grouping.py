"""Groups of options: Typer and the configuration see options, a command gets what they make."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from typer.testing import CliRunner

from dlc.cli import live, swap
from dlc.cli.app import app
from dlc.cli.grouping import Group, grouped
from dlc.options import LiveOptions, SwapOptions


@dataclass(frozen=True)
class Paint:
    color: str
    coats: int


def paint(
    color: Annotated[str, typer.Option(help="Of the wall.")] = "white", coats: int = 2
) -> Paint:
    return Paint(color, coats)


def command(told: list[Any]) -> typer.Typer:
    def decorate(
        *,
        wall: Annotated[str, typer.Argument()],
        color: Annotated[Paint, Group(paint)],
        wet: Annotated[bool, typer.Option("--wet")] = False,
    ) -> None:
        told.append((wall, color, wet))

    made = typer.Typer()
    made.command()(grouped(decorate))
    return made


def test_a_command_gets_what_its_group_makes() -> None:
    told: list[Any] = []
    runner = CliRunner()
    assert runner.invoke(command(told), ["north"]).exit_code == 0
    # A group may have the name of one of its options.
    assert runner.invoke(command(told), ["south", "--coats", "3", "--wet"]).exit_code == 0
    assert told == [("north", Paint("white", 2), False), ("south", Paint("white", 3), True)]


def test_the_help_shows_the_options_where_the_group_stands() -> None:
    shown = CliRunner().invoke(command([]), ["--help"]).stdout
    assert shown.index("--color") < shown.index("--coats") < shown.index("--wet")


def test_a_signature_has_options_only() -> None:
    assert list(inspect.signature(swap.swap_command).parameters)[:7] == [
        "source", "target", "output", "engine", "faces", "tilted", "mapping",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("module", "arguments", "expected"),
    [
        (swap, ["swap", "a.jpg", "b.mp4", "c.mp4"], SwapOptions()),
        (
            live,
            ["live", "--source", "a.jpg", "--output", "c.mp4"],
            LiveOptions(output=Path("c.mp4")),
        ),
    ],
)
def test_without_options_the_library_has_its_own_defaults(
    module: Any, arguments: list[str], expected: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(module, "_run", lambda *given, **_: told.extend(given))
    run = CliRunner().invoke(app, arguments)
    assert run.exit_code == 0, run.output
    assert expected in told
