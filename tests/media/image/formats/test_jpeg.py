"""XMP and color profiles in JPEG files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dlc.media.image.formats.jpeg import jpeg_icc, jpeg_xmp, with_jpeg_icc, with_jpeg_xmp
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


@pytest.mark.parametrize("length", [1, 65_519, 65_520, 200_000])
def test_a_color_profile_takes_as_many_segments_as_it_needs(tmp_path: Path, length: int) -> None:
    path = tmp_path / "a.jpg"
    Image.fromarray(picture()).save(path, exif=Image.Exif())
    profile = np.random.default_rng(0).bytes(length)

    before = np.asarray(Image.open(path))

    data = with_jpeg_icc(path.read_bytes(), profile)

    assert jpeg_icc(path.read_bytes()) is None
    assert jpeg_icc(data) == profile
    path.write_bytes(data)
    with Image.open(path) as image:
        assert image.info["icc_profile"] == profile
        assert np.array_equal(np.asarray(image), before)


def test_the_segments_of_a_profile_are_put_in_order(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    Image.fromarray(picture()).save(path)
    data = with_jpeg_icc(path.read_bytes(), b"a" * 65_519 + b"b" * 9)
    at = data.index(b"\xff\xe2")
    second = data.index(b"\xff\xe2", at + 2)
    end = second + 2 + int.from_bytes(data[second + 2 : second + 4], "big")

    swapped = data[:at] + data[second:end] + data[at:second] + data[end:]

    assert jpeg_icc(swapped) == b"a" * 65_519 + b"b" * 9
