"""Rate and latency of `dlc live` with the neural engine at full size; the weights are random."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.bench import live, neural

# Faster than what is asked of the best GPUs, so that the source does not set the pace.
SOURCE_FPS = 240
SECONDS = 20.0


def measure(folder: Path, console: Console, *, device: int = -1) -> dict[str, Any]:
    """Play a clip of 1920x1080 in a loop through the engine into a file; print the figures.

    Every frame that is processed has its own detection.

    Args:
        folder: where models and clips go, and stay.
        console: where the figures go.
        device: the number of an NVIDIA GPU; -1 takes the CPU.
    """
    folder = folder / "neural"
    analysis, swapper = neural.models(folder)
    source, clip = neural.inputs(folder / f"{SOURCE_FPS}fps.mp4", SOURCE_FPS, SOURCE_FPS)
    log = folder / "live.jsonl"
    log.unlink(missing_ok=True)
    command = [
        str(Path(sys.executable).with_name("dlc")), "live", "--source", str(source),
        "--camera", str(clip), "--loop", "--quiet", "--detection-every", "1",
        *neural.engine_options(analysis, swapper), "--provider", "cpu" if device < 0 else "cuda",
        "--output", str(folder / "live.mp4"), "--overwrite",
        "--duration", str(SECONDS), "--json-lines", str(log),
    ]  # fmt: skip
    console.print(f"live, {neural.WIDTH}x{neural.HEIGHT}, at most {SOURCE_FPS} fps ...")
    memory, load = live.watch(command)
    figures = {"load": load, "peak_mib": max(memory), **live.quarters(log)}
    live.show(figures, console)
    return figures
