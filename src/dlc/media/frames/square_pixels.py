"""The size of pictures on screens, whose pixels are square."""

from __future__ import annotations

from fractions import Fraction

from dlc.media.frames.orientation import Orientation
from dlc.media.limits import MAX_VIDEO_PIXELS, MAX_VIDEO_SIDE


def shown_width(width: int, height: int, ratio: Fraction | None, orientation: Orientation) -> int:
    """Return how wide a picture is shown whose height stays as it is.

    Args:
        width: of the picture as stored, in pixels.
        height: of the picture as stored, in pixels.
        ratio: of a stored pixel's width to its height; None or 0 if it is unknown.
        orientation: how the stored picture is turned for display.

    Returns:
        Pixels; even where stored pixels are not square, as encoders want it.
    """
    across, down = orientation.upright_size(width, height)
    if not ratio or ratio == 1:
        return across
    shown = max(2, 2 * round(stretched(across, ratio, orientation) / 2))
    # What claims more is damaged or hostile.
    is_sane = shown <= MAX_VIDEO_SIDE and shown * down <= MAX_VIDEO_PIXELS
    return shown if is_sane else across


def stretched(width: int, ratio: Fraction, orientation: Orientation) -> Fraction:
    """Return the exact width of an upright picture as it is shown, in pixels.

    Args:
        width: of the stored picture, turned upright, in pixels.
        ratio: of a stored pixel's width to its height.
        orientation: how the stored picture is turned for display.
    """
    return width * (1 / ratio if orientation.transposed else ratio)
