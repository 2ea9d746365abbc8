"""The figures of a live run as a line, and what is said at its end."""

from __future__ import annotations

from rich.console import Console

from dlc.cli.console import say
from dlc.cli.flags import with_flags
from dlc.cli.times import format_duration
from dlc.counted import counted
from dlc.workflows.live.result import LiveResult
from dlc.workflows.live.stats import LiveStats


def describe_live(stats: LiveStats) -> str:
    """Return "12 s: 30.0 fps captured, 29.9 processed, ..." in one line."""
    parts = [
        f"{stats.capture_fps:.1f} fps captured",
        f"{stats.processing_fps:.1f} processed",
        f"{stats.output_fps:.1f} shown",
        f"latency {describe_latency(stats)}",
        f"{stats.dropped_frames} dropped",
        f"{stats.detections_per_s:.1f} detections a second",
        counted(stats.faces, "face"),
    ]
    if stats.hidden_frames:
        parts.append(f"{stats.hidden_frames} hidden")
    if stats.refused_frames:
        parts.append(f"{stats.refused_frames} refused")
    return f"{format_duration(stats.time_s)}: {', '.join(parts)}"


def show_live_result(console: Console, result: LiveResult, *, verbose: bool) -> None:
    """Print what was done, how fast, and where the time went."""
    done = f"{counted(result.frames, 'frame')}, {counted(result.faces, 'face')}"
    say(console, f"{done} swapped; {result.ended_by}")
    say(console, f"overall {describe_live(result.stats)}")
    for note in result.notes:
        say(console, with_flags(note), "yellow")
    if verbose:
        for stage in result.pipeline.stages:
            say(console, f"  {stage.name}: {stage.milliseconds_per_item:.1f} ms a frame", "dim")


def describe_latency(stats: LiveStats) -> str:
    """Return "27 ms (95 %: 42 ms)", or "unknown" before there is a figure."""
    if stats.latency_p50_ms is None or stats.latency_p95_ms is None:
        return "unknown"
    return f"{stats.latency_p50_ms:.0f} ms (95 %: {stats.latency_p95_ms:.0f} ms)"
