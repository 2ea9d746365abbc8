"""Keeps a source's fringe off its skin where it is about as dark as this."""

from __future__ import annotations

from dlc.arrays import Floats
from dlc.compositing.filters import resize
from dlc.swapping.mesh.foreground.network import load_foreground_network
from dlc.swapping.mesh.foreground.worn import WornFinder, WornMemory
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import TONE_SIZE


def without_strands(skin: Floats, texture: Floats, seen: Floats, layout: Layout) -> Floats:
    """Return where a texture shows skin, without the strands of a fringe.

    Args:
        skin: float32 (S, S), 1 on what looks like skin, 0 elsewhere.
        texture: float32 (S, S, 3), BGR, 0 to 255.
        seen: float32 (S, S), 1 where a photo shows the face squarely, 0 where it does not.
        layout: the atlas.

    Raises:
        ModelError: the built-in model file is missing or damaged.
    """
    small = (TONE_SIZE, TONE_SIZE)
    finder = WornFinder(load_foreground_network(layout), layout)
    hair = finder.update(resize(texture, small), resize(seen, small), WornMemory()).hair
    free: Floats = skin * (1 - resize(hair, skin.shape))
    return free
