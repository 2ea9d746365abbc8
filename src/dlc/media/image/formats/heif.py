"""What a HEIF file, HEIC or AVIF, says of its picture and beside it, without decoding anything."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from dlc.media.frames.color import FULL, LIMITED, ColorTags
from dlc.media.frames.orientation import Orientation
from dlc.media.image.formats.av1 import coded_size
from dlc.media.image.formats.boxes import Item, Items, read_items
from dlc.media.image.metadata import ImageMetadata

_ALPHA = (b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1")
# What is in a file beside pictures, and pictures with the gain map of a brighter one applied.
_NO_PICTURES = (b"Exif", b"mime", b"uri ", b"iptc", b"tmap")
# A picture may be made of one that is made of tiles, for instance.
_MOST_STEPS = 4
_XMP = b"application/rdf+xml"
# Quarter turns counterclockwise; then what is mirrored, from top to bottom and from left to right.
_TURNS = tuple(Orientation.from_exif(number) for number in (1, 8, 3, 6))
_MIRRORS = (Orientation(mirrored_y=True), Orientation(mirrored_x=True))
# Primaries that differ visibly from sRGB's, which pictures have that say nothing (ITU-T H.273).
_WIDE = {9: "BT.2020", 11: "DCI-P3", 12: "Display P3"}


@dataclass(frozen=True, slots=True)
class HeifPicture:
    """What a file says of its picture.

    Attributes:
        codec: the four-letter type of its data, or of that of its first tile.
        claimed_pixels: how many colors and opacity have, by what the file or by what AV1 data in
            it says, whichever is more.
        depth: bits a sample.
        is_gray: whether there is no color.
        has_alpha: whether there is opacity.
        colors: its color tags.
        crop: left, top, right and bottom of the part that is shown, before it is turned; None
            stands for all of it.
        turns: how that is turned, one after the other.
        metadata: what is beside the pixels. By the standard its orientation says nothing.
        others: how many more pictures are in the file, parts and versions of this one left out.
    """

    codec: bytes
    claimed_pixels: int
    depth: int
    is_gray: bool
    has_alpha: bool
    colors: ColorTags
    crop: tuple[int, int, int, int] | None
    turns: tuple[Orientation, ...]
    metadata: ImageMetadata
    others: int

    def notes(self) -> Iterator[str]:
        """Yield what will not be in an output, in words for the user."""
        if self.others:
            count = self.others + 1
            yield f"the file holds {count} pictures, and only the main one is used"
        wide = _WIDE.get(self.colors.primaries)
        if self.colors.is_hdr:
            yield "the picture is HDR, and the output cannot say so: it looks flatter"
        elif wide and not self.metadata.icc:
            yield (
                f"the picture's colors are those of {wide}, which it says without a color profile, "
                "and the output cannot say so: they look paler"
            )


def read_heif(data: bytes) -> HeifPicture | None:
    """Return what a file says of its picture, None if its boxes make no sense.

    Args:
        data: the whole file.
    """
    items = read_items(data)
    if items is None:
        return None
    item = items.by_number[items.primary]
    part = _first_part(items)
    width, height = _size(item)
    # A picture made of tiles may leave to them what they have in common.
    icc, colors = _colors((*item.properties, *part.properties))
    exif, xmp = _exif(data, items), _contents(data, _beside(items, b"mime", _XMP))
    return HeifPicture(
        codec=part.kind,
        claimed_pixels=_claimed_pixels(data, items),
        depth=_depth(part),
        is_gray=_is_gray(item, part),
        has_alpha=bool(_opacity(items)),
        colors=colors,
        crop=_crop(item.get(b"clap") or b"", width, height),
        turns=tuple(_turns(item)),
        metadata=ImageMetadata(exif, icc, xmp.rstrip(b"\0") or None),
        others=len(_others(items)),
    )


def _first_part(items: Items) -> Item:
    """Return the first of the tiles that the picture is made of, or itself if it is not."""
    item = items.by_number[items.primary]
    for _ in range(_MOST_STEPS):
        parts = item.references.get(b"dimg")
        if not parts or parts[0] not in items.by_number:
            break
        item = items.by_number[parts[0]]
    return item


def _size(item: Item) -> tuple[int, int]:
    """Return the width and height that a file says an item has."""
    width, height = struct.unpack(">II", (item.get(b"ispe") or b"")[4:12].ljust(8, b"\0"))
    return width, height


def _colors(properties: tuple[tuple[bytes, bytes], ...]) -> tuple[bytes | None, ColorTags]:
    """Return the first color profile and the first color tags."""
    icc, tags = None, None
    for kind, contents in properties:
        if kind != b"colr":
            continue
        if contents[:4] in (b"prof", b"rICC"):
            icc = icc or contents[4:] or None
        elif contents[:4] == b"nclx" and len(contents) >= 11 and tags is None:
            primaries, transfer, matrix, flags = struct.unpack_from(">HHHB", contents, 4)
            tags = ColorTags(primaries, transfer, matrix, FULL if flags >> 7 else LIMITED)
    return icc, tags or ColorTags(range=FULL)


def _claimed_pixels(data: bytes, items: Items) -> int:
    """Return how many pixels a decoder may have to make room for."""
    decoded = [items.by_number[items.primary], *_opacity(items)]
    said = sum(math.prod(_size(item)) for item in decoded)
    # However often a tile is named, it is decoded once.
    tiles = {tile for item in decoded for tile in item.references.get(b"dimg", ())}
    decoded += [items.by_number[tile] for tile in tiles if tile in items.by_number]
    coded = (item for item in decoded if item.kind == b"av01")
    sizes = (coded_size(_contents(data, item)) for item in coded)
    return max(said, sum(math.prod(size) for size in sizes if size))


def _depth(part: Item) -> int:
    av1, hevc, bits = (part.get(kind) or b"" for kind in (b"av1C", b"hvcC", b"pixi"))
    if len(av1) > 2:
        return 8 + 2 * (av1[2] >> 6 & 1) + 2 * (av1[2] >> 5 & 1)
    if len(hevc) > 17:
        return 8 + (hevc[17] & 7)
    return bits[5] if len(bits) > 5 else 8


def _is_gray(item: Item, part: Item) -> bool:
    av1, bits = part.get(b"av1C") or b"", item.get(b"pixi") or part.get(b"pixi") or b""
    if len(av1) > 2:
        return bool(av1[2] >> 4 & 1)
    return bits[4:5] == b"\x01"


def _opacity(items: Items) -> list[Item]:
    """Return the items that hold the picture's opacity."""
    return [
        item
        for item in items.by_number.values()
        if items.primary in item.references.get(b"auxl", ())
        and (item.get(b"auxC") or b"")[4:].split(b"\0")[0] in _ALPHA
    ]


