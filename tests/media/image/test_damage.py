"""Image files that are not whole give themselves away."""

from __future__ import annotations

import struct

import cv2
import pytest

from dlc.media.image.damage import image_damage
from dlc.media.image.kinds import ImageKind
from tests.media.image.heif_files import heic
from tests.media.image.samples import encoded, picture


@pytest.mark.parametrize("kind", list(ImageKind))
def test_whole_files_are_not_damaged(kind: ImageKind) -> None:
    assert image_damage(kind, encoded(kind)) is None


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


@pytest.mark.parametrize(("part", "share"), [("IDAT", 0.5), ("IEND", 1.0)])
def test_a_wrong_png_checksum_shows(part: str, share: float) -> None:
    data = bytearray(encoded(ImageKind.PNG))
    data[int(share * (len(data) - 1))] ^= 1

    assert f"checksum of its {part}" in (image_damage(ImageKind.PNG, bytes(data)) or "")
