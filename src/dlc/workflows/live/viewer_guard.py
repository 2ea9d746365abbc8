"""Decides what viewers of a live picture get to see."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np

from dlc.compositing.patch import Patch
from dlc.media.frames.label import Label
from dlc.media.live.frame import LiveFrame
from dlc.options import NoFace

# At this opacity, nothing visible of the real face shows through a patch.
_OPAQUE = 250
# Seconds a vanished face counts as still there: more often it was lost than it left.
_REMEMBERED_SECONDS = 1.0


class ViewerGuard:
    """Replaces frames that must not be seen.

    With `NoFace.PASS` every frame is shown as it is. Otherwise a frame is shown only if it has a
    face and every face in it was replaced completely. Faces that were not chosen, that the swapper
    refuses or fades out, or that were there a moment ago and are no longer found, are not replaced.

    Args:
        policy: which frames must not be seen.
        label: drawn on every picture that viewers see, black ones included.

    Attributes:
        hidden: frames that were replaced because of the policy.
        refused: frames that were replaced because the safeguard refused them.
    """

    def __init__(self, policy: NoFace, label: Label | None = None) -> None:
        """Start with nothing to show."""
        self._policy = policy
        self._label = label
        self._seen: deque[tuple[float, int]] = deque()
        self._frozen: LiveFrame | None = None
        self.hidden = 0
        self.refused = 0

    def shown(
        self, frame: LiveFrame, found: int, patches: Sequence[Patch], *, refused: bool = False
    ) -> LiveFrame:
        """Return the picture that viewers see at the time of `frame`.

        Args:
            frame: the next frame, with the patches pasted.
            found: number of faces in it, chosen or not.
            patches: the faces that were replaced.
            refused: whether the safeguard forbids showing it, whatever the policy.
        """
        if refused:
            self.refused += 1
            # It may date from just before the safeguard looked.
            self._frozen = None
            return black_like(frame, self._label)
        if self._label is not None:
            self._label.draw(frame)
        if self._policy is NoFace.PASS:
            return frame
        expected = self._expected(frame.captured_at, found)
        replaced = sum(1 for patch in patches if _is_opaque(patch))
        if found and replaced >= max(found, expected):
            self._frozen = frame
            return frame
        self.hidden += 1
        if self._policy is NoFace.FREEZE and self._frozen is not None:
            return LiveFrame(self._frozen.bgr, captured_at=frame.captured_at)
        return black_like(frame, self._label)

    def _expected(self, time: float, found: int) -> int:
        """Return the largest number of faces in the last second."""
        self._seen.append((time, found))
        while self._seen[0][0] < time - _REMEMBERED_SECONDS:
            self._seen.popleft()
        return max(count for _, count in self._seen)


def black_like(frame: LiveFrame, label: Label | None) -> LiveFrame:
    """Return a black picture with the frame's size and time, and the label if there is one."""
    black = np.zeros_like(frame.bgr)
    picture = LiveFrame(black, captured_at=frame.captured_at)
    if label is not None:
        label.draw(picture)
    return picture


def _is_opaque(patch: Patch) -> bool:
    return int(patch.alpha.max(initial=0)) >= _OPAQUE
