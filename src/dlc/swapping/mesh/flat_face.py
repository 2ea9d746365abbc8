"""One target face unwrapped into the atlas, where it stays still while the head moves."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dlc.arrays import Floats, Gray
from dlc.compositing.filters import resize
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import TONE_SIZE
from dlc.swapping.mesh.view import TargetView, unwrap
from dlc.swapping.mesh.visibility import PoseFacing, visibility

# Side of the atlas in which a target's fine detail is seen.
DETAIL_SIZE = 2 * TONE_SIZE


@dataclass(frozen=True, slots=True, eq=False)
class FlatFace:
    """A target face in the atlas.

    Attributes:
        broad: float32 (TONE_SIZE, TONE_SIZE, 3), BGR, 0 to 255.
        luma: uint8 (DETAIL_SIZE, DETAIL_SIZE).
        shown: float32 (TONE_SIZE, TONE_SIZE), 1 where the frame shows the face, 0 beyond it and
            behind hands.
        facing: float32 (TONE_SIZE, TONE_SIZE), cosine between the face and the line of sight.
        seen: float32 (TONE_SIZE, TONE_SIZE), how much to trust each pixel.
    """

    broad: Floats
    luma: Gray
    shown: Floats
    facing: Floats
    seen: Floats


def flatten(view: TargetView, layout: Layout, facing: PoseFacing) -> FlatFace:
    """Unwrap a target face; `facing` is of TONE_SIZE."""
    bgra, shown = unwrap(view, layout, DETAIL_SIZE)
    broad = cv2.cvtColor(resize(bgra, (TONE_SIZE, TONE_SIZE)), cv2.COLOR_BGRA2BGR)
    cosines = facing.facing(view.pose)
    return FlatFace(
        broad=broad.astype(np.float32),
        luma=np.asarray(cv2.cvtColor(bgra, cv2.COLOR_BGRA2GRAY), np.uint8),
        shown=shown,
        facing=cosines,
        seen=visibility(cosines) * shown,
    )
