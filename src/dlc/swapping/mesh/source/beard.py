"""Finds a source's beard, which belongs to the face but is no skin.

Taken for something beside the face, it would be left out; taken for skin, it would be a lack of
light and evened out.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dlc.arrays import Flags, Floats
from dlc.compositing.filters import blur, resize, smoothstep, spread
from dlc.faces.landmarks.topology import LEFT_EYE_CORNERS, NOSE_BASE
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.light.tone import LUMA
from dlc.swapping.mesh.masks import away_from_midline, depth_inside, rings_mask, skin_mask
from dlc.swapping.mesh.source.photo import ATLAS_SIZE

# Side of the atlas at which beards are looked for; a quarter of the pixels shows as much.
_SIZE = ATLAS_SIZE // 2
# Face widths inside the oval from which cheeks are surely skin; and the radius, as a share of the
# atlas, over which their color is continued down to the chin.
_CHEEK, _AROUND = 0.1, 0.2
# Radius, as a share of the atlas, over which pixels are averaged before they are compared: wrinkles
# do not count, and gaps between hairs belong to the beard.
_NEARBY = 0.025
# Lightness and chroma of cheeks, each as a share of their own, add up to 2. Gray hair is as light,
# but has less color. These are the means of a beard at most: under the nose, on the chin, and on
# one side of the jaw at least, as it may shine in the light. They were chosen with 638 portraits in
# view; by them, 33 of 701 others have a beard, of which 29 do, and about 25 more are missed.
_MUSTACHE, _CHIN, _JAW = 1.45, 1.62, 1.5
# The same of what belongs to a beard, and of skin next to it.
_HAIR, _SKIN = 1.45, 1.75
# Chroma (CIELAB) of cheeks up to which lightness has to tell all.
_GRAY = 6.0
# Radii in pixels of that size between which hairs are; and their contrast, as a share of the light,
# from which it is not just shade.
_HAIRS = (1.5, 4.0)
_HAIRY = 0.055
# Gray levels, or CIELAB lightness, below which contrast is noise.
_DARK = 8.0
# Share of a region that has to be seen.
_LEAST_SEEN = 0.25
# Face widths below the nose over which a beard sets in on the cheeks, as sideburns are no part of
# the face; and from where on, away from the middle of the face, it sets in slowly, and so slowly.
_SIDEBURNS, _BESIDE = (0.0, 0.2), (0.18, 0.3)
# Face widths inside the oval up to where there may be something else than the face, and from where
# there is no jaw.
_OUTLINE, _INNER = 0.04, 0.2
# Softness of the result, as a share of the atlas.
_SOFTNESS = 0.006


@dataclass(frozen=True, slots=True, eq=False)
class _Regions:
    """Where to look; all are (_SIZE, _SIZE), and bool if nothing else is said.

    Attributes:
        cheeks: skin without any beard.
        below: everything below the nose but the lips.
        share: how much of that may be shown as a beard, float32, 0 to 1.
        mustache: a part of that, above the lips.
        chin: another.
        jaws: its left and right side.
    """

    cheeks: Flags
    below: Flags
    share: Floats
    mustache: Flags
    chin: Flags
    jaws: tuple[Flags, Flags]


def find_beard(texture: Floats, seen: Floats, layout: Layout) -> Floats:
    """Return 1 on a beard that covers chin and jaw, 0 elsewhere: float32 (S, S); S is ATLAS_SIZE.

    On a half of the face that was not seen, it is the other half's.

    Args:
        texture: float32 (S, S, 3), BGR, 0 to 255.
        seen: float32 (S, S), 1 where the photo shows the face, 0 where it does not.
        layout: the atlas.
    """
    texture, seen = (resize(image, (_SIZE, _SIZE)) for image in (texture, seen))
    regions = _regions(layout)
    cheeks = _mean_around(texture, regions.cheeks * seen, _SIZE * _AROUND)
    around = _mean_around(texture, regions.below * seen, _SIZE * _NEARBY)
    alike = _likeness(around, cheeks)
    if not _has_beard(alike, _hairs(texture), seen, regions):
        return np.zeros((ATLAS_SIZE, ATLAS_SIZE), np.float32)
    hair = smoothstep(alike, _SKIN, _HAIR) * regions.share * seen
    beard: Floats = blur(hair, _SIZE * _SOFTNESS)
    other: Floats = beard[:, ::-1] * (1 - seen)
    return resize(np.maximum(beard, other), (ATLAS_SIZE, ATLAS_SIZE))


def _has_beard(alike: Floats, hairs: Floats, seen: Floats, regions: _Regions) -> bool:
    """Return whether chin and jaw are unlike skin, and hairy."""
    jaws = [jaw for jaw in regions.jaws if _is_seen(jaw, seen)]
    middle = ((regions.mustache, _MUSTACHE), (regions.chin, _CHIN))
    return (
        all(_is_seen(part, seen) and _mean(alike, part, seen) < most for part, most in middle)
        and any(_mean(alike, jaw, seen) < _JAW for jaw in jaws)
        and all(_mean(hairs, jaw, seen) > _HAIRY for jaw in jaws)
    )


def _likeness(texture: Floats, cheeks: Floats) -> Floats:
    """Return lightness and chroma relative to the cheeks', added up: float32 (h, w)."""
    (lightness, chroma), (usual, colored) = map(_lightness_and_chroma, (texture, cheeks))
    light = lightness / np.maximum(usual, _DARK)
    color = np.where(colored < _GRAY, light, chroma / np.maximum(colored, _GRAY))
    return np.asarray(light + color, np.float32)


