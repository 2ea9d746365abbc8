"""Keeps a source's fringe off its skin where it is about as dark as this."""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import resize
from dlc.swapping.mesh.flat_face import DETAIL_SIZE
from dlc.swapping.mesh.foreground.fringe import FringeFinder, FringeMemory
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import TONE_SIZE


def without_strands(skin: Floats, texture: Floats, seen: Floats, layout: Layout) -> Floats:
    """Return where a texture shows skin, without the strands of a fringe.

    Args:
        skin: float32 (S, S), 1 on what looks like skin, 0 elsewhere.
        texture: float32 (S, S, 3), BGR, 0 to 255.
        seen: float32 (S, S), 1 where a photo shows the face squarely, 0 where it does not.
        layout: the atlas.
    """
    small = np.clip(resize(texture, (DETAIL_SIZE, DETAIL_SIZE)), 0, 255).astype(np.uint8)
    luma = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
    known, hair = (resize(image, (TONE_SIZE, TONE_SIZE)) for image in (seen, 1 - skin))
    strands = FringeFinder(layout).update(luma, known, hair, FringeMemory())
    free: Floats = skin * (1 - resize(strands, skin.shape))
    return free
