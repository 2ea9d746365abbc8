"""Sharpens a new face."""

from __future__ import annotations

from dlc.compositing.patch import Patch
from dlc.compositing.sharpening import sharpened
from dlc.faces.face import Face
from dlc.faces.finder import Needs
from dlc.faces.pixels import Pixels


class SharpnessEffect:
    """Emphasizes the new face's detail; nothing around it changes."""

    name = "sharpen"
    target_needs = Needs.NOTHING

    def __init__(self, amount: float) -> None:
        """Sharpen by an amount of 0 to 1, as defined in `dlc.compositing.sharpening`."""
        self._amount = amount

    def apply(self, frame: Pixels, face: Face, patch: Patch) -> Patch:
        """Return the patch, sharper."""
        del frame, face
        return sharpened(patch, self._amount)
