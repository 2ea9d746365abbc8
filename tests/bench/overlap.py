"""How much of the slowest stage's pace a pipeline keeps, beside doing everything in turn."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from dlc.pipeline import Pipeline, Stage
from tests.bench.speed import Spread

# Enough for the time in which the first item passes the empty stages not to count.
ITEMS = 300
# Milliseconds of stages on different hardware: detection, swap, paste, encoding.
SLEEPS = ((8, 20, 2, 6), (20, 20, 20, 20), (2, 30, 2, 2))


def measure(runs: int, console: Console) -> list[dict[str, Any]]:
    """Measure stages that wait for other hardware and stages that share the CPU."""
    cases = [(f"waiting {_shown(times)}", _sleeping(times)) for times in SLEEPS]
    cases.append(("computing, four alike", [_computing() for _ in range(4)]))
    figures = [_compare(name, calls, runs) for name, calls in cases]
    console.print(_table(figures))
    return figures


def _compare(name: str, calls: list[Callable[[int], int]], runs: int) -> dict[str, Any]:
    piped, serial, slowest = [], [], []
    for _ in range(runs):
        pipeline = Pipeline(
            range(ITEMS), [Stage(f"stage {n}", call) for n, call in enumerate(calls)]
        )
        began = time.perf_counter()
        list(pipeline.run())
        piped.append(ITEMS / (time.perf_counter() - began))
        slowest.append(ITEMS / max(stage.busy_seconds for stage in pipeline.report.stages))
        began = time.perf_counter()
        for item in range(ITEMS):
            for call in calls:
                item = call(item)
        serial.append(ITEMS / (time.perf_counter() - began))
    return {
        "stages": name,
        "of_slowest_stage": Spread.of(
            [mine / limit for mine, limit in zip(piped, slowest, strict=True)]
        ),
        "over_serial": Spread.of([mine / other for mine, other in zip(piped, serial, strict=True)]),
    }


def _sleeping(milliseconds: tuple[int, ...]) -> list[Callable[[int], int]]:
    def stage(seconds: float) -> Callable[[int], int]:
        def call(item: int) -> int:
            time.sleep(seconds)
            return item

        return call

    return [stage(each / 1000) for each in milliseconds]


def _computing() -> Callable[[int], int]:
    """Return work that lets other threads run, as OpenCV, FFmpeg and ONNX Runtime do."""
    numbers = np.ones(1_000_000)

    def call(item: int) -> int:
        for _ in range(4):
            np.sqrt(numbers, out=numbers)
        return item

    return call


def _shown(milliseconds: tuple[int, ...]) -> str:
    return "/".join(map(str, milliseconds)) + " ms"


def _table(figures: list[dict[str, Any]]) -> Table:
    table = Table(
        "stages", "pace over the slowest stage's", "pace over one after the other", box=None
    )
    for row in figures:
        table.add_row(row["stages"], f"{row['of_slowest_stage']:.3f}", f"{row['over_serial']:.3f}")
    return table
