"""Small files that say they are huge pictures."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator


def bombs() -> Iterator[tuple[str, bytes]]:
    """Yield names and contents; each claims dimensions that nobody has the memory for."""
    for width, height in ((60_000, 60_000), (0x7FFFFFFF, 1), (1, 0x7FFFFFFF), (20_000, 20_000)):
        yield f"{width}x{height}.png", _png(width, height)
        yield f"{width}x{height}.bmp", _bmp(width, height)
        yield f"{width}x{height}.tif", _tiff(width, height)
    # All there, and nothing but zeros: 30,000 x 30,000 gray in 1 MB.
    yield "whole.png", _whole_png(30_000, 30_000)
    # A small one, of whose pixels there are said to be gigabytes.
    yield "long.png", _png(96, 64).replace(_length_of_pixels(), b"\xda\x9b\x20\0")
    yield "65535.jpg", _jpeg(65_535, 65_535)
    yield "20000.jpg", _jpeg(20_000, 20_000)
    yield "16384.webp", _webp(16_383, 16_383)
    yield "65535.heic", _heic(65_535, 65_535)
    yield "20000.avif", _avif(20_000, 20_000)
    yield "16384.avif", _coded_avif()
    yield "65535.gif", _gif(65_535, 65_535)
    yield "16000.gif", _gif(16_000, 16_000)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + checksum


def _png(width: int, height: int, rows: bytes = bytes(4096), *, gray: bool = False) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0 if gray else 6, 0, 0, 0)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(rows)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _length_of_pixels() -> bytes:
    return struct.pack(">I", len(zlib.compress(bytes(4096))))


def _whole_png(width: int, height: int) -> bytes:
    packer = zlib.compressobj(9)
    row = bytes(width + 1)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", packed), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _bmp(width: int, height: int) -> bytes:
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + 64, 0, 0, 54) + info + bytes(64)


def _tiff(width: int, height: int) -> bytes:
    entries = ((256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1))
    entries += ((278, height), (279, 64))
    directory = struct.pack("<H", len(entries))
    directory += b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    return b"II*\0" + struct.pack("<I", 8 + 64) + bytes(64) + directory + bytes(4)


def _jpeg(width: int, height: int) -> bytes:
    """Return a picture of one gray block, whose header says that there are more."""
    import cv2
    import numpy as np

    _, encoded = cv2.imencode(".jpg", np.zeros((8, 8), np.uint8))
    data = bytearray(encoded.tobytes())
    at = data.index(b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def _webp(width: int, height: int) -> bytes:
    """Return a lossless WebP of one color in a few bytes."""
    import cv2
    import numpy as np

    _, encoded = cv2.imencode(
        ".webp", np.zeros((8, 8, 3), np.uint8), [cv2.IMWRITE_WEBP_QUALITY, 101]
    )
    data = bytearray(encoded.tobytes())
    at = data.index(b"VP8L") + 9
    bits = int.from_bytes(data[at : at + 4], "little")
    bits = bits & ~0xFFFFFFF | (width - 1) | (height - 1) << 14
    data[at : at + 4] = bits.to_bytes(4, "little")
    return bytes(data)


def _heic(width: int, height: int) -> bytes:
    import numpy as np

    from tests.media.image.heif_files import heic, ispe

    return heic(np.zeros((64, 64, 3), np.uint8)).replace(ispe(64, 64), ispe(width, height))


def _avif(width: int, height: int) -> bytes:
    import numpy as np

    from tests.media.image.heif_files import avif, ispe

    return avif(np.zeros((64, 64, 3), np.uint8)).replace(ispe(64, 64), ispe(width, height))


def _coded_avif() -> bytes:
    """Return an AVIF that says it is small, while its data says that it has 16,384 x 16,384."""
    import numpy as np

    from tests.media.image.heif_files import Part, assembled, av1_part

    small = av1_part(np.zeros((64, 64, 3), np.uint8))
    header = int("000110000011011101" + "1" * 28 + "0" * 10, 2).to_bytes(7, "big")
    return assembled(Part(b"av01", b"\x0a\x07" + header + small.contents, small.properties))


def _gif(width: int, height: int) -> bytes:
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + bytes(6)
    picture = b"," + struct.pack("<HHHHB", 0, 0, width, height, 0)
    return head + picture + b"\x02\x02\x44\x01\x00;"
