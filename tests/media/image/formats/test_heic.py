"""HEIC pictures, decoded by pillow-heif."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from numpy.typing import NDArray

from dlc.errors import DamagedInputError, InputError, MissingLibraryError
from dlc.media.image.formats.heic import decode_heic
from dlc.media.image.formats.heif import read_heif
from tests.media.image.heif_files import (
    Part,
    assembled,
    av1_part,
    error,
    full_box,
    heic,
    ispe,
    part_of,
)

PATH = Path("photo.heic")


def decoded(data: bytes) -> NDArray[Any]:
    picture = read_heif(data)
    assert picture is not None
    return decode_heic(PATH, data, picture)


@pytest.mark.parametrize("options", [{}, {"tile_size": 64}, {"full_range_flag": 0}])
def test_colors_come_back(rgb: NDArray[np.uint8], options: dict[str, Any]) -> None:
    pixels = decoded(heic(rgb, chroma=444, **options))
    assert pixels.dtype == np.uint8
    assert error(pixels, rgb[..., ::-1]) < 1.5


def test_opacity_comes_back(rgb: NDArray[np.uint8]) -> None:
    rgba = np.dstack([rgb, np.roll(rgb[..., 0], 9, axis=1)])
    pixels = decoded(heic(rgba, chroma=444))
    assert error(pixels, np.dstack([rgb[..., ::-1], rgba[..., 3]])) < 1.5


def test_colors_that_were_multiplied_by_their_opacity_are_whole_again(
    rgb: NDArray[np.uint8],
) -> None:
    multiplied = np.dstack([rgb // 2, np.full(rgb.shape[:2], 128, np.uint8)])
    pixels = decoded(heic(multiplied, mode="RGBa", chroma=444))
    assert error(pixels[..., :3], rgb[..., ::-1]) < 3
    assert error(pixels[..., 3], multiplied[..., 3]) < 1


@pytest.mark.parametrize("depth", [10, 12])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_more_than_eight_bits_become_sixteen(
    rgb: NDArray[np.uint8], depth: int, channels: int
) -> None:
    rgba = np.dstack([rgb, rgb[..., 0]])
    wanted = rgba[..., 0] if channels == 1 else rgba[..., :channels]
    data = heic(wanted.astype(np.uint16) * 257, bit_depth=depth, chroma=444)
    pixels = decoded(data)
    assert pixels.dtype == np.uint16
    assert pixels.max() > 65400
    bgra = np.dstack([rgb[..., ::-1], rgb[..., 0]])
    assert error(pixels, wanted if channels == 1 else bgra[..., :channels]) < 1.5


@pytest.mark.parametrize("full", [True, False])
def test_gray_stays_gray(rgb: NDArray[np.uint8], full: bool) -> None:
    pixels = decoded(heic(rgb[..., 1], full_range_flag=int(full)))
    assert error(pixels, rgb[..., 1]) < 1.5


@pytest.mark.parametrize("primary", [0, 1])
def test_the_main_picture_is_taken(rgb: NDArray[np.uint8], primary: int) -> None:
    file, both = io.BytesIO(), pillow_heif.HeifFile()
    for pixels in (rgb, rgb[::-1]):
        both.add_frombytes("RGB", rgb.shape[1::-1], np.ascontiguousarray(pixels).tobytes())
    both.save(file, quality=95, primary_index=primary)
    pixels = decoded(file.getvalue())
    assert error(pixels, (rgb, rgb[::-1])[primary][..., ::-1]) < 2.5


def test_a_picture_that_claims_gigapixels_is_refused(rgb: NDArray[np.uint8]) -> None:
    data = heic(rgb)
    with pytest.raises(InputError, match="more than 134 megapixels"):
        decoded(data.replace(ispe(256, 192), ispe(20_000, 20_000)))
    colors, auxiliary = part_of(data), full_box(b"auxC", b"urn:mpeg:hevc:2015:auxid:1\0")
    claims = (ispe(20_000, 20_000), *colors.properties[1:], auxiliary)
    opacity = Part(b"hvc1", colors.contents, claims, {b"auxl": (1,)})
    with pytest.raises(InputError, match="more than 134 megapixels"):
        decoded(assembled(colors, opacity, brand=b"heic"))


@pytest.mark.parametrize("size", [(64, 64), (2560, 1920)])
def test_a_picture_of_another_size_than_it_claims_is_damaged(
    rgb: NDArray[np.uint8], size: tuple[int, int]
) -> None:
    data = heic(rgb)
    assert ispe(256, 192) in data
    with pytest.raises(DamagedInputError, match="size"):
        decoded(data.replace(ispe(256, 192), ispe(*size)))


def test_damage_is_told_in_one_line(rgb: NDArray[np.uint8]) -> None:
    data = heic(rgb)
    at = data.index(b"hvcC") + 40
    for damaged in (data[: len(data) // 2], data[:at] + bytes(90) + data[at + 90 :]):
        with pytest.raises(DamagedInputError, match=r"^photo\.heic is damaged: ") as caught:
            decoded(damaged)
        assert "\n" not in str(caught.value)
        assert str(caught.value)[-1] not in ".:"


def test_another_codec_is_named(rgb: NDArray[np.uint8]) -> None:
    with pytest.raises(InputError, match=r"encoded as av01, .* convert it to JPEG or PNG"):
        decoded(assembled(av1_part(rgb), brand=b"heic"))


def test_without_the_library_the_command_that_installs_it_is_named(
    rgb: NDArray[np.uint8], monkeypatch: pytest.MonkeyPatch
) -> None:
    data = heic(rgb)
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(MissingLibraryError, match=r'photo\.heic .* pip install "dlc\[heic\]"'):
        decoded(data)
