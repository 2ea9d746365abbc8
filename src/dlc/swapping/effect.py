"""The interface of whatever changes a swapped face before it is pasted."""

from __future__ import annotations

from typing import Protocol

from dlc.compositing.patch import Patch
from dlc.faces.face import Face
from dlc.faces.finder import Needs
from dlc.faces.pixels import Pixels


class PatchEffect(Protocol):
    """Changes patches, for instance their opacity or their detail; called from one thread.

    Frames come in order, and the faces of a frame as the finder gave them, so an effect may carry
    something from frame to frame under a face's track id.
    """

    @property
    def name(self) -> str:
        """What reports call it, in one word."""

    @property
    def target_needs(self) -> Needs:
        """What it reads of a target face besides its box and its five points."""

    def apply(self, frame: Pixels, face: Face, patch: Patch) -> Patch:
        """Return the patch as it is to be pasted.

        Args:
            frame: as it came, without any patch.
            face: the face that was swapped.
            patch: the new face, inside the frame.
        """
