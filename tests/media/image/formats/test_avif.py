"""AVIF pictures, decoded by OpenCV and then made what they are shown as."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from dlc.errors import DamagedInputError, InputError, MissingLibraryError
from dlc.media.frames.orientation import Orientation
from dlc.media.image.formats.avif import decode_avif
from dlc.media.image.formats.heif import read_heif
from tests.media.image.heif_files import (
    Part,
    assembled,
    av1_part,
    avif,
    box,
    deep_avif,
    error,
    full_box,
    ispe,
    nclx,
)

PATH = Path("photo.avif")
CLAP = box(b"clap", struct.pack(">IIIIiIiI", 100, 1, 50, 1, 20, 1, -30, 1))


def decoded(data: bytes) -> NDArray[Any]:
    picture = read_heif(data)
    assert picture is not None
    return decode_avif(PATH, data, picture)


@pytest.mark.parametrize("levels", ["full", "limited"])
def test_colors_opacity_and_gray_come_back(rgb: NDArray[np.uint8], levels: str) -> None:
    options = {"subsampling": "4:4:4", "range": levels}
    rgba = np.dstack([rgb, np.roll(rgb[..., 0], 9, axis=1)])
    bgra = np.dstack([rgb[..., ::-1], rgba[..., 3]])
    assert error(decoded(avif(rgb, **options)), bgra[..., :3]) < 1.6
    assert error(decoded(avif(rgba, **options)), bgra) < 1.6
    assert error(decoded(avif(rgb[..., 0], range=levels)), rgb[..., 0]) < 1.6


@pytest.mark.parametrize("depth", [10, 12])
@pytest.mark.parametrize("channels", [1, 3])
def test_more_than_eight_bits_become_sixteen(
    rgb: NDArray[np.uint8], depth: int, channels: int
) -> None:
    deep = rgb.astype(np.uint16) * 257 >> (16 - depth)
    pixels = decoded(deep_avif(deep[..., 0] if channels == 1 else deep, depth))
    assert pixels.dtype == np.uint16
    assert pixels.max() == 65535
    assert error(pixels, rgb[..., 0] if channels == 1 else rgb[..., ::-1]) < 3


def test_deep_gray_of_limited_range_becomes_full() -> None:
    gray = np.full((64, 64), 940, np.uint16)
    gray[:32] = 64
    data = deep_avif(gray, 10)
    at = data.index(b"nclx") + 10
    assert data[at] == 0x80
    pixels = decoded(data[:at] + b"\0" + data[at + 1 :])
    assert pixels[8, 8] == 0
    assert pixels[-8, -8] == 65535


@pytest.mark.parametrize(("angle", "number"), [(0, 1), (1, 8), (2, 3), (3, 6)])
def test_the_part_that_is_shown_is_cut_out_turned_and_mirrored(
    rgb: NDArray[np.uint8], angle: int, number: int
) -> None:
    turns = box(b"irot", bytes([angle])), box(b"imir", b"\1")
    pixels = decoded(assembled(av1_part(rgb, CLAP, *turns)))
    # Its center is 20 to the right of and 30 above that of the picture of 256 x 192.
    part = rgb[96 - 30 - 25 : 96 - 30 + 25, 128 + 20 - 50 : 128 + 20 + 50, ::-1]
    turned = Orientation.from_exif(number).to_upright(part)
    assert error(pixels, turned[:, ::-1]) < 2.5


def test_gray_with_opacity_is_refused(rgb: NDArray[np.uint8]) -> None:
    gray = av1_part(rgb[..., 0])
    auxiliary = full_box(b"auxC", b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0")
    opacity = Part(b"av01", gray.contents, (*gray.properties, auxiliary), {b"auxl": (1,)})
    assert error(decoded(assembled(gray)), rgb[..., 0]) < 1.5
    with pytest.raises(InputError, match="convert it to PNG"):
        decoded(assembled(gray, opacity))


def test_a_picture_that_claims_gigapixels_is_refused(rgb: NDArray[np.uint8]) -> None:
    part = av1_part(rgb)
    for size in ((20_000, 20_000), (9_000, 9_000)):
        claim = Part(b"av01", part.contents, (ispe(*size), *part.properties[1:]))
        with pytest.raises(InputError, match="more than 67 megapixels"):
            decoded(assembled(claim))
    # A container that claims less than the data in it, whose header has 14 bits for each size.
    header = "00011" + "00000" + format(13, "04b") * 2 + "1" * 28
    body = int(header.ljust(56, "0"), 2).to_bytes(7, "big")
    bomb = Part(b"av01", b"\x0a\x07" + body, part.properties)
    with pytest.raises(InputError, match="more than 67 megapixels"):
        decoded(assembled(bomb))


def test_damage_is_told(rgb: NDArray[np.uint8]) -> None:
    part = av1_part(rgb)
    for contents in (part.contents[:100], part.contents[:30] + bytes(200), b""):
        with pytest.raises(DamagedInputError, match=r"^photo\.avif is damaged"):
            decoded(assembled(Part(b"av01", contents, part.properties)))


def test_colors_are_those_of_the_tags(rgb: NDArray[np.uint8]) -> None:
    data = assembled(av1_part(rgb, nclx(1, 13, 6, full=False)))
    assert error(decoded(data), rgb[..., ::-1]) > 3


def test_an_opencv_without_avif_is_named(
    rgb: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cv2, "haveImageWriter", lambda _name: False)
    with pytest.raises(MissingLibraryError, match=r"without AVIF.*convert the picture to PNG"):
        decoded(avif(rgb))
