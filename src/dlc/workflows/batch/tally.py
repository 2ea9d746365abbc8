"""Counts what became of the frames and faces of a target."""

from __future__ import annotations

from dataclasses import dataclass

from dlc.errors import NoFaceError
from dlc.options import FaceChoice
from dlc.workflows.batch.steps import FrameCount


@dataclass(slots=True)
class Tally:
    """Frames and faces processed so far."""

    frames: int = 0
    faces: int = 0
    faces_left: int = 0

    def add(self, count: FrameCount) -> None:
        """Count a frame."""
        self.frames += 1
        self.faces += count.swapped
        self.faces_left += count.left


def require_faces(tally: Tally, chosen: FaceChoice | tuple[int, ...], name: str) -> None:
    """Raise NoFaceError if the output would be a mere copy of the target.

    Args:
        tally: what was counted.
        chosen: the faces that were to be swapped.
        name: what messages call the target.
    """
    if tally.faces:
        return
    if tally.faces_left:
        raise NoFaceError(
            f"none of the faces in {name} can be swapped credibly (they are seen from the "
            "side, or hidden); nothing was written"
        )
    if isinstance(chosen, tuple):
        numbers = " or ".join(map(str, chosen))
        raise NoFaceError(f"no frame of {name} has a face {numbers}; nothing was written")
    raise NoFaceError(f"no face in {name}; nothing was written")
