"""Telling image files from others, and one kind from another, by their bytes."""

from __future__ import annotations

from pathlib import Path

from dlc.media.files.failures import unreadable
from dlc.media.image.formats.jpeg import has_four_colors
from dlc.media.image.formats.png import PNG_SIGNATURE, is_animation
from dlc.media.image.formats.tiff import is_separated
from dlc.media.image.kinds import ImageKind

# What the file type box of HEIF (ISO/IEC 23008-12) says of single pictures.
_BRANDS = {
    b"avif": ImageKind.AVIF,
    b"heic": ImageKind.HEIC,
    b"heim": ImageKind.HEIC,
    b"heis": ImageKind.HEIC,
    b"heix": ImageKind.HEIC,
}
# Says that there is a picture, and leaves it to others how it is encoded.
_ANY_PICTURE = b"mif1"
# And of image sequences.
_SEQUENCES = frozenset({b"avis", b"hevc", b"hevm", b"hevs", b"hevx", b"msf1"})
# Sizes of the headers that BMP files have had since OS/2.
_BMP_HEADERS = frozenset({12, 16, 40, 52, 56, 64, 108, 124})


def image_kind(path: Path) -> ImageKind | None:
    """Return which kind of still image a file is by its first bytes, None if it is none.

    An animated PNG or AVIF is no still image.
    """
    with path.open("rb") as file:
        head = file.read(64)
    if head.startswith(b"\xff\xd8\xff"):
        return ImageKind.JPEG
    if head.startswith(PNG_SIGNATURE):
        return None if is_animated_png(path) else ImageKind.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return ImageKind.WEBP
    if head[:4] in (b"II*\0", b"MM\0*"):
        return ImageKind.TIFF
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return ImageKind.BMP
    return _heif_kind(head) if head[4:8] == b"ftyp" else None


def readable_kind(path: Path) -> ImageKind | None:
    """Return what `image_kind` does.

    Raises:
        InputError: if the file cannot be read.
    """
    try:
        return image_kind(path)
    except OSError as error:
        raise unreadable(path, error) from error


def is_image(path: Path) -> bool:
    """Whether a file is a still image by its first bytes, whatever its name is.

    Raises:
        InputError: if it cannot be read.
    """
    return readable_kind(path) is not None


def is_animated_png(path: Path) -> bool:
    """Whether a file is an animated PNG by its first bytes."""
    with path.open("rb") as file:
        head = file.read(1 << 16)
    return head.startswith(PNG_SIGNATURE) and is_animation(head)


def is_image_sequence(path: Path) -> bool:
    """Whether a file is a video of HEIF, an animated AVIF for instance, by its first bytes."""
    with path.open("rb") as file:
        head = file.read(12)
    return head[4:8] == b"ftyp" and head[8:12] in _SEQUENCES


def is_animated_webp(data: bytes) -> bool:
    """Whether a WebP file is an animation."""
    return data[12:16] == b"VP8X" and bool(data[20] & 0x02)


def is_cmyk(kind: ImageKind, data: bytes) -> bool:
    """Whether a JPEG or TIFF file has the four colors of print."""
    if kind is ImageKind.JPEG:
        return has_four_colors(data)
    return kind is ImageKind.TIFF and is_separated(data)


def _heif_kind(head: bytes) -> ImageKind | None:
    """Return the kind of picture that a file type box stands for, None for videos."""
    brand = head[8:12]
    if brand != _ANY_PICTURE:
        return _BRANDS.get(brand)
    size = min(int.from_bytes(head[:4], "big"), len(head))
    others = (_BRANDS.get(head[at : at + 4]) for at in range(16, size - 3, 4))
    return next(filter(None, others), ImageKind.HEIC)
