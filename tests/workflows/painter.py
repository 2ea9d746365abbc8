"""Swappers for tests: they paint faces, so that it is easy to see what was swapped, and by whom."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from dlc.compositing.patch import Patch
from dlc.faces.face import Face
from dlc.faces.finder import Needs
from dlc.faces.tracking.tracker import load_tracker
from dlc.geometry import Box
from dlc.swapping.swapper import Pixels
from dlc.workflows.engines.engine import LoadedEngine

GREEN, BLUE = (0, 255, 0), (255, 0, 0)


class Painter:
    """Paints the box of every face green.

    Args:
        refuses: tells which faces it leaves alone, none by default.
    """

    source_needs = Needs.MESH
    target_needs = Needs.NOTHING

    def __init__(self, refuses: Callable[[Face], bool] = lambda _: False) -> None:
        self._refuses = refuses
        self.sources: list[tuple[Pixels, Face]] = []

    def prepare(self, sources: Sequence[tuple[Pixels, Face]]) -> dict[int, str]:
        self.sources = list(sources)
        return {}

    def another(self) -> Painter:
        return copy.copy(self)

    def swap(self, frame: Pixels, faces: Sequence[Face]) -> list[Patch | None]:
        if not self.sources:
            raise ValueError("the swapper was not prepared")
        return [self._paint(frame, face) for face in faces]

    def _paint(self, frame: Pixels, face: Face) -> Patch | None:
        left, top, right, bottom = (round(float(edge)) for edge in face.box)
        box = Box(left, top, right, bottom).clipped(frame.width, frame.height)
        if box.is_empty or self._refuses(face):
            return None
        paint = np.full((box.height, box.width, 3), GREEN, np.uint8)
        return Patch(box, paint, np.full((box.height, box.width), 255, np.uint8))


class Dyer:
    """Paints the middle of a face green or blue: green if its source is wider than high."""

    source_needs = Needs.MESH
    target_needs = Needs.NOTHING

    def __init__(self, source_needs: Needs = Needs.MESH) -> None:
        self.source_needs = source_needs
        self._color: tuple[int, int, int] | None = None

    def prepare(self, sources: Sequence[tuple[Pixels, Face]]) -> dict[int, str]:
        photo, _ = sources[0]
        self._color = GREEN if photo.width > photo.height else BLUE
        return {}

    def another(self) -> Dyer:
        return copy.copy(self)

    def swap(self, frame: Pixels, faces: Sequence[Face]) -> list[Patch | None]:
        assert self._color is not None
        patches: list[Patch | None] = []
        for face in faces:
            x, y = (float(each) for each in (face.box[:2] + face.box[2:]) / 2)
            box = Box(round(x) - 30, round(y) - 30, round(x) + 30, round(y) + 30)
            box = box.clipped(frame.width, frame.height)
            bgr = np.full((box.height, box.width, 3), self._color, np.uint8)
            patches.append(Patch(box, bgr, np.full(bgr.shape[:2], 255, np.uint8)))
        return patches


def painting(painter: Painter) -> Callable[[int], LoadedEngine]:
    """Return how to load an engine that finds faces as the built-in one does, and paints them."""
    return lambda _threads: LoadedEngine(load_tracker(), painter)


def green_share(bgr: NDArray[np.uint8]) -> float:
    """Return how much of a picture is painted, 0 to 1."""
    blue, green, red = (bgr[..., channel].astype(int) for channel in range(3))
    return float(np.mean((green > 180) & (blue < 80) & (red < 80)))
