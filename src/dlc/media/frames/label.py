"""A short visible note in a corner of a frame."""

from __future__ import annotations

from typing import Protocol

import cv2
import numpy as np

from dlc.arrays import Bytes, Image
from dlc.errors import OptionError
from dlc.geometry import Box

MAX_LENGTH = 80
_FONT = cv2.FONT_HERSHEY_SIMPLEX
# Height of the strip that carries the text, as a part of the frame's shorter side.
_HEIGHT = 0.05
_LEAST_HEIGHT = 16
# Size of the text in the strip, and how opaque the strip is behind it.
_TEXT_HEIGHT = 0.5
_OPACITY = 140


class Pasteable(Protocol):
    """A picture that pixels can be pasted into; the frames of `dlc.media` are such."""

    @property
    def width(self) -> int:
        """Columns of the upright picture."""

    @property
    def height(self) -> int:
        """Rows of the upright picture."""

    def paste(self, box: Box, bgr: Image, alpha: Bytes) -> None:
        """Blend pixels into the picture, as `Frame.paste` does."""


class Label:
    """White text on a dark strip in the lower left corner; called from one thread.

    Args:
        text: one line of at most 80 characters.
        height: rows of the pictures that will be made of the frames; None: as many as they have.
            The note is drawn so large that it can still be read there.

    Raises:
        OptionError: if the text is empty, too long, or cannot be drawn by the installed OpenCV.
    """

    def __init__(self, text: str, height: int | None = None) -> None:
        check_label(text)
        self._text = text
        self._height = height
        self._size = (0, 0)
        self._box = Box(0, 0, 0, 0)
        self._bgr = np.empty((0, 0, 3), np.uint8)
        self._alpha = np.empty((0, 0), np.uint8)

    def draw(self, frame: Pasteable) -> None:
        """Paste the note into a frame; it is drawn anew only where the frames' size changes."""
        if self._size != (frame.width, frame.height):
            self._size = (frame.width, frame.height)
            self._render(frame.width, frame.height)
        frame.paste(self._box, self._bgr, self._alpha)

    def _render(self, width: int, height: int) -> None:
        least = round(_LEAST_HEIGHT * max(1.0, height / (self._height or height)))
        strip = min(height, max(least, round(_HEIGHT * min(width, height))))
        (unit_width, unit_height), _ = cv2.getTextSize(self._text, _FONT, 1.0, 1)
        # A long note becomes smaller, not shorter.
        margin = strip // 3
        scale = min(
            _TEXT_HEIGHT * strip / unit_height, max(1, width - 2 * margin) / max(1, unit_width)
        )
        thickness = max(1, round(scale * 2))
        (text_width, text_height), _ = cv2.getTextSize(self._text, _FONT, scale, thickness)
        drawn = np.zeros((strip, min(width, text_width + 2 * margin), 3), np.uint8)
        baseline = (strip + text_height) // 2
        cv2.putText(
            drawn,
            self._text,
            (margin, baseline),
            _FONT,
            scale,
            (255, 255, 255),
            thickness,
            cv2.LINE_AA,
        )
        self._bgr = drawn
        self._alpha = np.maximum(drawn[..., 0], _OPACITY)
        self._box = Box(0, height - strip, drawn.shape[1], height)


def check_label(text: str) -> None:
    """Raise OptionError unless `text` can be drawn as a label."""
    if not text.strip() or len(text) > MAX_LENGTH or not text.isprintable():
        raise OptionError(f"the label must be one line of 1 to {MAX_LENGTH} characters")
    if not text.isascii() and int(cv2.__version__.split(".")[0]) < 5:
        raise OptionError(
            "this version of OpenCV draws plain ASCII only: update opencv-python, or leave accents "
            "out of the label"
        )
    strange = [sign for sign in text if sign != "?" and np.array_equal(_drawn(sign), _drawn("?"))]
    if strange:
        raise OptionError(
            f"the label's {strange[0]!r} cannot be drawn, OpenCV's font has no such sign: leave it "
            "out or write it with other letters"
        )


def _drawn(sign: str) -> Bytes:
    """Return a sign as OpenCV draws it: as a question mark where its font has none such."""
    drawn = np.zeros((48, 64), np.uint8)
    cv2.putText(drawn, sign, (16, 32), _FONT, 1.0, (255,), 1)
    return drawn
