"""What a large photo shows of a face beyond the atlas's resolution, for targets in close-up."""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Bytes, Floats
from dlc.compositing.filters import blur, resize, smoothstep
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.focus import soften
from dlc.swapping.mesh.light.skin_detail import detail_strength
from dlc.swapping.mesh.light.tone import LUMA
from dlc.swapping.mesh.source.photo import ATLAS_SIZE, CLOSE_UP_SIZE, PhotoView

# Sides of the texture for close-ups.
SIZES = (768, CLOSE_UP_SIZE)
# Blur radius, as a share of the atlas, below which is the detail by which a texture is compared
# with its photo; and over which the comparison goes.
_DETAIL, _AROUND = 0.012, 0.02
# How much they may differ, as a share of the photo's detail, to show the same, and to differ.
_SAME = (0.4, 0.9)
# Gray levels of detail, and of light, that say nothing.
_FAINT, _DARK = 0.5, 4.0
# Range of the factor from a photo's light to a texture's.
_RELIT = (0.5, 2.0)


def find_close_up(texture: Floats, photo: PhotoView) -> Floats | None:
    """Return the detail of luma that a texture lacks: float32 (CLOSE_UP_SIZE, CLOSE_UP_SIZE).

    The photo's own, and its mirror image, count as far as the texture shows the same. Colors that
    change over so short a way are mostly the photo's noise.

    Args:
        texture: float32 (S, S, 3), BGR, made from the photo; S is ATLAS_SIZE.
        photo: the photo; if it is not large, there is no such detail, and the result is None.
    """
    if photo.close_up is None:
        return None
    size = (CLOSE_UP_SIZE, CLOSE_UP_SIZE)
    luma, large = texture @ LUMA, photo.close_up @ LUMA
    shown = resize(large, (ATLAS_SIZE, ATLAS_SIZE))
    finest = large - resize(shown, size)
    own, mirrored = _same(luma, shown), _same(luma, shown[:, ::-1])
    mirrored *= 1 - own
    found: Floats = finest * resize(own * _relit(luma, shown), size)
    found += finest[:, ::-1] * resize(mirrored * _relit(luma, shown[:, ::-1]), size)
    return found


def _same(texture: Floats, photo: Floats) -> Floats:
    """Return how far two lumas (S, S) show the same detail: float32 (S, S), 0 to 1."""
    own, other = _detail(texture), _detail(photo)
    different = blur(np.abs(own - other), ATLAS_SIZE * _AROUND)
    usual = blur(np.abs(other), ATLAS_SIZE * _AROUND) + np.float32(_FAINT)
    return 1 - smoothstep(different / usual, *_SAME)


def _detail(luma: Floats) -> Floats:
    return luma - blur(luma, ATLAS_SIZE * _DETAIL)


def _relit(texture: Floats, photo: Floats) -> Floats:
    """Return that factor between two lumas (S, S): float32 (S, S)."""
    now, before = (blur(luma, ATLAS_SIZE * _AROUND) for luma in (texture, photo))
    factor: Floats = np.clip(now / np.maximum(before, _DARK), *_RELIT)
    return factor


class CloseUp:
    """Lays that detail over a painted texture.

    Attributes:
        strength: of the detail on the skin, from `detail_strength`.
    """

    def __init__(self, detail: Floats, texture: Floats, layout: Layout) -> None:
        """Measure the detail.

        Args:
            detail: what `find_close_up` returned.
            texture: float32 (S, S, 3), BGR, which lacks it.
            layout: the atlas.
        """
        self._details = {CLOSE_UP_SIZE: detail}
        self._face_width = layout.face_width
        luma = resize(texture @ LUMA, (CLOSE_UP_SIZE, CLOSE_UP_SIZE)) + detail
        points = (layout.uv * CLOSE_UP_SIZE - 0.5).astype(np.float32)
        self.strength = detail_strength(luma, points, CLOSE_UP_SIZE * layout.face_width)

    def lay(self, painted: Bytes, size: int, gain: Floats, softness: Floats) -> Bytes:
        """Return a painted texture with the detail.

        Args:
            painted: uint8 (S, S, 4), BGR and opacity.
            size: side of the result, one of `SIZES`.
            gain: float32, square, factor for the detail.
            softness: float32 (2,), radius of a blur of the detail along rows and columns, in face
                widths.
        """
        shape = (size, size)
        if size not in self._details:
            self._details[size] = resize(self._details[CLOSE_UP_SIZE], shape)
        lit = np.asarray(cv2.multiply(self._details[size], resize(gain, shape)), np.float32)
        detail = soften(lit, softness * np.float32(size * self._face_width))
        bgra = cv2.merge([detail, detail, detail, np.zeros_like(detail)])
        return np.asarray(cv2.add(resize(painted, shape), bgra, dtype=cv2.CV_8U), np.uint8)
