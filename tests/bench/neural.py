"""The neural engine at full size, beside a plain insightface loop; the weights are random."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import cv2
from rich.console import Console
from rich.table import Table

from dlc.graph.synthetic import write_inswapper
from tests import clips
from tests.bench.failures import not_measured
from tests.bench.process import CommandError, Run, run
from tests.bench.speed import Spread, swap_command
from tests.stand_ins import paint_face, write_arcface, write_detector

WIDTH, HEIGHT = 1920, 1080
FRAMES = 8
# What the detector's stand-in takes for a face, on the astronaut's own.
FACE_X, FACE_Y, FACE_DIAMETER = 225, 120, 110
# From its hairline to the chin the astronaut's face is then about 300 pixels high.
VIEW = clips.View(235.0, 140.0, 700.0)
_PROGRAMS = ("dlc", "insightface")


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
    # What is made once for a model is not part of a run; whether it can be shows in the first.
    with suppress(CommandError):
        run(ours)
    theirs = [sys.executable, "-m", "tests.bench.insightface_loop", str(analysis), str(swapper)]
    theirs += [str(source), str(clip), str(folder / "insightface.mp4"), "--device", str(device)]
    done = _in_turn(dict(zip(_PROGRAMS, (ours, theirs), strict=True)), runs)
    figures = {
        name: _figures(found) if isinstance(found, list) else found for name, found in done.items()
    }
    if device >= 0:
        figures = {name: _on_gpu(found) for name, found in figures.items()}
    figures["ratio"] = _ratio(figures, done)
    console.print(_table(figures))
    for name in _PROGRAMS:
        if "not_measured" in figures[name]:
            console.print(f"{name}: not measured: {figures[name]['not_measured']}", markup=False)
    return {"width": WIDTH, "height": HEIGHT, "frames": frames, "runs": runs, **figures}


def _in_turn(commands: Mapping[str, list[str]], runs: int) -> dict[str, list[Run] | dict[str, str]]:
    """Run A, B, A, B, ...; one that fails leaves the others their turns, and its reason."""
    done: dict[str, list[Run] | dict[str, str]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            so_far = done[name]
            if isinstance(so_far, list):
                try:
                    so_far.append(run(command))
                except CommandError as error:
                    done[name] = not_measured(error)
    return done


def _on_gpu(figures: dict[str, Any]) -> dict[str, Any]:
    """Return figures of a program on the GPU; ONNX Runtime is silent where it took the CPU."""
    providers = figures.get("providers")
    if providers and providers[0] != "CUDAExecutionProvider":
        return {"not_measured": f"it ran by {', '.join(providers)}"}
    # A process begins with the memory of the one that started it, which has a GPU's libraries here.
    return {key: value for key, value in figures.items() if key != "peak_mib"}


def _ratio(
    figures: Mapping[str, Any], done: Mapping[str, list[Run] | dict[str, str]]
) -> Spread | dict[str, str]:
    """Return how many times as many frames a second dlc made, pair by pair."""
    for name in done:
        if "not_measured" in figures[name]:
            return {"not_measured": f"{name} has no figures"}
    ours, theirs = done["dlc"], done["insightface"]
    return Spread.of([_fps(one) / _fps(other) for one, other in zip(ours, theirs, strict=True)])


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
    # By what models ran: dlc tells of each, and why not by something faster.
    told = {key: reports[0][key] for key in ("models", "notes", "providers") if key in reports[0]}
    return {
        "faces": reports[0]["faces"],
        "fps": Spread.of([report["fps"] for report in reports]),
        "milliseconds_per_frame": Spread.of([1000 / report["fps"] for report in reports]),
        "process_seconds": Spread.of([each.wall_seconds for each in runs]),
        "peak_mib": Spread.of([each.peak_mib for each in runs]),
        **told,
    }


def _fps(done: Run) -> float:
    return float(json.loads(done.output)["fps"])


def _table(figures: dict[str, Any]) -> Table:
    table = Table("figure, median (least-most)", "dlc", "insightface", box=None, pad_edge=False)
    rows = {
        "faces": "faces swapped",
        "fps": "frames a second",
        "milliseconds_per_frame": "milliseconds a frame",
        "process_seconds": "seconds in all",
        "peak_mib": "peak memory, MiB",
    }
    for key, label in rows.items():
        if any(key in figures[name] for name in _PROGRAMS):
            cells = (figures[name].get(key, "not measured") for name in _PROGRAMS)
            table.add_row(label, *map(str, cells))
    ratio = figures["ratio"]
    shown = f"{ratio:.2f}" if isinstance(ratio, Spread) else ratio["not_measured"]
    table.add_row("frames a second, dlc over insightface", shown, "")
    return table
