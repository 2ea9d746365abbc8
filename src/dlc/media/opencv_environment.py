"""What has to be said to OpenCV before it is imported; imports nothing of it."""

from __future__ import annotations

import os


def prepare_opencv() -> None:
    """Let cameras open fast on Windows; works only until `cv2` is imported for the first time.

    Media Foundation looks for hardware transforms whenever a camera is opened, which takes up to
    a minute; OpenCV can be told not to want any. What the user has set stays.
    """
    os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")
