"""`python -m tests.bench.soak`: whether memory or speed drift over 100,000 frames.

Real decoding, face finding, pasting and encoding of small frames; only the new face is paint, so
that the run takes minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from pathlib import Path

from dlc.options import EncodeOptions, Engine, Preset, SwapOptions
from dlc.workflows.batch.plan import SwapPlan
from dlc.workflows.batch.run import run_swap
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
    """Notes memory and speed after every `step` frames."""

    def __init__(self, step: int) -> None:
        self._step = step
        self._began = time.perf_counter()
        self.rows: list[dict[str, float]] = []

    def __call__(self, progress: Progress) -> None:
        """Take in that a frame is written."""
        if progress.frames % self._step:
            return
        now = time.perf_counter()
        row = {"frames": progress.frames, "fps": round(self._step / (now - self._began), 1)}
        self.rows.append(row | {"resident_mib": round(resident_mib(), 1)})
        print(json.dumps(self.rows[-1]), flush=True)  # noqa: T201
        self._began = now


def measure(folder: Path, frames: int, step: int) -> list[dict[str, float]]:
    """Swap a clip of so many frames; return frames, fps and memory after each step."""
    source, target = folder / "astronaut.png", folder / f"small-{frames}.mp4"
    clips.write_astronaut(source)
    short = folder / "small.mp4"
    near = (clips.View(228.0, 150.0, 190.0), clips.View(236.0, 165.0, 170.0))
    clips.write_clip(short, clips.Clip(SIDE, SIDE, 30, 10.0, *near), clips.astronaut())
    inputs.repeat(short, target, frames)
    options = SwapOptions(encoding=EncodeOptions(preset=Preset.FAST), overwrite=True)
    output = folder / "out.mp4"
    meter = Meter(step)
    plan = SwapPlan((source,), target, output, options, Engine.MESH, "painted")
    result = run_swap(plan, painting(Painter()), progress=meter)
    if (result.frames, result.faces) != (frames, frames):
        raise SystemExit(f"{result.faces} faces in {result.frames} of {frames} frames")
    return meter.rows


def main() -> None:
    """Measure and print what the first step and the last differ by."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.soak", description=main.__doc__)
    parser.add_argument("--frames", type=int, default=FRAMES)
    arguments = parser.parse_args()
    folder = Path(".bench")
    folder.mkdir(exist_ok=True)
    rows = measure(folder, arguments.frames, min(STEP, arguments.frames // 2))
    growth = rows[-1]["resident_mib"] - rows[0]["resident_mib"]
    print(f"from {rows[0]['frames']} to {rows[-1]['frames']} frames: {growth:+.1f} MiB")  # noqa: T201


if __name__ == "__main__":
    main()
