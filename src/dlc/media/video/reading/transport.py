"""Noticing that packets of a transport stream were lost on its way."""

from __future__ import annotations

from pathlib import Path

_SYNC = 0x47
_PACKET = 188
# What precedes and what follows each packet on Blu-ray, on disk, and with checksums.
_PADDING = ((4, 0), (0, 0), (0, 16))


def has_lost_packets(path: Path, pid: int, begin: int | None, end: int) -> bool:
    """Return whether numbers are missing among those that packets of each stream have.

    Args:
        path: the file.
        pid: the stream's number.
        begin: where a frame begins; None is the beginning of the file, which may be any.
        end: where another does, further on.
    """
    if begin is None:
        return False
    with path.open("rb") as file:
        file.seek(begin)
        data = file.read(end + 2 * _PACKET - begin)
    lead, trail = next((p for p in _PADDING if _is_aligned(data, *p)), (0, 0))
    last: int | None = None
    for at in range(lead, len(data) - _PACKET + 1, lead + _PACKET + trail):
        header = data[at : at + 6]
        if int.from_bytes(header[1:3], "big") & 0x1FFF != pid or not header[3] & 0x10:
            # Of another stream, or without contents, which is not counted.
            continue
        count = header[3] & 0x0F
        is_announced = bool(header[3] & 0x20 and header[4] and header[5] & 0x80)
        # A packet may be sent twice.
        if last is not None and not is_announced and count not in (last, (last + 1) % 16):
            return True
        last = count
    return False


def _is_aligned(data: bytes, lead: int, trail: int) -> bool:
    starts = range(lead, len(data), lead + _PACKET + trail)
    return all(data[at] == _SYNC for at in starts[:8])
