"""Blends a new face so that its border takes on the frame's colors."""

from __future__ import annotations

from dlc.compositing.patch import Patch
from dlc.compositing.poisson import cloned
from dlc.faces.face import Face
from dlc.faces.finder import Needs
from dlc.faces.pixels import Pixels


class PoissonEffect:
    """Blends by gradients; by far the slowest of all effects."""

    name = "poisson"
    target_needs = Needs.NOTHING

    def apply(self, frame: Pixels, face: Face, patch: Patch) -> Patch:
        """Return the patch, blended into the frame under it."""
        del face
        return cloned(patch, frame.region(patch.box))
