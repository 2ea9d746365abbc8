"""Color profiles for tests of pictures."""

from __future__ import annotations

from PIL import ImageCms

ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
# What tables of colors make of it: it begins with its length, and no tag points to the rest.
LARGE_ICC = (len(ICC) + 153_600).to_bytes(4, "big") + ICC[4:] + bytes(range(256)) * 600
