"""GIFs are played as often as those that they are made of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dlc.media.video.reading.gif import gif_repeats
from tests.media.material import Clip, make, transcode


def gif(path: Path, **options: object) -> Path:
    frames = [Image.fromarray(np.full((16, 16, 3), 40 * n, np.uint8)) for n in range(4)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=40, **options)
    return path


def repeats(path: Path) -> object:
    with Image.open(path) as image:
        return image.info.get("loop")


@pytest.mark.parametrize("loop", [None, 0, 3, 300])
@pytest.mark.parametrize("comment", ["", "made by hand " * 100])
def test_a_gif_is_played_as_often_as_before(tmp_path: Path, loop: int | None, comment: str) -> None:
    options = {"comment": comment, **({} if loop is None else {"loop": loop})}
    path = gif(tmp_path / "a.gif", **options)

    transcode(path, tmp_path / "b.gif")

    assert gif_repeats(path) == loop
    assert repeats(path) == repeats(tmp_path / "b.gif") == loop


def test_a_gif_of_a_video_is_played_for_ever(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", Clip(pts=(0, 512, 1024)))

    transcode(path, tmp_path / "b.gif")

    assert repeats(tmp_path / "b.gif") == 0


def test_what_is_cut_off_is_not_read(tmp_path: Path) -> None:
    whole = gif(tmp_path / "a.gif", loop=3).read_bytes()
    cut = tmp_path / "b.gif"
    told = []
    for length in range(len(whole)):
        cut.write_bytes(whole[:length])
        told.append(gif_repeats(cut))

    assert set(told) == {None, 3}
    assert told == sorted(told, key=lambda count: count or 0), "once it is there it is read"
