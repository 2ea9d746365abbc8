"""All that is in front of a target's face, except lettering, which does not move with it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dlc.arrays import Floats, Gray
from dlc.compositing.filters import grow, resize
from dlc.faces.landmarks.pose import Pose
from dlc.swapping.mesh.face_memory import FaceMemory
from dlc.swapping.mesh.flat_face import DETAIL_SIZE, FlatFace
from dlc.swapping.mesh.foreground.cover import CoverFinder
from dlc.swapping.mesh.foreground.eyewear import EyewearFinder
from dlc.swapping.mesh.foreground.fringe import FringeFinder
from dlc.swapping.mesh.foreground.hair import HairFinder
from dlc.swapping.mesh.foreground.sunglasses import SunglassesFinder
from dlc.swapping.mesh.foreground.thin_lines import LineFinder
from dlc.swapping.mesh.foreground.usual_light import UsualLight
from dlc.swapping.mesh.layout import Layout

# Lines within this many pixels of glasses are part of them.
_NEAR_GLASSES = 3


@dataclass(frozen=True, slots=True, eq=False)
class Foreground:
    """What is in front of a face, in the atlas.

    Attributes:
        broad: float32 (TONE_SIZE, TONE_SIZE), 0 to 1: hair, and what has come in front.
        rigid: float32 (DETAIL_SIZE, DETAIL_SIZE), 0 to 1: glasses and lines; None if there is none.
        bare: float32 (TONE_SIZE, TONE_SIZE), 1 where skin can be seen.
    """

    broad: Floats
    rigid: Floats | None
    bare: Floats


class ForegroundFinder:
    """Finds what is in front of a face; what is known of a target is in its `FaceMemory`."""

    def __init__(self, layout: Layout, covers: CoverFinder | None) -> None:
        """Prepare for one atlas layout; without `covers`, nothing new in front is looked for."""
        self._hair = HairFinder(layout)
        self._fringe = FringeFinder(layout)
        self._covers = covers
        self._light = UsualLight(layout, DETAIL_SIZE)
        self._sunglasses = SunglassesFinder(layout)
        self._eyewear = EyewearFinder(layout, DETAIL_SIZE)
        self._lines = LineFinder(layout, DETAIL_SIZE)

    def find(self, face: FlatFace, pose: Pose, memory: FaceMemory) -> Foreground:
        """Look at a frame, and update what is known about the target."""
        hair = self._hair.find(face.broad, face.seen)
        fringe = self._fringe.update(face.luma, face.seen, hair, memory.fringe)
        broad = memory.hair.update(np.maximum(hair, fringe))
        if self._covers is not None:
            broad = np.maximum(broad, self._covers.find(face.broad, face.seen, memory.cover))
        lit = self._light.show(face.luma)
        worn = self._eyewear.update(lit, pose, memory.eyewear)
        lenses = self._sunglasses.update(face.broad, face.seen, memory.sunglasses)
        covered = broad if worn is None else np.maximum(broad, resize(worn, broad.shape))
        thin = self._thin(lit, worn, lenses is not None, memory)
        if lenses is None:
            return Foreground(broad, thin, 1 - covered)
        whole = resize(lenses, (DETAIL_SIZE, DETAIL_SIZE))
        rigid = whole if thin is None else np.maximum(thin, whole)
        return Foreground(broad, rigid, 1 - np.maximum(covered, lenses))

    def _thin(
        self, luma: Gray, worn: Floats | None, has_lenses: bool, memory: FaceMemory
    ) -> Floats | None:
        """Return where thin things are: glasses, what belongs to them, and strands of hair."""
        often = memory.lines.update(self._lines.lines(luma))
        lines = self._lines.matte(often, keep_eyewear=has_lenses or worn is not None)
        if worn is None or lines is None:
            return lines if worn is None else worn
        others = np.maximum(grow(worn, _NEAR_GLASSES), self._lines.away)
        return np.maximum(worn, np.minimum(lines, others))
