"""Copying a video with the GPU's own decoder and encoder, beside software."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from dlc.media.opening import open_output, open_target
from dlc.media.video import hardware
from dlc.media.video.writing.containers import container_for
from dlc.options import EncodeOptions, VideoDecoder
from tests.bench import neural
from tests.bench.failures import FAILURES, not_measured
from tests.bench.speed import Spread

FRAMES = 240
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Way:
    """What decodes and what encodes; an encoder of None is dlc's default."""

    decoder: VideoDecoder
    encoder: str | None


def measure(
    folder: Path, console: Console, *, frames: int = FRAMES, caption: str = ""
) -> dict[str, dict[str, Any]]:
    """Copy a clip in every way that works here, in turn; print a table and return the figures."""
    _, clip = neural.inputs(folder / "copied.mp4", frames)
    output = folder / "copy.mp4"
    rows = _rows(clip, output)
    fps: dict[str, list[float]] = {name: [] for name, way in rows.items() if isinstance(way, Way)}
    figures: dict[str, dict[str, Any]] = {
        name: way for name, way in rows.items() if isinstance(way, dict)
    }
    for _ in range(ROUNDS):
        for name, way in rows.items():
            if isinstance(way, Way) and name not in figures:
                try:
                    fps[name].append(_copy(clip, output, way, frames))
                except FAILURES as error:
                    figures[name] = not_measured(error)
    # In the order of the ways.
    figures = {name: figures.get(name) or {"fps": Spread.of(fps[name])} for name in rows}
    table = Table(f"copying {neural.WIDTH}x{neural.HEIGHT}", "frames a second", box=None,
                  caption=caption)  # fmt: skip
    for name, row in figures.items():
        table.add_row(name, row.get("not_measured") or f"{row['fps']:.0f}")
    console.print(table)
    return figures


def _rows(clip: Path, output: Path) -> dict[str, Way | dict[str, str]]:
    """Return the ways that a trial confirms, and why for the others.

    H100 and A100, for instance, have no NVENC, and containers often lack the decoder's library.
    """
    no_nvdec = _reason(partial(hardware.why_not_nvdec, clip))
    encoder, no_nvenc = hardware.working_nvenc(container_for(output))
    wanted: dict[str, tuple[VideoDecoder, bool]] = {
        "software": (VideoDecoder.SOFTWARE, False),
        "NVDEC": (VideoDecoder.NVDEC, False),
        "NVENC": (VideoDecoder.SOFTWARE, True),
        "NVDEC and NVENC": (VideoDecoder.NVDEC, True),
    }
    rows: dict[str, Way | dict[str, str]] = {}
    for name, (decoder, encodes) in wanted.items():
        reasons = []
        if decoder is VideoDecoder.NVDEC and no_nvdec:
            reasons.append(f"no NVDEC: {no_nvdec}")
        if encodes and encoder is None:
            reasons.append(f"no NVENC: {no_nvenc}")
        way = Way(decoder, encoder if encodes else None)
        rows[name] = {"not_measured": "; ".join(reasons)} if reasons else way
    return rows


def _reason(trial: Callable[[], str | None]) -> str | None:
    try:
        return trial()
    except FAILURES as error:
        return str(error)


def _copy(clip: Path, output: Path, way: Way, frames: int) -> float:
    began = time.perf_counter()
    with (
        open_target(clip, decoder=way.decoder) as reader,
        open_output(output, reader, EncodeOptions(encoder=way.encoder), overwrite=True) as writer,
    ):
        for frame in reader:
            writer.write(frame)
    return frames / (time.perf_counter() - began)
