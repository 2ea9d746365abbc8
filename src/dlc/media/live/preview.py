"""A window that shows pictures."""

from __future__ import annotations

import os
import platform
import re

import cv2

from dlc.arrays import Image
from dlc.errors import OutputError
from dlc.media.closing import Closing

_INSTEAD = "leave the preview out, or show the result through another output"
_ESCAPE = 27
_TITLE = "dlc"


class PreviewWindow(Closing):
    """Shows pictures as they come; to be used from the main thread only.

    Attributes:
        is_closed: whether the user closed the window, or pressed Q or Escape in it.
    """

    def __init__(self) -> None:
        """Check that windows can be shown; the window opens with the first picture.

        Raises:
            OutputError: OpenCV was built without windows, or there is no display.
        """
        _require_display()
        self._is_shown = False
        self.is_closed = False

    def show(self, bgr: Image) -> None:
        """Show a picture, uint8 (h, w, 3) BGR.

        Raises:
            OutputError: the window cannot be opened.
        """
        try:
            cv2.imshow(_TITLE, bgr)
        except cv2.error as error:
            raise OutputError(f"no window can be opened ({error.err}): {_INSTEAD}") from error
        self._is_shown = True
        self.poll()

    def poll(self) -> None:
        """Let the window live; call it several times a second."""
        if not self._is_shown or self.is_closed:
            return
        key = cv2.pollKey() & 0xFF
        visible = cv2.getWindowProperty(_TITLE, cv2.WND_PROP_VISIBLE) >= 1
        self.is_closed = key in (ord("q"), ord("Q"), _ESCAPE) or not visible

    def close(self) -> None:
        """Close the window; does nothing the second time."""
        if self._is_shown:
            self._is_shown = False
            cv2.destroyAllWindows()


def _require_display() -> None:
    """Raise OutputError where a window would fail, or, with Qt, end the whole process."""
    gui = re.search(r"^\s*GUI:\s*(\S+)", cv2.getBuildInformation(), re.MULTILINE)
    if gui is not None and gui[1] == "NONE":
        raise OutputError(
            f"this OpenCV was built without windows (opencv-python-headless): {_INSTEAD}"
        )
    has_display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if platform.system() == "Linux" and not has_display:
        raise OutputError(f"there is no display to show a window on: {_INSTEAD}")
