"""What has to be said to OpenCV before it is imported; imports nothing of it."""

from __future__ import annotations

import os

from dlc.media.limits import MAX_PHOTO_PIXELS


def prepare_opencv() -> None:
    """Limit the size of photos, and let cameras open fast on Windows.

    Works only until `cv2` is imported for the first time. What the user has set stays.

    Media Foundation looks for hardware transforms whenever a camera is opened, which takes up to
    a minute; OpenCV can be told not to want any.
    """
    os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", str(MAX_PHOTO_PIXELS))
    os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")
