"""Recognizing image files, their damage, and what they say beside their pixels."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from dlc.media.failures import unreadable
from dlc.media.image.boxes import read_items
from dlc.media.image.exif import orientation_of, short_value, upright
from dlc.media.image.kinds import ImageKind

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_XMP = b"XML:com.adobe.xmp"
# Length of the signature and of the header chunk, which is always the first one.
_PNG_HEADER = 8 + 25
_XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\0"
_XMP_ORIENTATION = re.compile(rb"(tiff:Orientation(?:\s*=\s*[\"']|>)\s*)[1-8]")
# A segment of JPEG begins with its length in two bytes, and one of EXIF then with its name.
MAX_JPEG_EXIF = 0xFFFF - 2 - len(b"Exif\0\0")
_SUBFILE_TAG = 0x00FE
_COLOR_SPACE_TAG = 0x0106
_SEPARATED = 5
# SOF0 to SOF15, among which there are three others.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# What the file type box of HEIF (ISO/IEC 23008-12) says of single pictures.
_BRANDS = {
    b"avif": ImageKind.AVIF,
    b"heic": ImageKind.HEIC,
    b"heim": ImageKind.HEIC,
    b"heis": ImageKind.HEIC,
    b"heix": ImageKind.HEIC,
}
# Says that there is a picture, and leaves it to others how it is encoded.
_ANY_PICTURE = b"mif1"
# And of image sequences.
_SEQUENCES = frozenset({b"avis", b"hevc", b"hevm", b"hevs", b"hevx", b"msf1"})
# Sizes of the headers that BMP files have had since OS/2.
_BMP_HEADERS = frozenset({12, 16, 40, 52, 56, 64, 108, 124})


@dataclass(frozen=True, slots=True)
class ImageMetadata:
    """What an image file carries besides pixels.

    Attributes:
        exif: the TIFF structure of EXIF, without the "Exif" prefix that JPEG puts before it.
        icc: the ICC color profile.
        xmp: the XMP packet.
        density: pixels an inch on paper, from left to right and from top to bottom.
    """

    exif: bytes | None = None
    icc: bytes | None = None
    xmp: bytes | None = None
    density: tuple[float, float] | None = None

    @property
    def orientation(self) -> int:
        """The EXIF Orientation number; 1, upright, where there is none."""
        return orientation_of(self.exif)

    @property
    def turned_upright(self) -> ImageMetadata:
        """The same for pixels that were turned upright, in EXIF as in XMP."""
        exif = self.exif and upright(self.exif)
        xmp = self.xmp and _XMP_ORIENTATION.sub(rb"\g<1>1", self.xmp)
        return replace(self, exif=exif, xmp=xmp)


def image_kind(path: Path) -> ImageKind | None:
    """Return which kind of still image a file is by its first bytes, None if it is none.

    An animated PNG or AVIF is no still image.
    """
    with path.open("rb") as file:
        head = file.read(64)
        if head.startswith(b"\xff\xd8\xff"):
            return ImageKind.JPEG
        if head.startswith(_PNG_SIGNATURE):
            return None if is_animated_png(path) else ImageKind.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return ImageKind.WEBP
    if head[:4] in (b"II*\0", b"MM\0*"):
        return ImageKind.TIFF
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return ImageKind.BMP
    return _heif_kind(head) if head[4:8] == b"ftyp" else None


def readable_kind(path: Path) -> ImageKind | None:
    """Return what `image_kind` does.

    Raises:
        InputError: if the file cannot be read.
    """
    try:
        return image_kind(path)
    except OSError as error:
        raise unreadable(path, error) from error


def is_image(path: Path) -> bool:
    """Whether a file is a still image by its first bytes, whatever its name is.

    Raises:
        InputError: if it cannot be read.
    """
    return readable_kind(path) is not None


def is_animated_png(path: Path) -> bool:
    """Whether a file is an animated PNG by its first bytes."""
    with path.open("rb") as file:
        head = file.read(1 << 16)
    return head.startswith(_PNG_SIGNATURE) and _announces_animation(head)


def is_image_sequence(path: Path) -> bool:
    """Whether a file is a video of HEIF, an animated AVIF for instance, by its first bytes."""
    with path.open("rb") as file:
        head = file.read(12)
    return head[4:8] == b"ftyp" and head[8:12] in _SEQUENCES


def tiff_pages(data: bytes) -> int:
    """Return how many pages a TIFF file has, small versions of others not counted."""
    order = "<" if data[:2] == b"II" else ">"
    seen: set[int] = set()
    # Directories of one file do not share bytes; those of a hostile one would share nearly all.
    pages, left = 0, len(data)
    (position,) = struct.unpack_from(order + "I", data, 4)
    while position and position not in seen and position + 2 <= len(data):
        seen.add(position)
        (count,) = struct.unpack_from(order + "H", data, position)
        end = position + 2 + 12 * count
        left -= end - position
        if end + 4 > len(data) or left < 0:
            break
        entries = (
            struct.unpack_from(order + "HHII", data, at) for at in range(position + 2, end, 12)
        )
        pages += not any(tag == _SUBFILE_TAG and value & 1 for tag, _, _, value in entries)
        (position,) = struct.unpack_from(order + "I", data, end)
    return pages


def is_animated_webp(data: bytes) -> bool:
    """Whether a WebP file is an animation."""
    return data[12:16] == b"VP8X" and bool(data[20] & 0x02)


def is_cmyk(kind: ImageKind, data: bytes) -> bool:
    """Whether a JPEG or TIFF file has the four colors of print."""
    if kind is ImageKind.JPEG:
        # Frame headers: size of samples, height, width, and the number of colors.
        frames = (at for marker, at, _ in jpeg_segments(data) if marker in _JPEG_FRAMES)
        return any(data[at + 5 : at + 6] == b"\x04" for at in frames)
    return kind is ImageKind.TIFF and short_value(data, _COLOR_SPACE_TAG) == _SEPARATED


def image_damage(kind: ImageKind, data: bytes) -> str | None:
    """Return what shows that an image file is damaged, None if nothing does.

    Image libraries fill in what is missing with gray and say nothing to the caller.
    """
    if kind is ImageKind.JPEG:
        # Within the coded picture 0xFF is always followed by something else than 0xD9.
        scan = next((at for marker, at, _ in jpeg_segments(data) if marker == 0xDA), None)
        if scan is None or data.find(b"\xff\xd9", scan) < 0:
            return "its end is missing"
    if kind is ImageKind.PNG:
        return _png_damage(data)
    if kind in (ImageKind.HEIC, ImageKind.AVIF):
        return _heif_damage(data)
    declared = {
        ImageKind.WEBP: 8 + int.from_bytes(data[4:8], "little"),
        ImageKind.BMP: int.from_bytes(data[2:6], "little"),
    }
    return "its end is missing" if declared.get(kind, 0) > len(data) else None


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
    if len(payload) + 2 > 0xFFFF:
        raise ValueError("the XMP packet is too large for a JPEG segment")
    # Behind the leading application segments, where readers of JFIF and EXIF expect theirs first.
    at = 2
    for marker, position, length in jpeg_segments(data):
        if marker not in (0xE0, 0xE1):
            break
        at = position + length
    return data[:at] + b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload + data[at:]


def png_xmp(data: bytes) -> bytes | None:
    """Return the XMP packet of a PNG file, or None; one that is compressed counts as none.

    It is the text of an iTXt chunk: keyword, two bytes about compression, language, the keyword in
    that language, and the text, each but the last ended by a zero. Some programs, OpenCV among
    them, write it as tEXt, which is keyword and text alone.
    """
    for kind, contents, _ in png_chunks(data):
        keyword, _, rest = contents.partition(b"\0")
        if keyword != _PNG_XMP:
            continue
        if kind == b"tEXt":
            return rest
        if kind == b"iTXt" and rest[:1] == b"\0":
            return rest[2:].split(b"\0", 2)[-1]
    return None


def with_png_xmp(data: bytes, packet: bytes) -> bytes:
    """Return a PNG file with an XMP packet added, behind the header as the XMP standard has it."""
    body = b"iTXt" + _PNG_XMP + b"\0" * 5 + packet
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return data[:_PNG_HEADER] + chunk + data[_PNG_HEADER:]


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


def png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield type, contents and checksum of the chunks; what is cut off is short."""
    position = len(_PNG_SIGNATURE)
    while position + 8 <= len(data):
        length = int.from_bytes(data[position : position + 4], "big")
        kind, start = data[position + 4 : position + 8], position + 8
        yield kind, data[start : start + length], data[start + length : start + length + 4]
        position = start + length + 4


