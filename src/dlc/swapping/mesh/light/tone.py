"""Light and tone: puts the target's broad light and color under the source's detail."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from dlc.arrays import Floats
from dlc.compositing.filters import broad_blur, smoothstep
from dlc.swapping.mesh.layout import Layout
from dlc.swapping.mesh.masks import skin_mask

TONE_SIZE = 128
# Weights of B, G and R in luma (ITU-R BT.601).
LUMA = np.array([0.114, 0.587, 0.299], np.float32)

# Blur radii in face widths: light changes slowly over a face, tint (beard, cheeks) a little faster.
_LUMA_SIGMA = 0.22
_TINT_SIGMA = 0.11
# Gray levels below which a ratio to a pixel reflects noise more than the face.
_DARK = 8.0
# Range of the gain from one face's light and color to another's: down to a face in the dark, up to
# where a dark photo's noise would show.
_GAIN = (0.02, 5.0)
# Gain up to which skin is about as light as it was, and from which it is much lighter.
_LIGHTER = (1.1, 1.6)
# Smallest difference from gray, and factor of a channel, in real light.
_FAINT = 0.05
# Differences between skin's tint and gray in pictures without color, and from which they have some.
_COLORED = (0.04, 0.12)
# Share of the light below which detail says nothing about the color of shade; and the range of
# shade per channel, relative to gray: more would be noise, or from another object.
_FAINT_SHADE = 0.03
_SHADE = (0.4, 1.8)
# Difference between the color of less light over the whole face and the skin's tint: from the
# second on, the light bleaches skin, which fine detail alone may not show; more than the last would
# be the colors of several lights.
_BLEACHING, _MOST_BLEACHED = (0.5, 0.62), 0.66
# Share of the light below which its changes over the face say nothing about colors.
_EVEN = 0.05
# How far the new face's shade follows the target's, since shade also carries what tells people
# apart. But in light strong enough to bleach skin, everything darker would look gray next to it, so
# there the shade follows all the way. The difference between the colors of light and shade decides.
_FOLLOWED = (0.5, 1.0)
_BLEACHED = (0.35, 0.65)
# Shares of the light that shade takes from skin: up to the first it is nothing but shade. What is
# darker than the second, such as brows, is dark by itself, and would turn red in the color of shade
# on bleached skin.
_SHADED = (0.4, 0.8)
# How far the source's contrast follows the target's, as a power of their ratio; more would wash the
# source's features out in soft light.
_CONTRAST_POWER = 0.3
_CONTRAST = (0.6, 1.6)


@dataclass(frozen=True, slots=True, eq=False)
class Tone:
    """Light, tint and contrast of a face.

    Attributes:
        light: float32 (TONE_SIZE, TONE_SIZE, 3), the skin's smooth BGR in the atlas.
        tint: float32 (3,), the skin's mean BGR relative to its luma.
        contrast: standard deviation of the skin's detail relative to its light.
        shade: float32 (3,), change of the skin's BGR per unit of luma. If only the amount of light
            changes, it equals the tint. Skin in shade has more color than that, as its light came
            through the skin.
    """

    light: Floats
    tint: Floats
    contrast: float
    shade: Floats


class ToneMeter:
    """Measures light over the skin, in the atlas."""

    def __init__(self, layout: Layout) -> None:
        """Prepare the masks for one atlas layout."""
        unit = TONE_SIZE * layout.face_width
        self._skin = skin_mask(layout, TONE_SIZE)
        self._luma_sigma, self._tint_sigma = _LUMA_SIGMA * unit, _TINT_SIGMA * unit

    def measure(self, texture: Floats, seen: Floats) -> Tone:
        """Measure a face.

        Args:
            texture: float32 (TONE_SIZE, TONE_SIZE, 3) BGR, 0 to 255.
            seen: float32 (TONE_SIZE, TONE_SIZE), how much to trust each pixel: where the face turns
                away, the atlas holds hair and background.
        """
        skin = self._skin * seen
        luma = texture @ LUMA
        shown, lit = texture * skin[..., None], luma * skin
        smooth = broad_blur(lit, self._luma_sigma)
        smooth /= np.maximum(broad_blur(skin, self._luma_sigma), 1e-3)
        # Bright pixels count more: the color of dark ones, of hair and rims, is mostly noise.
        tint = broad_blur(shown, self._tint_sigma)
        tint /= np.maximum(broad_blur(lit, self._tint_sigma), 1e-3 * _DARK)[..., None]
        detail = (luma - smooth) / np.maximum(smooth, _DARK)
        variance = float((detail**2 * skin).sum() / max(float(skin.sum()), 1.0))
        mean: Floats = sum_pixels(shown) / max(float(lit.sum()), _DARK)
        light = smooth[..., None] * tint
        some = (slice(None, None, 2),) * 2  # a quarter of them tells as much
        shade = _shade(texture[some] - light[some], skin[some], smooth[some], mean)
        shade = _bleached(shade, texture[some], skin[some], mean)
        return Tone(light, mean, variance**0.5, shade)


def _shade(detail: Floats, skin: Floats, smooth: Floats, tint: Floats) -> Floats:
    """Fit a color to the detail of skin; see `Tone.shade`.

    Args:
        detail: float32 (h, w, 3), BGR, deviation from the light.
        skin: float32 (h, w), weights.
        smooth: float32 (h, w), the light's luma.
        tint: float32 (3,), the color to use if the detail says nothing.
    """
    # The tint counts as much as this share of the light would over all the skin.
    prior = float(((_FAINT_SHADE * smooth) ** 2 * skin).sum())
    fitted = _color_of(detail, skin, tint, prior)
    # Shade that is grayer than skin in less light comes from beard or dirt, not from skin.
    gray = (fitted - tint) * (tint - 1) > 0
    fitted = np.clip(np.where(gray, tint, fitted), *_SHADE)
    # The tint's luma is 1, or 0 if everything is black.
    shade: Floats = (fitted * (float(tint @ LUMA) / float(fitted @ LUMA))).astype(np.float32)
    return shade


def _color_of(changes: Floats, skin: Floats, tint: Floats, prior: float) -> Floats:
    """Return the change of color per unit of luma that fits changes best: (3,), BGR.

    Args:
        changes: float32 (h, w, 3), BGR.
        skin: float32 (h, w), weights.
        tint: float32 (3,), the color to use if they say nothing.
        prior: how much the tint counts, in squares of gray levels.
    """
    luma, prior = changes @ LUMA, prior + 1e-3
    weight = luma * skin
    along: Floats = sum_pixels(changes * weight[..., None]) + prior * tint
    color: Floats = along / (float((weight * luma).sum()) + prior)
    return color


def _bleached(shade: Floats, texture: Floats, skin: Floats, tint: Floats) -> Floats:
    """Return the color of shade in light that bleaches skin wherever it falls broadly.

    Args:
        shade: float32 (3,), the color of the detail.
        texture: float32 (h, w, 3), BGR.
        skin: float32 (h, w), weights.
        tint: float32 (3,), the skin's.
    """
    amount = max(float(skin.sum()), 1.0)
    mean: Floats = sum_pixels(texture * skin[..., None]) / amount
    prior = (_EVEN * float(mean @ LUMA)) ** 2 * amount
    difference = _color_of(texture - mean, skin, tint, prior) - tint
    size = float(np.linalg.norm(difference))
    most = min(size, _MOST_BLEACHED)
    if float(np.linalg.norm(shade - tint)) >= most:
        return shade  # the detail shows as much
    share = float(smoothstep(np.asarray(size, np.float32), *_BLEACHING))
    broad = tint + difference * (most / max(size, _FAINT))
    mixed: Floats = (shade + share * (broad - shade)).astype(np.float32)
    return mixed


def sum_pixels(image: Floats) -> Floats:
    """Return the sum of each channel of an image (h, w, 3): float32 (3,)."""
    # NumPy takes forty times as long to sum up the pixels of channels that lie side by side.
    return np.array(cv2.sumElems(image)[:3], np.float32)


def tone_gain(target: Tone, source: Tone) -> Floats:
    """Return the factor (TONE_SIZE, TONE_SIZE, 3) from the source's light to the target's."""
    return np.clip(target.light / np.maximum(source.light, 4.0), *_GAIN)


def lightening(gain: Floats) -> Floats:
    """Return how far a gain (..., 3) makes skin lighter: 0 for not at all, 1 for much, float32."""
    return smoothstep(gain @ LUMA, *_LIGHTER)


def depth_and_height(detail: Floats, light: Floats) -> Floats:
    """Return what of detail's luma is no shade: float32 (h, w, 2), in gray levels, at least 0.

    Depth is how much of its darkness is dark by itself, height is how much brighter than the light
    it is.

    Args:
        detail: float32 (h, w, 3), BGR, deviation from the light.
        light: float32 (h, w, 3), BGR.
    """
    luma = detail @ LUMA
    darker, height = np.maximum(-luma, 0), np.maximum(luma, 0)
    depth = darker * smoothstep(darker / np.maximum(light @ LUMA, _DARK), *_SHADED)
    both: Floats = np.dstack([depth, height])
    return both


def color_matrix(target: Tone, source: Tone) -> Floats:
    """Return the matrix (3, 5) for the source's detail, depth and height, applied before the gain.

    The gain from one skin's tint to another's is right for skin, but by removing the skin's orange
    it would turn anything paler, such as a lip, blue. Gray should stay gray, so colors shrink
    towards the skin's tint as much as the tint itself does towards gray. They never grow, as noise
    would grow too, nor gain more than luma does. Light and shade on the source's skin move towards
    the colors of light and shade on the target's; what is darker than shade gets no more of its
    color. On bleached skin, what is brighter than the light moves from one tint to the other
    instead, so that white highlights stay white: in the color of shade they would go on to blue.
    """
    gain = target.tint / np.maximum(source.tint, _FAINT)
    now, before = (float(np.linalg.norm(tone.tint - 1)) for tone in (target, source))
    saturation = min(now / max(before, _FAINT), 1.0)
    factor = np.minimum(saturation / np.maximum(gain, _FAINT), 1.0)[:, None]
    bleached = _bleaching(target)
    low, high = _FOLLOWED
    shade = target.tint + (low + (high - low) * bleached) * (target.shade - target.tint)
    lit = (shade / np.maximum(gain, _FAINT))[:, None] * LUMA
    rest = factor * (np.eye(3) - source.shade[:, None] * LUMA)
    depth = (shade - target.tint) / np.maximum(gain, _FAINT)
    height = bleached * (factor[:, 0] * (source.shade - source.tint) - depth)
    matrix: Floats = np.column_stack([lit + rest, depth, height]).astype(np.float32)
    return matrix


def _bleaching(target: Tone) -> float:
    """Return how far a target's light bleaches skin: 0 for not at all, 1 for surely."""
    difference = np.float32(np.linalg.norm(target.shade - target.tint))
    return float(smoothstep(np.asarray(difference), *_BLEACHED))


def colored(tone: Tone) -> float:
    """Return 0 if the picture of a face has no color, 1 if it has."""
    apart = np.float32(np.linalg.norm(tone.tint - 1))
    return float(smoothstep(np.asarray(apart), *_COLORED))


def contrast_factor(target: Tone, source: Tone) -> float:
    """Return the factor that brings the source's detail near the target's contrast."""
    low, high = _CONTRAST
    ratio = target.contrast / max(source.contrast, 1e-3)
    return float(min(max(ratio**_CONTRAST_POWER, low), high))
