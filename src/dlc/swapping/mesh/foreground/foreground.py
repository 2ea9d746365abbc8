"""All that is in front of a target's face, except lettering, which does not move with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import resize
from dlc.swapping.mesh.face_memory import FaceMemory
from dlc.swapping.mesh.flat_face import DETAIL_SIZE, FlatFace
from dlc.swapping.mesh.foreground.cover import CoverFinder
from dlc.swapping.mesh.foreground.rims import RimThinner
from dlc.swapping.mesh.foreground.sunglasses import SunglassesFinder
from dlc.swapping.mesh.foreground.worn import load_worn_finder
from dlc.swapping.mesh.layout import Layout


@dataclass(frozen=True, slots=True, eq=False)
class Foreground:
    """What is in front of a face, in the atlas.

    Attributes:
        broad: float32 (TONE_SIZE, TONE_SIZE), 0 to 1: hair, and what has come in front.
        rigid: float32 (DETAIL_SIZE, DETAIL_SIZE), 0 to 1: glasses; None if there are none.
        bare: float32 (TONE_SIZE, TONE_SIZE), 1 where skin can be seen.
    """

    broad: Floats
    rigid: Floats | None
    bare: Floats


class ForegroundFinder:
    """Finds what is in front of a face; what is known of a target is in its `FaceMemory`."""

    def __init__(self, layout: Layout, covers: CoverFinder | None) -> None:
        """Prepare for one atlas layout; without `covers`, nothing new in front is looked for.

        Raises:
            ModelError: the built-in model file is missing or damaged.
        """
        self._worn = load_worn_finder(layout)
        self._rims = RimThinner(layout)
        self._covers = covers
        self._sunglasses = SunglassesFinder(layout)

    def find(self, face: FlatFace, memory: FaceMemory) -> Foreground:
        """Look at a frame, and update what is known about the target."""
        worn = self._worn.update(face.broad, face.seen, memory.worn)
        broad = worn.hair
        rigid = None if worn.eyewear is None else self._rims.thin(worn.eyewear, face.luma)
        if self._covers is not None:
            broad = np.maximum(broad, self._covers.find(face.broad, face.seen, memory.cover))
        covered = broad if rigid is None else np.maximum(broad, resize(rigid, broad.shape))
        lenses = self._sunglasses.update(face.broad, face.seen, memory.sunglasses)
        if lenses is not None:
            whole = resize(lenses, (DETAIL_SIZE, DETAIL_SIZE))
            rigid = whole if rigid is None else np.maximum(rigid, whole)
            covered = np.maximum(covered, lenses)
        return Foreground(broad, rigid, 1 - covered)
