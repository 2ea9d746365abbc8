"""Whether memory grows with the length of a video: a short and a long one at 1920x1080."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.bench import inputs
from tests.bench.process import run
from tests.bench.speed import swap_command

SHORT_FRAMES = 500
LONG_FRAMES = 10_000


def measure(folder: Path, source: Path, console: Console) -> dict[str, Any]:
    """Swap both videos, print what each needed, and return the figures."""
    clip = folder / "inputs" / "face-1920x1080.mp4"
    shown = inputs.build(clip, 1920, 1080)
    figures: dict[str, Any] = {"clip": shown, "lengths": []}
    for frames in (SHORT_FRAMES, LONG_FRAMES):
        target = folder / "inputs" / f"face-1920x1080-{frames}.mp4"
        inputs.repeat(clip, target, frames)
        console.print(f"{frames} frames ...")
        finished = run(swap_command(source, target, folder / "swapped.mp4"))
        report = json.loads(finished.output)
        figures["lengths"].append(
            {"frames": report["frames"], "peak_mib": finished.peak_mib, "fps": report["fps"]}
        )
        console.print(
            f"{report['frames']} frames: peak {finished.peak_mib:.0f} MiB, {report['fps']:.1f} fps"
        )
    short, long = (length["peak_mib"] for length in figures["lengths"])
    figures["growth"] = long / short - 1.0
    console.print(f"growth: {100 * figures['growth']:+.1f} %")
    return figures
