"""The end of a run: a short table for people, one JSON object for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dlc.cli.flags import with_flags
from dlc.cli.printable import printable
from dlc.cli.times import format_duration
from dlc.counted import listed
from dlc.pipeline.report import PipelineReport
from dlc.workflows.result import Passage, SwapResult
from dlc.workflows.timecode import timecode

# More than these are in `--json` alone.
_SHOWN_PASSAGES = 6


def result_as_json(result: SwapResult) -> str:
    """Return the result as one line of ASCII JSON."""
    return json.dumps(plain_result(result))


def plain_result(result: SwapResult) -> dict[str, Any]:
    """Return the result as JSON can hold it; paths as text, times in seconds."""
    return {
        "output": str(result.output),
        "contact_sheet": str(result.contact_sheet) if result.contact_sheet else None,
        "engine": result.engine.value,
        "engine_reason": result.engine_reason,
        "models": [asdict(model) for model in result.models],
        "frames": result.frames,
        "faces": result.faces,
        "faces_left": result.faces_left,
        "passages_left": [
            {**asdict(each), "begin": round(each.begin, 3), "end": round(each.end, 3)}
            for each in result.passages_left
        ],
        "frames_lost": result.frames_lost,
        "fps": round(result.fps, 3),
        "seconds": round(result.seconds, 3),
        "processing_seconds": round(result.processing_seconds, 3),
        "stages": _stages(result.pipeline),
        "notes": list(map(with_flags, result.notes)),
    }


def _stages(report: PipelineReport) -> list[dict[str, Any]]:
    return [
        {
            "name": stage.name,
            "items": stage.items,
            "busy_seconds": round(stage.busy_seconds, 3),
            "milliseconds_per_item": round(stage.milliseconds_per_item, 3),
        }
        for stage in report.stages
    ]


def show_result(console: Console, result: SwapResult, *, verbose: bool) -> None:
    """Print what was done, how fast, and where the time went."""
    show_rows(console, _rows(result))
    if verbose:
        console.print(stage_table(result.pipeline))


def show_rows(console: Console, rows: Iterable[tuple[str, str]]) -> None:
    """Print labels and values."""
    for label, value in rows:
        # A path stays in one piece, to be copied, however narrow the terminal is.
        console.print(Text.assemble((f"{label:<10}", "bold"), printable(value)), soft_wrap=True)


def _rows(result: SwapResult) -> Iterator[tuple[str, str]]:
    lost = f" ({result.frames_lost} could not be read)" if result.frames_lost else ""
    left = f" ({result.faces_left} left as they were)" if result.faces_left else ""
    yield "frames", f"{result.frames}{lost}"
    yield "faces", f"{result.faces}{left}"
    if result.passages_left:
        yield "left at", listed(list(map(_span, result.passages_left)), _SHOWN_PASSAGES)
    yield "speed", f"{result.fps:.1f} fps, {format_duration(result.seconds)} in all"
    yield "time", _shares(result.pipeline)
    for note in result.notes:
        yield "note", with_flags(note)
    if result.contact_sheet is not None:
        yield "pictures", str(result.contact_sheet)
    yield "output", str(result.output)


def _span(passage: Passage) -> str:
    """Return "0:07.92-0:10.40", or "0:11.20" where that is one moment."""
    begin, end = timecode(passage.begin), timecode(passage.end)
    return begin if begin == end else f"{begin}-{end}"


def _shares(report: PipelineReport) -> str:
    """Return "find 61 %, encode 48 %, ...": how much of the run each stage was busy."""
    busiest_first = sorted(report.stages, key=lambda stage: stage.busy_seconds, reverse=True)
    wall = report.wall_seconds or 1.0
    return ", ".join(
        f"{stage.name} {100 * stage.busy_seconds / wall:.0f} %" for stage in busiest_first
    )


def stage_table(report: PipelineReport) -> Table:
    """Return how long each stage took."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("stage")
    table.add_column("ms a frame", justify="right")
    table.add_column("seconds", justify="right")
    table.add_column("busy", justify="right")
    wall = report.wall_seconds or 1.0
    for stage in report.stages:
        table.add_row(
            stage.name,
            f"{stage.milliseconds_per_item:.1f}",
            f"{stage.busy_seconds:.2f}",
            f"{100 * stage.busy_seconds / wall:.0f} %",
        )
    return table
