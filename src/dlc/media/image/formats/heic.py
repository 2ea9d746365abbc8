"""Decoding HEIC pictures with pillow-heif, which brings libheif and is an optional library."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from dlc.arrays import Array
from dlc.errors import DamagedInputError, InputError, MissingLibraryError
from dlc.media.image.formats.heif import HeifPicture
from dlc.media.image.samples import to_16_bits, without_premultiplication
from dlc.media.limits import MAX_PHOTO_PIXELS, too_large

_HEVC = (b"hvc1", b"hev1")
# Those that pillow-heif documents, and what it stumbles over in damaged metadata.
_FAILURES = (ValueError, EOFError, SyntaxError, RuntimeError, OSError, LookupError, TypeError)


def decode_heic(path: Path, data: bytes, picture: HeifPicture) -> Array:
    """Decode the main picture of a HEIC file.

    Args:
        path: for messages.
        data: the whole file.
        picture: what it says of its picture.

    Returns:
        Upright uint8, or uint16 of the full 16 bits, (h, w), (h, w, 3) BGR or (h, w, 4) BGRA.

    Raises:
        InputError: if it is too large, or not encoded as HEVC.
        DamagedInputError: if no picture can be read from it.
        MissingLibraryError: if pillow-heif cannot be loaded.
    """
    if picture.codec not in _HEVC:
        codec = picture.codec.decode("latin-1")
        raise InputError(
            f"{path} holds a picture encoded as {codec}, and only HEVC and AVIF are read: convert "
            "it to JPEG or PNG"
        )
    library = _library(path)
    try:
        file = library.open_heif(data, convert_hdr_to_8bit=False, hdr_to_16bit=False, bgr_mode=True)
        image = file[file.primary_index]
        if max(math.prod(image.size), picture.claimed_pixels) > MAX_PHOTO_PIXELS:
            raise too_large(path)
        pixels = np.asarray(image)
    except _FAILURES as error:
        raise DamagedInputError(f"{path} is damaged: {_words(error)}") from error
    pixels = to_16_bits(pixels, int(image.info["bit_depth"]))
    return without_premultiplication(pixels) if image.premultiplied_alpha else pixels


def _words(error: Exception) -> str:
    """Return libheif's message in one line, without a stop at its end."""
    return " ".join(str(error).split()).rstrip(".:") or type(error).__name__


def _library(path: Path) -> Any:
    """Import pillow-heif, which few runs need."""
    try:
        import pillow_heif
    except ImportError as error:
        raise MissingLibraryError(
            f"{path} is a HEIC picture, for which pillow-heif is needed ({error}): "
            'pip install "dlc[heic]", or convert the picture to JPEG'
        ) from error
    return pillow_heif
