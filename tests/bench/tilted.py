"""What looking for faces that lie or hang adds to finding faces in a video."""

from __future__ import annotations

import time
from typing import Any

import cv2
import numpy as np
import skimage.data
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from dlc.faces.tracking.tracker import FaceTracker, TrackerOptions, load_tracker
from tests import clips
from tests.bench.speed import Spread
from tests.faces.pictures import Picture

WIDTH, HEIGHT = 960, 540
FRAMES = 120
FPS = 30.0

Image = NDArray[np.uint8]


def measure(console: Console) -> dict[str, Any]:
    """Time the tracker with and without it, frame by frame in turn; print a table."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        figures = {name: _compare(bgr) for name, bgr in _scenes().items()}
    finally:
        cv2.setNumThreads(threads)
    console.print(f"\n[bold]{WIDTH}x{HEIGHT}[/], {FRAMES} frames, milliseconds of CPU time a frame")
    console.print(_table(figures))
    return {"width": WIDTH, "height": HEIGHT, "frames": FRAMES, "milliseconds": figures}


def _scenes() -> dict[str, Image]:
    wall = skimage.data.coffee()[..., ::-1]
    empty = np.asarray(cv2.resize(np.ascontiguousarray(wall), (WIDTH, HEIGHT)), np.uint8)
    scenes = {"no face": empty}
    for turns, name in enumerate(("an upright face", "a lying face", "a hanging face")):
        scenes[name] = empty.copy()
        scenes[name][14:526, 224:736] = np.rot90(clips.astronaut(), turns)
    return scenes


def _compare(bgr: Image) -> dict[str, Any]:
    """Return what both ways find, how long they take on average, and their slowest frames."""
    ways = {
        name: load_tracker(TrackerOptions(tilted=tilted))
        for name, tilted in (("upright", False), ("tilted", True))
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    found = dict.fromkeys(ways, 0)
    for number in range(FRAMES):
        # A camera that trembles a little.
        picture = Picture(np.roll(bgr, number % 7, axis=1), number / FPS)
        for name, tracker in ways.items():
            milliseconds, faces = _timed(tracker, picture)
            times[name].append(milliseconds)
            found[name] += faces
    return {
        name: {"faces": found[name], "mean": float(np.mean(spent)), "each": Spread.of(spent)}
        for name, spent in times.items()
    }


def _timed(tracker: FaceTracker, picture: Picture) -> tuple[float, int]:
    began = time.process_time()
    faces = tracker.find(picture)
    return 1000 * (time.process_time() - began), len(faces)


def _table(figures: dict[str, dict[str, Any]]) -> Table:
    table = Table("", "way", "faces", "mean", "slowest")
    for scene, ways in figures.items():
        for name, way in ways.items():
            table.add_row(
                scene, name, str(way["faces"]), f"{way['mean']:.1f}", f"{way['each'].high:.1f}"
            )
    return table
