"""The chunks of PNG files, and XMP in them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_XMP = b"XML:com.adobe.xmp"
# Length of the signature and of the header chunk, which is always the first one.
_HEADER = 8 + 25


def png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield type, contents and checksum of the chunks; what is cut off is short."""
    position = len(PNG_SIGNATURE)
    while position + 8 <= len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        kind, start = data[position + 4 : position + 8], position + 8
        yield kind, data[start : start + length], data[start + length : start + length + 4]
        position = start + length + 4


def with_png_chunk(data: bytes, kind: bytes, contents: bytes) -> bytes:
    """Return a PNG file with a chunk added right behind the header."""
    body = kind + contents
    chunk = struct.pack(">I", len(contents)) + body + struct.pack(">I", zlib.crc32(body))
    return data[:_HEADER] + chunk + data[_HEADER:]


def is_animation(head: bytes) -> bool:
    """Whether a PNG file says that it is animated; its first bytes are enough."""
    for kind, _, _ in png_chunks(head):
        if kind in (b"acTL", b"IDAT"):
            return kind == b"acTL"
    return False


def png_damage(data: bytes) -> str | None:
    """Return what shows that a PNG file is damaged, None if nothing does."""
    for kind, contents, checksum in png_chunks(data):
        if len(checksum) < 4:
            return "its end is missing"
        if zlib.crc32(kind + contents) != int.from_bytes(checksum, "big"):
            return f"the checksum of its {kind.decode('latin-1')} part is wrong"
        if kind == b"IEND":
            return None
    return "its end is missing"


def has_png_header(data: bytes) -> bool:
    """Whether a PNG file begins with an undamaged header, which says how large the picture is."""
    kind, contents, checksum = next(png_chunks(data), (b"", b"", b""))
    return kind == b"IHDR" and zlib.crc32(kind + contents) == int.from_bytes(checksum, "big")


def has_whole_png_parts(data: bytes) -> bool:
    """Whether the parts of a PNG file, up to its last one, are as long as they say."""
    for kind, _, checksum in png_chunks(data):
        if kind == b"IEND":
            return True
        if len(checksum) < 4:
            return False
    return True


def png_xmp(data: bytes) -> bytes | None:
    """Return the XMP packet of a PNG file, or None; one that is compressed counts as none.

    It is the text of an iTXt chunk: keyword, two bytes about compression, language, the keyword in
    that language, and the text, each but the last ended by a zero. Some programs, OpenCV among
    them, write it as tEXt, which is keyword and text alone.
    """
    for kind, contents, _ in png_chunks(data):
        keyword, _, rest = contents.partition(b"\0")
        if keyword != _XMP:
            continue
        if kind == b"tEXt":
            return rest
        if kind == b"iTXt" and rest[:1] == b"\0":
            return rest[2:].split(b"\0", 2)[-1]
    return None


def with_png_xmp(data: bytes, packet: bytes) -> bytes:
    """Return a PNG file with an XMP packet added, where the XMP standard has it."""
    return with_png_chunk(data, b"iTXt", _XMP + b"\0" * 5 + packet)
