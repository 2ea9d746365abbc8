"""How large pictures may be: a small file can claim to be one that fills all memory."""

from __future__ import annotations

# 134 megapixels: OpenCV itself would take eight times as many, gigabytes of memory.
MAX_PHOTO_PIXELS = 1 << 27
# 67 megapixels, twice 8K: a dozen frames are in memory at the same time.
MAX_VIDEO_PIXELS = 1 << 26


def megapixels(pixels: int) -> str:
    """Return a number of pixels in words."""
    return f"{pixels / 1e6:.0f} megapixels"
