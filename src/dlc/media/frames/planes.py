"""What FFmpeg's pixel formats look like in memory, and their planes as arrays."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import av
import numpy as np

from dlc.arrays import Array

# uint8 or uint16: (h, w), or (h, w, n) where n samples are interleaved.
Samples = Array


@dataclass(frozen=True, slots=True)
class PlaneLayout:
    """One plane of a pixel format.

    Attributes:
        shift_x: log2 of how many pixels of a row share one sample.
        shift_y: log2 of how many rows share one sample.
        components: what each sample interleaved in the plane is: 0, 1, 2 for Y, U, V or for blue,
            green, red; None for opacity and for unused bytes.
    """

    shift_x: int
    shift_y: int
    components: tuple[int | None, ...]

    @property
    def is_subsampled(self) -> bool:
        """Whether one sample covers several pixels."""
        return bool(self.shift_x or self.shift_y)


@dataclass(frozen=True, slots=True)
class PixelLayout:
    """A pixel format whose samples can be read and written one by one.

    Attributes:
        name: FFmpeg's name of the format.
        planes: the planes in memory order.
        depth: significant bits of a sample.
        unused_bits: zero bits below the significant ones in each 16-bit word (p010le and its kin).
        is_rgb: whether the components are red, green and blue.
        has_alpha: whether there is opacity.
    """

    name: str
    planes: tuple[PlaneLayout, ...]
    depth: int
    unused_bits: int = 0
    is_rgb: bool = False
    has_alpha: bool = False

    @property
    def component_count(self) -> int:
        """How many color components a pixel has: 1 (gray) or 3."""
        return 1 + max(i for p in self.planes for i in p.components if i is not None)

    @property
    def dtype(self) -> type[np.uint8 | np.uint16]:
        """The array type of a sample."""
        return np.uint8 if self.depth + self.unused_bits == 8 else np.uint16

    @property
    def chroma_shift(self) -> tuple[int, int]:
        """Horizontal and vertical log2 subsampling of the chroma."""
        return max(p.shift_x for p in self.planes), max(p.shift_y for p in self.planes)


_SUBSAMPLING = {
    "410": (2, 2),
    "411": (2, 0),
    "420": (1, 1),
    "422": (1, 0),
    "440": (0, 1),
    "444": (0, 0),
}
# Interleaved chroma: shifts, depth, unused low bits, and whether V comes first.
_SEMI_PLANAR = {
    "nv12": (1, 1, 8, 0, False),
    "nv21": (1, 1, 8, 0, True),
    "nv16": (1, 0, 8, 0, False),
    "nv24": (0, 0, 8, 0, False),
    "nv42": (0, 0, 8, 0, True),
    "nv20le": (1, 0, 10, 0, False),
    "p010le": (1, 1, 10, 6, False),
    "p012le": (1, 1, 12, 4, False),
    "p016le": (1, 1, 16, 0, False),
    "p210le": (1, 0, 10, 6, False),
    "p212le": (1, 0, 12, 4, False),
    "p216le": (1, 0, 16, 0, False),
    "p410le": (0, 0, 10, 6, False),
    "p412le": (0, 0, 12, 4, False),
    "p416le": (0, 0, 16, 0, False),
}
_PACKED_RGB = re.compile(r"(?P<order>[rgba0]{3,4})(?P<bits>24|48le|64le)?")
_PLANAR_YUV = re.compile(r"yuv(?P<kind>[aj]?)(?P<sub>4\d\d)p((?P<bits>\d+)le)?")
_PLANAR_RGB = re.compile(r"gbr(?P<alpha>a?)p((?P<bits>\d+)le)?")
_GRAY = re.compile(r"gray((?P<bits>\d+)le)?")


@cache
def layout_of(pix_fmt: str) -> PixelLayout | None:
    """Return a pixel format's layout, or None if its samples cannot be addressed one by one."""
    if pix_fmt in _SEMI_PLANAR:
        return _semi_planar(pix_fmt)
    if match := _PLANAR_YUV.fullmatch(pix_fmt):
        return _planar_yuv(pix_fmt, match)
    if match := _PLANAR_RGB.fullmatch(pix_fmt):
        order = (1, 0, 2, None) if match["alpha"] else (1, 0, 2)
        planes = tuple(PlaneLayout(0, 0, (component,)) for component in order)
        depth = int(match["bits"] or 8)
        return PixelLayout(pix_fmt, planes, depth, is_rgb=True, has_alpha=len(order) == 4)
    if match := _GRAY.fullmatch(pix_fmt):
        return PixelLayout(pix_fmt, (PlaneLayout(0, 0, (0,)),), int(match["bits"] or 8))
    if pix_fmt in ("ya8", "ya16le"):
        depth = 8 if pix_fmt == "ya8" else 16
        return PixelLayout(pix_fmt, (PlaneLayout(0, 0, (0, None)),), depth, has_alpha=True)
    if match := _PACKED_RGB.fullmatch(pix_fmt):
        return _packed_rgb(pix_fmt, match)
    return None


