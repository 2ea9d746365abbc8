"""Follows a target's light over time: noise is averaged away, a change of the light is not."""

from __future__ import annotations

import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import smoothstep

# Weight of a new frame in the mean.
_RATE = 0.2
# Relative deviation of a whole face's gain from the mean: up to the first it may be noise or
# landmarks that jitter; from the second on the light has changed, as in a fade, by a flash, or by
# another exposure of the camera.
_CHANGED = (0.03, 0.12)
# Gain below which a face is too dark to tell how its light is distributed.
_DARK = 0.06
# Pixels of skin that tell how much the gain has changed.
_LEAST_SEEN = 200.0


class FollowedGain:
    """The gain from the source's light to one target's, over that target's frames.

    How bright and of what color a whole face is, is measured over all of its skin, exactly enough
    to trust a single frame. How the light is distributed over it, is not, and changes slowly.
    """

    def __init__(self) -> None:
        """Start without any memory."""
        self._mean: Floats | None = None
        self._frames = 0

    def update(self, gain: Floats, skin: Floats) -> Floats:
        """Add a frame and return the gain to use in it; neither may be modified afterwards.

        Args:
            gain: float32 (h, w, 3), measured in this frame.
            skin: float32 (h, w), how much each pixel tells about it.
        """
        self._frames += 1
        if self._mean is None:
            self._mean = gain
            return gain
        seen = float(skin.sum())
        if seen >= _LEAST_SEEN:
            now, before = (np.tensordot(skin, each, 2) for each in (gain, self._mean))
            self._mean = self._mean * _change(now / before)
            if float(now.max()) < _DARK * seen:
                return self._mean
        self._mean = self._mean + (gain - self._mean) * max(1 / self._frames, _RATE)
        return self._mean


def _change(ratio: Floats) -> Floats:
    """Return by how much the light has changed, (3,), given the ratio of a frame to the mean."""
    change = np.log(ratio)
    changed: Floats = np.exp(change * smoothstep(np.abs(change).max(), *_CHANGED))
    return changed
