"""Pictures of the program's own as a video file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dlc.errors import OutputError
from dlc.media.opening import open_target
from dlc.media.video.drawn_clip import write_drawn_clip

COLORS = [(200, 40, 40), (40, 200, 40), (40, 40, 200), (128, 128, 128)]


def test_pictures_come_back_in_order_and_color(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    pictures = [np.full((48, 64, 3), color, np.uint8) for color in COLORS]
    write_drawn_clip(path, iter(pictures), (64, 48), 10)
    with open_target(path) as reader:
        frames = list(reader)
        assert reader.info.fps == 10
    assert [round(frame.time * 10) for frame in frames] == [0, 1, 2, 3]
    for frame, color in zip(frames, COLORS, strict=True):
        assert np.abs(frame.to_bgr().mean(axis=(0, 1)) - color).max() < 4


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "absent" / "clip.mp4"
    with pytest.raises(OutputError, match="absent"):
        write_drawn_clip(path, [np.zeros((48, 64, 3), np.uint8)], (64, 48), 10)
