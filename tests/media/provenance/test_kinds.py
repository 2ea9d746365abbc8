"""Which files are signed, and what they are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlc.media.provenance.kinds import can_be_signed, mime_type
from tests.media.signing import small_file


@pytest.mark.parametrize("extension", ["webm", "mkv", "avi", "bmp", "heic", "avif"])
def test_some_containers_have_no_room(extension: str) -> None:
    assert not can_be_signed(Path(f"file.{extension}"))


@pytest.mark.parametrize("extension", ["mp4", "mov", "gif", "jpeg", "jfif", "png", "webp", "tiff"])
def test_some_have_room(extension: str) -> None:
    assert can_be_signed(Path(f"file.{extension}"))


def test_pictures_are_what_they_are_and_videos_what_they_are_called(tmp_path: Path) -> None:
    picture = small_file(tmp_path / "file.png").rename(tmp_path / "file.jpg")
    assert mime_type(picture) == "image/png"
    assert mime_type(small_file(tmp_path / "file.mov")) == "video/quicktime"
    assert mime_type(small_file(tmp_path / "file.heic")) == "image/heic"
