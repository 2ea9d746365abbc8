"""What the XMP of pictures says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from dlc.errors import InputError
from dlc.media.image.xmp import xmp_of
from dlc.media.provenance.marking import noted_xmp
from tests.media.image.heif_files import heic
from tests.media.signing import small_file


def test_the_packet_of_a_picture_that_takes_a_library_to_decode(tmp_path: Path) -> None:
    packet = noted_xmp(None)
    path = tmp_path / "file.heic"
    path.write_bytes(heic(np.zeros((64, 64, 3), np.uint8), xmp=packet))
    assert xmp_of(path) == packet


@pytest.mark.parametrize("extension", ["jpg", "png", "webp", "tiff", "bmp", "heic"])
def test_most_pictures_have_none(tmp_path: Path, extension: str) -> None:
    assert xmp_of(small_file(tmp_path / f"file.{extension}")) is None


def test_a_picture_that_is_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        xmp_of(tmp_path / "missing.png")
