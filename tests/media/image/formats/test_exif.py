"""Numbers in EXIF, and what has to go when a picture changes."""

from __future__ import annotations

import struct

import pytest
from PIL import ExifTags, Image

from dlc.media.image.formats.exif import orientation_of, upright, without_thumbnail
from dlc.media.image.formats.tiff import short_value
from tests.media.image.formats.exif_blocks import THUMBNAIL, with_thumbnail


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("number", range(1, 9))
def test_the_orientation_is_found_in_both_byte_orders(order: str, number: int) -> None:
    head = b"II*\0" if order == "<" else b"MM\0*"
    entries = struct.pack(order + "HHIHH", 0x010F, 3, 1, 9, 0)
    entries += struct.pack(order + "HHIHH", 0x0112, 3, 1, number, 0)
    exif = head + struct.pack(order + "IH", 8, 2) + entries + struct.pack(order + "I", 0)

    assert orientation_of(exif) == number


@pytest.mark.parametrize("exif", [None, b"", b"II*\0", b"II*\0\xff\xff\xff\xff", b"garbage" * 9])
def test_broken_exif_means_upright(exif: bytes | None) -> None:
    assert orientation_of(exif) == 1


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("at_end", [True, False])
def test_the_thumbnail_of_the_old_face_is_cut_off(order: str, at_end: bool) -> None:
    exif = with_thumbnail(order, at_end=at_end)
    preview = b"a larger preview" * 99

    stripped = without_thumbnail(exif + preview)

    before, after = Image.Exif(), Image.Exif()
    before.load(exif)
    after.load(stripped)
    assert before.get_ifd(ExifTags.IFD.IFD1)[0x0202] == len(THUMBNAIL)
    assert not after.get_ifd(ExifTags.IFD.IFD1)
    assert after[0x010F] == before[0x010F] == "a maker whose name is long"
    assert after.get_ifd(ExifTags.IFD.GPSInfo) == before.get_ifd(ExifTags.IFD.GPSInfo)
    assert after.get_ifd(ExifTags.IFD.GPSInfo)
    # What comes before something else cannot be taken out without moving that.
    assert (THUMBNAIL in stripped) == (preview in stripped) == (not at_end)


@pytest.mark.parametrize("order", ["<", ">"])
def test_all_stays_where_there_is_no_thumbnail(order: str) -> None:
    head = b"II*\0" if order == "<" else b"MM\0*"
    entry = struct.pack(order + "HHHIHHI", 1, 0x0112, 3, 1, 6, 0, 0)
    exif = head + struct.pack(order + "I", 8) + entry + b"what a maker put here"

    assert without_thumbnail(exif) == exif
    assert short_value(exif, 0x0112) == 6
    assert short_value(exif, 0x010F) is None
    assert orientation_of(upright(exif)) == 1
    assert len(upright(exif)) == len(exif)


@pytest.mark.parametrize("length", range(0, 140, 7))
def test_exif_that_is_cut_short_is_no_obstacle(length: int) -> None:
    exif = with_thumbnail("<", at_end=True)[:length]
    assert len(without_thumbnail(exif)) <= length
    assert upright(exif) == exif


def test_directories_that_lead_in_circles_have_an_end() -> None:
    # So many that to follow each of them in each of them would take hours.
    entries = struct.pack("<HHII", 0x8769, 4, 1, 8) * 5000
    exif = b"II*\0" + struct.pack("<IH", 8, 5000) + entries + struct.pack("<I", 8)
    assert without_thumbnail(exif) == exif[:-4] + bytes(4)
