"""Extracts one model from a ZIP file."""

from __future__ import annotations

import logging
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from dlc.errors import ModelError
from dlc.model_store.digest import sha256_of
from dlc.model_store.part_file import PartFile, TooLongError
from dlc.model_store.spec import RemoteFile

_LOG = logging.getLogger(__name__)
_PIECE = 1 << 20
# What zipfile and its decompressors raise on malformed bytes.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    ArithmeticError,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)


def extract_member(archive: Path, wanted: RemoteFile, destination: Path) -> None:
    """Write the member of `archive` that is `wanted` to `destination`.

    A member is chosen by base name and size, and written to a path independent of the archive; no
    more bytes than the model has are unpacked. The digest is checked before the file gets its name.

    Raises:
        ModelError: the archive is damaged, or has no such member or one with other bytes.
        WriteError: the file cannot be written.
    """
    with PartFile(destination, wanted.size) as part:
        part.discard()
        part.prepare()
        _unpack(archive, wanted, part)
        if sha256_of(part.path) != wanted.sha256:
            part.discard()
            message = f"{wanted.basename} in {archive} is not the model (its SHA-256 differs)"
            raise ModelError(message)
        part.commit()
    _LOG.debug("took %s out of %s", wanted.basename, archive)


def _unpack(archive: Path, wanted: RemoteFile, part: PartFile) -> None:
    try:
        with zipfile.ZipFile(archive) as opened, opened.open(_member(opened, wanted)) as member:
            part.write(_pieces(member), 0, lambda _size: None)
    except TooLongError as error:
        message = f"{archive} is damaged: {wanted.basename} unpacks to more than it states"
        raise ModelError(message) from error
    except _DAMAGED as error:
        part.discard()
        raise ModelError(f"{archive} is damaged: {error}; delete it and try again") from error


def _member(opened: zipfile.ZipFile, wanted: RemoteFile) -> zipfile.ZipInfo:
    for info in opened.infolist():
        if PurePosixPath(info.filename).name == wanted.basename and info.file_size == wanted.size:
            return info
    message = f"no {wanted.basename} of {wanted.size:,} bytes is in it"
    raise zipfile.BadZipFile(message)


def _pieces(member: IO[bytes]) -> Iterator[bytes]:
    while piece := member.read(_PIECE):
        yield piece
