"""The items of HEIF files, as encoders write them and as nobody should."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from dlc.media.image.formats.boxes import read_items
from tests.media.image.heif_files import Part, assembled, avif, box, full_box, heic, ispe

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


def described(iloc: bytes, *kinds: bytes) -> bytes:
    """Return boxes of a file that says by `iloc` where its items are."""
    infos = [
        full_box(b"infe", struct.pack(">HH", number, 0) + kind + b"\0", version=2)
        for number, kind in enumerate(kinds, 1)
    ]
    return full_box(
        b"meta",
        full_box(b"pitm", struct.pack(">H", 1)),
        iloc,
        full_box(b"iinf", struct.pack(">H", len(kinds)), *infos),
        box(b"iprp"),
    )


def test_places_that_take_no_bytes_to_tell_are_not_counted_for_ever() -> None:
    # An offset, a length and an index of no bytes each: 65 million in 6 KB.
    places = struct.pack(">HHH", 1, 0, 65535) * 1000
    iloc = full_box(b"iloc", b"\0\0", struct.pack(">H", 1000), places)
    assert read_items(described(iloc, b"av01")) is None


def test_items_share_their_contents_only_as_far_as_a_picture_needs() -> None:
    def shared(count: int) -> bytes:
        places = [struct.pack(">HHHII", number, 0, 1, 0, 100_000) for number in range(1, count + 1)]
        iloc = full_box(b"iloc", b"\x44\0", struct.pack(">H", count), *places)
        return described(iloc, *[b"av01"] * count) + box(b"mdat", bytes(100_000))

    items = read_items(shared(10))
    assert items is not None
    assert len(items.by_number) == 10
    assert read_items(shared(100)) is None
