"""XMP in JPEG files."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from dlc.media.image.formats.jpeg import jpeg_xmp, with_jpeg_xmp
from tests.media.image.samples import picture


def test_xmp_finds_its_place_in_a_jpeg(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.fromarray(picture()).save(path, exif=Image.Exif())
    packet = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"

    data = with_jpeg_xmp(path.read_bytes(), packet)

    assert jpeg_xmp(path.read_bytes()) is None
    assert jpeg_xmp(data) == packet
    path.write_bytes(data)
    with Image.open(path) as image:
        assert image.info["xmp"] == packet
        assert image.size == (160, 120)
    with pytest.raises(ValueError, match="too large"):
        with_jpeg_xmp(data, b"x" * 70_000)
