"""Decoding AVIF pictures with OpenCV, which hands out samples as they are stored."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from dlc.arrays import Array
from dlc.errors import DamagedInputError, InputError, MissingLibraryError
from dlc.media.frames.color import LIMITED
from dlc.media.image.formats.heif import HeifPicture
from dlc.media.image.samples import to_16_bits, to_full_range
from dlc.media.limits import MAX_AVIF_PIXELS, too_large


def decode_avif(path: Path, data: bytes, picture: HeifPicture) -> Array:
    """Decode an AVIF picture; OpenCV's log has to be silent.

    Args:
        path: for messages.
        data: the whole file.
        picture: what it says of its picture.

    Returns:
        Upright uint8, or uint16 of the full 16 bits, (h, w), (h, w, 3) BGR or (h, w, 4) BGRA.

    Raises:
        InputError: if it is too large, or gray and has opacity, which OpenCV does not read.
        DamagedInputError: if no picture can be read from it.
        MissingLibraryError: if this OpenCV was built without AVIF.
    """
    if not cv2.haveImageWriter("picture.avif"):
        raise MissingLibraryError(
            f"{path} is an AVIF picture, which this OpenCV cannot read, as it was built without "
            "AVIF (on Windows all are): convert the picture to PNG"
        )
    if picture.is_gray and picture.has_alpha:
        raise InputError(
            f"{path} is gray with opacity, which cannot be read from AVIF: convert it to PNG"
        )
    if picture.claimed_pixels > MAX_AVIF_PIXELS:
        raise too_large(path, MAX_AVIF_PIXELS)
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise DamagedInputError(f"{path} is damaged: {error.err}") from error
    if pixels is None:
        raise DamagedInputError(f"{path} is damaged: no picture can be read from it")
    if picture.is_gray and picture.colors.range == LIMITED:
        pixels = to_full_range(pixels, picture.depth)
    if picture.crop is not None:
        left, top, right, bottom = picture.crop
        pixels = pixels[top:bottom, left:right]
    for turn in picture.turns:
        pixels = turn.to_upright(pixels)
    return to_16_bits(pixels, picture.depth)
