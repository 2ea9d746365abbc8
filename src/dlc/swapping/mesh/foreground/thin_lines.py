"""Keeps thin things in front of the upper face: strands of hair, and what belongs to glasses.

Skin has no thin hard lines, and a light one cannot be part of a brow. Such lines are searched in
the atlas, where a rim stays still while the head moves, so that they can be averaged over time.
Around the eyes, they are also wrinkles: whether there are glasses is for `EyewearFinder` to say.
"""

from __future__ import annotations

import cv2
import numpy as np

from dlc.arrays import Flags, Floats, Gray
from dlc.compositing.filters import blur, broad_blur, ellipse, resize, smoothstep
from dlc.faces.landmarks.topology import LEFT_EYE_CORNERS, NOSE_BASE
from dlc.swapping.mesh.foreground.parts import extent, label_parts
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import (
    LEFT_BROW,
    NOSE,
    RIGHT_BROW,
    depth_inside,
    rings_mask,
    skin_mask,
)

# Largest width of a line, in face widths, and the gray levels by which it stands out: where it may
# be a line, and where it certainly is.
_WIDTH = 0.02
_LIGHT = (10.0, 26.0)
_DARK = (22.0, 45.0)
# Luma relative to the skin around: a gap between a brow and hair is not lighter than skin.
_LIGHTER = (0.98, 1.06)
# Radius over which the skin's luma is averaged, in face widths; and the share of the usual luma
# below which something is hair or shadow.
_AROUND, _NO_SKIN = 0.12, 0.7
# Specks and creases are shorter than the first, in face widths. A broken line has pieces as long as
# the second, and at least this share of it is in them: crow's feet and furrows are many short ones.
_LENGTH = 0.25
_PIECE, _WHOLE = 0.2, 0.4
# Where rims, bridges and temples are, in face widths: semi-axes of ellipses around the eyes, and
# how far their middles are below; half-height of the band from one temple to the other, at the
# height of the eyes' corners; and the share of a line in these from which it is no strand of hair.
_LENS, _HANG, _BAND, _MOSTLY = (0.26, 0.2), 0.02, 0.08, 0.9
# Share of the zone that is lines from which these are wrinkles, or a painter's strokes.
_CROWDED = 0.2
# Shares of the time that a pixel must be part of a line to count at all, and to be kept fully.
_OFTEN = (0.15, 0.5)
_CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
_NEARBY = np.ones((5, 5), np.uint8)


class LineFinder:
    """Finds the lines in atlas images of one size; stateless.

    Attributes:
        away: float32 (size, size), 1 where there are no glasses, 0 where there may be.
    """

    def __init__(self, layout: Layout, size: int) -> None:
        """Prepare the zones to search in atlas images (size, size)."""
        self._size = size
        light, dark = (blur(zone, 1.0) for zone in _zones(layout, size))
        unit = size * layout.face_width
        self._kernel = ellipse(2 * round(_WIDTH / 2 * unit) + 1)
        self._length, self._piece = _LENGTH * unit, _PIECE * unit
        # The search ends at the nose.
        reach = self._kernel.shape[0]
        rows = np.flatnonzero(light.any(axis=1) | dark.any(axis=1))
        self._rows = slice(max(int(rows[0]) - reach, 0), int(rows[-1]) + 1 + reach)
        self._light_zone, self._dark_zone = light[self._rows], dark[self._rows]
        self._most = _CROWDED * np.count_nonzero(np.maximum(light, dark) > 0.5)
        over_brows = _over_brows(layout, size)[self._rows]
        eyewear = _eyewear_zone(layout, size)
        self.away = 1 - eyewear.astype(np.float32)
        self._eyewear = eyewear[self._rows]
        self._over_brows = over_brows[over_brows.any(axis=1)]
        # A quarter of the pixels tells as much of the skin.
        self._skin = skin_mask(layout, size)[self._rows][::2, ::2]
        self._around = _AROUND * unit / 2

    def lines(self, luma: Gray) -> Floats:
        """Return how certainly each pixel is part of a line now: (rows searched, size), 0 to 1.

        Args:
            luma: uint8 (size, size).
        """
        part = luma[self._rows]
        light = cv2.morphologyEx(part, cv2.MORPH_TOPHAT, self._kernel).astype(np.float32)
        dark = cv2.morphologyEx(part, cv2.MORPH_BLACKHAT, self._kernel).astype(np.float32)
        light_lines = smoothstep(light, *_LIGHT) * self._light_zone
        over_brows = light_lines[: len(self._over_brows)]
        over_brows *= self._lighter_than_skin(part)
        lines: Floats = np.maximum(light_lines, smoothstep(dark, *_DARK) * self._dark_zone)
        return lines

    def _lighter_than_skin(self, luma: Gray) -> Floats:
        """Return 0 on what is above the brows and not lighter than skin, 1 elsewhere.

        Args:
            luma: uint8 (rows searched, size).

        Returns:
            float32 (rows down to the brows, size).
        """
        some = luma[::2, ::2]
        skin = self._skin * (some > _NO_SKIN * np.median(some[self._skin > 0.5]))
        usual = broad_blur(some * skin, self._around)
        usual /= np.maximum(broad_blur(skin, self._around), 1e-4)
        rows = len(self._over_brows)
        usual = resize(np.maximum(usual, 1), (luma.shape[1], luma.shape[0]))[:rows]
        return 1 - self._over_brows * (1 - smoothstep(luma[:rows] / usual, *_LIGHTER))

    def matte(self, often: Floats, *, keep_eyewear: bool) -> Floats | None:
        """Return the share of each pixel to keep: (size, size), 0 to 1; None if nothing is kept.

        Args:
            often: mean over time of what `lines` returned.
            keep_eyewear: keep lines where rims and bridges are, which may be wrinkles, too.
        """
        candidates = often > _OFTEN[0]
        if np.count_nonzero(candidates) > self._most:
            return None
        pieces = _long_parts(candidates, self._piece)
        if not pieces.any():
            return None
        joined = cv2.dilate(candidates.astype(np.uint8), _NEARBY) > 0
        long = _largely(pieces, candidates, _long_parts(joined, self._length), _WHOLE)
        if not keep_eyewear:
            long &= ~_largely(candidates & self._eyewear, candidates, long, _MOSTLY)
        if not long.any():
            return None
        spread = blur(np.asarray(cv2.dilate(often, _CROSS), np.float32), 0.8)
        matte = np.zeros((self._size, self._size), np.float32)
        matte[self._rows] = smoothstep(spread, *_OFTEN) * long
        return matte


