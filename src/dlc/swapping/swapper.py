"""The interface every swap engine has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dlc.compositing.patch import Patch
from dlc.faces.face import Face
from dlc.geometry import Box


class Pixels(Protocol):
    """The part of a frame a swapper reads; `dlc.media.frame.Frame` is one."""

    @property
    def width(self) -> int:
        """Width of the upright frame in pixels."""

    @property
    def height(self) -> int:
        """Height of the upright frame in pixels."""

    def region(self, box: Box) -> NDArray[np.uint8]:
        """Return uint8 (h, w, 3) BGR pixels of `box`, which lies inside the frame."""


class FaceSwapper(Protocol):
    """Replaces faces by the face it was prepared with; called from one thread."""

    def prepare(self, sources: Sequence[tuple[Pixels, Face]]) -> None:
        """Learn the source person from one or more photos, each with the face to use."""

    def swap(self, frame: Pixels, face: Face) -> Patch | None:
        """Return new pixels for `face`, or None where a credible swap is not possible."""
