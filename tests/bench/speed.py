"""How many frames a second `dlc swap` makes, beside copying the same clip without swapping."""

from __future__ import annotations

import json
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench import inputs
from tests.bench.process import Run, run

SIZES = ((960, 540), (1920, 1080))


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle and the ends of repeated measurements."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        """Return the spread of `values`, at least one."""
        return cls(statistics.median(values), min(values), max(values))

    def __str__(self) -> str:
        return f"{self:.1f}"

    def __format__(self, spec: str) -> str:
        return f"{self.median:{spec}} ({self.low:{spec}}-{self.high:{spec}})"


def measure(folder: Path, source: Path, runs: int, console: Console) -> list[dict[str, Any]]:
    """Measure every size, print a table of each, and return the figures."""
    figures = []
    for width, height in SIZES:
        clip = folder / "inputs" / f"face-{width}x{height}.mp4"
        shown = inputs.build(clip, width, height)
        console.print(f"\n[bold]{width}x{height}[/], one face {inputs.FACE_WIDTH} px wide, {shown}")
        swaps, copies = _alternate(clip, source, folder, runs)
        size = _summary(swaps, copies)
        console.print(_table(size))
        figures.append({"width": width, "height": height, "clip": shown, "runs": runs, **size})
    return figures


def swap_command(source: Path, target: Path, output: Path) -> list[str]:
    """Return the command line that swaps with default options and reports as JSON."""
    dlc = Path(sys.executable).with_name("dlc")
    options = ["--overwrite", "--json", "--quiet"]
    return [str(dlc), "swap", str(source), str(target), str(output), *options]


def _alternate(clip: Path, source: Path, folder: Path, runs: int) -> tuple[list[Run], list[Run]]:
    """Run swap, copy, swap, copy, ...: a machine that slows down slows both."""
    swap = swap_command(source, clip, folder / "swapped.mp4")
    copy = [sys.executable, "-m", "tests.bench.transcode", str(clip), str(folder / "copied.mp4")]
    pairs = [(run(swap), run(copy)) for _ in range(runs)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _summary(swaps: list[Run], copies: list[Run]) -> dict[str, Any]:
    reports = [json.loads(each.output) for each in swaps]
    frames = reports[0]["frames"]
    middle = sorted(reports, key=lambda report: report["fps"])[len(reports) // 2]
    return {
        "frames": frames,
        "faces": reports[0]["faces"],
        "fps": Spread.of([report["fps"] for report in reports]),
        "process_fps": Spread.of([frames / each.wall_seconds for each in swaps]),
        "copy_fps": Spread.of([json.loads(each.output)["fps"] for each in copies]),
        "peak_mib": Spread.of([each.peak_mib for each in swaps]),
        "cpu_seconds": Spread.of([each.cpu_seconds for each in swaps]),
        "stages": {stage["name"]: stage["milliseconds_per_item"] for stage in middle["stages"]},
    }


def _table(size: dict[str, Any]) -> Table:
    table = Table("figure", "median (least-most)", box=None, pad_edge=False)
    table.add_row("frames, faces swapped", f"{size['frames']}, {size['faces']}")
    table.add_row("swap, frames a second", str(size["fps"]))
    table.add_row("  with start-up and source", str(size["process_fps"]))
    table.add_row("copy, frames a second", str(size["copy_fps"]))
    table.add_row("peak memory, MiB", str(size["peak_mib"]))
    table.add_row("processor seconds", str(size["cpu_seconds"]))
    for name, milliseconds in size["stages"].items():
        table.add_row(f"  {name}, ms a frame", f"{milliseconds:.1f}")
    return table
