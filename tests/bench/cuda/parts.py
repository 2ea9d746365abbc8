"""The parts of the measurement on an NVIDIA GPU, one after the other.

Weights are random, which changes no time. Without a GPU it says why and ends with exit code 1. What
cannot be measured stands among the figures with its reason, and everything is kept after each part:
the later ones run whole programs, and rented machines go away.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from dlc.graph.synthetic import write_inswapper
from dlc.host.detect import detect_host
from dlc.inference.fixed_buffers import Device
from dlc.inference.prepared import prepared_model
from dlc.inference.runtime import installed_runtime
from dlc.model_store.digest import DigestCache
from dlc.model_store.rewritten_files import RewrittenFiles
from dlc.model_store.role import Role
from tests.bench import graph_pixels, neural, neural_live
from tests.bench.cuda import card, models, targets, video
from tests.bench.cuda.modes import Subject
from tests.bench.failures import FAILURES, not_measured
from tests.nvidia_gpu import why_no_gpu

CLIP_FRAMES = 240

Keep = Callable[[dict[str, Any]], None]


class Record:
    """The figures so far, kept whenever there are more of them."""

    def __init__(self, console: Console, keep: Keep) -> None:
        self.figures: dict[str, Any] = {}
        self._console = console
        self._keep = keep

    def add(self, name: str, figures: Any) -> None:
        """Take in what a part has found, perhaps once more with more of it."""
        self.figures[name] = figures
        self._keep(self.figures)

    def attempt(self, name: str, part: Callable[[], Any]) -> None:
        """Measure a part; if that fails, its reason stands in place of its figures."""
        try:
            figures = part()
        except FAILURES as error:
            figures = not_measured(error)
            self._console.print(f"{name}: {figures['not_measured']}", markup=False)
        self.add(name, figures)


def measure(folder: Path, runs: int, console: Console, keep: Keep) -> dict[str, Any]:
    """Measure everything, print tables, and return the figures.

    Args:
        folder: where models and clips go, and stay.
        runs: of each command.
        console: where the tables go.
        keep: takes all figures so far, after each part.

    Raises:
        SystemExit: there is no NVIDIA GPU that ONNX Runtime can use.
    """
    host = detect_host(installed_runtime())
    reason = why_no_gpu(host)
    if reason is not None or host.nvidia.best is None:
        raise SystemExit(f"nothing to measure on: {reason}")
    subject = Subject(host, Device("cuda", host.nvidia.best))
    folder = folder / "cuda"
    folder.mkdir(parents=True, exist_ok=True)
    record = Record(console, keep)
    described = card.describe(host, subject.device)
    for name, value in described.items():
        console.print(f"{name}: {value}")
    record.add("gpu", described)
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    _measure_parts(record, subject, folder, runs, console, card.in_one_line(described, today))
    record.add("targets", targets.compare(record.figures, console))
    return record.figures


def _measure_parts(
    record: Record, subject: Subject, folder: Path, runs: int, console: Console, caption: str
) -> None:
    swapper = folder / "inswapper.onnx"
    if not swapper.exists():
        write_inswapper(swapper)
    files = RewrittenFiles(folder / "cache", DigestCache(folder / "cache" / "digests.json"))
    number = subject.device.number
    pixels = subject.route(Role.SWAPPER, use_tf32="0")

    def time_swapper() -> Any:
        model = prepared_model(swapper, subject.route(Role.SWAPPER), files)
        return models.swapper_rows(
            subject, model, console, keep=lambda rows: record.add("swapper", rows), caption=caption
        )

    record.attempt("numerics", lambda: models.numerics(subject, swapper, files, console))
    record.attempt("swapper", time_swapper)
    record.attempt(
        "detector", lambda: models.detector_rows(subject, folder, console, caption=caption)
    )
    record.attempt("pixels", lambda: graph_pixels.measure(console, pixels, subject.device))
    record.attempt("video", lambda: video.measure(folder, console, caption=caption))
    record.attempt("live", lambda: neural_live.measure(folder, console, device=number))
    record.attempt(
        "end_to_end",
        lambda: neural.measure(folder, runs, console, frames=CLIP_FRAMES, device=number),
    )
