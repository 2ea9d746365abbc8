"""Recognizing images and their damage, and what they carry beside pixels."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from dlc.media.image.files import (
    image_damage,
    image_kind,
    is_animated_webp,
    is_image_sequence,
    jpeg_xmp,
    tiff_pages,
    with_jpeg_xmp,
)
from dlc.media.image.kinds import ImageKind
from tests.media.image.heif_files import assembled, av1_part, heic


def picture() -> np.ndarray:  # type: ignore[type-arg]
    y, x = np.mgrid[0:120, 0:160]
    return np.stack([x, y, (x * y) % 251], axis=2).astype(np.uint8)


def encoded(kind: ImageKind) -> bytes:
    if kind is ImageKind.HEIC:
        return heic(picture())
    return cv2.imencode(kind.value, picture())[1].tobytes()


@pytest.mark.parametrize("kind", list(ImageKind))
def test_kinds_are_told_by_their_bytes(tmp_path: Path, kind: ImageKind) -> None:
    path = tmp_path / "picture.mp4"
    path.write_bytes(encoded(kind))

    assert image_kind(path) is kind
    assert image_damage(kind, encoded(kind)) is None


@pytest.mark.parametrize(
    "text", [b"BMW is a car maker of Munich", b"", b"RIFF....WAVE", b"\x89PNG"]
)
def test_other_files_are_no_images(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "picture.jpg"
    path.write_bytes(text)

    assert image_kind(path) is None


@pytest.mark.parametrize("brand", [b"avif", b"heic", b"heix", b"heim", b"heis"])
@pytest.mark.parametrize("is_first", [True, False])
def test_heif_says_by_its_brands_how_its_picture_is_encoded(
    tmp_path: Path, brand: bytes, is_first: bool
) -> None:
    path = tmp_path / "picture.jpg"
    brands = [b"miaf", brand]
    data = assembled(av1_part(picture()), brand=brand if is_first else b"mif1", brands=brands)
    path.write_bytes(data)

    assert image_kind(path) is (ImageKind.AVIF if brand == b"avif" else ImageKind.HEIC)
    assert not is_image_sequence(path)


@pytest.mark.parametrize("brand", [b"avis", b"hevc", b"hevx", b"msf1"])
def test_sequences_of_pictures_are_videos(tmp_path: Path, brand: bytes) -> None:
    path = tmp_path / "picture.avif"
    path.write_bytes(assembled(av1_part(picture()), brand=brand, brands=[b"mif1", b"avif"]))

    assert image_kind(path) is None
    assert is_image_sequence(path)


@pytest.mark.parametrize("brand", [b"isom", b"qt  ", b"M4V "])
def test_videos_are_no_pictures(tmp_path: Path, brand: bytes) -> None:
    path = tmp_path / "picture.heic"
    path.write_bytes(assembled(av1_part(picture()), brand=brand, brands=[b"mp42"]))

    assert image_kind(path) is None
    assert not is_image_sequence(path)


@pytest.mark.parametrize("kind", [k for k in ImageKind if k is not ImageKind.TIFF])
@pytest.mark.parametrize("share", [0.2, 0.7, 0.99])
def test_a_missing_end_shows(kind: ImageKind, share: float) -> None:
    data = encoded(kind)

    assert "end is missing" in (image_damage(kind, data[: int(len(data) * share)]) or "")


def test_a_heif_file_that_ends_in_its_boxes_is_damaged() -> None:
    assert "where its picture is" in (image_damage(ImageKind.HEIC, heic(picture())[:100]) or "")


def test_the_end_mark_of_an_embedded_thumbnail_does_not_count() -> None:
    small = cv2.imencode(".jpg", picture()[::8, ::8])[1].tobytes()
    data = encoded(ImageKind.JPEG)
    segment = b"\xff\xe1" + struct.pack(">H", len(small) + 2) + small
    whole = data[:2] + segment + data[2:]

    assert image_damage(ImageKind.JPEG, whole) is None
    assert image_damage(ImageKind.JPEG, whole[:-40]) is not None


def test_a_wrong_png_checksum_shows() -> None:
    data = bytearray(encoded(ImageKind.PNG))
    data[len(data) // 2] ^= 1

    assert "checksum of its IDAT" in (image_damage(ImageKind.PNG, bytes(data)) or "")


def test_animations_are_recognized(tmp_path: Path) -> None:
    frames = [Image.fromarray(np.full((16, 16, 3), 40 * n, np.uint8)) for n in range(4)]
    for name in ("a.webp", "a.png"):
        frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:], duration=40)

    assert is_animated_webp((tmp_path / "a.webp").read_bytes())
    assert not is_animated_webp(encoded(ImageKind.WEBP))
    assert image_kind(tmp_path / "a.png") is None


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


def test_png_checksums_are_those_of_zlib() -> None:
    # A guard against a reader of chunks that accepts everything.
    chunk = b"IEND"
    assert zlib.crc32(chunk) == 0xAE426082
    assert image_damage(ImageKind.PNG, encoded(ImageKind.PNG)[:-1] + b"\0") is not None


def test_pages_that_share_their_bytes_are_not_counted_for_ever() -> None:
    # Ten thousand directories of 30,000 entries each, four bytes from one to the next.
    links = struct.pack("<10000I", *(8 + 4 * number for number in range(1, 10_000)), 0)
    data = b"II*\0" + struct.pack("<I", 8) + struct.pack("<HH", 30_000, 0) * 10_000
    data = data.ljust(8 + 2 + 12 * 30_000, b"\0") + links
    assert tiff_pages(data) == 1
