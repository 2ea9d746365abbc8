"""The size that AV1 data announces."""

from __future__ import annotations

import numpy as np
import pytest

from dlc.media.image.formats.av1 import coded_size
from tests.media.image.heif_files import av1_part, deep_avif

# An operating point more than pictures need, and the display's timing: a video's header.
_VIDEO = (
    "000" "0" "0"  # profile 0, no still picture, not reduced
    "1" + format(1, "032b") + format(25, "032b") + "1" + "1"  # 25 ticks a second, each a picture
    "1" + format(9, "05b") + format(1, "032b") + format(4, "05b") + format(4, "05b")
    + "1" + format(1, "05b")  # an initial delay, two operating points
    + format(0, "012b") + format(8, "05b") + "1" + "1" + "0" * 21 + "1" + format(3, "04b")
    + format(0, "012b") + format(7, "05b") + "0" + "0"
    + format(9, "04b") + format(8, "04b") + format(639, "010b") + format(359, "09b")
)  # fmt: skip
# Two operating points, of which nothing is said.
_PLAIN = (
    "000" "0" "0" + "0" + "0" + format(1, "05b") + format(0, "012b") + format(8, "05b") + "0"
    + format(0, "012b") + format(7, "05b")
    + format(9, "04b") + format(8, "04b") + format(639, "010b") + format(359, "09b")
)  # fmt: skip


def in_a_unit(bits: str) -> bytes:
    body = int(bits.ljust(-(-len(bits) // 8) * 8, "0"), 2).to_bytes(-(-len(bits) // 8), "big")
    return bytes([0x0A, len(body)]) + body


@pytest.mark.parametrize("size", [(64, 48), (1, 1), (640, 2)])
def test_the_size_of_a_picture_is_found(size: tuple[int, int]) -> None:
    part = av1_part(np.zeros((size[1], size[0], 3), np.uint8))
    assert coded_size(part.contents) == size


def test_bits_and_colors_do_not_matter() -> None:
    data = deep_avif(np.zeros((32, 16), np.uint16), 12)
    assert coded_size(data[data.index(b"mdat") + 4 :]) == (16, 32)


@pytest.mark.parametrize("header", [_VIDEO, _PLAIN])
def test_the_header_of_a_video_is_understood(header: str) -> None:
    # A temporal delimiter and an unknown unit with an extension come first.
    assert coded_size(b"\x12\x00\x7e\x00\x01x" + in_a_unit(header)) == (640, 360)


def test_the_largest_of_several_headers_counts() -> None:
    larger = in_a_unit(_PLAIN.replace(format(639, "010b"), format(799, "010b")))
    assert coded_size(in_a_unit(_PLAIN) + larger) == (800, 360)
    assert coded_size(larger + in_a_unit(_PLAIN)) == (800, 360)


def test_data_of_endless_units_may_hide_any_size() -> None:
    assert coded_size(b"\x12\x00" * 1_000_000 + in_a_unit(_PLAIN)) == (65536, 65536)


def test_an_endless_header_says_nothing() -> None:
    # The number after the display's timing is one of zeros, which say how long it is.
    bits = "000001" + "0" * 64 + "1"
    header = int(bits.ljust(72, "0"), 2).to_bytes(9, "big") + bytes(1 << 20)
    assert coded_size(b"\x08" + header) is None


@pytest.mark.parametrize("length", range(0, 28, 3))
def test_a_header_that_is_cut_short_says_nothing(length: int) -> None:
    unit = in_a_unit(_VIDEO)[2:]
    assert coded_size(bytes([0x0A, length]) + unit[:length]) is None


@pytest.mark.parametrize("data", [b"", b"\xff" * 30, b"\x12\x00", b"\x0a", b"\x08"])
def test_other_data_says_nothing(data: bytes) -> None:
    assert coded_size(data) is None