def _turns(item: Item) -> Iterator[Orientation]:
    for kind, contents in item.properties:
        if kind == b"irot" and contents:
            yield _TURNS[contents[0] & 3]
        elif kind == b"imir" and contents:
            yield _MIRRORS[contents[0] & 1]


def _crop(clap: bytes, width: int, height: int) -> tuple[int, int, int, int] | None:
    """Return the part of a picture that its clean aperture shows, None if that is all or none."""
    if len(clap) < 32:
        return None
    fields = struct.unpack(">IIIIiIiI", clap[:32])
    if not all(fields[1::2]):
        return None
    shown_x, shown_y, right, down = map(Fraction, fields[::2], fields[1::2])
    # The last two are how far its center is from that of the picture.
    left, top = round((width - shown_x) / 2 + right), round((height - shown_y) / 2 + down)
    box = left, top, left + round(shown_x), top + round(shown_y)
    fits = 0 <= box[0] < box[2] <= width and 0 <= box[1] < box[3] <= height
    return box if fits and box != (0, 0, width, height) else None


def _beside(items: Items, kind: bytes, content_type: bytes = b"") -> Item:
    """Return the metadata of a type that describes the picture; an empty item if there is none."""
    for item in items.by_number.values():
        described = item.references.get(b"cdsc", [items.primary])
        if (item.kind, item.content_type) == (kind, content_type) and items.primary in described:
            return item
    return Item()


def _contents(data: bytes, item: Item) -> bytes:
    """Return an item's contents; nothing where it claims more than there is in the file."""
    if sum(length for _, length in item.extents) > len(data):
        return b""
    return b"".join(data[begin : begin + length] for begin, length in item.extents)


def _exif(data: bytes, items: Items) -> bytes | None:
    """Return the TIFF structure of EXIF, before which the file says where in the block it is."""
    block = _contents(data, _beside(items, b"Exif"))
    begin = 4 + int.from_bytes(block[:4], "big")
    found = (block[at:].removeprefix(b"Exif\0\0") for at in (begin, 4))
    return next((exif for exif in found if exif[:4] in (b"II*\0", b"MM\0*")), None)


def _others(items: Items) -> list[Item]:
    """Return the pictures that are meant to be shown beside the main one."""
    everything = items.by_number.values()
    parts = {part for item in everything for part in item.references.get(b"dimg", ())}
    parts.add(items.primary)
    return [
        item
        for number, item in items.by_number.items()
        if number not in parts
        and not item.hidden
        and item.kind not in _NO_PICTURES
        and not item.references.keys() & {b"thmb", b"auxl"}
    ]
