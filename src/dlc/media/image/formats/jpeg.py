"""The segments of JPEG files, and XMP and color profiles in them."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

# A segment begins with its length in two bytes, which counts them, too.
_MAX_PAYLOAD = 0xFFFF - 2
MAX_JPEG_EXIF = _MAX_PAYLOAD - len(b"Exif\0\0")
_XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
# Before two bytes: which segment of a profile this is, from 1, and how many there are.
_ICC_HEADER = b"ICC_PROFILE\0"
_ICC_PART = _MAX_PAYLOAD - len(_ICC_HEADER) - 2
MAX_JPEG_ICC = 0xFF * _ICC_PART
# SOF0 to SOF15, among which there are three others.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield marker, start and length of the segments' contents, up to the first scan."""
    position = 2
    while position + 4 <= len(data) and data[position] == 0xFF:
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        length = int.from_bytes(data[position + 2 : position + 4], "big")
        yield marker, position + 4, length - 2
        if marker == 0xDA or length < 2:
            return
        position += 2 + length


def has_four_colors(data: bytes) -> bool:
    """Whether a JPEG file has the four colors of print."""
    # Frame headers: size of samples, height, width, and the number of colors.
    frames = (at for marker, at, _ in jpeg_segments(data) if marker in _FRAMES)
    return any(data[at + 5 : at + 6] == b"\x04" for at in frames)


def has_jpeg_end(data: bytes) -> bool:
    """Whether a JPEG file has an end."""
    # Within the coded picture 0xFF is always followed by something else than 0xD9.
    scan = next((at for marker, at, _ in jpeg_segments(data) if marker == 0xDA), None)
    return scan is not None and data.find(b"\xff\xd9", scan) >= 0


def with_jpeg_end(data: bytes) -> bytes:
    """Return a JPEG file that has an end, as OpenCV decodes no other."""
    return data.rstrip(b"\xff") + b"\xff\xd9"


def jpeg_xmp(data: bytes) -> bytes | None:
    """Return the XMP packet of a JPEG file."""
    for marker, position, length in jpeg_segments(data):
        if marker == 0xE1 and data.startswith(_XMP_HEADER, position):
            return data[position + len(_XMP_HEADER) : position + length]
    return None


def with_jpeg_xmp(data: bytes, packet: bytes) -> bytes:
    """Return a JPEG file with an XMP packet added.

    Raises:
        ValueError: if the packet is larger than a JPEG segment, 65,502 bytes.
    """
    payload = _XMP_HEADER + packet
    if len(payload) > _MAX_PAYLOAD:
        raise ValueError("the XMP packet is too large for a JPEG segment")
    return _with_segments(data, 0xE1, [payload])


def jpeg_icc(data: bytes) -> bytes | None:
    """Return the color profile of a JPEG file, put together from its numbered segments."""
    parts: dict[bytes, bytes] = {}
    for marker, position, length in jpeg_segments(data):
        if marker == 0xE2 and data.startswith(_ICC_HEADER, position):
            at = position + len(_ICC_HEADER)
            parts[data[at : at + 1]] = data[at + 2 : position + length]
    return b"".join(parts[number] for number in sorted(parts)) or None


def with_jpeg_icc(data: bytes, profile: bytes) -> bytes:
    """Return a JPEG file with a color profile of at most `MAX_JPEG_ICC` bytes added."""
    parts = [profile[at : at + _ICC_PART] for at in range(0, len(profile), _ICC_PART)]
    numbered = enumerate(parts, start=1)
    payloads = [_ICC_HEADER + bytes([number, len(parts)]) + part for number, part in numbered]
    return _with_segments(data, 0xE2, payloads)


def _with_segments(data: bytes, marker: int, payloads: Sequence[bytes]) -> bytes:
    # Behind the leading application segments, where readers of JFIF and EXIF expect theirs first.
    at = 2
    for found, position, length in jpeg_segments(data):
        if found not in (0xE0, 0xE1):
            break
        at = position + length
    head = b"\xff" + bytes([marker])
    added = (head + struct.pack(">H", len(payload) + 2) + payload for payload in payloads)
    return data[:at] + b"".join(added) + data[at:]
