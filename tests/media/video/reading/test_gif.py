"""GIFs are played as often as those that they are made of, and whether they are transparent."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from dlc.errors import InputError
from dlc.media.video.reading.gif import read_gif
from dlc.media.video.reading.reader import VideoReader
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

    assert read_gif(path).repeats == loop
    assert repeats(path) == repeats(tmp_path / "b.gif") == loop


def test_a_gif_of_a_video_is_played_for_ever(tmp_path: Path) -> None:
    path = make(tmp_path / "a.mp4", Clip(pts=(0, 512, 1024)))

    transcode(path, tmp_path / "b.gif")

    assert repeats(tmp_path / "b.gif") == 0


def test_what_is_cut_off_is_not_read(tmp_path: Path) -> None:
    whole = gif(tmp_path / "a.gif", loop=3).read_bytes()
    cut = tmp_path / "b.gif"
    told = []
    for length in range(1, len(whole)):
        cut.write_bytes(whole[:length])
        told.append(read_gif(cut).repeats)

    assert set(told) == {None, 3}
    assert told == sorted(told, key=lambda count: count or 0), "once it is there it is read"


def painted(alpha: int, *, color: int = 0) -> Image.Image:
    """Return a white picture with a square in its middle, of a color and an opacity."""
    rgba = np.full((16, 16, 4), 255, np.uint8)
    rgba[4:8, 4:8] = color, 90, 90, alpha
    return Image.fromarray(rgba)


HOLE, FULL = painted(0), [painted(255), painted(255, color=200), painted(255, color=80)]


@pytest.mark.parametrize(
    ("pictures", "disposal", "is_opaque"),
    [
        (FULL, 0, True),
        # Pillow stores what changes alone, with holes where nothing does.
        (FULL, 1, True),
        (FULL, 3, True),
        ([HOLE], 0, False),
        # Readers differ in what they show where a picture was.
        (FULL, 2, False),
    ],
)
def test_the_loss_of_transparency_is_said_where_there_is_some(
    tmp_path: Path, pictures: list[Image.Image], disposal: int, is_opaque: bool
) -> None:
    path = tmp_path / "a.gif"
    pictures[0].save(
        path, save_all=True, append_images=pictures[1:], duration=40, disposal=disposal
    )

    reader, writer = transcode(path, tmp_path / "b.mp4")

    with av.open(str(path)) as shown:
        alphas = [frame.to_ndarray(format="bgra")[..., 3] for frame in shown.decode(video=0)]
    assert reader.info.is_opaque == is_opaque
    assert (np.min(alphas) == 255) == (pictures is FULL)
    assert any("transparency is lost" in note for note in writer.notes) != is_opaque


def test_a_first_picture_that_leaves_room_is_not_taken_for_opaque(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    FULL[0].save(path)
    assert read_gif(path).is_opaque
    data = bytearray(path.read_bytes())
    # The screen is wider than the picture, and readers differ in what they show there.
    data[6] += 4
    path.write_bytes(data)
    assert not read_gif(path).is_opaque


@pytest.mark.parametrize("size", [(16_386, 2), (2, 16_386)])
def test_a_strip_that_is_too_long_is_refused(tmp_path: Path, size: tuple[int, int]) -> None:
    """It has few pixels, and more in a row than OpenCV warps or encoders have memory for."""
    frames = [Image.new("RGB", size, (shade, 0, 0)) for shade in (9, 99)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    refused = rf"{size[0]} x {size[1]} pixels, and 67 megapixels, 16384 a side.*scale it down"
    with pytest.raises(InputError, match=refused), VideoReader(tmp_path / "a.gif"):
        pass