def _heif_kind(head: bytes) -> ImageKind | None:
    """Return the kind of picture that a file type box stands for, None for videos."""
    brand = head[8:12]
    if brand != _ANY_PICTURE:
        return _BRANDS.get(brand)
    size = min(int.from_bytes(head[:4], "big"), len(head))
    others = (_BRANDS.get(head[at : at + 4]) for at in range(16, size - 3, 4))
    return next(filter(None, others), ImageKind.HEIC)


def _announces_animation(head: bytes) -> bool:
    for kind, _, _ in png_chunks(head):
        if kind in (b"acTL", b"IDAT"):
            return kind == b"acTL"
    return False


def _png_damage(data: bytes) -> str | None:
    for kind, contents, checksum in png_chunks(data):
        if len(checksum) < 4:
            return "its end is missing"
        if zlib.crc32(kind + contents) != int.from_bytes(checksum, "big"):
            return f"the checksum of its {kind.decode('latin-1')} part is wrong"
        if kind == b"IEND":
            return None
    return "its end is missing"


def _heif_damage(data: bytes) -> str | None:
    items = read_items(data)
    if items is None:
        return "it does not say where its picture is"
    extents = (extent for item in items.by_number.values() for extent in item.extents)
    is_cut = any(begin + length > len(data) for begin, length in extents)
    return "its end is missing" if is_cut else None
