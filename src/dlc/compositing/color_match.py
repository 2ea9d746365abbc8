"""Matches a patch's colors to those of the face that it covers.

Works in CIE L*a*b*, where lightness and the two color axes are independent: E. Reinhard et al.,
"Color transfer between images", IEEE CG&A 2001.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from dlc.arrays import Bytes, Floats, Image
from dlc.compositing.filters import blur, resize
from dlc.compositing.patch import Patch
from dlc.compositing.rim import away_from_rim

# Colors vary slowly over a face, so they are compared in pictures of this side.
_SIDE = 32
# The radius of local comparison of light, as a share of the face.
_LOCAL = 0.15
# Range of the ratio between two faces' contrasts; more would amplify noise.
_CONTRAST = (0.7, 1.4)
# Below this weight, a place says nothing about its surroundings.
_FAINT = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class FaceColors:
    """A new face and the one it covers, at small size.

    Attributes:
        new: float32 (n, n, 3), L*a*b* of the patch.
        old: float32 (n, n, 3), L*a*b* of the frame under it.
        weight: float32 (n, n), 0 to 1, how much the patch covers of each place.
    """

    new: Floats
    old: Floats
    weight: Floats


def face_colors(patch: Patch, under: Bytes) -> FaceColors:
    """Return the colors of a patch and of what it covers.

    Args:
        patch: the new face; somewhere its alpha is not 0.
        under: uint8 (h, w, 3) BGR, the frame at the patch's box.
    """
    alpha = _small(patch.alpha).astype(np.float32)
    return FaceColors(_lab(_small(patch.bgr)), _lab(_small(under)), alpha / np.float32(255))


def overall_shift(colors: FaceColors) -> Floats:
    """Return the shift from the new face's mean and contrast to the old one's.

    Returns:
        float32 (2, 1, 1, 3): factor and offset of L*, a* and b*.
    """
    weight = colors.weight[..., None] / max(float(colors.weight.sum()), _FAINT)
    (new, new_spread), (old, old_spread) = (
        _mean_and_spread(lab, weight) for lab in (colors.new, colors.old)
    )
    gain = np.clip(old_spread / np.maximum(new_spread, 1e-3), *_CONTRAST)
    return np.stack([gain, old - gain * new]).reshape(2, 1, 1, 3).astype(np.float32)


def local_shift(colors: FaceColors) -> Floats:
    """Return the local shift from the new face's broad light and tint to the old one's.

    Returns:
        float32 (2, n, n, 3): factor, which is 1, and offset of L*, a* and b*.
    """
    difference = colors.old - colors.new
    weight = colors.weight[..., None]
    mean = (difference * weight).sum(axis=(0, 1)) / max(float(weight.sum()), _FAINT)
    sigma = _LOCAL * _SIDE
    share = blur(colors.weight, sigma)[..., None]
    # Far from anything the patch covers, the mean takes over.
    offset = (blur(difference * weight, sigma) + mean * _FAINT) / (share + _FAINT)
    return np.stack([np.ones_like(offset), offset]).astype(np.float32)


def shifted(patch: Patch, shift: Floats) -> Patch:
    """Return a patch with its colors shifted, except along its rim.

    Args:
        patch: the new face.
        shift: from `overall_shift` or `local_shift`.
    """
    size = (patch.box.width, patch.box.height)
    gain, offset = (_enlarged(each, size) for each in shift)
    lab = _lab(patch.bgr)
    weight = away_from_rim(patch)[..., None]
    lab += (lab * (gain - 1) + offset) * weight
    bgr = np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2BGR), 0, 1) * np.float32(255)
    changed = np.asarray(np.rint(bgr), np.uint8)
    # Converting to L*a*b* and back is not exact, and unchanged pixels must stay the same.
    return replace(patch, bgr=np.where(weight > 0, changed, patch.bgr))


def _small(image: Bytes) -> Bytes:
    return resize(image, (_SIDE, _SIDE))


def _lab(bgr: Image) -> Floats:
    scaled = bgr.astype(np.float32) * np.float32(1 / 255)
    return np.asarray(cv2.cvtColor(scaled, cv2.COLOR_BGR2LAB), np.float32)


def _mean_and_spread(lab: Floats, weight: Floats) -> tuple[Floats, Floats]:
    mean = (lab * weight).sum(axis=(0, 1))
    return mean, np.sqrt(((lab - mean) ** 2 * weight).sum(axis=(0, 1)))


def _enlarged(values: Floats, size: tuple[int, int]) -> Floats:
    """Enlarge (n, n, 3) to a picture's size; a single value stays as it is."""
    return values if values.shape[0] == 1 else resize(values, size)
