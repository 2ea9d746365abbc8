"""The interface of effects that change a swapped face before it is pasted."""

from __future__ import annotations

from typing import Protocol

from dlc.compositing.patch import Patch
from dlc.faces.face import Face
from dlc.faces.finder import Needs
from dlc.faces.pixels import Pixels


class PatchEffect(Protocol):
    """Changes patches, such as their opacity or detail; called from one thread.

    Frames come in order, and the faces in a frame in the finder's order, so an effect may keep
    state from frame to frame under a face's track id.
    """

    @property
    def name(self) -> str:
        """Its name in reports, one word."""

    @property
    def target_needs(self) -> Needs:
        """What it needs of a target face besides its box and five points."""

    def apply(self, frame: Pixels, face: Face, patch: Patch) -> Patch:
        """Return the patch to paste.

        Args:
            frame: the unmodified frame, without any patch.
            face: the face that was swapped.
            patch: the new face, inside the frame.
        """
