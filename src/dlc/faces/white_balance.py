"""Takes strongly colored light off pictures, as models know faces in white light only.

In green light, MediaPipe's mesh denies that there is a face; in blue light, its landmarks are off
by 1 to 2 percent of the face, with white balance by 0.3. It finds no palms in either.
"""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Image

# How many times as bright as the weakest channel the strongest one is in light that counts as white
# (faces in warm light have about 2), and from which the color of light is taken off altogether.
_WHITE, _COLORED = 2.5, 4.0
# Mean B, G and R of people's faces and what is around them in white light: the median of 550
# portraits, relative to their mean.
_USUAL = np.array([0.77, 0.93, 1.31])
# Largest gain of a channel, of which the rest would be noise.
_MOST = 8.0


def white_balanced(bgr: Image) -> Image:
    """Return a picture in the usual colors of people, if one channel outshines another by far.

    That is the gray-world assumption (Buchsbaum, 1980) with people in place of gray.

    Args:
        bgr: uint8 (h, w, 3).

    Returns:
        uint8 (h, w, 3); the same picture if the light is nearly white.
    """
    means = np.array(cv2.mean(bgr)[:3])
    mean = float(means.mean())
    share = np.interp(means.max() / max(float(means.min()), 1.0), (_WHITE, _COLORED), (0.0, 1.0))
    if share == 0:
        return bgr
    gains = np.minimum(mean * _USUAL / np.maximum(means, 1.0), _MOST) ** share
    table = np.minimum(np.arange(256)[:, None] * gains, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(bgr, table[None]), np.uint8)
