"""Noticing that something of a Matroska or WebM file is missing.

Readers of Matroska skip what they cannot make sense of without a word, whole clusters even. What is
whole is an unbroken chain of elements (RFC 8794), from each of which one gets to the next.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
from av.container import InputContainer
from av.video.stream import VideoStream

MAGIC = b"\x1a\x45\xdf\xa3"
_SEGMENT, _CLUSTER, _GROUP = b"\x18\x53\x80\x67", b"\x1f\x43\xb6\x75", b"\xa0"
# Elements that consist of others, among which frames are.
_MASTERS = frozenset({_SEGMENT, _CLUSTER, _GROUP})
# Elements that hold a frame. FFmpeg passes over a block outside of a group, and where one is of a
# track that there is not, over the rest of the cluster.
_SIMPLE_BLOCK, _BLOCK = b"\xa3", b"\xa1"
_FRAMES = frozenset({_SIMPLE_BLOCK, _BLOCK})
_TRACKS, _TRACK_ENTRY, _TRACK_NUMBER = b"\x16\x54\xae\x6b", b"\xae", b"\xd7"
# All that there may be in a file, a segment, a cluster and a group (RFC 9559), and anywhere.
_KINDS = """
    1a45dfa3 18538067 114d9b74 1549a966 1654ae6b 1c53bb6b 1941a469 1043a770 1254c367
    1f43b675 e7 5854 a7 ab a3 af a0 a1 a2 75a1 9b fa fb fd a4 75a2 8e c8 ec bf
"""
_KNOWN = frozenset(map(bytes.fromhex, _KINDS.split()))
# Bytes of the longest size.
_LONGEST_SIZE = 8


def has_broken_chain(path: Path, begin: int | None, end: int) -> bool:
    """Return whether no chain of elements leads from one frame to another.

    Args:
        path: the file.
        begin: where the contents of the first frame's block begin; None is the file's beginning.
        end: where those of the other's do, further on.
    """
    with path.open("rb") as file:
        tracks = _track_numbers(file)
        starts = [0] if begin is None else _ends_of_block(file, begin)
        return not any(_leads_to(file, start, end, tracks) for start in starts)


def has_broken_end(path: Path, begin: int) -> bool:
    """Return whether no chain of elements leads from a frame to where the file says it ends."""
    with path.open("rb") as file:
        tracks = _track_numbers(file)
        end = segment_end(file)
        return end > 0 and not any(
            _leads_to(file, start, end, tracks) for start in _ends_of_block(file, begin)
        )


def segment_end(file: BinaryIO) -> int:
    """Return where the segment of a file ends; 0 where the file does not say."""
    file.seek(len(MAGIC))
    header = _variable_integer(file)
    file.seek(header or 0, os.SEEK_CUR)
    if file.read(4) != _SEGMENT:
        return 0
    length = _variable_integer(file)
    return 0 if length is None else file.tell() + length


def tagged_end(container: InputContainer, stream: VideoStream) -> Fraction | None:
    """Return when a file says its video ends, in seconds; None where it does not."""
    tag = re.fullmatch(r"(\d+):(\d\d):(\d\d\.\d+)", stream.metadata.get("DURATION", ""))
    if tag is None or not container.duration:
        return None
    hours, minutes, seconds = tag.groups()
    end = 3600 * int(hours) + 60 * int(minutes) + Fraction(seconds)
    # A tool that cut the file may have left the tag as it was.
    return min(end, Fraction(container.duration, av.time_base))


def _ends_of_block(file: BinaryIO, contents: int) -> Iterator[int]:
    """Yield where a block may end whose contents begin there: its size may be read in several ways.

    The size is before the contents, and tells only from its own beginning how long it is.
    """
    file.seek(max(0, contents - 1 - _LONGEST_SIZE))
    lead = file.read(min(contents, 1 + _LONGEST_SIZE))
    for width in range(1, len(lead)):
        begin = contents - width
        if lead[-1 - width : -width] in _FRAMES:
            file.seek(begin)
            size = _variable_integer(file)
            if size is not None and file.tell() == contents:
                yield contents + size


def _track_numbers(file: BinaryIO) -> frozenset[int]:
    """Return the numbers of a file's tracks; none where its head is damaged."""
    file.seek(0, os.SEEK_END)
    place = (0, file.tell())
    for kind in (_SEGMENT, _TRACKS):
        place = dict(_children(file, *place)).get(kind, (0, 0))
    return frozenset(
        _unsigned(file, *number)
        for entry, entries in _children(file, *place)
        if entry == _TRACK_ENTRY
        for kind, number in _children(file, *entries)
        if kind == _TRACK_NUMBER
    )


def _children(file: BinaryIO, begin: int, end: int) -> Iterator[tuple[bytes, tuple[int, int]]]:
    """Yield the kinds of an element's parts up to the first frames, and where each one lies."""
    while begin < end:
        file.seek(begin)
        kind = _kind(file)
        size = _variable_integer(file)
        if not kind or kind == _CLUSTER:
            return
        inside = file.tell()
        begin = end if size is None else min(end, inside + size)
        yield kind, (inside, begin)


def _unsigned(file: BinaryIO, begin: int, end: int) -> int:
    file.seek(begin)
    return int.from_bytes(file.read(min(end - begin, _LONGEST_SIZE)), "big")


def _leads_to(file: BinaryIO, position: int, target: int, tracks: frozenset[int]) -> bool:
    """Return whether elements follow each other up to one that, or whose contents, begin there.

    A frame that FFmpeg passes over ends the chain.
    """
    group_end = 0
    while position < target:
        file.seek(position)
        kind = _kind(file)
        if kind not in _KNOWN:
            return False
        size = _variable_integer(file)
        inside = file.tell()
        if inside == target:
            return True
        if kind == _GROUP:
            group_end = inside + (size or 0)
        in_group = position < group_end
        if kind in _MASTERS:
            position = inside
        elif size is None or (kind in _FRAMES and not _is_read(file, kind, tracks, in_group)):
            return False
        else:
            position = inside + size
    return position == target


def _is_read(file: BinaryIO, kind: bytes, tracks: frozenset[int], in_group: bool) -> bool:
    """Return whether FFmpeg reads a frame, whose contents begin here."""
    is_of_track = not tracks or _variable_integer(file) in tracks
    return is_of_track and (in_group or kind == _SIMPLE_BLOCK)


def _kind(file: BinaryIO) -> bytes:
    """Read what kind an element is of; nothing if there is none."""
    first = file.read(1)
    width = 9 - first[0].bit_length() if first else 0
    return first + file.read(width - 1) if 0 < width <= 4 else b""


def _variable_integer(file: BinaryIO) -> int | None:
    """Read the size of an element (RFC 8794, 4 and 6); None is "unknown"."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    extra = 8 - first[0].bit_length()
    value = int.from_bytes(bytes([first[0] & (0x7F >> extra)]) + file.read(extra), "big")
    return None if value == (1 << 7 * (extra + 1)) - 1 else value
