"""Decoding and encoding images, one kind at a time."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from dlc.errors import DamagedInputError, InputError
from dlc.media.image.codec import decode_image, encode_image, jpeg_quality, pixels_of, to_native
from dlc.media.image.damage import image_damage
from dlc.media.image.formats.png import png_xmp
from dlc.media.image.kinds import ImageKind, OutputKind
from dlc.media.image.metadata import ImageMetadata
from dlc.options import EncodeOptions

PATH = Path("picture")
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"


@pytest.mark.parametrize("kind", list(OutputKind))
@pytest.mark.parametrize(
    ("dtype", "channels", "pix_fmt"),
    [
        (np.uint8, 1, "gray"),
        (np.uint8, 3, "bgr24"),
        (np.uint8, 4, "bgra"),
        (np.uint16, 1, "gray16le"),
        (np.uint16, 3, "bgr48le"),
        (np.uint16, 4, "bgra64le"),
    ],
)
def test_every_layout_is_encoded_in_every_kind(
    kind: OutputKind, dtype: type, channels: int, pix_fmt: str
) -> None:
    shape = (12, 18) if channels == 1 else (12, 18, channels)
    pixels = np.full(shape, np.iinfo(dtype).max // 2, dtype)
    native = to_native(PATH, pixels)
    assert native.format.name == pix_fmt

    data = encode_image(pixels_of(native), kind, EncodeOptions(quality=0), ImageMetadata())

    decoded, *_ = decode_image(PATH, ImageKind(kind), data)
    assert (decoded.width, decoded.height) == (18, 12)
    levels = pixels_of(decoded).astype(float) / np.iinfo(pixels_of(decoded).dtype).max
    assert np.abs(levels.reshape(12, 18, -1)[..., 0] - 0.5).max() < 0.01


@pytest.mark.parametrize("kind", [OutputKind.JPEG, OutputKind.PNG, OutputKind.WEBP])
def test_metadata_comes_back(kind: OutputKind) -> None:
    exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
    icc = b"not really a profile" * 10
    pixels = np.zeros((9, 9, 3), np.uint8)

    data = encode_image(pixels, kind, EncodeOptions(), ImageMetadata(exif, None, XMP))

    _, metadata, _ = decode_image(PATH, ImageKind(kind), data)
    assert metadata.exif == exif
    assert metadata.orientation == 6
    assert metadata.xmp == XMP
    assert metadata.icc is None
    assert icc not in data


def test_xmp_too_large_for_jpeg_is_refused() -> None:
    pixels = np.zeros((9, 9, 3), np.uint8)

    with pytest.raises(ValueError, match="too large"):
        encode_image(pixels, OutputKind.JPEG, EncodeOptions(), ImageMetadata(xmp=b"x" * 70_000))


def test_floating_point_samples_are_refused() -> None:
    data = cv2.imencode(".tiff", np.zeros((9, 9, 3), np.float32))[1].tobytes()

    with pytest.raises(InputError, match=r"has 3 channels of type float32: .* 8 or 16 bits"):
        decode_image(PATH, ImageKind.TIFF, data)

    with pytest.raises(InputError, match="has 1 channel of type float32"):
        to_native(PATH, np.zeros((9, 9), np.float32))


def test_quality_is_the_same_scale_as_for_videos() -> None:
    assert jpeg_quality(18) == 95
    assert jpeg_quality(24) == 90
    assert jpeg_quality(30) == 80
    numbers = [jpeg_quality(q / 2) for q in range(103)]
    assert numbers == sorted(numbers, reverse=True)
    assert 1 <= numbers[-1] < numbers[0] <= 100


def test_a_png_header_that_may_claim_anything_is_not_believed() -> None:
    data = bytearray(cv2.imencode(".png", np.zeros((9, 9, 3), np.uint8))[1].tobytes())
    data[16:24] = struct.pack(">II", 10_000, 10_000)
    with pytest.raises(DamagedInputError, match="no picture can be read"):
        decode_image(PATH, ImageKind.PNG, bytes(data))


def test_a_png_part_that_may_claim_anything_is_not_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = cv2.imencode(".png", np.zeros((9, 9, 3), np.uint8))[1].tobytes()
    length = whole.index(b"IDAT") - 4
    damaged = whole[:length] + struct.pack(">I", 3_000_000_000) + whole[length + 4 :]
    # It would make room for all that is claimed.
    monkeypatch.setattr(cv2, "imdecodeWithMetadata", lambda *_: pytest.fail("OpenCV was asked"))
    with pytest.raises(DamagedInputError, match="no picture can be read"):
        decode_image(PATH, ImageKind.PNG, damaged)


def test_xmp_of_a_png_ends_where_it_ends() -> None:
    pixels = np.zeros((9, 9, 3), np.uint8)
    for length in range(1, 200):
        packet = XMP + b" " * length
        data = encode_image(
            pixels, OutputKind.PNG, EncodeOptions(), ImageMetadata(None, None, packet)
        )
        assert png_xmp(data) == packet
        assert image_damage(ImageKind.PNG, data) is None


def test_xmp_that_others_wrote_into_a_png_as_plain_text_is_read() -> None:
    pixels = np.zeros((9, 9, 3), np.uint8)
    plain = encode_image(pixels, OutputKind.PNG, EncodeOptions(), ImageMetadata())
    body = b"tEXtXML:com.adobe.xmp\0" + XMP
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    header = 8 + 25
    _, metadata, _ = decode_image(PATH, ImageKind.PNG, plain[:header] + chunk + plain[header:])
    assert metadata.xmp == XMP