def _lightness_and_chroma(bgr: Floats) -> tuple[Floats, Floats]:
    lab = cv2.cvtColor(np.clip(bgr, 0, 255) / np.float32(255), cv2.COLOR_BGR2LAB)
    lightness, a, b = cv2.split(lab)
    return np.asarray(lightness, np.float32), np.asarray(cv2.magnitude(a, b), np.float32)


def _hairs(texture: Floats) -> Floats:
    """Return the contrast of the finest lines as a share of the luma: float32 (h, w)."""
    luma = texture @ LUMA
    fine, coarse = (blur(luma, radius) for radius in _HAIRS)
    sigma = _SIZE * _NEARBY
    deviation = np.sqrt(blur((fine - coarse) ** 2, sigma))
    contrast: Floats = deviation / np.maximum(blur(luma, sigma), _DARK)
    return contrast


def _mean_around(texture: Floats, weights: Floats, sigma: float) -> Floats:
    """Return the mean of the weighted pixels around each pixel: float32 (h, w, 3)."""
    share = spread(weights, sigma)[..., None] + np.float32(1e-4)
    around: Floats = spread(texture * weights[..., None], sigma) / share
    return around


def _is_seen(region: Flags, seen: Floats) -> bool:
    return float(seen[region].mean()) > _LEAST_SEEN


def _mean(values: Floats, region: Flags, seen: Floats) -> float:
    return float(np.average(values[region], weights=seen[region]))


def _regions(layout: Layout) -> _Regions:
    unit, rows = _SIZE * layout.face_width, np.arange(_SIZE)[:, None]
    eyes, nose = (layout.uv[vertex, 1] * _SIZE for vertex in (LEFT_EYE_CORNERS[0], NOSE_BASE))
    lips = layout.topology.outer_lips
    upper_lip, lower_lip = (edge(layout.uv[lips, 1]) * _SIZE for edge in (np.min, np.max))
    depth, away = depth_inside(layout, _SIZE), away_from_midline(layout, _SIZE)
    skin = skin_mask(layout, _SIZE) > 0.5
    drop = ((rows - nose) / unit).astype(np.float32)
    sideburns = (1 - smoothstep(drop, *_SIDEBURNS)) * smoothstep(away, *_BESIDE)
    below = (depth > 0) & (rows > nose) & (rings_mask(layout, _SIZE, [lips.tolist()]) < 0.5)
    middle, right = away < _BESIDE[0], np.arange(_SIZE) >= _SIZE // 2
    inside = below & (depth > _OUTLINE)
    jaw = inside & (depth < _INNER) & ~middle & (sideburns < 0.5)
    return _Regions(
        cheeks=skin & (depth > _CHEEK) & (rows > eyes) & (rows < nose),
        below=below,
        share=below * (1 - sideburns),
        mustache=below & (rows < upper_lip) & middle,
        chin=inside & (rows > lower_lip) & middle,
        jaws=(jaw & ~right, jaw & right),
    )
