"""Pastes only part of a new face, with an edge of the requested softness."""

from __future__ import annotations

from dlc.compositing.box_mask import Padding, feathered, padded
from dlc.compositing.patch import Patch
from dlc.faces.face import Face
from dlc.faces.finder import Needs
from dlc.faces.pixels import Pixels

# Default softness of a cut, as a share of the face.
_FEATHER = 0.08


class BoxMaskEffect:
    """Cuts the new face at its four sides, which turn with the head, and softens its rim."""

    name = "box"
    target_needs = Needs.NOTHING

    def __init__(self, padding: Padding, feather: float | None) -> None:
        """Set how much to cut.

        Args:
            padding: how much of each side is left to the target.
            feather: softness of the rim and of the cuts, as a share of the face; None leaves the
                engine's rim unchanged.
        """
        self._padding = padding
        self._feather = feather

    def apply(self, frame: Pixels, face: Face, patch: Patch) -> Patch:
        """Return the patch, smaller and softer."""
        del frame
        if not patch.alpha.any():
            return patch
        feather = _FEATHER if self._feather is None else self._feather
        if self._feather is not None:
            patch = feathered(patch, feather)
        if any(self._padding.sides):
            patch = padded(patch, self._padding, face.roll, feather)
        return patch
