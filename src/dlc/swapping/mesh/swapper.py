"""The built-in swap engine: puts the source's skin on the target's moving face mesh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from dlc.arrays import Floats
from dlc.compositing.patch import Patch
from dlc.faces.face import Face
from dlc.faces.finder import Needs
from dlc.faces.landmarks.credibility import credibility
from dlc.swapping.mesh.face_memory import FaceMemory
from dlc.swapping.mesh.foreground.cover import CoverFinder
from dlc.swapping.mesh.layout import load_layout
from dlc.swapping.mesh.source.source import build_source
from dlc.swapping.mesh.transfer import FaceTransfer
from dlc.swapping.mesh.view import look
from dlc.swapping.swapper import Pixels
from dlc.swapping.track_memory import TrackMemory


class MeshSwapper:
    """Swaps faces that carry landmarks, without any downloads.

    A texture swap: the outline of the head, hair and ears stay the target's, and so do pose, gaze,
    blinks, speech and light; skin, brows, nose, lips, iris color and, in part, proportions become
    the source's.
    """

    source_needs = Needs.MESH
    target_needs = Needs.MESH

    def __init__(self, *, keep_covers: bool = True, transfer: FaceTransfer | None = None) -> None:
        """Load the atlas.

        Args:
            keep_covers: keep what comes in front of a target's face visible.
            transfer: of a source person who is prepared already; None if `prepare` will be called.

        Raises:
            ModelError: a built-in model file is missing.
        """
        self._layout = load_layout()
        self._covers = CoverFinder(self._layout) if keep_covers else None
        self._transfer = transfer
        self._tracks = TrackMemory(FaceMemory)

    def prepare(self, sources: Sequence[tuple[Pixels, Face]]) -> None:
        """Prepare the source person; every face needs landmarks.

        Everything known about target faces is forgotten.

        Raises:
            ValueError: there are no sources, a face has no landmarks, or one is outside its photo.
        """
        if not sources:
            raise ValueError("the mesh engine needs at least one source photo")
        photos = [(photo, _landmarks(face)) for photo, face in sources]
        source = build_source(photos, self._layout)
        self._transfer = FaceTransfer(source, self._layout, self._covers)
        self._tracks.clear()

    def another(self) -> MeshSwapper:
        """Return a swapper with the same source and its own memory of target faces."""
        return MeshSwapper(keep_covers=self._covers is not None, transfer=self._transfer)

    def swap(self, frame: Pixels, faces: Sequence[Face]) -> list[Patch | None]:
        """Return each swapped face, or None if a credible swap is impossible.

        That is the case for a face whose landmarks cannot be trusted, such as a profile, and for
        one mostly outside the frame. As a head turns away, it fades into the target's own face.

        Raises:
            ValueError: a face has no landmarks.
            RuntimeError: there is no source yet.
        """
        if self._transfer is None:
            raise RuntimeError("call prepare with a source before swap")
        return [self._swap_face(self._transfer, frame, face) for face in faces]

    def _swap_face(self, transfer: FaceTransfer, frame: Pixels, face: Face) -> Patch | None:
        landmarks = _landmarks(face)
        opacity = credibility(face)
        view = look(frame, landmarks, self._layout) if opacity > 0 else None
        if view is None:
            return None
        patch = transfer.apply(view, self._tracks.recall(face.track_id))
        if opacity < 1:
            alpha = np.asarray(cv2.convertScaleAbs(patch.alpha, alpha=opacity), np.uint8)
            patch = replace(patch, alpha=alpha)
        return patch


def _landmarks(face: Face) -> Floats:
    if face.landmarks is None:
        raise ValueError("the mesh engine needs faces with landmarks")
    return face.landmarks
