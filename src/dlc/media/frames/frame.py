"""One picture of a video or one photo, in the pixel format it was stored in."""

from __future__ import annotations

from fractions import Fraction

import av
import cv2
import numpy as np

from dlc.arrays import Bytes, Image
from dlc.geometry import Box
from dlc.media.frames.color import ColorTags, bgr_to_components, components_to_bgr
from dlc.media.frames.fitting import require_fit, require_inside
from dlc.media.frames.orientation import UPRIGHT, Orientation
from dlc.media.frames.planes import Samples, plane_arrays, require_layout
from dlc.media.frames.samples import blend_components, read_components, shrink_components


class Frame:
    """A picture whose native samples stay untouched except where something is pasted.

    Coordinates are those of the upright picture, the one a viewer sees; the samples stay as they
    were coded. A frame belongs to one thread at a time.

    Attributes:
        index: 0-based number in the processed range.
        pts: presentation time in units of `time_base`.
        time_base: seconds.
        origin: the time on the clock of `pts`, in seconds, that a player shows as 0.
        orientation: how the coded samples are turned for display.
    """

    __slots__ = (
        "_layout",
        "_native",
        "_tags",
        "_writable",
        "index",
        "orientation",
        "origin",
        "pts",
        "time_base",
    )

    def __init__(
        self,
        native: av.VideoFrame,
        *,
        index: int = 0,
        pts: int | None = None,
        time_base: Fraction = Fraction(1),
        origin: Fraction = Fraction(0),
        orientation: Orientation = UPRIGHT,
        tags: ColorTags | None = None,
    ) -> None:
        """Wrap a decoded picture.

        Args:
            native: the picture in a pixel format whose samples can be addressed one by one.
            index: 0-based number in the processed range.
            pts: presentation time in units of `time_base`.
            time_base: seconds.
            origin: the time on the clock of `pts`, in seconds, that a player shows as 0.
            orientation: how the coded samples are turned for display.
            tags: the stream's color tags; those on `native` if None.

        Raises:
            ValueError: if the samples of the pixel format cannot be addressed one by one.
        """
        self._native = native
        self._layout = require_layout(native.format.name)
        self._tags = (tags or ColorTags.of(native)).resolved(self._layout.name, native.height)
        self._writable = False
        self.index = index
        self.pts = pts
        self.time_base = time_base
        self.origin = origin
        self.orientation = orientation

    @property
    def native(self) -> av.VideoFrame:
        """The picture as the encoder takes it: native format, coded orientation."""
        return self._native

    @property
    def time(self) -> float:
        """Presentation time in seconds as players count it; 0.0 where there is none."""
        return 0.0 if self.pts is None else float(self.pts * self.time_base - self.origin)

    @property
    def exact_time(self) -> Fraction:
        """Presentation time in seconds on the clock of `pts`; 0 where there is none."""
        return (self.pts or 0) * self.time_base

    @property
    def is_still(self) -> bool:
        """Whether it is a photo: frames of a video have a presentation time."""
        return self.pts is None

    @property
    def width(self) -> int:
        """Columns of the upright picture."""
        return self._upright_size()[0]

    @property
    def height(self) -> int:
        """Rows of the upright picture."""
        return self._upright_size()[1]

    def region(self, box: Box) -> Image:
        """Return the pixels of a rectangle; only that part is converted.

        The result is the same part of `to_bgr`, give or take one level of rounding.

        Args:
            box: a rectangle of the upright picture, inside it and not empty.

        Returns:
            uint8 (box.height, box.width, 3) BGR, a copy.

        Raises:
            ValueError: if the box is empty or reaches outside the picture.
        """
        coded = self._coded(box)
        # Chroma is interpolated from its neighbors, so these must be there too.
        window = self._aligned(coded, margin=1)
        components = read_components(self._views(window), self._layout, window.width, window.height)
        left, top = coded.left - window.left, coded.top - window.top
        part = components[top : top + coded.height, left : left + coded.width]
        bgr = components_to_bgr(part, self._layout, self._tags)
        return np.ascontiguousarray(self.orientation.to_upright(bgr))

    def shrunk_region(self, box: Box, factor: int) -> tuple[Box, Image]:
        """Return a small version of a rectangle, scaled straight from the native samples.

        This reads far fewer samples than `region` does, for whoever would shrink its result.

        Args:
            box: a rectangle of the upright picture, inside it and not empty.
            factor: how many pixels of the picture fall on one of the result along each side.

        Returns:
            The rectangle really covered, which holds `box` and ends on whole chroma samples, and
            its pixels, uint8 BGR, about 1 / `factor` as wide and as high.

        Raises:
            ValueError: if the box is empty or reaches outside the picture.
        """
        window = self._aligned(self._coded(box), margin=0)
        components = shrink_components(
            self._views(window),
            self._layout,
            max(1, window.width // factor),
            max(1, window.height // factor),
        )
        bgr = components_to_bgr(components, self._layout, self._tags)
        covered = self.orientation.box_to_upright(window, *self._upright_size())
        return covered, np.ascontiguousarray(self.orientation.to_upright(bgr))

    def to_bgr(self) -> Image:
        """Return the whole picture as uint8 (height, width, 3) BGR, a copy."""
        return self.region(Box(0, 0, self.width, self.height))

    def thumbnail(self, size: int) -> Image:
        """Return a small version, scaled straight from the native samples.

        Args:
            size: the longer side in pixels at most; a smaller picture is not enlarged.

        Returns:
            uint8 (h, w, 3) BGR, upright.
        """
        width, height = self._native.width, self._native.height
        scale = min(1.0, size / max(width, height))
        components = shrink_components(
            plane_arrays(self._native),
            self._layout,
            max(1, round(width * scale)),
            max(1, round(height * scale)),
        )
        bgr = components_to_bgr(components, self._layout, self._tags)
        return np.ascontiguousarray(self.orientation.to_upright(bgr))

    def paste(self, box: Box, bgr: Image, alpha: Bytes) -> None:
        """Blend pixels into the native samples.

        A sample changes only if a pixel it covers has an alpha above 0; every other sample keeps
        its bits. Where chroma is subsampled one chroma sample covers several pixels and takes their
        weighted mean. The pixels' opacity, if the format has any, stays.

        Args:
            box: where the pixels belong; inside the picture and not empty.
            bgr: uint8 (box.height, box.width, 3).
            alpha: uint8 (box.height, box.width): 0 keeps the frame's pixel, 255 replaces it.

        Raises:
            ValueError: if the box is empty or reaches outside the picture, or if the arrays do not
                fit it.
        """
        coded = self._coded(box)
        require_fit(box, bgr, alpha)
        window = self._aligned(coded, margin=0)
        border = (
            coded.top - window.top,
            window.bottom - coded.bottom,
            coded.left - window.left,
            window.right - coded.right,
        )
        pixels = _framed(self.orientation.to_coded(bgr), border, cv2.BORDER_REPLICATE)
        weight = _framed(self.orientation.to_coded(alpha), border, cv2.BORDER_CONSTANT)
        self._make_writable()
        components = bgr_to_components(pixels, self._layout, self._tags)
        blend_components(self._views(window), self._layout, components, weight)

    def _upright_size(self) -> tuple[int, int]:
        """Return columns and rows of the stored picture, turned upright."""
        return self.orientation.upright_size(self._native.width, self._native.height)

    def _coded(self, box: Box) -> Box:
        width, height = self._upright_size()
        require_inside(box, width, height)
        return self.orientation.box_to_coded(box, width, height)

    def _aligned(self, box: Box, margin: int) -> Box:
        """Grow a coded box to whole chroma samples and by `margin` of them on each side."""
        x, y = self._layout.chroma_shift
        grown = Box(
            (box.left >> x) - margin << x,
            (box.top >> y) - margin << y,
            -(-box.right >> x) + margin << x,
            -(-box.bottom >> y) + margin << y,
        )
        return grown.clipped(self._native.width, self._native.height)

    def _views(self, window: Box) -> list[Samples]:
        """Return the planes inside an aligned window, sharing memory."""
        return [
            plane[
                window.top >> part.shift_y : -(-window.bottom >> part.shift_y),
                window.left >> part.shift_x : -(-window.right >> part.shift_x),
            ]
            for plane, part in zip(plane_arrays(self._native), self._layout.planes, strict=True)
        ]

    def _make_writable(self) -> None:
        # The decoder may still predict later pictures from these buffers: the first paste copies.
        if not self._writable:
            self._native.make_writable()
            self._writable = True


def _framed(pixels: Bytes, border: tuple[int, int, int, int], kind: int) -> Bytes:
    if not any(border):
        return pixels
    return np.asarray(cv2.copyMakeBorder(pixels, *border, kind, value=0))
