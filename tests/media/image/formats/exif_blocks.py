"""EXIF blocks made byte by byte."""

from __future__ import annotations

import struct

import cv2
import numpy as np

THUMBNAIL = cv2.imencode(".jpg", np.full((15, 20, 3), 90, np.uint8))[1].tobytes()


def with_thumbnail(order: str, *, at_end: bool) -> bytes:
    """Return EXIF with a text, a place, and a thumbnail behind or before them."""
    text = b"a maker whose name is long\0"
    lengths = {"text": len(text), "place": 18, "link": 30, "thumbnail": len(THUMBNAIL)}
    names = ["text", "place", "link", "thumbnail"]
    names = names if at_end else names[2:] + names[:2]
    at = {name: 38 + sum(lengths[other] for other in names[:n]) for n, name in enumerate(names)}
    first = struct.pack(order + "HHHII", 2, 0x010F, 2, len(text), at["text"])
    first += struct.pack(order + "HHIII", 0x8825, 4, 1, at["place"], at["link"])
    link = struct.pack(order + "HHHII", 2, 0x0201, 4, 1, at["thumbnail"])
    link += struct.pack(order + "HHIII", 0x0202, 4, 1, len(THUMBNAIL), 0)
    place = struct.pack(order + "HHHI4sI", 1, 0, 1, 4, b"\2\3\0\0", 0)
    blocks = {"text": text, "place": place, "link": link, "thumbnail": THUMBNAIL}
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    return head + first + b"".join(blocks[name] for name in names)