def require_layout(pix_fmt: str) -> PixelLayout:
    """Return a pixel format's layout.

    Raises:
        ValueError: its samples cannot be addressed one by one.
    """
    layout = layout_of(pix_fmt)
    if layout is None:
        raise ValueError(f"{pix_fmt} has to be converted before its samples can be addressed")
    return layout


def _planar_yuv(name: str, match: re.Match[str]) -> PixelLayout | None:
    if match["sub"] not in _SUBSAMPLING:
        return None
    x, y = _SUBSAMPLING[match["sub"]]
    planes = [PlaneLayout(0, 0, (0,)), PlaneLayout(x, y, (1,)), PlaneLayout(x, y, (2,))]
    has_alpha = match["kind"] == "a"
    if has_alpha:
        planes.append(PlaneLayout(0, 0, (None,)))
    return PixelLayout(name, tuple(planes), int(match["bits"] or 8), has_alpha=has_alpha)


def _semi_planar(name: str) -> PixelLayout:
    x, y, depth, unused, swapped = _SEMI_PLANAR[name]
    planes = (PlaneLayout(0, 0, (0,)), PlaneLayout(x, y, (2, 1) if swapped else (1, 2)))
    return PixelLayout(name, planes, depth, unused)


def _packed_rgb(name: str, match: re.Match[str]) -> PixelLayout | None:
    order, bits = match["order"], match["bits"]
    if not set("rgb") <= set(order) or (len(order) == 3) != (bits in ("24", "48le")):
        return None
    planes = (PlaneLayout(0, 0, tuple({"b": 0, "g": 1, "r": 2}.get(x) for x in order)),)
    depth = 16 if bits in ("48le", "64le") else 8
    return PixelLayout(name, planes, depth, is_rgb=True, has_alpha="a" in order)


@cache
def addressable_format(pix_fmt: str) -> str:
    """Return `pix_fmt`, or the format closest to it whose samples can be addressed one by one.

    Palettes, bit-packed and big-endian formats have no samples that a patch could be blended into;
    nothing is lost in the format returned for them, except that floating point samples become
    16-bit ones.
    """
    if layout_of(pix_fmt):
        return pix_fmt
    fmt = av.VideoFormat(pix_fmt, 64, 64)
    alpha = fmt.has_palette or any(c.is_alpha for c in fmt.components)
    depth = max(c.bits for c in fmt.components)
    if fmt.is_rgb or fmt.has_palette or fmt.is_bayer:
        return _closest_rgb(depth, alpha=alpha)
    depth = next((bits for bits in (8, 10, 12, 16) if bits >= depth), 16)
    if any(c.is_chroma for c in fmt.components):
        return _closest_yuv(fmt, depth, alpha=alpha)
    return _closest_gray(depth, alpha=alpha)


def _closest_rgb(depth: int, *, alpha: bool) -> str:
    if depth <= 8:
        return "bgra" if alpha else "bgr24"
    return "bgra64le" if alpha else "bgr48le"


def _closest_gray(depth: int, *, alpha: bool) -> str:
    if alpha:
        return "ya8" if depth == 8 else "ya16le"
    return f"gray{_suffix(depth)}"


def _closest_yuv(fmt: av.VideoFormat, depth: int, *, alpha: bool) -> str:
    # How often 64, the size of `fmt`, is halved.
    shifts = (7 - fmt.chroma_width(64).bit_length(), 7 - fmt.chroma_height(64).bit_length())
    names = {shift: name for name, shift in _SUBSAMPLING.items()}
    name = f"yuv{'a' if alpha else ''}{names.get(shifts, '444')}p{_suffix(depth)}"
    return name if layout_of(name) else f"yuv444p{_suffix(depth)}"


def _suffix(depth: int) -> str:
    return f"{depth}le" if depth > 8 else ""


def plane_arrays(frame: av.VideoFrame) -> list[Samples]:
    """Return the frame's planes as arrays that share its memory.

    Returns:
        One array a plane. They become invalid when the frame's buffers are replaced, as
        `make_writable` may do.

    Raises:
        ValueError: if the samples of the pixel format cannot be addressed one by one.
    """
    layout = require_layout(frame.format.name)
    arrays: list[Samples] = []
    for plane, description in zip(frame.planes, layout.planes, strict=True):
        samples = np.frombuffer(plane, layout.dtype)  # type: ignore[call-overload]
        count = len(description.components)
        rows = samples.reshape(plane.height, -1)
        if plane.line_size < 0:
            rows = rows[::-1]
        rows = rows[:, : plane.width * count]
        arrays.append(rows if count == 1 else rows.reshape(plane.height, plane.width, count))
    return arrays
