"""Lets the old face show through the new one."""

from __future__ import annotations

from dlc.compositing.opacity import faded
from dlc.compositing.patch import Patch
from dlc.faces.face import Face
from dlc.faces.finder import Needs
from dlc.faces.pixels import Pixels


class OpacityEffect:
    """Lets the frame show through the new face."""

    name = "fade"
    target_needs = Needs.NOTHING

    def __init__(self, opacity: float) -> None:
        """Scale the new face's opacity by `opacity`, 0 to 1."""
        self._opacity = opacity

    def apply(self, frame: Pixels, face: Face, patch: Patch) -> Patch:
        """Return the patch, less opaque."""
        del frame, face
        return faded(patch, self._opacity)
