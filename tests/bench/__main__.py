"""`python -m tests.bench WHAT`: what `make bench` and its like measure; results go to .bench/."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from tests import clips
from tests.bench import (
    enhance,
    graph_pixels,
    live,
    live_pixels,
    machine,
    memory,
    motion,
    neural,
    neural_live,
    occlusion,
    overlap,
    paste_back,
    soak,
    speed,
    startup,
    tilted,
    winograd,
)
from tests.bench.cuda import parts

FOLDER = Path(".bench")


@dataclasses.dataclass(frozen=True, slots=True)
class Bench:
    """What a measurement is given.

    Attributes:
        folder: where files go.
        source: a photo.
        runs: of each command.
        console: where to print.
        keep: takes the figures that there are so far, as the rest may never come.
    """

    folder: Path
    source: Path
    runs: int
    console: Console
    keep: Callable[[Any], None]


SUBJECTS: dict[str, Callable[[Bench], Any]] = {
    "speed": lambda b: speed.measure(b.folder, b.source, b.runs, b.console),
    "cuda": lambda b: parts.measure(b.folder, b.runs, b.console, b.keep),
    "memory": lambda b: memory.measure(b.folder, b.source, b.console),
    "neural": lambda b: neural.measure(b.folder, b.runs, b.console),
    "enhance": lambda b: enhance.measure(b.folder, b.source, b.runs, b.console),
    "occlusion": lambda b: occlusion.measure(b.folder, b.runs, b.console),
    "overlap": lambda b: overlap.measure(b.runs, b.console),
    "live": lambda b: live.measure(b.folder, b.source, live.SHORT_SECONDS, b.console),
    "live-long": lambda b: live.measure(b.folder, b.source, live.LONG_SECONDS, b.console),
    "neural-live": lambda b: neural_live.measure(b.folder, b.console),
    "live-pixels": lambda b: live_pixels.measure(b.console),
    "graph-pixels": lambda b: graph_pixels.measure(b.console),
    "soak": lambda b: soak.measure(b.folder, b.source, b.console),
    "motion": lambda b: motion.measure(b.console),
    "startup": lambda b: startup.measure(b.folder, b.source, b.runs, b.console),
    "winograd": lambda b: winograd.measure(b.folder, b.runs, b.console),
    "tilted": lambda b: tilted.measure(b.console),
    "paste-back": lambda b: paste_back.measure(b.console),
}


def main() -> None:
    """Measure what the command line asks for, print it and keep it as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=main.__doc__)
    parser.add_argument("what", choices=SUBJECTS)
    parser.add_argument("--runs", type=int, default=5, help="runs of each command")
    arguments = parser.parse_args()
    console = Console(highlight=False)
    FOLDER.mkdir(exist_ok=True)
    source = FOLDER / "astronaut.png"
    clips.write_astronaut(source)
    where = machine.describe()
    for name, value in where.items():
        console.print(f"{name}: {value}")
    keep = partial(write, FOLDER / f"{arguments.what}.json", where)
    keep(SUBJECTS[arguments.what](Bench(FOLDER, source, arguments.runs, console, keep)))
    console.print(f"\nkept in {FOLDER / arguments.what}.json")


def write(path: Path, where: dict[str, str | float], figures: object) -> None:
    """Keep figures and the machine they are from as JSON, in place of earlier ones."""
    partly = path.with_suffix(".part")
    partly.write_text(
        json.dumps({"machine": where, "figures": figures}, default=_plain, indent=2) + "\n"
    )
    partly.replace(path)


def _plain(value: object) -> dict[str, float]:
    """Return a spread as a dictionary, for `json.dumps`."""
    if isinstance(value, speed.Spread):
        return dataclasses.asdict(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


if __name__ == "__main__":
    main()
