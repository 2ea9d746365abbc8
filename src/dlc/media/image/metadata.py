"""What image files carry beside pixels."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from dlc.media.image.formats.exif import orientation_of, upright

_XMP_ORIENTATION = re.compile(rb"(tiff:Orientation(?:\s*=\s*[\"']|>)\s*)[1-8]")


@dataclass(frozen=True, slots=True)
class ImageMetadata:
    """What an image file carries besides pixels.

    Attributes:
        exif: the TIFF structure of EXIF, without the "Exif" prefix that JPEG puts before it.
        icc: the ICC color profile.
        xmp: the XMP packet.
        density: pixels an inch on paper, from left to right and from top to bottom.
    """

    exif: bytes | None = None
    icc: bytes | None = None
    xmp: bytes | None = None
    density: tuple[float, float] | None = None

    @property
    def orientation(self) -> int:
        """The EXIF Orientation number; 1, upright, where there is none."""
        return orientation_of(self.exif)

    @property
    def turned_upright(self) -> ImageMetadata:
        """The same for pixels that were turned upright, in EXIF as in XMP."""
        exif = self.exif and upright(self.exif)
        xmp = self.xmp and _XMP_ORIENTATION.sub(rb"\g<1>1", self.xmp)
        return replace(self, exif=exif, xmp=xmp)
