"""What was found beside what was aimed at on a GPU like the H100, and what was not measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.cuda.modes import GRAPH
from tests.bench.speed import Spread

SWAP_MS = 2.0
LIVE_FPS = 120.0
TIMES_INSIGHTFACE = 3.0


def compare(figures: Mapping[str, Any], console: Console) -> list[dict[str, Any]]:
    """Print and return every target with what was measured: None where nothing was.

    Args:
        figures: of all parts, by name.
        console: where the table goes.
    """
    found = {
        "one swap by CUDA graph, ms": (_swap(figures), SWAP_MS, False),
        "live at 1920x1080, frames a second": (_live(figures), LIVE_FPS, True),
        "dlc over the insightface loop": (_ratio(figures), TIMES_INSIGHTFACE, True),
    }
    table = Table("target on an H100-class GPU", "aim", "found", "of the aim", box=None)
    rows = []
    for name, (value, aim, more_is_better) in found.items():
        ratio = None if value is None else (value / aim if more_is_better else aim / value)
        rows.append({"name": name, "aim": aim, "found": value, "times_the_aim": ratio})
        sign = "at least" if more_is_better else "at most"
        shown = ("not measured", "") if value is None else (f"{value:.2f}", f"{ratio:.2f}")
        table.add_row(name, f"{sign} {aim:g}", *shown)
    console.print(table)
    places: dict[str, list[str]] = {}
    for path, reason in missing(figures):
        places.setdefault(reason, []).append(path)
    for reason, paths in places.items():
        console.print(f"not measured: {'; '.join(paths)}: {reason}", markup=False)
    return rows


def missing(figures: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield what was not measured, and why, wherever it stands among the figures."""
    if isinstance(figures, Mapping):
        if "not_measured" in figures:
            yield path or str(figures.get("mode", "")), figures["not_measured"]
            return
        for name, value in figures.items():
            yield from missing(value, f"{path}, {name}" if path else name)
    elif isinstance(figures, list):
        # Lists of notes hold texts.
        for value in (each for each in figures if isinstance(each, Mapping)):
            parts = [str(value[key]) for key in ("mode", "batch") if key in value]
            yield from missing(value, ", ".join([path, *parts]))


def _swap(figures: Mapping[str, Any]) -> float | None:
    rows = figures.get("swapper")
    for row in rows if isinstance(rows, list) else []:
        if (row["mode"], row["batch"]) == (GRAPH.name, 1) and "ms_per_face" in row:
            return float(row["ms_per_face"])
    return None


def _live(figures: Mapping[str, Any]) -> float | None:
    fps = figures.get("live", {}).get("all", {}).get("processing_fps")
    return None if fps is None else float(fps)


def _ratio(figures: Mapping[str, Any]) -> float | None:
    ratio = figures.get("end_to_end", {}).get("ratio")
    return ratio.median if isinstance(ratio, Spread) else None
