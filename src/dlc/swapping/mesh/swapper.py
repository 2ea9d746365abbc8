"""The built-in swap engine: puts the source's skin on the target's moving face mesh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dlc.arrays import Floats
from dlc.compositing.opacity import faded
from dlc.compositing.patch import Patch
from dlc.faces.face import Face
from dlc.faces.finder import Needs
from dlc.faces.hands.hand import Hand
from dlc.faces.hands.hand_tracker import HandTracker
from dlc.faces.landmarks.credibility import credibility
from dlc.faces.pixels import Pixels, TrackableFrame
from dlc.swapping.mesh.face_memory import FaceMemory
from dlc.swapping.mesh.foreground.cover import CoverFinder
from dlc.swapping.mesh.foreground.hands import hand_matte
from dlc.swapping.mesh.layout import load_layout
from dlc.swapping.mesh.source.source import build_source
from dlc.swapping.mesh.transfer import FaceTransfer
from dlc.swapping.mesh.view import look
from dlc.swapping.track_memory import TrackMemory


class MeshSwapper:
    """Swaps faces that carry landmarks, without any downloads.

    A texture swap: the outline of the head, hair and ears stay the target's, and so do pose, gaze,
    blinks, speech and light; skin, brows, nose, lips, iris color and, in part, proportions become
    the source's.
    """

    source_needs = Needs.MESH
    target_needs = Needs.MESH

    def __init__(
        self,
        *,
        keep_covers: bool = True,
        hands: HandTracker | None = None,
        transfer: FaceTransfer | None = None,
    ) -> None:
        """Load the atlas.

        Args:
            keep_covers: keep what comes in front of a target's face visible.
            hands: finds hands, to keep these visible, too; None paints over bare ones.
            transfer: of a source person who is prepared already; None if `prepare` will be called.

        Raises:
            ModelError: a built-in model file is missing.
        """
        self._layout = load_layout()
        self._covers = CoverFinder(self._layout) if keep_covers else None
        self._hands = hands
        self._transfer = transfer
        self._tracks = TrackMemory(FaceMemory)

    def prepare(self, sources: Sequence[tuple[Pixels, Face]]) -> dict[int, str]:
        """Prepare the source person; every face needs landmarks.

        Everything known about target faces is forgotten.

        Returns:
            What makes photos poor sources, by their numbers; nothing of good ones.

        Raises:
            ValueError: there are no sources, a face has no landmarks, or one is outside its photo.
        """
        if not sources:
            raise ValueError("the built-in engine needs at least one source photo")
        photos = [(photo, _landmarks(face)) for photo, face in sources]
        source = build_source(photos, self._layout)
        self._transfer = FaceTransfer(source, self._layout, self._covers)
        self._tracks.clear()
        if self._hands is not None:
            self._hands.reset()
        return source.flaws

    def another(self) -> MeshSwapper:
        """Return a swapper with the same source and its own memory of target faces."""
        return MeshSwapper(
            keep_covers=self._covers is not None,
            hands=None if self._hands is None else self._hands.another(),
            transfer=self._transfer,
        )

    def swap(self, frame: TrackableFrame, faces: Sequence[Face]) -> list[Patch | None]:
        """Return each swapped face, or None if a credible swap is impossible.

        That is the case for a face whose landmarks cannot be trusted, such as a profile, and for
        one mostly outside the frame. As a head turns away, it fades into the target's own face.

        Raises:
            ValueError: a face has no landmarks.
            RuntimeError: there is no source yet.
        """
        if self._transfer is None:
            raise RuntimeError("call prepare with a source before swap")
        hands = self._find_hands(frame, faces)
        return [self._swap_face(self._transfer, frame, face, hands) for face in faces]

    def _find_hands(self, frame: TrackableFrame, faces: Sequence[Face]) -> list[Hand]:
        if self._hands is None:
            return []
        return self._hands.find(frame, [face for face in faces if credibility(face) > 0])

    def _swap_face(
        self, transfer: FaceTransfer, frame: Pixels, face: Face, hands: Sequence[Hand]
    ) -> Patch | None:
        landmarks = _landmarks(face)
        opacity = credibility(face)
        view = look(frame, landmarks, self._layout) if opacity > 0 else None
        if view is None:
            return None
        covered = hand_matte(view.bgra, hands, view.box)
        seen = replace(view, hands=covered)
        patch = transfer.apply(seen, self._tracks.recall(face.track_id))
        patch = replace(patch, front=covered)
        return patch if opacity == 1 else faded(patch, opacity)


def _landmarks(face: Face) -> Floats:
    if face.landmarks is None:
        raise ValueError("the built-in engine needs faces with landmarks")
    return face.landmarks
