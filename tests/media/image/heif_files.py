"""HEIC and AVIF files: whole ones from encoders, and others put together box by box."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image

_ESSENTIAL = (b"av1C", b"hvcC", b"clap", b"irot", b"imir")
_MODES = {2: "L", 3: "RGB", 4: "RGBA"}


def heic(rgb: NDArray[Any], **options: Any) -> bytes:
    """Encode uint8 or uint16 gray, RGB or RGBA samples; uint16 as 10 bits."""
    channels = 2 if rgb.ndim == 2 else rgb.shape[2]
    mode = options.pop("mode", _MODES[channels] + (";16" if rgb.dtype == np.uint16 else ""))
    mode = "I;16" if mode == "L;16" else mode
    file = io.BytesIO()
    size = (rgb.shape[1], rgb.shape[0])
    options = {"quality": 95, "enc_params": {"preset": "ultrafast"}, **options}
    pillow_heif.encode(mode, size, np.ascontiguousarray(rgb).tobytes(), file, **options)
    return file.getvalue()


def avif(rgb: NDArray[np.uint8], **options: Any) -> bytes:
    """Encode 8-bit gray, RGB or RGBA samples."""
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "AVIF", **{"quality": 95, "speed": 10, **options})
    return file.getvalue()


def deep_avif(rgb: NDArray[np.uint16], depth: int) -> bytes:
    """Encode samples of 10 or 12 bits."""
    options = [
        *(cv2.IMWRITE_AVIF_QUALITY, 95),
        *(cv2.IMWRITE_AVIF_SPEED, 10),
        *(cv2.IMWRITE_AVIF_DEPTH, depth),
    ]
    bgr = rgb if rgb.ndim == 2 else np.ascontiguousarray(rgb[..., ::-1])
    return cv2.imencode(".avif", bgr, options)[1].tobytes()


def box(kind: bytes, *contents: bytes) -> bytes:
    """Return a box."""
    body = b"".join(contents)
    return struct.pack(">I", 8 + len(body)) + kind + body


def full_box(kind: bytes, *contents: bytes, version: int = 0, flags: int = 0) -> bytes:
    """Return a box that has a version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *contents)


def ispe(width: int, height: int) -> bytes:
    """Return the property that says how large a picture is."""
    return full_box(b"ispe", struct.pack(">II", width, height))


def nclx(primaries: int, transfer: int, matrix: int, *, full: bool = True) -> bytes:
    """Return the property that says what colors mean."""
    return box(b"colr", b"nclx", struct.pack(">HHHB", primaries, transfer, matrix, full << 7))


@dataclass(frozen=True)
class Part:
    """An item of a file to be made.

    Attributes:
        properties: boxes.
        references: to other items, by their numbers from 1 on.
    """

    kind: bytes
    contents: bytes
    properties: Sequence[bytes] = ()
    references: dict[bytes, Sequence[int]] = field(default_factory=dict)
    hidden: bool = False
    content_type: bytes = b""


def assembled(
    *parts: Part, brand: bytes = b"avif", brands: Sequence[bytes] = (b"mif1",), primary: int = 1
) -> bytes:
    """Return a file of these items."""
    head = box(b"ftyp", brand, bytes(4), *brands)
    # The length of the boxes does not depend on where the contents are.
    length = len(head + _meta(parts, primary, 0))
    return head + _meta(parts, primary, length + 8) + box(b"mdat", *(p.contents for p in parts))


def _meta(parts: Sequence[Part], primary: int, at: int) -> bytes:
    infos, places, properties, uses, references = [], [], [], [], []
    for number, part in enumerate(parts, 1):
        text = b"\0" + (part.content_type + b"\0" if part.content_type else b"")
        info = struct.pack(">HH", number, 0) + part.kind + text
        infos.append(full_box(b"infe", info, version=2, flags=int(part.hidden)))
        places.append(struct.pack(">HHHII", number, 0, 1, at, len(part.contents)))
        at += len(part.contents)
        first = len(properties) + 1
        properties += part.properties
        # Readers have to understand what changes how a picture looks.
        indices = bytes(
            index | 128 * (content[4:8] in _ESSENTIAL)
            for index, content in enumerate(part.properties, first)
        )
        uses.append(struct.pack(">HB", number, len(indices)) + indices)
        references += [
            box(kind, struct.pack(f">HH{len(others)}H", number, len(others), *others))
            for kind, others in part.references.items()
        ]
    count = struct.pack(">H", len(parts))
    return full_box(
        b"meta",
        full_box(b"hdlr", bytes(4), b"pict", bytes(13)),
        full_box(b"pitm", struct.pack(">H", primary)),
        full_box(b"iloc", b"\x44\0", count, *places),
        full_box(b"iinf", count, *infos),
        *([full_box(b"iref", *references)] if references else []),
        box(b"iprp", box(b"ipco", *properties), full_box(b"ipma", bytes(2), count, *uses)),
    )


def part_of(data: bytes, *more: bytes) -> Part:
    """Return the one picture in a file as an item with its size and codec, and more properties."""
    kind, codec = (b"av01", b"av1C") if b"av1C" in data else (b"hvc1", b"hvcC")
    places = [data.index(name) - 4 for name in (b"ispe", codec)]
    boxes = [data[at : at + int.from_bytes(data[at : at + 4], "big")] for at in places]
    return Part(kind, data[data.index(b"mdat") + 4 :], (*boxes, *more))


def av1_part(rgb: NDArray[np.uint8], *more: bytes, **options: Any) -> Part:
    """Return 8-bit samples as an item of AV1 data."""
    return part_of(avif(rgb, **options), *more)


def error(pixels: NDArray[Any], wanted: NDArray[Any]) -> float:
    """Return the mean difference in levels of 8 bits."""
    assert pixels.shape == wanted.shape
    scale = 255 / np.iinfo(pixels.dtype).max
    return float(np.abs(pixels * scale - wanted.astype(float)).mean())
