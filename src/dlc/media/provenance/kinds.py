"""Which kinds of files are signed, and what C2PA calls them."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from pathlib import Path

from dlc.media.image.kinds import OUTPUT_KINDS, ImageKind
from dlc.media.image.recognition import image_kind

# Names of pictures need not tell what they are, and some kinds are only read.
_PICTURES: Mapping[str | None, str] = {
    ImageKind.JPEG: "image/jpeg",
    ImageKind.PNG: "image/png",
    ImageKind.WEBP: "image/webp",
    ImageKind.TIFF: "image/tiff",
    ImageKind.HEIC: "image/heic",
    ImageKind.AVIF: "image/avif",
}
# What is signed, by extension. AVI could be as well, but both signing and checking it would need
# twice its size in memory.
_MIME_TYPES = {
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".gif": "image/gif",
    **{name: _PICTURES[kind] for name, kind in OUTPUT_KINDS.items() if kind in _PICTURES},
}
# Kinds whose manifests can be read.
WITH_MANIFESTS = frozenset({*_MIME_TYPES.values(), *_PICTURES.values()})


def can_be_signed(path: Path) -> bool:
    """Tell whether there is room for a manifest in a kind of file, going by its name."""
    return path.suffix.lower() in _MIME_TYPES


def mime_type(path: Path) -> str:
    """Return what kind of file one is: a picture by its first bytes, all else by its name."""
    kind = image_kind(path)
    if kind in _PICTURES:
        return _PICTURES[kind]
    known = _MIME_TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0]
    return known or "application/octet-stream"
