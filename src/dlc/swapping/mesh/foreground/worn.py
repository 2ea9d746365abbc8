"""Keeps what a person wears in front of the face: hair over it, hats, and glasses.

The network looks at every few frames only. In the atlas, what is worn stays still, so that looks
can be averaged over time, each pixel as far as it was seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import resize, smoothstep
from dlc.swapping.mesh.flat_face import DETAIL_SIZE
from dlc.swapping.mesh.foreground.network import ForegroundNetwork, load_foreground_network
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import TONE_SIZE
from dlc.swapping.mesh.masks import depth_inside, uncertain_margin

# Frames from one look to the next, and how much a look counts: hair may move, glasses do not.
_INTERVAL, _HAIR_RATE, _EYEWEAR_RATE = 3, 0.4, 0.1
# Certainty from which something begins to be kept, and is kept.
_HAIR, _EYEWEAR = (0.3, 0.7), (0.3, 0.65)
# Certainty of a pixel of glasses, and the pixels of TONE_SIZE, as far as they are seen, from which
# glasses are worn, and below which they are gone. Of 68 portraits with glasses, 67 have more, of
# 748 without, 7.
_CERTAIN, _WORN, _GONE = 0.5, 130, 80
# Trust that every pixel gets at least, so that a face never seen squarely shows something.
_LEAST_TRUST = 0.02
# Face widths inside the oval from where there may be glasses.
_OUTLINE = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Worn:
    """What a person wears in front of the face.

    Attributes:
        hair: float32 (TONE_SIZE, TONE_SIZE), 0 to 1, hair and hats.
        eyewear: float32 (DETAIL_SIZE, DETAIL_SIZE), 0 to 1; None if there are no glasses.
    """

    hair: Floats
    eyewear: Floats | None


class WornMemory:
    """What is known about one face's hair and glasses.

    Attributes:
        frames: number of frames so far.
        looks: number of times that the network has looked.
        hair: float32 (TONE_SIZE, TONE_SIZE), mean certainty.
        eyewear: the same, times `trust`.
        trust: float32 (TONE_SIZE, TONE_SIZE), how well each pixel was seen, mean over the looks.
        is_worn: whether there are glasses.
        worn: what the last look led to; None before the first.
    """

    def __init__(self) -> None:
        """Start without any memory."""
        self.frames = 0
        self.looks = 0
        self.hair: Floats = np.zeros((TONE_SIZE, TONE_SIZE), np.float32)
        self.eyewear: Floats = self.hair
        self.trust: Floats = self.hair
        self.is_worn = False
        self.worn: Worn | None = None


class WornFinder:
    """Finds hair, hats and glasses in frame after frame."""

    def __init__(self, network: ForegroundNetwork, layout: Layout) -> None:
        """Prepare the zones to search."""
        self._network = network
        self._hair_zone = uncertain_margin(layout, TONE_SIZE)
        self._eyewear_zone = smoothstep(depth_inside(layout, TONE_SIZE), 0.0, _OUTLINE)

    def update(self, texture: Floats, seen: Floats, memory: WornMemory) -> Worn:
        """Return what is worn.

        Args:
            texture: float32 (TONE_SIZE, TONE_SIZE, 3) BGR, the target in the atlas.
            seen: float32 (TONE_SIZE, TONE_SIZE), how much to trust each pixel.
            memory: what is known about this face; it is updated.
        """
        if memory.worn is None or memory.frames % _INTERVAL == 0:
            memory.worn = self._look(texture, seen, memory)
        memory.frames += 1
        return memory.worn

    def once(self, texture: Floats, seen: Floats) -> Worn:
        """Return what is worn in a single picture.

        Args:
            texture: float32 (S, S, 3) BGR, 0 to 255, the face in the atlas.
            seen: float32 (S, S), how much to trust each pixel.
        """
        size = (TONE_SIZE, TONE_SIZE)
        return self._look(resize(texture, size), resize(seen, size), WornMemory())

    def _look(self, texture: Floats, seen: Floats, memory: WornMemory) -> Worn:
        mattes = self._network.look(texture)
        memory.looks += 1
        plain = 1 / memory.looks
        trust = np.maximum(seen, np.float32(_LEAST_TRUST))
        if memory.looks == 1:
            memory.hair = mattes.hair
        else:
            rate = trust * np.float32(max(plain, _HAIR_RATE))
            memory.hair = _blended(memory.hair, mattes.hair, rate)
        slow = np.float32(max(plain, _EYEWEAR_RATE))
        memory.eyewear = _blended(memory.eyewear, mattes.eyewear * trust, slow)
        memory.trust = _blended(memory.trust, trust, slow)
        hair: Floats = smoothstep(memory.hair, *_HAIR) * self._hair_zone
        eyewear: Floats = memory.eyewear / memory.trust * self._eyewear_zone
        count = float(memory.trust[eyewear > _CERTAIN].sum())
        memory.is_worn = count > (_GONE if memory.is_worn else _WORN)
        if not memory.is_worn:
            return Worn(hair, None)
        return Worn(hair, smoothstep(resize(eyewear, (DETAIL_SIZE, DETAIL_SIZE)), *_EYEWEAR))


def load_worn_finder(layout: Layout) -> WornFinder:
    """Open the built-in network.

    Raises:
        ModelError: its file is missing or damaged.
    """
    return WornFinder(load_foreground_network(layout), layout)


def _blended(mean: Floats, value: Floats, rate: np.float32 | Floats) -> Floats:
    """Return a mean with a new value in it."""
    return np.asarray(mean + (value - mean) * rate, np.float32)
