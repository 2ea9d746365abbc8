"""Reading and blending native samples; exact, and outside Python's global lock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np

from dlc.arrays import Array, Bytes
from dlc.media.frames.planes import PixelLayout, PlaneLayout, Samples

# float32 in sample values, or uint8 for 8-bit RGB, which needs no arithmetic.
Components = Array


def read_components(
    planes: Sequence[Samples], layout: PixelLayout, width: int, height: int
) -> Components:
    """Return the color components of a rectangle, one value a pixel.

    Subsampled chroma is interpolated linearly between the centers of the pixels each sample covers.

    Args:
        planes: the rectangle's part of each plane; its left and top lie on whole chroma samples.
        layout: the pixel format.
        width: of the rectangle in pixels.
        height: of the rectangle in pixels.

    Returns:
        (height, width, 3), or (height, width) for gray.
    """
    dtype = _value_type(layout)

    def full(samples: Samples, part: PlaneLayout) -> Components:
        values: Components = samples.astype(dtype)
        if not part.is_subsampled:
            return values
        size = (samples.shape[1] << part.shift_x, samples.shape[0] << part.shift_y)
        return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_LINEAR)[:height, :width])

    return _gather(planes, layout, full)


def shrink_components(
    planes: Sequence[Samples], layout: PixelLayout, width: int, height: int
) -> Components:
    """Return the color components of a whole picture scaled down to `width` x `height` pixels.

    Returns:
        (height, width, 3), or (height, width) for gray.
    """
    dtype = _value_type(layout)

    def small(samples: Samples, _part: PlaneLayout) -> Components:
        # Every second row is enough to average over when four or more fall on one. But OpenCV
        # averages blocks of whole numbers of samples so fast that half of them would take longer.
        per_row, rest = divmod(samples.shape[0], height)
        in_blocks = rest == 0 and per_row % 2 == 1 and samples.shape[1] % width == 0
        rows = samples[::2] if per_row >= 4 and not in_blocks else samples
        return cv2.resize(rows, (width, height), interpolation=cv2.INTER_AREA).astype(dtype)

    return _gather(planes, layout, small)


def blend_components(
    planes: Sequence[Samples],
    layout: PixelLayout,
    components: Sequence[Components],
    alpha: Bytes,
) -> None:
    """Blend components into the planes of a pixel format.

    Args:
        planes: the rectangle's part of each plane, to be changed; its left and top lie on whole
            chroma samples.
        layout: their pixel format.
        components: float32 (h, w), one array a component, in sample values.
        alpha: uint8 (h, w): 0 keeps a pixel, 255 replaces it.
    """
    # 255 * (1 / 255) is exactly 1 in single precision, so alpha 255 replaces exactly.
    weight = alpha.astype(np.float32) * np.float32(1 / 255)
    for plane, part in zip(planes, layout.planes, strict=True):
        if all(index is None for index in part.components):
            continue
        values, weights = _interleaved(part, components, weight)
        if part.is_subsampled:
            _blend_subsampled(plane, part, values, weights, layout.unused_bits)
        else:
            _blend_full(plane, values, weights, layout.unused_bits)


def _value_type(layout: PixelLayout) -> type[np.uint8 | np.float32]:
    return np.uint8 if layout.is_rgb and layout.depth == 8 else np.float32


def _gather(
    planes: Sequence[Samples],
    layout: PixelLayout,
    sample: Callable[[Samples, PlaneLayout], Components],
) -> Components:
    """Sample each plane and put the components in their order, without opacity."""
    channels: list[Components] = [np.empty(0)] * layout.component_count
    for plane, part in zip(planes, layout.planes, strict=True):
        if all(index is None for index in part.components):
            continue
        values = sample(_significant(plane, layout.unused_bits), part)
        for position, index in enumerate(part.components):
            if index is not None:
                channels[index] = values if values.ndim == 2 else values[..., position]
    return channels[0] if len(channels) == 1 else np.asarray(cv2.merge(channels))


def _interleaved(
    part: PlaneLayout, components: Sequence[Components], weight: Components
) -> tuple[Components, Components]:
    """Arrange components and weights as the plane has them; what is no color gets weight 0."""
    if len(part.components) == 1:
        return components[part.components[0] or 0], weight
    values = cv2.merge([components[index or 0] for index in part.components])
    nothing = np.zeros_like(weight)
    weights = cv2.merge([nothing if index is None else weight for index in part.components])
    return np.asarray(values), np.asarray(weights)


def _blend_full(plane: Samples, values: Components, weight: Components, unused_bits: int) -> None:
    old = _significant(plane, unused_bits)
    change = cv2.multiply(cv2.subtract(values, old, dtype=cv2.CV_32F), weight)
    _store(plane, cv2.add(old, change, dtype=_depth(plane)), unused_bits)


def _blend_subsampled(
    plane: Samples, part: PlaneLayout, values: Components, weight: Components, unused_bits: int
) -> None:
    """Blend with the mean over the pixels of each sample: old (1 - mean w) + mean (w value)."""
    height, width = plane.shape[0] << part.shift_y, plane.shape[1] << part.shift_x
    size = (plane.shape[1], plane.shape[0])
    weighted = np.asarray(cv2.multiply(values, weight))
    new, share = (
        cv2.resize(_grown(array, width, height), size, interpolation=cv2.INTER_AREA)
        for array in (weighted, weight)
    )
    old = _significant(plane, unused_bits)
    kept = cv2.subtract(old, cv2.multiply(old, share, dtype=cv2.CV_32F), dtype=cv2.CV_32F)
    _store(plane, cv2.add(kept, new, dtype=_depth(plane)), unused_bits)


def _grown(pixels: Components, width: int, height: int) -> Components:
    """Repeat the last column or row where an odd picture ends in the middle of a chroma sample."""
    below, right = height - pixels.shape[0], width - pixels.shape[1]
    if not below and not right:
        return pixels
    return np.asarray(cv2.copyMakeBorder(pixels, 0, below, 0, right, cv2.BORDER_REPLICATE))


def _significant(plane: Samples, unused_bits: int) -> Samples:
    return plane >> unused_bits if unused_bits else plane


def _store(plane: Samples, values: Any, unused_bits: int) -> None:
    shaped = values.reshape(plane.shape)
    plane[...] = shaped << unused_bits if unused_bits else shaped


def _depth(plane: Samples) -> int:
    return cv2.CV_8U if plane.dtype == np.uint8 else cv2.CV_16U
