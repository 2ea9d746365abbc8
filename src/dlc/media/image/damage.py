"""What shows that an image file is damaged."""

from __future__ import annotations

from dlc.media.image.formats.boxes import read_items
from dlc.media.image.formats.jpeg import has_jpeg_end
from dlc.media.image.formats.png import png_damage
from dlc.media.image.kinds import ImageKind


def image_damage(kind: ImageKind, data: bytes) -> str | None:
    """Return what shows that an image file is damaged, None if nothing does.

    Image libraries fill in what is missing with gray and say nothing to the caller.
    """
    if kind is ImageKind.JPEG:
        return None if has_jpeg_end(data) else "its end is missing"
    if kind is ImageKind.PNG:
        return png_damage(data)
    if kind in (ImageKind.HEIC, ImageKind.AVIF):
        return _heif_damage(data)
    declared = {
        ImageKind.WEBP: 8 + int.from_bytes(data[4:8], "little"),
        ImageKind.BMP: int.from_bytes(data[2:6], "little"),
    }
    return "its end is missing" if declared.get(kind, 0) > len(data) else None


def _heif_damage(data: bytes) -> str | None:
    items = read_items(data)
    if items is None:
        return "it does not say where its picture is"
    extents = (extent for item in items.by_number.values() for extent in item.extents)
    is_cut = any(begin + length > len(data) for begin, length in extents)
    return "its end is missing" if is_cut else None
