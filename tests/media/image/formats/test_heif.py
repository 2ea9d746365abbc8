"""What HEIC and AVIF files say of their pictures and beside them."""

from __future__ import annotations

import struct
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from dlc.media.frames.color import FULL, LIMITED, ColorTags
from dlc.media.frames.orientation import Orientation
from dlc.media.image.formats.heif import HeifPicture, read_heif
from dlc.media.image.metadata import ImageMetadata
from tests.media.image.heif_files import (
    Part,
    assembled,
    av1_part,
    avif,
    box,
    deep_avif,
    full_box,
    heic,
    ispe,
    nclx,
)

RGB = np.full((64, 128, 3), 120, np.uint8)
DEEP = RGB.astype(np.uint16) * 257
OPAQUE = np.dstack([RGB, RGB[..., :1]])
ALPHA = full_box(b"auxC", b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0")
ICC = b"not really a profile" * 10
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>"


def exif(number: int) -> bytes:
    found = Image.Exif()
    found[0x0112] = number
    found[0x010F] = "Maker"
    return found.tobytes()


def said(data: bytes) -> HeifPicture:
    picture = read_heif(data)
    assert picture is not None
    return picture


@pytest.mark.parametrize(
    ("data", "depth", "is_gray", "has_alpha"),
    [
        (heic(RGB), 8, False, False),
        (heic(RGB, chroma=444), 8, False, False),
        (heic(DEEP), 10, False, False),
        (heic(DEEP, bit_depth=12), 12, False, False),
        (heic(OPAQUE), 8, False, True),
        (heic(RGB[..., 0]), 8, True, False),
        (heic(RGB, tile_size=64), 8, False, False),
        (heic(DEEP, tile_size=64), 10, False, False),
        (avif(RGB), 8, False, False),
        (avif(OPAQUE), 8, False, True),
        (avif(RGB[..., 0]), 8, True, False),
        (deep_avif(DEEP >> 6, 10), 10, False, False),
        (deep_avif(DEEP[..., 0] >> 4, 12), 12, True, False),
    ],
)
def test_samples_are_known_before_they_are_decoded(
    data: bytes, depth: int, is_gray: bool, has_alpha: bool
) -> None:
    picture = said(data)
    assert picture.claimed_pixels == (2 if has_alpha else 1) * 128 * 64
    assert picture.depth == depth
    assert picture.is_gray == is_gray
    assert picture.has_alpha == has_alpha
    assert picture.others == 0


@pytest.mark.parametrize("encode", [heic, avif])
def test_what_is_beside_the_pixels_is_found(encode: type) -> None:
    metadata = said(encode(RGB, exif=exif(1), icc_profile=ICC, xmp=XMP + b"\0")).metadata
    found = Image.Exif()
    found.load(metadata.exif)
    assert found[0x010F] == "Maker"
    assert metadata.icc == ICC
    assert metadata.xmp == XMP


def test_what_is_beside_another_picture_is_not_taken() -> None:
    parts = (
        av1_part(RGB),
        av1_part(RGB),
        Part(b"Exif", bytes(4) + exif(3)[6:], references={b"cdsc": (2,)}),
        Part(b"mime", XMP, content_type=b"application/rdf+xml", references={b"cdsc": (2,)}),
    )
    assert said(assembled(*parts)).metadata == ImageMetadata()
    metadata = said(assembled(*parts, primary=2)).metadata
    assert (metadata.orientation, metadata.xmp) == (3, XMP)


def test_metadata_that_claims_more_than_the_file_is_left_out() -> None:
    data = bytearray(assembled(av1_part(RGB), Part(b"Exif", bytes(4) + exif(3)[6:])))
    at = data.index(b"iloc") + 12 + 14 + 10
    assert data[at : at + 4] == struct.pack(">I", len(exif(3)) - 2)
    data[at : at + 4] = b"\x7f" * 4
    assert said(bytes(data)).metadata.exif is None


@pytest.mark.parametrize("full", [True, False])
def test_color_tags_are_found(full: bool) -> None:
    tags = ColorTags(9, 16, 9, FULL if full else LIMITED)
    assert said(assembled(av1_part(RGB, nclx(9, 16, 9, full=full)))).colors == tags
    options = {"color_primaries": 9, "transfer_characteristics": 16, "matrix_coefficients": 9}
    assert said(heic(DEEP, full_range_flag=int(full), **options)).colors == tags


@pytest.mark.parametrize("number", range(1, 9))
def test_turns_are_those_that_exif_had(number: int) -> None:
    stored = np.arange(6).reshape(2, 3)
    wanted = Orientation.from_exif(number).to_upright(stored.astype(np.uint8))
    for data in (avif(RGB, exif=exif(number)), heic(RGB, exif=exif(number))):
        shown = stored.astype(np.uint8)
        for turn in said(data).turns:
            shown = turn.to_upright(shown)
        assert np.array_equal(shown, wanted)


@pytest.mark.parametrize(
    ("fields", "crop"),
    [
        ((100, 1, 50, 1, 0, 1, 0, 1), (14, 7, 114, 57)),
        ((100, 1, 50, 1, -28, 2, 14, 2), (0, 14, 100, 64)),
        ((128, 1, 64, 1, 0, 1, 0, 1), None),
        ((300, 1, 64, 1, 0, 1, 0, 1), None),
        ((100, 0, 50, 1, 0, 1, 0, 1), None),
        ((100, 1, 50, 1, 90, 1, 0, 1), None),
    ],
)
def test_the_part_that_is_shown(
    fields: tuple[int, ...], crop: tuple[int, int, int, int] | None
) -> None:
    clap = box(b"clap", struct.pack(">IIIIiIiI", *fields))
    assert said(assembled(av1_part(RGB, clap))).crop == crop


def test_only_other_pictures_are_counted() -> None:
    tile = Part(b"av01", b"", (ispe(128, 64),))
    parts = [
        Part(b"grid", b"", (ispe(128, 64),), {b"dimg": (2,)}),
        tile,
        replace(tile, references={b"thmb": (1,)}),
        replace(tile, references={b"auxl": (1,)}, properties=(ispe(128, 64), ALPHA)),
        replace(tile, hidden=True),
        Part(b"tmap", b"", (), {b"dimg": (1, 5)}),
        Part(b"Exif", bytes(4)),
    ]
    assert said(assembled(*parts)).others == 0
    assert list(said(assembled(*parts)).notes()) == []
    picture = said(assembled(*parts, tile, tile))
    assert picture.others == 2
    assert list(picture.notes()) == ["the file holds 3 pictures, and only the main one is used"]
    assert picture.has_alpha


@pytest.mark.parametrize(
    ("tags", "icc", "words"),
    [
        ((1, 13, 6), None, None),
        ((2, 2, 2), None, None),
        ((9, 16, 9), None, "HDR"),
        ((9, 18, 9), ICC, "HDR"),
        ((12, 13, 6), None, "Display P3"),
        ((9, 1, 9), None, "BT.2020"),
        ((12, 13, 6), ICC, None),
    ],
)
def test_what_an_output_cannot_say_is_noted(
    tags: tuple[int, int, int], icc: bytes | None, words: str | None
) -> None:
    profile = [box(b"colr", b"prof", icc)] if icc else []
    notes = list(said(assembled(av1_part(RGB, nclx(*tags), *profile))).notes())
    assert len(notes) == (words is not None)
    assert all(words in note for note in notes if words)


def test_the_larger_claim_of_boxes_and_data_counts() -> None:
    tile = av1_part(RGB)
    grid = Part(b"grid", b"", (ispe(256, 64),), {b"dimg": (2, 3)})
    assert said(assembled(tile)).claimed_pixels == 128 * 64
    assert said(assembled(grid, tile, tile)).claimed_pixels == 2 * 128 * 64
    assert said(assembled(replace(grid, properties=()), tile, tile)).claimed_pixels == 2 * 128 * 64
    opacity = replace(tile, references={b"auxl": (1,)}, properties=(*tile.properties, ALPHA))
    thumbnail = replace(tile, references={b"thmb": (1,)})
    assert said(assembled(tile, opacity, thumbnail)).claimed_pixels == 2 * 128 * 64
    larger = replace(tile, properties=(ispe(1280, 640),))
    assert said(assembled(larger)).claimed_pixels == 1280 * 640
    assert said(heic(RGB)).claimed_pixels == 128 * 64
    assert said(heic(OPAQUE)).claimed_pixels == 2 * 128 * 64


def test_a_tile_counts_once_however_often_it_is_named() -> None:
    tile = av1_part(RGB)
    padded = replace(tile, contents=tile.contents + b"\x7a\x80\x80\x80\x04" + bytes(1 << 23))
    grid = Part(b"grid", b"", references={b"dimg": (2,) * 60_000})
    assert said(assembled(grid, padded)).claimed_pixels == 128 * 64


@pytest.mark.parametrize("data", [b"", b"\0\0\0\x18ftypavif\0\0\0\0avifmif1" * 2, bytes(300)])
def test_nonsense_is_no_picture(data: bytes) -> None:
    assert read_heif(data) is None
