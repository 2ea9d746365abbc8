"""Recognizing images and their damage, and what they carry beside pixels."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import ExifTags, Image

from dlc.media.image.files import (
    ImageKind,
    ImageMetadata,
    image_damage,
    image_kind,
    is_animated_webp,
    jpeg_xmp,
    with_jpeg_xmp,
)


def picture() -> np.ndarray:  # type: ignore[type-arg]
    y, x = np.mgrid[0:120, 0:160]
    return np.stack([x, y, (x * y) % 251], axis=2).astype(np.uint8)


def encoded(kind: ImageKind) -> bytes:
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


@pytest.mark.parametrize("kind", [k for k in ImageKind if k is not ImageKind.TIFF])
@pytest.mark.parametrize("share", [0.2, 0.7, 0.99])
def test_a_missing_end_shows(kind: ImageKind, share: float) -> None:
    data = encoded(kind)

    assert "end is missing" in (image_damage(kind, data[: int(len(data) * share)]) or "")


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


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("number", range(1, 9))
def test_the_orientation_is_found_in_both_byte_orders(order: str, number: int) -> None:
    head = b"II*\0" if order == "<" else b"MM\0*"
    entries = struct.pack(order + "HHIHH", 0x010F, 3, 1, 9, 0)
    entries += struct.pack(order + "HHIHH", 0x0112, 3, 1, number, 0)
    exif = head + struct.pack(order + "IH", 8, 2) + entries + struct.pack(order + "I", 0)

    assert ImageMetadata(exif=exif).orientation == number


@pytest.mark.parametrize("exif", [None, b"", b"II*\0", b"II*\0\xff\xff\xff\xff", b"garbage" * 9])
def test_broken_exif_means_upright(exif: bytes | None) -> None:
    assert ImageMetadata(exif=exif).orientation == 1


def test_the_thumbnail_of_the_old_face_is_cut_off() -> None:
    small = cv2.imencode(".jpg", picture()[::8, ::8])[1].tobytes()
    first = struct.pack("<HHHIHHI", 1, 0x0112, 3, 1, 6, 0, 26)
    second = struct.pack("<HHHIIHHIII", 2, 0x0201, 4, 1, 26 + 30, 0x0202, 4, 1, len(small), 0)
    exif = b"II*\0" + struct.pack("<I", 8) + first + second + small
    metadata = ImageMetadata(exif=exif)

    stripped = metadata.exif_without_thumbnail

    assert stripped is not None
    before, after = Image.Exif(), Image.Exif()
    before.load(exif)
    after.load(stripped)
    assert before.get_ifd(ExifTags.IFD.IFD1)
    assert not after.get_ifd(ExifTags.IFD.IFD1)
    assert after[0x0112] == before[0x0112] == 6


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
