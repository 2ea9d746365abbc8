"""Shows how a live run is doing: a table on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import rich.live
from rich.console import Console
from rich.table import Table

from dlc.cli.display.display import Display, DrawnDisplay, LineDisplay
from dlc.cli.reports.live import describe_latency, describe_live
from dlc.cli.times import format_duration
from dlc.workflows.live.stats import LiveStats


def live_display_for(console: Console, *, quiet: bool) -> Display[LiveStats]:
    """Return what suits the console: a table, lines, or nothing."""
    if quiet:
        return Display()
    if console.is_terminal:
        return TableDisplay(console)
    return LineDisplay(console, describe_live, wait=0.0)


class TableDisplay(DrawnDisplay[LiveStats]):
    """Draws a table that is gone when the context ends."""

    def __init__(self, console: Console) -> None:
        self._live = rich.live.Live(console=console, transient=True, auto_refresh=False)
        super().__init__(self._live)

    def update(self, stats: LiveStats, /) -> None:
        """Redraw the table."""
        self._live.update(_table(stats), refresh=True)


def _table(stats: LiveStats) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="dim")
    table.add_column()
    table.add_row("time", format_duration(stats.time_s))
    table.add_row("captured", f"{stats.capture_fps:.1f} fps")
    table.add_row("processed", f"{stats.processing_fps:.1f} fps")
    table.add_row("shown", f"{stats.output_fps:.1f} fps")
    table.add_row("latency", describe_latency(stats))
    table.add_row("dropped", f"{stats.dropped_frames} frames")
    table.add_row("detections", f"{stats.detections_per_s:.1f} a second")
    table.add_row("faces", str(stats.faces))
    if stats.hidden_frames:
        table.add_row("hidden", f"{stats.hidden_frames} frames")
    if stats.refused_frames:
        table.add_row("refused", f"{stats.refused_frames} frames")
    return table
