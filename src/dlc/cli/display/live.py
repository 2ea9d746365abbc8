"""Shows how a live run is doing: a table on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol, Self

import rich.live
from rich.console import Console
from rich.table import Table

from dlc.cli.console import say
from dlc.cli.times import format_duration
from dlc.workflows.live.result import LiveResult
from dlc.workflows.live.stats import LiveStats

# Often enough to see that a run lives, seldom enough for a log file.
LINE_SECONDS = 5.0


class LiveDisplay(AbstractContextManager["LiveDisplay"], Protocol):
    """Something that shows figures while its context lasts."""

    def update(self, stats: LiveStats) -> None:
        """Show `stats`; called every second."""


def live_display_for(console: Console, *, quiet: bool) -> LiveDisplay:
    """Return what suits the console: a table, lines, or nothing."""
    if quiet:
        return NoLiveDisplay()
    return TableDisplay(console) if console.is_terminal else LiveLineDisplay(console)


class NoLiveDisplay:
    """Shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        return None

    def update(self, stats: LiveStats) -> None:
        """Do nothing."""


class LiveLineDisplay(NoLiveDisplay):
    """Prints a line every few seconds."""

    def __init__(self, console: Console, interval: float = LINE_SECONDS) -> None:
        self._console = console
        self._interval = interval
        self._next = time.monotonic()

    def update(self, stats: LiveStats) -> None:
        """Print `stats` if the last line is old enough."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + self._interval
            say(self._console, describe_live(stats))


class TableDisplay(NoLiveDisplay):
    """Draws a table that is gone when the context ends."""

    def __init__(self, console: Console) -> None:
        self._live = rich.live.Live(console=console, transient=True, auto_refresh=False)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._live.stop()

    def update(self, stats: LiveStats) -> None:
        """Draw the table anew."""
        self._live.update(_table(stats), refresh=True)


def describe_live(stats: LiveStats) -> str:
    """Return "12 s: 30.0 fps captured, 29.9 processed, ..." in one line."""
    parts = [
        f"{stats.capture_fps:.1f} fps captured",
        f"{stats.processing_fps:.1f} processed",
        f"{stats.output_fps:.1f} shown",
        f"latency {_latency(stats)}",
        f"{stats.dropped_frames} dropped",
        f"{stats.detections_per_s:.1f} detections a second",
        f"{stats.faces} faces",
    ]
    if stats.hidden_frames:
        parts.append(f"{stats.hidden_frames} hidden")
    if stats.refused_frames:
        parts.append(f"{stats.refused_frames} refused")
    return f"{format_duration(stats.time_s)}: {', '.join(parts)}"


def show_live_result(console: Console, result: LiveResult, *, verbose: bool) -> None:
    """Print what was done, how fast, and where the time went."""
    say(console, f"{result.frames} frames, {result.faces} faces swapped; {result.ended_by}")
    say(console, f"over all {describe_live(result.stats)}")
    for note in result.notes:
        say(console, note, "yellow")
    if verbose:
        for stage in result.pipeline.stages:
            say(console, f"  {stage.name}: {stage.milliseconds_per_item:.1f} ms a frame", "dim")


def _latency(stats: LiveStats) -> str:
    if stats.latency_p50_ms is None or stats.latency_p95_ms is None:
        return "unknown"
    return f"{stats.latency_p50_ms:.0f} ms (95 %: {stats.latency_p95_ms:.0f} ms)"


def _table(stats: LiveStats) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim")
    table.add_column()
    table.add_row("time", format_duration(stats.time_s))
    table.add_row("captured", f"{stats.capture_fps:.1f} fps")
    table.add_row("processed", f"{stats.processing_fps:.1f} fps")
    table.add_row("shown", f"{stats.output_fps:.1f} fps")
    table.add_row("latency", _latency(stats))
    table.add_row("dropped", f"{stats.dropped_frames} frames")
    table.add_row("detections", f"{stats.detections_per_s:.1f} a second")
    table.add_row("faces", str(stats.faces))
    if stats.hidden_frames:
        table.add_row("hidden", f"{stats.hidden_frames} frames")
    if stats.refused_frames:
        table.add_row("refused", f"{stats.refused_frames} frames")
    return table
