"""What the XMP packet of a picture says."""

from __future__ import annotations

from pathlib import Path

from dlc.media.files.failures import unreadable
from dlc.media.image.formats.heif import read_heif
from dlc.media.image.kinds import ImageKind
from dlc.media.image.reader import ImageReader
from dlc.media.image.recognition import readable_kind


def xmp_of(path: Path) -> bytes | None:
    """Return a picture's XMP packet, None if it has none.

    Raises:
        InputError: if the file cannot be read.
        DamagedInputError: if no picture can be read from it.
    """
    # To decode these may take a library, and what is beside their pixels takes none.
    heif = readable_kind(path) in (ImageKind.HEIC, ImageKind.AVIF)
    try:
        picture = read_heif(path.read_bytes()) if heif else None
    except OSError as error:
        raise unreadable(path, error) from error
    if picture is not None:
        return picture.metadata.xmp
    return ImageReader(path, allow_damaged=True).metadata.xmp
