"""Tells lips from the teeth, and the dark, between them, and from the skin around."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import sample, smoothstep

# Heights at which a lip is looked at: 0 is where the mesh's opening ends, 1 where its lip does.
_HEIGHTS = np.linspace(-0.3, 1.6, 58, dtype=np.float32)
# Heights of which some are surely in the opening, most in the lip, and all in the skin beyond.
_OPENING, _LIP, _SKIN = _HEIGHTS <= 0.3, (_HEIGHTS >= 0) & (_HEIGHTS <= 1), _HEIGHTS > 1.15
# Radii along a lip over which its edges are found, are smooth, and have much the same colors around
# them; in shares of the atlas.
_ALONG, _SMOOTH, _BROAD = 0.008, 0.012, 0.04
# Redness (CIELAB) by which lips exceed skin where they can just be told apart, and surely can.
_REDDER = (2.0, 5.0)
# Redness by which teeth, and the dark between, fall short of lips; and the share of it up to which
# a pixel has some of them.
_PALER, _MIXED = 6.0, 0.6
# Height that a tooth's blurred edge takes up besides.
EDGE = 0.08
# How much lighter than lips (CIELAB) teeth are at least between lips that look shut.
_LIGHTER = 3.0
# Largest height at which a lip begins, least at which it ends, and its least thickness.
_BEGIN, _END, _THIN = 0.75, 0.3, 0.25
# How far a thin lip fills the mesh's: thin lips stay thinner than others.
_FILLED = 0.7


@dataclass(frozen=True, slots=True, eq=False)
class Lip:
    """The mesh's upper or lower lip, in columns of the atlas.

    Attributes:
        columns: float32 (C,), x of each.
        middle: float32 (C,), y of the middle of the mouth's opening.
        inner: float32 (C,), y at height 0.
        outer: float32 (C,), y at height 1; above or below, but nowhere the same.
    """

    columns: Floats
    middle: Floats
    inner: Floats
    outer: Floats

    def at(self, heights: Floats) -> Floats:
        """Return the points (H, C, 2) at heights (H, C) or (H, 1)."""
        y = self.inner + heights * (self.outer - self.inner)
        return np.stack([np.broadcast_to(self.columns, y.shape), y], axis=2, dtype=np.float32)


def find_edges(lip: Lip, lab: Floats, size: int, openness: float) -> tuple[Floats, Floats]:
    """Return the heights (C,) at which the photo's lip begins and ends.

    Args:
        lip: the mesh's.
        lab: float32 (h, w, 2), lightness and redness.
        size: side of the atlas.
        openness: 0 for lips that are shut: the dark line between belongs to them, and they end
            where the mesh's do; 1 for lips that are apart.
    """
    rows = sample(lab, lip.at(_HEIGHTS[:, None]))
    light, red = cv2.split(_along(rows, size * _ALONG))
    skin, lips = (
        _smooth(np.percentile(red[which], share, axis=0), size * _BROAD)
        for which, share in ((_SKIN, 50), (_LIP, 80))
    )
    typical = np.percentile(light[_LIP & ~_OPENING], 25)
    is_tooth = (light > typical + _LIGHTER) & (red < skin)
    begin = _begin(np.where(is_tooth | (openness > 0.5), red, np.inf), lips, size)
    limit: Floats = (skin + np.maximum(lips, skin)) / np.float32(2)
    end = _end(red - limit, begin)
    thinner = (1 - np.clip(end, _END, 1)) * smoothstep(lips - skin, *_REDDER)
    begin, end = (
        _smooth(cv2.medianBlur(edge[None], 5)[0], size * _SMOOTH)
        for edge in (np.maximum(begin, EDGE * openness), 1 - _FILLED * openness * thinner)
    )
    return begin, np.maximum(end, begin + _THIN)


def _begin(red: Floats, lips: Floats, size: int) -> Floats:
    """Return the heights (C,) up to which there are teeth, or the dark between lips; 0 for none.

    Args:
        red: float32 (H, C), redness at `_HEIGHTS`; infinite where there is neither.
        lips: float32 (C,), that of lips.
        size: side of the atlas.
    """
    palest = red[_OPENING].min(axis=0)
    lack = lips - _smooth(np.minimum(palest, lips), size * _ALONG)
    limit = lips - lack * (1 - _MIXED)
    beyond = np.arange(len(red))[:, None] > red[_OPENING].argmin(axis=0)
    is_lip = (red > limit) & beyond
    reached = np.where(is_lip.any(axis=0), _HEIGHTS[is_lip.argmax(axis=0)] + EDGE, _BEGIN)
    found: Floats = np.clip(reached, 0, _BEGIN) * ((lack > _PALER) & (palest < limit))
    return found.astype(np.float32)


def _end(surplus: Floats, begin: Floats) -> Floats:
    """Return the heights (C,) at which a lip ends: where most in all of it is lip, least beyond.

    Args:
        surplus: float32 (H, C), at `_HEIGHTS`; above 0 what is lip rather than skin, below what is
            not.
        begin: float32 (C,), where it begins.
    """
    total = np.cumsum(surplus, axis=0) - surplus
    total[_HEIGHTS[:, None] < begin + _THIN] = -np.inf
    ends: Floats = _HEIGHTS[total.argmax(axis=0)]
    return ends


def _along(rows: Floats, sigma: float) -> Floats:
    """Smooth rows (H, C, ...) by so many pixels along them."""
    border = cv2.BORDER_REPLICATE
    return np.asarray(cv2.GaussianBlur(rows, (0, 0), sigma, sigmaY=1e-3, borderType=border))


def _smooth(row: Floats, sigma: float) -> Floats:
    """Smooth one row (C,) by so many pixels."""
    smooth: Floats = _along(row[None].astype(np.float32), sigma)[0]
    return smooth
