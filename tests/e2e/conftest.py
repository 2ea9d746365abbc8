"""Files that end-to-end tests feed to the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from tests import clips

# Two faces, near enough to be swapped well.
NEAR = clips.View(650.0, 370.0, 640.0)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return half a second of two faces under a moving camera, 640 x 360, with a tone."""
    path = tmp_path_factory.mktemp("e2e") / "clip.mp4"
    clips.write_clip(
        path,
        clips.Clip(640, 360, seconds=0.5, first=clips.View(600.0, 350.0, 700.0), last=NEAR),
    )
    return path


@pytest.fixture(scope="session")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return eight seconds of the same, long enough to be stopped in the middle."""
    path = tmp_path_factory.mktemp("e2e") / "long.mp4"
    clips.write_clip(path, clips.Clip(640, 360, seconds=8.0, first=NEAR, last=NEAR))
    return path


@pytest.fixture(scope="session")
def wall(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a photo without a face."""
    path = tmp_path_factory.mktemp("e2e") / "wall.png"
    cv2.imwrite(str(path), np.full((240, 320, 3), 128, np.uint8))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Return an empty folder for outputs; no hidden temporary file may be left in it."""
    path = tmp_path / "outputs"
    path.mkdir()
    yield path
    assert [left.name for left in path.iterdir() if left.name.startswith(".")] == []


def remux(source: Path, path: Path, **options: str) -> Path:
    """Copy the streams of `source` into a container of another kind."""
    with av.open(source) as before, av.open(path, "w", options=options) as after:
        streams = {
            stream.index: after.add_stream_from_template(stream) for stream in before.streams
        }
        for packet in before.demux():
            if packet.dts is not None:
                packet.stream = streams[packet.stream.index]
                after.mux(packet)
    return path
