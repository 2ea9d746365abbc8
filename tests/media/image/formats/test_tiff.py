"""The pages of TIFF files."""

from __future__ import annotations

import struct

from dlc.media.image.formats.tiff import tiff_pages


def test_pages_that_share_their_bytes_are_not_counted_for_ever() -> None:
    # Ten thousand directories of 30,000 entries each, four bytes from one to the next.
    links = struct.pack("<10000I", *(8 + 4 * number for number in range(1, 10_000)), 0)
    data = b"II*\0" + struct.pack("<I", 8) + struct.pack("<HH", 30_000, 0) * 10_000
    data = data.ljust(8 + 2 + 12 * 30_000, b"\0") + links
    assert tiff_pages(data) == 1