def _long_parts(parts: Flags, length: float) -> Flags:
    """Return those of the connected parts (h, w) that are longer than `length` pixels."""
    labels = label_parts(parts)
    # A part has at least as many pixels as it is long.
    is_long = np.bincount(labels.ravel()) > length
    is_long[0] = False  # the ground between the parts
    for part in np.flatnonzero(is_long).tolist():
        is_long[part] = max(extent(labels, part)) > length
    return np.asarray(is_long[labels], np.bool_)


def _largely(pieces: Flags, pixels: Flags, parts: Flags, share: float) -> Flags:
    """Return those of the connected parts (h, w) more than a share of whose pixels are pieces.

    Args:
        pieces: bool (h, w), some of the pixels.
        pixels: bool (h, w), what the parts were joined from.
        parts: bool (h, w).
        share: 0 to 1.
    """
    labels = label_parts(parts)
    count = int(labels.max()) + 1
    whole, total = (np.bincount(labels[each], minlength=count) for each in (pieces, pixels))
    keeps = whole > share * total
    keeps[0] = False
    return np.asarray(keeps[labels], np.bool_)


def _zones(layout: Layout, size: int) -> tuple[Floats, Floats]:
    """Return where light lines, and where dark lines, belong to something in front of the face."""
    topology = layout.topology
    eyes = [topology.left_eye.tolist(), topology.right_eye.tolist()]
    rows = np.arange(size, dtype=np.float32)[:, None]
    upper = smoothstep(layout.uv[NOSE_BASE, 1] * size - rows, 0.0, size * 0.06)
    upper = upper * smoothstep(depth_inside(layout, size), 0.02, 0.06)
    light = upper * (1 - rings_mask(layout, size, eyes, reach=0.02))
    light = light * (1 - rings_mask(layout, size, [NOSE], reach=0.01))
    # Brows and lashes are dark lines too.
    below = smoothstep(rows - layout.uv[LEFT_EYE_CORNERS[0], 1] * size, 0.0, size * 0.02)
    dark = light * below * (1 - rings_mask(layout, size, eyes, reach=0.05))
    return light, dark


def _eyewear_zone(layout: Layout, size: int) -> Flags:
    """Return where rims, bridges and temples of glasses can be: bool (size, size)."""
    unit = size * layout.face_width
    x, y = np.arange(size), np.arange(size)[:, None]
    corners = float(layout.uv[LEFT_EYE_CORNERS[0], 1]) * size - 0.5
    zone = np.broadcast_to(np.abs(y - corners) < _BAND * unit, (size, size))
    for eye in (layout.topology.left_eye, layout.topology.right_eye):
        middle_x, middle_y = layout.uv[eye].mean(axis=0) * size - 0.5 + (0, _HANG * unit)
        across, down = ((x - middle_x) / (_LENS[0] * unit), (y - middle_y) / (_LENS[1] * unit))
        zone = zone | (across**2 + down**2 < 1)
    return np.asarray(zone, np.bool_)


def _over_brows(layout: Layout, size: int) -> Floats:
    """Return 1 above the brows' middle lines, extended sideways, and 0 below."""
    columns, rows = np.arange(size, dtype=np.float32), np.arange(size, dtype=np.float32)[:, None]
    lines = []
    for brow in (LEFT_BROW, RIGHT_BROW):
        lower, upper = brow[:5], brow[:4:-1]
        x, y = ((layout.uv[list(lower)] + layout.uv[list(upper)]) / 2 * size - 0.5).T
        order = np.argsort(x)
        lines.append(np.interp(columns, x[order], y[order]))
    return smoothstep(np.maximum(*lines) - rows, 0.0, size * 0.01)
