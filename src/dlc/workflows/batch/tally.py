"""Counts what became of the frames and faces of a target."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from dlc.errors import NoFaceError
from dlc.options import FaceChoice
from dlc.workflows.batch.steps import FrameCount
from dlc.workflows.no_face import no_face_in
from dlc.workflows.result import Passage

# Seconds without a face that was left as it was before a passage with such faces ends: detection
# misses a profile now and then.
_BREAK = 0.5


@dataclass(slots=True)
class Tally:
    """What was processed so far.

    Attributes:
        frames: number of frames.
        faces: faces swapped, over all frames.
        faces_left: faces chosen and left as they were, over all frames.
        passages_left: where in a video these are, in order.
    """

    frames: int = 0
    faces: int = 0
    faces_left: int = 0
    passages_left: list[Passage] = field(default_factory=list)

    def add(self, count: FrameCount) -> None:
        """Count a frame."""
        self.frames += 1
        self.faces += count.swapped
        self.faces_left += count.left
        if count.left and count.time is not None:
            self.add_passages([Passage(count.time, count.time, count.left)])

    def add_passages(self, passages: Iterable[Passage]) -> None:
        """Add passages that follow those that are there."""
        known = self.passages_left
        for each in passages:
            if known and each.begin - known[-1].end < _BREAK:
                last = known.pop()
                each = Passage(last.begin, each.end, last.faces + each.faces)
            known.append(each)


def require_faces(
    tally: Tally, chosen: FaceChoice | tuple[int, ...], name: str, *, tilted: bool
) -> None:
    """Raise NoFaceError if the output would be a mere copy of the target.

    Args:
        tally: what was counted.
        chosen: the faces that were to be swapped.
        name: what messages call the target.
        tilted: whether sideways and upside-down faces were looked for, too.
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
    raise no_face_in(name, tilted=tilted)
