"""Whether memory or speed drift over 100,000 frames.

Real decoding, face finding, pasting and encoding of small frames; only the new face is paint, so
that the run takes minutes.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from rich.console import Console

from dlc.options import EncodeOptions, Engine, Preset, SwapOptions
from dlc.workflows.batch.plan import SwapPlan
from dlc.workflows.batch.run import run_swap
from dlc.workflows.people.assignment import Assignment
from dlc.workflows.progress import Progress
from tests import clips
from tests.bench import inputs
from tests.workflows.painter import Painter, painting

SIDE = 96
FRAMES = 100_000
STEP = 10_000


def resident_mib() -> float:
    """Return the memory that this process has in use now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


class Meter:
    """Notes memory and speed after every `STEP` frames."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began = time.perf_counter()
        self.rows: list[dict[str, float]] = []

    def __call__(self, progress: Progress) -> None:
        """Take in that a frame is written."""
        if progress.frames % STEP:
            return
        now = time.perf_counter()
        fps, memory = round(STEP / (now - self._began), 1), round(resident_mib(), 1)
        self.rows.append({"frames": progress.frames, "fps": fps, "resident_mib": memory})
        self._console.print(f"{progress.frames} frames: {fps} fps, {memory} MiB")
        self._began = now


def measure(folder: Path, source: Path, console: Console) -> list[dict[str, float]]:
    """Swap a long clip; print and return frames, fps and memory after each step."""
    short, target = folder / "small.mp4", folder / f"small-{FRAMES}.mp4"
    near = (clips.View(228.0, 150.0, 190.0), clips.View(236.0, 165.0, 170.0))
    clips.write_clip(short, clips.Clip(SIDE, SIDE, 30, 10.0, *near), clips.astronaut())
    inputs.repeat(short, target, FRAMES)
    options = SwapOptions(encoding=EncodeOptions(preset=Preset.FAST), overwrite=True)
    output = folder / "out.mp4"
    meter = Meter(console)
    plan = SwapPlan((Assignment((), (source,)),), target, output, options, Engine.MESH, "painted")
    result = run_swap(plan, painting(Painter()), progress=meter)
    if (result.frames, result.faces) != (FRAMES, FRAMES):
        raise SystemExit(f"{result.faces} faces in {result.frames} of {FRAMES} frames")
    growth = meter.rows[-1]["resident_mib"] - meter.rows[0]["resident_mib"]
    console.print(f"from {meter.rows[0]['frames']} to {FRAMES} frames: {growth:+.1f} MiB")
    return meter.rows
