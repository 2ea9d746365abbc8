"""What of a file a picture shows."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import av
from PIL import Image


class View(Protocol):
    """Shows a file as one picture."""

    def of(self, path: Path) -> Image.Image:
        """Return the picture, RGB."""


@dataclass(frozen=True, slots=True)
class Still:
    """A picture, or the last frame of a video.

    Attributes:
        box: the left, top, right and bottom of the part that is shown; None shows all of it.
    """

    box: tuple[int, int, int, int] | None = None

    def of(self, path: Path) -> Image.Image:
        """Return the part."""
        last = deque(_frames(path), maxlen=1).pop()
        return last.crop(self.box) if self.box else last


@dataclass(frozen=True, slots=True)
class OverTime:
    """One line of pixels through all frames of a video, each frame's below that of the one before.

    What stands still is an upright stripe, and what jitters is a ragged one.

    Attributes:
        row: how far below the top the line is.
        left: where it begins.
        right: where it ends.
        skipped: frames at the beginning that are left out.
        rows_each: how high a frame's line is drawn.
    """

    row: int
    left: int
    right: int
    skipped: int
    rows_each: int

    def of(self, path: Path) -> Image.Image:
        """Return the lines."""
        box = (self.left, self.row, self.right, self.row + 1)
        lines = [frame.crop(box) for frame in _frames(path)][self.skipped :]
        width = self.right - self.left
        picture = Image.new("RGB", (width, len(lines)))
        for place, line in enumerate(lines):
            picture.paste(line, (0, place))
        return picture.resize((width, len(lines) * self.rows_each), Image.Resampling.NEAREST)


def _frames(path: Path) -> Iterator[Image.Image]:
    if path.suffix != ".mp4":
        yield Image.open(path).convert("RGB")
        return
    with av.open(path) as container:
        for frame in container.decode(video=0):
            yield frame.to_image()
