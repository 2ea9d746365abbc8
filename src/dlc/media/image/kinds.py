"""Which kinds of images are read, which are written, and what these have room for."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path


class ImageKind(StrEnum):
    """The kinds of images that are read, each by its usual extension."""

    JPEG = ".jpg"
    PNG = ".png"
    WEBP = ".webp"
    TIFF = ".tiff"
    BMP = ".bmp"
    HEIC = ".heic"
    AVIF = ".avif"


class OutputKind(StrEnum):
    """The kinds of images that are written, each by its usual extension."""

    JPEG = ".jpg"
    PNG = ".png"
    WEBP = ".webp"
    TIFF = ".tiff"
    BMP = ".bmp"


OUTPUT_KINDS = {
    ".jpg": OutputKind.JPEG,
    ".jpeg": OutputKind.JPEG,
    ".png": OutputKind.PNG,
    ".webp": OutputKind.WEBP,
    ".tif": OutputKind.TIFF,
    ".tiff": OutputKind.TIFF,
    ".bmp": OutputKind.BMP,
    ".jfif": OutputKind.JPEG,  # as Windows may call it
}
OUTPUT_EXTENSIONS = tuple(OUTPUT_KINDS)
# HEIC pictures come under three names. An MPO is a JPEG with others after it, of which the first is
# the main one.
ONLY_READ_EXTENSIONS = (".heic", ".heif", ".hif", ".avif", ".mpo")
IMAGE_EXTENSIONS = (*OUTPUT_EXTENSIONS, *ONLY_READ_EXTENSIONS)

# How many pixels a side may have, where fewer than what is read may be too many.
LONGEST_SIDES = {OutputKind.WEBP: 16383, OutputKind.JPEG: 65500}

# Which kinds can say how they lie, have an ICC profile and XMP; which have opacity; which 16 bits.
DESCRIBED = (OutputKind.JPEG, OutputKind.PNG, OutputKind.WEBP)
TRANSPARENT = (OutputKind.PNG, OutputKind.WEBP, OutputKind.TIFF, OutputKind.BMP)
DEEP = (OutputKind.PNG, OutputKind.TIFF)


def is_image_name(path: Path) -> bool:
    """Whether a file that is to be written is an image by its extension."""
    return path.suffix.lower() in OUTPUT_KINDS
