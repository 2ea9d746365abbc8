"""Finding out that something of a video is missing, which decoders like to pass over in silence."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, BinaryIO

import av
from av.packet import Packet

from dlc.media.video.reading import asf, flv, matroska

# Codecs with exactly one picture a packet, so that a missing one can be counted. Not among them:
# VP8, whose reference pictures are never shown, and MPEG-4, which packs two pictures together.
_ONE_PICTURE_A_PACKET = frozenset(
    {"h264", "hevc", "av1", "vp9", "mpeg2video", "prores", "mjpeg", "ffv1", "png", "apng", "gif"}
    | {"dnxhd", "rawvideo", "huffyuv", "utvideo", "qtrle"}
)


class Ledger:
    """Keeps count of what went into a decoder and what came out.

    With frame threads a decoder drops a picture it cannot decode without a word; only the count
    tells.

    Attributes:
        errors: how many packets the decoder refused.
        packets: how many packets there were.
    """

    def __init__(self, codec: str) -> None:
        self._countable = codec in _ONE_PICTURE_A_PACKET
        self._first_key: int | None = None
        self._has_key = False
        self._expected = 0
        self._shown = 0
        self._leading = 0
        self._begins_damaged = False
        self.packets = 0
        self.errors = 0

    def add_packet(self, packet: Packet[Any]) -> None:
        """Note a packet that goes into the decoder."""
        self.packets += 1
        if packet.is_keyframe and not self._has_key:
            self._has_key, self._first_key = True, packet.pts
        if not packet.is_discard and self._counts(packet.pts):
            self._expected += 1
        self._leading += not self._has_key

    def add_error(self) -> None:
        """Note that the decoder refused a packet."""
        self.errors += 1
        self._begins_damaged |= not self._has_key

    def add_frame(self, frame: av.VideoFrame) -> None:
        """Note a picture that came out."""
        if frame.interlaced_frame:
            # Two fields may come in two packets.
            self._countable = False
        if self._counts(frame.pts):
            self._shown += 1

    @property
    def missing(self) -> int:
        """How many pictures went in and did not come out; ask once the decoder is empty."""
        if not self._countable:
            return self.errors
        # If the first key frame itself was refused, all up to the next one is lost with it.
        leading = self._leading if self._begins_damaged else 0
        return leading + max(0, self._expected - self._shown)

    def _counts(self, pts: int | None) -> bool:
        # What is shown before the first key frame refers to pictures that a cut has removed.
        if not self._has_key:
            return False
        return pts is None or self._first_key is None or pts >= self._first_key


def describe_truncation(path: Path) -> str | None:
    """Return how a file that lost its end gives itself away, or None if it does not.

    Looks at the sizes that MP4, MOV, Matroska, WebM, AVI, FLV and WMV write at their beginning and
    at the byte that ends a GIF.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(16)
        if head[4:8] == b"ftyp":
            return _truncated_boxes(file, size)
        if head.startswith(matroska.MAGIC):
            end = matroska.segment_end(file)
        elif head[:4] == b"RIFF" and head[8:12] == b"AVI ":
            end = 8 + int.from_bytes(head[4:8], "little")
        elif head[:3] == b"FLV":
            end = flv.stated_size(file)
        elif head == asf.MAGIC:
            end = asf.stated_size(file)
        elif head[:4] == b"GIF8":
            file.seek(max(0, size - 64))
            return None if file.read().rstrip(b"\0").endswith(b";") else "its end mark is missing"
        else:
            return None
    return _shortfall(end, size)


def lacks_index(path: Path) -> bool:
    """Whether an MP4 or MOV file has no index, as when a recording was interrupted."""
    with path.open("rb") as file:
        if file.read(8)[4:] != b"ftyp":
            return False
        return not {b"moov", b"moof"} & {kind for kind, _ in _boxes(file)}


def _truncated_boxes(file: BinaryIO, size: int) -> str | None:
    ends = [end for kind, end in _boxes(file) if kind in (b"mdat", b"moov", b"moof")]
    return _shortfall(max(ends, default=0), size)


def _boxes(file: BinaryIO) -> list[tuple[bytes, int]]:
    """Return type and end of each top-level box of an MP4 or MOV file."""
    boxes = []
    position = 0
    total = file.seek(0, os.SEEK_END)
    while position + 8 <= total:
        file.seek(position)
        header = file.read(16)
        length, kind = int.from_bytes(header[:4], "big"), header[4:8]
        if length == 1:
            length = int.from_bytes(header[8:16], "big")
        elif length == 0:
            length = total - position
        if length < 8 or not kind.isalnum():
            break
        position += length
        boxes.append((kind, position))
    return boxes


def _shortfall(end: int, size: int) -> str | None:
    return f"{size:,} of its {end:,} bytes are there" if end > size else None
