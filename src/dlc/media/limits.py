"""How large pictures may be: a small file can claim to be one that fills all memory."""

from __future__ import annotations

from pathlib import Path

from dlc.errors import InputError

# 134 megapixels: OpenCV itself would take eight times as many, gigabytes of memory.
MAX_PHOTO_PIXELS = 1 << 27
# AVIF takes 16 bytes of memory a pixel to decode, three times as many as other kinds.
MAX_AVIF_PIXELS = 1 << 26
# 67 megapixels, twice 8K: a dozen frames are in memory at the same time.
MAX_VIDEO_PIXELS = 1 << 26
# Twice 8K as well. OpenCV warps no more than 32,767 columns or rows, and a strip that is as long as
# GIF can say costs encoders gigabytes.
MAX_VIDEO_SIDE = 1 << 14
# Of a picture that is scaled, in rows.
LEAST_HEIGHT = 16


def megapixels(pixels: int) -> str:
    """Return a number of pixels in words."""
    return f"{pixels / 1e6:.0f} megapixels"


def too_large(path: Path, limit: int = MAX_PHOTO_PIXELS) -> InputError:
    """Return the error for a photo that says it has more pixels than `limit`."""
    return InputError(f"{path} says it has more than {megapixels(limit)}: scale it down")
