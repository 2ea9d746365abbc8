"""Enhancing faces in one of four frames, beside enhancing them in every frame.

How far the pictures differ is told by a model that sharpens, whose effect is known. How much faster
it is, is also told by a stand-in of GFPGAN's shape, from which only noise comes out.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from dlc.media.opening import open_target
from tests.bench.process import run
from tests.bench.speed import Spread, swap_command
from tests.enhancing.sharpeners import write_sharpener
from tests.graph.gfpgan import GfpganOptions, gfpgan_model

EVERY = 4
SIDE = 512
SECONDS = 3
CLIPS = ("talk_25fps_silent.mp4", "talk_glasses_audio.mp4")
# A quarter of GFPGAN's channels: a sixteenth of its work.
GFPGAN_WIDTH = 128

Errors = list[float]


def measure(folder: Path, source: Path, runs: int, console: Console) -> dict[str, Any]:
    """Measure both models on recorded clips, print a table, and return the figures."""
    folder = folder / "enhance"
    folder.mkdir(exist_ok=True)
    recorded = Path(__file__).parents[3] / "shared" / "data"
    sharpener = write_sharpener(folder / "sharpener.onnx", side=SIDE, layers=8)
    shaped = folder / "gfpgan.onnx"
    onnx.save(gfpgan_model(GfpganOptions(width=GFPGAN_WIDTH, side=SIDE)), shaped)
    figures = {}
    for name in CLIPS:
        clip = recorded / name
        figures[name] = {
            "psnr": _psnr(folder, source, clip, sharpener),
            "sharpener": _speed(folder, source, clip, sharpener, runs),
            "gfpgan_shaped": _speed(folder, source, clip, shaped, runs),
        }
    console.print(_table(figures))
    return {"every": EVERY, "seconds": SECONDS, "runs": runs, "clips": figures}


def _command(source: Path, clip: Path, output: Path, model: Path | None, every: int) -> list[str]:
    command = [*swap_command(source, clip, output), "--end", str(SECONDS), "--engine", "mesh"]
    if model is not None:
        command += ["--enhance", "gfpgan", "--enhancer-model", str(model)]
        command += ["--enhance-every", str(every)]
    return command


def _speed(folder: Path, source: Path, clip: Path, model: Path, runs: int) -> dict[str, Spread]:
    """Swap and enhance in every frame, in one of four, in every frame, ..."""
    fps: dict[int, list[float]] = {1: [], EVERY: []}
    for _ in range(runs):
        for every, values in fps.items():
            done = run(_command(source, clip, folder / "out.mp4", model, every))
            values.append(json.loads(done.output)["fps"])
    ratios = [fast / slow for fast, slow in zip(fps[EVERY], fps[1], strict=True)]
    return {
        "every_frame_fps": Spread.of(fps[1]),
        "one_of_four_fps": Spread.of(fps[EVERY]),
        "ratio": Spread.of(ratios),
    }


def _psnr(folder: Path, source: Path, clip: Path, model: Path) -> dict[str, float]:
    """Return how close one of four frames comes to every frame, on the pixels it changes.

    Beside it, how close faces are that are not enhanced at all.
    """
    outputs = [folder / f"{name}.mkv" for name in ("plain", "every", "sparse")]
    plan = ((None, 1), (model, 1), (model, EVERY))
    for output, (enhancer, every) in zip(outputs, plan, strict=True):
        run([*_command(source, clip, output, enhancer, every), "--encoder", "ffv1"])
    sparse: Errors = []
    nothing: Errors = []
    for plain, wanted, got in zip(*map(_frames, outputs), strict=True):
        face = (plain != wanted).any(axis=2)
        if face.any():
            sparse.append(_error(wanted, got, face))
            nothing.append(_error(wanted, plain, face))
    return {
        "one_of_four": _decibels(sparse),
        "worst_frame": _decibels([max(sparse)]),
        "not_enhanced": _decibels(nothing),
    }


def _frames(path: Path) -> Iterator[NDArray[np.uint8]]:
    with open_target(path) as reader:
        for frame in reader:
            yield frame.to_bgr()


def _error(wanted: NDArray[np.uint8], got: NDArray[np.uint8], where: NDArray[np.bool_]) -> float:
    difference = wanted[where].astype(float) - got[where]
    return float((difference**2).mean())


def _decibels(errors: Errors) -> float:
    return 10 * math.log10(255**2 / float(np.mean(errors)))


def _table(figures: dict[str, Any]) -> Table:
    table = Table("figure, median (least-most)", *figures, box=None, pad_edge=False)
    clips = figures.values()
    for key, label in {
        "one_of_four": "PSNR in the face, dB, one of four frames",
        "worst_frame": "  its worst frame",
        "not_enhanced": "  not enhanced at all",
    }.items():
        table.add_row(label, *(f"{clip['psnr'][key]:.1f}" for clip in clips))
    for model in ("sharpener", "gfpgan_shaped"):
        for key, label in {
            "every_frame_fps": f"{model}: frames a second, every frame",
            "one_of_four_fps": "  one of four frames",
            "ratio": "  how many times as many",
        }.items():
            table.add_row(label, *(f"{clip[model][key]:.2f}" for clip in clips))
    return table
