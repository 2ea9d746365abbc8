"""Lets the target's own mouth show through a new face."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats
from dlc.compositing.hole import with_hole
from dlc.compositing.patch import Patch
from dlc.faces.face import Face
from dlc.faces.finder import Needs
from dlc.faces.landmarks.topology import load_topology
from dlc.faces.pixels import Pixels

# The points of 2d106det that lie on the lips.
_LIPS_106 = slice(52, 72)
# Margin of the hole around the lips, and softness of its edge, in mouth widths: the new face's lips
# may be fuller than the target's, and must not peek out.
_REACH = 0.12
_SOFTNESS = 0.06


class MouthMaskEffect:
    """Keeps the target's lips, teeth and tongue, so that speech is preserved."""

    name = "mouth"

    def __init__(self, needs: Needs) -> None:
        """Take the lips from the mesh or from the 106 points.

        Args:
            needs: `Needs.MESH` or `Needs.LANDMARKS_106`, whichever the engine's finder provides.
        """
        self.target_needs = needs
        self._lips_of_mesh = load_topology().outer_lips if needs is Needs.MESH else None

    def apply(self, frame: Pixels, face: Face, patch: Patch) -> Patch:
        """Return the patch without the mouth, or unchanged if no mouth was found."""
        del frame
        lips = self._lips(face)
        if lips is None:
            return patch
        width = float(np.ptp(lips, axis=0).max())
        return with_hole(patch, lips, _REACH * width, _SOFTNESS * width)

    def _lips(self, face: Face) -> Floats | None:
        if self._lips_of_mesh is None:
            return None if face.landmarks_106 is None else face.landmarks_106[_LIPS_106]
        return None if face.landmarks is None else face.landmarks[self._lips_of_mesh, :2]
