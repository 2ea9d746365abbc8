"""The items of HEIF files, as encoders write them and as nobody should."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from dlc.media.image.boxes import read_items
from tests.media.image.heif_files import Part, assembled, avif, full_box, heic, ispe

PICTURE = np.full((64, 128, 3), 120, np.uint8)


@pytest.mark.parametrize(
    ("data", "kind", "codec"),
    [(heic(PICTURE), b"hvc1", b"hvcC"), (avif(PICTURE), b"av01", b"av1C")],
)
def test_the_picture_of_a_file_is_found(data: bytes, kind: bytes, codec: bytes) -> None:
    items = read_items(data)
    assert items is not None
    item = items.by_number[items.primary]
    assert item.kind == kind
    assert item.get(b"ispe") == struct.pack(">III", 0, 128, 64)
    assert item.get(codec)
    assert sum(length for _, length in item.extents) > 20
    assert {begin + length for begin, length in item.extents} == {len(data)}


def test_all_that_an_item_has_is_read() -> None:
    data = assembled(
        Part(b"av01", b"picture", (ispe(1, 2), full_box(b"test", b"3")), {b"dimg": (2, 3)}),
        Part(b"av01", b"a part", hidden=True),
        Part(b"mime", b"<xml/>", content_type=b"application/rdf+xml"),
    )
    items = read_items(data)
    assert items is not None
    assert items.primary == 1
    picture, part, text = items.by_number.values()
    assert [kind for kind, _ in picture.properties] == [b"ispe", b"test"]
    assert picture.references == {b"dimg": [2, 3]}
    assert (picture.hidden, part.hidden) == (False, True)
    assert text.content_type == b"application/rdf+xml"
    ((begin, length),) = text.extents
    assert data[begin : begin + length] == b"<xml/>"


def test_a_main_picture_that_is_not_there_is_nonsense() -> None:
    assert read_items(assembled(Part(b"av01", b"picture"), primary=2)) is None


@pytest.mark.parametrize("data", [heic(PICTURE), avif(PICTURE)])
def test_files_cut_anywhere_are_read_or_nonsense(data: bytes) -> None:
    whole = read_items(data)
    assert whole is not None
    end = data.index(b"mdat") + 4
    readings = [read_items(data[:length]) for length in range(end)]
    assert readings[0] is None
    # What is missing at last is contents, which the boxes say where to find all the same.
    assert readings[-1] == whole


@pytest.mark.parametrize("name", [b"iinf", b"iloc", b"ipma", b"iref"])
def test_claims_of_endless_lists_end_where_the_file_does(name: bytes) -> None:
    parts = Part(b"av01", b"picture", (ispe(1, 2),), {b"dimg": (2,)}), Part(b"av01", b"part")
    data = bytearray(assembled(*parts))
    at = data.index(name) + 8
    data[at : at + 40] = b"\xff" * 40
    items = read_items(bytes(data))
    assert items is None or len(items.by_number) < 3
