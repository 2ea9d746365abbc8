"""The neural engine at full size, beside a plain insightface loop; the weights are random."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import cv2
from rich.console import Console
from rich.table import Table

from dlc.graph.synthetic import write_inswapper
from tests import clips
from tests.bench.process import Run, run
from tests.bench.speed import Spread, swap_command
from tests.stand_ins import paint_face, write_arcface, write_detector

WIDTH, HEIGHT = 1920, 1080
FRAMES = 8
# What the detector's stand-in takes for a face, on the astronaut's own.
FACE_X, FACE_Y, FACE_DIAMETER = 225, 120, 110
# From its hairline to the chin the astronaut's face is then about 300 pixels high.
VIEW = clips.View(235.0, 140.0, 700.0)


def measure(
    folder: Path, runs: int, console: Console, *, frames: int = FRAMES, device: int = -1
) -> dict[str, Any]:
    """Run both in turn, print a table, and return the figures.

    Args:
        folder: where models and clips go, and stay.
        runs: of each.
        console: where the table goes.
        frames: of the clip.
        device: the number of an NVIDIA GPU for both; -1 takes the CPU.
    """
    folder = folder / "neural"
    analysis, swapper = models(folder)
    source, clip = inputs(folder / "target.mp4", frames)
    ours = _dlc_command(folder, analysis, swapper, source, clip)
    ours += ["--provider", "cpu" if device < 0 else "cuda"]
    # What is made once for a model is not part of a run.
    run(ours)
    theirs = [sys.executable, "-m", "tests.bench.insightface_loop", str(analysis), str(swapper)]
    theirs += [str(source), str(clip), str(folder / "insightface.mp4"), "--device", str(device)]
    pairs = [(run(ours), run(theirs)) for _ in range(runs)]
    figures = {
        name: _figures([pair[number] for pair in pairs])
        for number, name in enumerate(("dlc", "insightface"))
    }
    ratios = [_fps(pair[0]) / _fps(pair[1]) for pair in pairs]
    figures["ratio"] = Spread.of(ratios)
    console.print(_table(figures))
    return {"width": WIDTH, "height": HEIGHT, "frames": frames, "runs": runs, **figures}


def models(folder: Path) -> tuple[Path, Path]:
    """Write the stand-ins unless they are there; the swapper has the size of the real one."""
    analysis, swapper = folder / "analysis", folder / "inswapper.onnx"
    analysis.mkdir(parents=True, exist_ok=True)
    write_detector(analysis / "detector.onnx")
    write_arcface(analysis / "recognizer.onnx")
    if not swapper.exists():
        write_inswapper(swapper)
    return analysis, swapper


def inputs(clip: Path, frames: int, fps: int = 30) -> tuple[Path, Path]:
    """Write a clip of one face, and a photo beside it; return the photo and the clip."""
    photo = clips.astronaut()
    paint_face(photo, FACE_X, FACE_Y, FACE_DIAMETER)
    source = clip.with_name("source.png")
    cv2.imwrite(str(source), photo)
    move = clips.Clip(WIDTH, HEIGHT, fps, seconds=frames / fps, first=VIEW, last=VIEW)
    clips.write_clip(clip, move, photo)
    return source, clip


def _dlc_command(
    folder: Path, analysis: Path, swapper: Path, source: Path, clip: Path
) -> list[str]:
    return [*swap_command(source, clip, folder / "dlc.mp4"), *engine_options(analysis, swapper)]


def engine_options(analysis: Path, swapper: Path) -> list[str]:
    """Return the options that choose the neural engine with its stand-ins."""
    return [
        *("--engine", "inswapper", "--swapper-model", str(swapper)),
        *("--detector-model", str(analysis / "detector.onnx")),
        *("--recognizer-model", str(analysis / "recognizer.onnx")),
    ]


def _figures(runs: list[Run]) -> dict[str, Any]:
    reports = [json.loads(each.output) for each in runs]
    return {
        "faces": reports[0]["faces"],
        "milliseconds_per_frame": Spread.of([1000 / report["fps"] for report in reports]),
        "process_seconds": Spread.of([each.wall_seconds for each in runs]),
        "peak_mib": Spread.of([each.peak_mib for each in runs]),
    }


def _fps(done: Run) -> float:
    return float(json.loads(done.output)["fps"])


def _table(figures: dict[str, Any]) -> Table:
    table = Table("figure, median (least-most)", "dlc", "insightface", box=None, pad_edge=False)
    rows = {
        "faces": "faces swapped",
        "milliseconds_per_frame": "milliseconds a frame",
        "process_seconds": "seconds in all",
        "peak_mib": "peak memory, MiB",
    }
    for key, label in rows.items():
        table.add_row(label, *(str(figures[name][key]) for name in ("dlc", "insightface")))
    table.add_row("frames a second, dlc over insightface", f"{figures['ratio']:.2f}", "")
    return table
