"""What a command costs that has nothing to do, or next to nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests import clips
from tests.bench.process import run
from tests.bench.speed import Spread
from tests.cli.run import command


def measure(folder: Path, source: Path, runs: int, console: Console) -> dict[str, Any]:
    """Run every command in turn, print a table and return the seconds."""
    clip = folder / "startup.mp4"
    clips.write_clip(clip, clips.Clip(320, 180, seconds=0.2))
    commands = _commands(source, clip, folder)
    figures: dict[str, dict[str, list[float]]] = {
        name: {"cpu": [], "wall": []} for name in commands
    }
    for _ in range(runs):
        for name, (words, code) in commands.items():
            done = run(command(*words), code)
            figures[name]["cpu"].append(done.cpu_seconds)
            figures[name]["wall"].append(done.wall_seconds)
    spreads = {
        name: {kind: Spread.of(seconds) for kind, seconds in kinds.items()}
        for name, kinds in figures.items()
    }
    console.print(_table(spreads))
    return spreads


def _commands(source: Path, clip: Path, folder: Path) -> dict[str, tuple[list[str | Path], int]]:
    """Return what follows `dlc`, and the exit code it ends with, by what the table calls it."""
    output = folder / "startup.png"
    return {
        "--version": (["--version"], 0),
        "--help": (["--help"], 0),
        "swap --help": (["swap", "--help"], 0),
        "swap, an unknown option": (["swap", "--bogus"], 2),
        "swap, a start after the end": (
            ["swap", source, clip, output, "--start", "2", "--end", "1"],
            2,
        ),
        "swap, no such photo": (["swap", "gone.jpg", clip, output], 3),
        "swap, no such target": (["swap", source, "gone.mp4", output], 3),
        "models list": (["models", "list"], 0),
        "inspect, a video": (["inspect", clip], 0),
        "swap, one picture": (["swap", source, source, output, "--overwrite"], 0),
    }


def _table(spreads: dict[str, dict[str, Spread]]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("dlc ...")
    table.add_column("processor seconds", justify="right")
    table.add_column("seconds", justify="right")
    for name, kinds in spreads.items():
        table.add_row(name, f"{kinds['cpu']:.2f}", f"{kinds['wall']:.2f}")
    return table
