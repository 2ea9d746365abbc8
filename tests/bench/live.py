"""Rate, latency and memory of `dlc live` on a clip that is played in real time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.bench import inputs
from tests.bench.process import CommandError

SHORT_SECONDS = 20.0
LONG_SECONDS = 600.0


def measure(folder: Path, source: Path, seconds: float, console: Console) -> dict[str, Any]:
    """Play the 960x540 clip in a loop through the built-in engine into a file; print the figures.

    The first and the last quarter are told apart: neither latency nor memory may grow.
    """
    clip, log = folder / "inputs" / "face-960x540.mp4", folder / "live.jsonl"
    shown = inputs.build(clip, 960, 540)
    dlc = Path(sys.executable).with_name("dlc")
    command = [
        str(dlc), "live", "--source", str(source), "--camera", str(clip), "--loop", "--quiet",
        "--engine", "mesh", "--output", str(folder / "live.mp4"), "--overwrite",
        "--duration", str(seconds), "--json-lines", str(log),
    ]  # fmt: skip
    console.print(f"{shown}, 960x540 at 30 fps, for {seconds:g} s ...")
    log.unlink(missing_ok=True)
    memory, load = watch(command)
    figures: dict[str, Any] = {
        "clip": shown,
        "seconds": seconds,
        "load": load,
        "peak_mib": max(memory),
        **quarters(log),
    }
    middle = len(memory) // 4
    figures["memory_growth_mib"] = max(memory[-middle:]) - max(memory[middle : 2 * middle])
    show(figures, console)
    console.print(
        f"memory {figures['peak_mib']:.0f} MiB at most, "
        f"{figures['memory_growth_mib']:+.1f} MiB from the second quarter to the last; "
        f"load average of the machine {load:.1f}"
    )
    return figures


def quarters(log: Path) -> dict[str, dict[str, float]]:
    """Return the figures of a run as a whole, of its first quarter and of its last.

    Args:
        log: what `--json-lines` wrote.
    """
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    # The first second has the models' first runs in it.
    quarter = max(1, (len(lines) - 1) // 4)
    parts = {"all": lines[1:], "first quarter": lines[1 : 1 + quarter], "last": lines[-quarter:]}
    return {name: _summary(part) for name, part in parts.items()}


def show(figures: dict[str, Any], console: Console) -> None:
    """Print what `quarters` returned, perhaps among other figures."""
    for name in ("all", "first quarter", "last"):
        part = figures[name]
        console.print(
            f"{name}: {part['output_fps']:.2f} fps, {part['processing_fps']:.2f} of them new, "
            f"latency p50 {part['latency_p50_ms']:.0f} ms, p95 {part['latency_p95_ms']:.0f} ms "
            f"(worst second {part['worst_p95_ms']:.0f} ms), "
            f"{part['dropped_frames']} dropped"
        )


def watch(command: list[str]) -> tuple[list[float], float]:
    """Run the command; return its resident memory every half second in MiB, and the load.

    Raises:
        CommandError: the command failed.
    """
    memory: list[float] = []
    loads: list[float] = []
    with tempfile.TemporaryFile("w+") as errors:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=errors)
        statm = Path(f"/proc/{child.pid}/statm")
        while child.poll() is None:
            memory.append(int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20)
            loads.append(os.getloadavg()[0])
            time.sleep(0.5)
        errors.seek(0)
        said = errors.read()
    sys.stderr.write(said)
    if child.returncode:
        raise CommandError(child.returncode, command, said)
    # While it ends, a process has no memory any more.
    return [size for size in memory if size > 0], max(loads)


def _summary(lines: list[dict[str, Any]]) -> dict[str, float]:
    def mean(key: str) -> float:
        return sum(line[key] or 0.0 for line in lines) / len(lines)

    return {
        "output_fps": mean("output_fps"),
        # What the source delivered, and how much of that was processed: pictures shown twice are
        # not among it.
        "capture_fps": mean("capture_fps"),
        "processing_fps": mean("processing_fps"),
        "latency_p50_ms": mean("latency_p50_ms"),
        "latency_p95_ms": mean("latency_p95_ms"),
        "worst_p95_ms": max(line["latency_p95_ms"] or 0.0 for line in lines),
        "dropped_frames": sum(line["dropped_frames"] for line in lines),
    }
